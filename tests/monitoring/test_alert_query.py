"""What the alerts' queries call unusual, on hand-made profile tables."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitoring.alerts import alerts
from monitoring.domains import cluster, cost, job
from tests.monitoring.profile_rows import NOW, TABLE, TODAY, ProfileTable

if TYPE_CHECKING:
    from monitoring.domain import Domain

YESTERDAY = TODAY - timedelta(days=1)
"""A Tuesday; its window closed at midnight."""


def drift_rows(table: ProfileTable, now: datetime = NOW) -> list[dict[str, Any]]:
    return table.answer(alerts(table.domain, TABLE)[0].query, now)


def limit_rows(table: ProfileTable, now: datetime = NOW) -> list[dict[str, Any]]:
    return table.answer(alerts(table.domain, TABLE)[1].query, now)


def with_history(
    metric: str,
    usual: float,
    *,
    domain: Domain = job.DOMAIN,
    weekend: float | None = None,
    part: tuple[str, str] | None = None,
    rows: int = 1_000,
) -> ProfileTable:
    """Four weeks of days before yesterday that stray by one percent."""
    table = ProfileTable(domain)
    for days in range(2, 30):
        start = TODAY - timedelta(days=days)
        middle = weekend if weekend is not None and start.isoweekday() > 5 else usual
        table.add(start, {metric: middle * (1 + 0.01 * (-1) ** days)}, part=part, rows=rows)
    return table


def test_a_day_like_the_others_is_quiet() -> None:
    table = with_history("total_runs", 1_000)
    table.add(YESTERDAY, {"total_runs": 1_010})
    assert drift_rows(table) == []


def test_a_day_that_stands_out_is_named_with_what_is_usual() -> None:
    table = with_history("total_runs", 1_000)
    table.add(YESTERDAY, {"total_runs": 3_000})
    (row,) = drift_rows(table)
    assert (row["window_start"], row["granularity"], row["metric"]) == (YESTERDAY, "1 day", "total_runs")
    assert (row["value"], row["usual_value"], row["row_count"]) == (3_000, 1_000, 1_000)
    assert row["change"] == pytest.approx(200)
    assert row["score"] > 6


def test_a_slice_is_compared_with_itself() -> None:
    table = with_history("total_runs", 1_000, part=("job_name", "load"))
    table.add(YESTERDAY, {"total_runs": 3_000}, part=("job_name", "load"))
    table.add(YESTERDAY, {"total_runs": 9_000}, part=("job_name", "new one"))
    assert [(row["slice_key"], row["slice_value"]) for row in drift_rows(table)] == [("job_name", "load")]


def test_slice_values_with_quotes_and_backslashes_are_kept_apart() -> None:
    odd = 'it\'s \\ "odd"'
    table = with_history("total_runs", 1_000, part=("job_name", odd))
    table.add(YESTERDAY, {"total_runs": 3_000}, part=("job_name", odd))
    assert [row["slice_value"] for row in drift_rows(table)] == [odd]


def test_a_weekend_is_compared_with_weekends() -> None:
    sunday = TODAY - timedelta(days=3)
    table = with_history("total_runs", 1_000, weekend=300)
    assert drift_rows(table, sunday + timedelta(days=1, hours=6)) == []
    table.rows = [row for row in table.rows if row["window"]["start"] != sunday]
    table.add(sunday, {"total_runs": 1_000})
    (row,) = drift_rows(table, sunday + timedelta(days=1, hours=6))
    assert row["usual_value"] == pytest.approx(300, rel=0.02)


def test_a_move_to_the_good_side_is_quiet() -> None:
    table = with_history("avg_duration_minutes", 20)
    table.add(YESTERDAY, {"avg_duration_minutes": 5})
    assert drift_rows(table) == []


def test_a_value_that_often_strays_as_far_is_quiet() -> None:
    table = with_history("total_runs", 1_000)
    for row in table.rows[::5]:
        row["total_runs"] = 3_000
    table.add(YESTERDAY, {"total_runs": 3_000})
    assert drift_rows(table) == []


def test_a_change_below_the_smallest_one_worth_an_alarm_is_quiet() -> None:
    table = ProfileTable(cost.DOMAIN)
    for days in range(2, 30):
        table.add(TODAY - timedelta(days=days), {"tag_coverage_pct": 90}, rows=100_000)
    table.add(YESTERDAY, {"tag_coverage_pct": 86}, rows=100_000)
    assert drift_rows(table) == []
    table.rows[-1]["tag_coverage_pct"] = 84
    assert [row["metric"] for row in drift_rows(table)] == ["tag_coverage_pct"]


def test_few_rows_are_left_alone_in_the_window_and_in_its_past() -> None:
    small_now = with_history("total_runs", 1_000)
    small_now.add(YESTERDAY, {"total_runs": 3_000}, rows=19)
    small_before = with_history("total_runs", 1_000, rows=19)
    small_before.add(YESTERDAY, {"total_runs": 3_000})
    assert drift_rows(small_now) == drift_rows(small_before) == []


def test_chance_moves_a_share_of_few_rows_further_than_one_of_many() -> None:
    few, many = (with_history("timeout_rate", 10, rows=rows) for rows in (25, 2_500))
    for table, rows in ((few, 25), (many, 2_500)):
        table.add(YESTERDAY, {"timeout_rate": 30}, rows=rows)
    assert drift_rows(few) == []
    assert [row["metric"] for row in drift_rows(many)] == ["timeout_rate"]


def test_rows_that_say_the_same_count_as_one_for_what_chance_can_do_to_a_share() -> None:
    alike = replace(job.DOMAIN, rows_alike=100)
    for domain, found in ((job.DOMAIN, ["timeout_rate"]), (alike, [])):
        table = with_history("timeout_rate", 10, domain=domain, rows=2_500)
        table.add(YESTERDAY, {"timeout_rate": 30}, rows=2_500)
        assert [row["metric"] for row in drift_rows(table)] == found


def test_a_spread_may_be_moved_by_a_few_rows() -> None:
    few, many = (with_history("duration_cv", 1.5, rows=rows) for rows in (100, 10_000))
    for table, rows in ((few, 100), (many, 10_000)):
        table.add(YESTERDAY, {"duration_cv": 3.0}, rows=rows)
    assert drift_rows(few) == []
    assert [row["metric"] for row in drift_rows(many)] == ["duration_cv"]


def test_without_enough_history_nothing_is_judged() -> None:
    table = with_history("total_runs", 1_000)
    table.rows = table.rows[:5]
    table.add(YESTERDAY, {"total_runs": 3_000})
    assert drift_rows(table) == []


def test_too_few_weekends_are_filled_up_with_working_days() -> None:
    sunday = TODAY - timedelta(days=3)
    table = with_history("total_runs", 1_000)
    table.rows = [row for row in table.rows if row["window"]["start"] >= TODAY - timedelta(days=14)]
    table.rows = [row for row in table.rows if row["window"]["start"] != sunday]
    table.add(sunday, {"total_runs": 3_000})
    assert [row["metric"] for row in drift_rows(table, sunday + timedelta(days=1, hours=6))] == ["total_runs"]


def test_a_missing_value_is_no_alarm_and_no_history() -> None:
    table = with_history("total_runs", 1_000)
    table.add(YESTERDAY, {"total_runs": None})
    assert drift_rows(table) == []


def test_the_window_that_still_fills_and_windows_of_the_future_are_not_judged() -> None:
    table = with_history("total_runs", 1_000)
    table.add(TODAY, {"total_runs": 3_000})
    assert drift_rows(table) == []


def test_a_window_is_judged_with_the_windows_before_it_only() -> None:
    table = ProfileTable(job.DOMAIN)
    table.add(YESTERDAY, {"total_runs": 3_000})
    for days in range(1, 20):
        table.add(YESTERDAY + timedelta(days=days), {"total_runs": 1_000})
    assert table.answer(alerts(job.DOMAIN, TABLE)[0].replayed(30), NOW + timedelta(days=19)) == []


def test_rows_of_an_older_version_of_the_monitor_are_ignored() -> None:
    table = with_history("total_runs", 1_000)
    table.add(YESTERDAY, {"total_runs": 3_000}, version=0)
    table.add(YESTERDAY, {"total_runs": 1_000}, version=1)
    assert drift_rows(table) == []


def test_by_a_trivial_slice_only_volumes_costs_and_times_are_watched() -> None:
    part = ("result_state", "FAILED")
    table = with_history("failure_count", 1_000, part=part)
    for row in table.rows:
        row["total_runs"] = row["failure_count"]
    table.add(YESTERDAY, {"failure_count": 3_000, "total_runs": 3_000}, part=part)
    assert [row["metric"] for row in drift_rows(table)] == ["total_runs"]


def test_the_worst_comes_first_and_a_hundred_rows_are_enough() -> None:
    table = ProfileTable(job.DOMAIN)
    for number in range(101):
        part = ("job_name", f"job {number:03}")
        for days in range(2, 12):
            table.add(TODAY - timedelta(days=days), {"total_runs": 1_000 + 10 * (days % 2)}, part=part)
        table.add(YESTERDAY, {"total_runs": 3_000 + number}, part=part)
    rows = drift_rows(table)
    assert len(rows) == 100
    assert rows[0]["slice_value"] == "job 100"


@given(
    st.text(st.characters(exclude_characters="\0", codec="utf-8"), min_size=1)
    | st.sampled_from(["a\nb", "CASE\r\n  WHEN x THEN 'y' END", "'\\'", "\\", "n\\n"])
)
@settings(max_examples=25, deadline=None)
def test_the_name_of_a_slice_may_hold_anything(name: str) -> None:
    table = with_history("total_runs", 1_000, part=(name, "x"))
    table.domain = replace(job.DOMAIN, trivial_slices=(name,))
    for row in table.rows:
        row["failure_count"] = row["total_runs"]
    table.add(YESTERDAY, {"failure_count": 3_000, "total_runs": 3_000}, part=(name, "x"))
    assert [(row["slice_key"], row["metric"]) for row in drift_rows(table)] == [(name, "total_runs")]


def hourly(domain: Domain, values: dict[int, float], *, metric: str, usual: float = 50) -> ProfileTable:
    """Ten days of hours; `values` are those of the last hours before 06:00 by hours back, 1 is 05:00."""
    table = ProfileTable(domain)
    for back in range(1, 24 * 10):
        start = NOW.replace(minute=0) - timedelta(hours=back)
        value = values.get(back, usual * (1 + 0.01 * (-1) ** back))
        table.add(start, {metric: value}, granularity="1 hour")
    return table


def test_a_single_short_window_is_taken_for_a_fluke() -> None:
    assert drift_rows(hourly(cluster.DOMAIN, {1: 95}, metric="avg_memory_pct")) == []


def test_two_short_windows_in_a_row_stand_out() -> None:
    rows = drift_rows(hourly(cluster.DOMAIN, {1: 95, 2: 95}, metric="avg_memory_pct"))
    assert [row["window_start"].hour for row in rows] == [5]


def test_two_short_windows_on_different_sides_are_no_cause_that_lasts() -> None:
    assert drift_rows(hourly(cluster.DOMAIN, {1: 95, 2: 5}, metric="avg_memory_pct")) == []


@pytest.mark.parametrize(("value", "starts"), [(60, []), (72, [25])])
def test_one_window_of_minutes_stands_out_alone_if_it_shows_as_much_as_is_asked_of_two(
    value: float, starts: list[int]
) -> None:
    table = ProfileTable(replace(cluster.DOMAIN, granularities=("5 minutes",)))
    for back in range(1, 12 * 24 * 3):
        start = NOW - timedelta(minutes=5 * back)
        middle = value if back == 1 else 50 + (-1) ** back
        table.add(start, {"avg_memory_pct": middle}, granularity="5 minutes")
    assert [row["window_start"].minute for row in drift_rows(table)] == starts


def test_a_gap_between_short_windows_breaks_the_row() -> None:
    table = hourly(cluster.DOMAIN, {1: 95, 3: 95}, metric="avg_memory_pct")
    table.rows = [row for row in table.rows if row["window"]["start"] != NOW.replace(hour=4, minute=0)]
    assert drift_rows(table) == []


def test_short_windows_stay_in_the_result_for_a_while() -> None:
    table = hourly(cluster.DOMAIN, {4: 95, 3: 95}, metric="avg_memory_pct")
    assert [row["window_start"].hour for row in drift_rows(table)] == [3]
    table = hourly(cluster.DOMAIN, {6: 95, 5: 95}, metric="avg_memory_pct")
    assert drift_rows(table) == []


def test_an_hour_is_compared_with_the_same_time_of_day() -> None:
    table = ProfileTable(job.DOMAIN)
    for back in range(1, 24 * 10):
        start = NOW.replace(minute=0) - timedelta(hours=back)
        night = start.hour < 8
        table.add(start, {"total_runs": 100 if night else 1_000}, granularity="1 hour")
    table.rows[0]["total_runs"] = table.rows[1]["total_runs"] = 1_000
    assert {row["usual_value"] for row in drift_rows(table)} == {100}


def test_a_fall_of_a_volume_is_believed_once_late_rows_have_come() -> None:
    late = replace(job.DOMAIN, late_hours=8, granularities=("1 day",))
    table = with_history("total_runs", 1_000, domain=late)
    table.add(YESTERDAY, {"total_runs": 100})
    assert drift_rows(table, TODAY + timedelta(hours=6, minutes=30)) == []
    assert len(drift_rows(table, TODAY + timedelta(hours=8))) == 1


def test_a_rise_of_a_volume_is_believed_at_once_and_not_kept_longer() -> None:
    late = replace(job.DOMAIN, late_hours=8, granularities=("1 day",))
    table = with_history("total_runs", 1_000, domain=late)
    table.add(YESTERDAY, {"total_runs": 3_000})
    assert len(drift_rows(table, TODAY + timedelta(minutes=30))) == 1
    assert drift_rows(table, TODAY + timedelta(hours=25)) == []


def test_a_limit_that_the_whole_table_crosses_is_named() -> None:
    table = with_history("success_rate", 97)
    table.add(YESTERDAY, {"success_rate": 90})
    (row,) = limit_rows(table)
    assert (row["metric"], row["value"], row["slice_key"]) == ("success_rate", 90, None)


def test_a_limit_beyond_which_the_table_usually_is_says_nothing_new() -> None:
    table = with_history("success_rate", 90)
    table.add(YESTERDAY, {"success_rate": 80})
    assert limit_rows(table) == []


def test_a_limit_is_not_asked_of_slices() -> None:
    part = ("job_name", "load")
    table = with_history("success_rate", 97, part=part)
    table.add(YESTERDAY, {"success_rate": 20}, part=part)
    assert limit_rows(table) == []


def test_a_limit_crossed_within_what_chance_does_is_quiet() -> None:
    table = with_history("success_rate", 95.5, rows=100)
    table.add(YESTERDAY, {"success_rate": 94}, rows=100)
    assert limit_rows(table) == []


def test_a_replay_judges_every_window_as_it_was_when_it_closed() -> None:
    table = with_history("total_runs", 1_000)
    table.add(YESTERDAY, {"total_runs": 3_000})
    query = alerts(job.DOMAIN, TABLE)[0]
    later = table.answer(query.replayed(30), NOW + timedelta(days=7))
    assert [(row["window_start"], row["score"]) for row in later] == [
        (row["window_start"], row["score"]) for row in drift_rows(table)
    ]
