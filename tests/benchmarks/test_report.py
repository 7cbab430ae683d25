"""The page that `make bench` writes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.markdown import Circumstances, page
from benchmarks.results import Section, at_least, at_most, compared, figure

CIRCUMSTANCES = Circumstances("python -m benchmarks", "2 cores", "Python 3", 0.25, "2026-01-05", 12.3)


def section(*differences: str) -> Section:
    goals = (at_least("two times faster", 1.5, 2, "times"), at_most("little memory", 0.9, 1, "GB"))
    return Section(
        "A part", "What is timed.", ("job runs", "time"), (("1,000", "2 s"),), goals, (), differences
    )


def test_goals_stand_first_each_with_its_figure() -> None:
    text = page([section()], CIRCUMSTANCES)
    assert "## Goals: 1 of 2 met" in text
    assert "| A part | two times faster | 1.50 times | **not met** |" in text
    assert "| A part | little memory | 0.900 GB | met |" in text
    assert text.index("two times faster") < text.index("What is timed.")


def test_a_result_that_differs_is_on_the_page() -> None:
    assert "- **Differs:** 3 values" in page([section("3 values")], CIRCUMSTANCES)


def test_parts_that_a_run_did_not_come_to_are_named() -> None:
    ended = replace(CIRCUMSTANCES, unmeasured=("spark", "many"))
    assert "- Not measured, the run was ended before: spark, many.\n" in page([section()], ended)
    assert "Not measured" not in page([section()], CIRCUMSTANCES)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.1234, "0.123"), (1.234, "1.23"), (12.34, "12.3"), (123.4, "123"), (12345.6, "12,346")],
)
def test_three_digits_are_shown(value: float, text: str) -> None:
    assert figure(value) == text


def test_the_median_counts_and_ratios_are_against_the_first() -> None:
    assert compared(1000, {"ours": [1.0, 2.0, 9.0], "theirs": [8.0]}) == [
        ("1,000", "ours", "2.00 s (3 runs)", "1.00x"),
        ("1,000", "theirs", "8.00 s (1 run)", "4.00x"),
    ]


def test_a_part_that_was_not_measured_says_why() -> None:
    text = page([Section("Part spark", "Not measured: Java is missing", (), ())], CIRCUMSTANCES)
    assert text.endswith("## Part spark\n\nNot measured: Java is missing\n")
