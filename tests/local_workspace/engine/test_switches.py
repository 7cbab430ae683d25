"""What each switch of the engine changes; those of the drift statistics are in test_drift_tests.py."""

from __future__ import annotations

import itertools
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError

from local_workspace.engine.definition import validate
from local_workspace.engine.switches import Switches
from tests.local_workspace.engine.monitored import DRIFT, PROFILE, Monitored, metric, monitored

if TYPE_CHECKING:
    from collections.abc import Mapping

ROWS = """
    SELECT TIMESTAMP '2026-03-18' + to_hours(i::INTEGER) AS at, [4.0, 0.0, 0.0, NULL][i]::DOUBLE AS minutes,
        ['b', 'a', 'a', NULL][i] AS name, [[1], [1], [2], NULL][i] AS list, DATE '2026-03-18' + i::INTEGER AS day
    FROM range(1, 5) AS t(i)
"""


def profiled(column: str, what: str, switches: Switches) -> tuple[Any, ...]:
    monitor = monitored(ROWS)
    monitor.refresh(switches=switches)
    return monitor.row(column, what)


@pytest.mark.parametrize(
    ("switches", "column", "what", "default", "switched"),
    [
        ({"column_count_basis": "rows"}, "minutes", "count", (3,), (4,)),
        ({"complex_distinct": True}, "list", "distinct_count", (None,), (2,)),
        ({"quantile_method": "nearest"}, "minutes", "round(quantiles[751], 9)", (2.006006006,), (4.0,)),
        ({"quantile_points": 3}, "minutes", "len(quantiles), quantiles[2]", (1000, 0.0), (3, 0.0)),
        ({"quantile_points": 2}, "minutes", "quantiles[1] = min AND quantiles[2] = max", (False,), (True,)),
        ({"timestamp_quantiles": True}, "at", "quantiles[1] = min", (None,), (True,)),
        ({"date_like_timestamp": False}, "day", "min IS NULL, distinct_count", (False, 4), (True, 4)),
        (
            {"frequent_items_numeric": True},
            "minutes",
            "frequent_items",
            (None,),
            ([{"item": "0.0", "count": 2}, {"item": "4.0", "count": 1}],),
        ),
        ({"frequent_values": 1}, "name", "len(frequent_items)", (2,), (1,)),
        ({"look_back_days": 0}, ":table", "count", (4,), None),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_switch_of_the_profile(
    switches: Mapping[str, Any],
    column: str,
    what: str,
    default: tuple[Any, ...],
    switched: tuple[Any, ...] | None,
) -> None:
    assert profiled(column, what, Switches()) == default
    if switched is None:
        monitor = monitored(ROWS)
        assert monitor.refresh(switches=Switches(**switches)).profile_rows == 0
    else:
        assert profiled(column, what, Switches(**switches)) == switched


def test_an_estimated_distinct_count_is_near_and_never_above_the_count() -> None:
    monitor = monitored(
        "SELECT TIMESTAMP '2026-03-18' AS at, i AS x, 'v' || i AS name FROM range(5000) AS t(i)"
    )
    monitor.refresh(switches=Switches(distinct_mode="approximate"))
    (found, percent) = monitor.row("x", "distinct_count, percent_distinct")
    assert 4000 < found <= 5000
    assert percent == pytest.approx(found / 50)


def test_fewer_quantile_points_leave_the_drift_tests_as_they_are() -> None:
    rows = "SELECT TIMESTAMP '2026-03-18' + to_days(i % 2) AS at, (i * i % 977)::DOUBLE AS x FROM range(4000) AS t(i)"
    tests = []
    for points in (1000, 5):
        monitor = monitored(rows.replace("i % 2", "(i % 2)::INTEGER"))
        monitor.refresh(switches=Switches(quantile_points=points))
        tests.append(
            monitor.rows(
                f"SELECT ks_test, wasserstein_distance, population_stability_index FROM {DRIFT} WHERE ks_test IS NOT NULL"
            )
        )
    assert tests[0] == tests[1]
    assert len(tests[0]) == 1


def test_null_may_be_a_slice_of_its_own() -> None:
    monitor = monitored(ROWS, slices=["name"])
    monitor.refresh(switches=Switches(null_slice=True))
    found = monitor.rows(
        f"SELECT slice_value, count FROM {PROFILE} WHERE column_name = ':table' AND slice_key = 'name' ORDER BY ALL"
    )
    assert found == [("a", 2), ("b", 1), (None, 1)]


@pytest.mark.parametrize(("most", "kept"), [(1, ["a"]), (2, ["a", "b"]), (3, ["a", "b", None])])
def test_a_null_slice_counts_among_the_most_frequent(most: int, kept: list[str | None]) -> None:
    monitor = monitored(ROWS, slices=["name"])
    monitor.refresh(switches=Switches(null_slice=True, slice_values=most))
    found = monitor.rows(
        f"SELECT slice_value FROM {PROFILE} WHERE column_name = ':table' AND slice_key = 'name' ORDER BY ALL"
    )
    assert [value for (value,) in found] == kept


def test_comments_may_be_lost_at_a_refresh() -> None:
    monitor = monitored(ROWS)
    monitor.refresh()
    monitor.connection.execute(f"COMMENT ON TABLE {PROFILE} IS 'profile'")
    monitor.connection.execute(f"COMMENT ON COLUMN {PROFILE}.avg IS 'mean'")
    monitor.refresh(switches=Switches(refresh_keeps_comments=False))
    comments = "SELECT comment FROM duckdb_tables() UNION ALL SELECT comment FROM duckdb_columns()"
    assert monitor.rows(f"SELECT count(comment) FROM ({comments})") == [(0,)]


# ---- windows ----


def windows(monitor: Monitored) -> list[tuple[Any, ...]]:
    return monitor.rows(f'SELECT DISTINCT "window"."start", "window"."end" FROM {PROFILE} ORDER BY 1')


def at(moment: str) -> str:
    return f"SELECT TIMESTAMP '{moment}' AS at"


@pytest.mark.parametrize(
    ("switches", "granularity", "moment", "start", "end"),
    [
        (
            {"window_timezone": "Europe/Berlin"},
            "1 day",
            "2026-03-18 23:30",
            "2026-03-18 23:00",
            "2026-03-19 23:00",
        ),
        (
            {"window_timezone": "Europe/Berlin"},
            "1 day",
            "2026-03-18 22:30",
            "2026-03-17 23:00",
            "2026-03-18 23:00",
        ),
        (
            {"window_timezone": "America/New_York"},
            "1 day",
            "2026-03-08 12:00",
            "2026-03-08 05:00",
            "2026-03-09 04:00",
        ),
        (
            {"window_timezone": "Asia/Kolkata"},
            "1 hour",
            "2026-03-18 22:50",
            "2026-03-18 22:00",
            "2026-03-18 23:00",
        ),
        (
            {"window_timezone": "Europe/Berlin"},
            "1 month",
            "2026-03-18",
            "2026-02-28 23:00",
            "2026-03-31 22:00",
        ),
        ({"week_start": "SUNDAY"}, "1 week", "2026-03-15 10:00", "2026-03-15", "2026-03-22"),
        ({"week_start": "SUNDAY"}, "1 week", "2026-03-14 10:00", "2026-03-08", "2026-03-15"),
        ({}, "2 weeks", "2026-03-18", "2026-03-16", "2026-03-30"),
        ({"multi_week_anchor": "2026-03-09"}, "2 weeks", "2026-03-18", "2026-03-09", "2026-03-23"),
    ],
)
def test_a_switch_of_the_calendar(
    switches: Mapping[str, Any], granularity: str, moment: str, start: str, end: str
) -> None:
    monitor = monitored(at(moment), granularities=[granularity])
    monitor.refresh(switches=Switches(look_back_days=60, **switches))
    assert windows(monitor) == [(datetime.fromisoformat(start), datetime.fromisoformat(end))]


def test_days_of_a_time_zone_follow_each_other_over_the_change_of_the_clock() -> None:
    monitor = monitored(
        "SELECT unnest(range(TIMESTAMP '2026-03-07', TIMESTAMP '2026-03-11', INTERVAL 1 HOUR)) AS at",
    )
    monitor.refresh(switches=Switches(window_timezone="America/New_York"))
    found = windows(monitor)
    assert [end for _, end in found[:-1]] == [start for start, _ in found[1:]]
    assert {(end - start).total_seconds() / 3600 for start, end in found} == {23, 24}


@pytest.mark.parametrize(
    "granularity", ["5 minutes", "30 minutes", "1 hour", "1 day", "3 weeks", "1 month", "1 year"]
)
def test_windows_of_every_granularity_are_compared_with_the_one_before(granularity: str) -> None:
    monitor = monitored(
        "SELECT unnest(range(TIMESTAMP '2023-01-01', TIMESTAMP '2026-03-18', INTERVAL 1 DAY)) AS at UNION ALL "
        "SELECT unnest(range(TIMESTAMP '2026-03-18', TIMESTAMP '2026-03-18 02:00', INTERVAL 1 MINUTE))",
        granularities=[granularity],
    )
    report = monitor.refresh(switches=Switches(look_back_days=1500))
    found = windows(monitor)
    adjacent = sum(one[1] == other[0] for one, other in itertools.pairwise(found))
    assert adjacent > 0
    assert report.drift_rows == 2 * adjacent


def test_all_granularities_at_once_have_what_each_has_alone() -> None:
    every = [
        "5 minutes",
        "30 minutes",
        "1 hour",
        "1 day",
        "1 week",
        "2 weeks",
        "3 weeks",
        "4 weeks",
        "1 month",
        "1 year",
    ]
    rows = (
        "SELECT TIMESTAMP '2026-03-18' - to_minutes((i * 37)::INTEGER) AS at, i AS x FROM range(900) AS t(i)"
    )
    switches = Switches(look_back_days=800)
    together = monitored(rows, granularities=every)
    together.refresh(switches=switches)
    listed = 'granularity, "window", column_name, count, round(avg, 9), round(stddev, 9), distinct_count'
    for granularity in every:
        alone = monitored(rows, granularities=[granularity])
        alone.refresh(switches=switches)
        query = f"SELECT {listed} FROM {PROFILE} WHERE granularity = '{granularity}' ORDER BY ALL"
        assert alone.rows(query) == together.rows(query)
        assert alone.rows(query)


# ---- values ----


@pytest.mark.parametrize(
    ("switches", "message"),
    [
        ({"window_timezone": "Mars"}, "'Mars' is not a time zone; write it like 'UTC' or 'Europe/Berlin'"),
        ({"multi_week_anchor": "Monday"}, "'Monday' is not a day; write it like '1970-01-05'"),
        ({"psi_bins": 1}, "Input should be greater than or equal to 2"),
        ({"week_start": "monday"}, "Input should be 'MONDAY', 'TUESDAY'"),
    ],
)
def test_a_value_that_is_none_of_the_switch_is_refused(switches: Mapping[str, Any], message: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Switches(**switches)
    assert message in str(caught.value)


def test_custom_drift_of_a_snapshot_may_be_refused() -> None:
    growth = metric("drift", "growth", "{{current_df}}.runs - {{base_df}}.runs")
    monitor = monitored(
        ROWS,
        analysis={"snapshot": {}},
        metrics=[metric("aggregate", "runs", "COUNT(*)", type_name="long"), growth],
    )
    refused = Switches(snapshot_custom_drift="refused")
    assert validate(monitor.body, monitor.columns(), None, refused) == [
        (
            "custom metric 'growth': a snapshot without a baseline table has no DRIFT metrics (switch "
            "snapshot_custom_drift); name a baseline_table_name"
        )
    ]
    with_baseline = {**monitor.body, "baseline_table_name": "main.gold.old"}
    assert validate(with_baseline, monitor.columns(), {"minutes": "DOUBLE"}, refused) == []
