"""The main job: one command deploys all eight monitors, and a second run changes nothing."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

import toolchain
from local_workspace.background import stop
from local_workspace.sample_data.incidents import plans
from toolchain.pins import CHECKOUT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def deploy(tmp_path: Path) -> Iterator[Callable[[], str]]:
    """Runs the command on a state folder of its own; gives what it printed."""
    toolchain.install()
    state = tmp_path / "workspace"

    def run() -> str:
        finished = subprocess.run(
            [sys.executable, "-m", "local_workspace", "deploy", "--state", str(state)],
            cwd=CHECKOUT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert finished.returncode == 0, finished.stdout + finished.stderr
        return finished.stdout

    yield run
    stop(state)


def row(printed: str, first: str) -> list[str]:
    """The cells of the table row that begins with a text."""
    lines = [line for line in printed.splitlines() if line.startswith(f"│ {first} ")]
    assert lines, printed
    return [cell.strip() for cell in lines[0].strip("│").split("│")]


def test_everything_is_deployed_computed_and_found_and_then_without_changes(
    deploy: Callable[[], str],
) -> None:
    first = deploy()
    all_monitors = row(first, "8")
    metrics, comments = all_monitors[2], all_monitors[6].split(" of ")
    assert metrics == "225"
    assert comments[0] == comments[1] == "633"
    assert f"{len(plans())} of {len(plans())} found" in first

    second = deploy()
    assert "they are filled already" in second
    assert "41 unchanged" in second
    assert row(second, "8")[:6] == all_monitors[:6]
