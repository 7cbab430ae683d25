"""Statistics of many groups of rows at once that need each group's values in order: how many different, quantiles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.sparse import csr_array

from local_workspace.engine.quantiles import between

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from local_workspace.engine.encoding import Encoded

    Floats = npt.NDArray[np.float64]
    Integers = npt.NDArray[np.int32]
    Longs = npt.NDArray[np.int64]

_CELLS_PER_ROW: Final = 4
"""Up to so many cells a row, a table of all cells is faster than a sort."""
_FEW_VALUES: Final = 32
"""Up to so many different values, a table of groups and values is faster than ordering the rows."""


@dataclass(frozen=True)
class RowGroups:
    """Which group each source row is in.

    Attributes:
        groups: number of each row's group; `count` for rows in none.
        count: how many groups there are; each has a row.
        keys: for each part of the groups' keys the code of each group.
    """

    groups: Integers
    count: int
    keys: tuple[Longs, ...]


def row_groups(parts: Sequence[Encoded], size: int) -> RowGroups:
    """Group rows by several columns; a row without a value in one of them is in no group, whose number is the last one.

    Args:
        parts: the columns; without any, all rows are one group.
        size: number of rows.
    """
    cell: npt.NDArray[np.int64] = np.zeros(size, dtype=np.int64)
    inside = np.ones(size, dtype=bool)
    for part in parts:
        cell *= part.size
        cell += part.codes
        inside &= part.codes >= 0
    cells = int(np.prod([part.size for part in parts], dtype=np.int64))
    if cells <= _CELLS_PER_ROW * len(cell):
        there = np.flatnonzero(np.bincount(cell[inside], minlength=cells))
        numbers = np.full(cells + 1, len(there), dtype=np.int32)
        numbers[there] = np.arange(len(there), dtype=np.int32)
        groups = numbers[np.where(inside, cell, cells)]
    else:
        there, places = np.unique(cell[inside], return_inverse=True)
        groups = np.full(len(cell), len(there), dtype=np.int32)
        groups[inside] = places
    keys: list[Longs] = []
    rest = there
    for part in reversed(parts):
        rest, code = np.divmod(rest, max(part.size, 1))
        keys.append(code)
    return RowGroups(groups, len(there), tuple(reversed(keys)))


class OrderedGroups:
    """The values of one column in each group, in order.

    Args:
        column: the column.
        rows: the groups.
    """

    def __init__(self, column: Encoded, rows: RowGroups) -> None:
        self._column = column
        groups = rows.groups[column.order]
        shape = (rows.count + 1, max(len(groups), 1))
        placed = csr_array(
            (column.codes[column.order], (groups, np.arange(len(groups), dtype=np.int32))), shape=shape
        )
        self._codes = placed.data
        self._first = placed.indptr[:-2].astype(np.int64)
        self._end = placed.indptr[1:-1].astype(np.int64)

    @property
    def sizes(self) -> Longs:
        """How many values each group has."""
        return np.asarray(self._end - self._first)

    def distinct(self) -> Longs:
        """How many different values each group has."""
        changes = np.zeros(len(self._codes) + 1, dtype=np.int64)
        np.cumsum(self._codes[1:] != self._codes[:-1], out=changes[1:-1])
        found = changes[self._end - 1] - changes[self._first] + 1
        return np.where(self.sizes > 0, found, 0)

    def at_rank(self, groups: Longs, rank: Longs) -> Floats:
        """The number at a rank, counted from 0, of each of some groups."""
        return np.asarray(self._column.numbers[self._codes[self._first[groups] + rank]])


def distinct_counts(column: Encoded, rows: RowGroups) -> Longs:
    """How many different values of a column each group has."""
    groups = rows.groups
    if column.is_unique:
        filled = groups if column.filled == len(groups) else groups[column.codes >= 0]
        return np.asarray(np.bincount(filled, minlength=rows.count + 1)[: rows.count])
    if column.size <= _FEW_VALUES:
        # One more column for the rows without a value.
        cells = np.zeros((rows.count + 1) * (column.size + 1), dtype=bool)
        cells[groups.astype(np.int64) * (column.size + 1) + column.codes] = True
        return np.asarray(
            np.count_nonzero(cells.reshape(rows.count + 1, -1)[: rows.count, : column.size], axis=1)
        )
    return OrderedGroups(column, rows).distinct()


def quantiles(column: Encoded, rows: RowGroups, shares: Sequence[float], *, linear: bool) -> list[Floats]:
    """The quantiles of the numbers of each group, for each share one array; NaN for a group without numbers.

    Args:
        column: the column; values whose number is NaN count as none.
        rows: the groups.
        shares: from 0 for the smallest number to 1 for the greatest.
        linear: between two numbers take the point on the line between them, else the nearer of both.
    """
    ordered = OrderedGroups(column, rows)
    sizes = ordered.sizes
    if column.size and np.isnan(column.numbers[-1]):
        not_a_number = rows.groups[column.codes == column.size - 1]
        sizes = sizes - np.bincount(not_a_number, minlength=rows.count + 1)[: rows.count]
    there = np.flatnonzero(sizes)
    found = []
    for share in shares:
        rank = share * (sizes[there] - 1)
        below = np.floor(rank)
        low, high = (ordered.at_rank(there, place.astype(np.int64)) for place in (below, np.ceil(rank)))
        made = np.full(rows.count, np.nan)
        made[there] = between(low, high, rank - below, linear=linear)
        found.append(made)
    return found
