"""The rows of the profile table, computed from the source rows into a temporary table.

For each granularity and each grouping (whole table, each slicing expression) one query computes all aggregates of
all columns and metrics side by side into one wide row a group; the wide rows are then turned into one row a column.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlglot import exp

from local_workspace.engine.coercion import identifier, text_literal
from local_workspace.engine.custom_metric import (
    INPUT_COLUMN,
    TABLE_ROW,
    CustomMetric,
    MetricKind,
    fill_template,
)
from local_workspace.engine.dialect import UnsupportedSQLError, parse_expression, to_duckdb_sql, translate
from local_workspace.engine.failures import RefreshFailed, failing
from local_workspace.engine.output_columns import PROFILE_COLUMNS
from local_workspace.engine.source import SOURCE, Source
from local_workspace.engine.statistics import ColumnStatistics, family_of
from local_workspace.engine.types import parse_type, spark_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime

    import duckdb

    from local_workspace.engine.definition import MonitorDefinition
    from local_workspace.engine.switches import Switches

WIDE: Final = 'temp.main."refresh wide"'
PROFILE: Final = 'temp.main."refresh profile"'
"""The finished rows, with the profile table's columns."""


@dataclass(frozen=True)
class Stamp:
    """What all rows of a refresh carry."""

    monitor_version: int
    commit_version: int


@dataclass(frozen=True)
class _Aggregate:
    """One column of the wide table: an aggregate, and whose it is."""

    alias: str
    sql: str
    owner: str


@dataclass(frozen=True)
class _Rows:
    """A query that gives the profile rows of one `column_name`, and attempts that find the metric that fails."""

    query: str
    attempts: list[tuple[str, str]]


