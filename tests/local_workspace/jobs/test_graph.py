"""The order of tasks: verdicts, results of runs, circles."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local_workspace.jobs.graph import INTERNAL_ERROR, RUN, cycle, run_result, verdict


def task(key: str, *above: str, **settings: object) -> dict[str, Any]:
    return {"task_key": key, "depends_on": [{"task_key": one} for one in above], **settings}


@pytest.mark.parametrize(
    ("run_if", "above", "expected"),
    [
        ("ALL_SUCCESS", ["SUCCESS", "SUCCESS"], RUN),
        ("ALL_SUCCESS", ["SUCCESS", "DISABLED"], RUN),
        ("ALL_SUCCESS", ["SUCCESS", "FAILED"], "UPSTREAM_FAILED"),
        ("ALL_SUCCESS", ["SUCCESS", INTERNAL_ERROR], "UPSTREAM_FAILED"),
        ("ALL_SUCCESS", ["UPSTREAM_FAILED", "SUCCESS"], "UPSTREAM_FAILED"),
        ("ALL_SUCCESS", ["CANCELED", "SUCCESS"], "UPSTREAM_CANCELED"),
        ("ALL_SUCCESS", ["EXCLUDED", "SUCCESS"], "EXCLUDED"),
        ("ALL_DONE", ["FAILED", "SUCCESS"], RUN),
        ("AT_LEAST_ONE_SUCCESS", ["FAILED", "SUCCESS"], RUN),
        ("AT_LEAST_ONE_SUCCESS", ["FAILED", "FAILED"], "UPSTREAM_FAILED"),
        ("NONE_FAILED", ["EXCLUDED", "SUCCESS"], RUN),
        ("NONE_FAILED", ["FAILED", "SUCCESS"], "UPSTREAM_FAILED"),
        ("AT_LEAST_ONE_FAILED", ["TIMEDOUT", "SUCCESS"], RUN),
        ("AT_LEAST_ONE_FAILED", ["SUCCESS", "SUCCESS"], "EXCLUDED"),
        ("ALL_FAILED", ["FAILED", "FAILED"], RUN),
        ("ALL_FAILED", ["FAILED", "SUCCESS"], "UPSTREAM_FAILED"),
    ],
)
def test_condition_decides_what_happens_below(run_if: str, above: list[str], expected: str) -> None:
    results = dict(zip("ab", above, strict=True))
    assert verdict(task("c", "a", "b", run_if=run_if), results) == expected


def test_task_waits_for_all_it_depends_on() -> None:
    assert verdict(task("c", "a", "b"), {"a": "FAILED"}) is None


def test_disabled_task_is_passed_over() -> None:
    assert verdict(task("a", disabled=True), {}) == "DISABLED"


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("SUCCESS", "SUCCESS", "SUCCESS"),
        ("FAILED", "SUCCESS", "SUCCESS_WITH_FAILURES"),
        ("FAILED", "UPSTREAM_FAILED", "FAILED"),
        (INTERNAL_ERROR, "UPSTREAM_FAILED", INTERNAL_ERROR),
        ("CANCELED", "UPSTREAM_CANCELED", "CANCELED"),
        ("SUCCESS", "EXCLUDED", "SUCCESS"),
    ],
)
def test_last_tasks_decide_the_result_of_a_run(first: str, last: str, expected: str) -> None:
    assert run_result([task("a"), task("b", "a")], {"a": first, "b": last}) == expected


@given(st.lists(st.lists(st.integers(0, 9), max_size=3), min_size=10, max_size=10))
def test_tasks_that_wait_for_earlier_ones_only_never_form_a_circle(above: list[list[int]]) -> None:
    tasks = [
        task(str(number), *{str(one) for one in ones if one < number}) for number, ones in enumerate(above)
    ]
    assert cycle(tasks) == []


def test_circle_is_named_in_its_order() -> None:
    found = cycle([task("a", "c"), task("b", "a"), task("c", "b"), task("d")])
    assert found[0] == found[-1]
    assert set(found) == {"a", "b", "c"}
