"""References in the texts of a task."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from local_workspace.jobs.references import resolved, unknown_references, values

VALUES = values({"a": "1", "b.c": "it's {{job.id}}"}, 7, "a job", 8, ("t", 9))


def test_references_are_replaced_wherever_texts_stand() -> None:
    task = {"x": ["{{job.parameters.a}}-{{ job.id }}"], "y": {"z": "{{task.run_id}}"}, "n": 1, "t": True}
    assert resolved(task, VALUES) == {"x": ["1-7"], "y": {"z": "9"}, "n": 1, "t": True}


def test_a_value_is_not_read_as_a_reference_again() -> None:
    assert resolved("{{job.parameters.b.c}}", VALUES) == "it's {{job.id}}"


def test_references_that_stand_for_nothing_are_named() -> None:
    task = {"x": "{{job.parameters.z}} {{run.id}} {{job.name}} {not one}"}
    assert unknown_references(task, ["a"]) == ["job.parameters.z", "run.id"]


@given(st.text(st.characters(exclude_characters="{}")))
def test_text_without_braces_stays_as_it_is(text: str) -> None:
    assert resolved(text, VALUES) == text
    assert unknown_references({"x": text}, []) == []
