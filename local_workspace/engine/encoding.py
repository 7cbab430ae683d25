"""Encoding: the values of a column as small whole numbers, the codes, so that groups of rows are work on arrays.

Numbers and moments are ordered by numpy; anything else gets a dictionary in DuckDB. A column in which no value occurs
twice, such as an id, needs neither.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from local_workspace.engine.temporary import SOURCE, key_dictionary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

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
) -> Iterator[Encoded]:
    """Give the values of parts of the groups' keys codes, one part after the other; a row that belongs to no group has none.

    Makes of each part the temporary table `key_dictionary` of its number, with columns `value` and `code`.

    Args:
        connection: holds the rows.
        parts: the parts, each once.
        place: DuckDB SQL of a row's number, counted from 0.
    """
    # Reading all of them side by side takes twice as long.
    for number, part in enumerate(parts):
        _make_key_dictionary(connection, number, part)
        found = connection.execute(_codes_query(number, part, place)).fetchnumpy()
        spread = _spread(found["code"], found["place"], len(found["place"]))
        size = int(spread.max(initial=NO_CODE)) + 1
        yield Encoded(spread, size, np.empty(0), int(np.count_nonzero(spread >= 0)))


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
    """Make the dictionary of a part of the groups' keys; it may have values that do not occur."""
    if part.code is None or part.with_null:
        code = "row_number() OVER (ORDER BY value NULLS LAST) - 1" if part.code is None else "any_value(code)"
        read = f"SELECT {part.value} AS value, {part.code or 'NULL'} AS code FROM {SOURCE} WHERE {part.rows}"
        made = f"SELECT value, CAST({code} AS INTEGER) AS code FROM ({read}) GROUP BY value"
    else:
        labels = f"SELECT enum_range({part.value}) AS labels FROM {SOURCE} LIMIT 1"
        made = f"SELECT unnest(labels) AS value, CAST(unnest(range(len(labels))) AS INTEGER) AS code FROM ({labels})"
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {key_dictionary(number)} AS {made}")


