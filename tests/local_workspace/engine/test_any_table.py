"""Tables that users may load: every type, odd names and values, no rows, many columns; as a series and as a snapshot."""

from __future__ import annotations

import math
from collections import Counter
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from local_workspace.engine.switches import Switches
from tests.local_workspace.engine.monitored import DRIFT, NOW, PROFILE, Monitored, monitored

if TYPE_CHECKING:
    from collections.abc import Sequence

EVERY_TYPE: Final = """
    (i % 100)::TINYINT AS tiny, i::SMALLINT AS small, i::INTEGER AS whole, i::BIGINT AS big, i::FLOAT AS single,
    i::DOUBLE AS double, i::DECIMAL(38,18) AS exact, 'x' || i AS text, i % 2 = 0 AS flag, 'ab'::BLOB AS bytes,
    DATE '1960-01-01' + i::INTEGER AS day, TIMESTAMP '1950-01-01' + to_hours(i::INTEGER) AS old,
    [i, NULL] AS list, [[i]] AS lists, {'a': i, 'b b': 'x'} AS pair, MAP {'k': i} AS map, INTERVAL 1 DAY AS span,
    [{'a': [1]}] AS deep, []::INTEGER[] AS no_items, NULL::INTEGER AS nothing
"""
ODD_NAMES: Final = (
    *(
        "a b",
        "select",
        "größe",
        'quo"te',
        "o'clock",
        "`tick`",
        "a.b",
        " ",
        "1",
        "日本",
        "😀",
        "x%",
        "x\\y",
        "{x}",
    ),
    *(
        "count",
        "rows",
        "start",
        "end",
        "window",
        "frame",
        "slice",
        "value",
        "model",
        "name",
        "rank",
        "place",
        "pair",
    ),
    *(
        "rowid",
        "log_type",
        "current_df",
        "base_df",
        "sketch values",
        "category counts",
        "is new",
        "__window_0",
    ),
)
SETTINGS: Final = (
    Switches(),
    Switches(
        slice_drift_tests=True,
        slice_quantiles=True,
        slice_frequent_items=True,
        timestamp_quantiles=True,
        frequent_items_numeric=True,
        complex_distinct=True,
        null_is_category=True,
        null_slice=True,
    ),
)


def both_kinds(select: str, slices: Sequence[str] = ()) -> list[Monitored]:
    """A time series and a snapshot of two days of the rows, refreshed twice by each set of switches."""
    rows = " UNION ALL ".join(f"SELECT TIMESTAMP '2026-03-{day}' AS at, {select}" for day in (17, 18))
    monitors = []
    kinds: tuple[dict[str, object] | None, ...] = (None, {"snapshot": {}})
    for analysis in kinds:
        monitor = monitored(rows, analysis=analysis, slices=slices)
        for number, switches in enumerate((*SETTINGS, *SETTINGS)):
            monitor.refresh(switches=switches, now=NOW + timedelta(hours=number))
        monitors.append(monitor)
    return monitors


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


@pytest.mark.parametrize("rows", [0, 1, 10])
def test_every_type_is_described_and_compared(rows: int) -> None:
    for monitor in both_kinds(f"{EVERY_TYPE} FROM range({rows}) AS t(i)", ["flag", "tiny", "day", "double"]):
        columns = monitor.rows(f"SELECT count(DISTINCT column_name) FROM {PROFILE}")
        assert columns == ([(0,)] if rows == 0 else [(22,)])
        compared = monitor.rows(f"SELECT count(DISTINCT column_name) FROM {DRIFT}")
        assert compared == columns


def test_a_type_is_named_as_spark_names_it() -> None:
    monitor = both_kinds(f"{EVERY_TYPE} FROM range(1) AS t(i)")[0]
    found = dict(
        monitor.rows(f"SELECT DISTINCT column_name, data_type FROM {PROFILE} WHERE data_type IS NOT NULL")
    )
    assert found == {
        "at": "timestamp",
        "tiny": "tinyint",
        "small": "smallint",
        "whole": "int",
        "big": "bigint",
        "single": "float",
        "double": "double",
        "exact": "decimal(38,18)",
        "text": "string",
        "flag": "boolean",
        "bytes": "binary",
        "day": "date",
        "old": "timestamp",
        "list": "array<bigint>",
        "span": "interval",
        "lists": "array<array<bigint>>",
        "map": "map<string,bigint>",
        "no_items": "array<int>",
        "nothing": "int",
        "pair": "struct<a:bigint,b b:string>",
        "deep": "array<struct<a:array<int>>>",
    }


