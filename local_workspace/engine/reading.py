"""The queries that fill the temporary table of source rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from local_workspace.engine.coercion import identifier, text_literal
from local_workspace.engine.dialect import (
    UnsupportedSQLError,
    expression_sql,
    expression_type,
    parse_expression,
)
from local_workspace.engine.failures import RefreshFailed, failing
from local_workspace.engine.metric_rules import column_named
from local_workspace.engine.stored_columns import columns_of
from local_workspace.engine.temporary import SOURCE, TOUCHED, rows_made
from local_workspace.engine.types import SparkType, parse_type, to_databricks
from local_workspace.engine.windows import Calendar, Granularity
from local_workspace.names import TableName

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    import duckdb

    from local_workspace.engine.definition import MonitorDefinition
    from local_workspace.engine.switches import Switches

Kept = tuple[tuple[str | None, ...] | None, ...]
"""For each slicing expression the values that are kept; None where all are."""


@dataclass(frozen=True)
class SliceValues:
    """Which values of a slicing expression make slices.

    Attributes:
        texts: in their order.
        with_null: whether NULL does too.
        is_every: whether no other value occurs.
    """

    texts: tuple[str, ...]
    with_null: bool
    is_every: bool

    @property
    def labels(self) -> tuple[str, ...]:
        """The texts as those of an ENUM, which has at least one."""
        return self.texts or ("",)

    @property
    def kept(self) -> tuple[str | None, ...] | None:
        """The values as one of `Kept`."""
        if self.is_every:
            return None
        return (*self.texts, None) if self.with_null else self.texts


def kept_values(slices: Sequence[SliceValues]) -> Kept:
    """What the next refresh goes by."""
    return tuple(values.kept for values in slices)


class Reading:
    """Reads the rows of one refresh.

    Attributes:
        columns: columns of the monitored table in order, with their Databricks types.
        prefix: begins the names of the columns that are added; no column of the monitored table begins with it.
        granularities: lengths of windows; none for a snapshot.
        predicates: the slicing expressions whose values are true and false.
    """

    def __init__(
        self, definition: MonitorDefinition, columns: Mapping[str, str], now: datetime, switches: Switches
    ) -> None:
        self.columns = columns
        self.prefix = _free_prefix(columns)
        self.granularities = [
            Granularity.parse(text, Calendar.of(switches)) for text in definition.granularities
        ]
        self._slices = {text: _slice_sql(text, columns, now) for text in definition.slicing_exprs}
        self.predicates = {text for text in self._slices if _is_predicate(text, columns)}
        self._switches = switches
        self._now = now
        log = definition.inference
        named = {"model": log.model_id, "prediction": log.prediction, "label": log.label} if log else {}
        self._texts = {
            name: text_sql(f"{name} column '{column}'", column, columns, now)
            for name, column in named.items()
            if column is not None
        }

    def added(self, name: str) -> str:
        """A column that the refresh adds, quoted."""
        return identifier(self.prefix + name)

    def window(self, number: int) -> str:
        """The column with the start of a row's window of a granularity; NULL for a row that lies in none."""
        return self.added(f"window_{number}")

    def in_windows(self, rows: str, timestamp_column: str, first: datetime) -> str:
        """Query of the rows from a moment on, with the start of their window of each granularity."""
        moment, begin = self.added("timestamp"), f"TIMESTAMP '{first}'"
        what = f"timestamp column '{timestamp_column}'"
        timestamp = _translated(what, _column(timestamp_column), self.columns, self._now, "TIMESTAMP")
        windows = []
        for number, granularity in enumerate(self.granularities):
            start = granularity.start(moment)
            if granularity.whole_first_window:
                start = f"CASE WHEN {start} >= {begin} THEN {start} END"
            windows.append(f"{start} AS {self.window(number)}")
        timed = f"SELECT *, {timestamp} AS {moment} FROM ({rows})"
        return f"SELECT * EXCLUDE ({moment}), {', '.join(windows)} FROM ({timed}) WHERE {moment} >= {begin}"

    def only_touched(self, connection: duckdb.DuckDBPyConnection, rows: str, new: str) -> str:
        """Query of the rows that lie in a window of a new row; windows without new rows become NULL.

        Args:
            connection: gets the windows, in `TOUCHED`.
            rows: all rows, in windows.
            new: the new rows, in windows.
        """
        places = range(len(self.granularities))
        touched = " UNION ".join(
            f"SELECT {number} AS frame, {self.window(number)} AS start FROM ({new}) "
            f"WHERE {self.window(number)} IS NOT NULL"
            for number in places
        )
        with failing(lambda: (), connection):
            connection.execute(f"CREATE OR REPLACE TEMP TABLE {TOUCHED} AS {touched}")
        kept = ", ".join(
            f"CASE WHEN {self.window(number)} IN (SELECT start FROM {TOUCHED} WHERE frame = {number}) "
            f"THEN {self.window(number)} END AS {self.window(number)}"
            for number in places
        )
        any_window = " OR ".join(f"{self.window(number)} IS NOT NULL" for number in places)
        return f"SELECT * FROM (SELECT * REPLACE ({kept}) FROM ({rows})) WHERE {any_window}"

    def slice_values(self, connection: duckdb.DuckDBPyConnection, rows: str) -> tuple[SliceValues, ...]:
        """The most frequent values of each slicing expression; of equally frequent ones the first by their text."""
        return tuple(self._most_frequent(connection, text, rows) for text in self._slices)

    def _most_frequent(self, connection: duckdb.DuckDBPyConnection, text: str, rows: str) -> SliceValues:
        most = self._switches.slice_values
        chosen = "TRUE" if self._switches.null_slice else "value IS NOT NULL"
        query = (
            f"SELECT value FROM (SELECT {self._slices[text]} AS value FROM ({rows})) WHERE {chosen} "
            f"GROUP BY value ORDER BY count(*) DESC, value LIMIT {most + 1}"
        )
        with failing(lambda: [(f"slicing expression '{text}'", query)], connection):
            ranked = [value for (value,) in connection.execute(query).fetchall()]
        kept = ranked[:most]
        texts = sorted(value for value in kept if value is not None)
        return SliceValues(tuple(texts), None in kept, len(ranked) <= most)

    def slice_value(self, number: int) -> str:
        """The column with a row's value of a slicing expression: one of those that make slices, or NULL; an ENUM."""
        return self.added(f"slice_{number}")

    def _is_null(self, number: int) -> str:
        """The column that says whether a row's value of a slicing expression is NULL, where that makes a slice."""
        return self.added(f"null_{number}")

    def slice_rows(self, number: int, values: SliceValues) -> str:
        """DuckDB SQL that says whether a row belongs to a slice of an expression."""
        there = f"{self.slice_value(number)} IS NOT NULL"
        return f"({there} OR {self._is_null(number)})" if values.with_null else there

    def slice_code(self, number: int, values: SliceValues) -> str:
        """DuckDB SQL of the place of a row's slice among those of its expression, from 0; NULL for a row in none."""
        code = f"enum_code({self.slice_value(number)})"
        return (
            f"CASE WHEN {self._is_null(number)} THEN {len(values.labels)} ELSE {code} END"
            if values.with_null
            else code
        )

    def fill(self, connection: duckdb.DuckDBPyConnection, rows: str, slices: Sequence[SliceValues]) -> int:
        """Fill the temporary table with rows and what is computed of each; gives how many.

        Args:
            connection: gets the table.
            rows: query of the rows, in windows.
            slices: which slices there are, of each slicing expression.
        """
        alone = [
            (f"slicing expression '{text}'", f"SELECT count({sql}) FROM ({rows})")
            for text, sql in self._slices.items()
        ]
        with failing(lambda: alone, connection):
            return rows_made(
                connection, f"CREATE OR REPLACE TEMP TABLE {SOURCE} AS {self._query(rows, slices)}"
            )

    def view(self, connection: duckdb.DuckDBPyConnection, rows: str, slices: Sequence[SliceValues]) -> None:
        """Make a view in place of the temporary table, of rows that have `own_place`.

        Args:
            connection: gets the view; holds the table when another source was read before.
            rows: query of the rows, in windows.
            slices: which slices there are, of each slicing expression.
        """
        with failing(lambda: (), connection):
            connection.execute(f"DROP TABLE IF EXISTS {SOURCE}")
            connection.execute(f"CREATE TEMP VIEW {SOURCE} AS {self._query(rows, slices)}")

    def _query(self, rows: str, slices: Sequence[SliceValues]) -> str:
        """Query of the rows with what is computed of each."""
        texts = [f"{sql} AS {self.added(name)}" for name, sql in self._texts.items()]
        listed = ", ".join(["*", *self._of_slices(slices), *texts, *self._places()])
        return f"SELECT {listed} FROM ({rows})"

    @property
    def place(self) -> str:
        """DuckDB SQL of the number of a row of the temporary table, counted from 0."""
        return self.own_place if self._hides_row_numbers else "rowid"

    @property
    def own_place(self) -> str:
        """A column for the number of a row, quoted."""
        return self.added("place")

    @property
    def _hides_row_numbers(self) -> bool:
        """Whether a column of the monitored table has the name by which DuckDB gives a row's number."""
        return any(name.lower() == "rowid" for name in self.columns)

    def _places(self) -> list[str]:
        return [f"row_number() OVER () - 1 AS {self.own_place}"] if self._hides_row_numbers else []

    def fill_keys(
        self,
        connection: duckdb.DuckDBPyConnection,
        rows: str,
        slices: Sequence[SliceValues],
        *,
        in_windows: bool = True,
    ) -> None:
        """Fill the temporary table with no more of each row than tells which groups it belongs to."""
        windows = [self.window(number) for number in range(len(self.granularities) if in_windows else 0)]
        model = [f"{sql} AS {self.added(name)}" for name, sql in self._texts.items() if name == "model"]
        listed = ", ".join([*windows, *self._of_slices(slices), *model]) or "1"
        with failing(lambda: (), connection):
            connection.execute(f"CREATE OR REPLACE TEMP TABLE {SOURCE} AS SELECT {listed} FROM ({rows})")

    def _of_slices(self, slices: Sequence[SliceValues]) -> list[str]:
        """The columns that tell a row's slices."""
        listed = []
        for number, (sql, values) in enumerate(zip(self._slices.values(), slices, strict=True)):
            labels = ", ".join(map(text_literal, values.labels))
            listed.append(f"TRY_CAST({sql} AS ENUM({labels})) AS {self.slice_value(number)}")
            if values.with_null:
                listed.append(f"({sql}) IS NULL AS {self._is_null(number)}")
        return listed


