"""A refresh: computes the profile and drift rows of a monitor and writes both output tables in one transaction."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from local_workspace.engine.custom_metric import MetricKind
from local_workspace.engine.drift import DRIFT, compute_drift
from local_workspace.engine.failures import RefreshCancelled, RefreshFailed, failing
from local_workspace.engine.output_columns import DRIFT_COLUMNS, PROFILE_COLUMNS
from local_workspace.engine.output_tables import (
    DRIFT_KEY,
    PROFILE_KEY,
    existing_columns,
    matches,
    prepare,
    replace_rows,
)
from local_workspace.engine.profile import PROFILE, WIDE, Profile, Stamp
from local_workspace.engine.source import SOURCE, read_source
from local_workspace.names import TableName

if TYPE_CHECKING:
    from collections.abc import Callable

    import duckdb

    from local_workspace.engine.definition import MonitorDefinition
    from local_workspace.engine.switches import Switches

__all__ = ["RefreshCancelled", "RefreshFailed", "RefreshReport", "refresh"]


@dataclass(frozen=True)
class RefreshReport:
    """What a refresh wrote.

    Attributes:
        profile_rows: rows of the profile table.
        drift_rows: rows of the drift table.
        windows: different windows, all granularities together.
        seconds: how long it took.
    """

    profile_rows: int
    drift_rows: int
    windows: int
    seconds: float


def refresh(
    connection: duckdb.DuckDBPyConnection,
    definition: MonitorDefinition,
    *,
    now: datetime,
    created_at: datetime,
    monitor_version: int,
    commit_version: int,
    switches: Switches,
    cancelled: Callable[[], bool],
) -> RefreshReport:
    """Compute a monitor and write its two output tables; they change together or not at all.

    Args:
        connection: a cursor of the data file, in no transaction; its temporary tables are made and dropped.
        definition: a validated definition.
        now: the workspace's clock.
        created_at: when the monitor was created; rows from 30 days before it on are read.
        monitor_version: goes into each row.
        commit_version: version of the monitored table; goes into each profile row.
        switches: what to do where nothing is published.
        cancelled: asked between steps.

    Raises:
        RefreshFailed: a metric, slice or column failed; the text is the refresh's message.
        RefreshCancelled: `cancelled` said so, or the connection was interrupted.
    """
    began = time.monotonic()

    def proceed() -> None:
        if cancelled():
            raise RefreshCancelled("the refresh was cancelled")

    moment = _utc(now)
    try:
        with failing(lambda: (), connection):
            proceed()
            source = read_source(
                connection, definition, now=moment, created_at=_utc(created_at), switches=switches
            )
            profile = Profile(connection, definition, source, switches=switches, now=moment)
            profile.compute(Stamp(monitor_version, commit_version), proceed)
            proceed()
            compute_drift(
                connection,
                definition,
                now=moment,
                kept=_kept_rows(connection, definition),
                monitor_version=monitor_version,
            )
            proceed()
            _write(connection, definition)
            return _report(connection, time.monotonic() - began)
    finally:
        _drop_temporary(connection)


def _utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo is None else moment.astimezone(UTC).replace(tzinfo=None)


def _kept_rows(connection: duckdb.DuckDBPyConnection, definition: MonitorDefinition) -> str | None:
    """Rows of the profile table that this refresh does not recompute, if there are any."""
    if not existing_columns(connection, definition.profile_table):
        return None
    relation = TableName.parse(definition.profile_table).relation
    rows = (
        f"(SELECT * FROM {relation} AS old WHERE log_type = 'INPUT' "
        f"AND NOT EXISTS (SELECT 1 FROM {PROFILE} AS new WHERE {matches(PROFILE_KEY, 'old', 'new')}))"
    )
    found = connection.execute(f"SELECT 1 FROM {rows} LIMIT 1").fetchone()
    return rows if found else None


def _write(connection: duckdb.DuckDBPyConnection, definition: MonitorDefinition) -> None:
    stored = definition.metrics(MetricKind.AGGREGATE, MetricKind.DERIVED)
    compared = definition.metrics(MetricKind.DRIFT)
    connection.begin()
    try:
        for table, base, metrics, rows, key in (
            (definition.profile_table, PROFILE_COLUMNS, stored, PROFILE, PROFILE_KEY),
            (definition.drift_table, DRIFT_COLUMNS, compared, DRIFT, DRIFT_KEY),
        ):
            prepare(connection, table, base | {metric.name: metric.output_type.duckdb for metric in metrics})
            replace_rows(connection, table, rows, key)
        connection.commit()
    except BaseException:
        connection.rollback()
        raise


def _report(connection: duckdb.DuckDBPyConnection, seconds: float) -> RefreshReport:
    row = connection.execute(
        f'SELECT count(*), count(DISTINCT (granularity, "window")), (SELECT count(*) FROM {DRIFT}) FROM {PROFILE}'
    ).fetchone()
    profile_rows, windows, drift_rows = row or (0, 0, 0)
    return RefreshReport(profile_rows, drift_rows, windows, seconds)


def _drop_temporary(connection: duckdb.DuckDBPyConnection) -> None:
    for table in (SOURCE, WIDE, PROFILE, DRIFT):
        connection.execute(f"DROP TABLE IF EXISTS {table}")
