from dataclasses import replace
from typing import Any

import pytest
from databricks.sdk import WorkspaceClient
from databricks.sdk.errors import PermissionDenied

from monitoring.domain import Domain
from monitoring.domains import DOMAINS
from monitoring.gold import GOLD_TABLES
from monitoring.operations.definition import monitor_definition
from monitoring.operations.readiness import Readiness, Stage
from monitoring.operations.setup import MonitorResult, MonitorSetup, ensure_schema, with_readiness
from monitoring.settings import Settings
from tests.monitoring.workspace_stub import StubTable, WorkspaceStub

SETTINGS = Settings.from_stack(
    "dev", {"catalog": "main", "gold_schema": "gold", "host": "https://workspace.example.com"}, {}
)
JOB = DOMAINS[1]
TABLE = SETTINGS.gold_table_name(JOB)
OUTPUT = (SETTINGS.profile_table_name(JOB), SETTINGS.drift_table_name(JOB))
MONITOR = f"/api/2.1/unity-catalog/tables/{TABLE}/monitor"


@pytest.fixture(autouse=True)
def gold_tables(workspace: WorkspaceStub) -> None:
    for domain in DOMAINS:
        columns = dict.fromkeys(GOLD_TABLES[domain.gold_table].column_types, "")
        workspace.tables[SETTINGS.gold_table_name(domain)] = StubTable("", columns)


def refusal(status: int, code: str, message: str) -> tuple[int, dict[str, Any]]:
    return status, {"error_code": code, "message": message, "details": []}


def set_up(client: WorkspaceClient, domain: Domain = JOB, *, recreate: bool = False) -> MonitorResult:
    return MonitorSetup(client, SETTINGS, recreate=recreate).set_up(domain)


def sent(workspace: WorkspaceStub, method: str) -> list[tuple[str, dict[str, Any]]]:
    return [(path, body) for used, path, body in workspace.requests if used == method]


def test_a_missing_monitor_is_created_with_the_full_definition(
    client: WorkspaceClient, workspace: WorkspaceStub
) -> None:
    assert set_up(client) == MonitorResult("job", TABLE, "created")
    definition = monitor_definition(SETTINGS, JOB)
    assert sent(workspace, "POST") == [(MONITOR, {**definition, "skip_builtin_dashboard": True})]


def test_an_equal_monitor_is_left_alone(client: WorkspaceClient, workspace: WorkspaceStub) -> None:
    set_up(client)
    workspace.refreshes[TABLE][0]["state"] = "SUCCESS"
    workspace.requests.clear()
    assert set_up(client) == MonitorResult("job", TABLE, "unchanged")
    assert sent(workspace, "POST") == sent(workspace, "PUT") == []


@pytest.mark.parametrize(
    ("state", "refreshes"), [("FAILED", 2), ("CANCELED", 2), ("RUNNING", 1), ("PENDING", 1)]
)
def test_an_equal_monitor_is_refreshed_when_its_newest_refresh_did_not_succeed(
    client: WorkspaceClient, workspace: WorkspaceStub, state: str, refreshes: int
) -> None:
    set_up(client)
    workspace.refreshes[TABLE][0]["state"] = state
    assert set_up(client).status == "unchanged"
    assert len(workspace.refreshes[TABLE]) == refreshes


def test_another_monitor_is_updated_with_the_full_definition_and_refreshed(
    client: WorkspaceClient, workspace: WorkspaceStub
) -> None:
    set_up(client)
    workspace.monitors[TABLE] |= {"slicing_exprs": ["job_name"], "dashboard_id": "d"}
    assert set_up(client) == MonitorResult("job", TABLE, "updated")
    definition = monitor_definition(SETTINGS, JOB)
    del definition["assets_dir"]
    assert sent(workspace, "PUT") == [(MONITOR, {**definition, "dashboard_id": "d"})]
    assert len(workspace.refreshes[TABLE]) == 2


def test_recreation_removes_monitor_tables_and_dashboard_first(
    client: WorkspaceClient, workspace: WorkspaceStub
) -> None:
    set_up(client)
    workspace.monitors[TABLE]["dashboard_id"] = "d"
    workspace.tables |= {name: StubTable() for name in OUTPUT}
    workspace.refusals[r"DELETE /api/2\.0/lakeview/dashboards/d"] = (200, {})
    assert set_up(client, recreate=True) == MonitorResult("job", TABLE, "recreated")
    assert [path.rpartition("/")[2] for path, _ in sent(workspace, "DELETE")] == ["monitor", *OUTPUT, "d"]
    assert TABLE in workspace.monitors


def test_leftover_tables_go_when_there_is_no_monitor(
    client: WorkspaceClient, workspace: WorkspaceStub
) -> None:
    workspace.tables[OUTPUT[0]] = StubTable()
    assert set_up(client, recreate=True).status == "recreated"
    assert OUTPUT[0] not in workspace.tables


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (f"DELETE {MONITOR}", f"monitor {TABLE}: you may not remove it; "),
        (f"DELETE .*/{OUTPUT[1]}", f"table {OUTPUT[1]}: you may not remove it; "),
        (f"GET {MONITOR}", f"monitor {TABLE}: no"),
    ],
)
def test_a_removal_that_may_not_is_a_failure_and_creates_nothing(
    client: WorkspaceClient, workspace: WorkspaceStub, request_: str, message: str
) -> None:
    set_up(client)
    workspace.refusals[request_] = refusal(403, "PERMISSION_DENIED", "no")
    workspace.requests.clear()
    result = set_up(client, recreate=True)
    assert result.status == "failed"
    assert result.message.startswith(message)
    assert sent(workspace, "POST") == []


