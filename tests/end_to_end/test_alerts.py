"""Alerts deployed with the real provider: made, evaluated, without changes, changed and switched off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local_workspace.warehouse import FIRST_ID

if TYPE_CHECKING:
    from tests.end_to_end.deployment import Deployment

DOMAINS = ["quality", "governance"]
ALERTS = {"governance-drift", "quality-drift", "quality-limits"}


def test_alerts_are_made_evaluated_and_then_without_changes(deployment: Deployment) -> None:
    deployment.configure(warehouse_id=FIRST_ID)
    outputs = deployment.settled(DOMAINS)
    assert outputs["alerts"].keys() == ALERTS
    listed = {alert.id for alert in deployment.target.sdk.alerts_v2.list_alerts()}
    assert listed == set(outputs["alerts"].values())
    evaluated = deployment.target.post("/__local/alerts").json()["alerts"]
    assert {alert["state"] for alert in evaluated} == {"OK"}, evaluated
    assert deployment.preview("--expect-no-changes") == {}
    assert deployment.preview("--expect-no-changes", "--refresh") == {}
    assert deployment.up() == {}


def test_a_changed_limit_is_one_update_and_switched_off_alerts_are_removed(deployment: Deployment) -> None:
    deployment.configure(warehouse_id=FIRST_ID)
    deployment.up()
    deployment.edit("monitoring/domains/quality.py", "critical=above(48)", "critical=above(36)")
    changes = deployment.preview()
    assert changes.pop("quality-limits") == "update"
    assert set(changes.values()) <= {"update"}
    deployment.configure(alerts=["governance"])
    deployment.up()
    names = {alert.display_name for alert in deployment.target.sdk.alerts_v2.list_alerts()}
    assert names == {"Governance: unusual change (main.gold)"}
    assert deployment.stack.outputs()["alerts"].keys() == {"governance-drift"}
