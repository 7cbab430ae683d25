"""Rows of the drift table."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tests.local_workspace.engine.monitored import DRIFT, Monitored, metric, monitored

THREE_DAYS = """
    SELECT * FROM (VALUES
        (TIMESTAMP '2026-03-16 01:00', 1.0::DOUBLE, 'a', NULL::VARCHAR),
        (TIMESTAMP '2026-03-16 02:00', 3.0, 'b', NULL),
        (TIMESTAMP '2026-03-17 01:00', 0.0, 'a', 'x'),
        (TIMESTAMP '2026-03-17 02:00', NULL, 'a', 'x'),
        (TIMESTAMP '2026-03-17 03:00', 6.0, 'a', NULL),
        (TIMESTAMP '2026-03-19 01:00', 5.0, 'a', 'x')
    ) AS t("at", minutes, name, late)
"""
RUNS = metric("aggregate", "runs", "COUNT(*)", type_name="long")
TOTAL = metric("aggregate", "total", "SUM(minutes)")
GROWTH = metric(
    "drift", "growth", "({{current_df}}.runs - {{base_df}}.runs) * 100.0 / NULLIF({{base_df}}.runs, 0)"
)


def drift_of(
    monitor: Monitored, column: str, what: str, where: str = "slice_key IS NULL"
) -> list[tuple[Any, ...]]:
    return monitor.rows(
        f'SELECT {what} FROM {DRIFT} WHERE column_name = \'{column}\' AND {where} ORDER BY "window"."start"'
    )


def test_a_window_is_compared_with_the_one_directly_before_it_and_a_gap_has_no_row() -> None:
    monitor = monitored(THREE_DAYS)
    monitor.refresh(version=4)
    what = '"window"."start", window_cmp."start", window_cmp."end", drift_type, granularity, monitor_version'
    assert drift_of(monitor, ":table", what) == [
        (
            datetime.fromisoformat("2026-03-17"),
            datetime.fromisoformat("2026-03-16"),
            datetime.fromisoformat("2026-03-17"),
            *("CONSECUTIVE", "1 day", 4),
        )
    ]


def test_the_table_row_says_which_columns_came_and_went() -> None:
    monitor = monitored(THREE_DAYS)
    monitor.refresh()
    assert drift_of(monitor, ":table", "count_delta, non_null_columns_delta") == [
        (1, {"added": 1, "missing": 0})
    ]
    others = "data_type, avg_delta, percent_null_delta, percent_distinct_delta"
    assert drift_of(monitor, ":table", others) == [(None,) * 4]


def test_a_number_has_deltas_of_its_statistics() -> None:
    monitor = monitored(THREE_DAYS)
    monitor.refresh()
    what = "data_type, count_delta, avg_delta, round(percent_null_delta, 9), percent_zeros_delta"
    assert drift_of(monitor, "minutes", what) == [("double", 0, 1.0, 33.333333333, 50.0)]
    assert drift_of(monitor, "minutes", "percent_distinct_delta, non_null_columns_delta") == [(0.0, None)]


def test_a_text_has_no_deltas_of_numbers() -> None:
    monitor = monitored(THREE_DAYS)
    monitor.refresh()
    what = "count_delta, percent_null_delta, round(percent_distinct_delta, 9), avg_delta, percent_zeros_delta"
    assert drift_of(monitor, "name", what) == [(1, 0.0, -66.666666667, None, None)]


def test_a_drift_metric_compares_the_two_rows() -> None:
    monitor = monitored(
        THREE_DAYS,
        metrics=[
            RUNS,
            TOTAL,
            GROWTH,
            metric("drift", "more", "`{{current_df}}`.total - `{{base_df}}`.`Total`"),
        ],
    )
    monitor.refresh()
    assert drift_of(monitor, ":table", "growth, more") == [(50.0, 2.0)]
    assert drift_of(monitor, "minutes", "growth, more") == [(None, None)]


def test_a_slice_is_compared_with_the_same_slice_only() -> None:
    monitor = monitored(THREE_DAYS, slices=["name"], metrics=[RUNS, GROWTH])
    monitor.refresh()
    assert drift_of(monitor, ":table", "slice_key, slice_value, growth", "slice_key IS NOT NULL") == [
        ("name", "a", 200.0)
    ]


def test_granularities_are_not_mixed() -> None:
    monitor = monitored(THREE_DAYS, granularities=["1 hour", "1 day"])
    monitor.refresh()
    assert drift_of(monitor, ":table", "granularity, count(*)", 'TRUE GROUP BY granularity, "window"') == [
        ("1 hour", 1),
        ("1 day", 1),
        ("1 hour", 1),
        ("1 hour", 1),
    ]


def test_a_drift_metric_of_columns_stands_in_their_rows() -> None:
    monitor = monitored(
        THREE_DAYS,
        metrics=[
            metric("aggregate", "most", "max({{input_column}})", "minutes"),
            metric("drift", "most_change", "{{current_df}}.most - {{base_df}}.most", "minutes"),
        ],
    )
    monitor.refresh()
    assert drift_of(monitor, "minutes", "most_change") == [(3.0,)]
    assert drift_of(monitor, ":table", "most_change") == [(None,)]


def test_rows_kept_from_before_serve_as_predecessors_and_are_compared_again() -> None:
    monitor = monitored(THREE_DAYS, metrics=[RUNS, GROWTH])
    monitor.refresh()
    monitor.connection.execute('DELETE FROM "main.gold"."runs" WHERE "at" > DATE \'2026-03-17\'')
    monitor.connection.execute('INSERT INTO "main.gold"."runs" SELECT * FROM "main.gold"."runs"')
    monitor.refresh(version=1)
    assert drift_of(monitor, ":table", "growth, monitor_version") == [(-25.0, 1)]
