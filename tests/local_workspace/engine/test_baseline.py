"""Windows compared with a baseline table."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from local_workspace.engine.definition import validate
from local_workspace.engine.refresh import RefreshFailed
from local_workspace.engine.switches import Switches
from tests.local_workspace.engine.monitored import DRIFT, PROFILE, Monitored, metric, monitored

ROWS = """
    SELECT * FROM (VALUES
        (TIMESTAMP '2026-03-16 01:00', 1.0::DOUBLE, 'a'),
        (TIMESTAMP '2026-03-16 02:00', 3.0, 'b'),
        (TIMESTAMP '2026-03-18 01:00', 7.0, 'a')
    ) AS t("at", minutes, name)
"""
BASELINE = "SELECT unnest([2.0, 4.0])::DOUBLE AS minutes, unnest(['a', 'c']) AS name"
TOTAL = metric("aggregate", "total", "SUM(minutes)")
RATIO = metric("derived", "half", "total / 2")
GROWTH = metric("drift", "growth", "{{current_df}}.total - {{base_df}}.total")
IS_BASELINE = "log_type = 'BASELINE' AND slice_key IS NULL"


def against_baseline(
    monitor: Monitored, column: str, what: str, where: str = "slice_key IS NULL"
) -> list[Any]:
    return monitor.rows(
        f"SELECT {what} FROM {DRIFT} WHERE column_name = '{column}' AND drift_type = 'BASELINE' AND {where} "
        'ORDER BY "window"'
    )


def test_the_baseline_has_rows_without_window_and_granularity() -> None:
    monitor = monitored(ROWS, baseline=BASELINE, metrics=[TOTAL, RATIO])
    monitor.refresh()
    assert monitor.row("minutes", '"window", granularity, count, avg, min, max', IS_BASELINE) == (
        *(None, None, 2, 3.0, 2.0, 4.0),
    )
    assert monitor.row(":table", "count, total, half, non_null_columns", IS_BASELINE) == (
        *(2, 6.0, 3.0, ["minutes", "name"]),
    )


def test_every_window_is_compared_with_it_after_a_gap_too() -> None:
    monitor = monitored(ROWS, baseline=BASELINE, metrics=[TOTAL, GROWTH])
    monitor.refresh()
    what = 'day("window"."start"), window_cmp, granularity, count_delta, growth'
    assert against_baseline(monitor, ":table", what) == [
        (16, None, "1 day", 0, -2.0),
        (18, None, "1 day", -1, 1.0),
    ]
    assert against_baseline(monitor, "minutes", "avg_delta, wasserstein_distance") == [
        (-1.0, 1.0),
        (4.0, 4.0),
    ]
    assert against_baseline(monitor, "name", "tv_distance") == [(0.5,), (0.5,)]


def test_windows_are_compared_with_the_one_before_as_well() -> None:
    monitor = monitored(ROWS.replace("03-18", "03-17"), baseline=BASELINE)
    monitor.refresh()
    found = monitor.rows(
        f"SELECT drift_type, count(*) FROM {DRIFT} WHERE column_name = 'minutes' GROUP BY ALL ORDER BY 1"
    )
    assert found == [("BASELINE", 2), ("CONSECUTIVE", 1)]


def test_a_slice_is_compared_with_the_same_slice_of_the_baseline() -> None:
    monitor = monitored(ROWS, baseline=BASELINE, slices=["name"], metrics=[TOTAL, GROWTH])
    monitor.refresh()
    assert against_baseline(monitor, ":table", "slice_value, growth", "slice_key = 'name'") == [
        ("a", -1.0),
        ("a", 5.0),
    ]


def test_a_column_that_the_baseline_lacks_has_no_rows_and_metrics_see_nulls() -> None:
    late = metric("aggregate", "last", "MAX(at)", type_name="timestamp")
    monitor = monitored(ROWS, baseline=BASELINE, metrics=[late])
    monitor.refresh()
    assert monitor.rows(f"SELECT count(*) FROM {PROFILE} WHERE column_name = 'at' AND {IS_BASELINE}") == [
        (0,)
    ]
    assert monitor.row(":table", "last", IS_BASELINE) == (None,)
    assert against_baseline(monitor, "at", "count(*)", 'TRUE GROUP BY "window"') == []


def test_an_empty_baseline_compares_nothing() -> None:
    monitor = monitored(ROWS, baseline=f"{BASELINE} LIMIT 0")
    monitor.refresh()
    assert against_baseline(monitor, ":table", "count_delta") == []


def test_a_changed_baseline_is_read_again() -> None:
    monitor = monitored(ROWS, baseline=BASELINE, metrics=[TOTAL, GROWTH])
    monitor.refresh()
    monitor.connection.execute('INSERT INTO "main.gold"."baseline" VALUES (10.0, \'a\')')
    monitor.refresh()
    assert monitor.row(":table", "count, total", IS_BASELINE) == (3, 16.0)
    assert against_baseline(monitor, ":table", "growth") == [(-12.0,), (-9.0,)]


def test_slices_of_the_baseline_have_distributions_only_when_asked() -> None:
    monitor = monitored(ROWS, baseline=BASELINE, slices=["name"])
    monitor.refresh(switches=Switches(slice_drift_tests=True))
    assert against_baseline(monitor, "minutes", "wasserstein_distance", "slice_value = 'a'") == [
        (1.0,),
        (5.0,),
    ]


@pytest.mark.parametrize(
    ("baseline", "sentence"),
    [
        ({"x": "DOUBLE"}, "baseline_table_name 'main.gold.old': it has no column of the monitored table"),
        (
            {"Minutes": "STRING"},
            (
                "baseline_table_name 'main.gold.old': column 'Minutes' has type STRING there and DOUBLE in the monitored "
                "table; give both the same type"
            ),
        ),
    ],
)
def test_a_baseline_that_does_not_fit_is_refused(baseline: dict[str, str], sentence: str) -> None:
    monitor = monitored(ROWS)
    body = monitor.body | {"baseline_table_name": "main.gold.old"}
    assert validate(body, monitor.columns(), baseline) == [sentence]


@pytest.mark.parametrize(
    ("kind", "target", "fits"),
    [
        ("INT", "BIGINT", True),
        ("BIGINT", "INT", False),
        ("BIGINT", "DOUBLE", True),
        ("DECIMAL(10,2)", "DOUBLE", True),
        ("DOUBLE", "FLOAT", False),
        ("FLOAT", "DOUBLE", True),
        ("DECIMAL(10,2)", "DECIMAL(12,3)", True),
        ("DECIMAL(10,2)", "DECIMAL(10,3)", False),
        ("TIMESTAMP_NTZ", "TIMESTAMP", True),
        ("DATE", "TIMESTAMP", False),
        ("INT", "DECIMAL(10,0)", False),
    ],
)
def test_a_type_fits_where_every_value_has_a_place(kind: str, target: str, fits: bool) -> None:
    body = monitored(ROWS).body | {"baseline_table_name": "main.gold.old"}
    found = validate(body, {"at": "TIMESTAMP", "name": "STRING", "minutes": target}, {"minutes": kind})
    assert (found == []) == fits


def test_a_baseline_that_changed_its_types_fails_the_refresh() -> None:
    monitor = monitored(ROWS, baseline="SELECT 'many' AS minutes")
    with pytest.raises(RefreshFailed) as caught:
        monitor.refresh_unchecked()
    assert str(caught.value) == (
        "baseline table 'main.gold.baseline': column 'minutes' has type STRING there and DOUBLE in the monitored table; "
        "give both the same type"
    )


def test_a_baseline_that_is_gone_fails_the_refresh() -> None:
    monitor = monitored(ROWS, baseline=BASELINE)
    monitor.connection.execute('DROP TABLE "main.gold"."baseline"')
    with pytest.raises(RefreshFailed, match=r"`main`\.`gold`\.`baseline` cannot be found"):
        monitor.refresh_unchecked()


def test_a_baseline_of_wider_types_in_another_order_is_read_by_name() -> None:
    monitor = monitored(ROWS, baseline="SELECT 'a' AS name, 5::INTEGER AS MINUTES, 1 AS more")
    monitor.refresh()
    assert monitor.row("minutes", "avg, data_type", IS_BASELINE) == (5.0, "double")


def test_snapshots_are_compared_with_a_baseline() -> None:
    monitor = monitored(ROWS, analysis={"snapshot": {}}, baseline=BASELINE)
    monitor.refresh(now=datetime.fromisoformat("2026-03-20T12:00"))
    assert against_baseline(monitor, ":table", "granularity, count_delta") == [(None, 1)]
