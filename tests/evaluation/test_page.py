"""The page about the evaluation is the one that its figures give."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from evaluation.cli import SEEDS
from evaluation.figures import figures
from evaluation.page import page
from monitoring.domains import DOMAINS
from tests.evaluation.made import evaluation

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def report() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((DOCS / "evaluation.json").read_text(encoding="utf-8"))
    return found


def test_the_page_is_up_to_date(report: dict[str, Any]) -> None:
    written = (DOCS / "evaluation.md").read_text(encoding="utf-8")
    assert written == page(report), "run: make evaluate REAL=folder SAVE=docs"


def test_the_figures_are_of_every_monitor_and_every_seed(report: dict[str, Any]) -> None:
    measured = {(row["data"], row["monitor"]) for row in report["sample"]}
    assert measured == {(f"seed {seed}", domain.name) for seed in SEEDS for domain in DOMAINS}


def test_a_shortfall_is_said_and_a_missed_incident_is_named(report: dict[str, Any]) -> None:
    row = {**report["sample"][0], "data": "a file", "missed": ["first", "second"], "found": 2}
    text = page({"sample": [row], "real": [row], "shortfalls": ["seed 7: 2 of 4 incidents were found"]})
    assert "\n- seed 7: 2 of 4 incidents were found\n" in text
    assert "\n- a file, windows of 1 day: first; second.\n" in text


def test_without_files_the_page_says_so(report: dict[str, Any]) -> None:
    assert "Not evaluated: no folder was given." in page({**report, "real": []})


def test_the_file_has_the_figures_that_the_command_writes(report: dict[str, Any]) -> None:
    written = figures(evaluation([], []))
    assert {tuple(row) for row in (*report["sample"], *report["real"])} == {tuple(written)}
