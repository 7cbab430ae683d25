"""The rows of the drift table: each profile row against that of the window directly before it, and of the baseline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from local_workspace.engine.category_drift import compare_categorical_columns
from local_workspace.engine.coercion import identifier, text_literal
from local_workspace.engine.custom_metric import BASE, CURRENT, MetricKind
from local_workspace.engine.metric_sql import drift_metric_sql
from local_workspace.engine.number_drift import compare_number_columns
from local_workspace.engine.output_columns import DRIFT_COLUMNS, SKETCH, SKETCH_COLUMNS
from local_workspace.engine.output_tables import matches
from local_workspace.engine.profile import columns_of_row, metrics_of_row, model_column
from local_workspace.engine.source import BASELINE, INPUT
from local_workspace.engine.statement_cache import run
from local_workspace.engine.temporary import (
    CATEGORY_TESTS,
    COMPARISONS,
    DISTRIBUTIONS,
    NUMBER_TESTS,
    OTHERS,
    PAIRS,
    PLACE,
    count_rows,
    create_temporary,
    rows_made,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from datetime import datetime

    import duckdb

    from local_workspace.engine.custom_metric import CustomMetric
    from local_workspace.engine.definition import MonitorDefinition
    from local_workspace.engine.profile import ProfileRows
    from local_workspace.engine.switches import Switches

CONSECUTIVE: Final = "CONSECUTIVE"
"""Value of `drift_type` for a window and the one before it; the other is that of the baseline."""

_KEY: Final = ("window", "granularity", "drift_type", "slice_key", "slice_value", "column_name")
_SAME: Final = ("slice_key", "slice_value")
_PLACE_OF_OTHER: Final = f"-1 - rowid AS {identifier(PLACE)}"
_MODEL: Final = "model of both"
"""Column of `PAIRS` with the model id, which may have any name in the drift table."""
_SIDES: Final = '"both sides"'
"""Relation of the rows that are compared."""
_CHANGES: Final = ("count", "avg", "percent_null", "percent_zeros", "percent_distinct")
"""Columns of the profile table whose difference is a column of the drift table."""
_CATEGORY_OF_NULLS: Final = "num_nulls"
"""Column of the profile table that is compared as if NULL was a value."""
_COMPARED: Final = frozenset({"column_name", "data_type", "non_null_columns", *_CHANGES})


def drift_columns(definition: MonitorDefinition) -> dict[str, str]:
    """Column -> DuckDB type of a monitor's drift table."""
    metrics = {metric.name: metric.output_type.duckdb for metric in definition.metrics(MetricKind.DRIFT)}
    return DRIFT_COLUMNS | model_column(definition) | metrics


def drift_key(definition: MonitorDefinition) -> tuple[str, ...]:
    """The columns that tell the rows of a monitor's drift table apart."""
    return (*_KEY, *model_column(definition))


