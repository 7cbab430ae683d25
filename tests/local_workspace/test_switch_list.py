"""The list of switches: current, and changed by the command line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from local_workspace.switch_list import read_change, switches_page
from local_workspace.switches import WorkspaceSwitches

PAGE: Final = Path(__file__).parents[2] / "docs" / "switches.md"


def test_the_documented_switches_are_the_switches() -> None:
    assert PAGE.read_text(encoding="utf-8") == switches_page(), (
        "write it anew: python -m local_workspace switches --markdown > docs/switches.md"
    )


def test_every_switch_is_listed_once() -> None:
    page = switches_page()
    assert [name for name in WorkspaceSwitches.model_fields if page.count(f"| `{name}` |") != 1] == []


@pytest.mark.parametrize(
    ("text", "change"),
    [
        ("slice_quantiles=true", ("slice_quantiles", True)),
        ("quantile_points=5", ("quantile_points", 5)),
        ("memory_limit=4 GB", ("memory_limit", "4 GB")),
        ('week_start="SUNDAY"', ("week_start", "SUNDAY")),
        ("week_start=null", ("week_start", None)),
    ],
)
def test_a_change_is_a_name_and_a_value(text: str, change: tuple[str, object]) -> None:
    assert read_change(text) == change


def switches(folder: Path, *arguments: str, code: int = 0) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "local_workspace", "switches", *arguments, "--state", str(folder)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "NO_COLOR": "1"},
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_the_command_sets_switches_for_good(tmp_path: Path) -> None:
    shown = switches(tmp_path, "quantile_points=5", "memory_limit=1 GB")
    assert shown.rstrip().endswith("2 rows")
    found = json.loads(switches(tmp_path, "--json"))
    assert (found["quantile_points"]["value"], found["memory_limit"]["value"]) == (5, "1 GB")
    assert found.keys() == WorkspaceSwitches.model_fields.keys()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("quantile_point=5", "unknown switch 'quantile_point'; did you mean quantile_points?"),
        ("quantile_points=1", "quantile_points: "),
        ("memory_limit=1 KB", "memory_limit: '1 KB' is too small; the least is 64 MB"),
        ("memory_limit", "'memory_limit' changes nothing; write name=value, such as slice_quantiles=true"),
    ],
)
def test_a_wrong_change_is_named(tmp_path: Path, change: str, message: str) -> None:
    assert switches(tmp_path, change, code=2).startswith(f"Error: {message}")
