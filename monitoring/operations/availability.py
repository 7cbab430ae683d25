"""Whether monitors can be worked with at all: the client, the login, and the monitoring API of the workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from databricks.sdk.errors import NotFound, PermissionDenied, Unauthenticated
from databricks.sdk.errors import NotImplemented as NoSuchOperation
from databricks.sdk.errors.base import DatabricksError

from monitoring.operations.client_version import PACKAGE, REQUIREMENT, installed_client, is_recent_enough

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient


class MonitoringNotAvailableError(Exception):
    """Monitors cannot be worked with; the text says what is missing and what to do."""


def check_monitoring_available(client: WorkspaceClient, table: str) -> None:
    """Nothing, when monitors can be worked with; changes nothing.

    Args:
        client: the workspace.
        table: full name of a gold table, to ask about; it needs neither a monitor nor to exist.

    Raises:
        MonitoringNotAvailableError: the client is too old, the login does not work, the workspace has no
            monitors, or its monitors may not be seen.
    """
    check_client(installed_client())
    try:
        client.quality_monitors.get(table)
    except NotFound:
        return
    except DatabricksError as error:
        raise MonitoringNotAvailableError(_reason(error, client.config.host or "", table)) from error


def check_client(found: str) -> None:
    """Nothing, when the version of the client is recent enough.

    Raises:
        MonitoringNotAvailableError: naming the version found and the one needed.
    """
    if not is_recent_enough(found):
        needed = REQUIREMENT.removeprefix(f"{PACKAGE}>=")
        raise MonitoringNotAvailableError(
            f"{PACKAGE} {found} is too old; at least {needed} is needed: pip install '{REQUIREMENT}'"
        )


def _reason(error: DatabricksError, host: str, table: str) -> str:
    if isinstance(error, Unauthenticated):
        return f"{host} does not accept the credentials; check DATABRICKS_TOKEN or log in again ({error})"
    if isinstance(error, PermissionDenied):
        return (
            f"you may not see the monitor of {table}; that takes SELECT on the table and USE on its catalog "
            f"and schema ({error})"
        )
    if isinstance(error, NoSuchOperation):
        return f"{host} has no monitors; Unity Catalog and serverless compute have to be on ({error})"
    return f"{host} does not answer about monitors; try again later ({error})"
