"""How far a monitor has read its tables, so that the next refresh computes only windows that received rows.

DuckDB numbers the rows of a table in the order in which they are committed; rows beyond the greatest number at the last
refresh are new. That holds while rows are only appended. Statements that change or remove rows note it with
`record_rewrite`, in the same transaction, and the next refresh reads everything; so it does when fewer or more rows than
there were lie below the old greatest number.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

import duckdb

from local_workspace.engine.coercion import identifier
from local_workspace.engine.statement_cache import run
from local_workspace.engine.stored_columns import stored_columns
from local_workspace.engine.temporary import count_rows
from local_workspace.names import TableName

if TYPE_CHECKING:
    from collections.abc import Mapping

STATE_SCHEMA: Final = "monitor state"
"""Schema of the data file for what only the engine reads; no statement can name it, it is no `catalog.schema`."""

_PROGRESS: Final = f"{identifier(STATE_SCHEMA)}.progress"
_REWRITES: Final = f"{identifier(STATE_SCHEMA)}.rewrites"


@dataclass(frozen=True)
class Mark:
    """How far a table was read.

    Attributes:
        rewrites: how often rows of it had been changed or removed.
        rows: how many rows it had.
        last: the greatest row number, -1 without rows.
    """

    rewrites: int
    rows: int
    last: int

    @property
    def has_every_number(self) -> bool:
        """Whether every number up to the greatest is that of a row."""
        return self.rows == self.last + 1


@dataclass(frozen=True)
class Progress:
    """What the last refresh of a monitor went by.

    Attributes:
        fingerprint: of everything that shapes the output beside rows: definition, switches, columns.
        read: how far the monitored table was read; None when it cannot be told, as of a view.
        baseline: the same for the baseline table.
        slices: for each slicing expression the values that were kept, or None where all were.
    """

    fingerprint: str
    read: Mark | None
    baseline: Mark | None
    slices: tuple[tuple[str | None, ...] | None, ...]


def create_state(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the engine's own schema and tables where they are missing."""
    connection.execute(f"CREATE SCHEMA IF NOT EXISTS {identifier(STATE_SCHEMA)}")
    connection.execute(f"CREATE TABLE IF NOT EXISTS {_REWRITES} (table_name VARCHAR)")
    connection.execute(f"CREATE TABLE IF NOT EXISTS {_PROGRESS} (monitor VARCHAR, progress VARCHAR)")


def forget_everything(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the engine's own schema as it was at first."""
    connection.execute(f"DROP SCHEMA IF EXISTS {identifier(STATE_SCHEMA)} CASCADE")
    create_state(connection)


def record_rewrite(connection: duckdb.DuckDBPyConnection, table: TableName) -> None:
    """Note, in the transaction that does it, that rows of a table are changed or removed, or its columns."""
    run(connection, f"INSERT INTO {_REWRITES} VALUES (?)", [str(table)])


def fingerprint(*parts: object) -> str:
    """A text that differs when one of the parts does."""
    return hashlib.sha256("\n".join(repr(part) for part in parts).encode()).hexdigest()


def mark_of(connection: duckdb.DuckDBPyConnection, table: str, columns: Mapping[str, str]) -> Mark | None:
    """How far a table can be read now; None for a view, and for a table whose own column hides the row numbers."""
    name = TableName.parse(table)
    if "rowid" in {column.lower() for column in columns}:
        return None
    rewrites = _rewrites_of(connection, name)
    try:
        row = run(connection, f"SELECT count(*), coalesce(max(rowid), -1) FROM {name.relation}").fetchone()
    except (duckdb.BinderException, duckdb.CatalogException):  # a view numbers no rows
        return None
    rows, last = row or (0, -1)
    return Mark(rewrites, rows, last)


def was_rewritten(connection: duckdb.DuckDBPyConnection, table: str, since: Mark) -> bool:
    """Whether rows that a mark counts were changed or removed after it, or their table."""
    name = TableName.parse(table)
    try:
        return (
            _rewrites_of(connection, name) != since.rewrites
            or count_rows(connection, name.relation) < since.rows
        )
    except duckdb.CatalogException:
        return True


def only_appended(
    connection: duckdb.DuckDBPyConnection, table: str, before: Mark | None, now: Mark | None
) -> bool:
    """Whether the rows below an earlier mark are those of then."""
    if before is None or now is None or before.rewrites != now.rewrites:
        return False
    if now.has_every_number:
        return before.last <= now.last and before.has_every_number
    row = run(
        connection, f"SELECT count(*) FROM {TableName.parse(table).relation} WHERE rowid <= {before.last}"
    ).fetchone()
    return row is not None and row[0] == before.rows


def read_progress(connection: duckdb.DuckDBPyConnection, monitor: str) -> Progress | None:
    """What the last refresh went by; None before the first.

    Args:
        connection: the data file.
        monitor: full name of the monitor's profile table.
    """
    row = _state(connection, f"SELECT progress FROM {_PROGRESS} WHERE monitor = ?", monitor)
    return None if row is None else _progress(json.loads(row[0]))


def write_progress(
    connection: duckdb.DuckDBPyConnection, monitor: str, progress: Progress, *, is_noted: bool
) -> None:
    """Note what a refresh went by, in the transaction that writes its rows; `is_noted` when there is a note already."""
    text = json.dumps(asdict(progress))
    if is_noted:
        run(connection, f"UPDATE {_PROGRESS} SET progress = ? WHERE monitor = ?", [text, monitor])
    else:
        run(connection, f"INSERT INTO {_PROGRESS} VALUES (?, ?)", [monitor, text])


def forget_gone_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Forget progress and distributions of monitors whose profile table is gone, in the transaction that drops it."""
    tables = connection.execute("SELECT schema_name, table_name FROM duckdb_tables()").fetchall()
    there = {f"{schema}.{table}" for schema, table in tables}
    noted = connection.execute(f"SELECT monitor FROM {_PROGRESS}").fetchall()
    for (monitor,) in noted:
        if monitor not in there:
            connection.execute(f"DELETE FROM {_PROGRESS} WHERE monitor = ?", [monitor])
    for schema, table in tables:
        if schema == STATE_SCHEMA and "." in table and table not in there:
            connection.execute(f"DROP TABLE {identifier(STATE_SCHEMA)}.{identifier(table)}")


def state_columns(connection: duckdb.DuckDBPyConnection, name: str) -> dict[str, str]:
    """Column -> DuckDB type of a table of the engine's own schema; none when it is not there."""
    return stored_columns(connection, STATE_SCHEMA, name)


def _rewrites_of(connection: duckdb.DuckDBPyConnection, table: TableName) -> int:
    """How often rows of a table were changed or removed."""
    row = _state(connection, f"SELECT count(*) FROM {_REWRITES} WHERE table_name = ?", str(table))
    return row[0] if row else 0


def _state(connection: duckdb.DuckDBPyConnection, query: str, name: str) -> tuple[Any, ...] | None:
    """The first row of a query of the engine's own tables; None also before they are made."""
    try:
        return run(connection, query, [name]).fetchone()
    except duckdb.CatalogException:
        return None


def _progress(found: dict[str, Any]) -> Progress:
    return Progress(
        fingerprint=found["fingerprint"],
        read=Mark(**found["read"]) if found["read"] else None,
        baseline=Mark(**found["baseline"]) if found["baseline"] else None,
        slices=tuple(None if kept is None else tuple(kept) for kept in found["slices"]),
    )
