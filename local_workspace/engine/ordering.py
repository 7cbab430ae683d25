"""The order of many numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

_MANY: Final = 10_000
"""Below it numpy takes no time worth saving."""


def order_of(numbers: npt.NDArray[np.int64] | npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """The places of numbers in their order, of which the greatest may be NaN: what `np.argsort` gives, in half the time.

    As much of each number as fits is sorted side by side with its place. The few that differ only in the rest are put in
    order when that is done.
    """
    if len(numbers) < _MANY or np.isnan(numbers).any():
        return np.asarray(np.argsort(numbers), dtype=np.int64)
    ranks = numbers.view(np.int64)
    if numbers.dtype == np.float64:  # the bits of negative numbers are in the opposite order
        ranks = ranks ^ ((ranks >> 63) & np.iinfo(np.int64).max)
    least, width = ranks.min(), len(numbers).bit_length()
    packed = ranks.view(np.uint64) - least.view(np.uint64)
    dropped = max(int(packed.max()).bit_length() + width - 64, 0)
    packed >>= dropped
    packed <<= width
    packed |= np.arange(len(numbers), dtype=np.uint64)
    packed.sort()
    order: npt.NDArray[np.int64] = (packed & ((1 << width) - 1)).view(np.int64)
    ordered = numbers[order]
    wrong = np.flatnonzero(ordered[1:] < ordered[:-1])
    if len(wrong):
        packed >>= width
        alike = np.unique(packed[wrong])
        first, end = (np.searchsorted(packed, alike, side) for side in ("left", "right"))
        places = np.repeat(end - np.cumsum(end - first), end - first) + np.arange((end - first).sum())
        order[places] = order[places][np.lexsort((ordered[places], packed[places]))]
    return order