def encode(
    connection: duckdb.DuckDBPyConnection,
    dictionary: str,
    value: str,
    *,
    place: str,
    size: int,
    number: str | None = None,
) -> Callable[[], Encoded]:
    """Read a column of the source rows; what is given makes codes of it, in any thread: NULL has none.

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
    there = slice(None) if filled.all() else np.flatnonzero(filled)
    chosen = keys[there]
    count = len(chosen)
    if chosen.dtype == np.int64 and len(chosen):
        least, span = int(chosen.min()), int(chosen.max()) - int(chosen.min()) + 1
        if span <= max(_SPAN_PER_ROW * len(keys), _SHORT):
            occurs = np.zeros(span, dtype=bool)
            occurs[chosen - least] = True
            codes = (np.cumsum(occurs, dtype=np.int32) - 1)[chosen - least]
            different = np.flatnonzero(occurs) + least
            spread = codes if count == len(keys) else _spread(codes, there, len(keys))
            return Encoded(spread, len(different), np.empty(0), count), different
    order = _order(chosen)
    ordered = chosen[order]
    changes = _changes(ordered)
    rows = order if count == len(keys) else there[order]
    codes = np.cumsum(changes, dtype=np.int32)
    codes -= 1
    return Encoded(_spread(codes, rows, len(keys)), int(changes.sum()), np.empty(0), count), ordered[changes]


def _order(numbers: Array) -> npt.NDArray[np.int64]:
    """The places of numbers in their order, of which the greatest may be NaN: what `np.argsort` gives, in half the time.

    As much of each number as fits is sorted side by side with its place. The few that differ only in the rest are put in
    order when that is done.
    """
    if len(numbers) < _FEW or np.isnan(numbers).any():
        return np.argsort(numbers)
    ranks = numbers.view(np.int64)
    if numbers.dtype == np.float64:  # the bits of negative numbers are in the opposite order
        ranks = ranks ^ ((ranks >> 63) & np.iinfo(np.int64).max)
    least, width = ranks.min(), len(numbers).bit_length()
    packed = ranks.view(np.uint64) - least.view(np.uint64)
    dropped = max(int(packed.max()).bit_length() + width - 64, 0)
    packed >>= dropped
    packed <<= width
    packed |= np.arange(len(numbers), dtype=np.uint64)
    packed.sort()
    order = (packed & ((1 << width) - 1)).view(np.int64)
    ordered = numbers[order]
    wrong = np.flatnonzero(ordered[1:] < ordered[:-1])
    if len(wrong):
        packed >>= width
        alike = np.unique(packed[wrong])
        first, end = (np.searchsorted(packed, alike, side) for side in ("left", "right"))
        places = np.repeat(end - np.cumsum(end - first), end - first) + np.arange((end - first).sum())
        order[places] = order[places][np.lexsort((ordered[places], packed[places]))]
    return order


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
) -> Callable[[], Encoded]:
    """Read what compares as numbers do."""
    is_key = number in {value, f"CAST({value} AS DOUBLE)"}
    read = "" if number is None or is_key else f", CAST({number} AS DOUBLE) AS number"
    found = connection.execute(
        f"SELECT * EXCLUDE (value), {comparable} AS key FROM (SELECT {place} AS place, {value} AS value{read} FROM {SOURCE})"
    ).fetchnumpy()

    def encoded() -> Encoded:
        places = found["place"]
        filled = np.empty(len(places), dtype=bool)
        filled[places] = ~np.ma.getmaskarray(found["key"])
        fetched = np.ma.getdata(found["key"])
        keys = np.empty(len(places), dtype=fetched.dtype)
        keys[places] = fetched
        column, different = encode_array(keys, filled)
        if number is None:
            return column
        if is_key:
            return replace(column, numbers=different.astype(np.float64))
        numbers = np.full(column.size + 1, np.nan)
        numbers[column.codes[places]] = np.ma.filled(found["number"], np.nan)
        return replace(column, numbers=numbers[:-1])

    return encoded


def _is_unique(connection: duckdb.DuckDBPyConnection, value: str) -> bool:
    """Whether no value occurs twice, as far as their hashes tell: those that differ are of different values."""
    filled = f"FROM {SOURCE} WHERE ({value}) IS NOT NULL"
    for few in (f" LIMIT {_FEW}", ""):  # the first rows mostly tell
        found = connection.execute(f"SELECT hash({value}) AS hash {filled}{few}").fetchnumpy()["hash"]
        ordered = np.sort(found)
        if (ordered[1:] == ordered[:-1]).any():
            return False
    return True


def _unique(
    connection: duckdb.DuckDBPyConnection, value: str, *, place: str, size: int
) -> Callable[[], Encoded]:
    """Read a column in which no value occurs twice: the numbers of the rows will do."""
    found = connection.execute(
        f"SELECT {place} AS place FROM {SOURCE} WHERE ({value}) IS NOT NULL"
    ).fetchnumpy()["place"]
    dictionary = f"(SELECT {value} AS value, {place} AS code FROM {SOURCE} WHERE ({value}) IS NOT NULL)"

    def encoded() -> Encoded:
        places = found.astype(np.int32)
        return Encoded(
            _spread(places, places, size),
            size,
            np.empty(0),
            len(found),
            dictionary,
            has_places=True,
        )

    return encoded


def _by_dictionary(
    connection: duckdb.DuckDBPyConnection,
    dictionary: str,
    value: str,
    *,
    place: str,
    size: int,
    number: str | None,
) -> Callable[[], Encoded]:
    """Read values of any type."""
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

    def encoded() -> Encoded:
        codes = _spread(found["code"], found["place"], size)
        return Encoded(
            codes,
            int(codes.max(initial=NO_CODE)) + 1,
            numbers,
            len(found["place"]),
            dictionary=f"(SELECT value, code FROM {dictionary})",
        )

    return encoded
