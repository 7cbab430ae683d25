"""Files into tables: types, names, dates moved to now, all or nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import duckdb
import pytest

from local_workspace.clock import Clock
from local_workspace.errors import InvalidParameterError, SchemaNotFoundError
from local_workspace.loader import load
from local_workspace.names import TableName
from local_workspace.sql.runner import run
from local_workspace.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TABLE = TableName("main", "default", "t")
NOW = datetime(2026, 8, 20, 12, tzinfo=UTC)


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    clock = Clock(machine=NOW.timestamp)
    workspace = Workspace(tmp_path / "state", clock)
    yield workspace
    workspace.close()


def parquet(tmp_path: Path, query: str) -> Path:
    file = tmp_path / "file.parquet"
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute(f"COPY ({query}) TO '{file}' (FORMAT parquet)")
    return file


def csv(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "file.csv"
    file.write_text(text)
    return file


def rows(workspace: Workspace, sql: str = "SELECT * FROM t") -> list[tuple[str | None, ...]]:
    return list(run(workspace.session(), sql).cells)


def test_new_table_gets_the_types_of_the_file(workspace: Workspace, tmp_path: Path) -> None:
    file = parquet(
        tmp_path,
        "SELECT 1::UTINYINT AS small, 'x' AS Text, 1.5::DECIMAL(10,2) AS price, TIMESTAMPTZ '2024-01-01 "
        "02:00:00+02' AS t, "
        "[1, 2] AS list, {'a': 1} AS struct, MAP {'k': 'v'} AS map, DATE '2024-01-01' AS day",
    )
    loaded = load(workspace, TABLE, file)
    assert (loaded.rows, loaded.created, loaded.weeks) == (1, True, 0)
    assert workspace.catalog.databricks_columns(TABLE) == {
        "small": "SMALLINT",
        "Text": "STRING",
        "price": "DECIMAL(10,2)",
        "t": "TIMESTAMP",
        "list": "ARRAY<INT>",
        "struct": "STRUCT<a: INT>",
        "map": "MAP<STRING, STRING>",
        "day": "DATE",
    }
    assert rows(workspace, "SELECT t FROM t") == [("2024-01-01T00:00:00.000Z",)]


def test_file_is_appended_by_name_with_the_types_of_the_table(workspace: Workspace, tmp_path: Path) -> None:
    run(workspace.session(), "CREATE TABLE t (code STRING, price DECIMAL(10,2), at TIMESTAMP, extra INT)")
    file = csv(tmp_path, "AT,price,code\n2024-01-01T00:00:00+02:00,1.5,007\n2024-01-01 00:00:00,,\n")
    loaded = load(workspace, TABLE, file)
    assert (loaded.rows, loaded.created) == (2, False)
    assert rows(workspace) == [
        ("007", "1.50", "2023-12-31T22:00:00.000Z", None),
        (None, None, "2024-01-01T00:00:00.000Z", None),
    ]


def test_columns_that_the_table_lacks_are_named_and_nothing_is_loaded(
    workspace: Workspace, tmp_path: Path
) -> None:
    run(workspace.session(), "CREATE TABLE t (a INT)")
    file = csv(tmp_path, "a,b,c\n1,2,3\n")
    with pytest.raises(InvalidParameterError) as refused:
        load(workspace, TABLE, file)
    assert str(refused.value) == f"'{file}' has columns that the table does not have: b, c; the table has a"
    assert rows(workspace) == []


def test_value_that_does_not_fit_loads_nothing(workspace: Workspace, tmp_path: Path) -> None:
    run(workspace.session(), "CREATE TABLE t (a INT)")
    file = csv(tmp_path, "a\n1\nx\n")
    with pytest.raises(
        InvalidParameterError, match=r"cannot be loaded: Conversion Error: .*Could not convert string"
    ):
        load(workspace, TABLE, file)
    assert rows(workspace) == []


def test_fraction_is_not_rounded_in_silence(workspace: Workspace, tmp_path: Path) -> None:
    run(workspace.session(), "CREATE TABLE t (a INT)")
    file = parquet(tmp_path, "SELECT 1.5::DOUBLE AS a")
    with pytest.raises(InvalidParameterError) as refused:
        load(workspace, TABLE, file)
    assert str(refused.value) == f"'{file}': column 'a' holds 1.5; the table's type is INT"


def test_double_in_a_decimal_column_has_no_more_digits_than_it_shows(
    workspace: Workspace, tmp_path: Path
) -> None:
    run(workspace.session(), "CREATE TABLE t (cost DECIMAL(38,18))")
    file = parquet(tmp_path, "SELECT unnest([0.631720430107, 1e-7, NULL])::DOUBLE AS cost")
    load(workspace, TABLE, file)
    assert rows(workspace) == [("0.631720430107000000",), ("0.000000100000000000",), (None,)]


@pytest.mark.parametrize(
    ("newest", "weeks"),
    [(NOW - timedelta(days=100), 14), (NOW, 0), (NOW - timedelta(days=7), 1), (NOW + timedelta(days=3), -1)],
)
def test_newest_date_lands_in_the_last_week(
    workspace: Workspace, tmp_path: Path, newest: datetime, weeks: int
) -> None:
    text = f"{newest:%Y-%m-%d %H:%M:%S}"
    file = parquet(
        tmp_path,
        f"SELECT TIMESTAMP '{text}' AS at, DATE '2020-01-01' AS day, 5 AS n UNION ALL SELECT NULL, DATE "
        "'2019-01-01', 6",
    )
    assert load(workspace, TABLE, file, shift_to_now=True).weeks == weeks
    shifted = newest + timedelta(weeks=weeks)
    assert NOW - timedelta(weeks=1) < shifted <= NOW
    day = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(weeks=weeks)
    assert rows(workspace, "SELECT at, day, n FROM t WHERE n = 5") == [
        (f"{shifted:%Y-%m-%dT%H:%M:%S}.000Z", f"{day:%Y-%m-%d}", "5")
    ]
    assert workspace.catalog.databricks_columns(TABLE)["day"] == "DATE"


def test_date_that_means_no_end_is_not_moved_to_now(workspace: Workspace, tmp_path: Path) -> None:
    file = parquet(
        tmp_path, "SELECT TIMESTAMP '2024-01-01' AS at, TIMESTAMP '9999-12-31 23:59:59' AS valid_until"
    )
    with pytest.raises(InvalidParameterError) as refused:
        load(workspace, TABLE, file, shift_to_now=True)
    assert str(refused.value) == (
        f"'{file}': column 'valid_until' holds 9999-12-31 23:59:59, by which dates cannot be moved to now; "
        "put NULL in its place"
    )
    assert not workspace.catalog.exists(TABLE)


def test_file_without_dates_cannot_be_moved(workspace: Workspace, tmp_path: Path) -> None:
    with pytest.raises(
        InvalidParameterError, match="no column of type DATE or TIMESTAMP that could be moved"
    ):
        load(workspace, TABLE, csv(tmp_path, "a\n1\n"), shift_to_now=True)
    assert not workspace.catalog.exists(TABLE)


def test_missing_file_wrong_kind_broken_file_and_missing_schema(workspace: Workspace, tmp_path: Path) -> None:
    missing = tmp_path / "nothing.parquet"
    with pytest.raises(InvalidParameterError, match=f"there is no file '{missing}'"):
        load(workspace, TABLE, missing)
    with pytest.raises(InvalidParameterError, match="is neither parquet nor csv; its name must end in"):
        load(workspace, TABLE, tmp_path / "x.json")
    broken = tmp_path / "broken.parquet"
    broken.write_text("no parquet")
    with pytest.raises(InvalidParameterError, match="cannot be loaded"):
        load(workspace, TABLE, broken)
    with pytest.raises(
        SchemaNotFoundError, match=r"Schema 'main\.gold' does not exist; make it first: CREATE SCHEMA"
    ):
        load(workspace, TableName("main", "gold", "t"), broken)
    assert list(workspace.data.incoming.iterdir()) == []
