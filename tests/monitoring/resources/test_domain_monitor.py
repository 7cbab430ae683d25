import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitoring.descriptions import table_comments
from monitoring.domain import Domain
from monitoring.domains import DOMAINS
from monitoring.metrics import Kind
from monitoring.resources import domain_monitor
from monitoring.resources.domain_monitor import TYPE
from tests.monitoring.resources.domain_monitors import COMMENTS, COST, HOST, arguments, recorded
from tests.monitoring.resources.domain_monitors import LEGACY as MONITOR


def test_a_domain_is_a_component_with_one_monitor_and_two_comment_resources() -> None:
    assert recorded(arguments()).names == [
        (MONITOR, "cost"),
        (TYPE, "cost"),
        (COMMENTS, "cost-drift-comments"),
        (COMMENTS, "cost-profile-comments"),
        ("pulumi:providers:databricks", "workspace"),
    ]
    assert TYPE == "lakehouse:index:DomainMonitor"


def test_the_children_belong_to_the_component() -> None:
    recording = recorded(arguments())
    urn = f"urn:pulumi:local::lakehouse-monitors::{TYPE}::cost"
    children = [request for request in recording.requests if request.parent == urn]
    assert sorted(request.name for request in children) == [
        "cost",
        "cost-drift-comments",
        "cost-profile-comments",
    ]


def test_the_monitor_gets_the_whole_definition_and_nothing_else() -> None:
    inputs = recorded(arguments(failure_emails=("a@example.com",))).inputs(MONITOR, "cost")
    metrics = inputs.pop("customMetrics")
    assert inputs == {
        "tableName": "main.gold.fact_usage",
        "outputSchemaName": "main.out",
        "assetsDir": "/Workspace/Shared/monitoring",
        "timeSeries": {"timestampCol": COST.timestamp_column, "granularities": list(COST.granularities)},
        "slicingExprs": list(COST.slices),
        "schedule": {
            "quartzCronExpression": COST.schedule.quartz if COST.schedule else "",
            "timezoneId": "UTC",
        },
        "notifications": {"onFailure": {"emailAddresses": ["a@example.com"]}},
        "dataClassificationConfig": {"enabled": False},
        "skipBuiltinDashboard": True,
    }
    assert [metric["name"] for metric in metrics] == [metric.name for metric in COST.ordered_metrics]
    assert metrics[0] == {
        "name": "total_daily_cost",
        "type": "CUSTOM_METRIC_TYPE_AGGREGATE",
        "definition": "SUM(list_cost)",
        "inputColumns": [":table"],
        "outputDataType": '{"metadata":{},"name":"output","nullable":true,"type":"double"}',
    }


@pytest.mark.parametrize("domain", DOMAINS, ids=lambda domain: domain.name)
def test_metrics_are_sent_aggregate_then_derived_then_drift(domain: Domain) -> None:
    metrics = recorded(arguments(domain), domain.name).inputs(MONITOR, domain.name)["customMetrics"]
    kinds = [metric["type"].removeprefix("CUSTOM_METRIC_TYPE_") for metric in metrics]
    assert kinds == sorted(kinds, key=[kind.name for kind in Kind].index)
    assert len(metrics) == len(domain.metrics)


def test_without_schedule_slices_and_addresses_these_keys_are_not_sent() -> None:
    bare = replace(COST, schedule=None, slices=())
    inputs = recorded(arguments(bare)).inputs(MONITOR, "cost")
    assert not {"schedule", "slicingExprs", "notifications"} & inputs.keys()


def test_the_engine_is_told_what_replaces_a_monitor_and_in_which_order() -> None:
    request = recorded(arguments()).request(MONITOR, "cost")
    assert request.deleteBeforeReplace
    assert list(request.replaceOnChanges) == [
        "tableName",
        "assetsDir",
        "warehouseId",
        "skipBuiltinDashboard",
    ]
    assert list(request.ignoreChanges) == ["warehouseId", "skipBuiltinDashboard"]


