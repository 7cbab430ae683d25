"""Brings files into tables: parquet and csv, whole file or nothing."""

from __future__ import annotations

import shutil
import uuid
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import MAXYEAR, datetime, timedelta
from typing import TYPE_CHECKING

import duckdb

from local_workspace.engine.coercion import Typed, double_to_decimal
from local_workspace.engine.progress import record_rewrite
from local_workspace.engine.types import SparkType, UnknownTypeError, parse_duckdb_type, parse_type
from local_workspace.errors import InvalidParameterError, SchemaNotFoundError
from local_workspace.names import TableName, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from local_workspace.workspace import Workspace

_WEEK = timedelta(weeks=1)
_EXAMPLES = 5
_SHOWN_LINES = 3


@dataclass(frozen=True)
class Loaded:
    """What a load did.

    Attributes:
        table: full name of the table.
        rows: rows of the file.
        created: whether the table was made.
        weeks: by how many whole weeks dates were moved.
    """

    table: str
    rows: int
    created: bool
    weeks: int


@dataclass(frozen=True)
class _Column:
    """A column of the file on its way into the table: `value` is DuckDB SQL over the file's row."""

    name: str
    type: SparkType
    value: str

    @property
    def is_date(self) -> bool:
        return self.type.name == "DATE" or self.type.is_timestamp


def load(workspace: Workspace, table: TableName, file: Path, *, shift_to_now: bool = False) -> Loaded:
    """Append a file to a table, or make the table from it.

    Args:
        workspace: where to.
        table: full name; its schema must be there.
        file: a `.parquet`, `.csv` or `.csv.gz` file.
        shift_to_now: move all dates and timestamps by the same number of whole weeks, so that the newest lies
            in the last week before the workspace's clock.

    Raises:
        InvalidParameterError: the file is missing, unreadable, or does not fit the table.
        SchemaNotFoundError: the schema is not there.
    """
    if not workspace.catalog.schema_exists(table.in_schema):
        raise SchemaNotFoundError(
            f"Schema '{table.in_schema}' does not exist; make it first: CREATE SCHEMA {table.in_schema}"
        )
    known = workspace.catalog.databricks_columns(table)
    with (
        _brought_in(workspace.data.incoming, file, text_only=bool(known)) as source,
        _explained(file),
        workspace.data.transaction() as cursor,
    ):
        columns = _columns(cursor, source, file, known)
        weeks = _weeks(cursor, source, file, columns, workspace.clock.now()) if shift_to_now else 0
        if not known:
            made = ", ".join(f"{quoted(column.name)} {column.type.duckdb}" for column in columns)
            record_rewrite(cursor, table)
            cursor.execute(f"CREATE TABLE {table.relation} ({made})")
        names = ", ".join(quoted(column.name) for column in columns)
        values = ", ".join(_shifted(column, weeks) for column in columns)
        cursor.execute(f"INSERT INTO {table.relation} ({names}) SELECT {values} FROM {source.relation}")
        rows = int(cursor.fetchall()[0][0])
        if not known:
            workspace.catalog.new_table(table, properties={})
    workspace.catalog.touch(table)
    return Loaded(str(table), rows, created=not known, weeks=weeks)


@dataclass(frozen=True)
class _Source:
    """A file inside the folder that the data file may read from.

    A csv file on its way into a table that is there is read as text, so that the table's types decide what it
    means: `007` stays `007` in a STRING column.
    """

    path: Path
    csv: bool
    text_only: bool

    @property
    def relation(self) -> str:
        name = "'" + str(self.path).replace("'", "''") + "'"
        if not self.csv:
            return f"read_parquet({name})"
        return f"read_csv({name}, header = true, all_varchar = {str(self.text_only).lower()})"


@contextmanager
def _brought_in(incoming: Path, file: Path, *, text_only: bool) -> Iterator[_Source]:
    csv = file.name.lower().endswith((".csv", ".csv.gz"))
    if not csv and file.suffix.lower() != ".parquet":
        raise InvalidParameterError(
            f"'{file}' is neither parquet nor csv; its name must end in .parquet, .csv or .csv.gz"
        )
    if not file.is_file():
        raise InvalidParameterError(f"there is no file '{file}'")
    ending = "".join(file.suffixes[-2:]) if file.suffix == ".gz" else file.suffix.lower()
    copy = incoming.resolve() / f"{uuid.uuid4().hex}{ending}"
    try:
        shutil.copyfile(file, copy)
        yield _Source(copy, csv, text_only)
    finally:
        copy.unlink(missing_ok=True)


