"""Distances of two distributions of numbers, against scipy and against published rows of a live monitor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from local_workspace.engine.distances import (
    compare_numbers,
    kolmogorov_smirnov_pvalues,
    kolmogorov_smirnov_steps,
    population_stability_index,
    quantile_arrays,
    wasserstein_of_quantiles,
    wasserstein_of_values,
)
from local_workspace.engine.switches import Switches
from tests.local_workspace.engine.monitored import DRIFT, monitored

if TYPE_CHECKING:
    import numpy.typing as npt

    Pairs = list[tuple[list[float], list[float]]]
    Basis = Literal["sketch", "values"]
    Method = Literal["linear", "nearest"]

PUBLISHED = [
    (0.062, 1192, 1344, 0.014853915612309707),
    (0.038, 941, 1192, 0.4228041687817168),
    (0.049, 523, 941, 0.3829208808885818),
]
"""KS statistic, values in the window and in the one before, p-value: rows that a live monitor wrote."""

NUMBERS = st.lists(st.floats(-1e6, 1e6).map(lambda x: round(x, 1)), min_size=1, max_size=40)
PAIRS = st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=5)


def sketches(pairs: Pairs, side: int) -> list[npt.NDArray[np.float64]]:
    return [np.sort(np.array(pair[side])) for pair in pairs]


@pytest.mark.parametrize(("statistic", "current", "compared", "pvalue"), PUBLISHED)
def test_the_pvalue_is_the_published_one_to_the_last_digit(
    statistic: float, current: int, compared: int, pvalue: float
) -> None:
    steps = np.array([round(statistic * 1000)])
    assert kolmogorov_smirnov_pvalues(steps, np.array([current]), np.array([compared])).tolist() == [pvalue]


def test_a_refresh_writes_the_published_rows() -> None:
    counts, shifts = [1344, 1192, 941, 523], [0.0, 61.5, 24.0, -24.5]
    hours = " UNION ALL ".join(
        f"SELECT TIMESTAMP '2026-03-17 {8 + hour:02d}:30' AS at, {shift} + i * 999.0::DOUBLE / {count - 1} AS amount "
        f"FROM range({count}) AS t(i)"
        for hour, (count, shift) in enumerate(zip(counts, shifts, strict=True))
    )
    monitor = monitored(hours, granularities=["1 hour"])
    monitor.refresh()
    found = monitor.rows(
        f"SELECT ks_test.statistic, count_delta, ks_test.pvalue FROM {DRIFT} WHERE column_name = 'amount' ORDER BY \"window\""
    )
    assert found == [
        (statistic, current - compared, pvalue) for statistic, current, compared, pvalue in PUBLISHED
    ]


@pytest.mark.parametrize(
    ("current", "compared", "effective"),
    [(3, 3, 2), (1, 3, 1), (5, 5, 2), (7, 7, 4), (2, 6, 2), (9, 1, 1), (10**9, 10**9, 5 * 10**8)],
)
def test_the_effective_size_is_rounded_half_to_even(current: int, compared: int, effective: int) -> None:
    found = kolmogorov_smirnov_pvalues(np.array([300]), np.array([current]), np.array([compared]))
    assert found.tolist() == [stats.kstwo.sf(0.3, effective)]


def test_nothing_can_be_told_from_one_value_against_one() -> None:
    assert kolmogorov_smirnov_pvalues(np.array([1000]), np.array([1]), np.array([1])).tolist() == [1.0]


@settings(deadline=None)
@given(PAIRS)
def test_quantile_arrays_are_those_of_numpy(pairs: Pairs) -> None:
    found = quantile_arrays(sketches(pairs, 0))
    for (values, _), points in zip(pairs, found, strict=True):
        assert points == pytest.approx(np.quantile(values, np.arange(1000) / 999), rel=1e-12, abs=1e-6)
        assert (points[0], points[-1]) == (min(values), max(values))


@settings(deadline=None)
@given(PAIRS)
def test_steps_are_the_two_sample_statistic_of_scipy_on_the_arrays(pairs: Pairs) -> None:
    one, other = quantile_arrays(sketches(pairs, 0)), quantile_arrays(sketches(pairs, 1))
    expected = [stats.ks_2samp(a, b).statistic for a, b in zip(one, other, strict=True)]
    assert (kolmogorov_smirnov_steps(one, other) / 1000).tolist() == pytest.approx(expected, abs=1e-12)


@settings(deadline=None)
@given(PAIRS)
def test_wasserstein_of_the_arrays_is_the_distance_of_scipy(pairs: Pairs) -> None:
    one, other = quantile_arrays(sketches(pairs, 0)), quantile_arrays(sketches(pairs, 1))
    expected = [stats.wasserstein_distance(a, b) for a, b in zip(one, other, strict=True)]
    assert wasserstein_of_quantiles(one, other).tolist() == pytest.approx(expected, rel=1e-9, abs=1e-6)


@settings(deadline=None)
@given(PAIRS)
def test_wasserstein_of_all_values_is_the_distance_of_scipy(pairs: Pairs) -> None:
    expected = [stats.wasserstein_distance(a, b) for a, b in pairs]
    found = wasserstein_of_values(sketches(pairs, 0), sketches(pairs, 1))
    assert found.tolist() == pytest.approx(expected, rel=1e-9, abs=1e-6)


def test_stability_index_of_four_bins_by_hand() -> None:
    compared = np.arange(1000.0)[None, :]
    current = np.concatenate((np.zeros(500), np.full(500, 999.0)))[None, :]
    found = population_stability_index(current, compared, bins=4, floor=1e-4)
    by_hand = 2 * (0.5 - 0.25) * np.log(0.5 / 0.25) + 2 * (1e-4 - 0.25) * np.log(1e-4 / 0.25)
    assert found.tolist() == pytest.approx([by_hand])


def test_a_constant_that_jumps_is_as_unstable_as_can_be() -> None:
    found = population_stability_index(np.ones((1, 1000)), np.zeros((1, 1000)), bins=10, floor=1e-4)
    assert found.tolist() == pytest.approx([2 * (1 - 1e-4) * np.log(1 / 1e-4)])


@settings(deadline=None)
@given(PAIRS, st.sampled_from(["sketch", "values"]), st.sampled_from(["linear", "nearest"]))
def test_a_window_does_not_differ_from_itself(pairs: Pairs, basis: Basis, method: Method) -> None:
    values = sketches(pairs, 0)
    sizes = np.array([len(each) for each in values])
    found = compare_numbers(
        values, values, (sizes, sizes), Switches(wasserstein_basis=basis, quantile_method=method)
    )
    assert not found.statistic.any()
    assert not found.wasserstein.any()
    assert not found.stability_index.any()
    assert set(found.pvalue) == {1.0}


@settings(deadline=None)
@given(PAIRS)
def test_statistic_and_distance_do_not_depend_on_the_direction(pairs: Pairs) -> None:
    one, other = sketches(pairs, 0), sketches(pairs, 1)
    sizes = tuple(np.array([len(each) for each in side]) for side in (one, other))
    forth = compare_numbers(one, other, (sizes[0], sizes[1]), Switches())
    back = compare_numbers(other, one, (sizes[1], sizes[0]), Switches())
    assert forth.statistic.tolist() == back.statistic.tolist()
    assert forth.pvalue.tolist() == back.pvalue.tolist()
    assert forth.wasserstein.tolist() == pytest.approx(back.wasserstein.tolist(), abs=1e-9)


def test_infinities_and_the_largest_numbers_have_quantiles_in_order() -> None:
    values = np.array([-np.inf, -1.7e308, 0.0, 1.7e308, np.inf])
    (points,) = quantile_arrays([values])
    assert not np.isnan(points).any()
    assert (np.diff(points[1:-1][np.isfinite(points[1:-1])]) >= 0).all()
    assert (points[0], points[-1]) == (-np.inf, np.inf)