def test_another_kind_of_profile_or_dashboard_choice_triggers_a_replacement() -> None:
    request = recorded(arguments()).request(MONITOR, "cost")
    trigger = request.replacement_trigger.struct_value
    assert {key: trigger[key] for key in trigger} == {
        "profile": "time_series",
        "skip_builtin_dashboard": True,
    }


def test_the_monitor_uses_the_explicit_provider() -> None:
    request = recorded(arguments()).request(MONITOR, "cost")
    assert request.provider.split("::")[-2:] == ["workspace", "id-of-workspace"]


@pytest.mark.parametrize("protect", [True, False])
def test_protection_reaches_every_child(protect: bool) -> None:
    recording = recorded(arguments(protect=protect))
    children = [request for request in recording.requests if request.parent]
    assert {request.name: request.protect for request in children if TYPE in request.parent} == {
        "cost": protect,
        "cost-drift-comments": protect,
        "cost-profile-comments": protect,
    }


def test_the_comments_follow_the_monitor_and_are_forgotten_with_it() -> None:
    recording = recorded(arguments())
    monitor = f"urn:pulumi:local::lakehouse-monitors::{TYPE}${MONITOR}::cost"
    for which in ("profile", "drift"):
        request = recording.request(COMMENTS, f"cost-{which}-comments")
        assert list(request.dependencies) == [monitor]
        assert request.deletedWith == monitor


def test_the_comments_get_the_texts_of_their_table() -> None:
    texts = table_comments(COST)["drift"]
    inputs = recorded(arguments(warehouse_id="w1", comment_wait_seconds=7)).inputs(
        COMMENTS, "cost-drift-comments"
    )
    assert inputs == {
        "host": HOST,
        "full_name": "main.out.fact_usage_drift_metrics",
        "table_comment": texts.table,
        "column_comments": texts.columns,
        "warehouse_id": "w1",
        "wait_seconds": 7,
    }


def test_a_hook_looks_for_the_monitor_before_it_is_created() -> None:
    recording = recorded(arguments())
    assert list(recording.request(MONITOR, "cost").hooks.before_create) == ["adopt-cost"]
    options = recording.hooks["adopt-cost"].opts
    assert options is not None
    assert options.on_dry_run


def test_the_component_says_where_its_tables_are_how_far_the_comments_and_what_keeps_the_monitor() -> None:
    outputs = recorded(arguments()).outputs[f"urn:pulumi:local::lakehouse-monitors::{TYPE}::cost"]
    assert outputs == {
        "table": "main.gold.fact_usage",
        "profile_table": "main.out.fact_usage_profile_metrics",
        "drift_table": "main.out.fact_usage_drift_metrics",
        "comments": {"profile": "pending", "drift": "pending"},
        "api": "legacy",
        "monitor_id": "id-of-cost",
    }


def test_a_renamed_domain_is_known_by_its_old_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(domain_monitor.PREVIOUS_NAMES, "cost", "spend")
    aliases = recorded(arguments()).request(TYPE, "cost").aliases
    assert [alias.spec.name for alias in aliases] == ["spend"]


def test_without_a_rename_there_are_no_aliases() -> None:
    assert not recorded(arguments()).request(TYPE, "cost").aliases


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.permutations(COST.metrics))
def test_the_order_of_kinds_in_a_file_does_not_change_a_name(metrics: list[Any]) -> None:
    shuffled = replace(COST, metrics=tuple(metrics))
    recording = recorded(arguments(shuffled))
    assert recording.names == recorded(arguments()).names
    sent = recording.inputs(MONITOR, "cost")["customMetrics"]
    assert sorted(json.dumps(metric, sort_keys=True) for metric in sent) == sorted(
        json.dumps(metric, sort_keys=True)
        for metric in recorded(arguments()).inputs(MONITOR, "cost")["customMetrics"]
    )