@contextmanager
def _explained(file: Path) -> Iterator[None]:
    try:
        yield
    except duckdb.Error as error:
        lines = [line.strip() for line in str(error).splitlines()]
        reason = ": ".join(line for line in lines[:_SHOWN_LINES] if line)
        raise InvalidParameterError(f"'{file}' cannot be loaded: {reason}") from error


def _columns(
    cursor: duckdb.DuckDBPyConnection, source: _Source, file: Path, known: dict[str, str]
) -> list[_Column]:
    """The file's columns with the types they get; `known` are those of the table, empty for a new one."""
    described = cursor.execute(f"DESCRIBE SELECT * FROM {source.relation}").fetchall()
    from_file: dict[str, SparkType] = {}
    for name, kind, *_ in described:
        try:
            from_file[name] = parse_duckdb_type(kind)
        except UnknownTypeError as error:
            raise InvalidParameterError(
                f"'{file}': column '{name}' has the type {kind}, which Databricks does not know; "
                "convert it first"
            ) from error
    if not known:
        return [
            _Column(name, kind, f"CAST({quoted(name)} AS {kind.duckdb})") for name, kind in from_file.items()
        ]
    return _fitted(cursor, source, file, from_file, known)


def _fitted(
    cursor: duckdb.DuckDBPyConnection,
    source: _Source,
    file: Path,
    from_file: dict[str, SparkType],
    known: dict[str, str],
) -> list[_Column]:
    by_lower = {name.lower(): name for name in known}
    extra = [name for name in from_file if name.lower() not in by_lower]
    if extra:
        raise InvalidParameterError(
            f"'{file}' has columns that the table does not have: {', '.join(extra)}; "
            f"the table has {', '.join(known)}"
        )
    fitted: list[_Column] = []
    for name, kind in from_file.items():
        target = parse_type(known[by_lower[name.lower()]])
        # A text may carry an offset; read as an instant, it becomes UTC.
        written = (
            f"CAST({quoted(name)} AS TIMESTAMPTZ)" if source.csv and target.is_timestamp else quoted(name)
        )
        value = f"CAST({written} AS {target.duckdb})"
        if kind.is_floating and target.is_decimal:
            value = double_to_decimal(Typed(written, kind), target)
        if (kind.is_floating or kind.is_decimal) and target.is_integral:
            _check_whole(cursor, source, file, name, target)
        fitted.append(_Column(by_lower[name.lower()], target, value))
    return fitted


def _check_whole(
    cursor: duckdb.DuckDBPyConnection, source: _Source, file: Path, name: str, target: SparkType
) -> None:
    column = quoted(name)
    found = cursor.execute(
        f"SELECT {column} FROM {source.relation} WHERE {column} <> trunc({column}) LIMIT {_EXAMPLES}"
    ).fetchall()
    if found:
        values = ", ".join(str(row[0]) for row in found)
        raise InvalidParameterError(
            f"'{file}': column '{name}' holds {values}; the table's type is {target.text}"
        )


def _weeks(
    cursor: duckdb.DuckDBPyConnection, source: _Source, file: Path, columns: list[_Column], now: datetime
) -> int:
    dates = [column for column in columns if column.is_date]
    nested = [column.name for column in columns if not column.is_date and _holds_date(column.type)]
    if nested:
        raise InvalidParameterError(
            f"dates inside column {nested[0]} ({_type_of(nested[0], columns)}) cannot be moved"
        )
    if not dates:
        raise InvalidParameterError("the file has no column of type DATE or TIMESTAMP that could be moved")
    newest = ", ".join(f"max(CAST({column.value} AS TIMESTAMP))" for column in dates)
    row = cursor.execute(f"SELECT {newest} FROM {source.relation}").fetchone() or ()
    found = {column.name: value for column, value in zip(dates, row, strict=True) if value is not None}
    for name, value in found.items():
        if value.year == MAXYEAR:
            raise InvalidParameterError(
                f"'{file}': column '{name}' holds {value}, by which dates cannot be moved to now; "
                "put NULL in its place"
            )
    if not found:
        return 0
    return int((now.replace(tzinfo=None) - max(found.values())) // _WEEK)


def _holds_date(kind: SparkType) -> bool:
    inner = [*kind.parts, *(one.type for one in kind.fields)]
    return kind.name == "DATE" or kind.is_timestamp or any(_holds_date(one) for one in inner)


def _type_of(name: str, columns: list[_Column]) -> str:
    return next(column.type.text for column in columns if column.name == name)


def _shifted(column: _Column, weeks: int) -> str:
    if not weeks or not column.is_date:
        return column.value
    moved = f"{column.value} + {weeks * 7} * INTERVAL 1 DAY"
    return f"CAST({moved} AS {column.type.duckdb})"
