"""A refresh as a whole: both tables change together, or not at all."""

from __future__ import annotations

import duckdb
import pytest

from local_workspace.engine import writing
from local_workspace.engine.failures import failing
from local_workspace.engine.output_columns import DRIFT_COLUMNS, PROFILE_COLUMNS
from local_workspace.engine.planning import CHANGED_SETTING
from local_workspace.engine.refresh import RefreshCancelled, RefreshFailed
from tests.local_workspace.engine.monitored import DRIFT, PROFILE, Monitored, metric, monitored

TWO_DAYS = """
    SELECT TIMESTAMP '2026-03-17' + to_days(i::INTEGER) AS at, i AS x, 'a' AS name
    FROM range(0, 2) AS t(i)
"""
RUNS = metric("aggregate", "runs", "COUNT(*)", type_name="long")
GROWTH = metric("drift", "growth", "{{current_df}}.runs / NULLIF({{base_df}}.runs, 0)")
PERCENT = metric("derived", "percent", "runs * 100.0 / NULLIF(runs, 0)")
BY_ZERO = (
    "[DIVIDE_BY_ZERO] Division by zero. Use `try_divide` to tolerate divisor being 0 and return NULL instead. "
    "SQLSTATE: 22012"
)


def described(monitor: Monitored, relation: str) -> list[tuple[str, str]]:
    return [(name, kind) for name, kind, *_ in monitor.rows(f"DESCRIBE {relation}")]


def contents(monitor: Monitored) -> tuple[object, object]:
    return monitor.rows(f"FROM {PROFILE} ORDER BY ALL"), monitor.rows(f"FROM {DRIFT} ORDER BY ALL")


def test_both_tables_have_the_base_columns_then_the_metrics() -> None:
    monitor = monitored(TWO_DAYS, metrics=[RUNS, PERCENT, GROWTH])
    monitor.refresh()
    assert described(monitor, PROFILE) == [
        *PROFILE_COLUMNS.items(),
        ("runs", "BIGINT"),
        ("percent", "DOUBLE"),
    ]
    assert described(monitor, DRIFT) == [*DRIFT_COLUMNS.items(), ("growth", "DOUBLE")]


def test_an_empty_table_gives_two_empty_tables() -> None:
    monitor = monitored(f"{TWO_DAYS} LIMIT 0", slices=["name"], metrics=[RUNS, PERCENT, GROWTH])
    report = monitor.refresh()
    assert (report.profile_rows, report.drift_rows, report.windows) == (0, 0, 0)
    assert contents(monitor) == ([], [])


def test_the_report_counts_what_was_written() -> None:
    monitor = monitored(TWO_DAYS)
    report = monitor.refresh()
    assert (report.profile_rows, report.drift_rows, report.windows) == (8, 4, 2)


