"""Distances of two windows of a categorical column, from the counts of its values; many pairs of windows at once.

The service documents the names of the statistics and what two of the distances are. That a category which one window
lacks counts, and the base and the root of the Jensen-Shannon distance, are switches.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.special import chdtrc

from local_workspace.engine.parts import parts

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt
    from scipy.sparse import csr_array

    from local_workspace.engine.switches import Switches

    Floats = npt.NDArray[np.float64]
    Integers = npt.NDArray[np.int64]

_AT_ONCE: Final = 1_000_000
"""Categories that are compared at once, those of both windows counted."""
_LARGEST: Final = int(np.iinfo(np.int64).max)


@dataclass(frozen=True)
class CategoryTests:
    """The results of those pairs of which both windows have values.

    Attributes:
        pairs: places of the pairs among those that were given.
        statistic: of the chi-square test; NaN where no category is tested.
        pvalue: of the chi-square test.
        total_variation: half the sum of the distances of the shares.
        l_infinity: the greatest distance of the shares.
        jensen_shannon: the Jensen-Shannon distance.
    """

    pairs: Integers
    statistic: Floats
    pvalue: Floats
    total_variation: Floats
    l_infinity: Floats
    jensen_shannon: Floats


def compare_categories(
    counts: csr_array, current: Integers, compared: Integers, switches: Switches
) -> Iterator[CategoryTests]:
    """Compare pairs of windows, part by part, so that memory does not grow with their number.

    Sums go in the order of the counts, so that neither the order of rows nor that of categories changes anything.

    Args:
        counts: how often each category occurs in each window, one row a window; each row's columns in order.
        current: the row of each pair's current window.
        compared: the row of the window that it is compared with.
        switches: what to do where nothing is published.
    """
    sizes = np.diff(counts.indptr).astype(np.int64)
    pairs = np.flatnonzero((sizes[current] > 0) & (sizes[compared] > 0))
    if not len(pairs):
        return
    most = int(counts.data.max()) + 1
    by_size = np.cumsum(sizes[current[pairs]] + sizes[compared[pairs]]) // _AT_ONCE
    # The number of a pair and both counts have to fit into one whole number.
    by_number = np.arange(len(pairs)) // max(_LARGEST // most**2, 1)
    for first, end in parts(by_size, by_number):
        chosen = pairs[first:end]
        yield _compared(chosen, counts[current[chosen]], counts[compared[chosen]], most, switches)


def _compared(
    pairs: Integers, current: csr_array, compared: csr_array, most: int, switches: Switches
) -> CategoryTests:
    """The tests of the rows of two tables.

    Args:
        pairs: what the rows are of.
        current: counts of the current windows.
        compared: counts of the other windows.
        most: greater than any count.
        switches: what to do where nothing is published.
    """
    # One table of the categories of either: its real part holds the one's count, its imaginary part the other's.
    both = current.astype(np.complex128) + 1j * compared
    pair = np.repeat(np.arange(len(pairs)), np.diff(both.indptr))
    counted = both.data.real.astype(np.int64) * most + both.data.imag.astype(np.int64)
    different, times = np.unique(pair * most**2 + counted, return_counts=True)
    pair, counted = np.divmod(different, most**2)
    a, b = (each.astype(np.float64) for each in np.divmod(counted, most))

    def summed(values: Floats | Integers) -> Floats:
        return np.asarray(np.bincount(pair, times * values, len(pairs)), dtype=np.float64)

    n, m = summed(a), summed(b)
    share, other = a / n[pair], b / m[pair]
    apart = np.abs(share - other)
    firsts = np.flatnonzero(np.diff(pair, prepend=-1))
    divergence = _divergence(share, other) + _divergence(other, share)
    distance = np.maximum(summed(divergence) / 2 / np.log(switches.js_base), 0.0)
    is_tested = (a > 0) & (b > 0) if switches.chi2_categories == "both" else np.ones(len(a), dtype=bool)
    tested_n, tested_m = summed(np.where(is_tested, a, 0.0)), summed(np.where(is_tested, b, 0.0))
    categories = summed(is_tested.astype(np.float64)).astype(np.int64)
    with np.errstate(divide="ignore", invalid="ignore"):
        moved = (a * tested_m[pair] - b * tested_n[pair]) ** 2
        terms = moved / (tested_n[pair] * tested_m[pair] * (a + b))
    statistic = np.where(categories > 0, summed(np.where(is_tested, terms, 0.0)), np.nan)
    return CategoryTests(
        pairs,
        statistic,
        chi_squared_pvalues(statistic, categories - 1),
        summed(apart) / 2,
        np.maximum.reduceat(apart, firsts),
        np.sqrt(distance) if switches.js_root else distance,
    )


def chi_squared_pvalues(statistic: Floats, freedom: Integers) -> Floats:
    """The chance of a greater statistic; 1 where there is one category only."""
    return np.where(freedom > 0, chdtrc(np.maximum(freedom, 1), statistic), 1.0)


def _divergence(share: Floats, other: Floats) -> Floats:
    """Of a share from the middle of it and the other."""
    return share * np.log(np.where(share > 0, share / ((share + other) / 2), 1.0))
