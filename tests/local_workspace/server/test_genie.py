"""Genie spaces: kept in version 2, shown with what Genie would read, not asked."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from local_workspace.workspace import Workspace
from tests.local_workspace.target import USAGE

if TYPE_CHECKING:
    from pathlib import Path

    from tests.local_workspace.target import Target

BASE = "/api/2.0/genie/spaces"
ID = "0123456789abcdef" * 2
CONTENT: dict[str, Any] = {
    "version": 2,
    "config": {"sample_questions": [{"id": ID, "question": ["How much?"]}]},
    "data_sources": {"tables": [{"identifier": USAGE}]},
    "instructions": {"text_instructions": [{"id": ID, "content": ["Filter.\n"]}]},
}


def new(target: Target, content: object = None, **fields: str) -> dict[str, str]:
    text = json.dumps(CONTENT if content is None else content)
    return {"warehouse_id": target.warehouse_id, "serialized_space": text, "title": "Metrics", **fields}


@pytest.fixture
def made(usage: Target) -> dict[str, Any]:
    answer = usage.post(BASE, new(usage, description="d", parent_path="/Shared"))
    assert answer.status_code == 200, answer.json()
    body: dict[str, Any] = answer.json()
    return body


def read(target: Target, space_id: str) -> dict[str, Any]:
    body: dict[str, Any] = target.get(f"{BASE}/{space_id}", include_serialized_space="true").json()
    return body


def test_what_is_made_is_what_is_read(usage: Target, made: dict[str, Any]) -> None:
    assert read(usage, made["space_id"]) == made
    assert json.loads(made["serialized_space"]) == CONTENT
    assert (made["title"], made["description"], made["warehouse_id"]) == ("Metrics", "d", usage.warehouse_id)


def test_content_and_etag_are_shown_on_request_only(usage: Target, made: dict[str, Any]) -> None:
    short = {field: value for field, value in made.items() if field not in {"serialized_space", "etag"}}
    assert usage.get(f"{BASE}/{made['space_id']}").json() == short
    assert usage.get(BASE).json() == {"spaces": [short]}


def test_version_1_is_kept_as_version_2(usage: Target) -> None:
    column = {"column_name": "team", "get_example_values": True, "build_value_dictionary": False}
    table = {"identifier": USAGE, "column_configs": [column]}
    made = usage.post(BASE, new(usage, {"version": 1, "data_sources": {"tables": [table]}})).json()
    renamed = {"column_name": "team", "enable_format_assistance": True, "enable_entity_matching": False}
    assert json.loads(made["serialized_space"]) == {
        "version": 2,
        "data_sources": {"tables": [{"identifier": USAGE, "column_configs": [renamed]}]},
    }


def test_a_change_replaces_the_content_and_gives_a_new_etag(usage: Target, made: dict[str, Any]) -> None:
    content = {"version": 2, "data_sources": {"tables": []}}
    changed = usage.patch(f"{BASE}/{made['space_id']}", {"serialized_space": json.dumps(content)}).json()
    assert json.loads(changed["serialized_space"]) == content
    assert changed["etag"] != made["etag"]
    assert changed["title"] == "Metrics"
    assert read(usage, made["space_id"]) == changed


def test_a_change_of_an_older_state_is_refused(usage: Target, made: dict[str, Any]) -> None:
    path = f"{BASE}/{made['space_id']}"
    changed = usage.patch(path, {"title": "Other", "etag": made["etag"]}).json()
    answer = usage.patch(path, {"title": "Third", "etag": made["etag"]})
    assert (answer.status_code, answer.json()["message"]) == (
        409,
        (
            f"Space {made['space_id']} has changed: its etag is '{changed['etag']}', not '{made['etag']}'; "
            "read it again"
        ),
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ([], "serialized_space: must be a JSON object"),
        ({"version": 3}, "serialized_space: version 3 is not known; expected 1 or 2"),
        (
            {"version": 2, "config": {"sample_questions": [{"id": "A1", "question": []}]}},
            "serialized_space: id 'A1' is not allowed; expected 32 hexadecimal digits in lower case",
        ),
        (
            {"version": 2, "config": {"sample_questions": [{"id": ID, "question": "How much?"}]}},
            "Expected an array for question",
        ),
        (
            {"version": 2, "data_sources": {"tables": [{"identifier": "main.gold.nothing"}]}},
            "serialized_space: table 'main.gold.nothing' does not exist",
        ),
        (
            {"version": 2, "data_sources": {"tables": [{"identifier": "usage"}]}},
            "serialized_space: 'usage' is not a full table name; write catalog.schema.table",
        ),
        (
            {"version": 2, "data_sources": {"tables": {}}},
            "serialized_space: 'data_sources.tables' must be a list of objects",
        ),
    ],
)
def test_what_is_no_space_is_refused_and_nothing_is_made(
    usage: Target, content: object, message: str
) -> None:
    answer = usage.post(BASE, new(usage, content))
    assert (answer.status_code, answer.json()["message"]) == (400, message)
    assert usage.get(BASE).json() == {"spaces": []}


def test_an_unknown_warehouse_is_refused(usage: Target) -> None:
    answer = usage.post(BASE, new(usage, warehouse_id="none"))
    assert (answer.status_code, answer.json()["message"]) == (404, "SQL warehouse none does not exist.")


def test_the_trash_is_not_found(usage: Target, made: dict[str, Any]) -> None:
    path = f"{BASE}/{made['space_id']}"
    assert usage.delete(path).status_code == 200
    for answer in (usage.get(path), usage.patch(path, {"title": "x"}), usage.delete(path)):
        assert (answer.status_code, answer.json()["message"]) == (
            404,
            f"Unable to find space [{made['space_id']}].",
        )


def test_what_genie_would_read_is_shown_as_it_stands_now(usage: Target, made: dict[str, Any]) -> None:
    usage.rows(f"COMMENT ON TABLE {USAGE} IS 'Usage by team'")
    usage.rows(f"COMMENT ON COLUMN {USAGE}.cost IS 'Cost in EUR'")
    path = f"/__local/genie/spaces/{made['space_id']}"
    (table,) = usage.get(path).json()["tables"]
    assert (table["identifier"], table["comment"]) == (USAGE, "Usage by team")
    assert table["columns"] == {"happened_at": None, "team": None, "cost": "Cost in EUR", "quantity": None}
    usage.rows(f"DROP TABLE {USAGE}")
    assert usage.get(path).json()["tables"] == [{"identifier": USAGE, "comment": None, "columns": {}}]


def test_asking_is_not_implemented(usage: Target, made: dict[str, Any]) -> None:
    path = f"{BASE}/{made['space_id']}/start-conversation"
    answer = usage.post(path, {"content": "How much?"})
    assert (answer.status_code, answer.json()["message"]) == (
        501,
        f"The local workspace does not implement POST {path}",
    )


def test_the_sdk_makes_changes_lists_and_trashes(usage: Target) -> None:
    genie = usage.sdk.genie
    made = genie.create_space(usage.warehouse_id, json.dumps(CONTENT), title="x")
    changed = genie.update_space(made.space_id, title="y", etag=made.etag)
    assert (changed.title, changed.serialized_space) == ("y", made.serialized_space)
    assert [space.title for space in genie.list_spaces().spaces or []] == ["y"]
    assert genie.get_space(made.space_id, include_serialized_space=True).etag == changed.etag
    genie.trash_space(made.space_id)
    assert not genie.list_spaces().spaces


def test_a_space_outlives_a_restart(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    made = workspace.genie_spaces.create({"warehouse_id": "w", "serialized_space": '{"version": 2}'})
    workspace.close()
    again = Workspace(tmp_path)
    assert again.genie_spaces.get(made["space_id"], content=True) == made
    again.close()
