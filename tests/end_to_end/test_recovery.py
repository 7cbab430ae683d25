"""Deployments that meet late tables, lost answers, monitors of somebody else, a killed server, and their end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitoring.domains import governance
from tests.local_workspace.engine.monitored import domain_body

if TYPE_CHECKING:
    from tests.end_to_end.deployment import Deployment
    from tests.local_workspace.target import Server

TABLE = "main.gold.fact_governance_metrics"
OUTPUT = (
    "main.gold_monitoring.fact_governance_metrics_profile_metrics",
    "main.gold_monitoring.fact_governance_metrics_drift_metrics",
)
PENDING = {"profile": "pending", "drift": "pending"}
READY = {"profile": "ready", "drift": "ready"}


def comments(deployment: Deployment) -> object:
    return deployment.stack.outputs()["monitors"]["governance"]["comments"]


def test_tables_that_come_late_leave_their_comments_pending_and_the_next_up_writes_them(
    deployment: Deployment,
) -> None:
    deployment.configure(domains=["governance"])
    deployment.target.post("/__local/transitions", {"tables_after_seconds": 3600})
    deployment.up()
    assert comments(deployment) == PENDING
    assert deployment.preview() == {
        "governance-profile-comments": "update",
        "governance-drift-comments": "update",
    }
    assert deployment.up() == {"update": 2}
    assert comments(deployment) == PENDING

    deployment.target.post("/__local/clock", {"advance_seconds": 3600})
    deployment.wait_for_tables(*OUTPUT)
    assert deployment.up() == {"update": 2}
    assert comments(deployment) == READY
    assert deployment.preview("--expect-no-changes") == {}


def test_a_lost_answer_leads_to_the_import_line_and_that_line_to_no_changes(deployment: Deployment) -> None:
    deployment.configure(domains=["governance"])
    lost = {"pattern": f"POST *{TABLE}/monitor", "status": 500, "after_handler": True}
    deployment.target.post("/__local/fault", lost)
    assert "A fault that was asked for." in deployment.refused("up", "--yes", "--skip-preview")

    said = deployment.refused("up", "--yes", "--skip-preview")
    assert (
        f"a monitor of {TABLE} exists on {deployment.stack.host}, but not in the state of this stack" in said
    )
    assert "Traceback" not in said
    deployment.follow(said)
    deployment.settled(["governance"])
    assert deployment.preview("--expect-no-changes") == {}
    assert deployment.preview("--refresh", "--expect-no-changes") == {}


def test_a_monitor_made_by_hand_is_adopted_without_a_change(deployment: Deployment) -> None:
    deployment.configure(domains=["quality"])
    deployment.up()
    body = domain_body(governance.DOMAIN) | {
        "output_schema_name": "main.gold_monitoring",
        "assets_dir": "/Workspace/Shared/monitoring/main/gold",
        "data_classification_config": {"enabled": False},
        "skip_builtin_dashboard": True,
    }
    assert deployment.target.post(deployment.monitor_path(TABLE), body).status_code == 200
    deployment.configure(domains=["quality", "governance"])

    deployment.follow(deployment.refused("up", "--yes", "--skip-preview"))
    assert "governance" not in deployment.preview()
    deployment.settled(["quality", "governance"])
    version = deployment.target.get(deployment.monitor_path(TABLE)).json()["monitor_version"]
    assert version == 0
    assert deployment.preview("--refresh", "--expect-no-changes") == {}


def test_a_server_killed_between_two_deployments_changes_nothing(
    deployment: Deployment, server: Server
) -> None:
    deployment.configure(domains=["governance"])
    deployment.settled(["governance"])
    server.kill()
    server.start(server.port).raw.close()
    assert deployment.preview("--refresh", "--expect-no-changes") == {}


def test_destroy_says_what_stays_and_leaves_it_there(deployment: Deployment) -> None:
    deployment.configure(domains=["governance"])
    deployment.settled(["governance"])
    said = deployment.run("destroy", "--yes", "--skip-preview")
    for table in OUTPUT:
        assert table in said
        assert deployment.target.get(f"/api/2.1/unity-catalog/tables/{table}").status_code == 200
    assert deployment.target.get(deployment.monitor_path(TABLE)).status_code == 404
    assert deployment.run("stack", "export").count('"urn"') == 0
