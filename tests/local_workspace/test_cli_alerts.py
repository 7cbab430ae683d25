"""`python -m local_workspace alerts`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from local_workspace.alert_report import alert_tables
from local_workspace.workspace import Workspace
from tests.local_workspace.server.test_alerts import changed, create
from tests.local_workspace.target import in_process

if TYPE_CHECKING:
    from pathlib import Path

FIRES = (
    "SELECT 1 AS found, 0.123456 AS share, CURRENT_TIMESTAMP() AS at WHERE YEAR(CURRENT_TIMESTAMP()) > 2020"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A state folder with an alert that fires from 2021 on and one that never does."""
    folder = tmp_path / "state"
    with in_process(Workspace(folder)) as target:
        create(target, changed(display_name="Fires", query_text=FIRES))
        create(target, changed(display_name="Quiet", query_text="SELECT 1 AS found WHERE FALSE"))
    return folder


def alerts(folder: Path, *arguments: str, code: int) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "local_workspace", "alerts", *arguments, "--state", str(folder)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "NO_COLOR": "1"},
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


def states(text: str) -> dict[str, str]:
    found: list[dict[str, Any]] = json.loads(text)
    return {alert["name"]: alert["state"] for alert in found}


def test_alerts_that_fired_are_shown_with_their_rows_and_end_with_a_finding(folder: Path) -> None:
    assert states(alerts(folder, "--json", code=0)) == {"Fires": "UNKNOWN", "Quiet": "UNKNOWN"}
    shown = alerts(folder, "--evaluate", code=1)
    assert "TRIGGERED" in shown
    assert "0.123" in shown
    assert "0.123456" not in shown
    assert states(alerts(folder, "--json", code=1)) == {"Fires": "TRIGGERED", "Quiet": "OK"}


def test_another_moment_can_be_asked_for(folder: Path) -> None:
    assert states(alerts(folder, "--at", "2020-06-01T00:00:00Z", "--json", code=0)) == {
        "Fires": "OK",
        "Quiet": "OK",
    }
    assert states(alerts(folder, "--at", "2021-06-01", "--json", code=1))["Fires"] == "TRIGGERED"
    assert alerts(folder, "--at", "once", code=2) == (
        "Error: at: 'once' is no moment; write it like 2026-08-01T06:00:00Z\n"
    )


def test_of_many_rows_a_dozen_is_shown_and_the_others_are_counted() -> None:
    found = {
        "name": "Fires",
        "state": "TRIGGERED",
        "evaluated_at": "2026-08-01T06:00:00Z",
        "message": None,
        "columns": ["found"],
        "rows": [[str(number)] for number in range(100)],
        "row_count": 250,
    }
    _, rows = alert_tables([found])
    assert (rows.row_count, rows.caption) == (12, "and 238 more")
