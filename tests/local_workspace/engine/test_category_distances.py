"""Distances of windows by the counts of their categories: against scipy, and whatever the order and the parts."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from scipy.sparse import csr_array
from scipy.spatial import distance

from local_workspace.engine.category_distances import CategoryTests, compare_categories
from local_workspace.engine.switches import Switches

if TYPE_CHECKING:
    from collections.abc import Sequence

WINDOW = st.lists(st.integers(0, 40), min_size=5, max_size=5)
WINDOWS = st.lists(WINDOW, min_size=1, max_size=6)
MEASURES = ("statistic", "pvalue", "total_variation", "l_infinity", "jensen_shannon")


def measured(
    windows: list[list[int]],
    pairs: Sequence[tuple[int, int]],
    switches: Switches | None = None,
) -> dict[int, tuple[float, ...]]:
    """Number of a pair -> its measures."""
    counts = csr_array(np.array(windows, dtype=np.int32))
    current, compared = np.array(pairs).T
    parts: list[CategoryTests] = list(compare_categories(counts, current, compared, switches or Switches()))
    return {
        int(pair): tuple(float(getattr(part, name)[place]) for name in MEASURES)
        for part in parts
        for place, pair in enumerate(part.pairs)
    }


@given(one=WINDOW, other=WINDOW)
def test_two_windows_are_as_far_apart_as_scipy_says(one: list[int], other: list[int]) -> None:
    found = measured([one, other], [(0, 1)])
    if not sum(one) or not sum(other):
        assert found == {}
        return
    there = [(a, b) for a, b in zip(one, other, strict=True) if a + b]
    shares = [(a / sum(one), b / sum(other)) for a, b in there]
    expected = stats.chi2_contingency(np.array(there).T, correction=False)
    apart = [abs(a - b) for a, b in shares]
    assert found[0] == pytest.approx(
        (
            expected.statistic,
            expected.pvalue,
            sum(apart) / 2,
            max(apart),
            distance.jensenshannon(*zip(*shares, strict=True), base=2),
        ),
        rel=1e-9,
        abs=1e-8,
    )


@given(windows=WINDOWS, data=st.data())
def test_neither_the_order_of_categories_nor_that_of_pairs_nor_parts_change_anything(
    windows: list[list[int]], data: st.DataObject
) -> None:
    order = data.draw(st.permutations(range(5)))
    pairs = [(a, b) for a in range(len(windows)) for b in range(len(windows))]
    expected = measured(windows, pairs)
    turned = [[window[place] for place in order] for window in windows]
    backwards = measured(turned, pairs[::-1])
    assert {len(pairs) - 1 - pair: found for pair, found in backwards.items()} == expected
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("local_workspace.engine.category_distances._AT_ONCE", 3)
        assert measured(windows, pairs) == expected


@given(window=WINDOW.filter(any))
def test_a_window_is_not_apart_from_itself(window: list[int]) -> None:
    assert measured([window], [(0, 0)]) == {0: (0.0, 1.0, 0.0, 0.0, 0.0)}


def test_the_test_of_categories_in_both_windows_has_no_statistic_where_there_are_none() -> None:
    found = measured([[3, 0, 0], [0, 2, 1]], [(0, 1)], Switches(chi2_categories="both"))
    assert math.isnan(found[0][0])
    assert found[0][1:] == (1.0, 1.0, 1.0, 1.0)


def test_counts_too_large_for_one_whole_number_with_many_pairs_are_compared_in_parts() -> None:
    large = 2**31 - 1
    found = measured([[large, 1], [1, large]], [(0, 1), (1, 0), (0, 0)])
    assert found[0] == found[1]
    assert found[0][2] == pytest.approx(1.0)
    assert found[2] == (0.0, 1.0, 0.0, 0.0, 0.0)
