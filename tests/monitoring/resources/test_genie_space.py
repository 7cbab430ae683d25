"""The Genie space as a resource: under mocks, as a provider on a local workspace, and its pickle."""

from __future__ import annotations

import base64
import json
import runpy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pulumi.dynamic.dynamic import serialize_provider
from pulumi.runtime import rpc

from local_workspace.workspace import Workspace
from monitoring.domains import DOMAINS
from monitoring.genie import canonical, serialized_space
from monitoring.resources import genie_space
from monitoring.resources.genie_space import GenieSpaceProvider
from tests.local_workspace.target import in_process
from tests.monitoring.resources.recording import Recording, record
from tests.monitoring.workspace_stub import WorkspaceStub, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pulumi.dynamic import CreateResult, ReadResult, UpdateResult

    from tests.local_workspace.target import Target

PROGRAM = Path(__file__).parents[3] / "__main__.py"
SPACE = "pulumi-python:dynamic/lakehouse:GenieSpace"
PICKLED = (
    "gASVPgAAAAAAAACMIG1vbml0b3JpbmcucmVzb3VyY2VzLmdlbmllX3NwYWNllIwSR2VuaWVTcGFjZVByb3ZpZGVylJOUKYGULg=="
)
Properties = dict[str, Any]


@pytest.fixture(scope="module")
def host() -> Iterator[str]:
    with serving(WorkspaceStub()) as url:
        yield url


def run(host: str, **configuration: str) -> Recording:
    values = {"catalog": "main", "gold_schema": "gold", "host": host} | configuration
    return record(lambda: runpy.run_path(str(PROGRAM)), configuration=values)


def test_a_stack_that_does_not_ask_for_it_has_none(host: str) -> None:
    assert SPACE not in {type_ for type_, _ in run(host, warehouse_id="w").names}


def test_it_holds_the_generated_content_and_comes_after_the_comments(host: str) -> None:
    recording = run(host, warehouse_id="w", genie_space="true", domains='["quality"]')
    (quality,) = [domain for domain in DOMAINS if domain.name == "quality"]
    inputs = recording.inputs(SPACE, "genie-space")
    assert inputs == {
        "host": host,
        "parent_path": "/Workspace/Shared/monitoring/main/gold",
        "title": "Lakehouse monitors: main.gold",
        "description": "Metrics of the tables of main.gold and how they change.",
        "warehouse_id": "w",
        "serialized_space": serialized_space((quality,), "main.gold_monitoring"),
    }
    dependencies = {urn.split("::")[-1] for urn in recording.request(SPACE, "genie-space").dependencies}
    assert {"quality-profile-comments", "quality-drift-comments"} <= dependencies


def test_the_provider_is_pickled_by_reference_and_is_no_secret() -> None:
    assert serialize_provider(GenieSpaceProvider()) == PICKLED
    assert b"GenieSpaceProvider" in base64.b64decode(PICKLED)
    assert GenieSpaceProvider.serialize_as_secret_always is False


A, B = "main.default.a", "main.default.b"


def content(*tables: str, question: str = "How much?") -> str:
    return json.dumps(
        {
            "version": 2,
            "config": {"sample_questions": [{"id": "0" * 32, "question": [question]}]},
            "data_sources": {"tables": [{"identifier": table} for table in tables]},
        }
    )


@pytest.fixture
def target(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Target]:
    with in_process(Workspace(tmp_path / "state")) as target:
        monkeypatch.setattr(genie_space, "connect", lambda _host: target.sdk)
        target.rows(f"CREATE TABLE {A} (x INT)")
        yield target


def wanted(target: Target, **changes: object) -> Properties:
    inputs = {
        "host": "http://127.0.0.1:1",
        "parent_path": "/Shared",
        "title": "Metrics",
        "description": "About",
        "warehouse_id": target.warehouse_id,
        "serialized_space": content(A),
    }
    return {**inputs, **changes, "__provider": "pickle"}


def outputs(result: CreateResult | UpdateResult | ReadResult) -> Properties:
    assert result.outs is not None
    return result.outs


def titles(target: Target) -> list[str]:
    return [space.title for space in target.sdk.genie.list_spaces().spaces or []]


def test_what_is_made_is_ready_and_no_change_also_after_a_refresh(target: Target) -> None:
    provider, inputs = GenieSpaceProvider(), wanted(target)
    made = outputs(provider.create(inputs))
    assert (made["state"], titles(target)) == ("ready", ["Metrics"])
    assert not provider.diff("id", made, inputs).changes
    read = provider.read("id", made)
    assert outputs(read) == made
    assert read.inputs is not None
    assert read.inputs.keys() == inputs.keys() - {"__provider"}
    assert not provider.diff("id", outputs(read), inputs).changes


