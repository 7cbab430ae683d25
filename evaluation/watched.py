"""What of a domain its alerts read: the metrics, and the columns of the gold table that these are computed from."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from monitoring.alerts import alerts
from monitoring.gold import GOLD_TABLES

if TYPE_CHECKING:
    from monitoring.domain import Domain

_WORD = re.compile(r"\w+")


def as_alerts_read_it(domain: Domain) -> Domain:
    """The domain with the metrics that its alerts watch, and those these are derived from, and no others."""
    profile = {metric.name: metric for metric in domain.profile_metrics}
    wanted: set[str] = set()
    waiting = {watch.metric.name for alert in alerts(domain, "c.s.t") for watch in alert.query.watches}
    while waiting:
        wanted |= waiting
        read = {word for name in waiting for word in _WORD.findall(profile[name].definition)}
        waiting = (read & profile.keys()) - wanted
    return replace(
        domain, schedule=None, metrics=tuple(metric for metric in domain.metrics if metric.name in wanted)
    )


def columns_read(domain: Domain) -> tuple[str, ...]:
    """The columns of the gold table that the domain's windows, slices and metrics read, in the table's order."""
    texts = (
        domain.timestamp_column,
        *domain.slices,
        *(metric.definition for metric in domain.profile_metrics),
    )
    words = {word for text in texts for word in _WORD.findall(text)}
    return tuple(name for name in GOLD_TABLES[domain.gold_table].column_types if name in words)
