"""Statistics of the drift table that compare two distributions: which columns have them, and what they are."""

from __future__ import annotations

import math
from typing import Any, Final

import pytest
from scipy import stats
from scipy.spatial import distance

from local_workspace.engine.switches import Switches
from tests.local_workspace.engine.monitored import DRIFT, Monitored, monitored

NUMBER_TESTS: Final = ("ks_test", "wasserstein_distance", "population_stability_index")
CATEGORY_TESTS: Final = ("js_distance", "chi_squared_test", "tv_distance", "l_infinity_distance")
KINDS: Final = {
    "TINYINT": NUMBER_TESTS,
    "SMALLINT": NUMBER_TESTS,
    "INTEGER": NUMBER_TESTS,
    "BIGINT": NUMBER_TESTS,
    "FLOAT": NUMBER_TESTS,
    "DOUBLE": NUMBER_TESTS,
    "DECIMAL(38,18)": NUMBER_TESTS,
    "VARCHAR": CATEGORY_TESTS,
    "BOOLEAN": CATEGORY_TESTS,
    "TIMESTAMP": (),
    "DATE": (),
    "BLOB": (),
    "INTEGER[]": (),
    "STRUCT(a INTEGER)": (),
    "MAP(VARCHAR, INTEGER)": (),
}
VALUES: Final = {
    "TIMESTAMP": "'2026-01-01'",
    "DATE": "'2026-01-01'",
    "BLOB": "'x'",
    "INTEGER[]": "[1]",
    "STRUCT(a INTEGER)": "{'a': 1}",
    "MAP(VARCHAR, INTEGER)": "MAP {'a': 1}",
}
BEFORE: Final = {"a": 6, "b": 3, "c": 1}
AFTER: Final = {"a": 2, "b": 3, "d": 5}


def two_days(kind: str, one: str, other: str) -> Monitored:
    """A column `x` with one value on each of two days."""
    return monitored(
        f"SELECT TIMESTAMP '2026-03-16' AS at, {one}::{kind} AS x UNION ALL "
        f"SELECT TIMESTAMP '2026-03-17', {other}::{kind}"
    )


def categories(*, nulls: int = 0, slices: tuple[str, ...] = ()) -> Monitored:
    """A column `x` with the counts of BEFORE on one day and of AFTER on the next."""
    rows = [
        f"SELECT TIMESTAMP '2026-03-{day}' AS at, '{name}' AS x, 'one' AS part FROM range({count})"
        for day, counts in ((16, BEFORE), (17, AFTER))
        for name, count in counts.items()
    ]
    rows.append(f"SELECT TIMESTAMP '2026-03-17', NULL, 'one' FROM range({nulls})")
    return monitored(" UNION ALL ".join(rows), slices=slices)


def compared(
    monitor: Monitored, what: str, switches: Switches | None = None, where: str = "slice_key IS NULL"
) -> tuple[Any, ...]:
    monitor.refresh(switches=switches)
    (row,) = monitor.rows(f"SELECT {what} FROM {DRIFT} WHERE column_name = 'x' AND {where}")
    return row


@pytest.mark.parametrize("kind", KINDS)
def test_a_column_has_the_tests_of_its_type_and_no_others(kind: str) -> None:
    value = VALUES.get(kind, "1")
    every = (*NUMBER_TESTS, *CATEGORY_TESTS)
    row = compared(two_days(kind, value, value), ", ".join(every))
    assert tuple(name for name, found in zip(every, row, strict=True) if found is not None) == KINDS[kind]


def test_the_table_row_has_none() -> None:
    monitor = two_days("DOUBLE", "1", "2")
    monitor.refresh()
    listed = ", ".join((*NUMBER_TESTS, *CATEGORY_TESTS))
    assert monitor.rows(f"SELECT {listed} FROM {DRIFT} WHERE column_name = ':table'") == [(None,) * 7]


@pytest.mark.parametrize("kind", ["DOUBLE", "VARCHAR"])
@pytest.mark.parametrize(("one", "other"), [("NULL", "1"), ("1", "NULL"), ("NULL", "NULL")])
def test_a_window_without_values_has_no_distribution(kind: str, one: str, other: str) -> None:
    listed = ", ".join((*NUMBER_TESTS, *CATEGORY_TESTS))
    assert compared(two_days(kind, one, other), listed) == (None,) * 7


def test_nan_is_no_value_of_a_distribution() -> None:
    assert compared(two_days("DOUBLE", "'nan'", "1"), "ks_test, wasserstein_distance") == (None, None)


def test_a_number_moves_by_the_wasserstein_distance() -> None:
    assert compared(two_days("DOUBLE", "1", "4.5"), "wasserstein_distance, ks_test") == (
        3.5,
        {"statistic": 1.0, "pvalue": 1.0},
    )


def test_chi_squared_is_the_test_of_independence_of_scipy() -> None:
    (found,) = compared(categories(), "chi_squared_test")
    names = sorted({*BEFORE, *AFTER})
    expected = stats.chi2_contingency(
        [[side.get(name, 0) for name in names] for side in (AFTER, BEFORE)], correction=False
    )
    assert found["statistic"] == pytest.approx(expected.statistic, rel=1e-12)
    assert found["pvalue"] == pytest.approx(expected.pvalue, rel=1e-12)


def test_chi_squared_of_one_category_finds_no_difference() -> None:
    (found,) = compared(two_days("VARCHAR", "'a'", "'a'"), "chi_squared_test")
    assert found == {"statistic": 0.0, "pvalue": 1.0}