def test_without_any_table_it_is_pending_and_made_later(target: Target) -> None:
    provider, inputs = GenieSpaceProvider(), wanted(target, serialized_space=content(B))
    pending = outputs(provider.create(inputs))
    assert (pending["state"], pending["space_id"], titles(target)) == ("pending", "", [])
    assert outputs(provider.read("id", pending)) == pending
    assert provider.diff("id", pending, inputs).changes
    target.rows(f"CREATE TABLE {B} (x INT)")
    made = outputs(provider.update("id", pending, inputs))
    assert (made["state"], titles(target)) == ("ready", ["Metrics"])


def test_a_missing_table_leaves_it_partial_until_it_is_there(target: Target) -> None:
    provider, inputs = GenieSpaceProvider(), wanted(target, serialized_space=content(A, B))
    partial = outputs(provider.create(inputs))
    assert partial["state"] == "partial"
    assert canonical(partial["serialized_space"]) == canonical(content(A))
    assert provider.diff("id", outputs(provider.read("id", partial)), inputs).changes
    target.rows(f"CREATE TABLE {B} (x INT)")
    ready = outputs(provider.update("id", partial, inputs))
    assert (ready["state"], ready["space_id"]) == ("ready", partial["space_id"])
    assert not provider.diff("id", ready, inputs).changes


def test_a_change_by_hand_is_seen_and_repaired_in_place(target: Target) -> None:
    provider, inputs = GenieSpaceProvider(), wanted(target)
    made = outputs(provider.create(inputs))
    target.sdk.genie.update_space(made["space_id"], serialized_space=content(A, question="Other?"))
    seen = outputs(provider.read("id", made))
    assert provider.diff("id", seen, inputs).changes
    repaired = outputs(provider.update("id", seen, inputs))
    assert repaired["space_id"] == made["space_id"]
    assert canonical(repaired["serialized_space"]) == canonical(content(A))


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "Other"},
        {"description": "Other"},
        {"serialized_space": content(A, question="Other?")},
        {"warehouse_id": "other"},
        {"serialized_space": rpc.UNKNOWN},
    ],
    ids=["title", "description", "content", "warehouse", "unknown"],
)
def test_what_is_wanted_differently_is_an_update(target: Target, changes: Properties) -> None:
    provider = GenieSpaceProvider()
    made = outputs(provider.create(wanted(target)))
    result = provider.diff("id", made, wanted(target, **changes))
    assert result.changes
    assert not result.replaces


@pytest.mark.parametrize("key", ["host", "parent_path"])
def test_another_place_is_another_space(target: Target, key: str) -> None:
    provider = GenieSpaceProvider()
    made = outputs(provider.create(wanted(target)))
    result = provider.diff("id", made, wanted(target, **{key: "/other"}))
    assert (result.changes, result.replaces, result.delete_before_replace) == (True, [key], True)


def test_a_space_in_the_trash_is_gone(target: Target) -> None:
    provider = GenieSpaceProvider()
    made = outputs(provider.create(wanted(target)))
    provider.delete("id", made)
    provider.delete("id", made)
    gone = provider.read("id", made)
    assert (gone.id, gone.outs, titles(target)) == ("", {}, [])


def test_a_space_whose_answer_was_lost_is_found_again(target: Target) -> None:
    provider, inputs = GenieSpaceProvider(), wanted(target)
    lost = outputs(provider.create(inputs))
    found = outputs(provider.create(inputs))
    assert (found["space_id"], titles(target)) == (lost["space_id"], ["Metrics"])


def test_a_space_of_the_same_title_over_other_tables_is_left_alone(target: Target) -> None:
    target.rows(f"CREATE TABLE {B} (x INT)")
    target.sdk.genie.create_space(target.warehouse_id, content(B), title="Metrics")
    GenieSpaceProvider().create(wanted(target))
    assert titles(target) == ["Metrics", "Metrics"]


def test_content_that_is_none_is_refused_before_anything_is_sent(target: Target) -> None:
    result = GenieSpaceProvider().check({}, wanted(target, serialized_space="[]"))
    assert [(failure.property, failure.reason) for failure in result.failures] == [
        ("serialized_space", "is no space: a space is a JSON object")
    ]
    assert GenieSpaceProvider().check({}, wanted(target)).failures == []
