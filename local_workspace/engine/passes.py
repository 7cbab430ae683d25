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

from local_workspace.engine.statement_cache import run
from local_workspace.engine.temporary import SOURCE

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb
    import numpy.typing as npt

    from local_workspace.engine.selections import KeyPart, Selection

    Floats = npt.NDArray[np.float64]
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
        slices: part of the groups' keys -> the code of its value in each combination of slices.
        rows: about how many of all rows have each combination.
        windows: about how many different windows, and models in them, all rows have.
    """

    slices: dict[KeyPart, Integers]
    rows: Floats
    windows: float

    def cost(self, selections: Pass) -> float:
        """About how long one pass takes, in rows read."""
        return float(self.rows.sum()) + self._cells(selections) * len(selections) * _COST_OF_CELL

    def _cells(self, selections: Pass) -> float:
        """About how many cells the pass makes, at most: each combination of slices may occur in each window."""
        slices = dict.fromkeys(each.parts["value"] for each in selections if "value" in each.parts)
        _, places = _different([self.slices[part] for part in slices], len(self.rows))
        return float(np.minimum(np.bincount(places, self.rows), self.windows).sum())


def _sample(
    connection: duckdb.DuckDBPyConnection, selections: Sequence[Selection], *, place: str, size: int
) -> _Sample:
    parts = list(dict.fromkeys(part for each in selections for part in each.parts.values()))
    hashes = ", ".join(
        f"hash({part.value}, {part.rows}) AS part_{number}" for number, part in enumerate(parts)
    )
    found = run(
        connection, f"SELECT {hashes} FROM {SOURCE} WHERE {place} % {max(size // _SAMPLED, 1)} = 0"
    ).fetchnumpy()
    seen = len(found["part_0"])
    codes = {
        part: np.unique(found[f"part_{number}"], return_inverse=True)[1] for number, part in enumerate(parts)
    }
    sliced = {each.parts["value"] for each in selections if "value" in each.parts}
    _, windows = _different([codes[part] for part in parts if part not in sliced], seen)
    counts = np.bincount(windows)
    once, twice = (int(np.count_nonzero(counts == times)) for times in (1, 2))
    first, combined = _different([codes[part] for part in sliced], seen)
    return _Sample(
        {part: codes[part][first] for part in sliced},
        np.asarray(np.bincount(combined) * (size / seen), dtype=np.float64),
        # Those that were not seen are estimated as Chao (1984) does species, from those that were seen once and twice.
        len(counts) + once**2 / (2 * max(twice, 1)),
    )


def _different(columns: Sequence[Integers], size: int) -> tuple[Integers, Integers]:
    """The place of the first of equal rows, and for each row the number of those that are equal to it.

    Args:
        columns: codes, none below 0.
        size: how many rows there are.
    """
    numbers = np.zeros(size, dtype=np.int64)
    for column in columns:
        _, numbers = np.unique(numbers * (int(column.max(initial=0)) + 1) + column, return_inverse=True)
    _, first, places = np.unique(numbers, return_index=True, return_inverse=True)
    return first, places
