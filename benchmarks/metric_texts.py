"""The job domain's metrics as Databricks SQL that stands by itself, outside of a monitor."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from monitoring.domains.job import DOMAIN
from monitoring.metrics import Kind

if TYPE_CHECKING:
    from monitoring.metrics import Metric

TYPES: Final = {
    metric.name: {"LONG": "BIGINT"}.get(metric.output_type, metric.output_type) for metric in DOMAIN.metrics
}
"""Metric -> Databricks type of its values."""

_NAMES: Final = re.compile(rf"\b({'|'.join(metric.name for metric in DOMAIN.profile_metrics)})\b")


def over_rows(metric: Metric) -> str:
    """An aggregate or derived metric over the rows of a group; a derived one has its aggregates written out in it."""
    text = metric.definition
    if metric.kind is Kind.DERIVED:
        text = _NAMES.sub(lambda found: over_rows(DOMAIN.metric(found.group())), text)
    return f"CAST({text} AS {TYPES[metric.name]})"


def over_windows(metric: Metric) -> str:
    """A drift metric over two rows of windows, named `current_df` and `base_df`."""
    text = re.sub(r"{{(\w+)}}", r"\1", metric.definition)
    return f"CAST({text} AS {TYPES[metric.name]})"


def read_by(metric: Metric) -> tuple[Metric, ...]:
    """The aggregate and derived metrics that a drift metric compares."""
    return tuple(DOMAIN.metric(name) for name in sorted(set(_NAMES.findall(metric.definition))))
