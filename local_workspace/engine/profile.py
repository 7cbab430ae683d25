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
from local_workspace.engine.output_columns import (
    CATEGORIES,
    DISTRIBUTION_COLUMNS,
    PROFILE_COLUMNS,
    SKETCH_COLUMNS,
)
from local_workspace.engine.source import BASELINE
from local_workspace.engine.statement_cache import run
from local_workspace.engine.temporary import (
    CATEGORY_ITEMS,
    GROUPS,
    OTHERS,
    PLACE,
    QUALITY,
    WINDOWS,
    create_temporary,
    rows_made,
)
from local_workspace.engine.types import spark_name

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    import duckdb

    from local_workspace.engine.definition import MonitorDefinition
    from local_workspace.engine.groups import Groups
    from local_workspace.engine.source import Source

_KEY: Final = ("window", "granularity", "log_type", "slice_key", "slice_value", "column_name")

IS_NEW: Final = "is new"
"""Column of `OTHERS` that tells the rows of this refresh from those of earlier ones."""


@dataclass(frozen=True)
class Stamp:
    """What all rows of a refresh carry."""

    monitor_version: int
    commit_version: int


@dataclass(frozen=True)
class _Rows:
    """The rows of one `column_name`.

    Attributes:
        values: column -> DuckDB SQL over the table of groups, of what is no DERIVED metric.
        derived: DERIVED metric -> DuckDB SQL over columns, in steps: each reads only columns of those before it.
        origin: FROM with the table of groups.
    """

    values: Mapping[str, str]
    derived: Sequence[Mapping[str, str]]
    origin: str

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of all rows."""
        return (*self.values, *(name for step in self.derived for name in step))

    @property
    def attempts(self) -> list[tuple[str, str]]:
        """Each DERIVED metric, and a query that computes it alone."""
        return [
            (
                f"custom metric '{name}'",
                f"SELECT count({sql}) FROM ({self.query(self.values, self.derived[:at])})",
            )
            for at, step in enumerate(self.derived)
            for name, sql in step.items()
        ]

    def query(self, values: Mapping[str, str], derived: Sequence[Mapping[str, str]]) -> str:
        """DuckDB query of some of the columns."""
        made = f"SELECT {_listed(values)} {self.origin}"
        for step in derived:
            made = f"SELECT *, {_listed(step)} FROM ({made})"
        return made


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
        categories: how often each value of the columns that are compared by them occurs in each group; by name.
        size: how many rows each of them has.
        values: how many values the source rows hold.
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
        self.size = groups.size
        self.values = groups.source.values
        self.categories = groups.categories
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
        """Query of the rows of one `column_name`: those columns that may have a value, sketches too, and `PLACE`."""
        made = self._rows[name]
        return made.query(made.values, made.derived)

    def written(self, names: Sequence[str]) -> str:
        """Query of the rows of some `column_name`: those columns of the profile table that may have a value."""
        return " UNION ALL BY NAME ".join(f"({self._written(name)})" for name in names)

    def _written(self, name: str) -> str:
        made, left_out = self._rows[name], {PLACE, *DISTRIBUTION_COLUMNS}
        values = {column: sql for column, sql in made.values.items() if column not in left_out}
        return made.query(values, made.derived)

    def columns(self, name: str) -> frozenset[str]:
        """The columns that rows of a `column_name` may have a value in, distributions among them."""
        return frozenset(self._rows[name].columns)

    def typed(self, name: str, kinds: Mapping[str, str]) -> str:
        """Query of the rows of one `column_name` as the profile table will hold them.

        Args:
            name: the `column_name`.
            kinds: the columns that are wanted beside `PLACE` -> their DuckDB types.
        """
        made = self._rows[name]
        rows, values = made.origin, made.values
        if any(column in kinds for step in made.derived for column in step):
            rows = f"FROM ({made.query(made.values, made.derived)})"
            values = {column: identifier(column) for column in made.columns}
        listed = {PLACE: values[PLACE]} | {
            column: f"CAST({values.get(column, 'NULL')} AS {kind})" for column, kind in kinds.items()
        }
        return f"SELECT {_listed(listed)} {rows}"

    @property
    def distributions(self) -> list[str]:
        """Queries of the number columns' distributions: `PLACE`, `column_name`, and `SKETCH_COLUMNS`."""
        queries = []
        for name, position in self._columns.items():
            stored = self._groups.stored(position)
            held = {column: stored[column] for column in SKETCH_COLUMNS if column in stored}
            if held:
                items = _PLACED | {"column_name": text_literal(name)}
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
        is_judged = name == TABLE_ROW and self._definition.inference is not None
        judged = f" LEFT JOIN {QUALITY} AS quality ON quality.place = groups.rowid" if is_judged else ""
        derived = [
            {metric.name: self._derived_sql(metric, metrics) for metric in step}
            for step in _steps([metric for metric in metrics if metric.kind is MetricKind.DERIVED])
        ]
        return _Rows(values, derived, f"FROM {GROUPS} AS groups{judged}")

    def _derived_sql(self, metric: CustomMetric, metrics: Sequence[CustomMetric]) -> str:
        known = {
            other.name: other.output_type.text
            for other in metrics
            if other.input_columns == metric.input_columns and other is not metric
        }
        return metric_sql(metric, {}, known, self._now)


