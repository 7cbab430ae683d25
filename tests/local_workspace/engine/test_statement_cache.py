"""A statement that was parsed before does what it would do if it was parsed again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pytest

from local_workspace.engine import statement_cache
from local_workspace.engine.statement_cache import run

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    statement_cache._kept.clear()
    yield
    statement_cache._kept.clear()


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as made:
        yield made


def test_it_reads_what_is_there_now_though_the_table_was_made_anew(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    found = []
    for kind, value in (("INTEGER", "1"), ("VARCHAR", "'a'"), ("DOUBLE[]", "[2.5]")):
        connection.execute(f"CREATE OR REPLACE TEMP TABLE t (a {kind})")
        connection.execute(f"INSERT INTO t VALUES ({value})")
        found.append(run(connection, "SELECT a FROM t").fetchall())
    assert found == [[(1,)], [("a",)], [([2.5],)]]
    assert list(statement_cache._kept) == ["SELECT a FROM t"]


def test_its_parameters_are_those_of_the_call(connection: duckdb.DuckDBPyConnection) -> None:
    assert [run(connection, "SELECT ? + 1", [each]).fetchall() for each in (1, 41, None)] == [
        [(2,)],
        [(42,)],
        [(None,)],
    ]


def test_a_connection_that_is_closed_leaves_it_to_the_others() -> None:
    with duckdb.connect() as first:
        assert run(first, "SELECT 7").fetchall() == [(7,)]
    with duckdb.connect() as second:
        assert run(second, "SELECT 7").fetchall() == [(7,)]


@pytest.mark.parametrize("text", ["SELECT a FROM nothing_there", "SELECT 1 +", "SELECT 'a'::INTEGER"])
def test_an_error_is_that_of_duckdb_each_time(connection: duckdb.DuckDBPyConnection, text: str) -> None:
    with pytest.raises(duckdb.Error) as expected:
        connection.execute(text).fetchall()
    for _ in range(2):
        with pytest.raises(type(expected.value)) as found:
            run(connection, text).fetchall()
        assert str(found.value) == str(expected.value)


def test_the_statements_that_ran_last_are_kept(
    connection: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(statement_cache, "_MOST", 2)
    for number in (1, 2, 1, 3):
        assert run(connection, f"SELECT {number}").fetchall() == [(number,)]
    assert list(statement_cache._kept) == ["SELECT 1", "SELECT 3"]


def test_a_long_statement_runs_and_is_not_kept(connection: duckdb.DuckDBPyConnection) -> None:
    text = f"SELECT 1 -- {'long ' * 5_000}"
    assert run(connection, text).fetchall() == [(1,)]
    assert not statement_cache._kept
