"""Encoding: the values of a column as small whole numbers, the codes, so that groups of rows are work on arrays.

Numbers and moments are ordered by numpy; anything else gets a dictionary in DuckDB. A column in which no value occurs
twice, such as an id, needs neither.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from local_workspace.engine.temporary import SOURCE, key_dictionary

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb
    import numpy.typing as npt

    from local_workspace.engine.selections import KeyPart

    Array = npt.NDArray[np.int64] | npt.NDArray[np.float64]
    Bits = npt.NDArray[np.bool_]
    Floats = npt.NDArray[np.float64]
    Integers = npt.NDArray[np.int32]

NO_CODE: Final = -1
"""Code of a row that has no value."""
_SPAN_PER_ROW: Final = 4
"""Up to so many whole numbers between the smallest and the greatest a row, a table of them is faster than a sort."""
_SHORT: Final = 2**16
"""Below it numpy sorts by counting."""
_EXACT_DIGITS: Final = 15
"""Decimals of no more digits differ as DOUBLE too."""
_FEW: Final = 10_000
"""Rows that are looked at before all are."""
_WHOLE_NUMBERS: Final = frozenset(
    {"BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"}
)
_DECIMAL: Final = re.compile(r"DECIMAL\((\d+),")


@dataclass(frozen=True)
class Encoded:
    """A column of the source rows.

    Attributes:
        codes: one for each row; equal values have equal codes. Of numbers the greater one has the greater code.
        size: how many different values there are; codes are below it.
        numbers: the number of each code, where one was asked for.
        filled: how many rows have a value.
        dictionary: DuckDB relation of `value` and `code`; empty for numbers.
        has_places: codes are the numbers of the rows, since no value occurs twice; they say nothing of the order.
    """

    codes: Integers
    size: int
    numbers: Floats
    filled: int
    dictionary: str = ""
    has_places: bool = False

    @property
    def is_unique(self) -> bool:
        """Whether no value occurs twice."""
        return self.has_places or self.size == self.filled


def encode_keys(
    connection: duckdb.DuckDBPyConnection, parts: Sequence[KeyPart], *, place: str
) -> list[Encoded]:
    """Give the values of parts of the groups' keys codes; a row that belongs to no group has none.

    Makes of each part the temporary table `key_dictionary` of its number, with columns `value` and `code`.

    Args:
        connection: holds the rows.
        parts: the parts, each once.
        place: DuckDB SQL of a row's number, counted from 0.
    """
    encoded = []
    # Read one by one: all of them side by side take twice as long.
    for number, part in enumerate(parts):
        _make_key_dictionary(connection, number, part)
        found = connection.execute(_codes_query(number, part, place)).fetchnumpy()
        spread = _spread(found["code"], found["place"], len(found["place"]))
        size = int(spread.max(initial=NO_CODE)) + 1
        encoded.append(Encoded(spread, size, np.empty(0), int(np.count_nonzero(spread >= 0))))
    return encoded


def _codes_query(number: int, part: KeyPart, place: str) -> str:
    """DuckDB query of the `place` of each source row and the `code` of its part of the keys."""
    if part.code is not None:
        return f"SELECT {place} AS place, coalesce(CAST({part.code} AS INTEGER), {NO_CODE}) AS code FROM {SOURCE}"
    return (
        f"SELECT place, coalesce(key.code, {NO_CODE}) AS code "
        f"FROM (SELECT {place} AS place, {part.value} AS value FROM {SOURCE}) AS source "
        f"LEFT JOIN {key_dictionary(number)} AS key ON source.value IS NOT DISTINCT FROM key.value"
    )


def _make_key_dictionary(connection: duckdb.DuckDBPyConnection, number: int, part: KeyPart) -> None:
    """Make the dictionary of a part of the groups' keys."""
    code = "row_number() OVER (ORDER BY value NULLS LAST) - 1" if part.code is None else "any_value(code)"
    read = f"SELECT {part.value} AS value, {part.code or 'NULL'} AS code FROM {SOURCE} WHERE {part.rows}"
    table = key_dictionary(number)
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT value, CAST({code} AS INTEGER) AS code "
        f"FROM ({read}) GROUP BY value"
    )


