"""The setup job: creates or updates the monitors, waits for their tables, documents them."""

from __future__ import annotations

import sys

from monitoring.jobs.client_version import require_client
from monitoring.jobs.parameters import SETUP
from monitoring.jobs.status import job_status


def main() -> None:
    """Run the job with the parameters on the command line.

    Raises:
        JobFailedError: a monitor or a table is not as it should be; the text names it.
    """
    with job_status("setup") as status:
        require_client()
        # Only now: an older client lacks what these import.
        from monitoring.jobs import steps  # noqa: PLC0415
        from monitoring.operations.connection import own_workspace  # noqa: PLC0415

        arguments = SETUP.read(sys.argv[1:])
        seconds = arguments.minutes("wait_minutes") * 60
        recreate = arguments.flag("recreate")
        client = own_workspace()
        stage = steps.Steps(client, arguments.settings(client.config.host), status)
        stage.set_up(recreate=recreate, wait_seconds=seconds)
        if seconds:
            stage.document(verbose=False)
