"""The nearest allowed word, whatever was typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.nearest import did_you_mean, near_or_all

CHOICES = ("cost", "job", "Query")


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("cots", "; did you mean 'cost'?"),
        ("COST", "; did you mean 'cost'?"),
        ("qurey", "; did you mean 'Query'?"),
        ("zzz", ""),
        ("", ""),
    ],
)
def test_the_nearest_choice_is_asked_for_in_its_own_spelling(word: str, expected: str) -> None:
    assert did_you_mean(word, CHOICES) == expected


def test_all_choices_are_listed_when_none_is_near() -> None:
    assert near_or_all("zzz", CHOICES) == "; allowed: cost, job, Query"


def test_a_near_choice_stands_alone() -> None:
    assert near_or_all("jobs", CHOICES) == "; did you mean 'job'?"


def test_choices_may_be_read_only_once() -> None:
    assert near_or_all("zzz", iter(CHOICES)) == "; allowed: cost, job, Query"


def test_without_choices_there_is_nothing_near() -> None:
    assert did_you_mean("cost", ()) == ""


@given(st.text(), st.lists(st.text()))
def test_any_text_gets_a_hint_from_the_choices_or_none(word: str, choices: list[str]) -> None:
    hints = {"", *(f"; did you mean '{choice}'?" for choice in choices)}
    assert did_you_mean(word, choices) in hints


@given(st.text(), st.lists(st.text(), min_size=1))
def test_any_choice_that_is_typed_right_is_the_nearest(word: str, choices: list[str]) -> None:
    assert did_you_mean(choices[0], [*choices, word]) != ""
