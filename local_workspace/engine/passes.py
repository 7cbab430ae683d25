"""Which groupings are computed in one pass over the rows.

Slicing expressions often go together: the state of a run tells its termination code, a job its workspace. Then the cells
that tell the values of several expressions apart are few, and reading all rows once for all of them is faster than once for
each. Whether it is follows from a sample.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, groupby
from typing import TYPE_CHECKING, Final

import numpy as np

from local_workspace.engine.temporary import SOURCE

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb
    import numpy.typing as npt

    from local_workspace.engine.selections import KeyPart, Selection

    Integers = npt.NDArray[np.int64]

_MANY_ROWS: Final = 100_000
"""Below it there is nothing to gain."""
_SAMPLED: Final = 30_000
"""Rows that are looked at."""
_COST_OF_CELL: Final = 5
"""How much longer it takes to put a cell into a group than a row into a cell (measured with the job domain's monitor)."""

Pass = tuple["Selection", ...]
"""Groupings that are made of the same cells."""


def passes(
    connection: duckdb.DuckDBPyConnection, selections: Sequence[Selection], *, place: str, size: int
) -> list[Pass]:
    """The groupings in passes, each in one of them; the first pass has the first grouping.

    Args:
        connection: holds the source rows.
        selections: the groupings; those of one slicing expression one after the other.
        place: DuckDB SQL of a row's number.
        size: how many rows there are.
    """
    found = [tuple(each) for _, each in groupby(selections, lambda selection: selection.slice_number)]
    if size < _MANY_ROWS or len(found) == 1:
        return found
    sample = _sample(connection, selections, place=place, size=size)
    while True:
        gains = [
            (sample.cost(one) + sample.cost(other) - sample.cost((*one, *other)), (one, other))
            for one, other in combinations(found, 2)
            if not _has_null(one) and not _has_null(other)
        ]
        gain, pair = max(gains, key=lambda each: each[0], default=(0, None))
        if pair is None or gain <= 0:
            return found
        one, other = pair
        found[found.index(one)] = (*one, *other)
        found.remove(other)


def _has_null(selections: Pass) -> bool:
    """Whether a slice's value is NULL, by which its rows cannot be told from those of other expressions' slices."""
    return any(part.with_null for each in selections for part in each.parts.values())


@dataclass(frozen=True)
class _Sample:
    """What some of the source rows tell.

    Attributes:
        codes: part of the groups' keys -> a number for each of the rows, equal for equal values.
        windows: about how many different windows, and models in them, all rows have.
        size: how many rows there are.
    """

    codes: dict[KeyPart, Integers]
    windows: float
    size: int

    def cost(self, selections: Pass) -> float:
        """About how long one pass takes, in rows read."""
        return self.size + self._cells(selections) * len(selections) * _COST_OF_CELL

    def _cells(self, selections: Pass) -> float:
        """About how many cells the pass makes, at most: each combination of slices may occur in each window."""
        slices = dict.fromkeys(each.parts["value"] for each in selections if "value" in each.parts)
        _, counts = _numbered([self.codes[part] for part in slices])
        rows = counts * (self.size / counts.sum())
        return float(np.minimum(rows, self.windows).sum())


def _sample(
    connection: duckdb.DuckDBPyConnection, selections: Sequence[Selection], *, place: str, size: int
) -> _Sample:
    parts = list(dict.fromkeys(part for each in selections for part in each.parts.values()))
    hashes = ", ".join(
        f"hash({part.value}, {part.rows}) AS part_{number}" for number, part in enumerate(parts)
    )
    found = connection.execute(
        f"SELECT {hashes or 'NULL AS part'} FROM {SOURCE} WHERE {place} % {size // _SAMPLED} = 0"
    ).fetchnumpy()
    codes = {part: _numbered([found[f"part_{number}"]])[0] for number, part in enumerate(parts)}
    slices = {each.parts["value"] for each in selections if "value" in each.parts}
    _, counts = _numbered([codes[part] for part in parts if part not in slices])
    # What was seen once stands for as many that were not seen as rows were left out.
    once = int(np.count_nonzero(counts == 1))
    return _Sample(codes, len(counts) + once * (size / counts.sum() - 1), size)


def _numbered(columns: Sequence[npt.NDArray[np.integer]]) -> tuple[Integers, Integers]:
    """Each row's number, equal for rows that are equal in all columns, and how many rows have each number."""
    numbers = np.zeros(1, dtype=np.int64)
    for column in columns:
        _, codes = np.unique(column, return_inverse=True)
        _, numbers = np.unique(numbers * (codes.max(initial=0) + 1) + codes, return_inverse=True)
    return numbers, np.bincount(numbers)