def table_columns(connection: duckdb.DuckDBPyConnection, table: str) -> dict[str, str]:
    """Column -> Databricks type of a table or view, in order.

    Raises:
        RefreshFailed: it is not there.
    """
    found = columns_of(connection, table)
    if not found:
        name = TableName.parse(table)
        raise RefreshFailed(
            f"[TABLE_OR_VIEW_NOT_FOUND] The table or view `{name.catalog}`.`{name.schema}`.`{name.table}` "
            "cannot be found. SQLSTATE: 42P01"
        )
    return {column: to_databricks(kind) for column, kind in found.items()}


def text_sql(what: str, column: str, columns: Mapping[str, str], now: datetime) -> str:
    """DuckDB SQL of a column's value as the text that Databricks casts it to; as DuckDB writes it where that is not known.

    Raises:
        RefreshFailed: the column is not there; the text says `what` it is.
    """
    there = column_named(columns, column)
    if there is None:
        return _translated(what, _column(column), columns, now, "STRING")
    if parse_type(columns[there]).name == "STRING":
        return identifier(there)
    try:
        return expression_sql(_column(column), columns, now=now, target="STRING")
    except UnsupportedSQLError:
        return f"CAST({identifier(there)} AS VARCHAR)"


def _free_prefix(columns: Mapping[str, str]) -> str:
    prefix = "__"
    while any(name.startswith(prefix) for name in columns):
        prefix += "_"
    return prefix