@pytest.mark.parametrize("value", ["i + 0.5::DOUBLE", "'v' || i"], ids=["numbers", "texts"])
def test_odd_names_are_names_like_others(value: str) -> None:
    listed = ", ".join(f"{value} AS {quoted(name)}" for name in ODD_NAMES)
    rows = " UNION ALL ".join(
        f"SELECT TIMESTAMP '2026-03-{day}' AS at, {listed} FROM range(3) AS t(i)" for day in (17, 18)
    )
    monitor = monitored(rows, slices=["`a b`", "`select` <> `größe`", "`value`"])
    monitor.refresh(switches=SETTINGS[1])
    for table in (PROFILE, DRIFT):
        found = monitor.rows(f"SELECT DISTINCT column_name FROM {table}")
        assert {name for (name,) in found} == {":table", "at", *ODD_NAMES}
    assert monitor.rows(
        f"SELECT DISTINCT distinct_count FROM {PROFILE} WHERE column_name NOT IN (':table', 'at')"
        " AND slice_key IS NULL"
    ) == [(3,)]


def test_columns_of_nulls_have_counts_and_no_tests() -> None:
    kinds = (
        "TINYINT",
        "DOUBLE",
        "FLOAT",
        "DECIMAL(10,2)",
        "VARCHAR",
        "BOOLEAN",
        "BLOB",
        "DATE",
        "TIMESTAMP",
        "INTEGER[]",
    )
    listed = ", ".join(f"NULL::{kind} AS c{number}" for number, kind in enumerate(kinds))
    for monitor in both_kinds(f"{listed} FROM range(3)", ["c0", "c4", "c5"]):
        found = monitor.rows(
            f"SELECT DISTINCT count, num_nulls, percent_null, avg, min, median, quantiles FROM {PROFILE} "
            "WHERE column_name LIKE 'c%' AND slice_key IS NULL"
        )
        rows = found[0][1]
        assert found == [(0, rows, 100.0, None, None, None, None)]
        tests = "count(ks_test), count(js_distance), count(wasserstein_distance), count(chi_squared_test)"
        found = monitor.rows(f"SELECT {tests} FROM {DRIFT} WHERE column_name LIKE 'c%' AND slice_key IS NULL")
        # The last refresh counts nulls as a category.
        assert found == [(0, 0, 0, 0)]


NUMBERS: Final = "unnest(['nan', 'inf', '-inf', '1e308', '-1e308', '0', '-0.0', '1e-320', NULL, '1e200'])"


def test_nan_infinities_and_the_largest_numbers_fail_nothing() -> None:
    for monitor in both_kinds(f"{NUMBERS}::DOUBLE AS x", ["x > 0"]):
        found = monitor.rows(
            "SELECT DISTINCT num_nan, min, max, isnan(stddev), isnan(avg), len(list_filter(quantiles, lambda q: isnan(q))) "
            f"FROM {PROFILE} WHERE column_name = 'x' AND slice_key IS NULL"
        )
        assert [row[1:] for row in found] == [(-math.inf, math.inf, True, True, 0)]
        drift = monitor.rows(
            f"SELECT ks_test, wasserstein_distance FROM {DRIFT} WHERE column_name = 'x' AND slice_key IS NULL"
        )
        assert set(map(str, drift)) == {"({'statistic': 0.0, 'pvalue': 1.0}, 0.0)"}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ("['1e308', '-1e308']", (0.0, 0.0)),
        ("['inf', '1']", (math.inf, math.inf)),
        ("['-inf', 'inf']", (math.inf, None)),
        ("['1e200', '3e200']", (2e200, 2e200)),
    ],
)
def test_the_median_of_extreme_numbers(values: str, expected: tuple[float, float | None]) -> None:
    monitor = monitored(f"SELECT TIMESTAMP '2026-03-17' AS at, unnest({values})::DOUBLE AS x")
    monitor.refresh()
    median, average = monitor.row("x", "median, CASE WHEN NOT isnan(avg) THEN avg END")
    assert (median, average) == (pytest.approx(expected[0]), expected[1])


def test_the_largest_integers_and_decimals_are_told_apart() -> None:
    monitor = monitored(
        "SELECT TIMESTAMP '2026-03-17' AS at, unnest([9223372036854775807, 9223372036854775806]) AS big, "
        "unnest(['99999999999999999999999999999999999999', '99999999999999999999999999999999999998'])::DECIMAL(38,0) AS exact"
    )
    monitor.refresh()
    assert monitor.row("big", "distinct_count") == (2,)
    assert monitor.row("exact", "distinct_count, max") == (2, 1e38)


