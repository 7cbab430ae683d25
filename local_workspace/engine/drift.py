"""The rows of the drift table: each profile row against that of the window directly before it, and of the baseline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from local_workspace.engine.category_drift import compare_categorical_columns
from local_workspace.engine.coercion import identifier
from local_workspace.engine.custom_metric import BASE, CURRENT, MetricKind
from local_workspace.engine.failures import failing
from local_workspace.engine.metric_sql import drift_metric_sql
from local_workspace.engine.number_drift import compare_number_columns
from local_workspace.engine.output_columns import DRIFT_COLUMNS
from local_workspace.engine.output_tables import matches
from local_workspace.engine.profile import IS_NEW, model_column
from local_workspace.engine.source import BASELINE, INPUT
from local_workspace.engine.temporary import CATEGORY_TESTS, DRIFT, NUMBER_TESTS, PAIRS, PROFILE

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    import duckdb

    from local_workspace.engine.definition import MonitorDefinition
    from local_workspace.engine.switches import Switches

CONSECUTIVE: Final = "CONSECUTIVE"
"""Value of `drift_type` for a window and the one before it; the other is that of the baseline."""

_KEY: Final = ("window", "granularity", "drift_type", "slice_key", "slice_value", "column_name")
_UNCHANGED: Final = ("window", "granularity", "slice_key", "slice_value", "column_name", "data_type")
_SAME: Final = ("slice_key", "slice_value", "column_name")


def drift_columns(definition: MonitorDefinition) -> dict[str, str]:
    """Column -> DuckDB type of a monitor's drift table."""
    metrics = {metric.name: metric.output_type.duckdb for metric in definition.metrics(MetricKind.DRIFT)}
    return DRIFT_COLUMNS | model_column(definition) | metrics


def drift_key(definition: MonitorDefinition) -> tuple[str, ...]:
    """The columns that tell the rows of a monitor's drift table apart."""
    return (*_KEY, *model_column(definition))


def compute_drift(
    connection: duckdb.DuckDBPyConnection,
    definition: MonitorDefinition,
    *,
    now: datetime,
    previous: datetime | None,
    switches: Switches,
    monitor_version: int,
    proceed: Callable[[], None],
) -> None:
    """Fill `DRIFT` from `PROFILE`.

    A row needs its predecessor: a window without one directly before it, such as the first or the one after a gap,
    has no row. Of two rows at least one must be new. With a baseline each new row is compared with it too.

    Args:
        connection: holds `PROFILE`.
        definition: gives the DRIFT metrics.
        now: the clock.
        previous: the end of the window of a snapshot's refresh before this one.
        switches: what to do where nothing is published.
        monitor_version: goes into each row.
        proceed: called between steps; may raise.

    Raises:
        RefreshFailed: a DRIFT metric failed; the text names it.
    """
    listed = ", ".join(f"{identifier(name)} {kind}" for name, kind in drift_columns(definition).items())
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {DRIFT} ({listed})")
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {PAIRS} AS {_pairs(definition, previous)}")
    proceed()
    compare_categorical_columns(connection, switches)
    compare_number_columns(connection, switches, proceed)
    left_empty = definition.disputed_metrics if switches.snapshot_custom_drift != "computed" else ()
    compared = {
        metric.name: drift_metric_sql(metric, definition, now)
        for metric in definition.metrics(MetricKind.DRIFT)
        if metric not in left_empty
    }
    frames = (
        f"FROM {PAIRS} AS pairs JOIN {PROFILE} AS {CURRENT} ON {CURRENT}.rowid = pairs.current_row "
        f"JOIN {PROFILE} AS {BASE} ON {BASE}.rowid = pairs.compared_row"
    )
    tests = (
        f"LEFT JOIN {NUMBER_TESTS} AS numbers ON numbers.pair = pairs.pair "
        f"LEFT JOIN {CATEGORY_TESTS} AS categories ON categories.pair = pairs.pair"
    )
    alone = [(f"custom metric '{name}'", f"SELECT count({sql}) {frames}") for name, sql in compared.items()]
    items = _items(definition, monitor_version) | compared
    with failing(lambda: alone, connection):
        values = ", ".join(f"{sql} AS {identifier(name)}" for name, sql in items.items())
        connection.execute(f"INSERT INTO {DRIFT} BY NAME SELECT {values} {frames} {tests}")


