"""The figures of an evaluation, and what of them misses the goal."""

from __future__ import annotations

import pytest

from evaluation.figures import figures, shortfalls
from evaluation.report import cells
from tests.evaluation.made import EUROPE, LOAD, evaluation, firing, incident


def test_the_figures_say_what_was_found_how_late_and_how_often_in_vain() -> None:
    incidents = [
        incident(10, 12, name="seen", touched=(LOAD,)),
        incident(30, 32, name="seen later"),
        incident(50, 52, name="missed"),
    ]
    firings = [firing(10, part=LOAD), firing(31, part=EUROPE), firing(70), firing(71), firing(90)]
    assert figures(evaluation(firings, incidents)) == {
        "data": "seed 7",
        "monitor": "job",
        "granularities": ["1 hour", "1 day"],
        "incidents": 3,
        "judgeable": 3,
        "found": 2,
        "in_their_slice": 1,
        "missed": ["missed"],
        "median_delay_hours": 2.0,
        "longest_delay_hours": 2.5,
        "months": 2.0,
        "false_alarms": 2,
        "false_alarms_a_month": 1.0,
        "days_in_false_alarms": 0.12,
    }


def test_without_incidents_there_is_no_recall_and_no_delay_to_show() -> None:
    shown = cells(figures(evaluation([], [])))
    assert shown == ["seed 7", "job", "1 hour, 1 day", "0", *["-"] * 5, "2.0", "0", "0.0", "0.0"]


@pytest.mark.parametrize(
    ("found", "missed"), [(9, []), (8, ["seed 7: 8 of 10 incidents were found; the goal is 90%"])]
)
def test_recall_is_asked_of_all_monitors_of_a_seed_together(found: int, missed: list[str]) -> None:
    incidents = [incident(10 * number, 10 * number + 1, name=str(number)) for number in range(10)]
    firings = [firing(10 * number, part=EUROPE) for number in range(found)]
    rows = [
        figures(evaluation(firings[:5], incidents[:5])),
        figures(evaluation(firings[5:], incidents[5:], monitor="cost")),
    ]
    assert shortfalls(rows) == missed


def test_false_alarms_are_asked_of_each_monitor_of_each_seed() -> None:
    quiet = figures(evaluation([firing(1), firing(5)], []))
    loud = figures(evaluation([firing(1), firing(5), firing(9)], [], data="seed 1", monitor="cost"))
    assert shortfalls([quiet, loud]) == ["seed 1, cost: 1.5 false alarms a month; the goal is at most 1"]
