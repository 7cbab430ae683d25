"""The first step of every job: the Databricks SDK of its environment can be used."""

from __future__ import annotations

from monitoring.jobs.status import CannotBeginError
from monitoring.operations.client_version import PACKAGE, REQUIREMENT, installed_client, is_recent_enough


class ClientVersionError(CannotBeginError):
    """The SDK is missing or too old; the text names the version found and the one needed."""


def require_client() -> None:
    """Nothing, when the SDK can be used.

    Raises:
        ClientVersionError: it is missing or too old.
    """
    found = installed_client()
    if not is_recent_enough(found):
        raise ClientVersionError(
            f"{PACKAGE} {found} is installed, {REQUIREMENT} is needed; declare it in the environment of the job"
        )