def test_chi_squared_may_look_at_common_categories_only() -> None:
    (found,) = compared(categories(), "chi_squared_test", Switches(chi2_categories="both"))
    expected = stats.chi2_contingency([[2, 3], [6, 3]], correction=False)
    assert found["statistic"] == pytest.approx(expected.statistic, rel=1e-12)
    assert found["pvalue"] == pytest.approx(expected.pvalue, rel=1e-12)


def test_without_common_categories_such_a_test_is_null_and_the_distances_are_not() -> None:
    row = compared(
        two_days("VARCHAR", "'a'", "'b'"),
        "chi_squared_test, tv_distance, js_distance",
        Switches(chi2_categories="both"),
    )
    assert row == (None, 1.0, 1.0)


def test_distances_of_shares_by_hand() -> None:
    row = compared(categories(), "tv_distance, l_infinity_distance")
    assert row == (pytest.approx(0.5), pytest.approx(0.5))


@pytest.mark.parametrize(("base", "root"), [(2.0, True), (math.e, True), (2.0, False)])
def test_jensen_shannon_is_the_distance_of_scipy(base: float, root: bool) -> None:
    (found,) = compared(categories(), "js_distance", Switches(js_base=base, js_root=root))
    names = sorted({*BEFORE, *AFTER})
    expected = distance.jensenshannon(
        [BEFORE.get(name, 0) for name in names], [AFTER.get(name, 0) for name in names], base=base
    )
    assert found == pytest.approx(expected if root else expected**2, rel=1e-12)


def test_nulls_are_no_category_until_they_are_said_to_be_one() -> None:
    assert compared(categories(nulls=10), "l_infinity_distance") == (pytest.approx(0.5),)
    switched = Switches(null_is_category=True)
    assert compared(categories(nulls=30), "l_infinity_distance", switched) == (pytest.approx(0.75),)


def test_more_categories_than_frequent_items_are_compared() -> None:
    monitor = monitored(
        "SELECT TIMESTAMP '2026-03-16' AS at, 'v' || i AS x FROM range(300) AS t(i) UNION ALL "
        "SELECT TIMESTAMP '2026-03-17', 'v' || (i + 150) FROM range(300) AS t(i)"
    )
    assert compared(monitor, "tv_distance") == (pytest.approx(0.5),)


def test_slices_have_the_tests_only_when_asked() -> None:
    monitor = categories(slices=("part",))
    sliced = "slice_key IS NOT NULL"
    assert compared(monitor, "tv_distance", where=sliced) == (None,)
    assert compared(monitor, "tv_distance", Switches(slice_drift_tests=True), sliced) == (pytest.approx(0.5),)


def test_wasserstein_may_be_taken_over_all_values() -> None:
    monitor = monitored(
        "SELECT TIMESTAMP '2026-03-16' AS at, unnest([0.0, 1.0]) AS x UNION ALL "
        "SELECT TIMESTAMP '2026-03-17', unnest([0.0, 0.0, 0.0, 1.0])"
    )
    assert compared(monitor, "wasserstein_distance", Switches(wasserstein_basis="values")) == (0.25,)


def test_bins_and_floor_of_the_stability_index_can_be_set() -> None:
    monitor = two_days("DOUBLE", "0", "1")
    (found,) = compared(monitor, "population_stability_index", Switches(psi_bins=2, psi_floor=0.01))
    assert found == pytest.approx(2 * 0.99 * math.log(100))


def test_an_old_window_whose_rows_are_gone_is_still_compared_with() -> None:
    monitor = categories()
    monitor.refresh()
    before = monitor.rows(f"SELECT tv_distance, chi_squared_test FROM {DRIFT} WHERE column_name = 'x'")
    monitor.connection.execute('DELETE FROM "main.gold"."runs" WHERE "at" < DATE \'2026-03-17\'')
    monitor.refresh(version=1)
    after = monitor.rows(
        f"SELECT tv_distance, chi_squared_test FROM {DRIFT} WHERE column_name = 'x' AND monitor_version = 1"
    )
    assert after == before


def test_only_windows_next_to_computed_ones_are_compared_again() -> None:
    days = " UNION ALL ".join(f"SELECT TIMESTAMP '2026-03-{10 + day}' AS at, {day} AS x" for day in range(5))
    monitor = monitored(days)
    monitor.refresh()
    monitor.connection.execute('DELETE FROM "main.gold"."runs" WHERE x <> 2')
    monitor.refresh(version=1)
    found = monitor.rows(
        f'SELECT day("window"."start") FROM {DRIFT} WHERE column_name = \'x\' AND monitor_version = 1 ORDER BY 1'
    )
    assert found == [(12,), (13,)]


def test_comparing_in_parts_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    days = " UNION ALL ".join(
        f"SELECT TIMESTAMP '2026-03-1{day}', 'x' || (i % {day}), 'y' || (i % 7) FROM range({9 * day}) AS t(i)"
        for day in range(2, 7)
    )
    columns = ", ".join(("column_name", '"window"', *CATEGORY_TESTS))
    found = []
    for at_once in (1_000_000, 10, 1):
        monkeypatch.setattr("local_workspace.engine.category_distances._AT_ONCE", at_once)
        monitor = monitored(f'SELECT * FROM ({days}) AS t("at", x, y)')
        monitor.refresh()
        found.append(
            monitor.rows(f"SELECT {columns} FROM {DRIFT} WHERE tv_distance IS NOT NULL ORDER BY ALL")
        )
    assert len(found[0]) == 2 * 4
    assert found[0] == found[1] == found[2]
