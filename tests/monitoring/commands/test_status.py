import json

import pytest

from tests.monitoring.commands.running import COST, DRIFT, PROFILE, TABLE, command, profile_row
from tests.monitoring.workspace_stub import WorkspaceStub


@pytest.mark.usefixtures("workspace")
def test_a_monitor_in_order_is_fine() -> None:
    answer = command("status", "--domain", "cost")
    heading, row, end = answer.stdout.splitlines()
    assert heading.split("  ")[0] == "domain"
    assert row.split() == ["cost", "ready", "SUCCESS", "2026-09-21T14:13:20+00:00", "2", "of", "2", "0", "0"]
    assert (answer.exit_code, end) == (0, "1 of 1 monitors are fine")


@pytest.mark.usefixtures("workspace")
def test_json_says_the_same_in_fields() -> None:
    (row,) = json.loads(command("status", "--domain", "cost", "--json").stdout)
    assert row["fine"] is True
    assert (row["stage"], row["refresh"], row["comments_missing"]) == ("ready", "SUCCESS", 0)
    assert row["tables"] == {PROFILE: True, DRIFT: True}
    assert row["found"]["findings"] == []


def test_a_finding_is_counted_named_and_not_fine(workspace: WorkspaceStub) -> None:
    workspace.answers["window_start"] = [profile_row(untagged_usage_pct=22)]
    answer = command("status", "--domain", "cost")
    assert answer.exit_code == 1
    assert answer.stdout.endswith(
        "cost: beyond a threshold: untagged_usage_pct; "
        "see: python -m monitoring incidents --stack local --domain cost\n"
        "0 of 1 monitors are fine\n"
    )


def test_missing_comments_are_counted(workspace: WorkspaceStub) -> None:
    workspace.tables[PROFILE].comment = ""
    del workspace.tables[DRIFT].columns["cost_drift_pct"]
    answer = command("status", "--domain", "cost")
    assert answer.exit_code == 1
    assert "2 of 2  2                 0" in answer.stdout
    assert "cost: 1 columns come with the next refresh, 1 comments differ\n" in answer.stdout


def test_a_failed_refresh_is_told_and_the_tables_are_still_judged(workspace: WorkspaceStub) -> None:
    workspace.refreshes[TABLE][0] |= {"state": "FAILED", "message": "[DIVIDE_BY_ZERO] Division by zero"}
    answer = command("status", "--domain", "cost")
    assert answer.exit_code == 1
    assert "cost: refresh 1 ended as FAILED: [DIVIDE_BY_ZERO] Division by zero\n" in answer.stdout
    assert "2 of 2  0                 0" in answer.stdout


def test_without_tables_the_findings_are_not_known(workspace: WorkspaceStub) -> None:
    workspace.tables.clear()
    (row,) = json.loads(command("status", "--domain", "cost", "--json").stdout)
    columns = [metric.name for metric in COST.metrics]
    assert (row["stage"], row["fine"]) == ("waiting for tables", False)
    assert row["comments_missing"] > len(columns)
    assert "0 of 2" in command("status", "--domain", "cost").stdout


def test_a_table_without_monitor_says_what_to_do(workspace: WorkspaceStub) -> None:
    workspace.monitors.clear()
    answer = command("status", "--domain", "cost")
    assert answer.exit_code == 1
    assert f"cost: {TABLE} has no monitor; deploy it: pulumi up (" in answer.stdout


def test_a_refused_look_at_the_tables_fails_with_the_reason(workspace: WorkspaceStub) -> None:
    refusal = {"error_code": "PERMISSION_DENIED", "message": "No USE SCHEMA", "details": []}
    workspace.refusals[f"GET .*/tables/{PROFILE}"] = (403, refusal)
    answer = command("status", "--domain", "cost")
    assert answer.exit_code == 1
    assert "cost: you may not do this with the monitor of" in answer.stdout


@pytest.mark.usefixtures("workspace")
def test_all_domains_are_shown_unless_some_are_chosen() -> None:
    rows = json.loads(command("status", "--json").stdout)
    assert [row["domain"] for row in rows if row["fine"]] == ["cost"]
    assert len(rows) == 8


def test_a_workspace_that_shows_no_monitors_is_said_once(workspace: WorkspaceStub) -> None:
    refusal = {"error_code": "UNAUTHENTICATED", "message": "No", "details": []}
    workspace.refusals[".*/monitor"] = (401, refusal)
    answer = command("status")
    assert (answer.exit_code, answer.stdout) == (1, "")
    assert "does not accept the credentials; check DATABRICKS_TOKEN or log in again (No" in answer.stderr