def test_texts_of_any_characters_and_length() -> None:
    texts = (
        "unnest(['', ' ', 'é', '😀', 'a' || chr(0) || 'b', repeat('x', 100000), NULL, '''', '\\', chr(10)])"
    )
    for monitor in both_kinds(f"{texts} AS s", ["s"]):
        found = monitor.rows(
            f"SELECT DISTINCT min_length, max_length FROM {PROFILE} WHERE column_name = 's' AND slice_key IS NULL"
        )
        assert found == [(0.0, 100000.0)]
        slices = monitor.rows(f"SELECT count(DISTINCT slice_value) FROM {PROFILE}")
        assert slices == [(9,)]


MOMENTS: Final = (
    *("0001-01-01 00:00:00", "1965-03-04 05:06:07.000001", "1965-03-05 00:00:00"),
    *("1969-12-31 23:59:59.999999", "9999-12-31 23:59:59.999999"),
)


def test_timestamps_before_1970_and_far_away_lie_in_windows() -> None:
    listed = ", ".join(f"TIMESTAMP '{moment}'" for moment in MOMENTS)
    monitor = monitored(
        f"SELECT unnest([{listed}, NULL]) AS at",
        granularities=["5 minutes", "1 hour", "1 day", "2 weeks", "1 year"],
    )
    monitor.refresh(switches=Switches(look_back_days=1_000_000))
    wrong = monitor.rows(
        f'SELECT count(*) FROM {PROFILE} WHERE column_name = \'at\' AND (min < epoch("window"."start") '
        'OR max > epoch("window"."end"))'
    )
    assert wrong == [(0,)]
    days = monitor.rows(
        f'SELECT DISTINCT "window"."start" FROM {PROFILE} WHERE granularity = \'1 day\' ORDER BY 1'
    )
    assert [day for (day,) in days] == [datetime.fromisoformat(moment[:10]) for moment in MOMENTS]


def test_three_hundred_columns() -> None:
    kinds = ("(j * 3)::DOUBLE", "'v' || (j % 7)", "j::BIGINT")
    listed = ", ".join(f"{kinds[number % 3]} AS c{number}" for number in range(300))
    rows = " UNION ALL ".join(
        f"SELECT TIMESTAMP '2026-03-{day}' AS at, {listed} FROM range(50) AS t(j)" for day in (17, 18)
    )
    monitor = monitored(rows, slices=["c1"])
    report = monitor.refresh()
    assert (report.profile_rows, report.drift_rows) == (2 * 8 * 302, 8 * 302)


def test_a_classification_of_any_type_of_class() -> None:
    for kind, value in (
        ("BOOLEAN", "i % 2 = 0"),
        ("INTEGER", "i % 3"),
        ("DOUBLE", "i / 2"),
        ("FLOAT", "0.1"),
        ("DATE", "DATE '2026-01-01'"),
    ):
        log: dict[str, Any] = {
            "problem_type": "PROBLEM_TYPE_CLASSIFICATION",
            "timestamp_col": "at",
            "granularities": ["1 day"],
            "prediction_col": "guess",
            "label_col": "truth",
            "model_id_col": "model",
        }
        monitor = monitored(
            f"SELECT TIMESTAMP '2026-03-17' AS at, i % 2 AS model, ({value})::{kind} AS guess, ({value})::{kind} AS truth "
            "FROM range(6) AS t(i)",
            analysis={"inference_log": log},
        )
        monitor.refresh()
        assert monitor.row(":table", "accuracy_score", "model = '*'") == (1.0,)


@settings(max_examples=20, deadline=None)
@given(
    texts=st.lists(st.none() | st.text(st.characters(exclude_categories=["Cs"]), max_size=5), max_size=12),
    null_slice=st.booleans(),
)
@example(texts=["", " ", "NULL", "it's", "a\0b", "a", "a ", "A", "\\", "ä", "a\u0308", None], null_slice=True)
@example(texts=[None, None], null_slice=False)
def test_any_text_is_the_value_of_a_slice(texts: list[str | None], *, null_slice: bool) -> None:
    monitor = monitored("SELECT NULL::TIMESTAMP AS at, NULL::VARCHAR AS text LIMIT 0", slices=["text"])
    for text in texts:
        monitor.connection.execute(
            'INSERT INTO "main.gold"."runs" VALUES (?, ?)', [NOW - timedelta(days=1), text]
        )
    monitor.refresh(switches=Switches(null_slice=null_slice))
    counted = monitor.rows(
        f"SELECT slice_value, count FROM {PROFILE} WHERE column_name = ':table' AND slice_key = 'text'"
    )
    expected = Counter(text for text in texts if null_slice or text is not None)
    assert len(counted) == len(expected)
    assert dict(counted) == expected
