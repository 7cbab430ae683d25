"""The invented job runs of the benchmarks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import duckdb
import pytest

from benchmarks.job_runs import BEGIN, GOLD_TABLE, JobRuns
from local_workspace.engine.types import to_databricks

RUNS = JobRuns(9000, 9)


@pytest.fixture(scope="module")
def connection() -> duckdb.DuckDBPyConnection:
    made = duckdb.connect()
    RUNS.create(made, "runs")
    return made


def one(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[Any, ...]:
    row = connection.execute(query).fetchone()
    assert row is not None
    return row


def test_they_have_the_columns_of_the_gold_table(connection: duckdb.DuckDBPyConnection) -> None:
    described = connection.execute("DESCRIBE runs").fetchall()
    assert {name: to_databricks(kind) for name, kind, *_ in described} == dict(GOLD_TABLE.column_types)


def test_they_are_the_same_each_time(connection: duckdb.DuckDBPyConnection) -> None:
    JobRuns(9000, 9).create(connection, "again")
    assert one(connection, "SELECT count(*) FROM (FROM runs EXCEPT ALL FROM again)") == (0,)


def test_every_day_has_as_many(connection: duckdb.DuckDBPyConnection) -> None:
    days = connection.execute("SELECT run_date, count(*) FROM runs GROUP BY 1 ORDER BY 1").fetchall()
    assert days == [((BEGIN + timedelta(days=day)).date(), 1000) for day in range(9)]


def test_what_must_not_be_null_is_not(connection: duckdb.DuckDBPyConnection) -> None:
    filled = [column.name for column in GOLD_TABLE.columns if not column.nullable]
    assert one(connection, f"SELECT {', '.join(f'count({name})' for name in filled)} FROM runs") == (
        9000,
    ) * len(filled)


def test_the_key_occurs_once(connection: duckdb.DuckDBPyConnection) -> None:
    assert one(connection, f"SELECT count(DISTINCT ({', '.join(GOLD_TABLE.key)})) FROM runs") == (9000,)


def test_there_are_more_jobs_than_a_slice_keeps(connection: duckdb.DuckDBPyConnection) -> None:
    assert one(connection, "SELECT count(DISTINCT job_name) FROM runs") == (400,)


def test_a_new_day_lies_after_all_others() -> None:
    made = duckdb.connect()
    RUNS.create(made, "runs")
    RUNS.add_day(made, "runs")
    added = one(
        made,
        f"SELECT count(*), min(start_time) >= TIMESTAMP '{RUNS.end}' FROM runs WHERE run_date >= DATE '{RUNS.end}'",
    )
    assert added == (1000, True)
    assert one(made, "SELECT count(DISTINCT run_id) FROM runs") == (10_000,)
