"""The rows a refresh reads, held once in a temporary table with their windows and slice values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from sqlglot import exp

from local_workspace.engine.coercion import identifier
from local_workspace.engine.dialect import (
    UnsupportedSQLError,
    expression_type,
    parse_expression,
    to_duckdb_sql,
    translate,
)
from local_workspace.engine.failures import RefreshFailed, failing
from local_workspace.engine.types import SparkType, parse_type, to_databricks
from local_workspace.engine.windows import Granularity
from local_workspace.names import TableName

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import duckdb

    from local_workspace.engine.definition import MonitorDefinition
    from local_workspace.engine.switches import Switches

SOURCE: Final = 'temp.main."refresh source"'
"""The temporary table."""


@dataclass(frozen=True)
class Source:
    """What the temporary table holds.

    Attributes:
        columns: columns of the monitored table in order, with their Databricks types.
        granularities: window lengths; number g has its window's start in `window(g)`, NULL where a row has none.
        slices: slicing expressions; number k has its value as text in `slice_value(k)`, NULL where there is none.
        prefix: begins the names of the columns that are added; no column of the monitored table begins with it.
    """

    columns: Mapping[str, str]
    granularities: tuple[Granularity, ...]
    slices: tuple[str, ...]
    prefix: str

    def window(self, number: int) -> str:
        """The column with the start of the row's window, quoted."""
        return self.added(f"window_{number}")

    def number(self, name: str) -> str:
        """The column with a column's value as a DOUBLE, NaN left out; quoted."""
        return self.added(f"number_{list(self.columns).index(name)}")

    def slice_value(self, number: int) -> str:
        """The column with the value of a slicing expression, quoted."""
        return self.added(f"slice_{number}")

    def added(self, name: str) -> str:
        """A column that the refresh adds, quoted."""
        return identifier(self.prefix + name)


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
    source = Source(
        columns=columns,
        granularities=tuple(Granularity.parse(text) for text in definition.granularities),
        slices=definition.slicing_exprs,
        prefix=_free_prefix(columns),
    )
    timestamp = _translated(
        f"timestamp column '{definition.timestamp_column}'",
        exp.Cast(
            this=exp.column(definition.timestamp_column, quoted=True), to=exp.DataType.build("TIMESTAMP")
        ),
        columns,
        now,
    )
    first = f"TIMESTAMP '{created_at - timedelta(days=switches.look_back_days)}'"
    slices = [_slice_sql(text, columns, now) for text in source.slices]
    table = TableName.parse(definition.table).relation
    statement = _select(source, table, timestamp, first, slices)
    rows = f"FROM {table} WHERE {timestamp} >= {first}"
    alone = [
        (f"slicing expression '{text}'", f"SELECT count({sql}) {rows}")
        for text, sql in zip(source.slices, slices, strict=True)
    ]
    with failing(lambda: alone, connection):
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {SOURCE} AS {statement}")
    _keep_frequent_slices(connection, source, switches.slice_values)
    return source


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


def _select(source: Source, table: str, timestamp: str, first: str, slices: Sequence[str]) -> str:
    moment = source.added("timestamp")
    windows = []
    for number, granularity in enumerate(source.granularities):
        start = granularity.start(moment)
        if granularity.whole_first_window:
            start = f"CASE WHEN {start} >= {first} THEN {start} END"
        windows.append(f"{start} AS {source.window(number)}")
    values = [f"{sql} AS {source.slice_value(number)}" for number, sql in enumerate(slices)]
    for name, kind in source.columns.items():
        as_double = _number_sql(identifier(name), parse_type(kind))
        if as_double is not None:
            values.append(f"{as_double} AS {source.number(name)}")
    return (
        f"SELECT * EXCLUDE ({moment}), {', '.join(windows)} FROM ("
        f"SELECT {', '.join(['*', *values])} FROM (SELECT *, {timestamp} AS {moment} FROM {table}) "
        f"WHERE {moment} >= {first})"
    )


def _number_sql(column: str, kind: SparkType) -> str | None:
    """What statistics are computed from: a DOUBLE; NaN is no value; a moment is its seconds since 1970."""
    if kind.is_floating:
        return f"CASE WHEN NOT isnan({column}) THEN CAST({column} AS DOUBLE) END"
    if kind.is_numeric:
        return f"CAST({column} AS DOUBLE)"
    if kind.is_timestamp or kind.name == "DATE":
        return f"CAST(epoch({column}) AS DOUBLE)"
    return None


def _keep_frequent_slices(connection: duckdb.DuckDBPyConnection, source: Source, most: int) -> None:
    """Slice values beyond the most frequent ones become NULL; ties are kept in the order of their text."""
    for number in range(len(source.slices)):
        value = source.slice_value(number)
        counted = connection.execute(
            f"SELECT count(DISTINCT {value}) > {most} FROM {SOURCE} WHERE {value} IS NOT NULL"
        ).fetchone()
        if counted is not None and counted[0]:
            connection.execute(
                f"UPDATE {SOURCE} SET {value} = NULL WHERE {value} NOT IN ("
                f"SELECT {value} FROM {SOURCE} WHERE {value} IS NOT NULL GROUP BY {value} "
                f"ORDER BY count(*) DESC, {value} LIMIT {most})"
            )
