"""The refresh job: starts the refreshes of the monitors and waits for them."""

from __future__ import annotations

import sys

from monitoring.jobs.client_version import require_client
from monitoring.jobs.parameters import REFRESH
from monitoring.jobs.status import job_status


def main() -> None:
    """Run the job with the parameters on the command line.

    Raises:
        JobFailedError: a refresh failed or was not over in time; the text names its monitor.
    """
    with job_status("refresh") as status:
        require_client()
        # Only now: an older client lacks what these import.
        from monitoring.jobs import steps  # noqa: PLC0415
        from monitoring.operations.connection import own_workspace  # noqa: PLC0415

        arguments = REFRESH.read(sys.argv[1:])
        seconds = arguments.minutes("wait_minutes") * 60
        client = own_workspace()
        stage = steps.Steps(client, arguments.settings(client.config.host), status)
        stage.refresh(wait_seconds=seconds)
