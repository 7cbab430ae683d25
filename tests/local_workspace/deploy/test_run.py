"""A deployment starts from where an earlier one stopped, and keeps a second one away."""

from __future__ import annotations

import fcntl
from typing import TYPE_CHECKING

import pytest
from databricks.sdk.service.catalog import (
    MonitorRefreshInfo,
    MonitorRefreshInfoState,
    MonitorRefreshListResponse,
)
from rich.console import Console

from local_workspace.deploy.errors import DeploymentFailedError
from local_workspace.deploy.progress import wait_for_refreshes
from local_workspace.deploy.run import Place, deploy, seed_once
from local_workspace.deploy.stack import Stack
from local_workspace.deploy.timing import Steps, TimedStep

if TYPE_CHECKING:
    from pathlib import Path

    from databricks.sdk import WorkspaceClient


@pytest.fixture
def console() -> Console:
    """A console whose output can be read with `export_text`."""
    return Console(record=True, width=160, quiet=False, force_terminal=False)


def test_a_second_deployment_of_one_place_is_kept_away(tmp_path: Path, console: Console) -> None:
    place = Place(tmp_path, tmp_path / "workspace")
    place.pulumi.mkdir()
    with (place.pulumi / "deploying").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(DeploymentFailedError) as caught:
            deploy(place, console)
    assert str(caught.value) == (
        f"another deployment with the state in {place.pulumi} is running; wait for its end"
    )


def test_data_is_made_once_and_its_incidents_stay_the_same(
    tmp_path: Path, console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("local_workspace.sample_data.DAYS", 10)
    first = seed_once(tmp_path / "workspace", console)
    assert "rows" in console.export_text()
    second = seed_once(tmp_path / "workspace", console)
    assert console.export_text().strip() == "they are filled already"
    assert first == second
    assert first


class Refreshes:
    """Stands for the client: each look at a table gives the next of its states."""

    def __init__(self, states: dict[str, list[MonitorRefreshInfoState]]) -> None:
        self.states = states
        self.quality_monitors = self

    def list_refreshes(self, table: str) -> MonitorRefreshListResponse:
        states = self.states[table]
        state = states.pop(0) if len(states) > 1 else states[0]
        return MonitorRefreshListResponse(
            refreshes=[
                MonitorRefreshInfo(
                    refresh_id=1, state=state, start_time_ms=1_000, end_time_ms=3_500, message=f"of {table}"
                )
            ]
        )


def test_waiting_ends_when_every_refresh_is_over(console: Console) -> None:
    state = MonitorRefreshInfoState
    client = Refreshes(
        {
            "a": [state.PENDING, state.RUNNING, state.SUCCESS],
            "b": [state.RUNNING, state.FAILED],
            "c": [state.SUCCESS],
        }
    )
    pauses: list[float] = []
    found = wait_for_refreshes(_as_client(client), ["a", "b", "c"], console, pauses.append)
    assert [(each.table, each.state, each.seconds, each.message) for each in found] == [
        ("a", state.SUCCESS, 2.5, "of a"),
        ("b", state.FAILED, 2.5, "of b"),
        ("c", state.SUCCESS, 2.5, "of c"),
    ]
    assert len(pauses) == 2


def _as_client(refreshes: Refreshes) -> WorkspaceClient:
    return refreshes  # type: ignore[return-value]


def test_steps_are_announced_with_their_command_and_timed(console: Console) -> None:
    steps = Steps(console)
    with steps.step("Do it", "make it"):
        pass
    assert [step.title for step in steps.finished] == ["Do it"]
    steps.finished[:] = [TimedStep("One", 1.0), TimedStep("Three", 3.0)]
    console.print(steps.table())
    text = console.export_text()
    assert "1. Do it" in text
    assert "$ make it" in text
    assert [line.split("│")[2:4] for line in text.splitlines() if "One" in line] == [["     1.0 ", "  25 % "]]


def test_pulumi_gets_the_workspace_of_the_stack_and_none_of_the_users_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABRICKS_CONFIG_PROFILE", "production")
    monkeypatch.setenv("PULUMI_ACCESS_TOKEN", "mine")
    monkeypatch.setenv("LANG", "C.UTF-8")
    stack = Stack("local", tmp_path, tmp_path / "backend", "http://127.0.0.1:1", "secret", {"PATH": "/tools"})
    variables = stack.variables
    assert "DATABRICKS_CONFIG_PROFILE" not in variables
    assert "PULUMI_ACCESS_TOKEN" not in variables
    assert (variables["LANG"], variables["PATH"]) == ("C.UTF-8", "/tools")
    assert (variables["DATABRICKS_HOST"], variables["DATABRICKS_TOKEN"]) == ("http://127.0.0.1:1", "secret")
    assert variables["PULUMI_BACKEND_URL"] == (tmp_path / "backend").as_uri()
    assert "secret" not in repr(stack)