_PLACED: Final = {PLACE: "groups.rowid"}


def columns_of_row(
    definition: MonitorDefinition, wanted: Collection[str], inputs: Collection[tuple[str, ...]]
) -> dict[str, str]:
    """Column -> DuckDB type of some columns of the profile table.

    Args:
        definition: the monitor's.
        wanted: names of columns that every monitor's table has.
        inputs: the `input_columns` of metrics that are wanted, all of those that a metric with the same may read.
    """
    metrics = [metric for metric in _stored_metrics(definition) if metric.input_columns in inputs]
    return {name: kind for name, kind in PROFILE_COLUMNS.items() if name in wanted} | {
        metric.name: metric.output_type.duckdb for metric in metrics
    }


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
    place = identifier(PLACE)
    with failing(lambda: rows.attempts, connection):
        create_temporary(
            connection,
            CATEGORY_ITEMS,
            {PLACE: "BIGINT", "column_name": "VARCHAR", CATEGORIES: DISTRIBUTION_COLUMNS[CATEGORIES]},
        )
        for name, column in rows.categories.items():
            for items in column.lists(connection, name):
                run(connection, f"INSERT INTO {CATEGORY_ITEMS} BY NAME {items}")
        run(
            connection,
            f"INSERT INTO {OTHERS} BY NAME SELECT * EXCLUDE ({place}), TRUE AS {identifier(IS_NEW)} "
            f"FROM ({listed}) LEFT JOIN {CATEGORY_ITEMS} USING ({place}, column_name)",
        )


def note_windows(connection: duckdb.DuckDBPyConnection, rows: ProfileRows) -> int:
    """Fill `WINDOWS`; gives how many there are."""
    return rows_made(
        connection,
        f'CREATE OR REPLACE TEMP TABLE {WINDOWS} AS SELECT DISTINCT granularity, "window" FROM ({rows.keys})',
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


def _steps(derived: Sequence[CustomMetric]) -> list[list[CustomMetric]]:
    """Derived metrics in steps: each reads only metrics of the steps before it."""
    steps: list[list[CustomMetric]] = []
    step_of: dict[str, int] = {}
    for metric in derived:
        read = {column.name.lower() for column in parse_expression(metric.definition).find_all(exp.Column)}
        step = max((step_of[name] + 1 for name in read if name in step_of), default=0)
        step_of[metric.name.lower()] = step
        if step == len(steps):
            steps.append([])
        steps[step].append(metric)
    return steps


def _listed(items: Mapping[str, str]) -> str:
    return ", ".join(f"{sql} AS {identifier(name)}" for name, sql in items.items())
