"""Lists of each group's numbers, or of points among them: taken from codes, made into lists by DuckDB part by part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from local_workspace.engine.parts import parts
from local_workspace.engine.temporary import registered

if TYPE_CHECKING:
    import duckdb

    from local_workspace.engine.ordered_groups import OrderedGroups

_AT_ONCE: Final = 250_000
"""Numbers that are made into lists at once."""
_POINTS: Final = "refresh_points"


@dataclass(frozen=True)
class Points:
    """What a list holds of the numbers of a group, in their order.

    Attributes:
        value: DuckDB SQL of a row's value.
        count: how many points at equal distances of rank, the smallest and the greatest number among them; None for all
            numbers.
        is_limit: a group with fewer numbers has a point for each.
    """

    value: str
    count: int | None
    is_limit: bool


def make_lists(
    connection: duckdb.DuckDBPyConnection, table: str, ordered: OrderedGroups, points: Points, *, linear: bool
) -> None:
    """Make a table of the lists: `"group"`, its number, and `points`; a group without numbers has none.

    Args:
        connection: gets the table.
        table: name of the temporary table.
        ordered: the groups.
        points: what is wanted.
        linear: between two numbers take the point on the line between them, else the nearer of both.
    """
    connection.execute(f'CREATE OR REPLACE TEMP TABLE {table} ("group" INTEGER, points DOUBLE[])')
    groups = np.flatnonzero(ordered.numbers)
    sizes = ordered.numbers[groups]
    if points.count is None:
        counts = sizes
    else:
        counts = np.minimum(sizes, points.count) if points.is_limit else np.full_like(sizes, points.count)
    for first, end in parts((np.cumsum(counts) - counts) // _AT_ONCE):
        listed, count = groups[first:end], counts[first:end]
        made = {"group": np.repeat(listed, count), "point": ordered.points(listed, count, linear=linear)}
        with registered(connection, _POINTS, made):
            connection.execute(
                f'INSERT INTO {table} SELECT "group", list_sort(list(point)) FROM {_POINTS} GROUP BY "group"'
            )
