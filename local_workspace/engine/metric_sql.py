"""Custom metrics as DuckDB SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local_workspace.engine.custom_metric import BASE, CURRENT, MetricKind, fill_template
from local_workspace.engine.dialect import UnsupportedSQLError, expression_sql
from local_workspace.engine.failures import RefreshFailed

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from local_workspace.engine.custom_metric import CustomMetric
    from local_workspace.engine.definition import MonitorDefinition


def metric_sql(
    metric: CustomMetric,
    names: Mapping[str, str],
    columns: Mapping[str, str] | Mapping[str, Mapping[str, str]],
    now: datetime,
) -> str:
    """DuckDB SQL of a metric, as its output type.

    Args:
        metric: the metric.
        names: what stands for each template of its definition.
        columns: what it may name, with Databricks types: columns, or frames and their columns.
        now: the clock.

    Raises:
        RefreshFailed: the definition cannot be computed; the text names the metric.
    """
    text = fill_template(metric.definition, names)
    try:
        return expression_sql(text, columns, now=now, target=metric.output_type.text)
    except UnsupportedSQLError as error:
        raise RefreshFailed(f"custom metric '{metric.name}': {error}") from error


def drift_metric_sql(metric: CustomMetric, definition: MonitorDefinition, now: datetime) -> str:
    """DuckDB SQL of a DRIFT metric over two profile rows of a column that it is computed for.

    Raises:
        RefreshFailed: the definition cannot be computed; the text names the metric.
    """
    known = {
        other.name: other.output_type.text
        for other in definition.metrics(MetricKind.AGGREGATE, MetricKind.DERIVED)
        if other.input_columns == metric.input_columns
    }
    frames = {CURRENT: CURRENT, BASE: BASE}
    return metric_sql(metric, frames, {CURRENT: known, BASE: known}, now)
