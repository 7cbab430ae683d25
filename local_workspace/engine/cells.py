"""Queries over cells, the finest groups of rows: those in the same window of every granularity, slices and model.

Every group of a coarser kind consists of whole cells, whether or not the windows of one granularity lie within those of
another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from local_workspace.engine.coercion import identifier
from local_workspace.engine.selections import KEYS
from local_workspace.engine.temporary import CELLS, SOURCE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from local_workspace.engine.decomposition import Decomposition
    from local_workspace.engine.selections import Selection


def cells_query(partials: Mapping[str, str], selections: Sequence[Selection]) -> str:
    """DuckDB query of the cells that some groupings consist of.

    Args:
        partials: name -> DuckDB aggregate over the rows of a cell.
        selections: the groupings.
    """
    keys = {_key(name, each): part.value for each in selections for name, part in each.parts.items()}
    listed = [f"{sql} AS {identifier(name)}" for name, sql in keys.items()]
    listed += [f"{sql} AS {identifier(name)}" for name, sql in partials.items()]
    # True of the rows of all groupings, and of no others if there is only one.
    conditions = [
        part.rows
        for name, part in selections[0].parts.items()
        if all(part == each.parts.get(name) for each in selections)
    ]
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    places = ", ".join(str(place + 1) for place in range(len(keys)))
    return f"SELECT {', '.join(listed)} FROM {SOURCE}{where}" + (f" GROUP BY {places}" if keys else "")


def combined_query(decomposition: Decomposition, selection: Selection, cells: str, *, is_alone: bool) -> str:
    """DuckDB query of the groups of a grouping: their keys, and what follows from their cells.

    Args:
        decomposition: gives what follows.
        selection: the grouping.
        cells: DuckDB relation of the cells.
        is_alone: whether each group is one cell.
    """
    keys = ", ".join(f"{sql} AS {identifier(name)}" for name, sql in _keys(selection).items())
    made = decomposition.combined.items()
    if is_alone:
        values = ", ".join(f"{each.alone} AS {identifier(name)}" for name, each in made)
        return f"SELECT {keys}, {values} {_inside(selection, cells)}"
    values = ", ".join(f"{each.together} AS {identifier(name)}" for name, each in made)
    inside = _inside(selection, cells)
    if decomposition.deviations:
        inside = _with_deviations(decomposition, selection, inside)
    places = ", ".join(str(place + 1) for place in range(len(KEYS)))
    return f"SELECT {keys}, {values} {inside} GROUP BY {places}"


def alone_query(selection: Selection) -> str:
    """DuckDB query of whether each group of a grouping is one cell."""
    parts = ", ".join(_keys(selection)[name] for name in selection.parts)
    groups = f"count(DISTINCT ROW({parts}))" if parts else "1"
    return f"SELECT count(*) <= {groups} {_inside(selection, CELLS)}"


def _keys(selection: Selection) -> dict[str, str]:
    """Each of `KEYS` as DuckDB SQL over the cells."""
    return {
        name: identifier(_key(name, selection)) if name in selection.parts else sql
        for name, sql in selection.values.items()
    }


def _inside(selection: Selection, cells: str) -> str:
    """FROM and WHERE of those of the cells that belong to a group."""
    conditions = [
        f"{identifier(_key(name, selection))} IS NOT NULL"
        for name, part in selection.parts.items()
        if not part.with_null
    ]
    return f"FROM {cells}" + (f" WHERE {' AND '.join(conditions)}" if conditions else "")


def _with_deviations(decomposition: Decomposition, selection: Selection, inside: str) -> str:
    """FROM of cells that are given by FROM and WHERE, with the columns of `Decomposition.deviations`."""
    means = decomposition.deviations
    names = [identifier(_key(name, selection)) for name in selection.parts]
    least = ", ".join(f"min({mean}) AS {identifier(name)}" for name, mean in means.items())
    of_group = f"SELECT {', '.join([*names, least])} {inside} GROUP BY ALL"
    away = ", ".join(
        f"{mean} - least.{identifier(name)} AS {identifier(name)}" for name, mean in means.items()
    )
    same = " AND ".join(f"cells.{name} IS NOT DISTINCT FROM least.{name}" for name in names) or "TRUE"
    return (
        f"FROM (SELECT cells.*, {away} FROM (SELECT * {inside}) AS cells "
        f"JOIN ({of_group}) AS least ON {same})"
    )


def direct_query(decomposition: Decomposition, selection: Selection) -> str:
    """DuckDB query of the groups of a grouping: their keys, and what has to be computed from their rows."""
    values = ", ".join(f"{sql} AS {identifier(name)}" for name, sql in decomposition.direct.items())
    places = ", ".join(str(place + 1) for place in range(len(KEYS)))
    return f"SELECT {selection.keys}, {values} {selection.rows} GROUP BY {places}"


def _key(name: str, selection: Selection) -> str:
    """The column of the cells that holds a part of the keys."""
    number = {"start": selection.frame, "value": selection.slice_number}.get(name)
    return name if number is None else f"{name} {number}"
