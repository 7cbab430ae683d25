"""Rows of earlier refreshes that stay, and their distributions, which the profile table does not hold.

Each monitor has a table of distributions among the engine's own, changed together with its output tables.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from local_workspace.engine.coercion import identifier
from local_workspace.engine.output_columns import DISTRIBUTION_COLUMNS
from local_workspace.engine.output_tables import matches
from local_workspace.engine.planning import planned
from local_workspace.engine.profile import IS_NEW, profile_columns, profile_key
from local_workspace.engine.progress import STATE_SCHEMA, state_columns
from local_workspace.engine.source import BASELINE, INPUT
from local_workspace.engine.stored_columns import columns_of
from local_workspace.engine.temporary import DISTRIBUTIONS, OTHERS, PLACE, WINDOWS, rows_made
from local_workspace.names import TableName

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    import duckdb

    from local_workspace.engine.definition import MonitorDefinition
    from local_workspace.engine.drift import DriftRows
    from local_workspace.engine.plan import Plan
    from local_workspace.engine.profile import ProfileRows


def previous_snapshot(
    connection: duckdb.DuckDBPyConnection, definition: MonitorDefinition, now: datetime
) -> datetime | None:
    """The end of the newest window before a moment that a snapshot's profile table has; None for the first."""
    if not definition.is_snapshot or not columns_of(connection, definition.profile_table):
        return None
    row = connection.execute(
        f'SELECT max("window"."end") FROM {TableName.parse(definition.profile_table).relation} '
        f'WHERE log_type = \'{INPUT}\' AND granularity IS NULL AND "window"."end" < ?',
        [now],
    ).fetchone()
    return row[0] if row else None


def add_kept_rows(
    connection: duckdb.DuckDBPyConnection,
    definition: MonitorDefinition,
    drift: DriftRows,
    previous: datetime | None,
    plan: Plan,
) -> int:
    """Add to `OTHERS` the old rows that new rows are compared with, and their distributions; gives how many.

    These are rows of windows directly before and after computed ones that were not computed themselves, and those of a
    baseline that was not read again. A row of a computed window that was not computed again is one of a slice or model
    that is gone.

    Args:
        connection: holds `OTHERS` and `WINDOWS`.
        definition: names the profile table.
        drift: says which columns are compared.
        previous: what `previous_snapshot` gives.
        plan: says what is there, and whether the baseline is read.
    """
    written = {name.lower() for name in plan.profile.columns}
    if not written:
        return 0
    with_baseline = definition.baseline_table is not None and not plan.reads_baseline
    key = profile_key(definition)
    wanted = dict.fromkeys((*key, *drift.compared))
    columns = [f"old.{identifier(name)}" for name in wanted if name.lower() in written]
    columns += [f"kept.{identifier(name)}" for name in DISTRIBUTION_COLUMNS] if plan.has_distributions else []
    kept = (
        f"LEFT JOIN {_table(definition)} AS kept ON {matches(key, 'old', 'kept')}"
        if plan.has_distributions
        else ""
    )
    if definition.is_snapshot:
        near = "FALSE" if previous is None else f'old."window"."end" = TIMESTAMP \'{previous}\''
    else:
        near = (
            f'old."window"."start" IN (SELECT "window"."end" FROM {WINDOWS}) '
            f'OR old."window"."end" IN (SELECT "window"."start" FROM {WINDOWS})'
        )
    with planned(connection, drift.rows.values, plan.stored_values):
        return rows_made(
            connection,
            f"INSERT INTO {OTHERS} BY NAME SELECT {', '.join(columns)}, FALSE AS {identifier(IS_NEW)} "
            f"FROM {TableName.parse(definition.profile_table).relation} AS old {kept} "
            f"WHERE (old.log_type = '{INPUT}' AND ({near}) OR old.log_type = '{BASELINE}' AND {with_baseline}) "
            f"AND NOT EXISTS (SELECT 1 FROM {WINDOWS} AS computed "
            f"WHERE {matches(('granularity', 'window'), 'old', 'computed')} AND old.log_type = '{INPUT}')",
        )


def keep_distributions(
    connection: duckdb.DuckDBPyConnection,
    definition: MonitorDefinition,
    rows: ProfileRows,
    plan: Plan,
) -> None:
    """Put the distributions of the new rows in place of those of the same windows, and of the baseline.

    Args:
        connection: holds them and the table of those that are kept.
        definition: names the profile table.
        rows: the new rows of the monitored table.
        plan: says whether there are any that stay; else the table is made new.
    """
    table, kinds = _table(definition), profile_columns(definition)
    made = {name: kinds[name] for name in profile_key(definition)} | DISTRIBUTION_COLUMNS
    if plan.has_distributions:
        same = matches(("granularity", "window"), "old", "computed")
        with planned(connection, rows.values, plan.stored_values):
            connection.execute(
                f"DELETE FROM {table} AS old USING {WINDOWS} AS computed WHERE {same} AND old.log_type = '{INPUT}'"
            )
    else:
        listed = ", ".join(f"{identifier(name)} {kind}" for name, kind in made.items())
        connection.execute(f"CREATE OR REPLACE TABLE {table} ({listed})")
    place = identifier(PLACE)

    def keep(distributions: Sequence[str]) -> None:
        listed = " UNION ALL BY NAME ".join(distributions)
        connection.execute(
            f"INSERT INTO {table} BY NAME SELECT * EXCLUDE ({place}), '{INPUT}' AS log_type "
            f"FROM ({listed}) JOIN ({rows.keys}) USING ({place})"
        )

    waiting = [f"(FROM {DISTRIBUTIONS})"]
    for name, column in rows.categories.items():
        for items in column.lists(connection, name):
            keep([*waiting, f"({items})"])
            waiting = []
    if waiting:
        keep(waiting)
    if plan.reads_baseline:
        connection.execute(f"DELETE FROM {table} WHERE log_type = '{BASELINE}'")
        columns = ", ".join(identifier(name) for name in made)
        held = " OR ".join(f"{identifier(name)} IS NOT NULL" for name in DISTRIBUTION_COLUMNS)
        connection.execute(
            f"INSERT INTO {table} BY NAME SELECT {columns} FROM {OTHERS} WHERE {identifier(IS_NEW)} AND ({held})"
        )


def has_distributions(connection: duckdb.DuckDBPyConnection, definition: MonitorDefinition) -> bool:
    """Whether a refresh of the monitor has kept any; those of an earlier version, which kept them otherwise, do not count."""
    there = state_columns(connection, definition.profile_table)
    return all(there.get(name) == kind for name, kind in DISTRIBUTION_COLUMNS.items())


def _table(definition: MonitorDefinition) -> str:
    return f"{identifier(STATE_SCHEMA)}.{identifier(definition.profile_table)}"
