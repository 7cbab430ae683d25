"""Arrays in parts, so that memory does not grow with their length."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Integers = npt.NDArray[np.int64]


def parts(*numbers: Integers) -> list[tuple[int, int]]:
    """The first place and the end of each part: where none of the numbers is another than at the place before.

    Args:
        numbers: arrays of one length, none below 0.
    """
    changes = np.logical_or.reduce([np.diff(each, prepend=-1) != 0 for each in numbers])
    starts = np.flatnonzero(changes).tolist()
    return list(zip(starts, [*starts[1:], len(changes)], strict=True)) if starts else []
