"""Statements that DuckDB carries out as they are written give the same tables as planned ones, and no other connection is."""

from __future__ import annotations

from typing import Final

import duckdb
import pytest

from local_workspace.engine import planning
from local_workspace.engine.planning import as_written, planned
from local_workspace.engine.switches import Switches
from tests.local_workspace.engine.monitored import contents, monitored
from tests.local_workspace.engine.test_passes import DIGITS, LOG, METRICS, ROWS, SLICES

NEXT: Final = """
    SELECT TIMESTAMP '2026-03-19 12:00' + to_minutes(i::INTEGER) AS at, 'kind 1' AS kind, 'new ' || i % 3 AS name,
        i / 8 AS amount, 'model ' || i % 3 AS model, i % 4 AS prediction, i % 5 AS label
    FROM range(40) AS t(i)
"""

LATE: Final = NEXT.replace("12:00", "15:00").replace("'new '", "'late '")


def is_planned(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether a condition becomes part of the scan that it stands outside of."""
    ((_, plan),) = connection.execute("EXPLAIN SELECT a FROM (SELECT a, b FROM t) WHERE b = 3").fetchall()
    return "─ Filter" not in plan


def test_one_connection_alone_is_not_planned_while_it_lasts() -> None:
    with duckdb.connect() as database:
        database.execute("CREATE TABLE t AS SELECT range AS a, range AS b FROM range(10)")
        with database.cursor() as one, database.cursor() as other:
            with as_written(one, 10):
                assert (is_planned(one), is_planned(other)) == (False, True)
            assert is_planned(one)


@pytest.mark.parametrize(
    ("values", "stored", "expected"),
    [(10, 10, False), (10, 1_000_000, True), (1_000_000, 10, True)],
    ids=["few values", "many in output tables", "many that are read"],
)
def test_what_reads_output_tables_is_planned_when_they_are_large(
    values: int, stored: int, expected: bool
) -> None:
    with duckdb.connect() as database:
        database.execute("CREATE TABLE t AS SELECT range AS a, range AS b FROM range(10)")
        with as_written(database, values):
            with planned(database, values, stored):
                assert is_planned(database) == expected
            assert is_planned(database) == (values > 10)
        assert is_planned(database)


def test_many_values_are_planned() -> None:
    with duckdb.connect() as database:
        database.execute("CREATE TABLE t AS SELECT range AS a, range AS b FROM range(10)")
        with as_written(database, 1_000_000):
            assert is_planned(database)


@pytest.mark.parametrize("baseline", [None, f"{ROWS} WHERE i % 3 > 0"], ids=["no baseline", "a baseline"])
@pytest.mark.parametrize(
    "analysis", [None, LOG, {"snapshot": {}}], ids=["time series", "inference log", "snapshot"]
)
def test_planning_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, analysis: dict[str, object] | None, baseline: str | None
) -> None:
    switches = Switches(slice_drift_tests=True, slice_quantiles=True, slice_frequent_items=True)
    found = []
    for few in (planning._FEW_VALUES, 0):
        monkeypatch.setattr(planning, "_FEW_VALUES", few)
        monitor = monitored(
            ROWS,
            analysis=analysis,
            granularities=["1 hour", "1 day"],
            slices=SLICES,
            metrics=METRICS,
            baseline=baseline,
        )
        monitor.refresh(switches=switches)
        first = contents(monitor, DIGITS)
        monitor.connection.execute(f'INSERT INTO "main.gold"."runs" {NEXT}')
        monitor.refresh(switches=switches, version=1)
        second = contents(monitor, DIGITS)
        monitor.connection.execute(f'INSERT INTO "main.gold"."runs" {LATE}')
        monitor.refresh(switches=switches, version=1)
        found.append((first, second, contents(monitor, DIGITS)))
    assert found[0] == found[1]
