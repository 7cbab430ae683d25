from collections.abc import Iterator

import pytest

from monitoring.descriptions import table_comments
from monitoring.operations.connection import connect
from tests.monitoring.commands.running import COST, DRIFT, PROFILE, TABLE, profile_row
from tests.monitoring.workspace_stub import StubTable, WorkspaceStub, serving


@pytest.fixture
def workspace(monkeypatch: pytest.MonkeyPatch) -> Iterator[WorkspaceStub]:
    """The local stack's workspace with the cost monitor in best order: refreshed, documented, nothing found."""
    stub = WorkspaceStub()
    texts = table_comments(COST)
    stub.monitors[TABLE] = {"table_name": TABLE, "status": "MONITOR_STATUS_ACTIVE"}
    stub.refreshes[TABLE] = [{"refresh_id": 1, "state": "SUCCESS", "end_time_ms": 1_790_000_000_000}]
    for name, which in ((PROFILE, "profile"), (DRIFT, "drift")):
        stub.tables[name] = StubTable(texts[which].table, dict(texts[which].columns))
    stub.answers = {
        "hours_behind": [{"hours_behind": -4}],
        "compared_with": [],
        "window_start": [profile_row()],
    }
    monkeypatch.setenv("DATABRICKS_TOKEN", "token")
    monkeypatch.setenv("DATABRICKS_CONFIG_FILE", "/dev/null")
    with serving(stub) as host:
        monkeypatch.setenv("DATABRICKS_HOST", host)
        yield stub
        connect.cache_clear()