def _pairs(definition: MonitorDefinition, previous: datetime | None) -> str:
    """Which rows are compared: `pair` counts them, `current_row` and `compared_row` are numbers of rows of `PROFILE`."""
    new = identifier(IS_NEW)
    if definition.is_snapshot:
        before = "FALSE" if previous is None else f'{BASE}."window"."end" = TIMESTAMP \'{previous}\''
        consecutive = f"{CURRENT}.{new} AND NOT {BASE}.{new} AND {before}"
    else:
        consecutive = (
            f'{CURRENT}."window"."start" = {BASE}."window"."end" AND ({CURRENT}.{new} OR {BASE}.{new}) '
            f"AND {CURRENT}.granularity IS NOT DISTINCT FROM {BASE}.granularity"
        )
    same = matches((*_SAME, *model_column(definition)), CURRENT, BASE)
    kinds = ((consecutive, INPUT, CONSECUTIVE), (f"{CURRENT}.{new}", BASELINE, BASELINE))
    pairs = " UNION ALL ".join(
        f"SELECT {CURRENT}.rowid AS current_row, {BASE}.rowid AS compared_row, '{drift_type}' AS drift_type "
        f"FROM {PROFILE} AS {CURRENT} JOIN {PROFILE} AS {BASE} ON {same} AND {condition} "
        f"AND {CURRENT}.log_type = '{INPUT}' AND {BASE}.log_type = '{log_type}'"
        for condition, log_type, drift_type in kinds
    )
    return f"SELECT row_number() OVER () AS pair, * FROM ({pairs})"


def _items(definition: MonitorDefinition, monitor_version: int) -> dict[str, str]:
    """Column of the drift table -> DuckDB SQL over the two rows and their tests."""

    def change(name: str) -> str:
        return f"{CURRENT}.{identifier(name)} - {BASE}.{identifier(name)}"

    def only_in(one: str, other: str) -> str:
        lacking = f"NOT list_contains({other}.non_null_columns, name)"
        return f"CAST(len(list_filter({one}.non_null_columns, lambda name: {lacking})) AS INTEGER)"

    def test(table: str) -> str:
        found = f"struct_pack(statistic := {table}.statistic, pvalue := {table}.pvalue)"
        return f"CASE WHEN {table}.statistic IS NOT NULL THEN {found} END"

    unchanged = [*_UNCHANGED, *model_column(definition)]
    return {name: f"{CURRENT}.{identifier(name)}" for name in unchanged} | {
        "monitor_version": str(monitor_version),
        "window_cmp": f'{BASE}."window"',
        "drift_type": "drift_type",
        "count_delta": change("count"),
        "avg_delta": change("avg"),
        "percent_null_delta": change("percent_null"),
        "percent_zeros_delta": change("percent_zeros"),
        "percent_distinct_delta": change("percent_distinct"),
        "non_null_columns_delta": (
            f"CASE WHEN {CURRENT}.non_null_columns IS NOT NULL AND {BASE}.non_null_columns IS NOT NULL THEN "
            f"struct_pack(added := {only_in(CURRENT, BASE)}, missing := {only_in(BASE, CURRENT)}) END"
        ),
        "js_distance": "categories.jensen_shannon",
        "ks_test": test("numbers"),
        "wasserstein_distance": "numbers.wasserstein",
        "population_stability_index": "numbers.stability_index",
        "chi_squared_test": test("categories"),
        "tv_distance": "categories.total_variation",
        "l_infinity_distance": "categories.l_infinity",
    }
