"""The eight domains are the agreed ones: how each is watched, how many metrics it has, and what they say."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from monitoring.domain import Schedule
from monitoring.domains import DOMAINS
from monitoring.gold import GOLD_TABLES
from monitoring.metrics import Good, Kind
from monitoring.standard_columns import QUALITY_NAMES, STANDARD_NAMES
from monitoring.thresholds import (
    Comparison,
    Threshold,
    above,
    at_most,
    below,
    beyond,
    exactly,
    limits,
    within,
)

if TYPE_CHECKING:
    from monitoring.domain import Domain
    from monitoring.metrics import Metric

EACH = pytest.mark.parametrize("domain", DOMAINS, ids=lambda domain: domain.name)
BY_NAME = {domain.name: domain for domain in DOMAINS}
DAILY_AT_SIX, DAILY_AT_SEVEN, HOURLY = "0 0 6 * * ?", "0 0 7 * * ?", "0 0 * * * ?"
HOURS_AND_DAYS = ("1 hour", "1 day")


def test_the_domains_stand_in_the_order_of_deployment() -> None:
    assert [(domain.name, domain.gold_table) for domain in DOMAINS] == [
        ("cost", "fact_usage"),
        ("job", "fact_job_run_timeline"),
        ("query", "fact_query_history"),
        ("cluster", "fact_node_timeline"),
        ("security", "fact_audit_logs"),
        ("quality", "fact_table_quality"),
        ("governance", "fact_governance_metrics"),
        ("inference", "fact_model_serving"),
    ]


@pytest.mark.parametrize(
    ("name", "aggregate", "derived", "drift"),
    [
        ("cost", 21, 11, 3),
        ("job", 26, 15, 9),
        ("query", 24, 9, 7),
        ("cluster", 25, 11, 4),
        ("security", 9, 4, 2),
        ("quality", 11, 2, 2),
        ("governance", 7, 6, 2),
        ("inference", 10, 3, 2),
    ],
)
def test_a_domain_has_the_agreed_number_of_metrics_of_each_kind(
    name: str, aggregate: int, derived: int, drift: int
) -> None:
    counts = Counter(metric.kind for metric in BY_NAME[name].metrics)
    assert counts == {Kind.AGGREGATE: aggregate, Kind.DERIVED: derived, Kind.DRIFT: drift}


def test_there_are_225_metrics_of_222_names() -> None:
    names = Counter(metric.name for domain in DOMAINS for metric in domain.metrics)
    assert (names.total(), len(names)) == (225, 222)
    assert {name for name, count in names.items() if count > 1} == {
        "failure_rate",
        "p99_duration_drift_pct",
        "distinct_users",
    }


def test_there_are_133_aggregate_61_derived_and_31_drift_metrics() -> None:
    kinds = Counter(metric.kind for domain in DOMAINS for metric in domain.metrics)
    assert kinds == {Kind.AGGREGATE: 133, Kind.DERIVED: 61, Kind.DRIFT: 31}


@pytest.mark.parametrize(
    ("name", "granularities", "quartz", "slices", "trivial", "agent_domain"),
    [
        (
            "cost",
            ("1 day",),
            DAILY_AT_SIX,
            ("workspace_id", "sku_name", "cloud", "is_tagged", "product_features_is_serverless"),
            ("is_tagged", "product_features_is_serverless"),
            "Cost",
        ),
        (
            "job",
            HOURS_AND_DAYS,
            HOURLY,
            ("workspace_id", "result_state", "trigger_type", "job_name", "termination_code"),
            ("result_state", "termination_code", "trigger_type"),
            "Reliability",
        ),
        (
            "query",
            HOURS_AND_DAYS,
            HOURLY,
            ("workspace_id", "compute_warehouse_id", "execution_status", "statement_type", "executed_by"),
            ("execution_status",),
            "Performance",
        ),
        (
            "cluster",
            HOURS_AND_DAYS,
            HOURLY,
            ("workspace_id", "cluster_id", "node_type", "cluster_name", "driver"),
            ("driver",),
            "Performance",
        ),
        (
            "security",
            HOURS_AND_DAYS,
            HOURLY,
            ("workspace_id", "service_name", "audit_level", "action_name", "user_identity_email"),
            ("action_name",),
            "Security",
        ),
        (
            "quality",
            ("1 day",),
            DAILY_AT_SEVEN,
            ("catalog_name", "schema_name", "table_name", "has_critical_violations"),
            ("table_name", "has_critical_violations"),
            "Quality",
        ),
        (
            "governance",
            ("1 day",),
            DAILY_AT_SIX,
            ("workspace_id", "entity_type", "created_by", "source_catalog_name"),
            (),
            "Quality",
        ),
        (
            "inference",
            HOURS_AND_DAYS,
            HOURLY,
            ("workspace_id", "is_anomaly", "anomaly_category", "predicted_result", "risk_level"),
            ("is_anomaly", "anomaly_category"),
            "ML",
        ),
    ],
)
def test_a_domain_is_watched_as_agreed(
    name: str,
    granularities: tuple[str, ...],
    quartz: str,
    slices: tuple[str, ...],
    trivial: tuple[str, ...],
    agent_domain: str,
) -> None:
    domain = BY_NAME[name]
    assert (domain.granularities, domain.schedule) == (granularities, Schedule(quartz, "UTC"))
    assert (domain.slices, domain.trivial_slices) == (slices, trivial)
    assert domain.agent_domain == agent_domain


@EACH
def test_names_are_unique_and_snake_case(domain: Domain) -> None:
    names = [metric.name for metric in domain.metrics]
    assert [name for name, count in Counter(names).items() if count > 1] == []
    assert [name for name in names if not re.fullmatch("[a-z][a-z0-9]*(_[a-z0-9]+)*", name)] == []


@EACH
def test_no_metric_takes_a_name_of_the_service(domain: Domain) -> None:
    assert {metric.name for metric in domain.metrics} & (STANDARD_NAMES | QUALITY_NAMES) == set()


@EACH
def test_no_metric_takes_the_name_of_a_gold_column(domain: Domain) -> None:
    columns = GOLD_TABLES[domain.gold_table].column_types
    assert [metric.name for metric in domain.metrics if metric.name in columns] == []


@EACH
def test_an_aggregate_metric_reads_gold_columns_only(domain: Domain) -> None:
    columns = set(GOLD_TABLES[domain.gold_table].column_types)
    for metric in of_kind(domain, Kind.AGGREGATE):
        assert names_in(metric.definition) <= columns, metric.name


@EACH
def test_a_derived_metric_reads_aggregate_metrics_only(domain: Domain) -> None:
    aggregates = {metric.name for metric in of_kind(domain, Kind.AGGREGATE)}
    for metric in of_kind(domain, Kind.DERIVED):
        assert names_in(metric.definition) <= aggregates, metric.name


@EACH
def test_a_drift_metric_reads_one_profile_metric_of_both_windows(domain: Domain) -> None:
    profile = {metric.name for metric in domain.profile_metrics}
    for metric in of_kind(domain, Kind.DRIFT):
        read = re.findall(r"\{\{(current_df|base_df)\}\}\.(\w+)", metric.definition)
        assert {frame for frame, _ in read} == {"current_df", "base_df"}, metric.name
        assert len({name for _, name in read} & profile) == 1, metric.name


@EACH
def test_every_metric_says_unit_meaning_calculation_and_direction(domain: Domain) -> None:
    for metric in domain.metrics:
        assert all((metric.unit, metric.meaning, metric.calculation, metric.direction)), metric.name


@EACH
def test_a_meaning_begins_with_a_capital_and_has_no_full_stop(domain: Domain) -> None:
    meanings = [metric.meaning for metric in domain.metrics]
    assert [text for text in meanings if not re.fullmatch(r"[A-Z](.*[^.\s])?", text)] == []


@EACH
def test_a_relative_drift_is_named_pct_and_every_other_drift_not(domain: Domain) -> None:
    for metric in of_kind(domain, Kind.DRIFT):
        assert metric.name.endswith("_drift_pct") == (metric.unit == "percent change"), metric.name
        assert ("* 100.0 /" in metric.definition) == (metric.unit == "percent change"), metric.name


@EACH
def test_a_share_is_multiplied_to_percent(domain: Domain) -> None:
    shares = {
        metric.name: metric.definition
        for metric in of_kind(domain, Kind.DERIVED)
        if metric.unit == "percent" and "/" in metric.definition
    }
    assert [name for name, definition in shares.items() if "* 100.0 /" not in definition] == []


@EACH
def test_a_target_lies_on_the_side_that_is_good(domain: Domain) -> None:
    sides = {
        Good.HIGHER: {Comparison.ABOVE, Comparison.AT_LEAST, Comparison.EXACTLY},
        Good.LOWER: {Comparison.BELOW, Comparison.AT_MOST, Comparison.EXACTLY},
    }
    targets = [
        (metric.name, metric.threshold.target.comparison in sides[metric.good])
        for metric in domain.metrics
        if metric.good in sides and metric.threshold and metric.threshold.target
    ]
    assert [name for name, is_good in targets if not is_good] == []


@pytest.mark.parametrize(
    ("domain", "metric", "threshold"),
    [
        ("cost", "cost_drift_pct", limits(within(10), beyond(10), beyond(20))),
        ("cost", "untagged_usage_pct", limits(below(10), above(15), above(20))),
        ("cost", "tag_coverage_pct", limits(above(90), below(80))),
        ("cost", "jobs_on_all_purpose_ratio", limits(below(5), above(30))),
        ("job", "success_rate", limits(above(95), below(95), below(80))),
        ("job", "success_rate_drift", limits(above(-2), below(-2), below(-5))),
        ("job", "timeout_rate", limits(below(1), above(10))),
        ("job", "repair_rate", limits(below(5), above(20))),
        ("query", "p95_duration_drift_pct", limits(at_most(0), above(15), above(30))),
        ("query", "high_queue_rate", limits(warning=above(20))),
        ("query", "spill_rate", limits(warning=above(5))),
        ("cluster", "underutilization_rate", limits(below(20), above(50))),
        ("security", "off_hours_rate", limits(warning=above(10))),
        ("quality", "avg_quality_score", limits(above(90), critical=below(80))),
        ("quality", "critical_violation_count", limits(exactly(0), critical=above(0))),
        ("quality", "avg_freshness_hours", limits(below(24), above(24), above(48))),
    ],
)
def test_the_default_thresholds_of_alerts_are_the_agreed_ones(
    domain: str, metric: str, threshold: Threshold
) -> None:
    assert BY_NAME[domain].metric(metric).threshold == threshold


@EACH
def test_the_main_metrics_are_columns_of_the_profile_table(domain: Domain) -> None:
    assert set(domain.main_metrics) <= {metric.name for metric in domain.profile_metrics}
    assert len(domain.main_metrics) >= 3


@EACH
def test_a_domain_has_three_questions_for_each_of_its_tables(domain: Domain) -> None:
    questions = (*domain.questions, *domain.drift_questions)
    assert [text for text in questions if not re.fullmatch(r"[A-Z].*\?", text)] == []
    assert len(set(questions)) == 6


@EACH
def test_trivial_slices_are_slices(domain: Domain) -> None:
    assert set(domain.trivial_slices) <= set(domain.slices)


def of_kind(domain: Domain, kind: Kind) -> list[Metric]:
    return [metric for metric in domain.metrics if metric.kind is kind]


def names_in(definition: str) -> set[str]:
    """The lower-case names in a definition: functions and keywords are in capitals, texts in quotes."""
    return set(re.findall("[a-z][a-z0-9_]*", re.sub("'[^']*'", "", definition)))
