import json
from collections.abc import Iterator

import pytest
from typer.testing import CliRunner, Result

from monitoring.api import Api
from monitoring.cli_workspace import app
from monitoring.commands import target
from monitoring.descriptions import table_comments
from monitoring.domains import DOMAINS
from monitoring.operations.connection import connect
from monitoring.stack_file import read_stack_file
from tests.monitoring.workspace_stub import MONITORS_V1, StubTable, WorkspaceStub, serving

COST = DOMAINS[0]
TABLE = "main.gold.fact_usage"
PROFILE = "main.gold_monitoring.fact_usage_profile_metrics"
DRIFT = "main.gold_monitoring.fact_usage_drift_metrics"


@pytest.fixture
def workspace(monkeypatch: pytest.MonkeyPatch) -> Iterator[WorkspaceStub]:
    """The local stack's workspace with the cost monitor refreshed once, nothing commented."""
    stub = WorkspaceStub()
    texts = table_comments(COST)
    stub.monitors[TABLE] = {"table_name": TABLE, "status": "MONITOR_STATUS_ACTIVE"}
    stub.refreshes[TABLE] = [{"refresh_id": 1, "state": "SUCCESS"}]
    stub.tables[PROFILE] = StubTable("", dict.fromkeys(texts["profile"].columns, ""))
    stub.tables[DRIFT] = StubTable("", dict.fromkeys(texts["drift"].columns, ""))
    monkeypatch.setenv("DATABRICKS_TOKEN", "token")
    monkeypatch.setenv("DATABRICKS_CONFIG_FILE", "/dev/null")
    with serving(stub) as host:
        monkeypatch.setenv("DATABRICKS_HOST", host)
        yield stub
        connect.cache_clear()


def command(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def test_comments_writes_what_differs_and_the_second_time_nothing(workspace: WorkspaceStub) -> None:
    first = command("comments", "--domain", "cost", "--json")
    assert (first.exit_code, [row["state"] for row in json.loads(first.stdout)]) == (0, ["ready", "ready"])
    assert workspace.tables[PROFILE].comment == table_comments(COST)["profile"].table
    second = command("comments", "--domain", "cost", "--json")
    assert [row["written"] for row in json.loads(second.stdout)] == [0, 0]


def test_a_dry_run_of_comments_counts_and_writes_nothing(workspace: WorkspaceStub) -> None:
    answer = command("comments", "--domain", "cost", "--dry-run", "--json")
    count = 1 + len(table_comments(COST)["drift"].columns)
    assert json.loads(answer.stdout)[1] == {
        "table": DRIFT,
        "state": "planned",
        "written": 0,
        "missing": [],
        "message": f"{count} to write",
    }
    assert workspace.statements == []


def test_tables_that_are_not_there_are_pending_and_no_failure(workspace: WorkspaceStub) -> None:
    workspace.tables.clear()
    answer = command("comments", "--domain", "cost", "--json")
    assert (answer.exit_code, [row["state"] for row in json.loads(answer.stdout)]) == (
        0,
        ["pending", "pending"],
    )


def test_comments_that_cannot_be_written_are_a_finding_with_the_reason(workspace: WorkspaceStub) -> None:
    workspace.warehouses.clear()
    answer = command("comments", "--domain", "cost")
    assert answer.exit_code == 1
    assert "no SQL warehouse is running" in answer.stdout


def test_wait_says_what_is_awaited_and_fails_when_the_time_is_over(workspace: WorkspaceStub) -> None:
    workspace.refreshes[TABLE][0]["state"] = "RUNNING"
    answer = command("wait", "--domain", "cost", "--timeout", "0")
    assert answer.exit_code == 1
    assert answer.stdout == "cost        refreshing  refresh 1 is RUNNING\n"
    assert answer.stderr == "not ready after 0 s: cost\n"


@pytest.mark.usefixtures("workspace")
def test_wait_is_fine_when_only_comments_are_left() -> None:
    answer = command("wait", "--domain", "cost", "--json")
    assert answer.exit_code == 0
    assert json.loads(answer.stdout)[0]["stage"] == "comments to write"


def test_wait_fails_with_the_reason_of_a_failed_refresh(workspace: WorkspaceStub) -> None:
    workspace.refreshes[TABLE][0] |= {"state": "FAILED", "message": "[DIVIDE_BY_ZERO] Division by zero"}
    answer = command("wait", "--domain", "cost")
    assert (answer.exit_code, answer.stdout) == (
        1,
        "cost        failed  refresh 1 ended as FAILED: [DIVIDE_BY_ZERO] Division by zero\n",
    )


def test_refresh_fails_for_a_table_without_monitor_and_says_what_to_do(workspace: WorkspaceStub) -> None:
    workspace.monitors.clear()
    answer = command("refresh", "--domain", "cost")
    assert answer.exit_code == 1
    assert f"NOT_STARTED in 0.0 s  {TABLE} has no monitor; deploy it: pulumi up" in answer.stdout


def test_a_stack_that_v1_keeps_is_asked_after_through_v1(
    workspace: WorkspaceStub, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace.tables[TABLE] = StubTable()
    through_v1 = read_stack_file("local").model_copy(update={"api": Api.V1})
    monkeypatch.setattr(target, "read_stack_file", lambda _stack: through_v1)
    answer = command("wait", "--domain", "cost", "--json")
    assert json.loads(answer.stdout)[0]["stage"] == "comments to write"
    paths = [path for _, path, _ in workspace.requests]
    assert any(path.startswith(MONITORS_V1) for path in paths)
    assert not any(path.endswith("/monitor") for path in paths)


def test_an_unknown_domain_is_wrong_use(workspace: WorkspaceStub) -> None:
    answer = command("wait", "--domain", "cots")
    assert (answer.exit_code, workspace.requests) == (2, [])
    assert "unknown domain 'cots'; did you mean 'cost'?" in answer.stderr


def test_an_unknown_stack_is_wrong_use() -> None:
    answer = command("wait", "--stack", "lokal")
    assert answer.exit_code == 2
    assert "stack: there is no Pulumi.lokal.yaml; did you mean 'local'?" in answer.stderr


def test_a_workspace_that_is_not_running_is_named_with_the_fix(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABRICKS_HOST", "http://127.0.0.1:9")
    answer = command("wait")
    assert answer.exit_code == 1
    assert "start the local workspace: python -m local_workspace start" in answer.stderr
