"""Quantiles of ordered values.

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
