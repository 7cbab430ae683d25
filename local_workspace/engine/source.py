"""The rows a refresh reads, with their windows, slice values and model: copied into a temporary table, or in place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from local_workspace.engine.baseline import baseline_problem, baseline_query, common_columns
from local_workspace.engine.coercion import identifier
from local_workspace.engine.failures import RefreshFailed
from local_workspace.engine.reading import Reading, kept_values, number_sql
from local_workspace.engine.temporary import count_rows
from local_workspace.engine.types import parse_type
from local_workspace.names import TableName

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import duckdb

    from local_workspace.engine.definition import MonitorDefinition
    from local_workspace.engine.progress import Mark
    from local_workspace.engine.reading import Kept, SliceValues
    from local_workspace.engine.switches import Switches

INPUT: Final = "INPUT"
BASELINE: Final = "BASELINE"
"""Values of `log_type`: rows of the monitored table, rows of the baseline table."""
_MANY_VALUES: Final = 5_000_000
"""Fewer values are copied faster than each statement is planned over a view, see `docs/decisions/rows-in-place.md`."""


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
        value: the column with a row's value, an ENUM; NULL for a row in none of the slices.
        rows: DuckDB SQL that says whether a row belongs to a slice.
        code: DuckDB SQL of the place of a row's slice among those of the expression; NULL for a row in none.
        with_null: whether NULL makes a slice.
        is_predicate: whether its values are true and false.
    """

    text: str
    value: str
    rows: str
    code: str
    with_null: bool
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
        kept: for each of them the values that make slices; None where all do.
        prefix: begins the names of the columns that are added; no column of the monitored table begins with it.
        place: DuckDB SQL of a row's number, counted from 0.
        size: how many rows there are.
        is_in_place: whether they are the rows of the monitored table itself, not a copy.
    """

    log_type: str
    columns: Mapping[str, str]
    described: tuple[str, ...]
    frames: tuple[Frame, ...]
    slices: tuple[Slice, ...]
    kept: Kept
    prefix: str
    place: str
    size: int
    is_in_place: bool = False

    def number(self, name: str) -> str:
        """DuckDB SQL of a column's value as a DOUBLE, NaN left out; seconds for a moment, NULL for what is no number.

        Args:
            name: the column; case does not count.
        """
        (column,) = (each for each in self.columns if each.lower() == name.lower())
        return number_sql(identifier(column), parse_type(self.columns[column])) or "NULL"

    @property
    def values(self) -> int:
        """How many values the rows hold."""
        return self.size * len(self.columns)

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

    def first_moment(self, look_back_days: int) -> datetime:
        """The moment from which on rows are read, the beginning of the calendar at the earliest."""
        beginning = datetime.min  # noqa: DTZ901 - UTC without a zone, as DuckDB holds it
        if look_back_days > (self.created_at - beginning).days:
            return beginning
        return self.created_at - timedelta(days=look_back_days)


@dataclass(frozen=True)
class Extent:
    """Which rows of the monitored table a refresh reads.

    Attributes:
        read: up to where; None for all rows.
        since: from where on rows are new; None when everything is computed.
        slices: the slices that were kept when the older rows were read.
    """

    read: Mark | None
    since: Mark | None = None
    slices: Kept = ()


def read_input(
    connection: duckdb.DuckDBPyConnection,
    definition: MonitorDefinition,
    columns: Mapping[str, str],
    clock: Clock,
    switches: Switches,
    extent: Extent,
    *,
    may_stay: bool,
) -> Source:
    """Read the monitored table.

    A snapshot reads all rows, others those with a timestamp of the look-back or later; and of these only the rows of
    windows that received rows, when the extent says from where on rows are new and the same slices are kept.

    Args:
        connection: gets the temporary table.
        definition: names the monitored table.
        columns: column -> Databricks type of it.
        clock: the moment of the refresh.
        switches: what to do where nothing is published.
        extent: which rows.
        may_stay: whether all rows of a large table may be read in place, compressed as they are and only columns that
            are needed, instead of a copy.

    Raises:
        RefreshFailed: the table, its timestamp column or a column of a slice is not there, or a slice fails.
    """
    reading = Reading(definition, columns, clock.now, switches)
    stay = None
    if definition.timestamp_column is None:
        rows = _rows(definition, extent)
        slices = reading.slice_values(connection, rows)
        frames: tuple[Frame, ...] = (_snapshot_frame(clock, switches),)
    else:
        in_windows = partial(
            reading.in_windows,
            timestamp_column=definition.timestamp_column,
            first=clock.first_moment(switches.look_back_days),
        )
        rows = in_windows(_rows(definition, extent))
        stay = _rows_that_stay(connection, rows, columns, extent) if may_stay else None
        slices = reading.slice_values(connection, rows)
        if stay is not None:
            rows = in_windows(_rows(definition, extent, f"*, rowid AS {reading.own_place}"))
        elif extent.since is not None and extent.slices == kept_values(slices):
            new = in_windows(f"{_rows(definition, extent)} AND rowid > {extent.since.last}")
            rows = reading.only_touched(connection, rows, new)
        frames = _window_frames(reading)
    if stay is None:
        place, size = reading.place, reading.fill(connection, rows, slices)
    else:
        reading.view(connection, rows, slices)
        place, size = reading.own_place, stay
    return Source(
        INPUT,
        columns,
        tuple(columns),
        frames,
        _slices(reading, definition, slices),
        kept_values(slices),
        reading.prefix,
        place,
        size,
        is_in_place=stay is not None,
    )


def _rows(definition: MonitorDefinition, extent: Extent, columns: str = "*") -> str:
    """Query of the rows of the monitored table up to where they are read."""
    rows = f"SELECT {columns} FROM {TableName.parse(definition.table).relation}"
    return rows if extent.read is None else f"{rows} WHERE rowid <= {extent.read.last}"


def _rows_that_stay(
    connection: duckdb.DuckDBPyConnection, rows: str, columns: Mapping[str, str], extent: Extent
) -> int | None:
    """How many rows a query gives, where these are all of a large table and none of their numbers is missing; else None."""
    read = extent.read
    if read is None or extent.since is not None:
        return None
    is_whole = (
        read.rows * len(columns) > _MANY_VALUES
        and read.has_every_number
        and count_rows(connection, f"({rows})") == read.rows
    )
    return read.rows if is_whole else None


def read_baseline(
    connection: duckdb.DuckDBPyConnection,
    definition: MonitorDefinition,
    columns: Mapping[str, str],
    baseline: Mapping[str, str],
    clock: Clock,
    switches: Switches,
) -> Source:
    """Fill the temporary table from the baseline table, all rows of it.

    Args:
        connection: gets the temporary table.
        definition: names the tables.
        columns: column -> Databricks type of the monitored table.
        baseline: the same of the baseline table.
        clock: the moment of the refresh.
        switches: what to do where nothing is published.

    Raises:
        RefreshFailed: the table is not there or does not fit, or a slice fails.
    """
    table = definition.baseline_table or ""
    model_id = definition.inference.model_id if definition.inference else None
    reason = baseline_problem(columns, baseline, model_id)
    if reason:
        raise RefreshFailed(f"baseline table '{table}': {reason}")
    reading = Reading(definition, columns, clock.now, switches)
    rows = baseline_query(columns, baseline, TableName.parse(table).relation)
    slices = reading.slice_values(connection, rows)
    held = reading.fill(connection, rows, slices)
    return Source(
        BASELINE,
        columns,
        tuple(common_columns(columns, baseline)),
        (Frame(None, "NULL", "NULL", "TRUE"),),
        _slices(reading, definition, slices),
        kept_values(slices),
        reading.prefix,
        reading.place,
        held,
    )


def _snapshot_frame(clock: Clock, switches: Switches) -> Frame:
    start = clock.previous if switches.snapshot_window == "since_previous" else None
    return Frame(None, f"TIMESTAMP '{start or clock.now}'", f"TIMESTAMP '{clock.now}'", "TRUE")


def _window_frames(reading: Reading) -> tuple[Frame, ...]:
    return tuple(
        Frame(
            granularity.text,
            reading.window(number),
            granularity.end('"start"'),
            f"{reading.window(number)} IS NOT NULL",
        )
        for number, granularity in enumerate(reading.granularities)
    )


def _slices(
    reading: Reading, definition: MonitorDefinition, slices: Sequence[SliceValues]
) -> tuple[Slice, ...]:
    return tuple(
        Slice(
            text,
            reading.slice_value(number),
            reading.slice_rows(number, slices[number]),
            reading.slice_code(number, slices[number]),
            slices[number].with_null,
            text in reading.predicates,
        )
        for number, text in enumerate(definition.slicing_exprs)
    )
