"""The version of the Databricks SDK that the environment of a job has.

Imports nothing of it: an old one lacks what the operations import.
"""

from __future__ import annotations

from importlib import metadata

from monitoring.jobs.status import CannotBeginError

PACKAGE = "databricks-sdk"
OLDEST = (0, 28, 0)
"""The first release whose monitors the operations can use."""
REQUIREMENT = f"{PACKAGE}>={'.'.join(map(str, OLDEST))}"


class ClientVersionError(CannotBeginError):
    """The SDK is missing or too old; the text names the version found and the one needed."""


def require_client() -> None:
    """Nothing, when the SDK can be used.

    Raises:
        ClientVersionError: it is missing or too old.
    """
    try:
        found = metadata.version(PACKAGE)
    except metadata.PackageNotFoundError:
        found = "none"
    if tuple(int(part) for part in found.split(".")[:3] if part.isdecimal()) < OLDEST:
        raise ClientVersionError(
            f"{PACKAGE} {found} is installed, {REQUIREMENT} is needed; declare it in the environment of the job"
        )
