"""The dashboard resource under mocks: switched by the stack, published without credentials, opened for readers."""

from __future__ import annotations

import json
import runpy
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from monitoring.dashboard import dashboard as content_of
from monitoring.domains import DOMAINS
from monitoring.resources.dashboard import kind_of_principal
from tests.monitoring.resources.recording import Recording, record
from tests.monitoring.workspace_stub import WorkspaceStub, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

PROGRAM = Path(__file__).parents[3] / "__main__.py"
DASHBOARD = "databricks:index/dashboard:Dashboard"
PERMISSIONS = "databricks:index/permissions:Permissions"


@pytest.fixture(scope="module")
def host() -> Iterator[str]:
    with serving(WorkspaceStub()) as url:
        yield url


def run(host: str, **configuration: str) -> Recording:
    values = {"catalog": "main", "gold_schema": "gold", "host": host} | configuration
    return record(lambda: runpy.run_path(str(PROGRAM)), configuration=values)


def declared(recording: Recording) -> list[tuple[str, str]]:
    return [named for named in recording.names if named[0] in {DASHBOARD, PERMISSIONS}]


def test_a_stack_that_does_not_ask_for_it_has_none(host: str) -> None:
    assert declared(run(host, warehouse_id="w", readers='["r"]')) == []


def test_it_holds_the_generated_content_and_no_credentials(host: str) -> None:
    recording = run(host, warehouse_id="w", dashboard="true")
    assert declared(recording) == [(DASHBOARD, "dashboard")]
    inputs = recording.inputs(DASHBOARD, "dashboard")
    content = json.loads(inputs.pop("serializedDashboard"))
    assert content == content_of(DOMAINS, "main.gold_monitoring", shared_totals=False)
    assert inputs == {
        "displayName": "Lakehouse monitors: main.gold",
        "parentPath": "/Workspace/Shared/monitoring/main/gold",
        "warehouseId": "w",
        "embedCredentials": False,
    }
    assert "::workspace::" in recording.request(DASHBOARD, "dashboard").provider


def test_readers_may_open_it_and_nobody_else(host: str) -> None:
    recording = run(host, warehouse_id="w", dashboard="true", readers='["team b", "a@example.org"]')
    assert declared(recording) == [(DASHBOARD, "dashboard"), (PERMISSIONS, "dashboard-readers")]
    assert recording.inputs(PERMISSIONS, "dashboard-readers")["accessControls"] == [
        {"userName": "a@example.org", "permissionLevel": "CAN_READ"},
        {"groupName": "team b", "permissionLevel": "CAN_READ"},
    ]


@pytest.mark.parametrize(("personal", "shared"), [("true", True), ("false", False)])
def test_readers_without_the_schema_see_the_shared_totals(host: str, personal: str, shared: bool) -> None:
    recording = run(host, warehouse_id="w", dashboard="true", readers='["r"]', personal_data_in_gold=personal)
    content = json.loads(recording.inputs(DASHBOARD, "dashboard")["serializedDashboard"])
    assert content == content_of(DOMAINS, "main.gold_monitoring", shared_totals=shared)


@pytest.mark.parametrize(
    ("principal", "field"),
    [
        ("a@example.org", "user_name"),
        ("0A1B2C3D-0000-4000-8000-000000000000", "service_principal_name"),
        ("data analysts", "group_name"),
    ],
)
def test_a_principal_is_a_user_a_service_or_a_group(principal: str, field: str) -> None:
    assert kind_of_principal(principal) == field
