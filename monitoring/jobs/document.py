"""The document job: writes the comments of the output tables."""

from __future__ import annotations

import sys

from monitoring.jobs.client_version import require_client
from monitoring.jobs.parameters import DOCUMENT
from monitoring.jobs.status import job_status


def main() -> None:
    """Run the job with the parameters on the command line.

    Raises:
        JobFailedError: a table is not there yet or not documented; the text names it.
    """
    with job_status("document") as status:
        require_client()
        # Only now: an older client lacks what these import.
        from monitoring.jobs import steps  # noqa: PLC0415
        from monitoring.operations.connection import own_workspace  # noqa: PLC0415

        arguments = DOCUMENT.read(sys.argv[1:])
        client = own_workspace()
        stage = steps.Steps(client, arguments.settings(client.config.host), status)
        stage.document(verbose=arguments.flag("verbose"))
