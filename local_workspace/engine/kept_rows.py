"""Rows of earlier refreshes that stay, and their distributions, which the profile table does not hold.

Each monitor has a table of distributions in the data file, beside its output tables and changed together with them.
No statement of a user can name it: its schema is no `catalog.schema`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from local_workspace.engine.coercion import identifier
from local_workspace.engine.output_columns import DISTRIBUTION_COLUMNS
from local_workspace.engine.output_tables import existing_columns, matches
from local_workspace.engine.profile import IS_NEW, profile_columns, profile_key
from local_workspace.engine.source import INPUT
from local_workspace.engine.temporary import PROFILE
from local_workspace.names import TableName

if TYPE_CHECKING:
    from datetime import datetime

    import duckdb

    from local_workspace.engine.definition import MonitorDefinition

_SCHEMA: Final = "monitor distributions"


def previous_snapshot(
    connection: duckdb.DuckDBPyConnection, definition: MonitorDefinition, now: datetime
) -> datetime | None:
    """The end of the newest window before a moment that a snapshot's profile table has; None for the first."""
    if not definition.is_snapshot or not existing_columns(connection, definition.profile_table):
        return None
    row = connection.execute(
        f'SELECT max("window"."end") FROM {TableName.parse(definition.profile_table).relation} '
        f'WHERE log_type = \'{INPUT}\' AND granularity IS NULL AND "window"."end" < ?',
        [now],
    ).fetchone()
    return row[0] if row else None


def add_kept_rows(
    connection: duckdb.DuckDBPyConnection, definition: MonitorDefinition, previous: datetime | None
) -> None:
    """Add to `PROFILE` the old rows that its rows are compared with, and their distributions.

    These are rows of windows directly before and after computed ones that were not computed themselves.

    Args:
        connection: holds `PROFILE`.
        definition: names the profile table.
        previous: what `previous_snapshot` gives.
    """
    there = {name.lower() for name in existing_columns(connection, definition.profile_table)}
    if not there:
        return
    held = _is_there(connection, definition)
    key = profile_key(definition)
    columns = [f"old.{identifier(name)}" for name in profile_columns(definition) if name.lower() in there]
    columns += [f"kept.{identifier(name)}" for name in DISTRIBUTION_COLUMNS] if held else []
    kept = f"LEFT JOIN {_table(definition)} AS kept ON {matches(key, 'old', 'kept')}" if held else ""
    if definition.is_snapshot:
        near = "FALSE" if previous is None else f'old."window"."end" = TIMESTAMP \'{previous}\''
    else:
        near = (
            f'old."window"."start" IN (SELECT "window"."end" FROM {PROFILE} WHERE log_type = \'{INPUT}\') '
            f'OR old."window"."end" IN (SELECT "window"."start" FROM {PROFILE} WHERE log_type = \'{INPUT}\')'
        )
    connection.execute(
        f"INSERT INTO {PROFILE} BY NAME SELECT {', '.join(columns)}, FALSE AS {identifier(IS_NEW)} "
        f"FROM {TableName.parse(definition.profile_table).relation} AS old {kept} "
        f"WHERE old.log_type = '{INPUT}' AND ({near}) "
        f"AND NOT EXISTS (SELECT 1 FROM {PROFILE} AS new WHERE {matches(key, 'old', 'new')})"
    )


def keep_distributions(connection: duckdb.DuckDBPyConnection, definition: MonitorDefinition) -> None:
    """Put the distributions of the new rows in place of those with the same keys."""
    table = _table(definition)
    kinds = profile_columns(definition)
    made = {name: kinds[name] for name in profile_key(definition)} | DISTRIBUTION_COLUMNS
    listed = ", ".join(f"{identifier(name)} {kind}" for name, kind in made.items())
    connection.execute(f"CREATE SCHEMA IF NOT EXISTS {identifier(_SCHEMA)}")
    connection.execute(f"CREATE TABLE IF NOT EXISTS {table} ({listed})")
    connection.execute(
        f"DELETE FROM {table} AS old USING {PROFILE} AS new WHERE {matches(profile_key(definition), 'old', 'new')} "
        f"AND new.{identifier(IS_NEW)}"
    )
    columns = ", ".join(identifier(name) for name in made)
    held = " OR ".join(f"{identifier(name)} IS NOT NULL" for name in DISTRIBUTION_COLUMNS)
    connection.execute(
        f"INSERT INTO {table} BY NAME SELECT {columns} FROM {PROFILE} WHERE {identifier(IS_NEW)} AND ({held})"
    )


def _table(definition: MonitorDefinition) -> str:
    return f"{identifier(_SCHEMA)}.{identifier(definition.profile_table)}"


def _is_there(connection: duckdb.DuckDBPyConnection, definition: MonitorDefinition) -> bool:
    found = connection.execute(
        "SELECT 1 FROM duckdb_tables() WHERE schema_name = ? AND table_name = ?",
        [_SCHEMA, definition.profile_table],
    ).fetchone()
    return found is not None
