"""The rows of the profile table: each wide row of a group becomes one row a column and one for the whole table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlglot import exp

from local_workspace.engine.coercion import identifier, text_literal
from local_workspace.engine.custom_metric import TABLE_ROW, CustomMetric, MetricKind
from local_workspace.engine.dialect import parse_expression
from local_workspace.engine.failures import failing
from local_workspace.engine.groups import metric_alias
from local_workspace.engine.metric_sql import metric_sql
from local_workspace.engine.model_quality import quality_columns
from local_workspace.engine.output_columns import DISTRIBUTION_COLUMNS, PROFILE_COLUMNS
from local_workspace.engine.source import BASELINE, INPUT
from local_workspace.engine.temporary import GROUPS, PROFILE, QUALITY
from local_workspace.engine.types import spark_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    import duckdb

    from local_workspace.engine.definition import MonitorDefinition
    from local_workspace.engine.groups import Groups
    from local_workspace.engine.source import Source

_KEY: Final = ("window", "granularity", "log_type", "slice_key", "slice_value", "column_name")

IS_NEW: Final = "is new"
"""Column that tells the rows of this refresh from those of earlier ones."""


@dataclass(frozen=True)
class Stamp:
    """What all rows of a refresh carry."""

    monitor_version: int
    commit_version: int


@dataclass(frozen=True)
class _Rows:
    """A query that gives the profile rows of one `column_name`, and attempts that find the metric that fails."""

    query: str
    attempts: list[tuple[str, str]]


def profile_columns(definition: MonitorDefinition) -> dict[str, str]:
    """Column -> DuckDB type of a monitor's profile table."""
    metrics = {metric.name: metric.output_type.duckdb for metric in _stored_metrics(definition)}
    return PROFILE_COLUMNS | model_column(definition) | quality_columns(definition) | metrics


def model_column(definition: MonitorDefinition) -> dict[str, str]:
    """Column -> DuckDB type of the model id in both output tables; none unless the monitor watches a log of inferences."""
    return {definition.inference.model_id: "VARCHAR"} if definition.inference else {}


def profile_key(definition: MonitorDefinition) -> tuple[str, ...]:
    """The columns that tell the rows of a monitor's profile table apart."""
    return (*_KEY, *model_column(definition))


def computed_windows() -> str:
    """DuckDB query of the windows of the monitored table that this refresh computed, with their granularities."""
    return (
        f'SELECT DISTINCT granularity, "window" FROM {PROFILE} '
        f"WHERE {identifier(IS_NEW)} AND log_type = '{INPUT}'"
    )


def create_profile(connection: duckdb.DuckDBPyConnection, definition: MonitorDefinition) -> None:
    """Make the empty table: the columns of the profile table, distributions, and whether a row is new."""
    columns = profile_columns(definition) | DISTRIBUTION_COLUMNS | {IS_NEW: "BOOLEAN"}
    listed = ", ".join(f"{identifier(name)} {kind}" for name, kind in columns.items())
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {PROFILE} ({listed})")


def add_new_rows(
    connection: duckdb.DuckDBPyConnection,
    definition: MonitorDefinition,
    groups: Groups,
    *,
    stamp: Stamp,
    now: datetime,
) -> None:
    """Add the rows of the groups.

    Raises:
        RefreshFailed: a DERIVED metric failed; the text names it.
    """
    writer = _Writer(definition, groups, stamp, now)
    rows = [writer.table_rows(), *(writer.column_rows(at) for at in range(len(groups.statistics)))]
    alone = [attempt for each in rows for attempt in each.attempts]
    with failing(lambda: alone, connection):
        listed = " UNION ALL BY NAME ".join(f"({each.query})" for each in rows)
        connection.execute(f"INSERT INTO {PROFILE} BY NAME {listed}")


class _Writer:
    """Writes the queries."""

    def __init__(self, definition: MonitorDefinition, groups: Groups, stamp: Stamp, now: datetime) -> None:
        self.metrics = _stored_metrics(definition)
        self.groups = groups
        self.keys = _key_items(definition, groups.source, stamp)
        self.quality = quality_columns(definition)
        self.now = now

    def table_rows(self) -> _Rows:
        names = ", ".join(
            f"CASE WHEN {self.groups.stored(position)['filled']} > 0 THEN {text_literal(each.name)} END"
            for position, each in enumerate(self.groups.statistics)
        )
        items = {
            "column_name": text_literal(TABLE_ROW),
            "count": identifier("rows"),
            "non_null_columns": f"list_filter([{names}], lambda name: name IS NOT NULL)",
        } | {name: f"quality.{identifier(name)}" for name in self.quality}
        joined = f"{GROUPS} AS groups LEFT JOIN {QUALITY} AS quality ON quality.place = groups.rowid"
        return self._rows(items, TABLE_ROW, joined)

    def column_rows(self, position: int) -> _Rows:
        statistics = self.groups.statistics[position]
        items = {
            "column_name": text_literal(statistics.name),
            "data_type": text_literal(spark_name(statistics.type.duckdb)),
        } | statistics.profile(self.groups.stored(position))
        return self._rows(items, statistics.name, GROUPS)

    def _rows(self, items: Mapping[str, str], row: str, relation: str) -> _Rows:
        """The rows of one `column_name`, with the metrics that are computed for it."""
        metrics = [metric for metric in self.metrics if _is_for(metric, row)]
        values = self.keys | dict(items)
        for metric in metrics:
            if metric.kind is MetricKind.AGGREGATE:
                written = next(name for name in metric.input_columns if name.lower() == row.lower())
                values[metric.name] = identifier(metric_alias(metric, written))
        query = f"SELECT {_listed(values)} FROM {relation}"
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
        return metric_sql(metric, {}, known, self.now)


def _stored_metrics(definition: MonitorDefinition) -> tuple[CustomMetric, ...]:
    return definition.metrics(MetricKind.AGGREGATE, MetricKind.DERIVED)


def _key_items(definition: MonitorDefinition, source: Source, stamp: Stamp) -> dict[str, str]:
    frames, slices = enumerate(source.frames), enumerate(source.slices)
    ends, texts = [], []
    for number, frame in frames:
        ends.append(f"WHEN {number} THEN {frame.end}")
        texts.append(f"WHEN {number} THEN {_literal(frame.granularity)}")
    keys = [f"WHEN {number} THEN {text_literal(each.text)}" for number, each in slices]
    window = f'struct_pack("start" := start, "end" := CASE frame {" ".join(ends)} END)'
    return {
        "window": "NULL" if source.log_type == BASELINE else window,
        "log_type": text_literal(source.log_type),
        "logging_table_commit_version": str(stamp.commit_version),
        "monitor_version": str(stamp.monitor_version),
        "granularity": f"CASE frame {' '.join(texts)} END",
        "slice_key": f"CASE slice {' '.join(keys)} END" if keys else "NULL",
        "slice_value": "value",
        IS_NEW: "TRUE",
    } | dict.fromkeys(model_column(definition), "model")


def _literal(text: str | None) -> str:
    return "NULL" if text is None else text_literal(text)


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


def _listed(items: Mapping[str, str]) -> str:
    return ", ".join(f"{sql} AS {identifier(name)}" for name, sql in items.items())
