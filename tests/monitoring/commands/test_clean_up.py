import json
from datetime import UTC, datetime, timedelta

import pytest

from tests.monitoring.commands.running import DRIFT, PROFILE, TABLE, command
from tests.monitoring.workspace_stub import StubTable, WorkspaceStub

SCHEMA = "main.gold_monitoring"
FOLDER = "/Workspace/Shared/monitoring/main/gold"
BOARD = f"{FOLDER}/fact_usage/board"


@pytest.fixture(autouse=True)
def destroyed(workspace: WorkspaceStub) -> None:
    """The stack was destroyed: tables, a dashboard in its folder, and the schema are left."""
    workspace.monitors.clear()
    workspace.schemas[SCHEMA] = {"full_name": SCHEMA}
    workspace.objects = {
        FOLDER: {"object_type": "DIRECTORY"},
        f"{FOLDER}/fact_usage": {"object_type": "DIRECTORY"},
        BOARD: {"object_type": "DASHBOARD", "resource_id": "d1"},
    }
    # A statement is answered with these rows: copies are made elsewhere, here they are only counted.
    workspace.answers = {"COUNT": [{"row_count": 3}], "CREATE TABLE": []}


def test_without_a_yes_it_lists_and_removes_nothing(workspace: WorkspaceStub) -> None:
    answer = command("clean-up", "--tables", "drop")
    assert answer.exit_code == 1
    heading, *rows = answer.stdout.splitlines()
    assert heading.split() == ["what", "name", "what", "becomes", "of", "it"]
    assert [row.rstrip().split(maxsplit=2) for row in rows[:5]] == [
        ["table", DRIFT, "is dropped"],
        ["table", PROFILE, "is dropped"],
        ["dashboard", BOARD, "goes to the trash"],
        ["folder", FOLDER, "is deleted"],
        ["schema", SCHEMA, "is dropped"],
    ]
    assert answer.stderr == "nothing was removed; to remove it, add --yes\n"
    assert {method for method, _, _ in workspace.requests} == {"GET"}


def test_a_spoken_yes_removes_it(workspace: WorkspaceStub) -> None:
    answer = command("clean-up", "--tables", "drop", answer="y\n")
    assert answer.exit_code == 0
    assert (workspace.tables, workspace.schemas, workspace.objects, workspace.trash) == ({}, {}, {}, ["d1"])


def test_a_spoken_no_removes_nothing(workspace: WorkspaceStub) -> None:
    assert command("clean-up", "--tables", "drop", answer="n\n").exit_code == 1
    assert set(workspace.tables) == {PROFILE, DRIFT}


def test_yes_tells_each_step(workspace: WorkspaceStub) -> None:
    answer = command("clean-up", "--tables", "drop", "--yes")
    assert answer.exit_code == 0
    assert answer.stdout.splitlines()[-5:] == [
        f"removed  table {PROFILE}",
        f"removed  table {DRIFT}",
        "removed  dashboard d1",
        f"removed  folder {FOLDER}",
        f"removed  schema {SCHEMA}",
    ]
    assert workspace.tables == {}


def test_doing_it_again_finds_nothing() -> None:
    command("clean-up", "--tables", "drop", "--yes")
    again = command("clean-up", "--tables", "drop", "--yes")
    assert (again.exit_code, again.stdout) == (0, "nothing is left\n")


def test_tables_stay_by_default_and_with_them_the_schema(workspace: WorkspaceStub) -> None:
    assert command("clean-up", "--yes").exit_code == 0
    assert (set(workspace.tables), list(workspace.schemas)) == ({PROFILE, DRIFT}, [SCHEMA])
    again = command("clean-up")
    assert again.exit_code == 0
    assert [line.rstrip().split(maxsplit=2)[2] for line in again.stdout.splitlines()[1:]] == [
        "stays",
        "stays",
        "stays with what is in it",
    ]


def test_a_copy_is_made_before_a_table_is_dropped(workspace: WorkspaceStub) -> None:
    until = f"{datetime.now(UTC) + timedelta(days=7):%Y%m%d}"
    answer = command("clean-up", "--tables", "copy", "--days", "7", "--yes", "--json")
    steps = json.loads(answer.stdout)
    assert answer.exit_code == 0
    assert [(step["kind"], step["outcome"]) for step in steps[:4]] == [
        ("copy", "copied"),
        ("table", "removed"),
        ("copy", "copied"),
        ("table", "removed"),
    ]
    assert steps[0]["name"] == f"{PROFILE}_kept_until_{until}"
    quoted = "`main`.`gold_monitoring`.`fact_usage_profile_metrics"
    assert workspace.statements[0] == f"CREATE TABLE {quoted}_kept_until_{until}` AS SELECT * FROM {quoted}`"


