"""SQL warehouses and data sources."""

from __future__ import annotations

from typing import TYPE_CHECKING

from databricks.sdk.service.sql import State

if TYPE_CHECKING:
    from tests.local_workspace.target import Target

WAREHOUSES = "/api/2.0/sql/warehouses"


def test_fresh_workspace_has_one_running_warehouse(workspace: Target) -> None:
    (warehouse,) = workspace.sdk.warehouses.list()
    assert warehouse.state is State.RUNNING
    assert (warehouse.id, warehouse.name, warehouse.num_clusters) == (
        "local-warehouse",
        "Local warehouse",
        1,
    )
    assert warehouse.odbc_params is not None
    assert warehouse.odbc_params.path == f"/sql/1.0/warehouses/{warehouse.id}"


def test_every_warehouse_has_a_data_source(workspace: Target) -> None:
    made = workspace.post(WAREHOUSES, {"name": "second"}).json()["id"]
    sources = workspace.get("/api/2.0/preview/sql/data_sources").json()
    assert [source["warehouse_id"] for source in sources] == [workspace.warehouse_id, made]


def test_new_warehouse_keeps_its_settings_and_runs(workspace: Target) -> None:
    body = {"name": "second", "cluster_size": "Small", "tags": {"custom_tags": [{"key": "a", "value": "b"}]}}
    made = workspace.post(WAREHOUSES, body).json()["id"]
    found = workspace.get(f"{WAREHOUSES}/{made}").json()
    assert {field: found[field] for field in body} == body
    assert found["state"] == "RUNNING"


def test_warehouse_can_be_edited_stopped_started_and_deleted(workspace: Target) -> None:
    made = workspace.post(WAREHOUSES, {"name": "second"}).json()["id"]
    place = f"{WAREHOUSES}/{made}"
    workspace.post(f"{place}/edit", {"id": made, "name": "renamed"})
    workspace.post(f"{place}/stop")
    stopped = workspace.get(place).json()
    assert (stopped["name"], stopped["state"], stopped["num_clusters"]) == ("renamed", "STOPPED", 0)
    workspace.post(f"{place}/start")
    assert workspace.get(place).json()["state"] == "RUNNING"
    assert workspace.delete(place).json() == {}
    answer = workspace.get(place)
    assert (answer.status_code, answer.json()["message"]) == (404, f"SQL warehouse {made} does not exist.")


def test_names_of_warehouses_are_unique(workspace: Target) -> None:
    answer = workspace.post(WAREHOUSES, {"name": "Local warehouse"})
    assert (answer.status_code, answer.json()["message"]) == (
        400,
        "SQL warehouse with name `Local warehouse` already exists",
    )
