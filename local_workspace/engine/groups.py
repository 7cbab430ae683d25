"""All aggregates of all columns and metrics, one wide row for each window and slice.

For each kind of window and each grouping (whole table, each slicing expression) one query reads the source once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from local_workspace.engine.coercion import identifier
from local_workspace.engine.custom_metric import INPUT_COLUMN, MetricKind
from local_workspace.engine.failures import failing
from local_workspace.engine.metric_sql import metric_sql
from local_workspace.engine.statistics import ColumnStatistics, Wanted, family_of
from local_workspace.engine.temporary import GROUPS, SOURCE
from local_workspace.engine.types import parse_type

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    import duckdb

    from local_workspace.engine.custom_metric import CustomMetric
    from local_workspace.engine.definition import MonitorDefinition
    from local_workspace.engine.source import Source
    from local_workspace.engine.switches import Switches

_Attempts = list[tuple[str, str]]
"""What is computed, and a query that computes it alone."""

_KEYS = {"frame": "INTEGER", "start": "TIMESTAMP", "slice": "INTEGER", "value": "VARCHAR"}


@dataclass(frozen=True)
class _Aggregate:
    """An aggregate over a group's rows, and whose it is."""

    alias: str
    sql: str
    owner: str


class Groups:
    """The table of groups, made of the rows of a source.

    Attributes:
        source: where the rows are from.
        statistics: the columns that are described, in order.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        definition: MonitorDefinition,
        source: Source,
        *,
        switches: Switches,
        now: datetime,
    ) -> None:
        self.source = source
        self.statistics = _statistics(connection, source, switches)
        self._connection = connection
        self._switches = switches
        self._metrics = [
            _Aggregate(
                metric_alias(metric, name),
                metric_sql(metric, {INPUT_COLUMN: name}, source.columns, now),
                f"custom metric '{metric.name}'",
            )
            for metric in definition.metrics(MetricKind.AGGREGATE)
            for name in metric.input_columns
        ]

    def compute(self, proceed: Callable[[], None]) -> None:
        """Fill the table; `proceed` is called between steps and may raise.

        Raises:
            RefreshFailed: a metric failed; the text names it.
        """
        for number, (frame, slice_number) in enumerate(self._groupings()):
            proceed()
            query, attempts = self._query(frame, slice_number)
            if number == 0:
                self._create(query, attempts)
            self._run(f"INSERT INTO {GROUPS} BY NAME {query}", attempts)

    def stored(self, position: int) -> dict[str, str]:
        """What is kept of a column, at its position in `statistics`: name -> column of the table."""
        every = self.statistics[position].finished(self._made(position), self._wanted(None))
        return {"rows": identifier("rows")} | {name: _column(name, position) for name in every}

    def _groupings(self) -> Iterator[tuple[int, int | None]]:
        for frame in range(len(self.source.frames)):
            yield frame, None
            for number in range(len(self.source.slices)):
                yield frame, number

    def _wanted(self, slice_number: int | None) -> Wanted:
        whole, switches = slice_number is None, self._switches
        return Wanted(
            quantiles=whole or switches.slice_quantiles,
            frequent_items=whole or switches.slice_frequent_items,
            distribution=whole or switches.slice_drift_tests,
        )

    def _create(self, query: str, attempts: _Attempts) -> None:
        """Make the table for what the first query gives: the whole table's groups have every column."""
        self._run(f"CREATE OR REPLACE TEMP TABLE {GROUPS} AS {query} LIMIT 0", attempts)

    def _run(self, statement: str, attempts: _Attempts) -> None:
        with failing(lambda: attempts, self._connection):
            self._connection.execute(statement)

    def _made(self, position: int, wanted: Wanted | None = None) -> dict[str, str]:
        made = self.statistics[position].aggregates(wanted or self._wanted(None))
        return {name: _column(name, position) for name in made}

    def _query(self, frame: int, slice_number: int | None) -> tuple[str, _Attempts]:
        """The query of one grouping, and each of its aggregates in a query of its own."""
        wanted = self._wanted(slice_number)
        aggregates, finished = [_Aggregate("rows", "count(*)", "")], [identifier("rows")]
        for position, statistics in enumerate(self.statistics):
            owner = f"statistics of column '{statistics.name}'"
            aggregates += [
                _Aggregate(f"{name} {position}", sql, owner)
                for name, sql in statistics.aggregates(wanted).items()
            ]
            kept = statistics.finished(self._made(position, wanted), wanted)
            finished += [f"{sql} AS {_column(name, position)}" for name, sql in kept.items()]
        finished += [identifier(each.alias) for each in self._metrics]
        aggregates += self._metrics
        keys, rows = self._rows(frame, slice_number)
        listed = ", ".join(f"{each.sql} AS {identifier(each.alias)}" for each in aggregates)
        names = ", ".join(identifier(name) for name in _KEYS)
        query = f"SELECT {names}, {', '.join(finished)} FROM (SELECT {keys}, {listed} {rows})"
        alone = [(each.owner, f"SELECT {keys}, {each.sql} {rows}") for each in aggregates if each.owner]
        return query, alone

    def _rows(self, number: int, slice_number: int | None) -> tuple[str, str]:
        """The keys of the groups, and FROM with all that follows it."""
        frame = self.source.frames[number]
        where, value = [f"{frame.start} IS NOT NULL"], "NULL"
        if slice_number is not None:
            chosen = self.source.slices[slice_number]
            where.append(chosen.rows)
            value = chosen.value
        values = (str(number), frame.start, "NULL" if slice_number is None else str(slice_number), value)
        keys = ", ".join(
            f"CAST({sql} AS {kind}) AS {identifier(name)}"
            for (name, kind), sql in zip(_KEYS.items(), values, strict=True)
        )
        return keys, f"FROM {SOURCE} WHERE {' AND '.join(where)} GROUP BY 1, 2, 3, 4"


def metric_alias(metric: CustomMetric, column: str) -> str:
    """The column of the table that holds an AGGREGATE metric of one of its input columns."""
    return f"metric {metric.name} {column}"


def _column(name: str, position: int) -> str:
    return identifier(f"{name} {position}")


def _statistics(
    connection: duckdb.DuckDBPyConnection, source: Source, switches: Switches
) -> list[ColumnStatistics]:
    kinds = {name: parse_type(text) for name, text in source.columns.items()}
    floating = [name for name, kind in kinds.items() if kind.is_floating]
    not_a_number, unbounded = (
        _columns_with(connection, [f"{test}({identifier(name)})" for name in floating], floating)
        for test in ("isnan", "isinf")
    )
    return [
        ColumnStatistics(
            name=name,
            type=kind,
            family=family_of(kind, switches),
            value=identifier(name),
            number=source.number(name),
            text=f"CAST({identifier(name)} AS VARCHAR)",
            switches=switches,
            unbounded=name in unbounded,
            not_a_number=name in not_a_number,
        )
        for name, kind in kinds.items()
    ]


def _columns_with(connection: duckdb.DuckDBPyConnection, tests: list[str], columns: list[str]) -> set[str]:
    """The columns of which a row passes its test."""
    if not columns:
        return set()
    listed = ", ".join(f"coalesce(bool_or({test}), FALSE)" for test in tests)
    row = connection.execute(f"SELECT {listed} FROM {SOURCE}").fetchone() or ()
    return {column for column, found in zip(columns, row, strict=True) if found}
