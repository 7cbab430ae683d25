"""Encoding: the values of a column as small whole numbers, the codes, so that groups of rows are work on arrays.

Numbers and moments are ordered by numpy; anything else gets a dictionary in DuckDB. A column in which no value occurs
twice, such as an id, needs neither.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

import numpy as np

from local_workspace.engine.ordering import order_of
from local_workspace.engine.statement_cache import run
from local_workspace.engine.temporary import SOURCE, key_dictionary, rows_made

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import duckdb
    import numpy.typing as npt

    from local_workspace.engine.selections import KeyPart

    Array = npt.NDArray[np.int64] | npt.NDArray[np.float64]
    Bits = npt.NDArray[np.bool_]
    Floats = npt.NDArray[np.float64]
    Integers = npt.NDArray[np.int32]

_Whole = TypeVar("_Whole", np.int32, np.int64)

NO_CODE: Final = -1
"""Code of a row that has no value."""
_SPAN_PER_ROW: Final = 4
"""Up to so many whole numbers between the smallest and the greatest a row, a table of them is faster than a sort."""
_BITS: Final = 62
"""That hold codes in one whole number."""
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
) -> list[Callable[[], Encoded]]:
    """Read parts of the groups' keys; what is given makes codes of one, in any thread: a row that belongs to no group has none.

    Makes of each part the temporary table `key_dictionary` of its number, with columns `value` and `code`.

    Args:
        connection: holds the rows.
        parts: the parts, each once.
        place: DuckDB SQL of a row's number, counted from 0.
    """
    if not parts:
        return []
    sizes = [_make_key_dictionary(connection, number, part) for number, part in enumerate(parts)]
    # Codes side by side in one number, from 1 on, are read in half the time.
    columns: list[list[str]] = [[]]
    shifts: list[tuple[int, int]] = []
    used = 0
    read, joins = [_short(place)], ""
    for number, (part, size) in enumerate(zip(parts, sizes, strict=True)):
        code = f"code_{number}"
        if part.code is None:
            read.append(f"{part.value} AS value_{number}")
            key = f"key_{number}"
            joins += f" LEFT JOIN {key_dictionary(number)} AS {key} ON value_{number} IS NOT DISTINCT FROM {key}.value"
            code = f"{key}.code"
        else:
            read.append(f"{part.code} AS {code}")
        if used + size.bit_length() > _BITS:
            columns.append([])
            used = 0
        columns[-1].append(f"(coalesce(CAST({code} AS BIGINT), {NO_CODE}) + 1) << {used}")
        shifts.append((len(columns) - 1, used))
        used += size.bit_length()
    packed = ", ".join(f"({') | ('.join(codes)}) AS packed_{at}" for at, codes in enumerate(columns))
    found = run(
        connection, f"SELECT place, {packed} FROM (SELECT {', '.join(read)} FROM {SOURCE}) AS source{joins}"
    ).fetchnumpy()
    places = found["place"]
    spread = [_spread(found[f"packed_{at}"], places, len(places)) for at in range(len(columns))]

    def encoded(size: int, column: int, shift: int) -> Encoded:
        codes = ((spread[column] >> shift) & ((1 << size.bit_length()) - 1)).astype(np.int32)
        codes += NO_CODE
        return Encoded(codes, size, np.empty(0), int(np.count_nonzero(codes != NO_CODE)))

    return [partial(encoded, size, *shift) for size, shift in zip(sizes, shifts, strict=True)]


def _make_key_dictionary(connection: duckdb.DuckDBPyConnection, number: int, part: KeyPart) -> int:
    """Make the dictionary of a part of the groups' keys; gives how many values it has, of which some may not occur."""
    if part.code is None:
        values = f"SELECT DISTINCT {part.value} AS value FROM {SOURCE} WHERE {part.rows}"
        made = f"SELECT value, CAST(row_number() OVER (ORDER BY value NULLS LAST) - 1 AS INTEGER) AS code FROM ({values})"
    else:
        labels = f"enum_range({part.value})"
        listed = f"SELECT {f'list_append({labels}, NULL)' if part.with_null else labels} AS labels FROM {SOURCE} LIMIT 1"
        made = f"SELECT unnest(labels) AS value, CAST(unnest(range(len(labels))) AS INTEGER) AS code FROM ({listed})"
    return rows_made(connection, f"CREATE OR REPLACE TEMP TABLE {key_dictionary(number)} AS {made}")


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
    there = None if filled.all() else np.flatnonzero(filled)
    chosen = keys if there is None else keys[there]
    count = len(chosen)
    if chosen.dtype == np.int64 and len(chosen):
        least, span = int(chosen.min()), int(chosen.max()) - int(chosen.min()) + 1
        if span <= max(_SPAN_PER_ROW * len(keys), _SHORT):
            occurs = np.zeros(span, dtype=bool)
            occurs[chosen - least] = True
            codes = (np.cumsum(occurs, dtype=np.int32) - 1)[chosen - least]
            different = np.flatnonzero(occurs) + least
            spread = codes if there is None else _spread(codes, there, len(keys))
            return Encoded(spread, len(different), np.empty(0), count), different
    order = order_of(chosen)
    ordered = chosen[order]
    changes = _changes(ordered)
    rows = order if there is None else there[order]
    codes = np.cumsum(changes, dtype=np.int32)
    codes -= 1
    return Encoded(_spread(codes, rows, len(keys)), int(changes.sum()), np.empty(0), count), ordered[changes]


