"""Writes what a refresh computed: both output tables, distributions and progress, in one transaction.

Windows that were computed are replaced as a whole, so that a slice which is gone from them is gone from the tables. Rows
of other versions of the monitor stay where no new row has their key, and so do windows whose rows are gone.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

import duckdb

from local_workspace.engine.coercion import identifier
from local_workspace.engine.drift import drift_columns, drift_key
from local_workspace.engine.failures import failing
from local_workspace.engine.kept_rows import keep_distributions
from local_workspace.engine.output_columns import DISTRIBUTION_COLUMNS
from local_workspace.engine.output_tables import (
    insert_rows,
    prepare,
    remove_comments,
    remove_rows,
)
from local_workspace.engine.planning import planned
from local_workspace.engine.profile import IS_NEW, profile_columns, profile_key
from local_workspace.engine.progress import write_progress
from local_workspace.engine.source import BASELINE, INPUT
from local_workspace.engine.temporary import OTHERS, WINDOWS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from local_workspace.engine.definition import MonitorDefinition
    from local_workspace.engine.drift import DriftRows
    from local_workspace.engine.plan import Plan
    from local_workspace.engine.profile import ProfileRows
    from local_workspace.engine.reading import Kept
    from local_workspace.engine.switches import Switches

    Planning = Callable[[], AbstractContextManager[None]]

_UNWRITTEN: Final = ", ".join(identifier(name) for name in (*DISTRIBUTION_COLUMNS, IS_NEW))
"""Columns of `OTHERS` that the profile table does not have."""
_ROWS_AT_ONCE: Final = 10_000
"""Rows that one statement makes of several `column_name`: planning it takes longer than making a few rows."""
_NAMES_AT_ONCE: Final = 25
"""How many `column_name` one statement makes rows of: of a table with 120 columns, 10 and 50 took longer."""


@dataclass(frozen=True)
class Written:
    """How many rows were written to each table."""

    profile_rows: int
    drift_rows: int


def write_outputs(
    connection: duckdb.DuckDBPyConnection,
    definition: MonitorDefinition,
    drift: DriftRows,
    switches: Switches,
    *,
    plan: Plan,
    kept: Kept,
    proceed: Callable[[], None],
    confirm: Callable[[], None],
) -> Written:
    """Compute the rows from the groups and write them; on any error nothing is written.

    Args:
        connection: holds the groups, `OTHERS` and what they were compared with, in no transaction.
        definition: names the output tables.
        drift: the rows of the drift table, and the new ones of the profile table that they compare.
        switches: what to do where nothing is published.
        plan: what was read.
        kept: for each slicing expression the values that were kept, which the next refresh goes by.
        proceed: called between statements; may raise.
        confirm: called before they are kept; may raise.

    Raises:
        RefreshFailed: a DERIVED or DRIFT metric failed; the text names it.
    """
    rows = drift.rows
    with failing(lambda: rows.attempts + drift.attempts, connection):
        connection.begin()
        try:
            prepare(connection, definition.profile_table, profile_columns(definition), plan.profile.columns)
            prepare(connection, definition.drift_table, drift_columns(definition), plan.drift.columns)
            planning = partial(planned, connection, rows.values, plan.stored_values)
            with planning():
                _make_room(connection, definition, drift, plan)
            written = Written(
                _write_profile(connection, definition, rows, plan, planning, proceed),
                _write_drift(connection, definition, drift, plan, planning, proceed),
            )
            if not switches.refresh_keeps_comments:
                for table in (definition.profile_table, definition.drift_table):
                    remove_comments(connection, table)
            keep_distributions(connection, definition, rows, plan)
            write_progress(connection, definition.profile_table, plan.progress(kept), is_noted=plan.is_noted)
            proceed()
            confirm()
            connection.commit()
        except BaseException:
            with suppress(duckdb.TransactionException):  # a commit that fails has ended the transaction
                connection.rollback()
            raise
    return written


def _make_room(
    connection: duckdb.DuckDBPyConnection, definition: MonitorDefinition, drift: DriftRows, plan: Plan
) -> None:
    """Remove the rows of what was computed."""
    version = drift.rows.monitor_version
    if plan.profile.columns:
        table = definition.profile_table
        computed = f"(SELECT *, '{INPUT}' AS log_type, {version} AS monitor_version FROM {WINDOWS})"
        remove_rows(connection, table, computed, ("granularity", "window", "log_type", "monitor_version"))
        if plan.reads_baseline:
            given = f"(SELECT '{BASELINE}' AS log_type, {version} AS monitor_version)"
            remove_rows(connection, table, given, ("log_type", "monitor_version"))
    if plan.drift.columns:
        table = definition.drift_table
        windows = f"({drift.windows}) UNION SELECT granularity, \"window\", '{BASELINE}' FROM {WINDOWS}"
        given = f"(SELECT *, {version} AS monitor_version FROM ({windows}))"
        remove_rows(connection, table, given, ("granularity", "window", "drift_type", "monitor_version"))


def _write_profile(
    connection: duckdb.DuckDBPyConnection,
    definition: MonitorDefinition,
    rows: ProfileRows,
    plan: Plan,
    planning: Planning,
    proceed: Callable[[], None],
) -> int:
    queries = [rows.written(names) for names in _together(rows.names, rows.size)]
    if plan.reads_baseline:
        queries.append(f"SELECT * EXCLUDE ({_UNWRITTEN}) FROM {OTHERS} WHERE {identifier(IS_NEW)}")
    replaced = profile_key(definition) if plan.profile.has_other_versions else ()
    return _insert(connection, definition.profile_table, queries, replaced, planning, proceed)


def _write_drift(
    connection: duckdb.DuckDBPyConnection,
    definition: MonitorDefinition,
    drift: DriftRows,
    plan: Plan,
    planning: Planning,
    proceed: Callable[[], None],
) -> int:
    queries = [drift.written(names) for names in _together(drift.rows.names, drift.size)]
    replaced = drift_key(definition) if plan.drift.has_other_versions else ()
    return _insert(connection, definition.drift_table, queries, replaced, planning, proceed)


def _together(names: Sequence[str], rows: int) -> Iterator[Sequence[str]]:
    """Parts of the names whose rows are made in one statement, when each has that many rows."""
    most = min(max(_ROWS_AT_ONCE // max(rows, 1), 1), _NAMES_AT_ONCE)
    return (names[first : first + most] for first in range(0, len(names), most))


def _insert(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    queries: Sequence[str],
    replaced: tuple[str, ...],
    planning: Planning,
    proceed: Callable[[], None],
) -> int:
    """Put the rows of all queries into a table, in place of those in which these columns are the same, if any are given."""
    written = 0
    for query in queries:
        proceed()
        if replaced:
            with planning():
                remove_rows(connection, table, f"({query})", replaced)
        written += insert_rows(connection, table, f"({query})")
    return written
