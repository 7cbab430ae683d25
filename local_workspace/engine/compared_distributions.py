"""What is compared of two distributions, part by part, so that memory does not grow with the number of comparisons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from local_workspace.engine.temporary import COMPARISONS, DISTRIBUTIONS

if TYPE_CHECKING:
    import duckdb

BOTH_SIDES: Final = (
    f"{COMPARISONS} AS comparisons "
    f"JOIN {DISTRIBUTIONS} AS one ON one.rowid = comparisons.current_row "
    f"JOIN {DISTRIBUTIONS} AS other ON other.rowid = comparisons.compared_row"
)
"""DuckDB relation of the comparisons, with the distribution of the current window, `one`, and that of the `other`."""


def parts(connection: duckdb.DuckDBPyConnection, which: str, size: str, *, at_once: int) -> list[str]:
    """Parts of the comparisons, as DuckDB conditions over `comparison`.

    Args:
        connection: holds the tables.
        which: DuckDB condition, over `BOTH_SIDES`, of those that are wanted; a part may have others between them.
        size: DuckDB SQL of how much one of them takes.
        at_once: how much a part may take, save for the last of its comparisons.
    """
    found = connection.execute(
        f"SELECT comparison, {size} AS size FROM {BOTH_SIDES} WHERE {which} ORDER BY comparison"
    ).fetchnumpy()
    numbers = found["comparison"]
    if not len(numbers):
        return []
    part = np.cumsum(found["size"].astype(np.int64)) // at_once
    starts = np.flatnonzero(np.diff(part, prepend=-1))
    ends = np.append(starts[1:], len(numbers)) - 1
    return [
        f"comparison BETWEEN {first} AND {last}"
        for first, last in zip(numbers[starts], numbers[ends], strict=True)
    ]