class DriftRows:
    """Queries of the rows of the drift table, for every `column_name`.

    Args:
        definition: gives the DRIFT metrics.
        rows: the new rows of the monitored table.
        now: the clock.
        switches: what to do where nothing is published.

    Attributes:
        rows: as given; each `column_name` of theirs has rows.
        size: how many pairs there are.
    """

    def __init__(
        self,
        definition: MonitorDefinition,
        rows: ProfileRows,
        *,
        now: datetime,
        switches: Switches,
    ) -> None:
        self.rows = rows
        self._definition = definition
        self._now = now
        self._switches = switches
        left_empty = definition.disputed_metrics if switches.snapshot_custom_drift != "computed" else ()
        self._metrics = [each for each in definition.metrics(MetricKind.DRIFT) if each not in left_empty]
        self._with_others = False
        self.size = 0

    def compare(
        self,
        connection: duckdb.DuckDBPyConnection,
        *,
        previous: datetime | None,
        proceed: Callable[[], None],
    ) -> None:
        """Find the pairs, and compare their distributions.

        A row needs its predecessor: a window without one directly before it, such as the first or the one after a gap,
        has no row. Of two rows at least one must be new. With a baseline each new row is compared with it too.

        Args:
            connection: holds the groups and `OTHERS`.
            previous: the end of the window of a snapshot's refresh before this one.
            proceed: called between steps; may raise.
        """
        others = count_rows(connection, OTHERS)
        self._with_others = others > 0
        self.size = rows_made(connection, f"CREATE OR REPLACE TEMP TABLE {PAIRS} AS {self._pairs(previous)}")
        proceed()
        _collect_distributions(connection, self.rows)
        run(
            connection,
            f"CREATE OR REPLACE TEMP TABLE {COMPARISONS} AS SELECT row_number() OVER () AS comparison, pair, "
            f"one.column_name, one.rowid AS current_row, other.rowid AS compared_row FROM {PAIRS} AS pairs "
            f"JOIN {DISTRIBUTIONS} AS one ON one.{identifier(PLACE)} = pairs.current_place "
            f"JOIN {DISTRIBUTIONS} AS other ON other.{identifier(PLACE)} = pairs.compared_place "
            "AND other.column_name = one.column_name",
        )
        proceed()
        compare_categorical_columns(connection, self.rows.categories, self._switches, proceed, others=others)
        compare_number_columns(connection, self._switches, proceed)

    @property
    def compared(self) -> Collection[str]:
        """The columns of the profile table, beside keys, that rows of `OTHERS` are compared by."""
        inputs = {metric.input_columns for metric in self._metrics}
        return columns_of_row(self._definition, _COMPARED | {_CATEGORY_OF_NULLS}, inputs).keys()

    @property
    def windows(self) -> str:
        """Query of the windows that have rows: `granularity`, `window`, `drift_type`."""
        return f'SELECT DISTINCT granularity, "window", drift_type FROM {PAIRS}'

    def written(self, names: Sequence[str]) -> str:
        """Query of the rows of some `column_name`, of those columns that may have a value."""
        there = self._columns(names)
        tests, tested = _tests(
            names,
            has_sketches=SKETCH in there,
            has_categories=not self.rows.categories.keys().isdisjoint(names),
        )
        kept = ["window", "granularity", *_SAME, "window_cmp", "drift_type"]
        items = {column: f"pairs.{identifier(column)}" for column in kept}
        items |= {column: f"pairs.{identifier(_MODEL)}" for column in model_column(self._definition)}
        items |= {
            "column_name": f"{CURRENT}.column_name",
            "monitor_version": str(self.rows.monitor_version),
        }
        items |= _compared(there) | tested | self._metric_items(names)
        values = ", ".join(f"{sql} AS {identifier(column)}" for column, sql in items.items())
        return f"{self._rows(names)} SELECT {values} {self._paired(names)} {tests}"

    @property
    def attempts(self) -> list[tuple[str, str]]:
        """Each DRIFT metric, and a query that computes it alone."""
        return [
            (f"custom metric '{metric.name}'", self._alone(metric, name))
            for name in self.rows.names
            for metric in metrics_of_row(self._metrics, name)
        ]

    def _alone(self, metric: CustomMetric, name: str) -> str:
        value = drift_metric_sql(metric, self._definition, self._now)
        return f"{self._rows([name])} SELECT count({value}) {self._paired([name])}"

    def _columns(self, names: Sequence[str]) -> frozenset[str]:
        """The columns that groups' rows of some `column_name` may have a value in."""
        return frozenset().union(*(self.rows.columns(name) for name in names))

    def _metric_items(self, names: Sequence[str]) -> dict[str, str]:
        """DRIFT metric of some `column_name` -> DuckDB SQL over the two rows."""
        found = {}
        for metric in self._metrics:
            having = [name for name in names if metrics_of_row([metric], name)]
            if having:
                sql = drift_metric_sql(metric, self._definition, self._now)
                is_whole = len(having) == len(names)
                found[metric.name] = (
                    sql if is_whole else f"CASE WHEN {_named(CURRENT, having)} THEN {sql} END"
                )
        return found

    def _rows(self, names: Sequence[str]) -> str:
        """WITH that calls `_SIDES` what is compared of the rows of some `column_name`."""
        wanted = _COMPARED & self._columns(names)
        inputs = {each.input_columns for name in names for each in metrics_of_row(self._metrics, name)}
        columns = columns_of_row(self._definition, wanted, inputs)
        queries = [self.rows.typed(name, columns) for name in names]
        if self._with_others:
            listed = "".join(f", {identifier(column)}" for column in columns)
            others = f"FROM {OTHERS} AS others WHERE {_named('others', names)}"
            queries.append(f"SELECT {_PLACE_OF_OTHER}{listed} {others}")
        # Many rows, which are those of one name, are made twice: they would not fit into memory.
        held = "NOT MATERIALIZED" if len(names) == 1 else "MATERIALIZED"
        return f"WITH {_SIDES} AS {held} ({' UNION ALL '.join(queries)})"

    def _paired(self, names: Sequence[str]) -> str:
        """FROM with the pairs and both rows of each."""
        place = identifier(PLACE)
        same = "" if len(names) == 1 else f" AND {BASE}.column_name = {CURRENT}.column_name"
        return (
            f"FROM {PAIRS} AS pairs JOIN {_SIDES} AS {CURRENT} ON {CURRENT}.{place} = pairs.current_place "
            f"JOIN {_SIDES} AS {BASE} ON {BASE}.{place} = pairs.compared_place{same}"
        )

    def _pairs(self, previous: datetime | None) -> str:
        """Which places are compared: `pair` counts them, `current_place` and `compared_place` are values of `PLACE`.

        Beside them stands what the drift table's rows of a pair have in common. A row of `OTHERS` is paired with groups,
        which have rows of every `column_name`.
        """
        groups = f"({self.rows.keys})"
        model = model_column(self._definition)
        listed = ", ".join(map(identifier, ("window", "granularity", "log_type", *_SAME, *model)))
        others = f"(SELECT {_PLACE_OF_OTHER}, {listed} FROM {OTHERS})"
        same = matches((*_SAME, *model), CURRENT, BASE)
        before = (
            f'{CURRENT}."window"."start" = {BASE}."window"."end" '
            f"AND {CURRENT}.granularity IS NOT DISTINCT FROM {BASE}.granularity"
        )
        own = {name: name for name in ("window", "granularity", *_SAME)}
        own |= dict.fromkeys(model, _MODEL)
        keys = ", ".join(f"{CURRENT}.{identifier(name)} AS {identifier(kept)}" for name, kept in own.items())

        def pairs(current: str, compared: str, condition: str, drift_type: str = CONSECUTIVE) -> str:
            place = identifier(PLACE)
            return (
                f"SELECT {CURRENT}.{place} AS current_place, {BASE}.{place} AS compared_place, "
                f"{keys}, {BASE}.\"window\" AS window_cmp, '{drift_type}' AS drift_type "
                f"FROM {current} AS {CURRENT} JOIN {compared} AS {BASE} ON {same} AND {condition}"
            )

        found = []
        if not self._definition.is_snapshot:
            found.append(pairs(groups, groups, before))
        if self._with_others:
            if self._definition.baseline_table is not None:
                found.append(pairs(groups, others, f"{BASE}.log_type = '{BASELINE}'", BASELINE))
            if not self._definition.is_snapshot:
                found.append(pairs(groups, others, f"{before} AND {BASE}.log_type = '{INPUT}'"))
                found.append(pairs(others, groups, f"{before} AND {CURRENT}.log_type = '{INPUT}'"))
            elif previous is not None:
                earlier = f'{BASE}."window"."end" = TIMESTAMP \'{previous}\''
                found.append(pairs(groups, others, f"{earlier} AND {BASE}.log_type = '{INPUT}'"))
        if not found:
            found.append(pairs(groups, groups, "FALSE"))
        return f"SELECT row_number() OVER () AS pair, * FROM ({' UNION ALL '.join(found)})"


