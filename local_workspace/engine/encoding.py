"""Dictionary encoding: the values of a column as small whole numbers in the order of the values.

Counting different values and taking quantiles of thousands of groups is then work on arrays of numbers, whatever the
type of the column.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from local_workspace.engine.temporary import SOURCE

if TYPE_CHECKING:
    import duckdb
    import numpy.typing as npt

    Integers = npt.NDArray[np.int32]
    Floats = npt.NDArray[np.float64]

NO_CODE: Final = -1
"""Code of a row that has no value."""


@dataclass(frozen=True)
class Encoded:
    """A column of the source rows.

    Attributes:
        codes: one for each row; equal values have equal codes, greater values greater ones.
        size: how many different values there are; codes are below it.
        numbers: the number of each code, where one was asked for.
        filled: how many rows have a value.
    """

    codes: Integers
    size: int
    numbers: Floats
    filled: int

    @property
    def is_unique(self) -> bool:
        """Whether no value occurs twice."""
        return self.size == self.filled

    @cached_property
    def order(self) -> Integers:
        """The numbers of the rows that have a value, in the order of their values."""
        placed = np.argsort(self.codes, kind="stable")
        return placed[len(placed) - self.filled :].astype(np.int32)


def source_size(connection: duckdb.DuckDBPyConnection) -> int:
    """How many rows the temporary table of source rows has."""
    (rows,) = connection.execute(f"SELECT count(*) FROM {SOURCE}").fetchone() or (0,)
    return int(rows)


def encode(
    connection: duckdb.DuckDBPyConnection,
    dictionary: str,
    value: str,
    *,
    place: str,
    rows: str | None = None,
    number: str = "NULL",
) -> Encoded:
    """Give each value of the source rows a code.

    Args:
        connection: holds the rows.
        dictionary: name of the temporary table that is made: `value` and `code`, in the order of the values.
        value: DuckDB SQL.
        place: DuckDB SQL of a row's number, counted from 0.
        rows: DuckDB SQL that says which rows have a value; of these NULL is one. Without it all rows that are not NULL.
        number: DuckDB SQL of a value's number as a DOUBLE.
    """
    chosen = f"({value}) IS NOT NULL" if rows is None else rows
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {dictionary} AS "
        "SELECT *, CAST(row_number() OVER (ORDER BY value NULLS LAST) - 1 AS INTEGER) AS code "
        f"FROM (SELECT {value} AS value, any_value(CAST({number} AS DOUBLE)) AS number FROM {SOURCE} "
        f"WHERE {chosen} GROUP BY ALL)"
    )
    numbers = connection.execute(
        f"SELECT coalesce(number, 'NaN'::DOUBLE) AS number FROM {dictionary} ORDER BY code"
    ).fetchnumpy()["number"]
    same = "=" if rows is None else "IS NOT DISTINCT FROM"
    found = connection.execute(
        f"SELECT source.place, {dictionary}.code FROM (SELECT {place} AS place, {value} AS value FROM {SOURCE} "
        f"WHERE {chosen}) AS source JOIN {dictionary} ON source.value {same} {dictionary}.value"
    ).fetchnumpy()
    codes = np.full(source_size(connection), NO_CODE, dtype=np.int32)
    codes[found["place"]] = found["code"]
    return Encoded(codes, len(numbers), np.asarray(numbers, dtype=np.float64), len(found["place"]))
