"""Distances of two windows of numbers: Kolmogorov-Smirnov, Wasserstein, population stability; whole arrays at once.

Computed from the arrays of 1000 quantiles of both windows. The Kolmogorov-Smirnov statistic and p-value computed so equal
the published rows of a live monitor to the last digit; for the other two only the names are documented.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.stats import kstwo

from local_workspace.engine.quantiles import POINTS, between

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from local_workspace.engine.switches import Switches

    Floats = npt.NDArray[np.float64]
    Integers = npt.NDArray[np.int64]

_AT_ONCE: Final = 128
"""Pairs whose quantile arrays are compared at once: 128 stay in the processor's cache."""


@dataclass(frozen=True)
class NumberTests:
    """The results of pairs, in their order."""

    statistic: Floats
    pvalue: Floats
    wasserstein: Floats
    stability_index: Floats


def compare_numbers(
    current: Sequence[Floats],
    compared: Sequence[Floats],
    sizes: tuple[Integers, Integers],
    switches: Switches,
) -> NumberTests:
    """Compare pairs of distributions.

    Args:
        current: the sketch of each pair's current window: its sorted values, or of many values their quantiles.
        compared: the sketch of the window that it is compared with.
        sizes: how many values both sketches of each pair stand for.
        switches: what to do where nothing is published.
    """
    pieces = [
        _measures(current[first : first + _AT_ONCE], compared[first : first + _AT_ONCE], switches)
        for first in range(0, len(current), _AT_ONCE)
    ]
    steps, wasserstein, stability_index = (np.concatenate(each) for each in zip(*pieces, strict=True))
    if switches.wasserstein_basis == "values":
        wasserstein = wasserstein_of_values(current, compared)
    pvalues = kolmogorov_smirnov_pvalues(steps, *sizes)
    return NumberTests(steps / POINTS, pvalues, wasserstein, stability_index)


def _measures(
    current: Sequence[Floats], compared: Sequence[Floats], switches: Switches
) -> tuple[Integers, Floats, Floats]:
    """The steps of Kolmogorov-Smirnov, the distance of the quantiles and the stability index of pairs."""
    nearest = switches.quantile_method == "nearest"
    one, other = quantile_arrays(current, nearest=nearest), quantile_arrays(compared, nearest=nearest)
    return (
        kolmogorov_smirnov_steps(one, other),
        wasserstein_of_quantiles(one, other),
        population_stability_index(one, other, bins=switches.psi_bins, floor=switches.psi_floor),
    )


def quantile_arrays(sketches: Sequence[Floats], *, nearest: bool = False) -> Floats:
    """The 1000 quantiles of each sketch, one row a sketch."""
    lengths = np.array([len(sketch) for sketch in sketches], dtype=np.int64)
    firsts = (np.cumsum(lengths) - lengths)[:, None]
    values = np.concatenate(sketches)
    rank = np.arange(POINTS) * (lengths[:, None] - 1) / float(POINTS - 1)
    below = np.floor(rank)
    part = rank - below
    low = values[firsts + below.astype(np.int64)]
    high = values[firsts + np.ceil(rank).astype(np.int64)]
    return between(low, high, part, linear=not nearest)


def kolmogorov_smirnov_steps(current: Floats, compared: Floats) -> Integers:
    """The greatest distance of the step functions of two quantile arrays, in steps of 1/1000; one row a pair."""
    both = np.concatenate((current, compared), axis=1)
    order = np.argsort(both, axis=1, kind="stable")  # merges the two sorted halves, three times as fast
    values = np.take_along_axis(both, order, axis=1)
    ahead = np.where(order < POINTS, np.int16(1), np.int16(-1)).cumsum(axis=1, dtype=np.int16)
    ahead[:, :-1] *= values[:, 1:] != values[:, :-1]  # among equal values only the last one counts
    steps: Integers = np.maximum(ahead.max(axis=1), -ahead.min(axis=1)).astype(np.int64)
    return steps


def kolmogorov_smirnov_pvalues(steps: Integers, current: Integers, compared: Integers) -> Floats:
    """The exact two-sided p-value of a one-sample test whose size is n*m/(n+m), rounded half to even.

    Two windows of one value each have an effective size of 0: nothing can be told from them, the p-value is 1.

    Args:
        steps: the statistic in steps of 1/1000.
        current: values in the current window, at least 1.
        compared: values in the compared window, at least 1.
    """
    whole, rest = np.divmod(current * compared, current + compared)
    twice = 2 * rest - (current + compared)
    effective = whole + ((twice > 0) | ((twice == 0) & (whole % 2 == 1)))
    different, places = np.unique(np.stack((steps, effective)), axis=1, return_inverse=True)
    pvalues = np.ones(different.shape[1])
    told = different[1] > 0
    pvalues[told] = kstwo.sf(different[0][told] / POINTS, different[1][told])
    return pvalues[places]


def wasserstein_of_quantiles(current: Floats, compared: Floats) -> Floats:
    """The mean distance of the points of two quantile arrays, in the column's unit; one row a pair."""
    same = current == compared
    with np.errstate(over="ignore", invalid="ignore"):
        distances = np.where(same, 0.0, np.abs(current - compared))
        return np.asarray(distances.mean(axis=1))


def wasserstein_of_values(current: Sequence[Floats], compared: Sequence[Floats]) -> Floats:
    """The Wasserstein distance of all values of both windows, in the column's unit."""
    sizes = [np.array([len(each) for each in side], dtype=np.int64) for side in (current, compared)]
    pair = np.concatenate([np.repeat(np.arange(len(current)), size) for size in sizes])
    value = np.concatenate([*current, *compared])
    is_current = np.repeat([1, 0], [sizes[0].sum(), sizes[1].sum()])
    order = np.lexsort((value, pair))
    pair, value, is_current = pair[order], value[order], is_current[order]
    before = np.cumsum(np.sum(sizes, axis=0)) - np.sum(sizes, axis=0)
    seen = np.arange(1, len(pair) + 1) - before[pair]
    seen_current = np.cumsum(is_current) - (np.cumsum(sizes[0]) - sizes[0])[pair]
    ahead = seen_current / sizes[0][pair] - (seen - seen_current) / sizes[1][pair]
    width = np.where((pair[1:] == pair[:-1]) & (value[1:] != value[:-1]), np.diff(value), 0.0)
    height = np.abs(ahead[:-1])
    areas = np.where(height > 0, height * width, 0.0)
    return np.asarray(np.bincount(pair[:-1], weights=areas, minlength=len(current)), dtype=np.float64)


def population_stability_index(current: Floats, compared: Floats, *, bins: int, floor: float) -> Floats:
    """The sum of (a - e) * ln(a / e) over bins that are equally high in the compared window; one row a pair.

    Below 0.1 nothing has changed, from 0.2 on much, says the service's documentation.

    Args:
        current: quantile arrays of the current windows.
        compared: quantile arrays of the compared windows.
        bins: number of bins.
        floor: smallest share that a bin is taken to have.
    """
    ends = np.ceil(np.arange(1, bins) * POINTS / bins).astype(np.int64) - 1
    edges = [compared[:, end, None] for end in ends]
    shares = []
    for side in (current, compared):
        below = [np.zeros(len(side)), *((side <= edge).mean(axis=1) for edge in edges), np.ones(len(side))]
        shares.append(np.maximum(np.diff(np.stack(below, axis=1), axis=1), floor))
    actual, expected = shares
    return np.asarray(((actual - expected) * np.log(actual / expected)).sum(axis=1))
