"""What needs the values of each group in order, for all groupings of the source rows: column by column, on all cores."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

import numpy as np

from local_workspace.engine.coercion import identifier
from local_workspace.engine.encoding import Encoded, encode, encode_keys
from local_workspace.engine.failures import failing
from local_workspace.engine.ordered_groups import OrderedGroups, RowGroups, distinct_counts, one_group
from local_workspace.engine.temporary import (
    DICTIONARY,
    ORDERED,
    SOURCE,
    count_rows,
    key_dictionary,
    registered,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from concurrent.futures import Future

    import duckdb
    import numpy.typing as npt

    from local_workspace.engine.decomposition import Ordered
    from local_workspace.engine.selections import KeyPart, Selection

    Array = npt.NDArray[np.float64] | npt.NDArray[np.int64]

_RESULTS: Final = "refresh_ordered_results"


class OrderedStatistics:
    """The results, held as arrays until their grouping is written.

    Args:
        connection: holds the source rows.
        wanted: for each grouping, name -> what is computed.
        numbers: value -> DuckDB SQL of its number where that is not the value itself.
        place: DuckDB SQL of a row's number.
        linear: how quantiles are taken between two numbers.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        wanted: Mapping[Selection, Mapping[str, Ordered]],
        numbers: Mapping[str, str],
        *,
        place: str,
        linear: bool,
    ) -> None:
        self._connection = connection
        self._wanted = {selection: names for selection, names in wanted.items() if names}
        self._numbers = numbers
        self._place = place
        self._linear = linear
        self._dictionaries: dict[KeyPart, str] = {}
        self._keys: dict[Selection, tuple[npt.NDArray[np.int32], ...]] = {}
        self._found: dict[Selection, dict[str, Array]] = {each: {} for each in self._wanted}

    def compute(self, proceed: Callable[[], None], attempts: Callable[[], Sequence[tuple[str, str]]]) -> None:
        """Compute everything.

        Args:
            proceed: called between columns; may raise.
            attempts: gives the queries that find out what is to blame when a value cannot be computed.

        Raises:
            RefreshFailed: a value cannot be computed of some row.
        """
        values = dict.fromkeys(each.value for names in self._wanted.values() for each in names.values())
        if not values:
            return
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            rows = self._group_rows(pool)
            pending: dict[Selection, Future[dict[str, Array]]] = {}
            for value in values:
                proceed()
                # Read while the one before is worked on.
                column = self._encoded(value, attempts)
                self._take(pending)
                pending = {
                    selection: pool.submit(self._of, selection, rows[selection], value, column)
                    for selection in self._wanted
                }
            self._take(pending)
        self._keys = {selection: each.keys for selection, each in rows.items()}

    def _take(self, pending: Mapping[Selection, Future[dict[str, Array]]]) -> None:
        for selection, made in pending.items():
            self._found[selection] |= made.result()

    def write(self, selection: Selection) -> bool:
        """Make the temporary table `ORDERED` of the groups of a grouping: what was computed, and the keys in `parts`.

        Nothing is made, and False given, when nothing is wanted of the grouping. Each is written once.
        """
        if selection not in self._wanted:
            return False
        keys, found = self._keys.pop(selection), self._found.pop(selection)
        codes = {f"key {name}": each for name, each in zip(selection.parts, keys, strict=True)}
        columns = [_null_for_nan(name, array) for name, array in found.items()]
        joined = ""
        for name, part in selection.parts.items():
            dictionary, alias = self._dictionaries[part], identifier(f"values of {name}")
            columns.append(f"{alias}.value AS {identifier(name)}")
            joined += f" JOIN {dictionary} AS {alias} ON {alias}.code = {identifier(f'key {name}')}"
        with registered(self._connection, _RESULTS, codes | found):
            self._connection.execute(
                f"CREATE OR REPLACE TEMP TABLE {ORDERED} AS SELECT {', '.join(columns)} FROM {_RESULTS}{joined}"
            )
        return True

    def _group_rows(self, pool: ThreadPoolExecutor) -> dict[Selection, RowGroups]:
        """Find the groups of each grouping, by way of the cells of its slicing expression."""
        parts = list(dict.fromkeys(part for each in self._wanted for part in each.parts.values()))
        self._dictionaries = {part: key_dictionary(number) for number, part in enumerate(parts)}
        encoded = dict(zip(parts, encode_keys(self._connection, parts, place=self._place), strict=True))
        slices = {each.parts["value"] for each in self._wanted if "value" in each.parts}
        shared = [part for part in parts if part not in slices]
        cells = one_group(count_rows(self._connection, SOURCE))
        for part in shared:
            cells = cells.finer(encoded[part])
        rows = {}
        finest = {part: pool.submit(cells.finer, encoded[part]) for part in slices}
        for selection in self._wanted:
            sliced = selection.parts.get("value")
            listed = shared if sliced is None else [*shared, sliced]
            found = cells if sliced is None else finest[sliced].result()
            rows[selection] = found.by([listed.index(part) for part in selection.parts.values()])
        return rows

    def _encoded(self, value: str, attempts: Callable[[], Sequence[tuple[str, str]]]) -> Encoded:
        is_number = any(
            each.value == value and each.share is not None
            for names in self._wanted.values()
            for each in names.values()
        )
        number = self._numbers.get(value, value) if is_number else None
        with failing(attempts, self._connection):
            return encode(self._connection, DICTIONARY, value, place=self._place, number=number)

    def _of(self, selection: Selection, rows: RowGroups, value: str, column: Encoded) -> dict[str, Array]:
        """What is wanted of one column in one grouping."""
        wanted = {name: each.share for name, each in self._wanted[selection].items() if each.value == value}
        shares = {name: share for name, share in wanted.items() if share is not None}
        ordered = OrderedGroups(column, rows) if shares else None
        found: dict[str, Array] = {
            name: distinct_counts(column, rows, ordered) for name, share in wanted.items() if share is None
        }
        if ordered is not None:
            made = ordered.quantiles(tuple(shares.values()), linear=self._linear)
            found |= dict(zip(shares, made, strict=True))
        return found


def _null_for_nan(name: str, array: Array) -> str:
    column = identifier(name)
    if array.dtype != np.float64:
        return column
    return f"CASE WHEN NOT isnan({column}) THEN {column} END AS {column}"
