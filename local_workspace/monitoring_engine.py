"""How the workspace reaches the engine that checks definitions and computes refreshes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import duckdb

from local_workspace.names import TableName
from local_workspace.refreshes import RefreshFailedError, RefreshStoppedError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from local_workspace.engine.definition import MonitorDefinition
    from local_workspace.engine.estimate import Estimate
    from local_workspace.engine.switches import Switches
    from local_workspace.monitors import Columns, Validate
    from local_workspace.store import Document
    from local_workspace.workspace import Workspace


@dataclass(frozen=True)
class Engine:
    """What computes monitors.

    Attributes:
        validate: every objection to a monitor's body, given the columns of the table and of its baseline table.
        refresh: computes the output tables of a monitor; raises `RefreshFailedError` or `RefreshStoppedError`
            with the tables untouched; gives a report (a dataclass) or None.
    """

    validate: Validate
    refresh: Callable[[Workspace, TableName, Document, Callable[[], bool]], Any]


def local_engine() -> Engine:
    """The engine of this package; its modules are loaded when they are first needed."""
    return Engine(_validate, _refresh)


def _validate(
    body: Mapping[str, object], columns: Columns, baseline: Columns | None, switches: Switches
) -> list[str]:
    from local_workspace.engine.definition import validate  # noqa: PLC0415 - loaded when it is needed

    return validate(body, columns, baseline, switches)


def _refresh(workspace: Workspace, table: TableName, monitor: Document, cancelled: Callable[[], bool]) -> Any:  # noqa: ANN401 - the engine's report
    from local_workspace.engine import refresh as engine  # noqa: PLC0415 - loaded when it is needed

    definition = _definition(workspace, table, monitor)
    try:
        with workspace.data.cursor() as cursor:
            report = engine.refresh(
                cursor,
                definition,
                **_moments(workspace, monitor),
                monitor_version=monitor["version"],
                commit_version=workspace.catalog.version(table),
                switches=workspace.switches.of_refreshes,
                cancelled=cancelled,
            )
    except engine.RefreshCancelled as error:
        raise RefreshStoppedError(str(error)) from error
    except engine.RefreshFailed as error:
        cause = error.__cause__
        if isinstance(cause, duckdb.TransactionException) and not isinstance(error, engine.RefreshExhausted):
            raise cause from error
        raise RefreshFailedError(str(error)) from error
    for name in (definition.profile_table, definition.drift_table):
        workspace.catalog.touch(TableName.parse(name))
    return report


def estimate_refresh(workspace: Workspace, table: TableName, monitor: Document) -> Estimate:
    """The rows that a refresh of a monitor's record would write now.

    Raises:
        RefreshFailedError: it would fail while it reads; the text says why.
    """
    from local_workspace.engine import estimate as engine  # noqa: PLC0415 - loaded when it is needed
    from local_workspace.engine.failures import RefreshFailed  # noqa: PLC0415 - see above

    definition = _definition(workspace, table, monitor)
    try:
        with workspace.data.cursor() as cursor:
            return engine.estimate_refresh(
                cursor,
                definition,
                **_moments(workspace, monitor),
                monitor_version=monitor["version"],
                switches=workspace.switches.of_refreshes,
            )
    except RefreshFailed as error:
        raise RefreshFailedError(str(error)) from error


def _definition(workspace: Workspace, table: TableName, monitor: Document) -> MonitorDefinition:
    from local_workspace.engine.definition import MonitorDefinition  # noqa: PLC0415 - loaded when it is needed

    if not workspace.catalog.exists(table):
        raise RefreshFailedError(f"Table '{table}' does not exist.")
    body = monitor["definition"]
    return MonitorDefinition.from_legacy(
        str(table), {**body, "output_schema_name": body["output_schema_name"].lower()}
    )


def _moments(workspace: Workspace, monitor: Document) -> dict[str, datetime]:
    """The present, and when the monitor was made: UTC without a zone, as the engine takes them."""
    return {
        "now": workspace.clock.now().replace(tzinfo=None),
        "created_at": datetime.fromtimestamp(monitor["created_at"], UTC).replace(tzinfo=None),
    }
