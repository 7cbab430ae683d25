"""Codes of source rows in DuckDB: equal codes for what DuckDB counts as one value, whatever the type."""

from __future__ import annotations

import math

import duckdb
import numpy as np
import pytest

from local_workspace.engine.encoding import NO_CODE, encode, encode_keys
from local_workspace.engine.selections import KeyPart
from local_workspace.engine.temporary import DICTIONARY, SOURCE, count_rows, key_dictionary

VALUES = {
    "BOOLEAN": "true, false, NULL, true",
    "TINYINT": "-3, 5, NULL, 5",
    "BIGINT": "-9223372036854775807, 9223372036854775807, NULL, 0",
    "HUGEINT": "170141183460469231731687303715884105727, -4, NULL, -4",
    "FLOAT": "0.1, 'NaN', NULL, '-Infinity', 'NaN'",
    "DOUBLE": "0.0, -0.0, NULL, 'NaN', 'NaN', 'Infinity', 0.1",
    "DECIMAL(15,4)": "99999999999.9999, 99999999999.9998, NULL, -0.0001, 99999999999.9998",
    "DECIMAL(38,2)": "99999999999999999999999.99, 99999999999999999999999.98, NULL, 99999999999999999999999.98",
    "DATE": "'infinity', '-infinity', '2026-01-01', NULL, '5881580-07-10', '2026-01-01'",
    "TIMESTAMP": "'infinity', '-infinity', '2026-01-01 00:00:00.000001', NULL, '2026-01-01', '2026-01-01'",
    "TIMESTAMPTZ": "'infinity', '2026-01-01 00:00:00+02', '2025-12-31 22:00:00+00', NULL",
    "VARCHAR": "'a', 'A', '', NULL, 'a'",
    "INTERVAL": "'30 days', '1 month', '31 days', NULL",
    "INTEGER[]": "[1, NULL], [1, NULL], [], NULL, [NULL]",
}
"""Type -> values, some twice."""


def source(kind: str, values: str) -> duckdb.DuckDBPyConnection:
    """A connection with source rows of one column."""
    connection = duckdb.connect()
    connection.execute(f"CREATE TEMP TABLE {SOURCE.removeprefix('temp.main.')} (v {kind})")
    for value in (
        values.split(", ") if kind != "INTEGER[]" else ("[1, NULL]", "[1, NULL]", "[]", "NULL", "[NULL]")
    ):
        connection.execute(f"INSERT INTO {SOURCE} VALUES ({value})")
    return connection


@pytest.mark.parametrize("kind", VALUES)
def test_rows_have_the_same_code_just_when_their_values_are_one_to_duckdb(kind: str) -> None:
    connection = source(kind, VALUES[kind])
    column = encode(connection, DICTIONARY, "v", place="rowid", size=count_rows(connection, SOURCE))()
    expected = connection.execute(
        f"SELECT CASE WHEN v IS NOT NULL THEN dense_rank() OVER (ORDER BY v NULLS LAST) - 1 ELSE {NO_CODE} END "
        f"FROM {SOURCE} ORDER BY rowid"
    ).fetchnumpy()
    (ranks,) = expected.values()
    assert column.codes.tolist() == ranks.tolist()
    assert (column.size, column.filled) == (len({*ranks.tolist()} - {NO_CODE}), int((ranks >= 0).sum()))


NUMBERS = {
    **dict.fromkeys(("DATE", "TIMESTAMP", "TIMESTAMPTZ"), "epoch(v)"),
    **dict.fromkeys(("FLOAT", "DOUBLE"), "CASE WHEN NOT isnan(v) THEN CAST(v AS DOUBLE) END"),
    **dict.fromkeys(
        ("BOOLEAN", "TINYINT", "BIGINT", "HUGEINT", "DECIMAL(15,4)", "DECIMAL(38,2)"), "CAST(v AS DOUBLE)"
    ),
}
"""Type -> DuckDB SQL of a value's number."""


@pytest.mark.parametrize("kind", NUMBERS)
def test_the_numbers_of_values_are_those_that_duckdb_computes(kind: str) -> None:
    connection = source(kind, f"{VALUES[kind]}, NULL")
    size = count_rows(connection, SOURCE)
    column = encode(connection, DICTIONARY, "v", place="rowid", size=size, number=NUMBERS[kind])()
    found = [column.numbers[code] for code in column.codes if code != NO_CODE]
    expected = connection.execute(
        f"SELECT {NUMBERS[kind]} FROM {SOURCE} WHERE v IS NOT NULL ORDER BY rowid"
    ).fetchall()
    assert found == pytest.approx(
        [math.nan if number is None else number for (number,) in expected], rel=0, abs=0, nan_ok=True
    )


def test_values_of_which_none_occurs_twice_get_the_number_of_their_row() -> None:
    connection = source("VARCHAR", "'a', NULL, 'c', 'b'")
    column = encode(connection, DICTIONARY, "v", place="rowid", size=count_rows(connection, SOURCE))()
    assert column.is_unique
    assert column.codes.tolist() == [0, NO_CODE, 2, 3]
    found = connection.execute(f"SELECT value, code FROM {column.dictionary} ORDER BY code").fetchall()
    assert found == [("a", 0), ("c", 2), ("b", 3)]


def test_the_number_of_a_code_is_that_of_its_value() -> None:
    connection = source("DATE", "'1970-01-03', NULL, '1970-01-02', '1970-01-03'")
    column = encode(
        connection, DICTIONARY, "v", place="rowid", size=count_rows(connection, SOURCE), number="epoch(v)"
    )()
    assert column.numbers.tolist() == [86400.0, 2 * 86400.0]
    assert column.codes.tolist() == [1, NO_CODE, 0, 1]


def test_a_value_without_a_number_has_nan() -> None:
    connection = source("DOUBLE", "'NaN', 2.5, NULL")
    column = encode(
        connection,
        DICTIONARY,
        "v",
        place="rowid",
        size=count_rows(connection, SOURCE),
        number="CASE WHEN NOT isnan(v) THEN v END",
    )()
    assert column.codes.tolist() == [1, 0, NO_CODE]
    assert column.numbers[0] == 2.5
    assert np.isnan(column.numbers[1])


def test_a_key_has_codes_for_the_values_that_make_groups_and_null_may_be_one() -> None:
    connection = source("VARCHAR", "'a', NULL, 'c', 'b', 'a'")
    parts = [KeyPart("v", "TRUE"), KeyPart("v", "v IN ('a', 'b')")]
    every, some = (read() for read in encode_keys(connection, parts, place="rowid"))
    assert every.codes.tolist() == [0, 3, 2, 1, 0]
    assert some.codes.tolist() == [0, NO_CODE, NO_CODE, 1, 0]
    assert connection.execute(f"FROM {key_dictionary(1)}").fetchall() == [("a", 0), ("b", 1)]
