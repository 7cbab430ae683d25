"""The two output tables in the data file: made when missing, widened for new metrics, rows replaced by key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from local_workspace.engine.coercion import identifier
from local_workspace.engine.failures import RefreshFailed
from local_workspace.engine.stored_columns import columns_of
from local_workspace.engine.temporary import rows_made
from local_workspace.engine.types import to_databricks
from local_workspace.names import TableName

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    import duckdb


_VERSION: Final = "monitor_version"


@dataclass(frozen=True)
class OutputTable:
    """An output table before a refresh.

    Attributes:
        columns: column -> DuckDB type; none when it is not there.
        rows: how many it has.
        has_other_versions: whether some of them are of another version of the monitor.
    """

    columns: Mapping[str, str]
    rows: int
    has_other_versions: bool

    @property
    def values(self) -> int:
        """How many values it holds."""
        return self.rows * len(self.columns)


def output_table(connection: duckdb.DuckDBPyConnection, table: str, monitor_version: int) -> OutputTable:
    """What is there of a `catalog.schema.table` for a version of the monitor."""
    columns = columns_of(connection, table)
    if not columns:
        return OutputTable({}, 0, has_other_versions=False)
    has_version = any(name.lower() == _VERSION for name in columns)
    other = f"{_VERSION} IS DISTINCT FROM {monitor_version}" if has_version else "TRUE"
    ((rows, others),) = connection.execute(
        f"SELECT count(*), count(*) FILTER (WHERE {other}) FROM {TableName.parse(table).relation}"
    ).fetchall()
    return OutputTable(columns, rows, others > 0)


def refuse_conflicts(table: str, columns: Mapping[str, str], there: Mapping[str, str]) -> None:
    """Compare the columns that will be written with those the table has: column -> DuckDB type.

    Raises:
        RefreshFailed: it has a column of another type.
    """
    there = {name.lower(): kind for name, kind in there.items()}
    for name, kind in columns.items():
        old = there.get(name.lower())
        if old is not None and to_databricks(old) != to_databricks(kind):
            raise RefreshFailed(
                f"column '{name}' of {table} has type {to_databricks(old)}, but the monitor computes "
                f"{to_databricks(kind)}; give the metric another name, or drop the table"
            )


def prepare(
    connection: duckdb.DuckDBPyConnection, table: str, columns: Mapping[str, str], there: Collection[str]
) -> None:
    """Create the table where it is not there, or add the columns it lacks behind those it has.

    Args:
        connection: the data file.
        table: `catalog.schema.table`.
        columns: column -> DuckDB type.
        there: names of the columns it has; none when it is not there.
    """
    relation = TableName.parse(table).relation
    if not there:
        listed = ", ".join(f"{identifier(name)} {kind}" for name, kind in columns.items())
        connection.execute(f"CREATE TABLE IF NOT EXISTS {relation} ({listed})")
        return
    known = {name.lower() for name in there}
    for name, kind in columns.items():
        if name.lower() not in known:
            connection.execute(f"ALTER TABLE {relation} ADD COLUMN IF NOT EXISTS {identifier(name)} {kind}")


def matches(key: tuple[str, ...], one: str, other: str) -> str:
    """DuckDB condition that rows of two relations have the same key; NULL equals NULL."""
    return " AND ".join(
        f"{one}.{identifier(name)} IS NOT DISTINCT FROM {other}.{identifier(name)}" for name in key
    )


def insert_rows(connection: duckdb.DuckDBPyConnection, table: str, rows: str) -> int:
    """Put the rows of a relation into the table; gives how many."""
    relation = TableName.parse(table).relation
    return rows_made(connection, f"INSERT INTO {relation} BY NAME SELECT * FROM {rows}")


def remove_rows(
    connection: duckdb.DuckDBPyConnection, table: str, like: str, columns: tuple[str, ...]
) -> None:
    """Remove the rows whose columns are those of a row of a relation; NULL equals NULL."""
    relation = TableName.parse(table).relation
    same = matches(columns, "old", "given")
    connection.execute(f"DELETE FROM {relation} AS old USING {like} AS given WHERE {same}")


def remove_comments(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    """Remove the comments of the table and of its columns."""
    name = TableName.parse(table)
    connection.execute(f"COMMENT ON TABLE {name.relation} IS NULL")
    for column in columns_of(connection, table):
        connection.execute(f"COMMENT ON COLUMN {name.relation}.{identifier(column)} IS NULL")
