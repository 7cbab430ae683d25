"""What needs the values of each group in order, for all groupings of the source rows: column by column, on all cores."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

import numpy as np

from local_workspace.engine.coercion import identifier
from local_workspace.engine.encoding import Encoded, encode, source_size
from local_workspace.engine.failures import failing
from local_workspace.engine.ordered_groups import RowGroups, distinct_counts, quantiles, row_groups
from local_workspace.engine.temporary import DICTIONARY, ORDERED, key_dictionary

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

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
        self._keys: dict[KeyPart, tuple[str, Encoded]] = {}
        self._rows: dict[Selection, RowGroups] = {}
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
        self._group_rows()
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            for value in values:
                proceed()
                column = self._encoded(value, attempts)
                pending = {
                    selection: pool.submit(self._of, selection, value, column) for selection in self._wanted
                }
                for selection, made in pending.items():
                    self._found[selection] |= made.result()

    def write(self, selection: Selection) -> bool:
        """Make the temporary table `ORDERED` of the groups of a grouping: what was computed, and the keys in `parts`.

        Nothing is made, and False given, when nothing is wanted of the grouping.
        """
        if selection not in self._wanted:
            return False
        rows, found = self._rows[selection], self._found[selection]
        codes = {f"key {name}": each for name, each in zip(selection.parts, rows.keys, strict=True)}
        columns = [_null_for_nan(name, array) for name, array in found.items()]
        joined = ""
        for name, part in selection.parts.items():
            dictionary, alias = self._keys[part][0], identifier(f"values of {name}")
            columns.append(f"{alias}.value AS {identifier(name)}")
            joined += f" JOIN {dictionary} AS {alias} ON {alias}.code = {identifier(f'key {name}')}"
        self._connection.register(_RESULTS, codes | found)
        try:
            self._connection.execute(
                f"CREATE OR REPLACE TEMP TABLE {ORDERED} AS SELECT {', '.join(columns)} FROM {_RESULTS}{joined}"
            )
        finally:
            self._connection.unregister(_RESULTS)
        return True

    def _group_rows(self) -> None:
        size = source_size(self._connection)
        for selection in self._wanted:
            for part in selection.parts.values():
                if part not in self._keys:
                    table = key_dictionary(len(self._keys))
                    self._keys[part] = (
                        table,
                        encode(self._connection, table, part.value, place=self._place, rows=part.rows),
                    )
            parts = [self._keys[part][1] for part in selection.parts.values()]
            self._rows[selection] = row_groups(parts, size)

    def _encoded(self, value: str, attempts: Callable[[], Sequence[tuple[str, str]]]) -> Encoded:
        is_number = any(
            each.value == value and each.share is not None
            for names in self._wanted.values()
            for each in names.values()
        )
        number = self._numbers.get(value, value) if is_number else "NULL"
        with failing(attempts, self._connection):
            return encode(self._connection, DICTIONARY, value, place=self._place, number=number)

    def _of(self, selection: Selection, value: str, column: Encoded) -> dict[str, Array]:
        """What is wanted of one column in one grouping."""
        rows = self._rows[selection]
        wanted = {name: each.share for name, each in self._wanted[selection].items() if each.value == value}
        found: dict[str, Array] = {
            name: distinct_counts(column, rows) for name, share in wanted.items() if share is None
        }
        shares = {name: share for name, share in wanted.items() if share is not None}
        if shares:
            made = quantiles(column, rows, tuple(shares.values()), linear=self._linear)
            found |= dict(zip(shares, made, strict=True))
        return found


def _null_for_nan(name: str, array: Array) -> str:
    column = identifier(name)
    if array.dtype != np.float64:
        return column
    return f"CASE WHEN NOT isnan({column}) THEN {column} END AS {column}"