def encode(
    connection: duckdb.DuckDBPyConnection,
    dictionary: str,
    value: str,
    *,
    place: str,
    size: int,
    number: str | None = None,
) -> Encoded:
    """Give each value of the source rows that is not NULL a code.

    Args:
        connection: holds the rows.
        dictionary: name of a temporary table that may be made: `value` and `code`, in the order of the values.
        value: DuckDB SQL.
        place: DuckDB SQL of a row's number, counted from 0.
        size: how many source rows there are.
        number: DuckDB SQL of a value's number as a DOUBLE, if it is of use.
    """
    (kind,) = connection.sql(f"SELECT {value} FROM {SOURCE}").types
    comparable = _comparable(kind)
    if comparable is not None:
        return _numbers(connection, value, comparable, place=place, number=number)
    if number is None and _is_unique(connection, value):
        return _unique(connection, value, place=place, size=size)
    return _by_dictionary(connection, dictionary, value, place=place, size=size, number=number)


def encode_array(keys: Array, filled: Bits) -> tuple[Encoded, Array]:
    """Give the numbers of an array codes.

    Args:
        keys: one number for each row; NaN equals NaN and is greater than any other.
        filled: which rows have a value.

    Returns:
        The column, without numbers, and the number of each code.
    """
    there = np.flatnonzero(filled)
    chosen = keys if len(there) == len(keys) else keys[there]
    if chosen.dtype == np.int64 and len(chosen):
        least, span = int(chosen.min()), int(chosen.max()) - int(chosen.min()) + 1
        if span <= max(_SPAN_PER_ROW * len(keys), _SHORT):
            occurs = np.zeros(span, dtype=bool)
            occurs[chosen - least] = True
            codes = (np.cumsum(occurs, dtype=np.int32) - 1)[chosen - least]
            different = np.flatnonzero(occurs) + least
            return Encoded(
                _spread(codes, there, len(keys)), len(different), np.empty(0), len(there)
            ), different
    order = np.argsort(chosen)
    ordered = chosen[order]
    changes = _changes(ordered)
    codes = _spread(np.cumsum(changes, dtype=np.int32) - 1, there[order], len(keys))
    return Encoded(codes, int(changes.sum()), np.empty(0), len(there)), ordered[changes]


def _changes(ordered: Array) -> Bits:
    """Which of some ordered numbers are the first of their kind."""
    changes = np.ones(len(ordered), dtype=bool)
    changes[1:] = ordered[1:] != ordered[:-1]
    not_a_number = int(np.count_nonzero(np.isnan(ordered)))
    if not_a_number:
        changes[len(ordered) - not_a_number + 1 :] = False
    return changes


def _spread(codes: Integers, rows: npt.NDArray[np.signedinteger], size: int) -> Integers:
    """Codes of some rows, by their numbers, as codes of all."""
    spread = np.full(size, NO_CODE, dtype=np.int32)
    spread[rows] = codes
    return spread


def _comparable(kind: duckdb.sqltypes.DuckDBPyType) -> str | None:
    """DuckDB SQL, over `value`, of a BIGINT or DOUBLE that compares as a value of a type does, if there is one."""
    name = str(kind)
    if name in _WHOLE_NUMBERS:
        return "CAST(value AS BIGINT)"
    decimal = _DECIMAL.match(name)
    if name in {"FLOAT", "DOUBLE"} or (decimal is not None and int(decimal[1]) <= _EXACT_DIGITS):
        return "CAST(value AS DOUBLE)"
    if name == "DATE":
        return "CAST(value - DATE '1970-01-01' AS BIGINT)"
    if name in {"TIMESTAMP", "TIMESTAMP WITH TIME ZONE"}:
        return (
            "CASE WHEN isfinite(value) THEN epoch_us(value) WHEN value > '1970-01-01' THEN 9223372036854775807 "
            "WHEN value IS NOT NULL THEN -9223372036854775807 END"
        )
    return None


