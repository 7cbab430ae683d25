import pytest
from databricks.sdk import WorkspaceClient

from monitoring.operations.availability import (
    MonitoringNotAvailableError,
    check_client,
    check_monitoring_available,
)
from tests.monitoring.workspace_stub import WorkspaceStub

TABLE = "main.gold.fact_usage"


def test_a_table_without_monitor_shows_that_monitors_can_be_asked_for(client: WorkspaceClient) -> None:
    check_monitoring_available(client, TABLE)


def test_so_does_one_with_a_monitor(client: WorkspaceClient, workspace: WorkspaceStub) -> None:
    workspace.monitors[TABLE] = {"table_name": TABLE}
    check_monitoring_available(client, TABLE)


@pytest.mark.parametrize(
    ("status", "code", "reason"),
    [
        (
            401,
            "UNAUTHENTICATED",
            "does not accept the credentials; check DATABRICKS_TOKEN or log in again (No",
        ),
        (403, "PERMISSION_DENIED", f"you may not see the monitor of {TABLE}; that takes SELECT on the table"),
        (501, "NOT_IMPLEMENTED", "has no monitors; Unity Catalog and serverless compute have to be on (No"),
        (400, "BAD_REQUEST", "does not answer about monitors; try again later (No"),
    ],
)
def test_anything_else_is_said_with_what_to_do(
    client: WorkspaceClient, workspace: WorkspaceStub, status: int, code: str, reason: str
) -> None:
    workspace.refusals[".*/monitor"] = (status, {"error_code": code, "message": "No", "details": []})
    with pytest.raises(MonitoringNotAvailableError) as raised:
        check_monitoring_available(client, TABLE)
    assert reason in str(raised.value)


def test_an_old_client_is_named_with_the_version_that_is_needed() -> None:
    with pytest.raises(MonitoringNotAvailableError) as raised:
        check_client("0.27.9")
    assert str(raised.value) == (
        "databricks-sdk 0.27.9 is too old; at least 0.28.0 is needed: pip install 'databricks-sdk>=0.28.0'"
    )


@pytest.mark.parametrize("version", ["0.28.0", "0.156.0", "1.0", "0.156.0rc1"])
def test_a_recent_client_is_fine(version: str) -> None:
    check_client(version)
