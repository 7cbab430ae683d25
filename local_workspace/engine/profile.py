"""The rows of the profile table: each wide row of a group becomes one row a column and one for the whole table.

They are queries, not a table: the output table, and the rows of the drift table, are made of the groups directly.
"""

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
from local_workspace.engine.source import BASELINE
from local_workspace.engine.temporary import GROUPS, OTHERS, QUALITY, WINDOWS, create_temporary
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
"""Column of `OTHERS` that tells the rows of this refresh from those of earlier ones."""

PLACE: Final = "profile place"
"""Column that tells the rows of one `column_name` apart: the row number of their group; negative for those of `OTHERS`."""


@dataclass(frozen=True)
class Stamp:
    """What all rows of a refresh carry."""

    monitor_version: int
    commit_version: int


@dataclass(frozen=True)
class _Rows:
    """The query of the rows of one `column_name`, the columns it has, and attempts that find the metric that fails."""

    query: str
    columns: tuple[str, ...]
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


def metrics_of_row(metrics: Sequence[CustomMetric], row: str) -> list[CustomMetric]:
    """Those of the metrics that are computed for the rows of a `column_name`."""
    return [metric for metric in metrics if row.lower() in {name.lower() for name in metric.input_columns}]


class ProfileRows:
    """Queries of the profile rows of a source's groups, of which each has one row for every `column_name`.

    Attributes:
        names: every `column_name`.
        monitor_version: what the rows carry.
    """

    def __init__(self, definition: MonitorDefinition, groups: Groups, *, stamp: Stamp, now: datetime) -> None:
        self._definition = definition
        self._groups = groups
        self._metrics = _stored_metrics(definition)
        self._keys = _key_items(definition, groups.source)
        self._stamp = {
            "log_type": text_literal(groups.source.log_type),
            "logging_table_commit_version": str(stamp.commit_version),
            "monitor_version": str(stamp.monitor_version),
        }
        self._now = now
        self.monitor_version = stamp.monitor_version
        self._columns = {each.name: position for position, each in enumerate(groups.statistics)}
        self.names = (TABLE_ROW, *self._columns)
        self._rows = {name: self._made(name) for name in self.names}

    @property
    def keys(self) -> str:
        """Query of the keys that a group's rows share, as in the profile table, with the group's `PLACE`."""
        kinds = profile_columns(self._definition)
        typed = {name: f"CAST({sql} AS {kinds[name]})" for name, sql in self._keys.items()}
        return f"SELECT {_listed(_PLACED | typed)} FROM {GROUPS} AS groups"

    def complete(self, name: str) -> str:
        """Query of the rows of one `column_name`: those columns that may have a value, distributions too, and `PLACE`."""
        return self._rows[name].query

    def written(self, name: str) -> str:
        """Query of the rows of one `column_name`: those columns of the profile table that may have a value."""
        made = self._rows[name]
        left_out = [identifier(each) for each in made.columns if each in {PLACE, *DISTRIBUTION_COLUMNS}]
        return f"SELECT * EXCLUDE ({', '.join(left_out)}) FROM ({made.query})"

    def typed(self, name: str) -> str:
        """Query of the rows of one `column_name` as the profile table will hold them: `columns_of_row`, and `PLACE`."""
        made = self._rows[name]
        listed = {
            column: f"CAST({identifier(column) if column in made.columns else 'NULL'} AS {kind})"
            for column, kind in columns_of_row(self._definition, name).items()
        }
        return f"SELECT {identifier(PLACE)}, {_listed(listed)} FROM ({made.query})"

    @property
    def distributions(self) -> list[str]:
        """Queries of the columns' distributions: `PLACE`, `column_name`, `num_nulls`, and some of `DISTRIBUTION_COLUMNS`."""
        queries = []
        for name, position in self._columns.items():
            stored = self._groups.stored(position)
            held = {column: stored[column] for column in DISTRIBUTION_COLUMNS if column in stored}
            if held:
                items = _PLACED | {
                    "column_name": text_literal(name),
                    "num_nulls": f"{stored['rows']} - {stored['filled']}",
                }
                there = " OR ".join(f"{sql} IS NOT NULL" for sql in held.values())
                queries.append(f"SELECT {_listed(items | held)} FROM {GROUPS} AS groups WHERE {there}")
        return queries

    @property
    def attempts(self) -> list[tuple[str, str]]:
        """Each DERIVED metric, and a query that computes it alone."""
        return [attempt for made in self._rows.values() for attempt in made.attempts]

    def _items(self, name: str) -> dict[str, str]:
        """What is no metric: column -> DuckDB SQL over the table of groups."""
        shared = _PLACED | self._keys | self._stamp | {"column_name": text_literal(name)}
        if name != TABLE_ROW:
            statistics = self._groups.statistics[self._columns[name]]
            kind = text_literal(spark_name(statistics.type.duckdb))
            return shared | {"data_type": kind} | statistics.profile(self._groups.stored(self._columns[name]))
        names = ", ".join(
            f"CASE WHEN {self._groups.stored(position)['filled']} > 0 THEN {text_literal(each)} END"
            for each, position in self._columns.items()
        )
        return (
            shared
            | {
                "count": identifier("rows"),
                "non_null_columns": f"list_filter([{names}], lambda name: name IS NOT NULL)",
            }
            | {column: f"quality.{identifier(column)}" for column in quality_columns(self._definition)}
        )

    def _made(self, name: str) -> _Rows:
        metrics = metrics_of_row(self._metrics, name)
        values = self._items(name)
        for metric in metrics:
            if metric.kind is MetricKind.AGGREGATE:
                written = next(each for each in metric.input_columns if each.lower() == name.lower())
                values[metric.name] = identifier(metric_alias(metric, written))
        judged = (
            f" LEFT JOIN {QUALITY} AS quality ON quality.place = groups.rowid" if name == TABLE_ROW else ""
        )
        query = f"SELECT {_listed(values)} FROM {GROUPS} AS groups{judged}"
        attempts = []
        for level in _levels([metric for metric in metrics if metric.kind is MetricKind.DERIVED]):
            derived = {metric.name: self._derived_sql(metric, metrics) for metric in level}
            attempts += [
                (f"custom metric '{each}'", f"SELECT count({sql}) FROM ({query})")
                for each, sql in derived.items()
            ]
            query = f"SELECT *, {_listed(derived)} FROM ({query})"
        return _Rows(query, (*values, *(metric.name for metric in metrics)), attempts)

    def _derived_sql(self, metric: CustomMetric, metrics: Sequence[CustomMetric]) -> str:
        known = {
            other.name: other.output_type.text
            for other in metrics
            if other.input_columns == metric.input_columns and other is not metric
        }
        return metric_sql(metric, {}, known, self._now)