class Profile:
    """Computes the profile rows of one refresh."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        definition: MonitorDefinition,
        source: Source,
        *,
        switches: Switches,
        now: datetime,
    ) -> None:
        self.connection = connection
        self.definition = definition
        self.source = source
        self.switches = switches
        self.now = now
        self.statistics = _statistics(connection, source)
        self.metric_aggregates = self._metric_aggregates()

    def compute(self, stamp: Stamp, proceed: Callable[[], None]) -> None:
        """Fill `PROFILE`; `proceed` is called between steps and may raise.

        Raises:
            RefreshFailed: a metric failed; the text names it.
        """
        self._create_wide()
        for granularity, slice_number in self._groupings():
            proceed()
            self._aggregate(granularity, slice_number)
        self._create_profile()
        proceed()
        rows = [
            self._table_rows(stamp),
            *(self._column_rows(at, stamp) for at in range(len(self.statistics))),
        ]
        alone = [attempt for each in rows for attempt in each.attempts]
        with failing(lambda: alone, self.connection):
            listed = " UNION ALL BY NAME ".join(f"({each.query})" for each in rows)
            self.connection.execute(f"INSERT INTO {PROFILE} BY NAME {listed}")

    def _groupings(self) -> Iterator[tuple[int, int | None]]:
        for granularity in range(len(self.source.granularities)):
            yield granularity, None
            for number in range(len(self.source.slices)):
                yield granularity, number

    # ---- wide rows ----

    def _aggregates(self, slice_number: int | None) -> list[_Aggregate]:
        switches = self.switches
        whole = slice_number is None
        points = switches.quantile_points if whole else switches.slice_quantile_points
        values = switches.frequent_values if whole or switches.slice_frequent_items else 0
        found = [_Aggregate("rows", "count(*)", "rows")]
        for position, statistics in enumerate(self.statistics):
            found += [
                _Aggregate(f"{name} {position}", sql, f"statistics of column '{statistics.name}'")
                for name, sql in statistics.aggregates(points, values).items()
            ]
        return found + self.metric_aggregates

    def _metric_aggregates(self) -> list[_Aggregate]:
        return [
            _Aggregate(
                f"metric {metric.name} {name}",
                self._metric_sql(metric, {INPUT_COLUMN: name}, self.source.columns),
                f"custom metric '{metric.name}'",
            )
            for metric in self.definition.metrics(MetricKind.AGGREGATE)
            for name in metric.input_columns
        ]

    def _metric_sql(self, metric: CustomMetric, names: Mapping[str, str], columns: Mapping[str, str]) -> str:
        """DuckDB SQL of a metric, as its output type."""
        target = exp.DataType.build(metric.output_type.text, dialect="databricks")
        try:
            tree = parse_expression(fill_template(metric.definition, names))
            typed = exp.Cast(this=exp.Paren(this=tree), to=target)
            return to_duckdb_sql(translate(typed, columns, now=self.now))
        except UnsupportedSQLError as error:
            raise RefreshFailed(f"custom metric '{metric.name}': {error}") from error

    def _create_wide(self) -> None:
        keys = "NULL::INTEGER AS granularity, NULL::TIMESTAMP AS start, NULL::INTEGER AS slice, NULL::VARCHAR AS value"
        whole = ", ".join(f"{each.sql} AS {identifier(each.alias)}" for each in self._aggregates(None))
        self.connection.execute(
            f"CREATE OR REPLACE TEMP TABLE {WIDE} AS SELECT {keys}, {whole} FROM {SOURCE} LIMIT 0"
        )

    def _aggregate(self, granularity: int, slice_number: int | None) -> None:
        aggregates = self._aggregates(slice_number)
        keys, rest = self._grouping_sql(granularity, slice_number)
        listed = ", ".join(f"{each.sql} AS {identifier(each.alias)}" for each in aggregates)
        alone = [(each.owner, f"SELECT {each.sql} {rest}") for each in aggregates if each.owner != "rows"]
        with failing(lambda: alone, self.connection):
            self.connection.execute(f"INSERT INTO {WIDE} BY NAME SELECT {keys}, {listed} {rest}")

    def _grouping_sql(self, granularity: int, slice_number: int | None) -> tuple[str, str]:
        """The keys of the groups, and FROM with all that follows it."""
        window = self.source.window(granularity)
        where, groups, value, number = f"{window} IS NOT NULL", window, "NULL", "NULL"
        if slice_number is not None:
            value, number = self.source.slice_value(slice_number), str(slice_number)
            where, groups = f"{where} AND {value} IS NOT NULL", f"{window}, {value}"
        keys = f"{granularity} AS granularity, {window} AS start, {number} AS slice, {value} AS value"
        return keys, f"FROM {SOURCE} WHERE {where} GROUP BY {groups}"

    # ---- profile rows ----

    def _stored_metrics(self) -> tuple[CustomMetric, ...]:
        return self.definition.metrics(MetricKind.AGGREGATE, MetricKind.DERIVED)

    def _create_profile(self) -> None:
        columns = PROFILE_COLUMNS | {
            metric.name: metric.output_type.duckdb for metric in self._stored_metrics()
        }
        listed = ", ".join(f"{identifier(name)} {kind}" for name, kind in columns.items())
        self.connection.execute(f"CREATE OR REPLACE TEMP TABLE {PROFILE} ({listed})")

    def _table_rows(self, stamp: Stamp) -> _Rows:
        names = ", ".join(
            f"CASE WHEN {_stored('filled', position)} > 0 THEN {text_literal(each.name)} END"
            for position, each in enumerate(self.statistics)
        )
        items = {
            "column_name": text_literal(TABLE_ROW),
            "count": identifier("rows"),
            "non_null_columns": f"list_filter([{names}], lambda name: name IS NOT NULL)",
        }
        return self._rows(stamp, items, TABLE_ROW)

    def _column_rows(self, position: int, stamp: Stamp) -> _Rows:
        statistics = self.statistics[position]
        points = max(self.switches.quantile_points, self.switches.slice_quantile_points)
        wanted = statistics.aggregates(points, self.switches.frequent_values)
        stored = {"rows": identifier("rows")} | {name: _stored(name, position) for name in wanted}
        items = {
            "column_name": text_literal(statistics.name),
            "data_type": text_literal(spark_name(statistics.type.duckdb)),
        } | statistics.profile(stored, self.switches)
        return self._rows(stamp, items, statistics.name)

    def _rows(self, stamp: Stamp, items: Mapping[str, str], row: str) -> _Rows:
        """The rows of one `column_name`, with the metrics that are computed for it."""
        metrics = [metric for metric in self._stored_metrics() if _is_for(metric, row)]
        values = _key_items(self.source, stamp) | dict(items)
        for metric in metrics:
            if metric.kind is MetricKind.AGGREGATE:
                written = next(name for name in metric.input_columns if name.lower() == row.lower())
                values[metric.name] = identifier(f"metric {metric.name} {written}")
        query = f"SELECT {_listed(values)} FROM {WIDE}"
        tried = []
        for level in _levels([metric for metric in metrics if metric.kind is MetricKind.DERIVED]):
            derived = {metric.name: self._derived_sql(metric, metrics) for metric in level}
            tried += [
                (f"custom metric '{name}'", f"SELECT count({sql}) FROM ({query})")
                for name, sql in derived.items()
            ]
            query = f"SELECT *, {_listed(derived)} FROM ({query})"
        return _Rows(query, tried)

    def _derived_sql(self, metric: CustomMetric, metrics: Sequence[CustomMetric]) -> str:
        known = {
            other.name: other.output_type.text
            for other in metrics
            if other.input_columns == metric.input_columns and other is not metric
        }
        return self._metric_sql(metric, {}, known)


def _statistics(connection: duckdb.DuckDBPyConnection, source: Source) -> list[ColumnStatistics]:
    found = []
    for name, kind_text in source.columns.items():
        kind = parse_type(kind_text)
        value = identifier(name)
        not_a_number = unbounded = False
        if kind.is_floating:
            row = connection.execute(
                f"SELECT coalesce(bool_or(isnan({value})), FALSE), coalesce(bool_or(isinf({value})), FALSE) "
                f"FROM {SOURCE}"
            ).fetchone()
            not_a_number, unbounded = row or (False, False)
        found.append(
            ColumnStatistics(
                name=name,
                type=kind,
                family=family_of(kind),
                value=value,
                number=source.number(name),
                distinct=f"count(DISTINCT {value})",
                unbounded=unbounded,
                not_a_number=not_a_number,
            )
        )
    return found


def _key_items(source: Source, stamp: Stamp) -> dict[str, str]:
    ends = " ".join(
        f"WHEN {number} THEN {granularity.end('start')}"
        for number, granularity in enumerate(source.granularities)
    )
    texts = " ".join(
        f"WHEN {number} THEN {text_literal(granularity.text)}"
        for number, granularity in enumerate(source.granularities)
    )
    slices = " ".join(f"WHEN {number} THEN {text_literal(text)}" for number, text in enumerate(source.slices))
    return {
        "window": f'struct_pack("start" := start, "end" := CASE granularity {ends} END)',
        "log_type": "'INPUT'",
        "logging_table_commit_version": str(stamp.commit_version),
        "monitor_version": str(stamp.monitor_version),
        "granularity": f"CASE granularity {texts} END",
        "slice_key": f"CASE slice {slices} END" if slices else "NULL",
        "slice_value": "value",
    }


def _is_for(metric: CustomMetric, row: str) -> bool:
    return row.lower() in {name.lower() for name in metric.input_columns}


def _levels(derived: Sequence[CustomMetric]) -> list[list[CustomMetric]]:
    """Derived metrics in steps: each reads only metrics of the steps before it."""
    levels: list[list[CustomMetric]] = []
    step_of: dict[str, int] = {}
    for metric in derived:
        read = {column.name.lower() for column in parse_expression(metric.definition).find_all(exp.Column)}
        step = max((step_of[name] + 1 for name in read if name in step_of), default=0)
        step_of[metric.name.lower()] = step
        if step == len(levels):
            levels.append([])
        levels[step].append(metric)
    return levels


def _stored(name: str, position: int) -> str:
    return identifier(f"{name} {position}")


def _listed(items: Mapping[str, str]) -> str:
    return ", ".join(f"{sql} AS {identifier(name)}" for name, sql in items.items())