def _collect_distributions(connection: duckdb.DuckDBPyConnection, rows: ProfileRows) -> None:
    """Fill `DISTRIBUTIONS` from the groups and `OTHERS`."""
    columns = {PLACE: "BIGINT", "column_name": "VARCHAR"} | SKETCH_COLUMNS
    create_temporary(connection, DISTRIBUTIONS, columns)
    held = " OR ".join(f"{identifier(name)} IS NOT NULL" for name in SKETCH_COLUMNS)
    names = ", ".join(identifier(name) for name in columns if name != PLACE)
    queries = [*rows.distributions, f"SELECT {_PLACE_OF_OTHER}, {names} FROM {OTHERS} WHERE {held}"]
    run(
        connection,
        f"INSERT INTO {DISTRIBUTIONS} BY NAME {' UNION ALL BY NAME '.join(f'({each})' for each in queries)}",
    )


def _compared(there: Collection[str]) -> dict[str, str]:
    """Column of the drift table -> DuckDB SQL over the two rows, of which a group's has these columns."""

    def only_in(one: str, other: str) -> str:
        lacking = f"NOT list_contains({other}.non_null_columns, name)"
        return f"CAST(len(list_filter({one}.non_null_columns, lambda name: {lacking})) AS INTEGER)"

    found = {
        f"{name}_delta": f"{CURRENT}.{identifier(name)} - {BASE}.{identifier(name)}"
        for name in _CHANGES
        if name in there
    }
    if "data_type" in there:
        found["data_type"] = f"{CURRENT}.data_type"
    if "non_null_columns" in there:
        found["non_null_columns_delta"] = (
            f"CASE WHEN {CURRENT}.non_null_columns IS NOT NULL AND {BASE}.non_null_columns IS NOT NULL THEN "
            f"struct_pack(added := {only_in(CURRENT, BASE)}, missing := {only_in(BASE, CURRENT)}) END"
        )
    return found


