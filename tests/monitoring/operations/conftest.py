from collections.abc import Iterator

import pytest
from databricks.sdk import WorkspaceClient

from monitoring.api import Api
from monitoring.operations.connection import connect
from monitoring.operations.monitor_apis import MonitorApi, monitor_api
from tests.monitoring.workspace_stub import WorkspaceStub, serving


@pytest.fixture
def workspace() -> WorkspaceStub:
    return WorkspaceStub()


@pytest.fixture
def client(workspace: WorkspaceStub, monkeypatch: pytest.MonkeyPatch) -> Iterator[WorkspaceClient]:
    monkeypatch.setenv("DATABRICKS_TOKEN", "token")
    monkeypatch.setenv("DATABRICKS_CONFIG_FILE", "/dev/null")
    with serving(workspace) as host:
        yield connect(host)


@pytest.fixture(params=list(Api))
def monitors(request: pytest.FixtureRequest, client: WorkspaceClient) -> MonitorApi:
    """The workspace's monitors, asked through each of the APIs."""
    return monitor_api(client, request.param)
