"""All descriptions as flat lists, for programs that want them without the domains.

Views: they are made from the domains when this module is imported, and nothing is written here.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from monitoring.descriptions import metric_text, table_comments
from monitoring.domains import DOMAINS

if TYPE_CHECKING:
    from collections.abc import Mapping

METRIC_DESCRIPTIONS: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        (domain.name, metric.name): metric_text(metric)
        for domain in DOMAINS
        for metric in domain.ordered_metrics
    }
)
"""Description by domain and metric: metrics of one name in two domains keep their own."""

MONITOR_TABLE_DESCRIPTIONS: Mapping[str, str] = MappingProxyType(
    {
        name: table_comments(domain)[which].table
        for domain in DOMAINS
        for which, name in (("profile", domain.profile_table), ("drift", domain.drift_table))
    }
)
"""Description by bare name of the output table."""
