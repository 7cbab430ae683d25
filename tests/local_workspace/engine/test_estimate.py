"""The rows that a refresh will write are said before it writes them, and it writes as many."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

import pytest

from local_workspace.engine.definition import MonitorDefinition
from local_workspace.engine.estimate import Estimate, estimate_refresh
from local_workspace.engine.switches import Switches
from tests.local_workspace.engine.monitored import DRIFT, NOW, PROFILE, TABLE, Monitored, metric, monitored

if TYPE_CHECKING:
    from datetime import datetime

ROWS: Final = (
    "SELECT TIMESTAMP '2026-03-10' + to_hours((i * 7 % 200)::INTEGER) AS at, i % 5 AS x, "
    "CASE WHEN i % 11 > 0 THEN 'name ' || (i % 7) END AS name, i % 130 AS many, i % 3 AS model, 'a' AS label, "
    "'b' AS prediction FROM range(300) AS t(i)"
)
BASELINE: Final = (
    "SELECT 1 AS x, 'name ' || i AS name, i AS model, 'a' AS label, 'b' AS prediction FROM range(3) AS t(i)"
)
SLICES: Final = ("name", "many", "x > 2")
INFERENCE: Final[dict[str, object]] = {
    "inference_log": {
        "timestamp_col": "at",
        "granularities": ["1 day"],
        "model_id_col": "model",
        "prediction_col": "prediction",
        "label_col": "label",
        "problem_type": "PROBLEM_TYPE_CLASSIFICATION",
    }
}
MONITORS: Final = {
    "time series": lambda: monitored(ROWS, granularities=["1 hour", "1 day", "1 week"], slices=SLICES),
    "time series with baseline": lambda: monitored(ROWS, slices=SLICES, baseline=BASELINE),
    "inference log": lambda: monitored(ROWS, analysis=dict(INFERENCE), slices=["name"], baseline=BASELINE),
    "snapshot": lambda: monitored(ROWS, analysis={"snapshot": {}}, slices=SLICES),
    "no rows": lambda: monitored(f"{ROWS} WHERE FALSE", slices=SLICES),
}


def estimate(monitor: Monitored, now: datetime = NOW) -> Estimate:
    return estimate_refresh(
        monitor.connection,
        MonitorDefinition.from_legacy(TABLE, monitor.body),
        now=now,
        created_at=NOW,
        monitor_version=0,
        switches=Switches(),
    )


@pytest.mark.parametrize("kind", MONITORS)
def test_a_first_refresh_writes_as_many_rows_as_were_said(kind: str) -> None:
    monitor = MONITORS[kind]()
    said = estimate(monitor)
    monitor.refresh()
    written = monitor.rows(
        'SELECT log_type, granularity, slice_key, count(DISTINCT "window"), count(*) '
        f"FROM {PROFILE} GROUP BY ALL ORDER BY ALL"
    )
    shares = {(share.log_type, share.granularity, share.slice_key): share for share in said.shares}
    assert {(log, granularity, key): rows for log, granularity, key, _, rows in written} == {
        place: share.profile_rows for place, share in shares.items() if share.profile_rows
    }
    assert {(log, g, key): windows for log, g, key, windows, _ in written if log == "INPUT"} == {
        place: share.windows for place, share in shares.items() if share.windows
    }
    compared = monitor.rows(f"SELECT granularity, slice_key, count(*) FROM {DRIFT} GROUP BY ALL")
    assert {("INPUT", granularity, key): rows for granularity, key, rows in compared} == {
        place: share.drift_rows for place, share in shares.items() if share.drift_rows
    }


@pytest.mark.parametrize("kind", ["time series", "time series with baseline", "inference log"])
def test_a_refresh_after_late_rows_writes_as_many_rows_as_were_said(kind: str) -> None:
    monitor = MONITORS[kind]()
    monitor.refresh()
    assert estimate(monitor).profile_rows == 0
    monitor.connection.execute(f'INSERT INTO "main.gold"."runs" FROM ({ROWS}) LIMIT 2')
    said = estimate(monitor)
    report = monitor.refresh()
    assert not said.computes_everything
    assert (said.profile_rows, said.drift_rows) == (report.profile_rows, report.drift_rows)
    assert 0 < report.windows < 8


def test_a_later_snapshot_is_compared_with_the_one_before() -> None:
    monitor = MONITORS["snapshot"]()
    monitor.refresh()
    later = NOW + timedelta(hours=1)
    said = estimate(monitor, later)
    report = monitor.refresh(now=later)
    assert (said.profile_rows, said.drift_rows) == (report.profile_rows, report.drift_rows)
    assert report.drift_rows > 0


def test_counting_leaves_nothing_behind() -> None:
    monitor = MONITORS["time series with baseline"]()
    estimate(monitor)
    assert monitor.rows("SELECT count(*) FROM duckdb_tables() WHERE temporary") == [(0,)]


def test_each_step_of_a_refresh_is_said_with_its_rows() -> None:
    monitor = monitored(
        ROWS, slices=["name"], baseline=BASELINE, metrics=[metric("aggregate", "total", "SUM(x)")]
    )
    report = monitor.refresh()
    assert [(step.what.split(" ")[0], step.rows is None) for step in report.steps] == [
        ("compared", True),
        ("read", False),
        ("grouped", False),
        ("read", False),
        ("grouped", False),
        ("took", False),
        ("compared", False),
        ("made", False),
    ]
    assert report.steps[3].rows == 300
    assert report.steps[-1].rows == report.profile_rows + report.drift_rows
    assert all(step.seconds >= 0 for step in report.steps)
    assert sum(step.seconds for step in report.steps) <= report.seconds


def test_a_refresh_of_late_rows_says_how_many_there_were() -> None:
    monitor = monitored(ROWS)
    monitor.refresh()
    monitor.connection.execute(f'INSERT INTO "main.gold"."runs" FROM ({ROWS}) LIMIT 2')
    steps = monitor.refresh().steps
    assert steps[0].what.endswith(": 2 rows were added since the last refresh")
    assert steps[1].what == "read the rows of windows that received rows, of 302 rows of main.gold.runs"