@pytest.mark.parametrize("limit", ["_ROWS_AT_ONCE", "_NAMES_AT_ONCE"])
def test_rows_are_the_same_whether_a_statement_makes_those_of_many_columns_or_of_one(
    limit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    of_columns = [
        metric("aggregate", "least", "MIN({{input_column}})", "x", "y"),
        metric("derived", "twice", "least * 2", "x", "y"),
        metric("drift", "moved", "{{current_df}}.twice - {{base_df}}.twice", "x", "y"),
    ]

    def refreshed_twice() -> tuple[object, object]:
        monitor = monitored(
            f"SELECT *, x::DOUBLE / 3 AS y, x > 0 AS flag FROM ({TWO_DAYS})",
            slices=["name"],
            metrics=[RUNS, PERCENT, GROWTH, *of_columns],
            baseline="SELECT 5 AS x, 'b' AS name, 0.5::DOUBLE AS y",
        )
        monitor.refresh()
        monitor.connection.execute(
            "INSERT INTO \"main.gold\".\"runs\" VALUES (TIMESTAMP '2026-03-18', 7, 'a', 1.5, TRUE)"
        )
        monitor.refresh()
        return contents(monitor)

    together = refreshed_twice()
    monkeypatch.setattr(writing, limit, 1)
    assert refreshed_twice() == together


def test_a_second_refresh_replaces_the_rows() -> None:
    monitor = monitored(TWO_DAYS, slices=["name"], metrics=[RUNS, GROWTH])
    monitor.refresh()
    first = contents(monitor)
    monitor.refresh()
    assert contents(monitor) == first


def test_a_late_row_changes_its_window() -> None:
    monitor = monitored(TWO_DAYS, metrics=[RUNS, GROWTH])
    monitor.refresh()
    monitor.connection.execute("INSERT INTO \"main.gold\".\"runs\" VALUES ('2026-03-17 05:00', 9, 'b')")
    monitor.refresh()
    found = monitor.rows(f"SELECT runs FROM {PROFILE} WHERE column_name = ':table' ORDER BY \"window\"")
    assert found == [(2,), (1,)]
    assert monitor.rows(f"SELECT growth FROM {DRIFT} WHERE column_name = ':table'") == [(0.5,)]


def test_comments_stay() -> None:
    monitor = monitored(TWO_DAYS, metrics=[RUNS])
    monitor.refresh()
    monitor.connection.execute(f"COMMENT ON TABLE {PROFILE} IS 'profile'")
    monitor.connection.execute(f"COMMENT ON COLUMN {PROFILE}.runs IS 'runs'")
    monitor.metrics += [PERCENT]
    monitor.refresh()
    tables = "SELECT comment FROM duckdb_tables() WHERE table_name = 'runs_profile_metrics'"
    columns = "SELECT column_name, comment FROM duckdb_columns() WHERE comment IS NOT NULL"
    assert monitor.rows(tables) == [("profile",)]
    assert monitor.rows(columns) == [("runs", "runs")]


def test_a_metric_added_later_is_a_column_behind_the_others() -> None:
    monitor = monitored(TWO_DAYS, metrics=[RUNS])
    monitor.refresh()
    monitor.metrics = [metric("aggregate", "total", "SUM(x)"), RUNS]
    monitor.refresh()
    assert [name for name, _ in described(monitor, PROFILE)][-2:] == ["runs", "total"]
    assert monitor.rows(f"SELECT sum(total) FROM {PROFILE}") == [(1.0,)]


def test_a_metric_removed_leaves_its_column_with_nulls() -> None:
    monitor = monitored(TWO_DAYS, metrics=[RUNS])
    monitor.refresh()
    monitor.metrics = []
    monitor.refresh()
    assert monitor.rows(f"SELECT count(*), count(runs) FROM {PROFILE}") == [(8, 0)]


def test_a_metric_of_another_type_is_refused() -> None:
    monitor = monitored(TWO_DAYS, metrics=[RUNS])
    monitor.refresh()
    monitor.metrics = [metric("aggregate", "runs", "COUNT(*)")]
    with pytest.raises(RefreshFailed) as caught:
        monitor.refresh()
    assert str(caught.value) == (
        "column 'runs' of main.out.runs_profile_metrics has type BIGINT, but the monitor computes DOUBLE; "
        "give the metric another name, or drop the table"
    )


@pytest.mark.parametrize(
    "broken",
    [
        [metric("aggregate", "bad", "SUM(x) / COUNT_IF(x > 5)")],
        [metric("aggregate", "none", "COUNT_IF(x > 5)"), metric("derived", "bad", "runs / none")],
        [
            metric("aggregate", "none", "COUNT_IF(x > 5)"),
            metric("drift", "bad", "{{current_df}}.runs / {{base_df}}.none"),
        ],
    ],
    ids=["aggregate", "derived", "drift"],
)
def test_a_division_by_zero_names_the_metric_and_leaves_both_tables(broken: list[dict[str, object]]) -> None:
    monitor = monitored(TWO_DAYS, metrics=[RUNS, GROWTH])
    monitor.refresh()
    before = contents(monitor)
    monitor.metrics += broken
    with pytest.raises(RefreshFailed) as caught:
        monitor.refresh(version=1)
    assert str(caught.value) == f"custom metric 'bad': {BY_ZERO}"
    assert contents(monitor) == before
    assert [name for name, _ in described(monitor, PROFILE)][-1] == "runs"


def test_a_failing_slice_is_named() -> None:
    monitor = monitored(TWO_DAYS, slices=["name", "1 / x"])
    with pytest.raises(RefreshFailed) as caught:
        monitor.refresh()
    assert str(caught.value) == f"slicing expression '1 / x': {BY_ZERO}"


def test_a_table_that_is_gone_fails_the_refresh() -> None:
    monitor = monitored(TWO_DAYS)
    monitor.connection.execute('DROP TABLE "main.gold"."runs"')
    with pytest.raises(RefreshFailed) as caught:
        monitor.refresh_unchecked()
    assert str(caught.value) == (
        "[TABLE_OR_VIEW_NOT_FOUND] The table or view `main`.`gold`.`runs` cannot be found. SQLSTATE: 42P01"
    )


def test_a_column_that_is_gone_fails_the_refresh_by_the_name_of_its_metric() -> None:
    monitor = monitored(TWO_DAYS, metrics=[metric("aggregate", "total", "SUM(x)")])
    monitor.connection.execute('ALTER TABLE "main.gold"."runs" DROP COLUMN x')
    with pytest.raises(RefreshFailed, match=r"custom metric 'total': \[UNRESOLVED_COLUMN.WITH_SUGGESTION\]"):
        monitor.refresh_unchecked()


def test_a_view_can_be_monitored() -> None:
    monitor = monitored(TWO_DAYS)
    monitor.connection.execute('ALTER TABLE "main.gold"."runs" RENAME TO kept')
    monitor.connection.execute('CREATE VIEW "main.gold"."runs" AS FROM "main.gold"."kept"')
    assert monitor.refresh().profile_rows == 8


@pytest.mark.parametrize("steps", [0, 1, 2, 3, 4])
def test_a_cancelled_refresh_leaves_nothing(steps: int) -> None:
    monitor = monitored(TWO_DAYS)
    answers = iter([False] * steps)
    with pytest.raises(RefreshCancelled):
        monitor.refresh_unchecked(cancelled=lambda: next(answers, True))
    tables = "SELECT table_name FROM duckdb_tables() WHERE schema_name <> 'monitor state'"
    assert monitor.rows(tables) == [("runs",)]


def test_an_interrupted_statement_is_a_cancelled_refresh() -> None:
    with (
        duckdb.connect() as connection,
        pytest.raises(RefreshCancelled),
        failing(lambda: (), connection),
    ):
        raise duckdb.InterruptException("INTERRUPT Error: Interrupted!")


def test_no_temporary_table_is_left() -> None:
    monitor = monitored(TWO_DAYS)
    monitor.refresh()
    assert monitor.rows("SELECT table_name FROM duckdb_tables() WHERE temporary") == []


def test_it_runs_under_a_locked_configuration() -> None:
    monitor = monitored(TWO_DAYS, slices=["name"], metrics=[RUNS, PERCENT, GROWTH])
    monitor.connection.execute("SET enable_external_access = false")
    monitor.connection.execute(f"SET allowed_configs = ['{CHANGED_SETTING}']")
    monitor.connection.execute("SET lock_configuration = true")
    assert monitor.refresh().windows == 2