_PLACED: Final = {PLACE: "groups.rowid"}


def columns_of_row(definition: MonitorDefinition, name: str) -> dict[str, str]:
    """Column -> DuckDB type of what a DRIFT metric or a comparison may read of the rows of a `column_name`."""
    metrics = metrics_of_row(_stored_metrics(definition), name)
    return (
        PROFILE_COLUMNS
        | model_column(definition)
        | {metric.name: metric.output_type.duckdb for metric in metrics}
    )


def create_others(connection: duckdb.DuckDBPyConnection, definition: MonitorDefinition) -> None:
    """Make `OTHERS`, empty: the columns of the profile table, distributions, and whether a row is new."""
    columns = profile_columns(definition) | DISTRIBUTION_COLUMNS | {IS_NEW: "BOOLEAN"}
    create_temporary(connection, OTHERS, columns)


def add_baseline_rows(connection: duckdb.DuckDBPyConnection, rows: ProfileRows) -> None:
    """Put the rows of the baseline's groups, which the table of groups holds now, into `OTHERS`.

    Raises:
        RefreshFailed: a DERIVED metric failed; the text names it.
    """
    listed = " UNION ALL BY NAME ".join(f"({rows.complete(name)})" for name in rows.names)
    with failing(lambda: rows.attempts, connection):
        connection.execute(
            f"INSERT INTO {OTHERS} BY NAME SELECT * EXCLUDE ({identifier(PLACE)}), TRUE AS {identifier(IS_NEW)} "
            f"FROM ({listed})"
        )


def note_windows(connection: duckdb.DuckDBPyConnection, rows: ProfileRows) -> None:
    """Fill `WINDOWS`."""
    connection.execute(
        f'CREATE OR REPLACE TEMP TABLE {WINDOWS} AS SELECT DISTINCT granularity, "window" FROM ({rows.keys})'
    )


def _stored_metrics(definition: MonitorDefinition) -> tuple[CustomMetric, ...]:
    return definition.metrics(MetricKind.AGGREGATE, MetricKind.DERIVED)


def _key_items(definition: MonitorDefinition, source: Source) -> dict[str, str]:
    frames, slices = enumerate(source.frames), enumerate(source.slices)
    ends, texts = [], []
    for number, frame in frames:
        ends.append(f"WHEN {number} THEN {frame.end}")
        texts.append(f"WHEN {number} THEN {_literal(frame.granularity)}")
    keys = [f"WHEN {number} THEN {text_literal(each.text)}" for number, each in slices]
    window = f'struct_pack("start" := start, "end" := CASE frame {" ".join(ends)} END)'
    return {
        "window": "NULL" if source.log_type == BASELINE else window,
        "granularity": f"CASE frame {' '.join(texts)} END",
        "slice_key": f"CASE slice {' '.join(keys)} END" if keys else "NULL",
        "slice_value": "value",
    } | dict.fromkeys(model_column(definition), "model")


def _literal(text: str | None) -> str:
    return "NULL" if text is None else text_literal(text)


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
