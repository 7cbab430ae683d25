"""A refresh: computes the profile and drift rows of a monitor and writes both output tables in one transaction."""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from local_workspace.engine.drift import DriftRows, drift_columns
from local_workspace.engine.failures import RefreshCancelled, RefreshExhausted, RefreshFailed, failing
from local_workspace.engine.groups import Groups
from local_workspace.engine.in_place import RowsChanged, watched
from local_workspace.engine.kept_rows import add_kept_rows, previous_snapshot
from local_workspace.engine.model_quality import compute_quality
from local_workspace.engine.output_tables import refuse_conflicts
from local_workspace.engine.plan import plan_refresh
from local_workspace.engine.planning import as_written
from local_workspace.engine.profile import (
    ProfileRows,
    Stamp,
    add_baseline_rows,
    create_others,
    note_windows,
    profile_columns,
)
from local_workspace.engine.source import Clock, read_baseline, read_input
from local_workspace.engine.steps import Journal, Step
from local_workspace.engine.temporary import PAIRS, count_rows
from local_workspace.engine.writing import write_outputs

if TYPE_CHECKING:
    from collections.abc import Callable

    import duckdb

    from local_workspace.engine.definition import MonitorDefinition
    from local_workspace.engine.source import Source
    from local_workspace.engine.switches import Switches

__all__ = ["RefreshCancelled", "RefreshExhausted", "RefreshFailed", "RefreshReport", "refresh"]


@dataclass(frozen=True)
class RefreshReport:
    """What a refresh wrote.

    Attributes:
        profile_rows: rows of the profile table.
        drift_rows: rows of the drift table.
        windows: different windows that were computed, all granularities together.
        compared_windows: different windows of the rows of the drift table.
        seconds: how long it took.
        warnings: what the service may do otherwise, in sentences.
        steps: what was done, one after the other.
    """

    profile_rows: int
    drift_rows: int
    windows: int
    compared_windows: int
    seconds: float
    warnings: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()


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
        connection: of the data file, which has the engine's own tables (`create_state`), in no transaction; a cursor of its own gets temporary tables and is closed.
        definition: a validated definition.
        now: the workspace's clock.
        created_at: when the monitor was created; rows from 30 days before it on are read.
        monitor_version: goes into each row.
        commit_version: version of the monitored table; goes into each profile row.
        switches: what to do where nothing is published.
        cancelled: asked between steps.

    Raises:
        RefreshFailed: a metric, slice or column failed, or memory or disk ran out; the text is the refresh's message.
        RefreshCancelled: `cancelled` said so.
    """

    def proceed() -> None:
        if cancelled():
            raise RefreshCancelled("the refresh was cancelled")

    attempt = partial(
        _refresh,
        connection,
        definition,
        moments=(_utc(now), _utc(created_at)),
        stamp=Stamp(monitor_version, commit_version),
        switches=switches,
        proceed=proceed,
        began=time.monotonic(),
    )
    try:
        return attempt(may_stay=True)
    except RowsChanged:
        return attempt(may_stay=False)


def _refresh(
    connection: duckdb.DuckDBPyConnection,
    definition: MonitorDefinition,
    *,
    moments: tuple[datetime, datetime],
    stamp: Stamp,
    switches: Switches,
    proceed: Callable[[], None],
    began: float,
    may_stay: bool,
) -> RefreshReport:
    """As `refresh`, with `now` and `created_at` as `moments` in UTC; without `may_stay` rows are copied, since they changed.

    Raises:
        RowsChanged: rows that were read in place changed meanwhile; both tables are as they were.
    """
    moment, created_at = moments
    with connection.cursor() as cursor, failing(lambda: (), cursor):
        proceed()
        clock = Clock(moment, created_at, previous_snapshot(cursor, definition, moment))
        journal = Journal(definition, began)
        if not may_stay:
            journal.begun_again()
        plan = plan_refresh(cursor, definition, clock, switches, stamp.monitor_version)
        journal.planned(plan)
        refuse_conflicts(definition.profile_table, profile_columns(definition), plan.profile.columns)
        refuse_conflicts(definition.drift_table, drift_columns(definition), plan.drift.columns)
        create_others(cursor, definition)

        def rows_of(source: Source) -> ProfileRows:
            journal.read(source, plan, clock.first_moment(switches.look_back_days))
            groups = Groups(cursor, definition, source, switches=switches, now=moment)
            groups.compute(proceed)
            journal.grouped(source, groups.size, groups.passes)
            compute_quality(cursor, definition, groups, switches)
            journal.judged()
            proceed()
            return ProfileRows(definition, groups, stamp=stamp, now=moment)

        # One after the other: the tables of rows and groups are the same for both.
        if plan.reads_baseline:
            baseline = read_baseline(cursor, definition, plan.columns, plan.baseline_columns, clock, switches)
            with as_written(cursor, baseline.values):
                add_baseline_rows(cursor, rows_of(baseline))
        with ExitStack() as until_written:
            is_small = plan.values is not None and until_written.enter_context(
                as_written(cursor, plan.values)
            )
            source = read_input(
                cursor, definition, plan.columns, clock, switches, plan.extent, may_stay=may_stay
            )
            if not is_small:
                until_written.enter_context(as_written(cursor, source.values))
            confirm = until_written.enter_context(watched(cursor, definition.table, source, plan.extent))
            rows = rows_of(source)
            windows = note_windows(cursor, rows)
            drift = DriftRows(definition, rows, now=moment, switches=switches)
            journal.recalled(add_kept_rows(cursor, definition, drift, clock.previous, plan))
            drift.compare(cursor, previous=clock.previous, proceed=proceed)
            journal.compared(drift.size)
            proceed()
            written = write_outputs(
                cursor,
                definition,
                drift,
                switches,
                plan=plan,
                kept=source.kept,
                proceed=proceed,
                confirm=confirm,
            )
            journal.written(written)
            compared = count_rows(cursor, f'(SELECT DISTINCT granularity, "window" FROM {PAIRS})')
        return RefreshReport(
            written.profile_rows,
            written.drift_rows,
            windows,
            compared,
            time.monotonic() - began,
            _warnings(definition, switches),
            journal.steps,
        )


def _utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo is None else moment.astimezone(UTC).replace(tzinfo=None)


def _warnings(definition: MonitorDefinition, switches: Switches) -> tuple[str, ...]:
    if switches.snapshot_custom_drift != "computed":
        return ()
    return tuple(
        f"custom metric '{metric.name}': sources disagree whether the service computes a DRIFT metric of a snapshot "
        "without a baseline table; here it compares with the refresh before"
        for metric in definition.disputed_metrics
    )
