"""One more metric in a small job domain, for tests of rules on metrics."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from monitoring.compile import check
from monitoring.domains import job
from monitoring.gold import GOLD_TABLES
from monitoring.metrics import DOUBLE, Good, Kind, Metric, OutputType
from monitoring.rules.definition import Scope

if TYPE_CHECKING:
    from monitoring.domain import Domain

NAMES = (
    "total_runs",
    "success_count",
    "failure_count",
    "distinct_jobs",
    "success_rate",
    "success_rate_drift",
)
SMALL = replace(job.DOMAIN, metrics=tuple(map(job.DOMAIN.metric, NAMES)), main_metrics=())
SCOPE = Scope.of(SMALL, GOLD_TABLES[SMALL.gold_table])


def with_metric(domain: Domain, metric: Metric) -> Domain:
    """``domain`` with ``metric`` listed behind the others of its kind."""
    before = [
        other for other in domain.metrics if list(Kind).index(other.kind) <= list(Kind).index(metric.kind)
    ]
    return replace(domain, metrics=(*before, metric, *domain.metrics[len(before) :]))


def defined(
    definition: str, kind: Kind = Kind.AGGREGATE, output_type: OutputType = DOUBLE, name: str = "broken"
) -> Metric:
    """A metric with that definition and nothing special otherwise."""
    return Metric(name, kind, definition, output_type, "runs", "Something", Good.LOWER)


def reasons(
    definition: str, kind: Kind = Kind.AGGREGATE, output_type: OutputType = DOUBLE, name: str = "broken"
) -> list[str]:
    """What the compiler says about one more metric in a small job domain."""
    metric = defined(definition, kind, output_type, name)
    return [problem.reason for problem in check([with_metric(SMALL, metric)])]
