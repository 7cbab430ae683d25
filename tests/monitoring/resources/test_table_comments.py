import base64
from typing import Any

import pytest
from pulumi.dynamic.dynamic import ResourceProvider, serialize_provider
from pulumi.runtime import rpc

from monitoring.descriptions import TableText
from monitoring.resources.kept_history import KeptHistoryProvider
from monitoring.resources.table_comments import TableComments, TableCommentsProvider
from tests.monitoring.resources.recording import record

READY: dict[str, Any] = {
    "host": "http://127.0.0.1:1",
    "full_name": "main.out.t",
    "table_comment": "Table",
    "column_comments": {"a": "A"},
    "warehouse_id": "",
    "wait_seconds": 0,
    "state": "ready",
    "missing": [],
}


def wanted(**changes: object) -> dict[str, Any]:
    inputs = {key: value for key, value in READY.items() if key not in {"state", "missing"}}
    return inputs | changes | {"__provider": "pickle"}


@pytest.mark.parametrize(
    ("provider", "pickled"),
    [
        (
            TableCommentsProvider(),
            (
                "gASVRAAAAAAAAACMI21vbml0b3JpbmcucmVzb3VyY2VzLnRhYmxlX2NvbW1lbnRzlIwVVGFibGVDb21tZW50c1By"
                "b3ZpZGVylJOUKYGULg=="
            ),
        ),
        (
            KeptHistoryProvider(),
            (
                "gASVQAAAAAAAAACMIW1vbml0b3JpbmcucmVzb3VyY2VzLmtlcHRfaGlzdG9yeZSME0tlcHRIaXN0b3J5UHJvdmlk"
                "ZXKUk5QpgZQu"
            ),
        ),
    ],
    ids=["comments", "history"],
)
def test_the_provider_is_pickled_by_reference_and_never_changes(
    provider: ResourceProvider, pickled: str
) -> None:
    assert serialize_provider(provider) == pickled
    assert type(provider).__name__.encode() in base64.b64decode(pickled)


def test_the_pickled_provider_is_not_a_secret() -> None:
    recording = record(
        lambda: TableComments("c", host="http://127.0.0.1:1", full_name="a.b.c", comments=TableText("T", {}))
    )
    properties = recording.request("pulumi-python:dynamic/lakehouse:TableComments", "c").object
    assert isinstance(properties["__provider"], str)


def test_the_secret_flag_is_off_for_every_provider() -> None:
    assert TableCommentsProvider.serialize_as_secret_always is False
    assert KeptHistoryProvider.serialize_as_secret_always is False


def test_what_is_in_the_table_as_wanted_is_no_change() -> None:
    result = TableCommentsProvider().diff("main.out.t", READY, wanted())
    assert (result.changes, result.replaces) == (False, [])


@pytest.mark.parametrize(
    "changes",
    [
        {"table_comment": "Other"},
        {"column_comments": {"a": "Other"}},
        {"column_comments": {"a": "A", "b": "B"}},
        {"column_comments": {}},
    ],
    ids=["table", "column", "new column", "column no longer wanted"],
)
def test_another_text_is_an_update(changes: dict[str, Any]) -> None:
    result = TableCommentsProvider().diff("main.out.t", READY, wanted(**changes))
    assert (result.changes, result.replaces) == (True, [])


@pytest.mark.parametrize("state", ["pending", "partial"])
def test_what_was_not_finished_is_an_update_until_it_is(state: str) -> None:
    assert TableCommentsProvider().diff("main.out.t", READY | {"state": state}, wanted()).changes


@pytest.mark.parametrize(("key", "value"), [("host", "http://127.0.0.1:2"), ("full_name", "main.out.other")])
def test_another_table_or_workspace_is_another_resource(key: str, value: str) -> None:
    result = TableCommentsProvider().diff("main.out.t", READY, wanted(**{key: value}))
    assert (result.changes, result.replaces, result.delete_before_replace) == (True, [key], True)


@pytest.mark.parametrize("changes", [{"wait_seconds": 60}, {"warehouse_id": "w2"}])
def test_how_comments_are_written_is_no_change_of_them(changes: dict[str, Any]) -> None:
    assert TableCommentsProvider().diff("main.out.t", READY, wanted(**changes)).changes is False


@pytest.mark.parametrize("changes", [{"table_comment": rpc.UNKNOWN}, {"column_comments": {"a": rpc.UNKNOWN}}])
def test_a_text_that_is_not_known_yet_counts_as_a_change_and_is_not_checked(changes: dict[str, Any]) -> None:
    provider = TableCommentsProvider()
    assert provider.diff("main.out.t", READY, wanted(**changes)).changes
    assert provider.check({}, wanted(**changes)).failures == []


def test_check_normalises_the_texts_and_sorts_the_columns() -> None:
    texts = {"b": " B\r\nsecond line ", "a": "A"}
    result = TableCommentsProvider().check({}, wanted(table_comment=" T ", column_comments=texts))
    assert result.failures == []
    assert result.inputs["table_comment"] == "T"
    assert list(result.inputs["column_comments"].items()) == [("a", "A"), ("b", "B\nsecond line")]


def test_check_names_every_text_that_would_not_be_kept() -> None:
    result = TableCommentsProvider().check(
        {}, wanted(full_name="t", table_comment=" ", column_comments={"a": "x" * 4001})
    )
    assert [(failure.property, failure.reason) for failure in result.failures] == [
        ("full_name", "'t' is not a full table name; give catalog.schema.table"),
        ("the table", "the comment is empty; give a text or leave it out"),
        ("column a", "the comment has 4001 characters; at most 4000 are kept"),
    ]
