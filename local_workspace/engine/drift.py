"""The rows of the drift table: each profile row against the row of the window directly before it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlglot import exp

from local_workspace.engine.coercion import identifier
from local_workspace.engine.custom_metric import BASE, CURRENT, MetricKind, fill_template
from local_workspace.engine.dialect import UnsupportedSQLError, parse_expression, to_duckdb_sql, translate
from local_workspace.engine.failures import RefreshFailed, failing
from local_workspace.engine.output_columns import DRIFT_COLUMNS
from local_workspace.engine.profile import PROFILE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    import duckdb

    from local_workspace.engine.custom_metric import CustomMetric
    from local_workspace.engine.definition import MonitorDefinition

DRIFT: Final = 'temp.main."refresh drift"'
"""The finished rows, with the drift table's columns."""

_SAME: Final = ("granularity", "slice_key", "slice_value", "column_name")


def compute_drift(
    connection: duckdb.DuckDBPyConnection,
    definition: MonitorDefinition,
    *,
    now: datetime,
    kept: str | None,
    monitor_version: int,
) -> None:
    """Fill `DRIFT` from `PROFILE`.

    A row needs its predecessor: a window without one directly before it, such as the first or the one after a gap,
    has no row.

    Args:
        connection: holds `PROFILE`.
        definition: gives the DRIFT metrics.
        now: the clock.
        kept: DuckDB relation of profile rows that this refresh leaves as they are, or None. A row of theirs is
            compared again when its predecessor was recomputed, and serves as predecessor of recomputed rows.
        monitor_version: goes into each row.

    Raises:
        RefreshFailed: a DRIFT metric failed; the text names it.
    """
    metrics = definition.metrics(MetricKind.DRIFT)
    columns = DRIFT_COLUMNS | {metric.name: metric.output_type.duckdb for metric in metrics}
    listed = ", ".join(f"{identifier(name)} {kind}" for name, kind in columns.items())
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {DRIFT} ({listed})")
    pairs = _pairs(kept)
    compared = {metric.name: _metric_sql(metric, definition, now) for metric in metrics}
    items = _base_items(monitor_version) | compared
    alone = [
        (f"custom metric '{name}'", f"SELECT count({sql}) FROM {pairs}") for name, sql in compared.items()
    ]
    with failing(lambda: alone, connection):
        values = ", ".join(f"{sql} AS {identifier(name)}" for name, sql in items.items())
        connection.execute(f"INSERT INTO {DRIFT} BY NAME SELECT {values} FROM {pairs}")


def _pairs(kept: str | None) -> str:
    """Two relations, joined: the current rows and their predecessors."""
    same = " AND ".join(f"{CURRENT}.{name} IS NOT DISTINCT FROM {BASE}.{name}" for name in _SAME)
    joined = f'{same} AND {CURRENT}."window"."start" = {BASE}."window"."end"'
    if kept is None:
        return f"{PROFILE} AS {CURRENT} JOIN {PROFILE} AS {BASE} ON {joined}"
    rows = (
        f'(SELECT *, TRUE AS "is new" FROM {PROFILE} UNION ALL BY NAME '
        f'SELECT *, FALSE AS "is new" FROM {kept})'
    )
    new = f'({CURRENT}."is new" OR {BASE}."is new")'
    return f"{rows} AS {CURRENT} JOIN {rows} AS {BASE} ON {joined} AND {new}"


def _base_items(monitor_version: int) -> dict[str, str]:
    def change(name: str) -> str:
        return f"{CURRENT}.{identifier(name)} - {BASE}.{identifier(name)}"

    def only_in(one: str, other: str) -> str:
        found = f"len(list_filter({one}.non_null_columns, lambda name: NOT list_contains({other}.non_null_columns, name)))"
        return f"CAST({found} AS INTEGER)"

    unchanged = ("window", "granularity", "slice_key", "slice_value", "column_name", "data_type")
    return {name: f"{CURRENT}.{identifier(name)}" for name in unchanged} | {
        "monitor_version": str(monitor_version),
        "window_cmp": f'{BASE}."window"',
        "drift_type": "'CONSECUTIVE'",
        "count_delta": change("count"),
        "avg_delta": change("avg"),
        "percent_null_delta": change("percent_null"),
        "percent_zeros_delta": change("percent_zeros"),
        "percent_distinct_delta": change("percent_distinct"),
        "non_null_columns_delta": (
            f"CASE WHEN {CURRENT}.non_null_columns IS NOT NULL AND {BASE}.non_null_columns IS NOT NULL THEN "
            f"struct_pack(added := {only_in(CURRENT, BASE)}, missing := {only_in(BASE, CURRENT)}) END"
        ),
    }


def _metric_sql(metric: CustomMetric, definition: MonitorDefinition, now: datetime) -> str:
    """DuckDB SQL of a DRIFT metric over the two frames; NULL on rows that it is not computed for."""
    known = {
        other.name: other.output_type.text
        for other in definition.metrics(MetricKind.AGGREGATE, MetricKind.DERIVED)
        if other.input_columns == metric.input_columns
    }
    frames: Mapping[str, Mapping[str, str]] = {CURRENT: known, BASE: known}
    target = exp.DataType.build(metric.output_type.text, dialect="databricks")
    try:
        tree = parse_expression(fill_template(metric.definition, {CURRENT: CURRENT, BASE: BASE}))
        sql = to_duckdb_sql(translate(exp.Cast(this=exp.Paren(this=tree), to=target), frames, now=now))
    except UnsupportedSQLError as error:
        raise RefreshFailed(f"custom metric '{metric.name}': {error}") from error
    rows = ", ".join("'" + name.lower().replace("'", "''") + "'" for name in metric.input_columns)
    return f"CASE WHEN lower({CURRENT}.column_name) IN ({rows}) THEN {sql} END"
