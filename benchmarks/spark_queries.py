"""The custom metrics as somebody writes them who has Spark: one grouped query for each slicing expression and granularity."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Final

from benchmarks.metric_texts import TYPES, over_rows, over_windows
from benchmarks.naive import KEPT_VALUES
from monitoring.domains.job import DOMAIN
from monitoring.metrics import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

ROWS: Final = "runs"
WINDOWS: Final = "windows"
"""Views that the queries read: the job runs, and what the query for the windows gave."""

_UNITS: Final = {"1 hour": "HOUR", "1 day": "DAY"}
_AGGREGATES: Final = [metric for metric in DOMAIN.metrics if metric.kind is Kind.AGGREGATE]
_DERIVED: Final = [metric for metric in DOMAIN.metrics if metric.kind is Kind.DERIVED]


@dataclass(frozen=True)
class SparkQueries:
    """All metrics of a granularity: of the whole table, or of each value of a slicing expression.

    Attributes:
        granularity: of the windows.
        slice_key: slicing expression; None for the whole table.
        number: tells them apart.
    """

    granularity: str
    slice_key: str | None
    number: int

    @property
    def windows(self) -> str:
        """Spark SQL of aggregate and derived metrics, with the columns `start` and `slice_value`."""
        start = f"date_trunc('{_UNITS[self.granularity]}', {DOMAIN.timestamp_column})"
        value = f"CAST({self.slice_key} AS STRING)" if self.slice_key else "CAST(NULL AS STRING)"
        aggregates = ", ".join(f"{over_rows(metric)} AS {metric.name}" for metric in _AGGREGATES)
        derived = ", ".join(
            f"CAST({metric.definition} AS {TYPES[metric.name]}) AS {metric.name}" for metric in _DERIVED
        )
        rows = f"SELECT {start} AS start, {value} AS slice_value, {aggregates} FROM {ROWS} {self._where} GROUP BY 1, 2"
        return f"SELECT *, {derived} FROM ({rows})"

    @property
    def drift(self) -> str:
        """Spark SQL of the drift metrics, with the same columns."""
        listed = ", ".join(f"{over_windows(metric)} AS {metric.name}" for metric in DOMAIN.drift_metrics)
        return (
            f"SELECT current_df.start, current_df.slice_value, {listed} "
            f"FROM {WINDOWS} AS current_df JOIN {WINDOWS} AS base_df "
            f"ON base_df.start = current_df.start - INTERVAL 1 {_UNITS[self.granularity]} "
            "AND base_df.slice_value <=> current_df.slice_value"
        )

    @property
    def _where(self) -> str:
        if self.slice_key is None:
            return ""
        return (
            f"WHERE {self.slice_key} IN (SELECT {self.slice_key} FROM {ROWS} GROUP BY 1 "
            f"ORDER BY count(*) DESC, 1 LIMIT {KEPT_VALUES})"
        )


def spark_queries() -> Iterator[SparkQueries]:
    """Every query that the whole monitor needs."""
    for number, (granularity, key) in enumerate(product(DOMAIN.granularities, (None, *DOMAIN.slices))):
        yield SparkQueries(granularity, key, number)
