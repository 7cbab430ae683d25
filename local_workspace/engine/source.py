"""The rows a refresh reads, held once in a temporary table with their windows and slice values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlglot import exp

from local_workspace.engine.coercion import identifier, text_literal
from local_workspace.engine.dialect import (
    UnsupportedSQLError,
    expression_type,
    parse_expression,
    to_duckdb_sql,
    translate,
)
from local_workspace.engine.failures import RefreshFailed, failing
from local_workspace.engine.temporary import SOURCE
from local_workspace.engine.types import SparkType, parse_type, to_databricks
from local_workspace.engine.windows import Granularity
from local_workspace.names import TableName

if TYPE_CHECKING:
    from collections.abc import Mapping

    import duckdb

    from local_workspace.engine.definition import MonitorDefinition
    from local_workspace.engine.switches import Switches


@dataclass(frozen=True)
class Frame:
    """One way of putting rows into windows.

    Attributes:
        granularity: its text; None where windows have none.
        start: DuckDB SQL of the start of a row's window; NULL for a row that lies in none.
        end: DuckDB SQL of the window's end, over a column `start`.
    """

    granularity: str | None
    start: str
    end: str


@dataclass(frozen=True)
class Slice:
    """One slicing expression.

    Attributes:
        text: the expression as it was given.
        value: DuckDB SQL of a row's value as text.
        rows: DuckDB SQL that says whether a row belongs to a slice.
    """

    text: str
    value: str
    rows: str


@dataclass(frozen=True)
class Source:
    """What the temporary table holds.

    Attributes:
        columns: columns of the monitored table in order, with their Databricks types.
        frames: the windows that are computed.
        slices: the slicing expressions, each grouped on its own.
        prefix: begins the names of the columns that are added; no column of the monitored table begins with it.
    """

    columns: Mapping[str, str]
    frames: tuple[Frame, ...]
    slices: tuple[Slice, ...]
    prefix: str

    def number(self, name: str) -> str:
        """The column with a column's value as a DOUBLE, NaN left out; quoted."""
        return identifier(f"{self.prefix}number_{list(self.columns).index(name)}")


def read_source(
    connection: duckdb.DuckDBPyConnection,
    definition: MonitorDefinition,
    *,
    now: datetime,
    created_at: datetime,
    switches: Switches,
) -> Source:
    """Fill the temporary table from the monitored table: rows with a timestamp of the look-back or later.

    Raises:
        RefreshFailed: the table, its timestamp column or a column of a slice is not there, or a slice fails.
    """
    columns = table_columns(connection, definition.table)
    reading = _Reading(definition, columns, now, created_at - timedelta(days=switches.look_back_days))
    with failing(reading.attempts, connection):
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {SOURCE} AS {reading.query()}")
    frames = tuple(
        Frame(granularity.text, reading.added(f"window_{number}"), granularity.end('"start"'))
        for number, granularity in enumerate(reading.granularities)
    )
    slices = tuple(
        _slice(connection, text, reading.added(f"slice_{number}"), switches.slice_values)
        for number, text in enumerate(definition.slicing_exprs)
    )
    return Source(columns, frames, slices, reading.prefix)


