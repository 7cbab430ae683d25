import pytest

from monitoring.descriptions import TableText
from monitoring.operations.monitor_apis import MonitorApi
from monitoring.operations.refresh import Refresher, RefreshResult
from monitoring.operations.watched import Watched
from tests.monitoring.workspace_stub import StubTable, WorkspaceStub

TABLE = "main.gold.t"
ONE = Watched("cost", TABLE, {"main.out.t_profile_metrics": TableText("P", {})})


@pytest.fixture(autouse=True)
def monitored(workspace: WorkspaceStub) -> None:
    workspace.tables |= {TABLE: StubTable(), "main.gold.absent": StubTable()}
    workspace.monitors[TABLE] = {"table_name": TABLE}


def refresher(monitors: MonitorApi, workspace: WorkspaceStub, ends: dict[str, str]) -> Refresher:
    """One whose clock runs with its pauses, and whose refreshes end as said at the second look."""
    now = [0.0]

    def pause(seconds: float) -> None:
        now[0] += seconds
        if now[0] > 1:
            for refreshes in workspace.refreshes.values():
                refreshes[0].update(ends)

    return Refresher(monitors, 100.0, pause=pause, clock=lambda: now[0])


def test_a_refresh_is_followed_to_its_success(monitors: MonitorApi, workspace: WorkspaceStub) -> None:
    result = refresher(monitors, workspace, {"state": "SUCCESS"}).refresh(ONE)
    assert result == RefreshResult("cost", TABLE, "SUCCESS", 1.25, "")
    assert result.is_good


def test_a_failed_refresh_gives_the_reason_of_the_service(
    monitors: MonitorApi, workspace: WorkspaceStub
) -> None:
    ends = {"state": "FAILED", "message": "[DIVIDE_BY_ZERO] Division by zero"}
    result = refresher(monitors, workspace, ends).refresh(ONE)
    assert (result.state, result.message, result.is_good) == (
        "FAILED",
        "[DIVIDE_BY_ZERO] Division by zero",
        False,
    )


def test_a_refresh_that_takes_too_long_is_said_to_go_on(
    monitors: MonitorApi, workspace: WorkspaceStub
) -> None:
    result = refresher(monitors, workspace, {}).refresh(ONE)
    assert result.state == "UNFINISHED"
    assert result.message == f"refresh 1 is not over after {result.seconds:.0f} s; it goes on by itself"


def test_a_table_without_monitor_does_not_stop_the_others(monitors: MonitorApi) -> None:
    absent = Watched("job", "main.gold.absent", {})
    reported: list[RefreshResult] = []
    runner = Refresher(monitors, 0.0, report=reported.append, pause=lambda _seconds: None, clock=lambda: 0.0)
    results = runner.refresh_all([absent, ONE])
    assert [result.state for result in results] == ["NOT_STARTED", "UNFINISHED"]
    assert results[0].message == (
        "main.gold.absent has no monitor; deploy it: pulumi up (Cannot find Monitor of main.gold.absent)"
    )
    assert sorted(result.domain for result in reported) == ["cost", "job"]
