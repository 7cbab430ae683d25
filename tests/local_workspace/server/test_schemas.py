"""Catalogs and schemas."""

from __future__ import annotations

import pytest
from databricks.sdk.errors import NotFound

from tests.local_workspace.target import CATALOG, Target

SCHEMAS = f"{CATALOG}/schemas"


def test_fresh_workspace_has_main_with_a_default_schema(workspace: Target) -> None:
    assert [catalog.name for catalog in workspace.sdk.catalogs.list()] == ["main"]
    assert [schema.full_name for schema in workspace.sdk.schemas.list("main")] == ["main.default"]


def test_new_schema_has_what_clients_read(workspace: Target) -> None:
    body = {"name": "Gold", "catalog_name": "main", "comment": "it's", "properties": {"a": "b"}}
    created = workspace.post(SCHEMAS, body).json()
    assert created["full_name"] == "main.gold"
    assert created["comment"] == "it's"
    assert created["properties"] == {"a": "b"}
    assert {"schema_id", "metastore_id", "owner", "created_at", "created_by", "catalog_type"} <= set(created)
    assert workspace.get(f"{SCHEMAS}/main.gold").json() == created


def test_second_schema_of_a_name_is_409(workspace: Target) -> None:
    answer = workspace.post(SCHEMAS, {"name": "default", "catalog_name": "main"})
    assert answer.status_code == 409
    assert answer.json()["message"] == "Schema 'main.default' already exists"


def test_schema_of_a_missing_catalog_is_404(workspace: Target) -> None:
    answer = workspace.post(SCHEMAS, {"name": "s", "catalog_name": "nothing"})
    assert (answer.status_code, answer.json()["message"]) == (404, "Catalog 'nothing' does not exist.")


@pytest.mark.parametrize("name", ["", "a.b", "a b", "a/b", "x" * 256])
def test_name_that_cannot_be_one_is_refused(workspace: Target, name: str) -> None:
    answer = workspace.post(SCHEMAS, {"name": name, "catalog_name": "main"})
    assert answer.status_code == 400
    assert answer.json()["message"] == (
        f"Invalid schema name '{name}'; a name has 1 to 255 characters and no dot, slash, space or "
        "control character"
    )


def test_patch_changes_what_is_sent_and_keeps_the_rest(workspace: Target) -> None:
    workspace.post(
        SCHEMAS, {"name": "gold", "catalog_name": "main", "comment": "old", "properties": {"a": "b"}}
    )
    changed = workspace.patch(f"{SCHEMAS}/main.gold", {"owner": "somebody"}).json()
    assert (changed["owner"], changed["comment"], changed["properties"]) == ("somebody", "old", {"a": "b"})
    assert workspace.patch(f"{SCHEMAS}/main.gold", {"comment": "new"}).json()["comment"] == "new"


def test_schema_with_tables_is_deleted_only_by_force(workspace: Target) -> None:
    workspace.post(SCHEMAS, {"name": "gold", "catalog_name": "main"})
    for name in ("a", "b"):
        workspace.rows(f"CREATE TABLE main.gold.{name} (x INT)")
    answer = workspace.delete(f"{SCHEMAS}/main.gold")
    assert answer.status_code == 400
    assert answer.json()["message"] == (
        "Schema 'main.gold' is not empty. The schema has 2 tables(s), 0 functions(s), 0 volumes(s)"
    )
    assert workspace.delete(f"{SCHEMAS}/main.gold", force="true").status_code == 200
    assert workspace.get(f"{SCHEMAS}/main.gold").status_code == 404
    assert workspace.get(f"{CATALOG}/tables/main.gold.a").status_code == 404


def test_schema_made_anew_has_another_id(workspace: Target) -> None:
    ids = []
    for _ in range(2):
        ids.append(workspace.post(SCHEMAS, {"name": "gold", "catalog_name": "main"}).json()["schema_id"])
        workspace.delete(f"{SCHEMAS}/main.gold")
    assert ids[0] != ids[1]


def test_missing_schema_is_404(workspace: Target) -> None:
    answer = workspace.get(f"{SCHEMAS}/main.nowhere")
    assert (answer.status_code, answer.json()["error_code"]) == (404, "SCHEMA_DOES_NOT_EXIST")
    with pytest.raises(NotFound, match=r"Schema 'main\.nowhere' does not exist\."):
        workspace.sdk.schemas.delete("main.nowhere")


def test_new_catalog_can_be_filled(workspace: Target) -> None:
    assert workspace.post(f"{CATALOG}/catalogs", {"name": "dev", "comment": "c"}).json()["comment"] == "c"
    workspace.rows("CREATE SCHEMA dev.gold COMMENT 'made by SQL'")
    assert workspace.get(f"{SCHEMAS}/dev.gold").json()["comment"] == "made by SQL"
    assert [schema.name for schema in workspace.sdk.schemas.list("dev")] == ["default", "gold"]


def test_pages_end_where_the_list_ends(workspace: Target) -> None:
    for name in "abc":
        workspace.post(SCHEMAS, {"name": name, "catalog_name": "main"})
    first = workspace.get(SCHEMAS, catalog_name="main", max_results="3").json()
    assert [schema["name"] for schema in first["schemas"]] == ["a", "b", "c"]
    last = workspace.get(
        SCHEMAS, catalog_name="main", max_results="3", page_token=first["next_page_token"]
    ).json()
    assert [schema["name"] for schema in last["schemas"]] == ["default"]
    assert "next_page_token" not in last
