"""What is compared after a benchmark: equal values are found equal, and one changed value is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pytest

from benchmarks.bench import Bench
from benchmarks.comparison import Engine
from benchmarks.table_comparison import different_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.datasets import Dataset


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """Few job runs with the custom metrics of the engine and of the naive plan."""
    bench = Bench(tmp_path_factory.mktemp("bench"), (1000,), 1, lambda _: None, days=2, is_quick=True)
    bench.refreshes(1000, "custom")
    bench.ask_own("plain_queries", bench.dataset(1000).state, "--keep")
    return bench.dataset(1000)


def test_the_naive_plan_gives_the_engine_s_values(dataset: Dataset) -> None:
    with Engine(dataset) as engine:
        assert engine.differences_of_queries() == []


@pytest.fixture
def changed(dataset: Dataset) -> Iterator[None]:
    """The first query's table, which is of the number of runs in each hour, with one row changed."""
    with duckdb.connect(dataset.data_file) as connection:
        connection.execute("CREATE TABLE kept AS FROM plain.query_0")
        connection.execute(
            "UPDATE plain.query_0 SET value = value + 1 WHERE start = (SELECT min(start) FROM kept)"
        )
    yield
    with duckdb.connect(dataset.data_file) as connection:
        connection.execute("CREATE OR REPLACE TABLE plain.query_0 AS FROM kept")
        connection.execute("DROP TABLE kept")


@pytest.mark.usefixtures("changed")
def test_one_changed_value_is_named(dataset: Dataset) -> None:
    with Engine(dataset) as engine:
        assert engine.differences_of_queries() == [
            "total_runs, 1 hour, whole table: 1 values are not those of the naive plan"
        ]


def test_tables_differ_in_rows_that_only_one_of_them_has() -> None:
    connection = duckdb.connect()
    connection.execute('CREATE SCHEMA "main.a"')
    connection.execute(
        'CREATE TABLE "main.a"."x" AS SELECT range AS number, [range] AS list, range / 3 AS third FROM range(5)'
    )
    connection.execute('CREATE TABLE "main.a"."y" AS FROM "main.a"."x" WHERE number > 0')
    assert different_rows(connection, "main.a.x", "main.a.x") == 0
    assert different_rows(connection, "main.a.x", "main.a.y") == 1
