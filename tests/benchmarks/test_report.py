"""The page that `make bench` writes."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.cli import PARTS
from benchmarks.records import Circumstances, Record, page_of, read_records, write_record
from benchmarks.results import Section, at_least, at_most, compared, figure

CIRCUMSTANCES = Circumstances(
    "python -m benchmarks", "abc1234", "2 cores", "Python 3", 0.25, "2026-01-05", 12.3
)


def record(section: Section, part: str = "a") -> Record:
    return Record(part, section, CIRCUMSTANCES)


def page(section: Section) -> str:
    return page_of([record(section)], ["a"])


PUBLISHED = Path(__file__).resolve().parents[2] / "docs" / "benchmarks.md"


def section(*differences: str) -> Section:
    goals = (at_least("two times faster", 1.5, 2, "times"), at_most("little memory", 0.9, 1, "GB"))
    return Section(
        "A part", "What is timed.", ("job runs", "time"), (("1,000", "2 s"),), goals, (), differences
    )


def test_goals_stand_first_each_with_its_figure() -> None:
    text = page(section())
    assert "## Goals: 1 of 2 met" in text
    assert "| A part | two times faster | 1.50 times | **not met** |" in text
    assert "| A part | little memory | 0.900 GB | met |" in text
    assert text.index("two times faster") < text.index("What is timed.")


def test_a_result_that_differs_is_on_the_page() -> None:
    assert "- **Differs:** 3 values" in page(section("3 values"))


def test_the_page_says_what_was_measured_when_and_with_which_command() -> None:
    cells = ("A part", "`python -m benchmarks`", "abc1234", "2026-01-05", "12", "0.2")
    assert f"| {' | '.join(cells)} |" in page(section())


def test_parts_that_were_not_measured_are_named() -> None:
    assert "- Not measured: spark, many.\n" in page_of([record(section())], ["a", "spark", "many"])
    assert "Not measured" not in page(section())


def test_a_part_takes_the_place_of_what_was_known_of_it_and_leaves_the_others(tmp_path: Path) -> None:
    path, parts = tmp_path / "page.md", ("first", "second", "third")
    write_record(path, record(section(), "third"), parts)
    write_record(path, record(section("old"), "first"), parts)
    write_record(path, record(section("new"), "first"), parts)
    assert read_records(tmp_path / "page.json") == [
        record(section("new"), "first"),
        record(section(), "third"),
    ]
    text = path.read_text()
    assert "- Not measured: second.\n" in text
    assert "new" in text
    assert "old" not in text


def test_the_published_page_is_made_of_the_data_beside_it() -> None:
    records = read_records(PUBLISHED.with_suffix(".json"))
    assert records
    assert PUBLISHED.read_text(encoding="utf-8") == page_of(records, tuple(PARTS))


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
    text = page(Section("Part spark", "Not measured: Java is missing", (), ()))
    assert text.endswith("## Part spark\n\nNot measured: Java is missing\n")
