import json
from typing import Any

import pytest

from monitoring.operations.stack_state import StackState, StackStateError


def export(*resources: dict[str, Any]) -> str:
    return json.dumps({"version": 3, "deployment": {"resources": list(resources)}})


def test_a_resource_is_known_by_type_and_id() -> None:
    state = StackState.from_export(export({"urn": "urn:a", "type": "t", "id": "1"}))
    assert (state.has("t", "1"), state.has("t", "2"), state.has("u", "1")) == (True, False, False)


def test_a_component_has_a_urn_but_no_id() -> None:
    state = StackState.from_export(export({"urn": "urn:a", "type": "t"}))
    assert (state.urns, state.ids) == (frozenset({"urn:a"}), frozenset())


def test_what_waits_to_be_deleted_is_not_held() -> None:
    state = StackState.from_export(export({"urn": "urn:a", "type": "t", "id": "1", "delete": True}))
    assert state == StackState(frozenset(), frozenset())


@pytest.mark.parametrize("deployment", [{}, {"resources": None}, None])
def test_a_stack_without_resources_is_empty(deployment: object) -> None:
    state = StackState.from_export(json.dumps({"version": 3, "deployment": deployment}))
    assert state == StackState(frozenset(), frozenset())


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"deployment": {"resources": [{}]}}', '{"deployment": 1}'])
def test_what_is_no_export_is_said_to_be_none(text: str) -> None:
    with pytest.raises(StackStateError) as raised:
        StackState.from_export(text)
    assert str(raised.value).startswith("pulumi stack export printed no state (")
