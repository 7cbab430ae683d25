"""The rows a refresh reads, held once in a temporary table with their windows, slice values and model."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from sqlglot import exp

from local_workspace.engine.baseline import baseline_problem, baseline_query, common_columns
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
from local_workspace.engine.windows import Calendar, Granularity
from local_workspace.names import TableName

if TYPE_CHECKING:
    from collections.abc import Mapping

    import duckdb

    from local_workspace.engine.definition import MonitorDefinition
    from local_workspace.engine.switches import Switches

INPUT: Final = "INPUT"
BASELINE: Final = "BASELINE"
"""Values of `log_type`: rows of the monitored table, rows of the baseline table."""


@dataclass(frozen=True)
class Frame:
    """One way of putting rows into windows.

    Attributes:
        granularity: its text; None where windows have none.
        start: DuckDB SQL of the start of a row's window.
        end: DuckDB SQL of the window's end, over a column `start`.
        rows: DuckDB SQL that says whether a row lies in a window.
    """

    granularity: str | None
    start: str
    end: str
    rows: str


@dataclass(frozen=True)
class Slice:
    """One slicing expression.

    Attributes:
        text: the expression as it was given.
        value: DuckDB SQL of a row's value as text.
        rows: DuckDB SQL that says whether a row belongs to a slice.
        is_predicate: whether its values are true and false.
    """

    text: str
    value: str
    rows: str
    is_predicate: bool


@dataclass(frozen=True)
class Source:
    """What the temporary table holds.

    Attributes:
        log_type: where the rows are from.
        columns: columns of the monitored table in order, with their Databricks types; the temporary table has them.
        described: those that get rows of their own.
        frames: the windows that are computed.
        slices: the slicing expressions, each grouped on its own.
        prefix: begins the names of the columns that are added; no column of the monitored table begins with it.
    """

    log_type: str
    columns: Mapping[str, str]
    described: tuple[str, ...]
    frames: tuple[Frame, ...]
    slices: tuple[Slice, ...]
    prefix: str

    def number(self, name: str) -> str:
        """The column with a column's value as a DOUBLE, NaN left out; quoted. Case does not count."""
        names = [column.lower() for column in self.columns]
        return identifier(f"{self.prefix}number_{names.index(name.lower())}")

    @property
    def model(self) -> str:
        """The column with a row's model as text, of a log of inferences; quoted."""
        return identifier(f"{self.prefix}model")

    @property
    def prediction(self) -> str:
        """The column with a row's prediction as text, of a log of inferences; quoted."""
        return identifier(f"{self.prefix}prediction")

    @property
    def label(self) -> str:
        """The column with a row's label as text, of a log of inferences that has labels; quoted."""
        return identifier(f"{self.prefix}label")


@dataclass(frozen=True)
class Clock:
    """The moments that a refresh goes by, in UTC.

    Attributes:
        now: the refresh's own moment.
        created_at: when the monitor was created.
        previous: the end of the window of a snapshot's refresh before this one, or None.
    """

    now: datetime
    created_at: datetime
    previous: datetime | None = None


def read_input(
    connection: duckdb.DuckDBPyConnection, definition: MonitorDefinition, clock: Clock, switches: Switches
) -> Source:
    """Fill the temporary table from the monitored table.

    A snapshot reads all rows, others those with a timestamp of the look-back or later.

    Raises:
        RefreshFailed: the table, its timestamp column or a column of a slice is not there, or a slice fails.
    """
    columns = table_columns(connection, definition.table)
    reading = _Reading(definition, columns, clock.now, switches)
    rows = f"SELECT * FROM {TableName.parse(definition.table).relation}"
    frames: tuple[Frame, ...] = (_snapshot_frame(clock, switches),)
    if definition.timestamp_column is not None:
        first = clock.created_at - timedelta(days=switches.look_back_days)
        rows = reading.in_windows(rows, definition.timestamp_column, first)
        frames = reading.frames()
    slices = reading.fill(connection, rows)
    return Source(INPUT, columns, tuple(columns), frames, slices, reading.prefix)


def read_baseline(
    connection: duckdb.DuckDBPyConnection,
    definition: MonitorDefinition,
    baseline_table: str,
    clock: Clock,
    switches: Switches,
) -> Source:
    """Fill the temporary table from the baseline table, all rows of it.

    Raises:
        RefreshFailed: the table is not there or does not fit, or a slice fails.
    """
    columns = table_columns(connection, definition.table)
    baseline = table_columns(connection, baseline_table)
    model_id = definition.inference.model_id if definition.inference else None
    reason = baseline_problem(columns, baseline, model_id)
    if reason:
        raise RefreshFailed(f"baseline table '{baseline_table}': {reason}")
    reading = _Reading(definition, columns, clock.now, switches)
    rows = baseline_query(columns, baseline, TableName.parse(baseline_table).relation)
    slices = reading.fill(connection, rows)
    frame = Frame(None, "NULL", "NULL", "TRUE")
    return Source(
        BASELINE, columns, tuple(common_columns(columns, baseline)), (frame,), slices, reading.prefix
    )


def _snapshot_frame(clock: Clock, switches: Switches) -> Frame:
    start = clock.previous if switches.snapshot_window == "since_previous" else None
    return Frame(None, f"TIMESTAMP '{start or clock.now}'", f"TIMESTAMP '{clock.now}'", "TRUE")


