"""A monitor's definition as the engine reads it, made from the body of the monitor API."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from local_workspace.engine.custom_metric import CustomMetric, MetricKind, texts
from local_workspace.engine.definition_rules import problems

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class MonitorDefinition:
    """What to compute: a time-series profile of one table.

    Attributes:
        table: `catalog.schema.table`.
        timestamp_column: places a row in a window.
        granularities: as the API writes them, such as `1 hour`.
        slicing_exprs: SQL expressions, each grouped on its own.
        custom_metrics: in the order they were given.
        output_schema: `catalog.schema` of the two output tables.
    """

    table: str
    timestamp_column: str
    granularities: tuple[str, ...]
    slicing_exprs: tuple[str, ...]
    custom_metrics: tuple[CustomMetric, ...]
    output_schema: str

    @classmethod
    def from_legacy(cls, table: str, body: Mapping[str, object]) -> MonitorDefinition:
        """Read a body of the monitor API that `validate` has no objection to."""
        series = body["time_series"]
        metrics = body.get("custom_metrics") or ()
        if not isinstance(series, dict) or not isinstance(metrics, list | tuple):
            raise TypeError(
                "the body was not validated: time_series must be an object, custom_metrics a list"
            )
        return cls(
            table=table,
            timestamp_column=str(series["timestamp_col"]),
            granularities=texts(series["granularities"]),
            slicing_exprs=texts(body.get("slicing_exprs") or ()),
            custom_metrics=tuple(CustomMetric.from_legacy(metric) for metric in metrics),
            output_schema=str(body["output_schema_name"]),
        )

    @property
    def profile_table(self) -> str:
        """Full name of the profile table."""
        return f"{self.output_schema}.{self._table_name}_profile_metrics"

    @property
    def drift_table(self) -> str:
        """Full name of the drift table."""
        return f"{self.output_schema}.{self._table_name}_drift_metrics"

    @property
    def _table_name(self) -> str:
        return self.table.split(".", 2)[2]

    def metrics(self, *kinds: MetricKind) -> tuple[CustomMetric, ...]:
        """Metrics of the given kinds, in order."""
        return tuple(metric for metric in self.custom_metrics if metric.kind in kinds)


def validate(body: Mapping[str, object], columns: Mapping[str, str]) -> list[str]:
    """Everything that is wrong with the body of a create or update call, as sentences; empty when it is fine.

    Args:
        body: the JSON body of the legacy monitor API.
        columns: columns of the monitored table in order, with their Databricks types.
    """
    return problems(body, columns)
