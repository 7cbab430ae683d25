"""Snapshots: each refresh describes the whole table, and is compared with the refresh before."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from local_workspace.engine.switches import Switches
from tests.local_workspace.engine.monitored import DRIFT, NOW, PROFILE, Monitored, metric, monitored

ROWS: Final = "SELECT unnest([1.0, 3.0])::DOUBLE AS minutes, unnest(['a', 'b']) AS name"
TOTAL = metric("aggregate", "total", "SUM(minutes)")
GROWTH = metric("drift", "growth", "{{current_df}}.total - {{base_df}}.total")
LATER: Final = NOW + timedelta(days=1)


def snapshot(**settings: Any) -> Monitored:  # noqa: ANN401 - whatever `monitored` takes
    return monitored(ROWS, analysis={"snapshot": {}}, metrics=[TOTAL, GROWTH], **settings)


def replaced(monitor: Monitored, rows: str) -> None:
    monitor.connection.execute('DELETE FROM "main.gold"."runs"')
    monitor.connection.execute(f'INSERT INTO "main.gold"."runs" {rows}')


def drift(monitor: Monitored, column: str, what: str, where: str = "slice_key IS NULL") -> list[Any]:
    return monitor.rows(
        f"SELECT {what} FROM {DRIFT} WHERE column_name = '{column}' AND {where} ORDER BY \"window\""
    )


def test_the_window_is_the_instant_of_the_refresh_and_has_no_granularity() -> None:
    monitor = snapshot()
    monitor.refresh()
    found = monitor.row(":table", '"window"."start", "window"."end", granularity, log_type, count, total')
    assert found == (NOW, NOW, None, "INPUT", 2, 4.0)


def test_the_first_refresh_is_compared_with_nothing() -> None:
    monitor = snapshot()
    monitor.refresh()
    assert monitor.rows(f"SELECT count(*) FROM {DRIFT}") == [(0,)]


def test_rows_of_any_age_are_read() -> None:
    monitor = monitored("SELECT TIMESTAMP '1950-01-01' AS at", analysis={"snapshot": {}})
    monitor.refresh()
    assert monitor.row(":table", "count") == (1,)


def test_successive_refreshes_are_consecutive_windows() -> None:
    monitor = snapshot()
    monitor.refresh()
    replaced(monitor, "VALUES (9.0, 'a'), (9.0, 'a'), (9.0, 'c')")
    monitor.refresh(now=LATER)
    what = '"window"."start", window_cmp."start", drift_type, granularity, count_delta, growth'
    assert drift(monitor, ":table", what) == [(LATER, NOW, "CONSECUTIVE", None, 1, 23.0)]
    assert drift(monitor, "minutes", "avg_delta, wasserstein_distance") == [(7.0, 7.0)]
    assert drift(monitor, "name", "round(tv_distance, 9)") == [(0.5,)]
    assert monitor.rows(f'SELECT DISTINCT "window"."start" FROM {PROFILE} ORDER BY 1') == [(NOW,), (LATER,)]


def test_only_the_refresh_directly_before_is_compared_with() -> None:
    monitor = snapshot()
    moments = [NOW + timedelta(hours=hour) for hour in range(3)]
    for moment in moments:
        monitor.refresh(now=moment)
    found = drift(monitor, ":table", '"window"."start", window_cmp."start"')
    assert found == [(moments[1], moments[0]), (moments[2], moments[1])]


def test_categories_beyond_the_frequent_items_are_remembered() -> None:
    monitor = monitored("SELECT 'v' || i AS name FROM range(300) AS t(i)", analysis={"snapshot": {}})
    monitor.refresh()
    replaced(monitor, "SELECT 'v' || (i + 150) FROM range(300) AS t(i)")
    monitor.refresh(now=LATER)
    assert drift(monitor, "name", "round(tv_distance, 9)") == [(0.5,)]


def test_a_slice_is_compared_with_the_same_slice_before() -> None:
    monitor = snapshot(slices=["name"])
    monitor.refresh()
    replaced(monitor, "VALUES (9.0, 'a'), (9.0, 'c')")
    monitor.refresh(now=LATER)
    assert drift(monitor, ":table", "slice_value, growth", "slice_key = 'name'") == [("a", 8.0)]


def test_an_emptied_table_writes_no_rows_and_the_next_refresh_is_compared_with_the_last_that_did() -> None:
    monitor = snapshot()
    monitor.refresh()
    replaced(monitor, "SELECT 1.0, 'a' LIMIT 0")
    assert monitor.refresh(now=LATER).profile_rows == 0
    replaced(monitor, "VALUES (5.0, 'a')")
    monitor.refresh(now=LATER + timedelta(days=1))
    assert drift(monitor, ":table", 'window_cmp."start", growth') == [(NOW, 1.0)]


def test_a_second_refresh_at_the_same_instant_takes_the_place_of_the_first() -> None:
    monitor = snapshot()
    monitor.refresh()
    replaced(monitor, "VALUES (5.0, 'a')")
    monitor.refresh()
    assert monitor.row(":table", "count, total") == (1, 5.0)
    assert monitor.rows(f"SELECT count(*) FROM {DRIFT}") == [(0,)]


def test_the_window_may_begin_where_the_last_one_ended() -> None:
    monitor, switches = snapshot(), Switches(snapshot_window="since_previous")
    monitor.refresh(switches=switches)
    monitor.refresh(switches=switches, now=LATER)
    windows = monitor.rows(f'SELECT DISTINCT "window"."start", "window"."end" FROM {PROFILE} ORDER BY 1, 2')
    assert windows == [(NOW, NOW), (NOW, LATER)]
    assert drift(monitor, ":table", 'window_cmp."end"') == [(NOW,)]


def test_custom_drift_without_a_baseline_is_computed_with_a_warning() -> None:
    monitor = snapshot()
    (warning,) = monitor.refresh().warnings
    assert warning == (
        "custom metric 'growth': sources disagree whether the service computes a DRIFT metric of a snapshot without a "
        "baseline table; here it compares with the refresh before"
    )


def test_custom_drift_without_a_baseline_may_stay_empty() -> None:
    monitor, switches = snapshot(), Switches(snapshot_custom_drift="empty")
    monitor.refresh(switches=switches)
    assert monitor.refresh(switches=switches, now=LATER).warnings == ()
    assert drift(monitor, ":table", "count_delta, growth") == [(0, None)]


def test_custom_drift_of_the_baseline_is_computed_all_the_same() -> None:
    monitor = snapshot(baseline="SELECT 1.0::DOUBLE AS minutes")
    report = monitor.refresh(switches=Switches(snapshot_custom_drift="empty"))
    assert report.warnings == ()
    assert drift(monitor, ":table", "drift_type, growth") == [("BASELINE", 3.0)]


def test_the_table_of_a_time_series_is_no_snapshot_before_the_first() -> None:
    monitor = monitored("SELECT TIMESTAMP '2026-03-18' AS at, 1.0 AS minutes")
    monitor.refresh()
    monitor.analysis = {"snapshot": {}}
    monitor.refresh(version=1, now=datetime.fromisoformat("2026-03-20T12:00"))
    assert monitor.rows(f"SELECT count(*) FROM {DRIFT}") == [(0,)]
