"""Tables as the catalog shows them."""

from __future__ import annotations

import json

from databricks.sdk.service.catalog import ColumnTypeName

from tests.local_workspace.target import CATALOG, Target

TABLE = f"{CATALOG}/tables/main.default.t"


def test_table_has_what_clients_read(workspace: Target) -> None:
    workspace.rows(
        "CREATE TABLE main.default.t (id BIGINT NOT NULL COMMENT 'key', tags MAP<STRING, ARRAY<INT>>, "
        "price DECIMAL(10, 2)) COMMENT 'a table' TBLPROPERTIES ('a.b' = 'c')"
    )
    table = workspace.get(TABLE).json()
    assert table["full_name"] == "main.default.t"
    assert (table["table_type"], table["data_source_format"]) == ("MANAGED", "DELTA")
    assert (table["comment"], table["properties"]) == ("a table", {"a.b": "c"})
    assert {"table_id", "owner", "metastore_id", "storage_location", "created_at", "updated_by"} <= set(table)
    key, tags, price = table["columns"]
    assert key.pop("type_json") == '{"name":"id","type":"long","nullable":false,"metadata":{}}'
    assert key == {
        "name": "id",
        "type_text": "bigint",
        "type_name": "LONG",
        "position": 0,
        "nullable": False,
        "comment": "key",
    }
    assert (tags["type_text"], tags["type_name"]) == ("map<string,array<int>>", "MAP")
    assert json.loads(tags["type_json"])["type"]["valueType"]["elementType"] == "integer"
    assert (price["type_text"], price["position"], price["nullable"]) == ("decimal(10,2)", 2, True)
    assert "comment" not in tags


def test_sdk_reads_every_type_name(workspace: Target) -> None:
    types = [
        "BOOLEAN",
        "BYTE",
        "SHORT",
        "INT",
        "LONG",
        "FLOAT",
        "DOUBLE",
        "DATE",
        "TIMESTAMP",
        "STRING",
        "BINARY",
    ]
    columns = ", ".join(f"c{place} {kind}" for place, kind in enumerate(types))
    workspace.rows(f"CREATE TABLE main.default.t ({columns}, s STRUCT<a: INT>, l ARRAY<STRING>)")
    found = [column.type_name for column in workspace.sdk.tables.get("main.default.t").columns or []]
    assert found == [ColumnTypeName(kind) for kind in (*types, "STRUCT", "ARRAY")]


def test_table_id_lives_as_long_as_the_table(workspace: Target) -> None:
    workspace.rows("CREATE TABLE main.default.t (a INT)")
    first = workspace.get(TABLE).json()["table_id"]
    workspace.rows("CREATE OR REPLACE TABLE main.default.t (b INT)")
    workspace.rows("ALTER TABLE main.default.t RENAME TO main.default.u")
    assert workspace.get(f"{CATALOG}/tables/main.default.u").json()["table_id"] == first
    workspace.rows("CREATE TABLE main.default.t (a INT)")
    assert workspace.get(TABLE).json()["table_id"] != first


def test_existence_can_be_asked(workspace: Target) -> None:
    assert workspace.get(f"{TABLE}/exists").json() == {"table_exists": False}
    workspace.rows("CREATE TABLE main.default.t (a INT)")
    assert workspace.sdk.tables.exists("main.default.t").table_exists is True


def test_missing_table_is_404(workspace: Target) -> None:
    answer = workspace.get(TABLE)
    assert answer.status_code == 404
    assert answer.json() == {
        "error_code": "TABLE_DOES_NOT_EXIST",
        "message": "Table 'main.default.t' does not exist.",
        "details": [],
    }


def test_name_without_three_parts_is_refused(workspace: Target) -> None:
    answer = workspace.get(f"{CATALOG}/tables/t")
    assert (answer.status_code, answer.json()["message"]) == (
        400,
        "'t' is not a full table name; write catalog.schema.table",
    )


def test_lists_and_summaries(workspace: Target) -> None:
    workspace.rows("CREATE TABLE main.default.t (a INT)")
    workspace.rows("CREATE VIEW main.default.v AS SELECT a FROM main.default.t")
    assert [table.full_name for table in workspace.sdk.tables.list("main", "default")] == [
        "main.default.t",
        "main.default.v",
    ]
    found = [(one.full_name, one.table_type) for one in workspace.sdk.tables.list_summaries("main")]
    assert [(name, kind.value if kind else None) for name, kind in found] == [
        ("main.default.t", "MANAGED"),
        ("main.default.v", "VIEW"),
    ]
    chosen = workspace.get(f"{CATALOG}/table-summaries", catalog_name="main", table_name_pattern="v%").json()
    assert [one["full_name"] for one in chosen["tables"]] == ["main.default.v"]


def test_view_shows_its_text(workspace: Target) -> None:
    workspace.rows("CREATE VIEW main.default.v (one COMMENT 'first') AS SELECT 1 AS a")
    view = workspace.get(f"{CATALOG}/tables/main.default.v").json()
    assert (view["table_type"], view["view_definition"]) == ("VIEW", "SELECT 1 AS a")
    assert [(column["name"], column["comment"]) for column in view["columns"]] == [("one", "first")]


def test_owner_can_be_changed_and_nothing_else(workspace: Target) -> None:
    workspace.rows("CREATE TABLE main.default.t (a INT)")
    assert workspace.patch(TABLE, {"owner": "somebody"}).status_code == 200
    assert workspace.get(TABLE).json()["owner"] == "somebody"
    assert (
        workspace.patch(TABLE, {"owner": "x", "comment": "no"}).json()["message"] == "unknown field 'comment'"
    )


def test_table_can_be_deleted(workspace: Target) -> None:
    workspace.rows("CREATE TABLE main.default.t (a INT)")
    assert workspace.delete(TABLE).json() == {}
    assert workspace.delete(TABLE).status_code == 404
