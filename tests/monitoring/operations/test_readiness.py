from collections.abc import Callable, Sequence

import pytest
from databricks.sdk import WorkspaceClient

from monitoring.descriptions import TableText
from monitoring.operations.comments import WorkspaceCatalog
from monitoring.operations.monitor_apis import MonitorApi
from monitoring.operations.readiness import Readiness, Stage, inspect, wait
from monitoring.operations.statements import Warehouse
from monitoring.operations.watched import Watched
from tests.monitoring.workspace_stub import StubTable, WorkspaceStub

Look = Callable[[], tuple[Stage, str]]

TABLE, PROFILE, DRIFT = "main.gold.t", "main.out.t_profile_metrics", "main.out.t_drift_metrics"
ONE = Watched("cost", TABLE, {PROFILE: TableText("P", {"a": "A"}), DRIFT: TableText("D", {})})


@pytest.fixture(autouse=True)
def everything_is_ready(workspace: WorkspaceStub) -> None:
    workspace.monitors[TABLE] = {"table_name": TABLE, "status": "MONITOR_STATUS_ACTIVE"}
    workspace.refreshes[TABLE] = [{"refresh_id": 1, "state": "SUCCESS"}]
    workspace.tables |= {TABLE: StubTable(), PROFILE: StubTable("P", {"a": "A"}), DRIFT: StubTable("D")}


@pytest.fixture
def look(client: WorkspaceClient, monitors: MonitorApi) -> Look:
    catalog = WorkspaceCatalog(client, lambda: Warehouse(client, "wh1"))

    def inspected() -> tuple[Stage, str]:
        state = inspect(monitors, catalog, ONE)
        return state.stage, state.detail

    return inspected


def test_a_refreshed_and_documented_monitor_is_ready(look: Look) -> None:
    assert look() == (Stage.READY, "")


def test_a_table_without_monitor_has_failed(look: Look, workspace: WorkspaceStub) -> None:
    workspace.monitors.clear()
    assert look() == (
        Stage.FAILED,
        "main.gold.t has no monitor; deploy it: pulumi up (Cannot find Monitor of main.gold.t)",
    )


def test_a_monitor_that_is_being_set_up_is_waited_for(look: Look, workspace: WorkspaceStub) -> None:
    workspace.monitors[TABLE]["status"] = "MONITOR_STATUS_PENDING"
    assert look() == (Stage.CREATING, "the monitor is being set up")


def test_a_monitor_that_failed_gives_its_reason(look: Look, workspace: WorkspaceStub) -> None:
    workspace.monitors[TABLE] |= {
        "status": "MONITOR_STATUS_ERROR",
        "latest_monitor_failure_msg": "no access",
    }
    assert look() == (Stage.FAILED, "the monitor is ERROR: no access")


@pytest.mark.parametrize("state", ["PENDING", "RUNNING"])
def test_a_refresh_that_is_not_over_is_waited_for(look: Look, workspace: WorkspaceStub, state: str) -> None:
    workspace.refreshes[TABLE].insert(0, {"refresh_id": 2, "state": state})
    assert look() == (Stage.REFRESHING, f"refresh 2 is {state}")


def test_the_first_refresh_starts_by_itself_and_is_waited_for(look: Look, workspace: WorkspaceStub) -> None:
    workspace.refreshes[TABLE].clear()
    assert look() == (Stage.REFRESHING, "the first refresh has not started")


def test_a_failed_refresh_gives_its_reason(look: Look, workspace: WorkspaceStub) -> None:
    workspace.refreshes[TABLE][0] |= {"state": "FAILED", "message": "[DIVIDE_BY_ZERO]"}
    assert look() == (Stage.FAILED, "refresh 1 ended as FAILED: [DIVIDE_BY_ZERO]")


def test_tables_that_are_not_there_are_named(look: Look, workspace: WorkspaceStub) -> None:
    del workspace.tables[DRIFT]
    assert look() == (Stage.TABLES, f"not there yet: {DRIFT}")


def test_comments_to_write_are_counted(look: Look, workspace: WorkspaceStub) -> None:
    workspace.tables[PROFILE] = StubTable("", {"a": ""})
    assert look() == (Stage.COMMENTS, "2 comments differ; write them: python -m monitoring comments")


def test_columns_of_the_next_refresh_are_counted(look: Look, workspace: WorkspaceStub) -> None:
    workspace.tables[PROFILE].columns.clear()
    assert look() == (Stage.COMMENTS, "1 columns come with the next refresh, 0 comments differ")


def test_the_wait_ends_when_nothing_waits_any_more() -> None:
    stages = iter([Stage.CREATING, Stage.REFRESHING, Stage.TABLES, Stage.READY])
    reports: list[Sequence[Readiness]] = []
    pauses: list[float] = []
    states = wait(
        lambda one: Readiness(one.domain, one.table, next(stages)),
        [ONE],
        600,
        report=reports.append,
        pause=pauses.append,
        clock=lambda: 0.0,
    )
    assert [state.stage for state in states] == [Stage.READY]
    assert [report[0].stage for report in reports] == [
        Stage.CREATING,
        Stage.REFRESHING,
        Stage.TABLES,
        Stage.READY,
    ]
    assert pauses == [0.5, 0.75, 1.125]


def test_a_failure_ends_the_wait_at_once() -> None:
    pauses: list[float] = []
    wait(lambda one: Readiness(one.domain, one.table, Stage.FAILED), [ONE], 600, pause=pauses.append)
    assert pauses == []


def test_the_wait_is_never_longer_than_asked() -> None:
    now = [0.0]

    def pause(seconds: float) -> None:
        now[0] += seconds

    states = wait(
        lambda one: Readiness(one.domain, one.table, Stage.REFRESHING),
        [ONE],
        100,
        pause=pause,
        clock=lambda: now[0],
    )
    assert states[0].waits
    assert now[0] == pytest.approx(100)