def _column(name: str) -> str:
    """A column in Databricks SQL."""
    return "`" + name.replace("`", "``") + "`"


def _translated(what: str, text: str, columns: Mapping[str, str], now: datetime, target: str) -> str:
    try:
        return expression_sql(text, columns, now=now, target=target)
    except UnsupportedSQLError as error:
        raise RefreshFailed(f"{what}: {error}") from error


def _slice_sql(text: str, columns: Mapping[str, str], now: datetime) -> str:
    what = f"slicing expression '{text}'"
    try:
        is_text = expression_type(parse_expression(text), columns) == "STRING"
        return expression_sql(text, columns, now=now, target=None if is_text else "STRING")
    except UnsupportedSQLError as error:
        raise RefreshFailed(f"{what}: {error}") from error


def _is_predicate(text: str, columns: Mapping[str, str]) -> bool:
    return expression_type(parse_expression(text), columns) == "BOOLEAN"


def number_sql(column: str, kind: SparkType) -> str | None:
    """DuckDB SQL of what statistics are computed from, if a column has it.

    A DOUBLE; NaN is no value; a moment is its seconds since 1970.
    """
    if kind.is_floating:
        return f"CASE WHEN NOT isnan({column}) THEN CAST({column} AS DOUBLE) END"
    if kind.is_numeric:
        return f"CAST({column} AS DOUBLE)"
    if kind.is_timestamp or kind.name == "DATE":
        return f"CAST(epoch({column}) AS DOUBLE)"
    return None
