"""Columns of one table, looked up by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pytest

from local_workspace.engine.coercion import identifier
from local_workspace.engine.stored_columns import columns_of, stored_columns

if TYPE_CHECKING:
    from collections.abc import Iterator

SCHEMA = "main.gold"


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        opened.execute(f"CREATE SCHEMA {identifier(SCHEMA)}")
        yield opened


@pytest.mark.parametrize("table", ["runs", "a b", "it's", 'say "so"', "select", "größe.2"])
def test_columns_of_a_table_come_in_order_with_their_types(
    connection: duckdb.DuckDBPyConnection, table: str
) -> None:
    connection.execute(
        f'CREATE TABLE {identifier(SCHEMA)}.{identifier(table)} (z DECIMAL(10, 2), "a b" STRUCT(x INTEGER)[])'
    )
    assert stored_columns(connection, SCHEMA, table) == {"z": "DECIMAL(10,2)", "a b": "STRUCT(x INTEGER)[]"}


def test_a_table_that_is_not_there_has_none(connection: duckdb.DuckDBPyConnection) -> None:
    assert stored_columns(connection, SCHEMA, "runs") == {}
    assert stored_columns(connection, "main.none", "runs") == {}


def test_a_view_keeps_its_columns_when_what_it_reads_is_gone(connection: duckdb.DuckDBPyConnection) -> None:
    schema = identifier(SCHEMA)
    connection.execute(f"CREATE TABLE {schema}.runs (x BIGINT)")
    connection.execute(f"CREATE VIEW {schema}.seen AS SELECT x, 'text' AS y FROM {schema}.runs")
    columns = {"x": "BIGINT", "y": "VARCHAR"}
    assert columns_of(connection, "main.gold.seen") == columns
    connection.execute(f"DROP TABLE {schema}.runs")
    for _ in range(2):  # looking changes nothing
        assert columns_of(connection, "main.gold.seen") == columns


def test_columns_added_in_a_transaction_are_seen_in_it(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(f"CREATE TABLE {identifier(SCHEMA)}.runs (x BIGINT)")
    connection.begin()
    connection.execute(f"ALTER TABLE {identifier(SCHEMA)}.runs ADD COLUMN y VARCHAR")
    assert list(stored_columns(connection, SCHEMA, "runs")) == ["x", "y"]
    connection.rollback()
    assert list(stored_columns(connection, SCHEMA, "runs")) == ["x"]
