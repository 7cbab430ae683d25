"""A refresh computes only windows that received rows, and the tables are those of a full computation."""

from __future__ import annotations

import itertools
import math
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local_workspace.engine.progress import forget_gone_tables, record_rewrite
from local_workspace.engine.switches import Switches
from local_workspace.names import TableName
from tests.local_workspace.engine.monitored import (
    DRIFT,
    PROFILE,
    TABLE,
    Monitored,
    contents,
    inference_log,
    metric,
    monitored,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

ROWS: Final = """
    SELECT TIMESTAMP '2026-03-10' + to_hours((i * 5)::INTEGER) AS at, (i * 7 % 11)::DOUBLE AS minutes,
        'v' || (i % 3) AS name
    FROM range(40) AS t(i)
"""
METRICS: Final = (
    metric("aggregate", "total", "SUM(minutes)"),
    metric("derived", "half", "total / 2"),
    metric("drift", "more", "{{current_df}}.total - {{base_df}}.total"),
)
LATE: Final = "SELECT TIMESTAMP '2026-03-13 07:00', 100.0, 'v9'"
EVERYTHING: Final = Switches(slice_drift_tests=True, slice_quantiles=True, slice_frequent_items=True)


def watched(rows: str = ROWS, **settings_: Any) -> Monitored:  # noqa: ANN401 - whatever `monitored` takes
    return monitored(rows, slices=["name"], metrics=METRICS, **settings_)


def insert(monitor: Monitored, rows: str) -> None:
    monitor.connection.execute(f'INSERT INTO "main.gold"."runs" {rows}')


def computed_at_once(monitor: Monitored, switches: Switches | None = None) -> tuple[list[Any], list[Any]]:
    """What a new monitor computes of the same rows."""
    monitor.connection.execute(f"DROP TABLE {PROFILE}")
    monitor.connection.execute(f"DROP TABLE {DRIFT}")
    monitor.refresh(switches=switches)
    return contents(monitor)


def test_one_late_row_touches_its_window_and_the_drift_of_the_next() -> None:
    monitor = watched()
    monitor.refresh(switches=EVERYTHING)
    insert(monitor, LATE)
    report = monitor.refresh(switches=EVERYTHING)
    assert (report.windows, report.compared_windows) == (1, 2)
    changed = monitor.rows(f'SELECT DISTINCT day("window"."start") FROM {DRIFT} WHERE slice_value = \'v9\'')
    assert changed == []
    assert contents(monitor) == computed_at_once(monitor, EVERYTHING)


def test_windows_without_new_rows_are_not_computed() -> None:
    monitor = watched()
    monitor.refresh()
    monitor.connection.execute(f"UPDATE {PROFILE} SET avg = -1")
    insert(monitor, LATE)
    monitor.refresh()
    found = monitor.rows(
        f'SELECT day("window"."start") FROM {PROFILE} WHERE column_name = \'minutes\' AND slice_key IS NULL AND avg <> -1'
    )
    assert found == [(13,)]


def test_without_new_rows_nothing_is_written() -> None:
    monitor = watched()
    monitor.refresh()
    before = contents(monitor)
    report = monitor.refresh()
    assert (report.profile_rows, report.drift_rows, report.windows) == (0, 0, 0)
    assert contents(monitor) == before


def test_rows_that_lie_in_no_window_are_read_once() -> None:
    monitor = watched()
    monitor.refresh()
    insert(monitor, "SELECT NULL, 1.0, 'v0' UNION ALL SELECT TIMESTAMP '2001-01-01', 1.0, 'v0'")
    assert monitor.refresh().windows == 0
    insert(monitor, LATE)
    assert monitor.refresh().windows == 1


def test_a_new_window_is_compared_with_the_one_before() -> None:
    monitor = watched()
    monitor.refresh()
    insert(monitor, "SELECT TIMESTAMP '2026-03-19', 5.0, 'v1'")
    report = monitor.refresh()
    assert (report.windows, report.compared_windows) == (1, 1)
    assert contents(monitor) == computed_at_once(monitor)


def test_a_row_touches_one_window_of_each_granularity() -> None:
    monitor = watched(granularities=["1 hour", "1 day", "1 week", "1 month"])
    monitor.refresh()
    insert(monitor, LATE)
    assert monitor.refresh().windows == 4
    assert contents(monitor) == computed_at_once(monitor)


def test_a_table_that_was_empty_is_read_from_its_first_row_on() -> None:
    monitor = watched(f"{ROWS} LIMIT 0")
    monitor.refresh()
    insert(monitor, ROWS)
    monitor.refresh()
    assert contents(monitor) == computed_at_once(monitor)


# ---- when everything is computed again ----


def all_windows(monitor: Monitored, switches: Switches | None = None, version: int = 0) -> bool:
    """Whether the next refresh computes all nine days."""
    return monitor.refresh(version, switches).windows == 9


def test_rows_that_were_removed() -> None:
    monitor = watched()
    monitor.refresh()
    monitor.connection.execute('DELETE FROM "main.gold"."runs" WHERE minutes = 3')
    assert all_windows(monitor)
    assert contents(monitor) == computed_at_once(monitor)


def test_as_many_rows_that_were_removed_and_added() -> None:
    monitor = watched()
    monitor.refresh()
    monitor.connection.execute('DELETE FROM "main.gold"."runs" WHERE minutes = 3')
    insert(monitor, "SELECT TIMESTAMP '2026-03-12', 3.0, 'v1' FROM range(4)")
    assert all_windows(monitor)
    assert contents(monitor) == computed_at_once(monitor)


def test_rows_that_were_changed_by_a_statement() -> None:
    monitor = watched()
    monitor.refresh()
    record_rewrite(monitor.connection, TableName.parse(TABLE))
    monitor.connection.execute("UPDATE \"main.gold\".\"runs\" SET name = 'w' WHERE name = 'v1'")
    assert all_windows(monitor)
    assert contents(monitor) == computed_at_once(monitor)


@pytest.mark.parametrize(
    "change",
    [
        lambda monitor: monitor.slices.append("minutes > 5"),
        lambda monitor: monitor.metrics.append(metric("aggregate", "most", "MAX(minutes)")),
        lambda monitor: monitor.connection.execute('ALTER TABLE "main.gold"."runs" ADD COLUMN more INTEGER'),
        lambda monitor: monitor.connection.execute(f"DROP TABLE {DRIFT}"),
    ],
    ids=["slices", "metrics", "columns", "a dropped table"],
)
def test_another_definition_other_columns_or_a_missing_table(change: Any) -> None:  # noqa: ANN401 - a lambda
    monitor = watched()
    monitor.refresh()
    change(monitor)
    assert all_windows(monitor)


def test_another_version_or_another_switch() -> None:
    monitor = watched()
    monitor.refresh()
    assert all_windows(monitor, version=1)
    assert all_windows(monitor, Switches(psi_bins=5), version=1)


def test_distributions_that_an_earlier_version_kept_otherwise() -> None:
    monitor = watched()
    monitor.refresh()
    expected = contents(monitor)
    monitor.connection.execute(
        'ALTER TABLE "monitor state"."main.out.runs_profile_metrics" ALTER "category counts" TYPE '
        "MAP(VARCHAR, UBIGINT) USING MAP {}"
    )
    assert all_windows(monitor)
    assert contents(monitor) == expected


def test_a_view_whose_rows_cannot_be_told_apart() -> None:
    monitor = watched()
    monitor.connection.execute('ALTER TABLE "main.gold"."runs" RENAME TO kept')
    monitor.connection.execute('CREATE VIEW "main.gold"."runs" AS FROM "main.gold"."kept"')
    monitor.refresh()
    monitor.connection.execute(f'INSERT INTO "main.gold"."kept" {LATE}')
    assert all_windows(monitor)


def test_a_table_whose_own_column_hides_the_row_numbers() -> None:
    monitor = watched(ROWS.replace("'v' || (i % 3) AS name", "'v' || (i % 3) AS name, 1000 - i AS RowId"))
    monitor.refresh()
    insert(monitor, "SELECT TIMESTAMP '2026-03-13 07:00', 100.0, 'v9', 5")
    assert all_windows(monitor)


def test_other_slices_among_the_most_frequent() -> None:
    monitor = watched()
    two = Switches(slice_values=2)
    monitor.refresh(switches=two)
    insert(monitor, "SELECT TIMESTAMP '2026-03-13', 1.0, 'v1'")
    assert monitor.refresh(switches=two).windows == 1
    insert(monitor, "SELECT TIMESTAMP '2026-03-13', 1.0, 'v1'")
    assert monitor.refresh(switches=two).windows == 1
    insert(monitor, "SELECT TIMESTAMP '2026-03-14', 1.0, 'v7' FROM range(50)")
    assert monitor.refresh(switches=two).windows == 9
    found = monitor.rows(
        f"SELECT DISTINCT slice_value FROM {PROFILE} WHERE slice_key IS NOT NULL ORDER BY ALL"
    )
    assert found == [("v1",), ("v7",)]


# ---- the baseline ----


BASELINE: Final = "SELECT unnest([2.0, 4.0])::DOUBLE AS minutes, unnest(['v0', 'c']) AS name"


def test_an_unchanged_baseline_is_not_read_again_and_still_compared_with() -> None:
    monitor = watched(baseline=BASELINE)
    monitor.refresh(switches=EVERYTHING)
    monitor.connection.execute(
        f"UPDATE {PROFILE} SET min = -1 WHERE log_type = 'BASELINE' AND min IS NOT NULL"
    )
    insert(monitor, LATE)
    monitor.refresh(switches=EVERYTHING)
    assert monitor.rows(
        f"SELECT DISTINCT min FROM {PROFILE} WHERE log_type = 'BASELINE' AND min IS NOT NULL"
    ) == [(-1.0,)]
    drift = contents(monitor)[1]
    assert drift == computed_at_once(monitor, EVERYTHING)[1]


def test_a_changed_baseline_is_compared_with_every_window() -> None:
    monitor = watched(baseline=BASELINE)
    monitor.refresh()
    monitor.connection.execute('INSERT INTO "main.gold"."baseline" VALUES (9.0, \'v1\')')
    assert all_windows(monitor)
    assert contents(monitor) == computed_at_once(monitor)


def test_an_emptied_baseline_leaves_no_rows() -> None:
    monitor = watched(baseline=BASELINE)
    monitor.refresh()
    monitor.connection.execute('DELETE FROM "main.gold"."baseline"')
    monitor.refresh()
    assert monitor.rows(f"SELECT count(*) FROM {PROFILE} WHERE log_type = 'BASELINE'") == [(0,)]
    assert monitor.rows(f"SELECT count(*) FROM {DRIFT} WHERE drift_type = 'BASELINE'") == [(0,)]
    assert contents(monitor) == computed_at_once(monitor)


# ---- what goes, and what stays ----


def test_a_slice_that_is_gone_from_a_window_is_gone_from_both_tables() -> None:
    monitor = watched()
    monitor.refresh()
    record_rewrite(monitor.connection, TableName.parse(TABLE))
    monitor.connection.execute('UPDATE "main.gold"."runs" SET name = \'v0\'')
    monitor.refresh()
    for table in (PROFILE, DRIFT):
        assert monitor.rows(f"SELECT DISTINCT slice_value FROM {table} WHERE slice_key IS NOT NULL") == [
            ("v0",)
        ]


def test_rows_of_an_older_version_stay_where_no_new_row_has_their_key() -> None:
    monitor = watched()
    monitor.refresh()
    monitor.slices = []
    monitor.refresh(version=1)
    found = monitor.rows(f"SELECT DISTINCT slice_key, monitor_version FROM {PROFILE} ORDER BY ALL")
    assert found == [("name", 0), (None, 1)]


def test_a_window_whose_rows_are_gone_stays() -> None:
    monitor = watched()
    monitor.refresh()
    before = monitor.rows(f"SELECT count(*) FROM {PROFILE}")
    monitor.connection.execute('DELETE FROM "main.gold"."runs" WHERE day("at") < 12')
    monitor.refresh()
    assert monitor.rows(f"SELECT count(*) FROM {PROFILE}") == before


def test_state_of_a_monitor_whose_tables_are_gone_is_forgotten() -> None:
    monitor = watched()
    monitor.refresh()
    monitor.connection.execute('ALTER TABLE "main.out"."runs_profile_metrics" RENAME TO another')
    monitor.connection.execute('CREATE SCHEMA "main.elsewhere"')
    monitor.analysis |= {"output_schema_name": "main.elsewhere"}
    monitor.refresh()
    forget_gone_tables(monitor.connection)
    tables = monitor.rows(
        "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'monitor state' ORDER BY 1"
    )
    assert tables == [("main.elsewhere.runs_profile_metrics",), ("progress",), ("rewrites",)]
    assert monitor.rows('SELECT monitor FROM "monitor state".progress') == [
        ("main.elsewhere.runs_profile_metrics",)
    ]


# ---- any load, in any parts ----


ROW = st.tuples(
    st.integers(0, 5),
    st.one_of(st.none(), st.integers(-50, 50).map(float)),
    st.one_of(st.none(), st.sampled_from(["a", "b", "ä b", ""])),
    st.sampled_from(["m1", "m2"]),
)
START: Final = datetime(2026, 3, 12)  # noqa: DTZ001 - UTC without a zone, as DuckDB holds it
LOG: Final = inference_log("CLASSIFICATION", ("1 day", "1 week"), prediction_col="name", label_col="name")


def loaded(parts: Sequence[Sequence[Any]], analysis: dict[str, object] | None) -> Monitored:
    """A monitor that is refreshed after each part."""
    monitor = monitored(
        "SELECT NULL::TIMESTAMP AS at, NULL::DOUBLE AS x, NULL::VARCHAR AS name, NULL::VARCHAR AS model LIMIT 0",
        granularities=["1 day", "1 week"],
        analysis=analysis,
        slices=["name", "x > 0"],
        metrics=[metric("aggregate", "p90", "PERCENTILE(x, 0.9)")],
        baseline="SELECT 1.0::DOUBLE AS x, 'a' AS name, 'm1' AS model",
    )
    for part in parts:
        if part:
            monitor.connection.executemany(
                'INSERT INTO "main.gold"."runs" VALUES (?, ?, ?, ?)',
                [(START + timedelta(days=day), *values) for day, *values in part],
            )
        monitor.refresh(switches=EVERYTHING)
    return monitor


def near(one: Any, other: Any) -> bool:  # noqa: ANN401 - cells of any type
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(near, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(near(one[key], other[key]) for key in one)
    return bool(one == other)


KEYS: Final = 'granularity, "window", slice_key, slice_value, column_name'


def sorted_contents(monitor: Monitored, analysis: dict[str, object] | None) -> list[list[tuple[Any, ...]]]:
    keys = f"{KEYS}, model" if analysis else KEYS
    return [
        monitor.rows(f"FROM {table} ORDER BY {keys}, {kind}")
        for table, kind in ((PROFILE, "log_type"), (DRIFT, "drift_type"))
    ]


@pytest.mark.parametrize("analysis", [None, LOG], ids=["time series", "inference log"])
@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_a_load_in_parts_with_refreshes_between_gives_the_same_tables(
    analysis: dict[str, object] | None, data: st.DataObject
) -> None:
    rows = data.draw(st.lists(ROW, min_size=1, max_size=12))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(rows)), max_size=3)))
    bounds = [0, *cuts, len(rows)]
    parts = [rows[first:last] for first, last in itertools.pairwise(bounds)]
    in_parts, at_once = loaded(parts, analysis), loaded([rows], analysis)
    assert near(sorted_contents(in_parts, analysis), sorted_contents(at_once, analysis))


@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_the_order_of_the_rows_changes_nothing(data: st.DataObject) -> None:
    rows = data.draw(st.lists(ROW, min_size=1, max_size=12))
    shuffled = data.draw(st.permutations(rows))
    one, other = loaded([rows], None), loaded([shuffled], None)
    assert near(sorted_contents(one, None), sorted_contents(other, None))
