"""Columns of one table of the data file, looked up by name.

DuckDB's `duckdb_tables()`, `duckdb_views()` and `duckdb_columns()` go through all tables, which takes tens of milliseconds
when there are thousands; `PRAGMA table_info` takes less than one, and so does the plan of a DROP, which fails without the
view.
"""

from __future__ import annotations

import duckdb

from local_workspace.engine.coercion import identifier
from local_workspace.names import TableName


def stored_columns(connection: duckdb.DuckDBPyConnection, schema: str, table: str) -> dict[str, str]:
    """Column -> DuckDB type of a table or view in order; empty when it is not there.

    Args:
        connection: in a transaction only for a table that is there: DuckDB gives up the transaction otherwise.
        schema: of the data file, as it is written there.
        table: its name in the schema.
    """
    relation = f"{identifier(schema)}.{identifier(table)}".replace("'", "''")
    try:
        rows = connection.execute(f"PRAGMA table_info('{relation}')").fetchall()
    except (duckdb.CatalogException, duckdb.BinderException):
        return _columns_of_view(connection, schema, table)
    return {column: str(kind) for _, column, kind, *_ in rows}


def columns_of(connection: duckdb.DuckDBPyConnection, table: str) -> dict[str, str]:
    """As `stored_columns`, of `catalog.schema.table`."""
    name = TableName.parse(table)
    return stored_columns(connection, str(name.in_schema), name.table)


def _columns_of_view(connection: duckdb.DuckDBPyConnection, schema: str, table: str) -> dict[str, str]:
    """The columns that a view had when it was made: what it reads may be gone."""
    try:
        connection.execute(f"EXPLAIN DROP VIEW {identifier(schema)}.{identifier(table)}")
    except (duckdb.CatalogException, duckdb.BinderException):
        return {}
    rows = connection.execute(
        "SELECT column_name, data_type FROM duckdb_columns() WHERE schema_name = ? AND table_name = ? "
        "AND database_name = current_database() ORDER BY column_index",
        [schema, table],
    ).fetchall()
    return {column: str(kind) for column, kind in rows}