def test_copies_go_when_their_time_is_over_and_not_before(workspace: WorkspaceStub) -> None:
    today = datetime.now(UTC)
    over, kept = (f"{PROFILE}_kept_until_{today + timedelta(days=days):%Y%m%d}" for days in (-1, 1))
    workspace.tables |= {over: StubTable(), kept: StubTable()}
    answer = command("clean-up", "--tables", "drop", "--yes")
    assert list(workspace.tables) == [kept]
    assert answer.stdout.endswith(f"kept  schema {SCHEMA}: it still holds {kept}\n")


def test_what_is_not_ours_stays_and_is_named(workspace: WorkspaceStub) -> None:
    workspace.tables[f"{SCHEMA}.own_view"] = StubTable()
    answer = command("clean-up", "--tables", "drop", "--yes")
    assert answer.exit_code == 0
    assert f"stays: it also holds {SCHEMA}.own_view" in answer.stdout
    assert list(workspace.tables) == [f"{SCHEMA}.own_view"]


def test_a_chosen_domain_leaves_what_all_share(workspace: WorkspaceStub) -> None:
    workspace.tables[f"{SCHEMA}.fact_query_history_profile_metrics"] = StubTable()
    answer = command("clean-up", "--domain", "cost", "--tables", "drop", "--yes")
    assert answer.exit_code == 0
    assert list(workspace.tables) == [f"{SCHEMA}.fact_query_history_profile_metrics"]
    assert (FOLDER in workspace.objects, SCHEMA in workspace.schemas) == (True, True)


def test_a_stack_that_was_not_destroyed_is_left_alone(workspace: WorkspaceStub) -> None:
    workspace.monitors[TABLE] = {"table_name": TABLE}
    answer = command("clean-up", "--tables", "drop", "--yes")
    assert answer.exit_code == 1
    assert answer.stderr == (
        f"still monitored: {TABLE}; first: pulumi destroy --stack local "
        "(or --with-monitors, when the state of the stack is lost); nothing was removed\n"
    )
    assert {PROFILE, DRIFT} <= set(workspace.tables)


def test_monitors_go_too_when_asked_with_the_dashboard_that_they_name(workspace: WorkspaceStub) -> None:
    workspace.monitors[TABLE] = {
        "table_name": TABLE,
        "profile_metrics_table_name": PROFILE,
        "drift_metrics_table_name": DRIFT,
        "dashboard_id": "d9",
    }
    answer = command("clean-up", "--tables", "drop", "--with-monitors", "--yes")
    assert answer.exit_code == 0
    assert (workspace.monitors, workspace.tables, workspace.trash) == ({}, {}, ["d9", "d1"])


@pytest.mark.parametrize(
    ("pattern", "kept"),
    [
        (f"DELETE .*/tables/{PROFILE}", f"failed  table {PROFILE}"),
        ("DELETE .*/dashboards/d1", "failed  dashboard d1"),
        ("POST .*/workspace/delete", f"failed  folder {FOLDER}"),
        (f"DELETE .*/schemas/{SCHEMA}", f"failed  schema {SCHEMA}"),
    ],
)
def test_a_permission_error_is_a_failure_that_names_the_thing(
    workspace: WorkspaceStub, pattern: str, kept: str
) -> None:
    refusal = {"error_code": "PERMISSION_DENIED", "message": "No", "details": []}
    workspace.refusals[pattern] = (403, refusal)
    answer = command("clean-up", "--tables", "drop", "--yes")
    assert answer.exit_code == 1
    reason = "you may not remove it; that takes its owner, or MANAGE on it or on what holds it (No"
    assert f"{kept}: {reason}" in answer.stdout


def test_a_dashboard_that_cannot_be_trashed_keeps_its_folder(workspace: WorkspaceStub) -> None:
    refusal = {"error_code": "PERMISSION_DENIED", "message": "No", "details": []}
    workspace.refusals["DELETE .*/dashboards/d1"] = (403, refusal)
    command("clean-up", "--tables", "drop", "--yes")
    assert FOLDER in workspace.objects


def test_what_may_not_be_seen_stops_everything(workspace: WorkspaceStub) -> None:
    refusal = {"error_code": "PERMISSION_DENIED", "message": "No", "details": []}
    workspace.refusals["GET .*/workspace/list"] = (403, refusal)
    answer = command("clean-up", "--tables", "drop", "--yes")
    assert (answer.exit_code, answer.stdout) == (1, "")
    assert answer.stderr.startswith(f"cannot see all that is left in {SCHEMA} and {FOLDER}: No")
    assert answer.stderr.endswith("; nothing was removed\n")
    assert set(workspace.tables) == {PROFILE, DRIFT}


def test_json_without_a_yes_says_what_would_be_done() -> None:
    answer = command("clean-up", "--tables", "drop", "--json", answer="y\n")
    assert answer.exit_code == 1
    assert json.loads(answer.stdout)[0] == {
        "kind": "table",
        "name": DRIFT,
        "outcome": "planned",
        "message": "is dropped",
    }


def test_a_word_that_is_no_disposal_is_wrong_use(workspace: WorkspaceStub) -> None:
    answer = command("clean-up", "--tables", "delete")
    assert (answer.exit_code, workspace.requests) == (2, [])
