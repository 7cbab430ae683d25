"""Queries over cells, the finest groups of rows: those in the same window of every granularity, slice and model.

Every group of a coarser kind consists of whole cells, whether or not the windows of one granularity lie within those of
another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from local_workspace.engine.coercion import identifier
from local_workspace.engine.selections import KEYS
from local_workspace.engine.temporary import CELLS, SOURCE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from local_workspace.engine.decomposition import Decomposition
    from local_workspace.engine.selections import Selection


def cells_query(decomposition: Decomposition, selections: Sequence[Selection]) -> str:
    """DuckDB query of the cells of one slicing expression.

    Args:
        decomposition: gives the aggregates.
        selections: the groupings that consist of them.
    """
    keys = {_key(name, each): each.values[name] for each in selections for name in each.parts}
    shared = (
        [part.rows for part in selections[0].parts.values()] if len(selections) == 1 else _value(selections)
    )
    listed = [f"{sql} AS {identifier(name)}" for name, sql in keys.items()]
    listed += [f"{sql} AS {identifier(name)}" for name, sql in decomposition.partials.items()]
    where = f" WHERE {' AND '.join(shared)}" if shared else ""
    places = ", ".join(str(place + 1) for place in range(len(keys)))
    return f"SELECT {', '.join(listed)} FROM {SOURCE}{where}" + (f" GROUP BY {places}" if keys else "")


def combined_query(decomposition: Decomposition, selection: Selection) -> str:
    """DuckDB query of the groups of a grouping: their keys, and what follows from their cells."""
    keys = {
        name: identifier(_key(name, selection)) if name in selection.parts else sql
        for name, sql in selection.values.items()
    }
    inside = [f"{identifier(_key('start', selection))} IS NOT NULL"] if "start" in selection.parts else []
    if "model" in selection.parts:
        inside.append(f"{identifier(_key('model', selection))} IS NOT NULL")
    where = f" WHERE {' AND '.join(inside)}" if inside else ""
    cells = f"{CELLS}{where}"
    if decomposition.deviations:
        parted = ", ".join(keys[name] for name in selection.parts)
        over = f"(PARTITION BY {parted})" if parted else "()"
        away = [
            f"{mean} - min({mean}) OVER {over} AS {identifier(name)}"
            for name, mean in decomposition.deviations.items()
        ]
        cells = f"(SELECT *, {', '.join(away)} FROM {cells})"
    listed = [f"{sql} AS {identifier(name)}" for name, sql in keys.items()]
    listed += [f"{sql} AS {identifier(name)}" for name, sql in decomposition.combined.items()]
    places = ", ".join(str(place + 1) for place in range(len(KEYS)))
    return f"SELECT {', '.join(listed)} FROM {cells} GROUP BY {places}"


def direct_query(decomposition: Decomposition, selection: Selection) -> str:
    """DuckDB query of the groups of a grouping: their keys, and what has to be computed from their rows."""
    values = ", ".join(f"{sql} AS {identifier(name)}" for name, sql in decomposition.direct.items())
    places = ", ".join(str(place + 1) for place in range(len(KEYS)))
    return f"SELECT {selection.keys}, {values} {selection.rows} GROUP BY {places}"


def _key(name: str, selection: Selection) -> str:
    """The column of the cells that holds a part of the keys."""
    return f"start {selection.frame}" if name == "start" else name


def _value(selections: Sequence[Selection]) -> list[str]:
    """What the rows of all groupings have in common: they belong to a slice."""
    part = selections[0].parts.get("value")
    return [] if part is None else [part.rows]
