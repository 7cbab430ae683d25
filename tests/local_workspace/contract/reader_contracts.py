"""Dashboards, Genie spaces and alerts through the SDK."""

from __future__ import annotations

import json

import pytest
from databricks.sdk.errors import NotFound, PermissionDenied
from databricks.sdk.service import sql
from databricks.sdk.service.dashboards import Dashboard, LifecycleState

from tests.local_workspace.contract.lifecycle import contract
from tests.local_workspace.server import test_alerts, test_dashboards, test_genie
from tests.local_workspace.target import Target, make_usage_table

DASHBOARDS = "/api/2.0/lakeview/dashboards"
DASHBOARD = f"{DASHBOARDS}/{{dashboard_id}}"
SPACES = "/api/2.0/genie/spaces"
ALERTS = "/api/2.0/alerts"


@contract(
    f"GET {DASHBOARDS}",
    f"POST {DASHBOARDS}",
    f"GET {DASHBOARD}",
    f"PATCH {DASHBOARD}",
    f"DELETE {DASHBOARD}",
    f"POST {DASHBOARD}/published",
    f"GET {DASHBOARD}/published",
    f"DELETE {DASHBOARD}/published",
)
def dashboards(target: Target) -> None:
    """A dashboard is made, changed, published, taken back and put into the trash."""
    sdk = target.sdk.lakeview
    made = sdk.create(Dashboard.from_dict(test_dashboards.NEW))
    identifier = made.dashboard_id or ""
    changed = sdk.update(identifier, Dashboard(display_name="Renamed", etag=made.etag))
    assert changed.etag != made.etag
    assert json.loads(sdk.get(identifier).serialized_dashboard or "")["pages"]
    sdk.publish(identifier, embed_credentials=False, warehouse_id="w")
    assert sdk.get_published(identifier).display_name == "Renamed"
    sdk.unpublish(identifier)
    with pytest.raises(NotFound):
        sdk.get_published(identifier)
    assert [one.dashboard_id for one in sdk.list()] == [identifier]
    sdk.trash(identifier)
    assert sdk.get(identifier).lifecycle_state is LifecycleState.TRASHED


@contract(
    f"GET {SPACES}",
    f"POST {SPACES}",
    f"GET {SPACES}/{{space_id}}",
    f"PATCH {SPACES}/{{space_id}}",
    f"DELETE {SPACES}/{{space_id}}",
)
def genie_spaces(target: Target) -> None:
    """A space is made over a table, changed and put into the trash."""
    make_usage_table(target)
    sdk = target.sdk.genie
    content = json.dumps(test_genie.CONTENT)
    made = sdk.create_space(target.warehouse_id, content, title="Metrics", parent_path="/Shared")
    sdk.update_space(made.space_id, title="Renamed")
    shown = sdk.get_space(made.space_id, include_serialized_space=True)
    assert (shown.title, json.loads(shown.serialized_space or "")) == ("Renamed", test_genie.CONTENT)
    assert [space.space_id for space in sdk.list_spaces().spaces or []] == [made.space_id]
    sdk.trash_space(made.space_id)
    with pytest.raises((NotFound, PermissionDenied)):
        sdk.get_space(made.space_id)


@contract(
    f"POST {ALERTS}",
    f"GET {ALERTS}",
    f"GET {ALERTS}/{{alert_id}}",
    f"PATCH {ALERTS}/{{alert_id}}",
    f"DELETE {ALERTS}/{{alert_id}}",
)
def alerts(target: Target) -> None:
    """An alert is made, changed by a mask and put into the trash."""
    sdk = target.sdk.alerts_v2
    made = sdk.create_alert(sql.AlertV2.from_dict(test_alerts.ALERT))
    identifier = made.id or ""
    changed = sql.AlertV2.from_dict({**test_alerts.ALERT, "display_name": "Far too many"})
    sdk.update_alert(identifier, changed, "display_name")
    assert sdk.get_alert(identifier).display_name == "Far too many"
    assert [alert.id for alert in sdk.list_alerts()] == [identifier]
    sdk.trash_alert(identifier)
    assert sdk.get_alert(identifier).lifecycle_state is sql.AlertLifecycleState.DELETED
