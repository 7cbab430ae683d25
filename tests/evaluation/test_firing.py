"""What firings amount to as alarms."""

from __future__ import annotations

from itertools import permutations

import pytest

from evaluation.firing import Firing, episodes
from tests.evaluation.made import ASIA, EUROPE, at, firing


def spans(*firings: Firing) -> list[tuple[object, object, int]]:
    return [(each.start, each.end, len(each.firings)) for each in episodes(firings)]


def test_nothing_is_no_alarm() -> None:
    assert episodes([]) == ()


def test_windows_that_adjoin_are_one_alarm() -> None:
    assert spans(firing(1), firing(2)) == [(at(1), at(3), 2)]


def test_a_gap_makes_two_alarms() -> None:
    assert spans(firing(1), firing(3)) == [(at(1), at(2), 1), (at(3), at(4), 1)]


def test_slices_and_metrics_of_one_time_are_one_alarm() -> None:
    assert spans(firing(1, part=EUROPE), firing(1, part=ASIA), firing(1, metric="failure_rate")) == [
        (at(1), at(2), 3)
    ]


def test_an_hour_within_a_day_belongs_to_the_alarm_of_the_day_and_does_not_shorten_it() -> None:
    assert spans(firing(0, hours=24), firing(5), firing(23.5)) == [(at(0), at(24.5), 3)]


@pytest.mark.parametrize("order", list(permutations([1.0, 2.0, 5.0])))
def test_the_order_of_the_rows_does_not_matter(order: tuple[float, ...]) -> None:
    assert spans(*map(firing, order)) == [(at(1), at(3), 2), (at(5), at(6), 1)]
