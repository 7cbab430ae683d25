"""Statistics of many groups of rows at once that need each group's values in order: how many of each, quantiles."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from local_workspace.engine.encoding import NO_CODE
from local_workspace.engine.quantiles import between

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from local_workspace.engine.encoding import Encoded

    Bits = npt.NDArray[np.bool_]
    Floats = npt.NDArray[np.float64]
    Groups = npt.NDArray[np.integer]
    Integers = npt.NDArray[np.int32]
    Longs = npt.NDArray[np.int64]

_CELLS_PER_ROW: Final = 4
"""Up to so many cells a row, a table of all cells is faster than a sort."""
_CODES_PER_ROW: Final = 12
"""Up to so many groups times different values a row, a table of both is faster than ordering the rows."""
_COUNTS_PER_ROW: Final = 1
"""The same for a table of counts, which take eight times the space."""


@dataclass(frozen=True)
class RowGroups:
    """Which group each source row is in.

    Attributes:
        groups: number of each row's group; `count` for rows in none.
        count: how many groups there are; each has a row.
        keys: for each part of the groups' keys the code of each group.
        sizes: for each part how many codes there are.
    """

    groups: Groups
    count: int
    keys: tuple[Integers, ...]
    sizes: tuple[int, ...]

    @cached_property
    def has_outside(self) -> bool:
        """Whether some row is in no group."""
        return bool((self.groups == self.count).any())

    def finer(self, part: Encoded) -> RowGroups:
        """Groups that differ in one more part, whose code for rows without a value is `NO_CODE`; all rows are in one."""
        there, groups = _numbered(_cells(self.groups, part, self.count), self.count * (part.size + 1))
        coarse, code = np.divmod(there, part.size + 1)
        keys = (*(key[coarse] for key in self.keys), (code - 1).astype(np.int32))
        return RowGroups(groups, len(there), keys, (*self.sizes, part.size))

    def by(self, places: Sequence[int]) -> RowGroups:
        """The groups that differ in some of the parts, each of which they have a value of; ordered by their codes.

        Args:
            places: which parts, by their places in `keys`.
        """
        if not places:
            return RowGroups(np.zeros(len(self.groups), dtype=np.int32), min(self.count, 1), (), ())
        inside = np.logical_and.reduce([self.keys[place] != NO_CODE for place in places])
        sizes = tuple(self.sizes[place] for place in places)
        cell = np.zeros(np.count_nonzero(inside), dtype=np.int64)
        for place, size in zip(places, sizes, strict=True):
            cell = cell * size + self.keys[place][inside]
        there, found = _numbered(cell, math.prod(sizes))
        of_finer = np.full(self.count, len(there), dtype=np.min_scalar_type(len(there)))
        of_finer[inside] = found
        keys: list[Integers] = []
        rest = there
        for size in reversed(sizes):
            rest, code = np.divmod(rest, max(size, 1))
            keys.append(code.astype(np.int32))
        return RowGroups(of_finer[self.groups], len(there), tuple(reversed(keys)), sizes)


def _cells(groups: Groups, column: Encoded, count: int) -> npt.NDArray[np.signedinteger]:
    """A number for each row: its group, and its code in a column, one more than that, so that rows without a value have 0.

    Large arrays are worked on in place: to get new memory takes longer than to fill it.

    Args:
        groups: of the rows.
        column: the column.
        count: groups are below it.
    """
    width = column.size + 1
    is_short = count * width <= np.iinfo(np.int32).max
    cells: npt.NDArray[np.signedinteger] = groups.astype(np.int32 if is_short else np.int64)
    cells *= width
    cells += column.codes
    cells += 1
    return cells


def one_group(size: int) -> RowGroups:
    """All rows in one group.

    Args:
        size: how many rows.
    """
    return RowGroups(np.zeros(size, dtype=np.int32), min(size, 1), (), ())


def _numbered(cells: npt.NDArray[np.signedinteger], count: int) -> tuple[Longs, Integers]:
    """The cells that occur, in order, and for each given cell its place among them.

    Args:
        cells: numbers of cells.
        count: how many there can be.
    """
    if count > _CELLS_PER_ROW * max(len(cells), 1):
        found, places = np.unique(cells, return_inverse=True)
        return found.astype(np.int64), places.astype(np.int32)
    occurs = np.zeros(count, dtype=bool)
    occurs[cells] = True
    return np.flatnonzero(occurs), (np.cumsum(occurs, dtype=np.int32) - 1)[cells]


class OrderedGroups:
    """The values of one column in each group, in order.

    Args:
        column: the column.
        rows: the groups.
    """

    def __init__(self, column: Encoded, rows: RowGroups) -> None:
        self._column = column
        self._rows = rows
        # Group and code side by side in one number: sorting those takes less than half as long as moving the codes of
        # ordered rows to their groups.
        width = column.size.bit_length()
        is_short = rows.count.bit_length() + width < np.iinfo(np.int32).bits
        keys: npt.NDArray[np.signedinteger] = rows.groups.astype(np.int32 if is_short else np.int64)
        keys <<= width
        keys |= column.codes
        if column.filled < len(keys) or rows.has_outside:
            keys = keys[(column.codes != NO_CODE) & (rows.groups < rows.count)]
        keys.sort()
        bounds = np.searchsorted(keys, np.arange(rows.count + 1, dtype=keys.dtype) << width)
        self._first, self._end = bounds[:-1], bounds[1:]
        keys &= (1 << width) - 1
        self._codes = keys.astype(np.int32, copy=False)

    @property
    def sizes(self) -> Longs:
        """How many values each group has."""
        return np.asarray(self._end - self._first)

    @cached_property
    def numbers(self) -> Longs:
        """How many values whose number is not NaN each group has; of them `quantiles` and `points` are taken."""
        column, count = self._column, self._rows.count
        if not (column.size and np.isnan(column.numbers[-1])):
            return self.sizes
        not_a_number = self._rows.groups[column.codes == column.size - 1]
        return np.asarray(self.sizes - np.bincount(not_a_number, minlength=count + 1)[:count])

    def distinct(self) -> Longs:
        """How many different values each group has."""
        found = np.zeros(self._rows.count, dtype=np.int64)
        there = np.flatnonzero(self.sizes)
        found[there] = np.add.reduceat(self._starts, self._first[there], dtype=np.int64) if len(there) else 0
        return found

    @property
    def _starts(self) -> Bits:
        """Which of the codes are the first of equal ones in a group."""
        starts = np.ones(len(self._codes), dtype=bool)
        starts[1:] = self._codes[1:] != self._codes[:-1]
        starts[self._first[self.sizes > 0]] = True
        return starts

    def counts(self) -> Counts:
        """How often each value occurs in each group."""
        ends, codes = np.concatenate(([0], self._end)), self._codes
        if self._column.is_unique:
            return Counts(ends, codes, np.ones(len(codes), dtype=np.int32))
        places = np.flatnonzero(self._starts)
        counts = np.diff(np.append(places, len(codes))).astype(np.int32)
        return Counts(np.searchsorted(places, ends), codes[places], counts)

    def quantiles(self, shares: Sequence[float], *, linear: bool) -> list[Floats]:
        """The quantiles of the numbers of each group, for each share one array; NaN for a group without numbers.

        Values whose number is NaN count as none.

        Args:
            shares: from 0 for the smallest number to 1 for the greatest.
            linear: between two numbers take the point on the line between them, else the nearer of both.
        """
        there = np.flatnonzero(self.numbers)
        found = []
        for share in shares:
            made = np.full(self._rows.count, np.nan)
            rank = np.asarray(share * (self.numbers[there] - 1), dtype=np.float64)
            made[there] = self._at_rank(there, rank, linear=linear)
            found.append(made)
        return found

    def points(self, groups: Longs, counts: Longs, *, linear: bool) -> Floats:
        """Numbers at equal distances of rank, from the smallest to the greatest; those of one group after the other.

        Args:
            groups: groups that have numbers.
            counts: how many are wanted of each.
            linear: as in `quantiles`.
        """
        last = np.cumsum(counts)
        place = np.arange(last[-1] if len(last) else 0) - np.repeat(last - counts, counts)
        steps = np.repeat(np.maximum(counts - 1, 1), counts)
        each = np.repeat(groups, counts)
        rank = (place * (self.numbers[each] - 1)).astype(np.float64) / steps
        return self._at_rank(each, rank, linear=linear)

    def _at_rank(self, groups: Longs, rank: Floats, *, linear: bool) -> Floats:
        """The number at a rank, counted from 0, of each of some groups."""
        below = np.floor(rank)
        low, high = (
            self._column.numbers[self._codes[self._first[groups] + place.astype(np.int64)]]
            for place in (below, np.ceil(rank))
        )
        return between(low, high, rank - below, linear=linear)


@dataclass(frozen=True)
class Counts:
    """How often each value of a column occurs in each group: those that do, group by group and in the order of codes.

    Attributes:
        first: for each group the place of its first value in the other two; one more for the end of the last.
        codes: of the values.
        counts: how often each occurs, at least once.
    """

    first: Longs
    codes: Integers
    counts: Integers

    @property
    def sizes(self) -> Longs:
        """How many different values each group has."""
        return np.diff(self.first)

    @property
    def groups(self) -> Longs:
        """The group of each value."""
        return np.repeat(np.arange(len(self.first) - 1), self.sizes)

    def most_frequent(self, most: int) -> tuple[Longs, Longs]:
        """The places of each group's most frequent values, the first of equally frequent ones first; and their ranks.

        Args:
            most: how many of a group at most.
        """
        groups = self.groups
        order = np.lexsort((self.codes, -self.counts.astype(np.int64), groups))
        ranks = np.arange(len(groups)) - self.first[groups]
        kept = ranks < most
        return order[kept], ranks[kept]


def no_counts(groups: int) -> Counts:
    """Those of groups of which nothing is counted.

    Args:
        groups: how many.
    """
    nothing = np.empty(0, dtype=np.int32)
    return Counts(np.zeros(groups + 1, dtype=np.int64), nothing, nothing)


def counts_of(column: Encoded, rows: RowGroups) -> Counts:
    """How often each value of a column occurs in each group.

    Args:
        column: the column.
        rows: the groups.
    """
    count, width = rows.count, column.size + 1
    if not column.is_unique and (count + 1) * width <= _COUNTS_PER_ROW * len(rows.groups):
        cells = _cells(rows.groups, column, count + 1)
        table = np.bincount(cells, minlength=(count + 1) * width).reshape(count + 1, width)[:count, 1:]
        groups, codes = np.nonzero(table)
        first = np.concatenate(([0], np.cumsum(np.bincount(groups, minlength=count)))).astype(np.int64)
        return Counts(first, codes.astype(np.int32), table[groups, codes].astype(np.int32))
    return OrderedGroups(column, rows).counts()


def distinct_counts(column: Encoded, rows: RowGroups, ordered: OrderedGroups | None = None) -> Longs:
    """How many different values of a column each group has.

    Args:
        column: the column.
        rows: the groups.
        ordered: the values of each group in order, if they are known already.
    """
    groups = rows.groups
    if column.is_unique:
        filled = groups if column.filled == len(groups) else groups[column.codes >= 0]
        return np.asarray(np.bincount(filled, minlength=rows.count + 1)[: rows.count])
    cells = (rows.count + 1) * (column.size + 1)
    if ordered is None and cells <= _CODES_PER_ROW * len(groups):
        occurs = np.zeros(cells, dtype=bool)
        occurs[_cells(groups, column, rows.count + 1)] = True
        return np.asarray(np.count_nonzero(occurs.reshape(rows.count + 1, -1)[: rows.count, 1:], axis=1))
    return (ordered or OrderedGroups(column, rows)).distinct()
