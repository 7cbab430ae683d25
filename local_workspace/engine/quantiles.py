"""Quantile arrays: DuckDB SQL that makes them of a sorted list of values.

`quantiles` has 1000 points at equal distances of rank, the first is the minimum, the last the maximum; 1000 is
documented (a switch makes it fewer), the interpolation between two values is not.
"""

from __future__ import annotations

from typing import Final

POINTS: Final = 1000
"""Points of `quantiles` unless fewer are asked for, and the most values that are kept of a distribution."""


def quantile(values: str, share: float, *, linear: bool, unbounded: bool) -> str:
    """DuckDB SQL of one quantile; NULL of no values.

    Args:
        values: DuckDB SQL of a sorted list without NULL and NaN.
        share: 0 for the minimum, 1 for the maximum.
        linear: take the point on the line between two values, else the nearer of them.
        unbounded: the values may be infinite, or so large that the distance of two is.
    """
    return _at(values, f"(({share!r}) * (len({values}) - 1))", linear=linear, unbounded=unbounded)


def quantile_array(values: str, *, linear: bool, unbounded: bool, points: int = POINTS) -> str:
    """DuckDB SQL of the points, at least 2; NULL of no values. Other arguments as in `quantile`."""
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