class _Reading:
    """The queries that fill the temporary table."""

    def __init__(
        self, definition: MonitorDefinition, columns: Mapping[str, str], now: datetime, switches: Switches
    ) -> None:
        self.columns = columns
        self.switches = switches
        self.prefix = _free_prefix(columns)
        self.granularities = [
            Granularity.parse(text, Calendar.of(switches)) for text in definition.granularities
        ]
        self.slices = {text: _slice_sql(text, columns, now) for text in definition.slicing_exprs}
        self.predicates = {text for text in self.slices if _is_predicate(text, columns)}
        self.now = now
        log = definition.inference
        named = {"model": log.model_id, "prediction": log.prediction, "label": log.label} if log else {}
        self.texts = {
            name: text_sql(f"{name} column '{column}'", column, columns, now)
            for name, column in named.items()
            if column is not None
        }

    def added(self, name: str) -> str:
        """A column that the refresh adds, quoted."""
        return identifier(self.prefix + name)

    def in_windows(self, rows: str, timestamp_column: str, first: datetime) -> str:
        """The rows from a moment on, with the start of their window of each granularity."""
        moment, begin = self.added("timestamp"), f"TIMESTAMP '{first}'"
        tree = exp.Cast(this=exp.column(timestamp_column, quoted=True), to=exp.DataType.build("TIMESTAMP"))
        timestamp = _translated(f"timestamp column '{timestamp_column}'", tree, self.columns, self.now)
        windows = []
        for number, granularity in enumerate(self.granularities):
            start = granularity.start(moment)
            if granularity.whole_first_window:
                start = f"CASE WHEN {start} >= {begin} THEN {start} END"
            windows.append(f"{start} AS {self.added(f'window_{number}')}")
        timed = f"SELECT *, {timestamp} AS {moment} FROM ({rows})"
        return f"SELECT * EXCLUDE ({moment}), {', '.join(windows)} FROM ({timed}) WHERE {moment} >= {begin}"

    def frames(self) -> tuple[Frame, ...]:
        """The windows of `in_windows`."""
        found = []
        for number, granularity in enumerate(self.granularities):
            start = self.added(f"window_{number}")
            found.append(Frame(granularity.text, start, granularity.end('"start"'), f"{start} IS NOT NULL"))
        return tuple(found)

    def fill(self, connection: duckdb.DuckDBPyConnection, rows: str) -> tuple[Slice, ...]:
        """Fill the temporary table with rows and what is computed of each; gives the slices that are kept."""
        alone = [
            (f"slicing expression '{text}'", f"SELECT count({sql}) FROM ({rows})")
            for text, sql in self.slices.items()
        ]
        listed = ", ".join(["*", *self._values()])
        with failing(lambda: alone, connection):
            connection.execute(f"CREATE OR REPLACE TEMP TABLE {SOURCE} AS SELECT {listed} FROM ({rows})")
        return tuple(self._slice(connection, number, text) for number, text in enumerate(self.slices))

    def _values(self) -> list[str]:
        values = [
            f"{sql} AS {self.added(f'slice_{number}')}" for number, sql in enumerate(self.slices.values())
        ]
        for number, (name, kind) in enumerate(self.columns.items()):
            as_double = _number_sql(identifier(name), parse_type(kind))
            if as_double is not None:
                values.append(f"{as_double} AS {self.added(f'number_{number}')}")
        return values + [f"{sql} AS {self.added(name)}" for name, sql in self.texts.items()]

    def _slice(self, connection: duckdb.DuckDBPyConnection, number: int, text: str) -> Slice:
        """A slicing expression with its most frequent values; equally frequent ones in the order of their text."""
        value, most = self.added(f"slice_{number}"), self.switches.slice_values
        rows = "TRUE" if self.switches.null_slice else f"{value} IS NOT NULL"
        ranked = connection.execute(
            f"SELECT {value} FROM {SOURCE} WHERE {rows} GROUP BY {value} "
            f"ORDER BY count(*) DESC, {value} LIMIT {most + 1}"
        ).fetchall()
        if len(ranked) > most:
            kept = [each for (each,) in ranked[:most]]
            listed = ", ".join(text_literal(each) for each in kept if each is not None)
            rows = f"{value} IN ({listed})" + (f" OR {value} IS NULL" if None in kept else "")
        return Slice(text, value, f"({rows})", text in self.predicates)


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


def text_sql(what: str, column: str, columns: Mapping[str, str], now: datetime) -> str:
    """DuckDB SQL of a column's value as the text that Databricks casts it to.

    Raises:
        RefreshFailed: the column is not there or has no text; the text says `what` it is.
    """
    kind = exp.DataType.build("STRING", dialect="databricks")
    return _translated(what, exp.Cast(this=exp.column(column, quoted=True), to=kind), columns, now)


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
    what = f"slicing expression '{text}'"
    try:
        tree = parse_expression(text)
        if expression_type(tree, columns) != "STRING":
            tree = exp.Cast(this=exp.Paren(this=tree), to=exp.DataType.build("STRING", dialect="databricks"))
    except UnsupportedSQLError as error:
        raise RefreshFailed(f"{what}: {error}") from error
    return _translated(what, tree, columns, now)


def _is_predicate(text: str, columns: Mapping[str, str]) -> bool:
    return expression_type(parse_expression(text), columns) == "BOOLEAN"


def _number_sql(column: str, kind: SparkType) -> str | None:
    """What statistics are computed from: a DOUBLE; NaN is no value; a moment is its seconds since 1970."""
    if kind.is_floating:
        return f"CASE WHEN NOT isnan({column}) THEN CAST({column} AS DOUBLE) END"
    if kind.is_numeric:
        return f"CAST({column} AS DOUBLE)"
    if kind.is_timestamp or kind.name == "DATE":
        return f"CAST(epoch({column}) AS DOUBLE)"
    return None
