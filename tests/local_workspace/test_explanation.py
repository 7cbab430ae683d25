"""What a refresh did and what the next one will write, by the API and by `python -m local_workspace explain`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any, Final

import pytest

from local_workspace.workspace import Workspace
from tests.local_workspace.target import (
    CATALOG,
    MONITOR,
    SMALLEST_MONITOR,
    USAGE,
    Target,
    in_process,
    make_usage_table,
)

if TYPE_CHECKING:
    from pathlib import Path

EXPLAIN: Final = f"/__local/explain/{USAGE}"
SLICED: Final = SMALLEST_MONITOR | {"slicing_exprs": ["team"]}
TWO_DAYS: Final = (
    f"INSERT INTO {USAGE} SELECT current_timestamp() - INTERVAL 2 DAYS, 'a', 2.5, 3 "
    "UNION ALL SELECT current_timestamp() - INTERVAL 1 DAY, 'a', 2.5, 3"
)


def explained(target: Target) -> dict[str, Any]:
    found: dict[str, Any] = target.get(EXPLAIN).json()
    return found


def test_before_the_first_refresh_its_rows_are_counted_and_then_it_writes_them(usage: Target) -> None:
    usage.rows(TWO_DAYS)
    usage.post("/__local/switches", {"tables_after_active_s": 60})
    usage.post(MONITOR, SLICED)
    before = explained(usage)
    assert (before["last_refresh"], before["last_success"]) == (None, None)
    said = before["next_refresh"]
    assert [(share["granularity"], share["slice_key"], share["groups"]) for share in said["shares"]] == [
        ("1 day", None, 2),
        ("1 day", "team", 2),
    ]
    assert usage.get(f"{CATALOG}/tables/main.gold_monitoring.usage_profile_metrics").status_code == 404
    usage.post("/__local/clock", {"advance_seconds": 61})
    usage.wait_for_refresh()
    report = explained(usage)["last_success"]["report"]
    assert (
        (report["profile_rows"], report["drift_rows"])
        == (said["profile_rows"], said["drift_rows"])
        == (20, 10)
    )
    assert report["steps"][-1]["rows"] == 30


def test_steps_survive_a_restart(tmp_path: Path) -> None:
    with in_process(Workspace(tmp_path / "state")) as target:
        make_usage_table(target)
        target.post(MONITOR, SMALLEST_MONITOR)
        target.wait_for_refresh()
        steps = explained(target)["last_success"]["report"]["steps"]
    with in_process(Workspace(tmp_path / "state")) as target:
        assert explained(target)["last_success"]["report"]["steps"] == steps


def test_a_refresh_that_would_fail_says_why(usage: Target) -> None:
    usage.post(MONITOR, SLICED)
    usage.wait_for_refresh()
    usage.rows(f"ALTER TABLE {USAGE} DROP COLUMN team")
    usage.post(f"{MONITOR}/refreshes")
    message = usage.wait_for_refresh()["message"]
    found = explained(usage)
    assert found["last_refresh"]["state"] == "FAILED"
    assert found["last_success"]["state"] == "SUCCESS"
    assert found["next_refresh"] == {"would_fail": message}


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("main.gold.usages", f"table 'main.gold.usages' has no monitor; did you mean {USAGE}?"),
        ("usgae", f"table 'usgae' has no monitor; did you mean {USAGE}?"),
        ("nothing_like_it", f"table 'nothing_like_it' has no monitor; tables with a monitor: {USAGE}"),
    ],
)
def test_a_table_without_a_monitor_is_named_with_the_nearest_that_has_one(
    local: Target, table: str, message: str
) -> None:
    make_usage_table(local)
    local.post(MONITOR, SMALLEST_MONITOR)
    answer = local.get(f"/__local/explain/{table}")
    assert (answer.status_code, answer.json()["message"]) == (404, message)


def test_a_workspace_without_monitors_says_so(local: Target) -> None:
    assert local.get(EXPLAIN).json()["message"] == f"table '{USAGE}' has no monitor; no table has one"


def explain(folder: Path, *arguments: str, code: int = 0) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "local_workspace", "explain", *arguments, "--state", str(folder)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "NO_COLOR": "1"},
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_the_command_prints_steps_and_coming_rows(tmp_path: Path) -> None:
    with in_process(Workspace(tmp_path)) as target:
        make_usage_table(target)
        target.rows(TWO_DAYS)
        target.post(MONITOR, SLICED)
        target.wait_for_refresh()
        target.rows(TWO_DAYS)
    shown = explain(tmp_path, "usage")
    assert "SUCCESS" in shown
    assert "│ read the rows from " in shown
    assert "computes windows that received rows and writes 20 profile and 10 drift rows" in shown
    assert json.loads(explain(tmp_path, USAGE, "--json"))["next_refresh"]["profile_rows"] == 20
    assert "did you mean main.gold.usage?" in explain(tmp_path, "main.gold.usag", code=2)
