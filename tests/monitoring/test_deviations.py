"""What alerts watch, and on which scale."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from monitoring.deviations import FARTHEST, SMALLEST, Scale, Watch, watched_for_drift, watched_for_limits
from monitoring.domains import DOMAINS, cluster, cost, governance, job, quality, query
from monitoring.metrics import Kind

if TYPE_CHECKING:
    from monitoring.domain import Domain


def drift_watch(domain: Domain, metric: str) -> Watch:
    (found,) = [watch for watch in watched_for_drift(domain) if watch.metric.name == metric]
    return found


@pytest.mark.parametrize("domain", DOMAINS, ids=lambda domain: domain.name)
def test_whatever_a_drift_metric_compares_is_watched(domain: Domain) -> None:
    compared = {metric.compared for metric in domain.drift_metrics}
    assert {watch.metric.name for watch in watched_for_drift(domain)} == compared | set(domain.also_watched)


@pytest.mark.parametrize("domain", DOMAINS, ids=lambda domain: domain.name)
def test_no_metric_is_watched_twice_and_none_is_a_drift_metric(domain: Domain) -> None:
    names = [watch.metric.name for watch in watched_for_drift(domain)]
    assert len(names) == len(set(names))
    assert all(watch.metric.kind is not Kind.DRIFT for watch in watched_for_drift(domain))


def test_a_metric_that_two_drift_metrics_compare_is_watched_once() -> None:
    twice = replace(
        job.DOMAIN,
        metrics=(
            *job.DOMAIN.metrics,
            replace(job.DOMAIN.metric("failure_count_drift"), name="failure_count_again"),
        ),
    )
    assert watched_for_drift(twice) == watched_for_drift(job.DOMAIN)


@pytest.mark.parametrize(
    ("domain", "metric", "scale"),
    [
        (cost.DOMAIN, "total_daily_cost", Scale.RELATIVE),
        (cost.DOMAIN, "tag_coverage_pct", Scale.SHARE),
        (job.DOMAIN, "failure_count", Scale.COUNT),
        (job.DOMAIN, "duration_cv", Scale.RELATIVE),
        (cluster.DOMAIN, "avg_memory_pct", Scale.LEVEL),
        (cluster.DOMAIN, "efficiency_score", Scale.SHARE),
        (cluster.DOMAIN, "total_network_received_gb", Scale.RELATIVE),
        (quality.DOMAIN, "avg_quality_score", Scale.LEVEL),
        (governance.DOMAIN, "governance_score", Scale.SHARE),
    ],
)
def test_the_scale_follows_from_what_is_measured(domain: Domain, metric: str, scale: Scale) -> None:
    assert drift_watch(domain, metric).scale is scale


@pytest.mark.parametrize(
    ("domain", "metric", "side"),
    [(job.DOMAIN, "success_rate", -1), (job.DOMAIN, "failure_count", 1), (job.DOMAIN, "total_runs", 0)],
)
def test_the_bad_side_is_the_other_one_than_the_good_one(domain: Domain, metric: str, side: int) -> None:
    assert drift_watch(domain, metric).bad_side == side


@pytest.mark.parametrize(
    ("domain", "metric", "smallest"),
    [
        (cost.DOMAIN, "total_daily_cost", 10),
        (cost.DOMAIN, "tag_coverage_pct", 5),
        (job.DOMAIN, "success_rate", 2),
        (query.DOMAIN, "p95_duration_sec", 15),
        (job.DOMAIN, "failure_count", SMALLEST[Scale.COUNT]),
    ],
)
def test_the_smallest_change_is_the_first_limit_of_the_drift_metric_that_is_not_zero(
    domain: Domain, metric: str, smallest: float
) -> None:
    assert drift_watch(domain, metric).smallest_change == smallest


@pytest.mark.parametrize(
    ("metric", "share"),
    [("p99_duration_minutes", 0.01), ("p90_duration_minutes", 0.1), ("avg_duration_minutes", 1.0)],
)
def test_a_percentile_rests_on_the_rows_beyond_it(metric: str, share: float) -> None:
    assert drift_watch(job.DOMAIN, metric).row_share == share


def test_a_spread_rests_on_its_farthest_rows_also_as_a_part_of_another_metric() -> None:
    assert drift_watch(job.DOMAIN, "duration_cv").row_share == FARTHEST


def test_of_a_share_rows_that_say_the_same_count_as_one_and_of_a_mean_they_do_not() -> None:
    assert drift_watch(cluster.DOMAIN, "efficiency_score").row_share == round(1 / 12, 6)
    assert drift_watch(cluster.DOMAIN, "avg_memory_pct").row_share == 1


def test_limits_are_watched_where_a_profile_metric_has_a_warning_or_critical_one() -> None:
    assert [watch.metric.name for watch in watched_for_limits(quality.DOMAIN)] == [
        "avg_quality_score",
        "avg_freshness_hours",
        "critical_violation_count",
    ]
    assert watched_for_limits(governance.DOMAIN) == ()
