"""Which incidents are found, how late, and what is left as false alarms."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from evaluation.matching import MONTH, Judged, LabelledIncident, Score, score
from tests.evaluation.made import ASIA, EUROPE, LOAD, at, firing, incident

if TYPE_CHECKING:
    from evaluation.firing import Firing

MONTHS = Judged(at(0), at(0) + 2 * MONTH)


def scored(firings: list[Firing], *incidents: LabelledIncident) -> Score:
    return score(firings, incidents, MONTHS)


def false_starts(result: Score) -> list[object]:
    return [each.start for each in result.false_alarms]


@pytest.mark.parametrize("start", [9, 10, 11])
def test_a_window_that_meets_the_time_of_an_incident_finds_it(start: float) -> None:
    result = scored([firing(start, part=EUROPE)], incident(9.5, 11.5))
    assert (result.found, result.false_alarms) == (1, ())


@pytest.mark.parametrize("start", [8.5, 11.5])
def test_a_window_that_only_touches_the_time_of_an_incident_is_a_false_alarm(start: float) -> None:
    result = scored([firing(start, part=EUROPE)], incident(9.5, 11.5))
    assert (result.found, false_starts(result)) == (0, [at(start)])


def test_a_slice_that_shares_no_rows_with_the_incident_is_a_false_alarm() -> None:
    result = scored([firing(10, part=ASIA)], incident(9, 12))
    assert (result.found, len(result.false_alarms)) == (0, 1)


@pytest.mark.parametrize("part", [None, LOAD])
def test_the_whole_table_and_slices_that_share_rows_find_an_incident_but_not_in_its_slice(part: None) -> None:
    result = scored([firing(10, part=part)], incident(9, 12, touched=(LOAD,)))
    assert [(each.found, each.in_its_slice) for each in result.outcomes] == [(True, False)]


def test_an_incident_of_the_whole_table_explains_every_slice() -> None:
    result = scored([firing(10, part=ASIA)], incident(9, 12, part=None))
    assert (result.found, result.outcomes[0].in_its_slice, result.false_alarms) == (1, False, ())


def test_the_delay_runs_from_the_start_of_the_incident_to_the_first_that_is_heard() -> None:
    early_window_heard_late = firing(10, part=EUROPE, heard=6)
    result = scored([early_window_heard_late, firing(11, part=EUROPE, heard=0.5)], incident(9, 14))
    assert result.outcomes[0].delay == timedelta(hours=3.5)


def test_a_window_counts_for_the_incident_with_which_it_shares_most_time() -> None:
    first, second = incident(9, 10.25, name="first"), incident(10.25, 12, name="second")
    result = scored([firing(10, part=EUROPE)], first, second)
    assert [(each.name, each.found) for each in result.outcomes] == [("first", False), ("second", True)]


def test_a_day_counts_for_all_incidents_that_fill_it() -> None:
    first = incident(0, 48, name="first")
    second = incident(0, 24, ASIA, name="second", touched=(EUROPE,))
    assert scored([firing(0, hours=24, part=EUROPE)], first, second).found == 2


def test_an_alarm_that_goes_on_after_the_incident_is_no_new_one() -> None:
    result = scored([firing(hour, part=EUROPE) for hour in (10, 11, 12, 13)], incident(10, 12))
    assert result.false_alarms == ()


def test_an_alarm_that_comes_again_after_a_gap_is_a_new_one() -> None:
    result = scored([firing(hour, part=EUROPE) for hour in (10, 12, 13)], incident(10, 11))
    assert false_starts(result) == [at(12)]


def test_an_alarm_that_begins_before_the_incident_is_false() -> None:
    result = scored([firing(hour, part=EUROPE) for hour in (8, 9, 10)], incident(10, 11))
    assert (result.found, false_starts(result)) == (1, [at(8)])


@pytest.mark.parametrize("other", [{"part": LOAD}, {"metric": "failure_rate"}])
def test_another_slice_or_metric_does_not_go_on_with_an_alarm(other: dict[str, str]) -> None:
    result = scored([firing(10, part=EUROPE), firing(11, **{"part": EUROPE, **other})], incident(10, 11))  # type: ignore[arg-type]
    assert false_starts(result) == [at(11)]


def test_false_alarms_are_counted_by_the_month() -> None:
    result = scored([firing(hour) for hour in (1, 5, 9)])
    assert (len(result.false_alarms), result.months, result.false_alarms_a_month) == (3, 2.0, 1.5)


@pytest.mark.parametrize("judged", [None, Judged(at(0), at(1))])
def test_less_than_a_month_does_not_multiply_false_alarms(judged: Judged | None) -> None:
    assert score([firing(1)], [], judged).false_alarms_a_month == 1.0


@pytest.mark.parametrize(
    ("judged", "judgeable"),
    [(None, False), (Judged(at(0), at(9)), False), (Judged(at(12), at(20)), False), (MONTHS, True)],
)
def test_an_incident_is_judgeable_when_it_lies_in_the_time_that_was_judged(
    judged: Judged | None, judgeable: bool
) -> None:
    assert score([], [incident(9, 12)], judged).outcomes[0].judgeable is judgeable