def _numbers(
    connection: duckdb.DuckDBPyConnection, value: str, comparable: str, *, place: str, number: str | None
) -> Encoded:
    """Encode what compares as numbers do."""
    found = connection.execute(
        f"SELECT place, {comparable} AS key, number FROM (SELECT {place} AS place, {value} AS value, "
        f"{f'CAST({number} AS DOUBLE)' if number else 'NULL'} AS number FROM {SOURCE})"
    ).fetchnumpy()
    places = found["place"]
    filled = np.empty(len(places), dtype=bool)
    filled[places] = ~np.ma.getmaskarray(found["key"])
    fetched = np.ma.getdata(found["key"])
    keys = np.empty(len(places), dtype=fetched.dtype)
    keys[places] = fetched
    column, _ = encode_array(keys, filled)
    if number is None:
        return column
    numbers = np.full(column.size + 1, np.nan)
    numbers[column.codes[places]] = np.ma.filled(found["number"], np.nan)
    return Encoded(column.codes, column.size, numbers[:-1], column.filled)


def _is_unique(connection: duckdb.DuckDBPyConnection, value: str) -> bool:
    """Whether no value occurs twice, as far as their hashes tell: those that differ are of different values."""
    filled = f"FROM {SOURCE} WHERE ({value}) IS NOT NULL"
    for few in (f" LIMIT {_FEW}", ""):  # the first rows mostly tell
        found = connection.execute(f"SELECT hash({value}) AS hash {filled}{few}").fetchnumpy()["hash"]
        ordered = np.sort(found)
        if (ordered[1:] == ordered[:-1]).any():
            return False
    return True


def _unique(connection: duckdb.DuckDBPyConnection, value: str, *, place: str, size: int) -> Encoded:
    """Encode a column in which no value occurs twice: the numbers of the rows will do."""
    found = connection.execute(
        f"SELECT {place} AS place FROM {SOURCE} WHERE ({value}) IS NOT NULL"
    ).fetchnumpy()["place"]
    places = found.astype(np.int32)
    dictionary = f"(SELECT {value} AS value, {place} AS code FROM {SOURCE} WHERE ({value}) IS NOT NULL)"
    return Encoded(
        _spread(places, places, size),
        size,
        np.empty(0),
        len(found),
        dictionary,
        has_places=True,
    )


def _by_dictionary(
    connection: duckdb.DuckDBPyConnection,
    dictionary: str,
    value: str,
    *,
    place: str,
    size: int,
    number: str | None,
) -> Encoded:
    """Encode values of any type."""
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {dictionary} AS "
        "SELECT *, CAST(row_number() OVER (ORDER BY value) - 1 AS INTEGER) AS code "
        f"FROM (SELECT {value} AS value, any_value(CAST({number or 'NULL'} AS DOUBLE)) AS number FROM {SOURCE} "
        f"WHERE ({value}) IS NOT NULL GROUP BY ALL)"
    )
    numbers = np.empty(0)
    if number is not None:
        listed = f"SELECT coalesce(number, 'NaN'::DOUBLE) AS number FROM {dictionary} ORDER BY code"
        numbers = np.asarray(connection.execute(listed).fetchnumpy()["number"], dtype=np.float64)
    found = connection.execute(
        f"SELECT source.place, {dictionary}.code FROM (SELECT {place} AS place, {value} AS value FROM {SOURCE} "
        f"WHERE ({value}) IS NOT NULL) AS source JOIN {dictionary} ON source.value = {dictionary}.value"
    ).fetchnumpy()
    codes = _spread(found["code"], found["place"], size)
    return Encoded(
        codes,
        int(codes.max(initial=NO_CODE)) + 1,
        numbers,
        len(found["place"]),
        dictionary=f"(SELECT value, code FROM {dictionary})",
    )