def _changes(ordered: Array) -> Bits:
    """Which of some ordered numbers are the first of their kind."""
    changes = np.ones(len(ordered), dtype=bool)
    changes[1:] = ordered[1:] != ordered[:-1]
    not_a_number = int(np.count_nonzero(np.isnan(ordered)))
    if not_a_number:
        changes[len(ordered) - not_a_number + 1 :] = False
    return changes


def _short(place: str) -> str:
    """DuckDB SQL of the column `place`: half as much to read as DuckDB's own number of a row."""
    return f"CAST({place} AS INTEGER) AS place"


def _spread(
    codes: npt.NDArray[_Whole], rows: npt.NDArray[np.signedinteger], size: int
) -> npt.NDArray[_Whole]:
    """Codes of some rows, by their numbers, as codes of all."""
    spread = np.full(size, NO_CODE, dtype=codes.dtype)
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
    found = run(
        connection,
        f"SELECT * EXCLUDE (value), {comparable} AS key "
        f"FROM (SELECT {_short(place)}, {value} AS value{read} FROM {SOURCE})",
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
        found = run(connection, f"SELECT hash({value}) AS hash {filled}{few}").fetchnumpy()["hash"]
        ordered = np.sort(found)
        if (ordered[1:] == ordered[:-1]).any():
            return False
    return True


def _unique(
    connection: duckdb.DuckDBPyConnection, value: str, *, place: str, size: int
) -> Callable[[], Encoded]:
    """Read a column in which no value occurs twice: the numbers of the rows will do."""
    found = run(connection, f"SELECT {_short(place)} FROM {SOURCE} WHERE ({value}) IS NOT NULL").fetchnumpy()[
        "place"
    ]
    dictionary = f"(SELECT {value} AS value, {place} AS code FROM {SOURCE} WHERE ({value}) IS NOT NULL)"

    def encoded() -> Encoded:
        return Encoded(
            _spread(found, found, size),
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
    run(
        connection,
        f"CREATE OR REPLACE TEMP TABLE {dictionary} AS "
        "SELECT *, CAST(row_number() OVER (ORDER BY value) - 1 AS INTEGER) AS code "
        f"FROM (SELECT {value} AS value, any_value(CAST({number or 'NULL'} AS DOUBLE)) AS number FROM {SOURCE} "
        f"WHERE ({value}) IS NOT NULL GROUP BY ALL)",
    )
    numbers = np.empty(0)
    if number is not None:
        listed = f"SELECT coalesce(number, 'NaN'::DOUBLE) AS number FROM {dictionary} ORDER BY code"
        numbers = np.asarray(run(connection, listed).fetchnumpy()["number"], dtype=np.float64)
    found = run(
        connection,
        f"SELECT source.place, {dictionary}.code FROM (SELECT {_short(place)}, {value} AS value FROM {SOURCE} "
        f"WHERE ({value}) IS NOT NULL) AS source JOIN {dictionary} ON source.value = {dictionary}.value",
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