class _Reading:
    """The query that fills the temporary table."""

    def __init__(
        self, definition: MonitorDefinition, columns: Mapping[str, str], now: datetime, first: datetime
    ) -> None:
        self.columns = columns
        self.granularities = [Granularity.parse(text) for text in definition.granularities]
        self.prefix = _free_prefix(columns)
        self.first = f"TIMESTAMP '{first}'"
        self.table = TableName.parse(definition.table).relation
        self.slices = {text: _slice_sql(text, columns, now) for text in definition.slicing_exprs}
        self.timestamp = _translated(
            f"timestamp column '{definition.timestamp_column}'",
            exp.Cast(
                this=exp.column(definition.timestamp_column, quoted=True), to=exp.DataType.build("TIMESTAMP")
            ),
            columns,
            now,
        )

    def added(self, name: str) -> str:
        """A column that the refresh adds, quoted."""
        return identifier(self.prefix + name)

    def query(self) -> str:
        moment = self.added("timestamp")
        listed = ", ".join(["*", *self._values()])
        rows = f"(SELECT *, {self.timestamp} AS {moment} FROM {self.table})"
        read = f"SELECT {listed} FROM {rows} WHERE {moment} >= {self.first}"
        return f"SELECT * EXCLUDE ({moment}), {', '.join(self._windows(moment))} FROM ({read})"

    def attempts(self) -> list[tuple[str, str]]:
        """The slicing expressions, each in a query of its own."""
        rows = f"FROM {self.table} WHERE {self.timestamp} >= {self.first}"
        return [
            (f"slicing expression '{text}'", f"SELECT count({sql}) {rows}")
            for text, sql in self.slices.items()
        ]

    def _windows(self, moment: str) -> list[str]:
        windows = []
        for number, granularity in enumerate(self.granularities):
            start = granularity.start(moment)
            if granularity.whole_first_window:
                start = f"CASE WHEN {start} >= {self.first} THEN {start} END"
            windows.append(f"{start} AS {self.added(f'window_{number}')}")
        return windows

    def _values(self) -> list[str]:
        values = [
            f"{sql} AS {self.added(f'slice_{number}')}" for number, sql in enumerate(self.slices.values())
        ]
        for number, (name, kind) in enumerate(self.columns.items()):
            as_double = _number_sql(identifier(name), parse_type(kind))
            if as_double is not None:
                values.append(f"{as_double} AS {self.added(f'number_{number}')}")
        return values


def table_columns(connection: duckdb.DuckDBPyConnection, table: str) -> dict[str, str]:
    """Column -> Databricks type of a table or view, in order.

    Raises:
        RefreshFailed: it is not there.
    """
    name = TableName.parse(table)
    rows = connection.execute(
        "SELECT column_name, data_type FROM duckdb_columns() WHERE schema_name = ? AND table_name = ? "
        "AND database_name = current_database() ORDER BY column_index",
        [str(name.in_schema), name.table],
    ).fetchall()
    if not rows:
        raise RefreshFailed(
            f"[TABLE_OR_VIEW_NOT_FOUND] The table or view `{name.catalog}`.`{name.schema}`.`{name.table}` "
            "cannot be found. SQLSTATE: 42P01"
        )
    return {column: to_databricks(kind) for column, kind in rows}


def _free_prefix(columns: Mapping[str, str]) -> str:
    prefix = "__"
    while any(name.startswith(prefix) for name in columns):
        prefix += "_"
    return prefix


def _translated(what: str, tree: exp.Expr, columns: Mapping[str, str], now: datetime) -> str:
    try:
        return to_duckdb_sql(translate(tree, columns, now=now))
    except UnsupportedSQLError as error:
        raise RefreshFailed(f"{what}: {error}") from error


def _slice_sql(text: str, columns: Mapping[str, str], now: datetime) -> str:
    try:
        tree = parse_expression(text)
        if expression_type(tree, columns) != "STRING":
            tree = exp.Cast(this=exp.Paren(this=tree), to=exp.DataType.build("STRING", dialect="databricks"))
    except UnsupportedSQLError as error:
        raise RefreshFailed(f"slicing expression '{text}': {error}") from error
    return _translated(f"slicing expression '{text}'", tree, columns, now)


def _number_sql(column: str, kind: SparkType) -> str | None:
    """What statistics are computed from: a DOUBLE; NaN is no value; a moment is its seconds since 1970."""
    if kind.is_floating:
        return f"CASE WHEN NOT isnan({column}) THEN CAST({column} AS DOUBLE) END"
    if kind.is_numeric:
        return f"CAST({column} AS DOUBLE)"
    if kind.is_timestamp or kind.name == "DATE":
        return f"CAST(epoch({column}) AS DOUBLE)"
    return None


def _slice(connection: duckdb.DuckDBPyConnection, text: str, value: str, most: int) -> Slice:
    """A slicing expression with its most frequent values; equally frequent ones in the order of their text."""
    ranked = connection.execute(
        f"SELECT {value} FROM {SOURCE} WHERE {value} IS NOT NULL GROUP BY {value} "
        f"ORDER BY count(*) DESC, {value} LIMIT {most + 1}"
    ).fetchall()
    if len(ranked) <= most:
        return Slice(text, value, f"{value} IS NOT NULL")
    kept = ", ".join(text_literal(each) for (each,) in ranked[:most])
    return Slice(text, value, f"{value} IN ({kept})")
