"""Quantiles of ordered values: in DuckDB SQL of a list, in numpy of many groups at once; both give the same numbers.

`quantiles` has 1000 points at equal distances of rank, the first is the minimum, the last the maximum; 1000 is
documented (a switch makes it fewer), the interpolation between two values is not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

POINTS: Final = 1000
"""Points of `quantiles` unless fewer are asked for, and the most values that are kept of a distribution."""


def quantile_array(values: str, *, linear: bool, unbounded: bool, points: int = POINTS) -> str:
    """DuckDB SQL of the points; NULL of no values.

    Args:
        values: DuckDB SQL of a sorted list without NULL and NaN.
        linear: take the point on the line between two values, else the nearer of them.
        unbounded: the values may be infinite, or so large that the distance of two is.
        points: how many, at least 2.
    """
    ranks = (
        f"list_transform(range({points}), lambda place: place * (len({values}) - 1) / {points - 1}.0::DOUBLE)"
    )
    point = _at(values, "rank", linear=linear, unbounded=unbounded)
    return f"CASE WHEN len({values}) > 0 THEN list_transform({ranks}, lambda rank: {point}) END"


def _at(values: str, rank: str, *, linear: bool, unbounded: bool) -> str:
    """The value at a rank from 0 that may lie between two whole ones."""
    low, high = (f"{values}[CAST({side}({rank}) AS BIGINT) + 1]" for side in ("floor", "ceil"))
    part = f"({rank} - floor({rank}))"
    nearer = f"CASE WHEN {part} < 0.5 THEN {low} ELSE {high} END"
    between = f"{low} + {part} * ({high} - {low})"
    if not linear:
        return nearer
    if not unbounded:
        return between
    return (
        f"CASE WHEN isfinite({high} - {low}) THEN {between} "
        f"WHEN isfinite({low}) AND isfinite({high}) THEN {low} * (1 - {part}) + {high} * {part} "
        f"ELSE {nearer} END"
    )


def between(low: Floats, high: Floats, part: Floats, *, linear: bool) -> Floats:
    """The numbers that lie a part of the way from `low` to `high`.

    Args:
        low: the values below, which may be infinite.
        high: the values above.
        part: from 0 to 1.
        linear: take the point on the line between both, else the nearer of them.
    """
    nearer = np.where(part < 0.5, low, high)  # noqa: PLR2004 - halfway
    if not linear:
        return np.asarray(nearer)
    with np.errstate(over="ignore", invalid="ignore"):
        found = low + part * (high - low)
        far = ~np.isfinite(high - low)
        if far.any():
            weighed = low * (1 - part) + high * part
            finite = np.isfinite(low) & np.isfinite(high)
            found = np.where(far, np.where(finite, weighed, nearer), found)
    return np.asarray(found)
