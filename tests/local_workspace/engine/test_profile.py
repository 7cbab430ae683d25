"""Rows of the profile table."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Any

import pytest

from local_workspace.engine.output_columns import PROFILE_COLUMNS
from local_workspace.engine.switches import Switches
from tests.local_workspace.engine.monitored import PROFILE, Monitored, metric, monitored

DAY = "TIMESTAMP '2026-03-18'"
FOUR_ROWS = f"""
    SELECT {DAY} + to_hours(i::INTEGER) AS at, [4.0, 0.0, NULL, 2.0][i]::DOUBLE AS minutes,
        [7, 7, 7, 9][i]::BIGINT AS number, ['b', 'aa', NULL, 'aa'][i] AS name,
        [TRUE, FALSE, NULL, TRUE][i] AS good, [[1], NULL, [2], [2]][i] AS list,
        DATE '2026-03-18' AS day, [1.5, 2.5, 3.5, NULL][i]::DECIMAL(38,18) AS price
    FROM range(1, 5) AS t(i)
"""
STATISTICS = "count, data_type, num_nulls, avg, min, max, stddev, num_zeros, num_nan, median, distinct_count"
PERCENTS = "percent_nan, percent_null, percent_zeros, percent_distinct"
LENGTHS = "min_length, max_length, avg_length"


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_a_number_has_all_number_statistics() -> None:
    monitor = monitored(FOUR_ROWS)
    monitor.refresh()
    assert monitor.row("minutes", STATISTICS) == (3, "double", 1, 2.0, 0.0, 4.0, 2.0, 1, 0, 2.0, 3)
    assert monitor.row("minutes", PERCENTS) == (0.0, 25.0, pytest.approx(100 / 3), 100.0)
    assert monitor.row("minutes", LENGTHS + ", frequent_items, non_null_columns") == (None,) * 5


def test_a_text_has_lengths_and_frequent_items_and_no_number_statistics() -> None:
    monitor = monitored(FOUR_ROWS)
    monitor.refresh()
    assert monitor.row("name", LENGTHS) == (1.0, 2.0, pytest.approx(5 / 3))
    assert monitor.row("name", "frequent_items") == ([{"item": "aa", "count": 2}, {"item": "b", "count": 1}],)
    assert monitor.row("name", STATISTICS) == (3, "string", 1, *(None,) * 7, 2)
    assert monitor.row("name", PERCENTS) == (None, 25.0, None, pytest.approx(200 / 3))


def test_a_boolean_has_true_and_false_as_frequent_items() -> None:
    monitor = monitored(FOUR_ROWS)
    monitor.refresh()
    assert monitor.row("good", "frequent_items") == (
        [{"item": "true", "count": 2}, {"item": "false", "count": 1}],
    )
    assert monitor.row("good", f"data_type, distinct_count, avg, {LENGTHS}") == ("boolean", 2, *(None,) * 4)


def test_a_timestamp_has_its_range_in_seconds_and_no_average() -> None:
    monitor = monitored(f"SELECT {DAY} + to_milliseconds(929) * i AS at FROM range(1, 4) AS t(i)")
    monitor.refresh()
    first = 1773792000.0
    assert monitor.row("at", "min, max, median") == (first + 0.929, first + 2.787, first + 1.858)
    assert (
        monitor.row("at", "avg, stddev, num_zeros, num_nan, quantiles, percent_zeros, frequent_items")
        == (None,) * 7
    )
    assert monitor.row("at", "data_type, count, distinct_count, percent_distinct, percent_null") == (
        "timestamp",
        3,
        3,
        100.0,
        0.0,
    )


def test_a_date_is_described_like_a_timestamp() -> None:
    monitor = monitored(FOUR_ROWS)
    monitor.refresh()
    assert monitor.row("day", "data_type, min, max, median, avg") == (
        "date",
        1773792000.0,
        1773792000.0,
        1773792000.0,
        None,
    )


def test_an_array_is_only_counted() -> None:
    monitor = monitored(FOUR_ROWS)
    monitor.refresh()
    assert monitor.row("list", f"{STATISTICS}, {PERCENTS}, {LENGTHS}") == (
        *(3, "array<int>", 1, *(None,) * 8),
        *(None, 25.0, None, None),
        *(None, None, None),
    )


def test_a_decimal_is_averaged_as_a_number() -> None:
    monitor = monitored(FOUR_ROWS)
    monitor.refresh()
    assert monitor.row("price", "data_type, avg, min, max, stddev, median") == (
        "decimal(38,18)",
        2.5,
        1.5,
        3.5,
        1.0,
        2.5,
    )


def test_the_table_row_counts_rows_and_names_filled_columns_in_table_order() -> None:
    monitor = monitored(f"SELECT 1 AS z, {DAY} AS at, NULL::INTEGER AS n, 'x' AS a")
    monitor.refresh()
    assert monitor.row(":table", "count, non_null_columns") == (1, ["z", "at", "a"])
    empty = [
        name
        for name in PROFILE_COLUMNS
        if name
        not in {
            *("window", "log_type", "logging_table_commit_version", "monitor_version", "granularity"),
            *("column_name", "count", "non_null_columns"),
        }
    ]
    assert monitor.row(":table", ", ".join(empty)) == (None,) * len(empty)


def test_every_row_carries_its_window_and_the_versions() -> None:
    monitor = monitored(FOUR_ROWS)
    monitor.refresh(version=3)
    keys = '"window"."start", "window"."end", log_type, logging_table_commit_version, monitor_version, granularity'
    found = monitor.rows(f"SELECT DISTINCT {keys}, slice_key, slice_value FROM {PROFILE}")
    assert found == [
        (moment("2026-03-18"), moment("2026-03-19"), "INPUT", 7, 3, "1 day", None, None),
    ]


def test_quantiles_are_a_thousand_linear_points_from_minimum_to_maximum() -> None:
    monitor = monitored(f"SELECT {DAY} AS at, i::DOUBLE AS x FROM range(0, 1999) AS t(i)")
    monitor.refresh()
    (points,) = monitor.row("x", "quantiles")
    assert len(points) == 1000
    assert points[0] == 0
    assert points[-1] == 1998
    assert points == pytest.approx([2.0 * i for i in range(1000)])


def test_slice_rows_have_quantiles_and_frequent_items_only_when_asked() -> None:
    monitor = monitored(f"SELECT {DAY} AS at, 1.5::DOUBLE AS x, 'a' AS name", slices=["name"])
    sliced = "slice_key IS NOT NULL"
    monitor.refresh()
    assert monitor.row("x", "quantiles", sliced) == (None,)
    assert monitor.row("name", "frequent_items", sliced) == (None,)
    monitor.refresh(switches=Switches(slice_quantiles=True, slice_frequent_items=True))
    assert monitor.row("x", "quantiles", sliced) == ([1.5] * 1000,)
    assert monitor.row("name", "frequent_items", sliced) == ([{"item": "a", "count": 1}],)


def test_nan_is_counted_and_left_out_of_the_other_statistics() -> None:
    monitor = monitored(f"SELECT {DAY} AS at, unnest(['1', 'nan', '3', NULL])::DOUBLE AS x")
    monitor.refresh()
    assert monitor.row("x", "count, num_nulls, num_nan, avg, min, max, median") == (
        3,
        1,
        1,
        2.0,
        1.0,
        3.0,
        2.0,
    )
    assert monitor.row("x", "percent_nan") == (pytest.approx(100 / 3),)


def test_an_infinity_does_not_fail_the_refresh() -> None:
    monitor = monitored(f"SELECT {DAY} AS at, unnest(['1', 'inf'])::DOUBLE AS x")
    monitor.refresh()
    average, most, spread = monitor.row("x", "avg, max, stddev")
    assert (average, most) == (math.inf, math.inf)
    assert math.isnan(spread)


def test_a_column_without_values_has_counts_and_nothing_else() -> None:
    monitor = monitored(f"SELECT {DAY} AS at, NULL::DOUBLE AS x, NULL::VARCHAR AS s, NULL::BOOLEAN AS b")
    monitor.refresh()
    assert monitor.row("x", STATISTICS + ", quantiles") == (0, "double", 1, *(None,) * 4, 0, 0, None, 0, None)
    assert monitor.row("x", PERCENTS) == (None, 100.0, None, None)
    assert monitor.row("s", f"{LENGTHS}, frequent_items, distinct_count") == (*(None,) * 4, 0)
    assert monitor.row("b", "frequent_items, distinct_count") == (None, 0)


def test_one_value_has_no_standard_deviation() -> None:
    monitor = monitored(f"SELECT {DAY} AS at, 2.5::DOUBLE AS x")
    monitor.refresh()
    assert monitor.row("x", "avg, min, max, stddev, median") == (2.5, 2.5, 2.5, None, 2.5)


def test_count_of_a_column_can_be_the_rows_instead() -> None:
    monitor = monitored(FOUR_ROWS)
    monitor.refresh(switches=Switches(column_count_basis="rows"))
    assert monitor.row("name", "count, num_nulls") == (4, 1)


def test_rows_without_a_timestamp_or_before_the_look_back_are_left_out() -> None:
    monitor = monitored(
        "SELECT unnest([NULL, '2026-02-18 11:59:59', '2026-02-18 12:00:00'])::TIMESTAMP AS at, 1 AS x"
    )
    monitor.refresh()
    assert monitor.row(":table", 'count, "window"."start"') == (1, moment("2026-02-18"))


@pytest.mark.parametrize(
    ("granularity", "first"), [("1 week", "2026-02-23"), ("1 month", "2026-03-01"), ("1 day", "2026-02-18")]
)
def test_a_week_or_month_cut_by_the_look_back_is_left_out(granularity: str, first: str) -> None:
    days = "range(TIMESTAMP '2026-02-18 13:00', TIMESTAMP '2026-03-20', INTERVAL 1 DAY)"
    monitor = monitored(f"SELECT unnest({days}) AS at", granularities=[granularity])
    monitor.refresh()
    assert monitor.rows(f'SELECT min("window"."start") FROM {PROFILE}') == [(moment(first),)]


def test_several_granularities_have_rows_of_their_own() -> None:
    monitor = monitored(FOUR_ROWS, granularities=["1 hour", "1 day"])
    report = monitor.refresh()
    assert report.windows == 5
    found = monitor.rows(
        f"SELECT granularity, count(*), sum(count) FROM {PROFILE} WHERE column_name = ':table' "
        "GROUP BY granularity ORDER BY granularity"
    )
    assert found == [("1 day", 1, 4), ("1 hour", 4, 4)]


@pytest.mark.parametrize("kind", ["DATE", "VARCHAR", "TIMESTAMP"])
def test_the_timestamp_column_may_be_a_date_or_a_text(kind: str) -> None:
    monitor = monitored(f"SELECT '2026-03-18'::{kind} AS at")
    monitor.refresh()
    assert monitor.row(":table", '"window"."start"') == (moment("2026-03-18"),)


# ---- slices ----


def slices_of(monitor: Monitored) -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = monitor.rows(
        f"SELECT slice_key, slice_value, count FROM {PROFILE} WHERE column_name = ':table' "
        "AND slice_key IS NOT NULL ORDER BY ALL"
    )
    return found


def test_a_predicate_gives_a_true_and_a_false_slice_under_its_own_text() -> None:
    monitor = monitored(FOUR_ROWS, slices=["minutes  >= 2"])
    monitor.refresh()
    assert slices_of(monitor) == [("minutes  >= 2", "false", 1), ("minutes  >= 2", "true", 2)]


def test_slices_are_independent_and_null_makes_none() -> None:
    monitor = monitored(FOUR_ROWS, slices=["name", "number"])
    monitor.refresh()
    assert slices_of(monitor) == [("name", "aa", 2), ("name", "b", 1), ("number", "7", 3), ("number", "9", 1)]


def test_only_the_hundred_most_frequent_values_make_slices_and_ties_go_by_text() -> None:
    monitor = monitored(
        f"SELECT {DAY} AS at, 'v' || lpad(i::VARCHAR, 3, '0') AS name "
        "FROM range(0, 120) AS t(i), range(0, 2) AS u(j) WHERE j = 0 OR i >= 110",
        slices=["name"],
    )
    monitor.refresh()
    found = slices_of(monitor)
    assert len(found) == 100
    assert [value for _, value, _ in found] == [f"v{i:03d}" for i in [*range(90), *range(110, 120)]]


def test_a_slice_value_is_written_as_databricks_casts_it_to_text() -> None:
    monitor = monitored(f"SELECT {DAY} AS at, 12345678.0::DOUBLE AS x", slices=["x", "CAST(at AS DATE)"])
    monitor.refresh()
    assert slices_of(monitor) == [("CAST(at AS DATE)", "2026-03-18", 1), ("x", "1.2345678E7", 1)]


# ---- custom metrics ----


def test_aggregate_metrics_stand_on_the_table_row_only() -> None:
    monitor = monitored(
        FOUR_ROWS,
        metrics=[
            metric("aggregate", "total", "SUM(minutes)"),
            metric("aggregate", "runs", "COUNT(*)", type_name="long"),
        ],
        slices=["name"],
    )
    monitor.refresh()
    assert monitor.row(":table", "total, runs") == (6.0, 4)
    assert monitor.row(":table", "total, runs", "slice_value = 'aa'") == (2.0, 2)
    assert monitor.row("minutes", "total, runs") == (None, None)
    assert monitor.rows(f"SELECT typeof(total), typeof(runs) FROM {PROFILE} LIMIT 1") == [
        ("DOUBLE", "BIGINT")
    ]


def test_derived_metrics_read_earlier_metrics_and_each_other() -> None:
    monitor = monitored(
        FOUR_ROWS,
        metrics=[
            metric("derived", "share", "good_runs * 100.0 / NULLIF(runs, 0)"),
            metric("derived", "missing", "100 - Share"),
        ],
    )
    monitor.metrics = [
        metric("aggregate", "runs", "COUNT(*)", type_name="long"),
        metric("aggregate", "good_runs", "COUNT_IF(good)", type_name="long"),
        *monitor.metrics,
    ]
    monitor.refresh()
    assert monitor.row(":table", "share, missing") == (50.0, 50.0)


def test_a_metric_of_columns_stands_in_the_rows_of_its_columns() -> None:
    columns = ("minutes", "number")
    monitor = monitored(
        FOUR_ROWS,
        metrics=[
            metric("aggregate", "sum_of", "sum(`{{input_column}}`)", *columns),
            metric("aggregate", "most", "max({{ input_column }})", *columns),
            metric("derived", "ratio", "sum_of / NULLIF(most, 0)", *columns),
        ],
    )
    monitor.refresh()
    assert monitor.row("minutes", "sum_of, most, ratio") == (6.0, 4.0, 1.5)
    assert monitor.row("number", "sum_of, most, ratio") == (30.0, 9.0, pytest.approx(30 / 9))
    assert monitor.row(":table", "sum_of, most, ratio") == (None, None, None)


def test_odd_names_of_columns_are_no_trouble() -> None:
    names = ["a b", "select", "größe", 'quo"te', "o'clock", "count", "rows", "__window_0", "start", "{x}"]
    listed = ", ".join(
        f'{i}.5::DOUBLE AS "{name.replace(chr(34), chr(34) * 2)}"' for i, name in enumerate(names)
    )
    monitor = monitored(
        f"SELECT {DAY} AS at, {listed}",
        metrics=[metric("aggregate", "total", "SUM(`a b` + `select` + `größe`)")],
        slices=["`a b` > 0"],
    )
    monitor.refresh()
    averages = monitor.rows(
        f"SELECT column_name, avg FROM {PROFILE} WHERE avg IS NOT NULL AND slice_key IS NULL"
    )
    assert sorted(averages) == sorted((name, i + 0.5) for i, name in enumerate(names))
    assert monitor.row(":table", "total") == (4.5,)
