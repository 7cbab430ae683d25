"""The plain way: one query for each custom metric, slicing expression and granularity, on the same DuckDB.

A derived metric's query has the aggregates of its formula in it, a drift metric's query computes the windows that it
compares, as someone writes it who wants one number. What a query gives is kept in a table, as a monitor keeps it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Final

from benchmarks.job_monitor import RELATION
from benchmarks.job_runs import GOLD_TABLE
from benchmarks.metric_texts import TYPES, over_rows, over_windows, read_by
from local_workspace.engine.dialect import parse_expression, to_duckdb_sql, translate
from local_workspace.engine.switches import Switches
from local_workspace.names import quoted
from monitoring.domains.job import DOMAIN
from monitoring.metrics import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    import duckdb

    from monitoring.metrics import Metric

KEPT_VALUES: Final = Switches().slice_values
LENGTHS: Final = {"1 hour": "INTERVAL 1 HOUR", "1 day": "INTERVAL 1 DAY"}
"""Granularity -> length of a window, in DuckDB SQL."""


@dataclass(frozen=True)
class PlainQuery:
    """One metric in all windows of a granularity: of the whole table, or of each value of a slicing expression.

    Attributes:
        metric: what is computed.
        granularity: of the windows.
        slice_key: slicing expression; None for the whole table.
        is_cut: whether it has more values than a monitor keeps.
    """

    metric: Metric
    granularity: str
    slice_key: str | None
    is_cut: bool

    @property
    def sql(self) -> str:
        """The query, in DuckDB SQL; its columns are `start`, `slice_value` and `value`."""
        if self.metric.kind is Kind.DRIFT:
            return self._compared()
        return self._grouped({"value": _translated(over_rows(self.metric), GOLD_TABLE.column_types)})

    def _compared(self) -> str:
        read = read_by(self.metric)
        windows = self._grouped(
            {each.name: _translated(over_rows(each), GOLD_TABLE.column_types) for each in read}
        )
        known = {each.name: TYPES[each.name] for each in read}
        value = _translated(over_windows(self.metric), {"current_df": known, "base_df": known})
        return (
            f"WITH windows AS ({windows}) SELECT current_df.start, current_df.slice_value, {value} AS value "
            "FROM windows AS current_df JOIN windows AS base_df "
            f"ON base_df.start = current_df.start - {LENGTHS[self.granularity]} "
            "AND base_df.slice_value IS NOT DISTINCT FROM current_df.slice_value"
        )

    def _grouped(self, values: Mapping[str, str]) -> str:
        key = self.slice_key and quoted(self.slice_key)
        start = f"time_bucket({LENGTHS[self.granularity]}, {quoted(DOMAIN.timestamp_column)})"
        value = f"CAST({key} AS VARCHAR)" if key else "CAST(NULL AS VARCHAR)"
        rows = f"{RELATION} WHERE {key} IN ({most_frequent(key)})" if key and self.is_cut else RELATION
        listed = ", ".join(f"{sql} AS {quoted(name)}" for name, sql in values.items())
        return f"SELECT {start} AS start, {value} AS slice_value, {listed} FROM {rows} GROUP BY ALL"


def plain_queries(connection: duckdb.DuckDBPyConnection) -> list[PlainQuery]:
    """Every query that the whole monitor needs."""
    cut = {None: False} | {key: _is_cut(connection, key) for key in DOMAIN.slices}
    return [
        PlainQuery(metric, granularity, key, cut[key])
        for metric, granularity, key in product(DOMAIN.metrics, DOMAIN.granularities, cut)
    ]


def most_frequent(key: str) -> str:
    """DuckDB SQL of the values of a slicing expression that a monitor keeps."""
    return f"SELECT {key} FROM {RELATION} GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT {KEPT_VALUES}"


def _is_cut(connection: duckdb.DuckDBPyConnection, key: str) -> bool:
    found = connection.execute(f"SELECT count(DISTINCT {quoted(key)}) FROM {RELATION}").fetchone()
    return found is not None and found[0] > KEPT_VALUES


def _translated(text: str, columns: Mapping[str, str] | Mapping[str, Mapping[str, str]]) -> str:
    return to_duckdb_sql(translate(parse_expression(text), columns))
