"""Views and grants on single tables, on a local workspace: what is missing is made, the rest left alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from databricks.sdk.errors import PermissionDenied

from local_workspace.workspace import Workspace
from monitoring.operations.sharing import Shared, Sharing, WantedView
from monitoring.operations.statements import find_warehouse
from tests.local_workspace.target import CATALOG, Target, in_process

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TABLE, VIEW = "main.default.profile", "main.default.totals"
GRANTS = f"{CATALOG}/permissions/table"


def view(fingerprint: str, text: str = "SELECT a FROM main.default.profile") -> dict[str, WantedView]:
    statement = (
        f"CREATE OR REPLACE VIEW {VIEW} "
        f"TBLPROPERTIES ('lakehouse_monitors.fingerprint' = '{fingerprint}') AS {text}"
    )
    return {VIEW: WantedView(TABLE, fingerprint, statement)}


@pytest.fixture
def target(tmp_path: Path) -> Iterator[Target]:
    with in_process(Workspace(tmp_path / "state")) as target:
        yield target


@pytest.fixture
def sharing(target: Target) -> Sharing:
    return Sharing(target.sdk, lambda: find_warehouse(target.sdk))


def holders(target: Target, name: str) -> dict[str, list[str]]:
    rows = target.get(f"{GRANTS}/{name}").json().get("privilege_assignments", [])
    return {row["principal"]: row["privileges"] for row in rows}


def test_nothing_is_made_before_the_table_is_there(target: Target, sharing: Sharing) -> None:
    assert sharing.reconcile(view("1"), [VIEW], ["a"], {}) == Shared({}, {})
    assert target.get(f"{CATALOG}/tables/{VIEW}").status_code == 404


def test_a_view_is_made_and_shared_with_its_readers_alone(target: Target, sharing: Sharing) -> None:
    target.rows(f"CREATE TABLE {TABLE} (a INT)")
    shared = sharing.reconcile(view("1"), [VIEW], ["a", "b"], {})
    assert shared == Shared({VIEW: "1"}, {VIEW: ("a", "b")})
    assert holders(target, VIEW) == {"a": ["SELECT"], "b": ["SELECT"]}
    assert holders(target, TABLE) == {}


def test_doing_it_again_changes_nothing(target: Target, sharing: Sharing) -> None:
    target.rows(f"CREATE TABLE {TABLE} (a INT)")
    first = sharing.reconcile(view("1"), [VIEW, TABLE], ["a"], {})
    target.delete("/__local/requests")
    assert sharing.reconcile(view("1"), [VIEW, TABLE], ["a"], first.readers) == first
    assert {entry["method"] for entry in target.get("/__local/requests").json()["requests"]} == {"GET"}


def test_a_view_that_differs_is_replaced_and_keeps_its_grants(target: Target, sharing: Sharing) -> None:
    target.rows(f"CREATE TABLE {TABLE} (a INT, b INT)")
    sharing.reconcile(view("1"), [VIEW], ["a"], {})
    shared = sharing.reconcile(view("2", f"SELECT b FROM {TABLE}"), [VIEW], ["a"], {})
    assert shared == Shared({VIEW: "2"}, {VIEW: ("a",)})
    assert list(target.column_comments(VIEW)) == ["b"]


def test_a_view_that_somebody_else_made_has_no_fingerprint(target: Target, sharing: Sharing) -> None:
    target.rows(f"CREATE TABLE {TABLE} (a INT)")
    target.rows(f"CREATE VIEW {VIEW} AS SELECT 1 AS x")
    assert sharing.observe([VIEW], [], []).views == {VIEW: ""}
    assert sharing.reconcile(view("1"), [], [], {}).views == {VIEW: "1"}


def test_who_is_no_longer_named_loses_select_and_nothing_else(target: Target, sharing: Sharing) -> None:
    target.rows(f"CREATE TABLE {TABLE} (a INT)")
    first = sharing.reconcile({}, [TABLE], ["a", "b"], {})
    target.patch(f"{GRANTS}/{TABLE}", {"changes": [{"principal": "a", "add": ["MODIFY"]}]})
    sharing.reconcile({}, [TABLE], ["b"], first.readers)
    assert holders(target, TABLE) == {"a": ["MODIFY"], "b": ["SELECT"]}


def test_a_table_that_is_no_longer_shared_is_taken_back(target: Target, sharing: Sharing) -> None:
    target.rows(f"CREATE TABLE {TABLE} (a INT)")
    first = sharing.reconcile({}, [TABLE], ["a"], {})
    sharing.reconcile(view("1"), [VIEW], ["a"], first.readers)
    assert (holders(target, TABLE), holders(target, VIEW)) == ({}, {"a": ["SELECT"]})


def test_grants_of_others_are_neither_seen_nor_touched(target: Target, sharing: Sharing) -> None:
    target.rows(f"CREATE TABLE {TABLE} (a INT)")
    target.patch(f"{GRANTS}/{TABLE}", {"changes": [{"principal": "other", "add": ["SELECT"]}]})
    shared = sharing.reconcile({}, [TABLE], ["a"], {})
    assert shared.readers == {TABLE: ("a",)}
    sharing.revoke(shared.readers)
    assert holders(target, TABLE) == {"other": ["SELECT"]}


def test_revoking_from_what_is_gone_is_fine(sharing: Sharing) -> None:
    sharing.revoke({TABLE: ("a",)})
    assert sharing.observe([VIEW], [TABLE], ["a"]) == Shared({}, {})


def test_a_reader_reads_what_is_shared_and_nothing_else_and_others_read_nothing(
    target: Target, sharing: Sharing
) -> None:
    target.rows(f"CREATE TABLE {TABLE} (a INT)")
    for principal in ("reader", "other"):
        for kind, name, privilege in (
            ("catalog", "main", "USE_CATALOG"),
            ("schema", "main.default", "USE_SCHEMA"),
        ):
            change = {"changes": [{"principal": principal, "add": [privilege]}]}
            target.patch(f"{CATALOG}/permissions/{kind}/{name}", change)
    sharing.reconcile(view("1"), [VIEW], ["reader"], {})
    reader, other = target.principal("reader"), target.principal("other")
    assert reader.rows(f"SELECT a FROM {VIEW}") == []
    for client, name in ((reader, TABLE), (other, TABLE), (other, VIEW)):
        with pytest.raises(PermissionDenied, match=f"does not have SELECT on Table '{name}'"):
            client.statement(f"SELECT a FROM {name}")
