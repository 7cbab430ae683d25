"""A domain orders its metrics by kind and knows the names of its output tables."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.domains import cost, job
from monitoring.metrics import Kind, Metric

SHUFFLED = st.permutations(job.METRICS).map(tuple)


def test_the_output_tables_are_named_after_the_gold_table() -> None:
    assert (cost.DOMAIN.profile_table, cost.DOMAIN.drift_table) == (
        "fact_usage_profile_metrics",
        "fact_usage_drift_metrics",
    )


@given(SHUFFLED)
def test_any_order_in_the_file_gives_the_kinds_in_the_order_of_creation(metrics: tuple[Metric, ...]) -> None:
    ordered = replace(job.DOMAIN, metrics=metrics).ordered_metrics
    assert [metric.kind for metric in ordered] == [metric.kind for metric in job.DOMAIN.ordered_metrics]


@given(SHUFFLED)
def test_another_order_in_the_file_changes_no_metric(metrics: tuple[Metric, ...]) -> None:
    domain = replace(job.DOMAIN, metrics=metrics)
    assert set(domain.ordered_metrics) == set(job.METRICS)
    assert {metric.name for metric in domain.profile_metrics} == {
        metric.name for metric in job.DOMAIN.profile_metrics
    }
    assert {metric.name for metric in domain.drift_metrics} == {
        metric.name for metric in job.DOMAIN.drift_metrics
    }


@given(SHUFFLED)
def test_within_a_kind_the_order_of_the_file_stays(metrics: tuple[Metric, ...]) -> None:
    ordered = replace(job.DOMAIN, metrics=metrics).ordered_metrics
    for kind in Kind:
        assert [one for one in ordered if one.kind is kind] == [one for one in metrics if one.kind is kind]


def test_the_profile_table_has_all_metrics_but_those_of_drift() -> None:
    domain = job.DOMAIN
    assert domain.profile_metrics + domain.drift_metrics == domain.ordered_metrics
    assert {metric.kind for metric in domain.drift_metrics} == {Kind.DRIFT}


def test_a_metric_is_found_by_its_name() -> None:
    assert cost.DOMAIN.metric("total_daily_dbu").definition == (
        "SUM(IF(usage_unit = 'DBU', usage_quantity, 0))"
    )


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "total_daily_dbus",
            "domain 'cost' has no metric 'total_daily_dbus'; did you mean 'total_daily_dbu'?",
        ),
        ("zzz", "domain 'cost' has no metric 'zzz'"),
    ],
)
def test_a_metric_that_is_not_there_is_named_with_the_nearest(name: str, expected: str) -> None:
    with pytest.raises(KeyError) as raised:
        cost.DOMAIN.metric(name)
    assert raised.value.args == (expected,)
