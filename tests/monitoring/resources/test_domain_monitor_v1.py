"""A domain monitor that the data-quality API keeps."""

from dataclasses import replace

import pytest

from monitoring.api import Api
from monitoring.domain import Domain
from monitoring.domains import DOMAINS
from monitoring.metrics import Kind
from monitoring.resources.domain_monitor import TYPE
from tests.monitoring.resources.domain_monitors import (
    COMMENTS,
    COMPONENT_URN,
    COST,
    V1,
    V1_URN,
    arguments,
    recorded,
)


def test_a_domain_is_a_component_with_one_monitor_and_two_comment_resources() -> None:
    assert recorded(arguments(api=Api.V1)).names == [
        (V1, "cost"),
        (TYPE, "cost"),
        (COMMENTS, "cost-drift-comments"),
        (COMMENTS, "cost-profile-comments"),
        ("pulumi:providers:databricks", "workspace"),
    ]


def test_the_monitor_gets_the_whole_definition_and_nothing_else() -> None:
    recording = recorded(arguments(api=Api.V1, failure_emails=("a@example.com",)))
    inputs = recording.inputs(V1, "cost")
    metrics = inputs["dataProfilingConfig"].pop("customMetrics")
    assert inputs == {
        "objectType": "table",
        "objectId": "id-of-main.gold.fact_usage",
        "dataProfilingConfig": {
            "outputSchemaId": "uuid-of-out",
            "assetsDir": "/Workspace/Shared/monitoring",
            "timeSeries": {
                "timestampColumn": COST.timestamp_column,
                "granularities": ["AGGREGATION_GRANULARITY_1_DAY"],
            },
            "slicingExprs": list(COST.slices),
            "schedule": {
                "quartzCronExpression": COST.schedule.quartz if COST.schedule else "",
                "timezoneId": "UTC",
            },
            "notificationSettings": {"onFailure": {"emailAddresses": ["a@example.com"]}},
            "skipBuiltinDashboard": True,
        },
    }
    assert [metric["name"] for metric in metrics] == [metric.name for metric in COST.ordered_metrics]
    assert metrics[0] == {
        "name": "total_daily_cost",
        "type": "DATA_PROFILING_CUSTOM_METRIC_TYPE_AGGREGATE",
        "definition": "SUM(list_cost)",
        "inputColumns": [":table"],
        "outputDataType": '{"metadata":{},"name":"output","nullable":true,"type":"double"}',
    }


@pytest.mark.parametrize("domain", DOMAINS, ids=lambda domain: domain.name)
def test_metrics_are_sent_aggregate_then_derived_then_drift(domain: Domain) -> None:
    recording = recorded(arguments(domain, api=Api.V1), domain.name)
    metrics = recording.inputs(V1, domain.name)["dataProfilingConfig"]["customMetrics"]
    kinds = [metric["type"].removeprefix("DATA_PROFILING_CUSTOM_METRIC_TYPE_") for metric in metrics]
    assert kinds == sorted(kinds, key=[kind.name for kind in Kind].index)
    assert len(metrics) == len(domain.metrics)


@pytest.mark.parametrize(
    ("granularity", "name"),
    [("5 minutes", "5_MINUTES"), ("1 hour", "1_HOUR"), ("2 weeks", "2_WEEKS"), ("1 month", "1_MONTH")],
)
def test_granularities_are_sent_in_the_words_of_the_api(granularity: str, name: str) -> None:
    domain = replace(COST, granularities=(granularity,))
    inputs = recorded(arguments(domain, api=Api.V1)).inputs(V1, "cost")
    granularities = inputs["dataProfilingConfig"]["timeSeries"]["granularities"]
    assert granularities == [f"AGGREGATION_GRANULARITY_{name}"]


def test_without_schedule_slices_and_addresses_these_keys_are_not_sent() -> None:
    bare = replace(COST, schedule=None, slices=())
    inputs = recorded(arguments(bare, api=Api.V1)).inputs(V1, "cost")
    assert not {"schedule", "slicingExprs", "notificationSettings"} & inputs["dataProfilingConfig"].keys()


def test_the_engine_is_told_what_replaces_a_monitor_and_in_which_order() -> None:
    request = recorded(arguments(api=Api.V1)).request(V1, "cost")
    assert request.deleteBeforeReplace
    assert list(request.replaceOnChanges) == ["objectType", "objectId"]
    assert list(request.ignoreChanges) == []


def test_another_kind_of_profile_dashboard_choice_or_folder_triggers_a_replacement() -> None:
    request = recorded(arguments(api=Api.V1)).request(V1, "cost")
    trigger = request.replacement_trigger.struct_value
    assert {key: trigger[key] for key in trigger} == {
        "profile": "time_series",
        "skip_builtin_dashboard": True,
        "assets_dir": "/Workspace/Shared/monitoring",
    }


def test_the_monitor_uses_the_explicit_provider() -> None:
    request = recorded(arguments(api=Api.V1)).request(V1, "cost")
    assert request.provider.split("::")[-2:] == ["workspace", "id-of-workspace"]


@pytest.mark.parametrize("protect", [True, False])
def test_protection_reaches_the_monitor(protect: bool) -> None:
    assert recorded(arguments(api=Api.V1, protect=protect)).request(V1, "cost").protect is protect


def test_the_comments_follow_the_monitor_and_are_forgotten_with_it() -> None:
    recording = recorded(arguments(api=Api.V1))
    for which in ("profile", "drift"):
        request = recording.request(COMMENTS, f"cost-{which}-comments")
        assert list(request.dependencies) == [V1_URN]
        assert request.deletedWith == V1_URN


def test_a_hook_looks_for_the_monitor_before_it_is_created() -> None:
    recording = recorded(arguments(api=Api.V1))
    assert list(recording.request(V1, "cost").hooks.before_create) == ["adopt-cost"]


def test_the_component_says_the_same_as_with_the_legacy_api() -> None:
    assert recorded(arguments(api=Api.V1)).outputs[COMPONENT_URN] == {
        "table": "main.gold.fact_usage",
        "profile_table": "main.out.fact_usage_profile_metrics",
        "drift_table": "main.out.fact_usage_drift_metrics",
        "comments": {"profile": "pending", "drift": "pending"},
        "api": "v1",
        "monitor_id": "id-of-cost",
    }
