"""A monitor moves from one API to the other: imported here, let go there, never deleted."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import pulumi
import pytest
from databricks.sdk.clock import RealClock

from monitoring.api import Api
from monitoring.operations.connection import connect
from monitoring.resources.moving import Move, PreviousState, find_move
from tests.monitoring.resources.domain_monitors import (
    COMPONENT_URN,
    LEGACY,
    LEGACY_URN,
    V1,
    V1_URN,
    arguments,
    recorded,
)
from tests.monitoring.resources.recording import record
from tests.monitoring.workspace_stub import StubTable, WorkspaceStub, serving

KEPT_BY_LEGACY = {"api": "legacy", "monitor_id": "main.gold.fact_usage"}
KEPT_BY_V1 = {"api": "v1", "monitor_id": "missing ID"}
UUID = "id-of-main.gold.fact_usage"


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A workspace that knows the UUID of the table."""
    stub = WorkspaceStub()
    stub.tables["main.gold.fact_usage"] = StubTable()
    monkeypatch.setenv("DATABRICKS_TOKEN", "token")
    monkeypatch.setenv("DATABRICKS_CONFIG_FILE", "/dev/null")
    with serving(stub) as url:
        yield url
    connect.cache_clear()


def state(component: dict[str, Any], *resources: str) -> dict[str, dict[str, Any]]:
    """Outputs by URN of a state with the component and these resources."""
    return {COMPONENT_URN: component, **{urn: {} for urn in resources}}


def found(component: dict[str, Any], other: str, own: Api) -> Move | None:
    """The move that a state asks for."""
    moves: list[Move | None] = []

    def program() -> None:
        previous = PreviousState(state(component, other))
        moves.append(find_move(previous, COMPONENT_URN, other, own, lambda: "id to import"))

    record(program)
    return moves[0]


def test_a_state_that_the_engine_is_just_writing_is_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RealClock, "sleep", lambda *_: None)
    written = SimpleNamespace(value={"outputs": {LEGACY_URN: {"outputs": {"id": "1"}}}})
    half_written = Exception("invoke failed: failed to load checkpoint: EOF")
    monkeypatch.setattr("pulumi.runtime.invoke", Mock(side_effect=[half_written, written]))
    assert PreviousState.read().outputs == {LEGACY_URN: {"id": "1"}}


def test_a_monitor_moves_to_v1_as_an_import_and_the_old_resource_is_only_read(host: str) -> None:
    previous = state(KEPT_BY_LEGACY, LEGACY_URN)
    recording = recorded(arguments(api=Api.V1, host=host), previous=previous)
    assert recording.request(V1, "cost").importId == f"table,{UUID}"
    assert LEGACY not in [type_ for type_, _ in recording.names]
    (read,) = recording.reads
    assert (read.type, read.name, read.id, read.parent) == (
        LEGACY,
        "cost",
        "main.gold.fact_usage",
        COMPONENT_URN,
    )
    assert recording.outputs[COMPONENT_URN]["let_go"] == "legacy"


def test_a_monitor_moves_to_the_legacy_api_under_the_id_that_the_state_has(host: str) -> None:
    previous = state(KEPT_BY_V1, V1_URN)
    recording = recorded(arguments(api=Api.LEGACY, host=host), previous=previous)
    assert recording.request(LEGACY, "cost").importId == "main.gold.fact_usage"
    (read,) = recording.reads
    assert (read.type, read.id) == (V1, "missing ID")
    assert recording.outputs[COMPONENT_URN]["let_go"] == "v1"


def test_the_old_resource_is_let_go_only_when_the_new_one_is_there(host: str) -> None:
    recording = recorded(arguments(api=Api.V1, host=host), previous=state(KEPT_BY_LEGACY, LEGACY_URN))
    (read,) = recording.reads
    assert V1_URN in read.dependencies


@pytest.mark.parametrize("api", list(Api))
def test_a_stack_that_does_not_move_imports_and_reads_nothing(api: Api) -> None:
    kept, own, type_ = (KEPT_BY_LEGACY, LEGACY_URN, LEGACY) if api is Api.LEGACY else (KEPT_BY_V1, V1_URN, V1)
    recording = recorded(arguments(api=api), previous=state(kept, own))
    assert recording.request(type_, "cost").importId == ""
    assert recording.reads == []
    assert "let_go" not in recording.outputs[COMPONENT_URN]


def test_a_new_stack_imports_nothing() -> None:
    recording = recorded(arguments(api=Api.V1))
    assert (recording.request(V1, "cost").importId, recording.reads) == ("", [])


def test_after_a_move_the_old_resource_is_neither_declared_nor_read_and_still_remembered() -> None:
    previous = state({**KEPT_BY_V1, "let_go": "legacy"}, V1_URN, LEGACY_URN)
    recording = recorded(arguments(api=Api.V1), previous=previous)
    assert recording.request(V1, "cost").importId == ""
    assert recording.reads == []
    assert recording.outputs[COMPONENT_URN]["let_go"] == "legacy"


def test_a_move_is_forgotten_once_the_old_resource_is_out_of_the_state() -> None:
    previous = state({**KEPT_BY_V1, "let_go": "legacy"}, V1_URN)
    outputs = recorded(arguments(api=Api.V1), previous=previous).outputs[COMPONENT_URN]
    assert "let_go" not in outputs


def test_an_interrupted_move_goes_on_where_it_was() -> None:
    assert found(KEPT_BY_LEGACY, LEGACY_URN, Api.V1) == Move("id to import", "main.gold.fact_usage")


def test_a_move_right_back_is_protected_until_the_next_deployment(host: str) -> None:
    previous = state({**KEPT_BY_V1, "let_go": "legacy"}, V1_URN, LEGACY_URN)
    recording = recorded(arguments(api=Api.LEGACY, host=host), previous=previous)
    request = recording.request(LEGACY, "cost")
    assert (request.importId, request.protect) == ("main.gold.fact_usage", True)


def test_a_move_that_was_interrupted_cannot_be_taken_back_unnoticed() -> None:
    with pytest.raises(pulumi.RunError) as raised:
        found(KEPT_BY_LEGACY, V1_URN, Api.LEGACY)
    assert str(raised.value) == (
        "cost: the state has the monitor twice, because a move to api 'v1' was interrupted; "
        "set api to 'v1' to go on with it, or take it back, which changes nothing on the workspace:\n"
        f"  pulumi state delete '{V1_URN}' --stack local --yes"
    )


def test_a_state_that_does_not_name_the_monitor_is_completed_first() -> None:
    with pytest.raises(pulumi.RunError) as raised:
        found({}, LEGACY_URN, Api.V1)
    assert str(raised.value) == (
        "cost: the state does not say that a deployment with api 'legacy' was completed; "
        "run pulumi up once more with api 'legacy', then change it"
    )
