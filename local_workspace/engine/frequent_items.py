"""The most frequent values of each group: found among codes, turned into texts, and made into lists by DuckDB."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from local_workspace.engine.coercion import identifier
from local_workspace.engine.statement_cache import run
from local_workspace.engine.temporary import registered

if TYPE_CHECKING:
    from collections.abc import Mapping

    import duckdb
    import numpy.typing as npt

    from local_workspace.engine.encoding import Encoded
    from local_workspace.engine.ordered_groups import Counts, RowGroups
    from local_workspace.engine.selections import Selection

    Longs = npt.NDArray[np.signedinteger]

_NEEDED: Final = "refresh_needed_codes"


@dataclass(frozen=True)
class FrequentItems:
    """The most frequent values of one column in all groups of a grouping, an element each.

    Attributes:
        groups: number of the group.
        ranks: place in the group's list, from 0.
        items: the value, a text.
        counts: how often it occurs in the group.
    """

    groups: Longs
    ranks: Longs
    items: npt.NDArray[np.object_]
    counts: Longs


def frequent_items(
    connection: duckdb.DuckDBPyConnection, column: Encoded, counts: Counts, most: int
) -> FrequentItems:
    """The most frequent values by their codes, which are in the order of their texts.

    Args:
        connection: holds the column's dictionary.
        column: the column; one with a dictionary of its own.
        counts: how often its values occur in the groups.
        most: how many of a group at most; of equally frequent ones the first.
    """
    chosen, ranks = counts.most_frequent(most)
    texts = _texts(connection, column, counts.codes[chosen])
    return FrequentItems(counts.groups[chosen], ranks, texts, counts.counts[chosen])


def first_items(
    connection: duckdb.DuckDBPyConnection,
    column: Encoded,
    selection: Selection,
    rows: RowGroups,
    *,
    value: str,
    place: str,
    most: int,
) -> FrequentItems:
    """The first values of a column in which none occurs twice, so that all are equally frequent.

    Args:
        connection: holds the source rows.
        column: the column; its codes are places.
        selection: the grouping.
        rows: its groups.
        value: DuckDB SQL of the column's value.
        place: DuckDB SQL of a row's number.
        most: how many of a group at most.
    """
    keys = ", ".join(part.value for part in selection.parts.values())
    found = run(
        connection,
        f"SELECT arg_min({place}, {value}, {most}) AS places {selection.rows} AND ({value}) IS NOT NULL"
        + (f" GROUP BY {keys}" if keys else ""),
    ).fetchnumpy()["places"]
    lists = [np.asarray(each) for each in np.ma.compressed(found)] or [np.empty(0, dtype=np.int64)]
    places = np.concatenate(lists)
    ranks = np.concatenate([np.arange(len(each)) for each in lists])
    texts = _texts(connection, column, places)
    return FrequentItems(rows.groups[places], ranks, texts, np.ones(len(places), dtype=np.int64))


def _texts(connection: duckdb.DuckDBPyConnection, column: Encoded, codes: Longs) -> npt.NDArray[np.object_]:
    """The value of each code."""
    needed, places = np.unique(codes, return_inverse=True)
    with registered(connection, _NEEDED, {"code": needed}):
        found = run(
            connection, f"SELECT value FROM {column.dictionary} JOIN {_NEEDED} USING (code) ORDER BY code"
        ).fetchnumpy()["value"]
    return np.asarray(found, dtype=object)[places]


def flat(lists: Mapping[str, FrequentItems]) -> dict[str, npt.NDArray[Any]]:
    """The items of several lists as the columns of one relation, which `lists_query` reads."""
    made = list(lists.values())
    return {
        "group": np.concatenate([each.groups for each in made]),
        "list": np.repeat(np.arange(len(made)), [len(each.groups) for each in made]),
        "rank": np.concatenate([each.ranks for each in made]),
        "item": np.concatenate([each.items for each in made]),
        "count": np.concatenate([each.counts.astype(np.int64) for each in made]),
    }


def lists_query(lists: Mapping[str, FrequentItems], relation: str) -> str:
    """DuckDB query of `group` and a column for each list, under its name; NULL where a group has no value."""
    entry = "struct_pack(item := CAST(item AS VARCHAR), count := count)"
    columns = ", ".join(
        f'list({entry} ORDER BY rank) FILTER (WHERE "list" = {number}) AS {identifier(name)}'
        for number, name in enumerate(lists)
    )
    return f'SELECT "group", {columns} FROM {relation} GROUP BY "group"'
