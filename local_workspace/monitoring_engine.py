"""How the workspace reaches the engine that checks definitions and computes refreshes."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import duckdb

from local_workspace.names import TableName
from local_workspace.refreshes import WORKERS, RefreshFailedError, RefreshStoppedError
from local_workspace.working_memory import FEW, MemoryNeed, count_values, refresh_within

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from local_workspace.engine.definition import MonitorDefinition
    from local_workspace.engine.estimate import Estimate
    from local_workspace.engine.refresh import RefreshReport
    from local_workspace.engine.switches import Switches
    from local_workspace.monitors import Columns, Validate
    from local_workspace.store import Document
    from local_workspace.workspace import Workspace

_BYTES_OF_VALUE: Final = 200
"""More than what a value of the monitored table takes while it is read, grouped and put in order."""


@dataclass(frozen=True)
class Engine:
    """What computes monitors.

    Attributes:
        validate: every objection to a monitor's body, given the columns of the table and of its baseline table.
        refresh: computes the output tables of a monitor; raises `RefreshFailedError` or `RefreshStoppedError`
            with the tables untouched; gives a report (a dataclass) or None.
    """

    validate: Validate
    refresh: Callable[[Workspace, TableName, Document, MemoryNeed, Callable[[], bool]], Any]


def local_engine() -> Engine:
    """The engine of this package; its modules are loaded when they are first needed."""
    return Engine(_validate, _refresh)


def _validate(
    body: Mapping[str, object], columns: Columns, baseline: Columns | None, switches: Switches
) -> list[str]:
    from local_workspace.engine.definition import validate  # noqa: PLC0415 - loaded when it is needed

    return validate(body, columns, baseline, switches)


def _refresh(
    workspace: Workspace,
    table: TableName,
    monitor: Document,
    need: MemoryNeed,
    cancelled: Callable[[], bool],
) -> Any:  # noqa: ANN401 - the engine's report
    from local_workspace.engine import refresh as engine  # noqa: PLC0415 - loaded when it is needed

    definition = _definition(workspace, table, monitor)

    def compute() -> RefreshReport:
        with workspace.data.cursor() as cursor:
            return engine.refresh(
                cursor,
                definition,
                **_moments(workspace, monitor),
                monitor_version=monitor["version"],
                commit_version=workspace.catalog.version(table),
                switches=workspace.switches.of_refreshes,
                cancelled=cancelled,
            )

    try:
        report = refresh_within(workspace.data, need.values, compute)
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


def memory_need(workspace: Workspace, table: TableName, monitor: Document) -> MemoryNeed:
    """What a refresh of a monitor's record needs; it runs alone where the memory limit would not hold otherwise.

    Refreshes run side by side when all of them together need at most half of the switch `memory_limit` even if each row
    were a window of its own: for every row, column and granularity the quantiles of a profile row, and what the row takes
    while it is read. With the defaults (2 GB, 1000 points) and two cores that is 60,000 values, such as 6,000 rows of ten
    columns. What a view reads is not known: it runs alone, and so does what `refresh_within` bounds for the whole workspace.
    """
    definition, switches = monitor["definition"], workspace.switches.current
    series = definition.get("time_series") or definition.get("inference_log") or {}
    values = count_values(workspace.data, _tables(table, monitor))
    if values is None or values > FEW:
        return MemoryNeed(values, is_all=True)
    bytes_of_value = 8 * switches.quantile_points + _BYTES_OF_VALUE
    needed = values * len(series.get("granularities") or (None,)) * bytes_of_value
    return MemoryNeed(values, is_all=needed > workspace.data.memory_limit / 2 / WORKERS)


def _tables(table: TableName, monitor: Document) -> list[TableName]:
    """The monitored table, and the baseline table where there is one."""
    tables = [table]
    with suppress(ValueError):
        tables.append(TableName.parse(monitor["definition"].get("baseline_table_name") or ""))
    return tables


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