def test_a_monitor_that_is_there_after_its_removal_is_a_failure(
    client: WorkspaceClient, workspace: WorkspaceStub
) -> None:
    workspace.refusals[f"POST {MONITOR}"] = refusal(409, "RESOURCE_ALREADY_EXISTS", "already exists")
    assert set_up(client, recreate=True).message == (
        f"{TABLE} has a monitor although it was removed before; somebody else creates monitors there too "
        "(already exists)"
    )


def test_a_missing_gold_table_fails_its_monitor(client: WorkspaceClient, workspace: WorkspaceStub) -> None:
    del workspace.tables[TABLE]
    result = set_up(client)
    assert (result.status, result.is_good) == ("failed", False)
    assert result.message == (f"the gold table {TABLE} is not there (Table '{TABLE}' does not exist.)")


def test_missing_columns_fail_the_monitor_and_are_named_with_their_use(
    client: WorkspaceClient, workspace: WorkspaceStub
) -> None:
    for name in (JOB.timestamp_column, "job_name"):
        del workspace.tables[TABLE].columns[name]
    assert set_up(client).message == (
        f"{TABLE} lacks columns: {JOB.timestamp_column} (timestamp column), job_name (slice)"
    )
    assert sent(workspace, "POST") == []


def test_a_wrong_definition_fails_before_any_call(client: WorkspaceClient, workspace: WorkspaceStub) -> None:
    wrong = replace(JOB.metrics[0], definition="COUNT(nothing)")
    result = set_up(client, replace(JOB, metrics=(wrong, *JOB.metrics[1:])))
    assert result.status == "failed"
    assert f"job.{wrong.name}: unknown column 'nothing'" in result.message
    assert [path for _, path, _ in workspace.requests if path.startswith("/api/")] == []


def test_a_missing_schema_is_said_in_the_words_of_the_service(
    client: WorkspaceClient, workspace: WorkspaceStub
) -> None:
    workspace.refusals[f"POST {MONITOR}"] = refusal(
        404, "SCHEMA_DOES_NOT_EXIST", "Schema 'x' does not exist."
    )
    assert set_up(client).message == (
        f"{TABLE}: something that the monitor needs is not there (Schema 'x' does not exist.)"
    )


def test_one_failing_monitor_stops_no_other(client: WorkspaceClient, workspace: WorkspaceStub) -> None:
    workspace.refusals[f"POST {MONITOR}"] = refusal(403, "PERMISSION_DENIED", "no")
    reported: list[MonitorResult] = []
    results = MonitorSetup(client, SETTINGS, report=reported.append).set_up_all()
    assert {result.domain: result.status for result in results} == {
        domain.name: "failed" if domain is JOB else "created" for domain in DOMAINS
    }
    assert sorted(reported, key=str) == sorted(results, key=str)


def test_the_output_schema_is_created_once(client: WorkspaceClient, workspace: WorkspaceStub) -> None:
    assert ensure_schema(client, "main.out", "about it")
    assert not ensure_schema(client, "main.out", "about it")
    assert [body for _, body in sent(workspace, "POST")] == [
        {"name": "out", "catalog_name": "main", "comment": "about it"}
    ]


def test_a_schema_that_cannot_be_created_is_an_error(
    client: WorkspaceClient, workspace: WorkspaceStub
) -> None:
    workspace.refusals["POST .*/schemas"] = refusal(403, "PERMISSION_DENIED", "no CREATE SCHEMA")
    with pytest.raises(PermissionDenied, match="no CREATE SCHEMA"):
        ensure_schema(client, "main.out", "")


WAITED = [MonitorResult("job", TABLE, "created"), MonitorResult("cost", "main.gold.c", "failed", "why")]


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (Readiness("job", TABLE, Stage.READY), MonitorResult("job", TABLE, "created")),
        (Readiness("job", TABLE, Stage.COMMENTS, "3 differ"), MonitorResult("job", TABLE, "created")),
        (
            Readiness("job", TABLE, Stage.FAILED, "refresh 1 ended as FAILED: [DIVIDE_BY_ZERO]"),
            MonitorResult(
                "job", TABLE, "failed", "created, but failed: refresh 1 ended as FAILED: [DIVIDE_BY_ZERO]"
            ),
        ),
        (
            Readiness("job", TABLE, Stage.REFRESHING, "refresh 1 is RUNNING"),
            MonitorResult(
                "job",
                TABLE,
                "failed",
                "created, but not over after 30 minutes: refreshing: refresh 1 is RUNNING",
            ),
        ),
    ],
    ids=lambda value: getattr(value, "stage", ""),
)
def test_a_wait_that_fails_or_is_used_up_is_a_failure(state: Readiness, expected: MonitorResult) -> None:
    assert with_readiness(WAITED, [state], 1800) == [expected, WAITED[1]]
