"""The command line: what it prints, writes and ends with."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from evaluation import cli
from evaluation.page import page
from tests.evaluation.made import evaluation, firing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from typer.testing import Result

    from evaluation.evaluate import Evaluation

ROOT = Path(__file__).parents[2]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli.app, list(arguments))


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """The seeds and days for which sample data was evaluated; of seed 13 there are too many false alarms."""
    found: list[tuple[int, int]] = []

    def evaluate_sample(seed: int, days: int) -> Iterator[Evaluation]:
        found.append((seed, days))
        firings = [firing(hour) for hour in (1, 5, 9)] if seed == 13 else []
        yield evaluation(firings, [], data=f"seed {seed}")

    monkeypatch.setattr(cli, "evaluate_sample", evaluate_sample)
    return found


def test_the_usual_seed_and_five_others_are_evaluated(asked: list[tuple[int, int]]) -> None:
    assert run().exit_code == 0
    assert asked == [(seed, 60) for seed in (7, 1, 2, 3, 4, 5)]


def test_a_missed_goal_is_said_and_is_the_exit_code(asked: list[tuple[int, int]]) -> None:
    result = run("--seeds", "7,13", "--days", "40")
    assert asked == [(7, 40), (13, 40)]
    assert result.exit_code == 1
    assert result.stdout.endswith("\nseed 13, job: 1.5 false alarms a month; the goal is at most 1\n")


@pytest.mark.usefixtures("asked")
def test_scripts_get_json() -> None:
    report = json.loads(run("--json", "--seeds", "7").stdout)
    assert [row["data"] for row in report["sample"]] == ["seed 7"]
    assert (report["real"], report["shortfalls"]) == ([], [])


@pytest.mark.usefixtures("asked")
def test_figures_and_page_are_saved_together(tmp_path: Path) -> None:
    assert run("--seeds", "7", "--save", str(tmp_path)).exit_code == 0
    report = json.loads((tmp_path / "evaluation.json").read_text(encoding="utf-8"))
    assert (tmp_path / "evaluation.md").read_text(encoding="utf-8") == page(report)


@pytest.mark.parametrize("arguments", [("--seeds", "a"), ("--real", "no such folder")])
def test_wrong_use_is_told_from_a_missed_goal(
    asked: list[tuple[int, int]], arguments: tuple[str, ...]
) -> None:
    result = run(*arguments)
    assert (result.exit_code, asked) == (2, [])
    assert arguments[1] in result.stderr


def test_make_passes_on_folder_and_place() -> None:
    target = (ROOT / "Makefile").read_text(encoding="utf-8").partition("\nevaluate:")[2]
    assert re.findall(r'--\w+ "\$\((\w+)\)"', target) == ["REAL", "SAVE"]
