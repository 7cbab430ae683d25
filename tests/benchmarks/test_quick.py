"""`python -m benchmarks --quick`: every part that needs no other packages runs, and results are equal. Never times."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from benchmarks.cli import PARTS, app

if TYPE_CHECKING:
    from pathlib import Path


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["--quick", *arguments])
    return done.exit_code, done.output


@pytest.mark.parametrize("part", [name for name in PARTS if name != "spark"])
def test_a_part_runs_and_its_results_are_equal(part: str, tmp_path: Path) -> None:
    page = tmp_path / "benchmarks.md"
    code, output = run("--only", part, "--write", str(page))
    assert code == 0, output
    assert "Not measured" not in output
    assert "\n| --- |" in page.read_text()


@pytest.mark.spark
def test_spark_gives_the_engine_s_values() -> None:
    code, output = run("--only", "spark")
    assert code == 0, output
    assert "Not measured" not in output


def test_an_unknown_part_is_named() -> None:
    code, output = run("--only", "fast")
    assert code == 2
    assert "unknown part 'fast'; use one of: complete" in output
