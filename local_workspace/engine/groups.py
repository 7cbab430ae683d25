"""All aggregates of all columns and metrics, one wide row for each window, slice and model.

For each kind of window and each grouping (whole table, each slicing expression, all models together and each alone) one
query reads the source once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from local_workspace.engine.coercion import identifier
from local_workspace.engine.custom_metric import INPUT_COLUMN, MetricKind
from local_workspace.engine.described_columns import described_columns
from local_workspace.engine.failures import failing
from local_workspace.engine.metric_sql import metric_sql
from local_workspace.engine.model_quality import OWNER, quality_aggregates
from local_workspace.engine.statistics import Wanted
from local_workspace.engine.temporary import GROUPS, SOURCE

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

_KEYS: Final = {
    "frame": "INTEGER",
    "start": "TIMESTAMP",
    "slice": "INTEGER",
    "value": "VARCHAR",
    "model": "VARCHAR",
}
"""Column -> DuckDB type of what tells the groups apart; slice and value are NULL for the whole table."""

ALL_MODELS: Final = "*"
"""What stands for all models together, in the column of the model id."""


@dataclass(frozen=True)
class _Aggregate:
    """An aggregate over a group's rows, and whose it is."""

    alias: str
    sql: str
    owner: str


@dataclass(frozen=True)
class Selection:
    """The rows of one grouping.

    Attributes:
        keys: DuckDB SQL of the keys of a row's group, named.
        rows: FROM and WHERE.
        is_whole: whether it is no slice.
    """

    keys: str
    rows: str
    is_whole: bool


class Groups:
    """The table of groups, made of the rows of a source.

    Attributes:
        source: where the rows are from.
        statistics: the columns that are described, in order.
        keys: names of the columns that tell groups apart.
    """

    keys = tuple(_KEYS)

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
        self.statistics = described_columns(connection, definition, source, switches=switches, now=now)
        self._connection = connection
        self._switches = switches
        self._by_model = definition.inference is not None
        self._metrics = [
            _Aggregate(
                metric_alias(metric, name),
                metric_sql(metric, {**definition.template_columns, INPUT_COLUMN: name}, source.columns, now),
                f"custom metric '{metric.name}'",
            )
            for metric in definition.metrics(MetricKind.AGGREGATE)
            for name in metric.input_columns
        ]
        self._quality = [
            _Aggregate(name, sql, OWNER) for name, sql in quality_aggregates(definition, source).items()
        ]

    def compute(self, proceed: Callable[[], None]) -> None:
        """Fill the table; `proceed` is called between steps and may raise.

        Raises:
            RefreshFailed: a metric failed; the text names it.
        """
        for number, selection in enumerate(self.selections()):
            proceed()
            query, attempts = self._query(selection)
            if number == 0:
                self._create(query, attempts)
                if self._connection.execute(f"SELECT 1 FROM {SOURCE} LIMIT 1").fetchone() is None:
                    return
            self._run(f"INSERT INTO {GROUPS} BY NAME {query}", attempts)

    def selections(self) -> Iterator[Selection]:
        """The groupings; the first one's groups have every column."""
        for frame in range(len(self.source.frames)):
            for slice_number in (None, *range(len(self.source.slices))):
                yield self._selection(frame, slice_number, f"'{ALL_MODELS}'" if self._by_model else "NULL")
                if self._by_model:
                    yield self._selection(frame, slice_number, self.source.model)

    def stored(self, position: int) -> dict[str, str]:
        """What is kept of a column, at its position in `statistics`: name -> column of the table."""
        wanted = self._wanted(is_whole=True)
        every = self.statistics[position].finished(self._made(position, wanted), wanted)
        return {"rows": identifier("rows")} | {name: _column(name, position) for name in every}

    def _wanted(self, *, is_whole: bool) -> Wanted:
        switches = self._switches
        return Wanted(
            quantiles=is_whole or switches.slice_quantiles,
            frequent_items=is_whole or switches.slice_frequent_items,
            distribution=is_whole or switches.slice_drift_tests,
        )

    def _create(self, query: str, attempts: _Attempts) -> None:
        """Make the table for what the first query gives: the whole table's groups have every column."""
        self._run(f"CREATE OR REPLACE TEMP TABLE {GROUPS} AS {query} LIMIT 0", attempts)

    def _run(self, statement: str, attempts: _Attempts) -> None:
        with failing(lambda: attempts, self._connection):
            self._connection.execute(statement)

    def _made(self, position: int, wanted: Wanted) -> dict[str, str]:
        return {name: _column(name, position) for name in self.statistics[position].aggregates(wanted)}

    def _query(self, selection: Selection) -> tuple[str, _Attempts]:
        """The query of one grouping, and each of its aggregates in a query of its own."""
        wanted = self._wanted(is_whole=selection.is_whole)
        aggregates, finished = [_Aggregate("rows", "count(*)", "")], [identifier("rows")]
        for position, statistics in enumerate(self.statistics):
            owner = f"statistics of column '{statistics.name}'"
            aggregates += [
                _Aggregate(f"{name} {position}", sql, owner)
                for name, sql in statistics.aggregates(wanted).items()
            ]
            kept = statistics.finished(self._made(position, wanted), wanted)
            finished += [f"{sql} AS {_column(name, position)}" for name, sql in kept.items()]
        unchanged = [*self._quality, *self._metrics]
        finished += [identifier(each.alias) for each in unchanged]
        aggregates += unchanged
        grouped = f"GROUP BY {', '.join(str(place) for place in range(1, len(_KEYS) + 1))}"
        listed = ", ".join(f"{each.sql} AS {identifier(each.alias)}" for each in aggregates)
        names = ", ".join(identifier(name) for name in _KEYS)
        made = f"SELECT {selection.keys}, {listed} {selection.rows} {grouped}"
        alone = [
            (each.owner, f"SELECT {selection.keys}, {each.sql} {selection.rows} {grouped}")
            for each in aggregates
            if each.owner
        ]
        return f"SELECT {names}, {', '.join(finished)} FROM ({made})", alone

    def _selection(self, number: int, slice_number: int | None, model: str) -> Selection:
        frame = self.source.frames[number]
        where, value = [frame.rows, f"{model} IS NOT NULL" if self._by_model else "TRUE"], "NULL"
        if slice_number is not None:
            chosen = self.source.slices[slice_number]
            where.append(chosen.rows)
            value = chosen.value
        place = "NULL" if slice_number is None else str(slice_number)
        values = (str(number), frame.start, place, value, model)
        keys = ", ".join(
            f"CAST({sql} AS {kind}) AS {identifier(name)}"
            for (name, kind), sql in zip(_KEYS.items(), values, strict=True)
        )
        return Selection(keys, f"FROM {SOURCE} WHERE {' AND '.join(where)}", slice_number is None)


def metric_alias(metric: CustomMetric, column: str) -> str:
    """The column of the table that holds an AGGREGATE metric of one of its input columns."""
    return f"metric {metric.name} {column}"


def _column(name: str, position: int) -> str:
    return identifier(f"{name} {position}")