def _tests(names: Sequence[str], *, has_sketches: bool, has_categories: bool) -> tuple[str, dict[str, str]]:
    """Joins with the tests of rows of some `column_name`, and column of the drift table -> DuckDB SQL over them."""

    def joined(table: str, alias: str) -> str:
        same = "" if len(names) == 1 else f" AND {alias}.column_name = {CURRENT}.column_name"
        return f"LEFT JOIN {table} AS {alias} ON {alias}.pair = pairs.pair AND {_named(alias, names)}{same}"

    joins: list[str] = []
    items: dict[str, str] = {}
    if has_sketches:
        joins += [
            joined(COMPARISONS, "comparisons"),
            f"LEFT JOIN {NUMBER_TESTS} AS numbers ON numbers.comparison = comparisons.comparison",
        ]
        items |= {
            "ks_test": _test("numbers"),
            "wasserstein_distance": "numbers.wasserstein",
            "population_stability_index": "numbers.stability_index",
        }
    if has_categories:
        joins.append(joined(CATEGORY_TESTS, "categories"))
        items |= {
            "chi_squared_test": _test("categories"),
            "js_distance": "categories.jensen_shannon",
            "tv_distance": "categories.total_variation",
            "l_infinity_distance": "categories.l_infinity",
        }
    return " ".join(joins), items


def _test(tests: str) -> str:
    found = f"struct_pack(statistic := {tests}.statistic, pvalue := {tests}.pvalue)"
    return f"CASE WHEN {tests}.statistic IS NOT NULL THEN {found} END"


def _named(rows: str, names: Sequence[str]) -> str:
    """Whether a row is of some `column_name`."""
    return f"{rows}.column_name IN ({', '.join(map(text_literal, names))})"
