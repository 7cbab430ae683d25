import pytest
from databricks.sdk import WorkspaceClient

from monitoring.api import Api
from monitoring.operations.monitor_apis import (
    MonitorApi,
    MonitorStatus,
    Refresh,
    monitor_api,
    monitor_exists,
    table_id,
)
from tests.monitoring.workspace_stub import MONITORS_V1, StubTable, WorkspaceStub

TABLE = "main.gold.t"
CATALOG = "/api/2.1/unity-catalog"


@pytest.fixture(autouse=True)
def monitored(workspace: WorkspaceStub) -> None:
    workspace.tables[TABLE] = StubTable()
    workspace.monitors[TABLE] = {"table_name": TABLE, "status": "MONITOR_STATUS_ACTIVE"}


def paths(workspace: WorkspaceStub) -> list[str]:
    return [path for _, path, _ in workspace.requests if not path.startswith("/.well-known")]


def test_status_and_failure_are_told_in_the_same_words(
    monitors: MonitorApi, workspace: WorkspaceStub
) -> None:
    assert monitors.status(TABLE) == MonitorStatus("ACTIVE")
    workspace.monitors[TABLE] |= {
        "status": "MONITOR_STATUS_FAILED",
        "latest_monitor_failure_msg": "no access",
    }
    assert monitors.status(TABLE) == MonitorStatus("FAILED", "no access")


def test_refreshes_are_told_in_the_same_words(monitors: MonitorApi, workspace: WorkspaceStub) -> None:
    assert monitors.newest_refresh(TABLE) is None
    assert monitors.run_refresh(TABLE) == Refresh(1, "PENDING")
    workspace.refreshes[TABLE][0] |= {"state": "FAILED", "message": "[DIVIDE_BY_ZERO]"}
    assert monitors.refresh(TABLE, 1) == Refresh(1, "FAILED", "[DIVIDE_BY_ZERO]")
    monitors.run_refresh(TABLE)
    assert monitors.newest_refresh(TABLE) == Refresh(2, "PENDING")


def test_a_monitor_is_found_by_its_table(monitors: MonitorApi, workspace: WorkspaceStub) -> None:
    assert monitor_exists(monitors, TABLE)
    workspace.monitors.clear()
    assert not monitor_exists(monitors, TABLE)


def test_a_table_that_is_not_there_has_no_monitor(monitors: MonitorApi) -> None:
    assert not monitor_exists(monitors, "main.gold.absent")


def test_a_status_that_is_not_told_is_unknown(client: WorkspaceClient, workspace: WorkspaceStub) -> None:
    del workspace.monitors[TABLE]["status"]
    assert monitor_api(client, Api.LEGACY).status(TABLE) == MonitorStatus("UNKNOWN")


def test_the_legacy_api_is_asked_by_name(client: WorkspaceClient, workspace: WorkspaceStub) -> None:
    monitor_api(client, Api.LEGACY).status(TABLE)
    assert paths(workspace) == [f"{CATALOG}/tables/{TABLE}/monitor"]


def test_v1_is_asked_by_uuid_which_is_looked_up_once(
    client: WorkspaceClient, workspace: WorkspaceStub
) -> None:
    monitors = monitor_api(client, Api.V1)
    monitors.status(TABLE)
    monitors.newest_refresh(TABLE)
    assert paths(workspace) == [
        f"{CATALOG}/tables/{TABLE}",
        f"{MONITORS_V1}/table/id-of-{TABLE}",
        f"{MONITORS_V1}/table/id-of-{TABLE}/refreshes",
    ]


def test_the_uuid_of_a_table_is_its_table_id(client: WorkspaceClient) -> None:
    assert table_id(client, TABLE) == f"id-of-{TABLE}"
