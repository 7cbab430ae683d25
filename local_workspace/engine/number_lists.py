"""Lists of each group's numbers, or of points among them: taken from codes, made into lists by DuckDB part by part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from local_workspace.engine.coercion import identifier
from local_workspace.engine.parts import parts
from local_workspace.engine.statement_cache import run
from local_workspace.engine.temporary import NUMBER_LISTS, create_temporary, registered

if TYPE_CHECKING:
    import duckdb
    import numpy.typing as npt

    from local_workspace.engine.ordered_groups import OrderedGroups

    Part = dict[str, npt.NDArray[Any]]

_AT_ONCE: Final = 250_000
"""Numbers that are made into lists at once."""
_POINTS: Final = "refresh_points"
_KEY: Final = ("grouping", "name", "group")


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


class NumberLists:
    """The table of the lists of all groupings; few numbers are made into lists together.

    Args:
        connection: gets the table.
        linear: between two numbers take the point on the line between them, else the nearer of both.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, *, linear: bool) -> None:
        self._connection = connection
        self._linear = linear
        self._waiting: list[Part] = []
        create_temporary(connection, NUMBER_LISTS, dict.fromkeys(_KEY, "INTEGER") | {"points": "DOUBLE[]"})

    def add(self, grouping: int, name: int, ordered: OrderedGroups, points: Points) -> None:
        """Add the lists of the groups that have numbers.

        Args:
            grouping: number of the grouping.
            name: number of the list among those of the grouping.
            ordered: its groups.
            points: what is wanted.
        """
        groups = np.flatnonzero(ordered.numbers)
        sizes = ordered.numbers[groups]
        if points.count is None:
            counts = sizes
        else:
            counts = np.minimum(sizes, points.count) if points.is_limit else np.full_like(sizes, points.count)
        for first, end in parts((np.cumsum(counts) - counts) // _AT_ONCE):
            listed, count = groups[first:end], counts[first:end]
            point = ordered.points(listed, count, linear=self._linear)
            key = {"grouping": np.full(len(point), grouping), "name": np.full(len(point), name)}
            self._waiting.append(key | {"group": np.repeat(listed, count), "point": point})
            if sum(len(part["point"]) for part in self._waiting) >= _AT_ONCE:
                self.write()

    def write(self) -> None:
        """Make lists of the numbers that wait."""
        if not self._waiting:
            return
        numbers = {name: np.concatenate([part[name] for part in self._waiting]) for name in self._waiting[0]}
        self._waiting = []
        key = ", ".join(map(identifier, _KEY))
        with registered(self._connection, _POINTS, numbers):
            run(
                self._connection,
                f"INSERT INTO {NUMBER_LISTS} SELECT {key}, list_sort(list(point)) FROM {_POINTS} GROUP BY {key}",
            )


def number_list_query(grouping: int, name: int) -> str:
    """DuckDB query of one of the lists of a grouping: `group` and `points`; a group without numbers has none."""
    return f'SELECT "group", points FROM {NUMBER_LISTS} WHERE "grouping" = {grouping} AND "name" = {name}'
