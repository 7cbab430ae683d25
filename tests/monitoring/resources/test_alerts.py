"""The alerts of a domain as resources."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pulumi
import pulumi_databricks as databricks
import pytest

from monitoring.alerts import alerts
from monitoring.domains import DOMAINS, cost
from monitoring.resources.alerts import TYPE, DomainAlerts, DomainAlertsArgs
from monitoring.resources.workspace import workspace_provider
from tests.monitoring.resources.recording import Recording, record

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitoring.domain import Domain

ALERT = "databricks:index/alertV2:AlertV2"
HOST = "http://127.0.0.1:8080"
PROFILE = "main.out.fact_usage_profile_metrics"


def recorded(domain: Domain = cost.DOMAIN, emails: Sequence[str] = ()) -> Recording:
    def program() -> None:
        provider = workspace_provider(HOST)
        options = pulumi.ResourceOptions(provider=provider)
        monitor = databricks.Schema("monitor", name="x", catalog_name="main", opts=options)
        args = DomainAlertsArgs(domain, PROFILE, "main.gold", "w1", monitor, tuple(emails))
        DomainAlerts(domain.name, args, pulumi.ResourceOptions(providers=[provider]))

    return record(program)


def children(recording: Recording, domain: str = "cost") -> list[Any]:
    urn = f"urn:pulumi:local::lakehouse-monitors::{TYPE}::{domain}"
    return [request for request in recording.requests if request.parent == urn]


@pytest.mark.parametrize("domain", DOMAINS, ids=lambda domain: domain.name)
def test_a_domain_is_a_component_with_an_alert_resource_per_alert(domain: Domain) -> None:
    recording = recorded(domain)
    assert [request.name for request in recording.requests if request.type == TYPE] == [domain.name]
    assert sorted((request.type, request.name) for request in children(recording, domain.name)) == [
        (ALERT, alert.name) for alert in alerts(domain, PROFILE)
    ]
    assert TYPE == "lakehouse:index:DomainAlerts"


def test_an_alert_gets_everything_that_matters_and_nothing_that_is_a_default() -> None:
    drift, _ = alerts(cost.DOMAIN, PROFILE)
    assert recorded(emails=["a@example.com", "b@example.com"]).inputs(ALERT, "cost-drift") == {
        "displayName": "Cost: unusual change (main.gold)",
        "queryText": drift.query.text,
        "warehouseId": "w1",
        "evaluation": {
            "source": {"name": "metric", "aggregation": "COUNT"},
            "comparisonOperator": "GREATER_THAN_OR_EQUAL",
            "threshold": {"value": {"doubleValue": 1}},
            "emptyResultState": "OK",
            "notification": {
                "notifyOnOk": True,
                "subscriptions": [{"userEmail": "a@example.com"}, {"userEmail": "b@example.com"}],
            },
        },
        "schedule": {
            "quartzCronSchedule": "0 30 6 * * ?",
            "timezoneId": "UTC",
            "pauseStatus": "UNPAUSED",
        },
        "customSummary": "{{ALERT_NAME}}: {{ALERT_STATUS}}",
        "customDescription": f"{drift.description} {{{{QUERY_RESULT_TABLE}}}}",
    }


def test_without_addresses_no_subscriptions_are_sent() -> None:
    evaluation = recorded().inputs(ALERT, "cost-limits")["evaluation"]
    assert evaluation["notification"] == {"notifyOnOk": True}


def test_the_alerts_come_after_the_monitor_and_use_the_explicit_provider() -> None:
    for request in children(recorded()):
        assert [urn.split("::")[-1] for urn in request.dependencies] == ["monitor"]
        assert request.provider.split("::")[-2] == "workspace"


def test_an_alert_is_never_protected_so_that_it_can_be_switched_off() -> None:
    assert [request.protect for request in children(recorded())] == [False, False]


def test_the_component_gives_the_id_of_each_alert() -> None:
    outputs = recorded().outputs[f"urn:pulumi:local::lakehouse-monitors::{TYPE}::cost"]
    assert outputs == {"ids": {"cost-drift": "id-of-cost-drift", "cost-limits": "id-of-cost-limits"}}


def test_another_order_of_metrics_changes_no_name() -> None:
    turned = replace(cost.DOMAIN, metrics=tuple(reversed(cost.DOMAIN.metrics)))
    assert recorded(turned).names == recorded().names
