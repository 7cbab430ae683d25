"""Unity Catalog through the SDK: who and where, catalogs, schemas, tables, grants."""

from __future__ import annotations

import pytest
from databricks.sdk.errors import NotFound
from databricks.sdk.service import catalog

from tests.local_workspace.contract.lifecycle import contract
from tests.local_workspace.target import USAGE, Target, make_usage_table, sdk_client

UNITY = "/api/2.1/unity-catalog"
PERMISSIONS = f"{UNITY}/permissions/{{type}}/{{name}}"
OWNER = "local.user@example.com"


@contract("GET /.well-known/databricks-config", "GET /api/2.0/preview/scim/v2/Me")
def identity(target: Target) -> None:
    """A new client finds out where it is, and who it is."""
    client = sdk_client(str(target.raw.base_url))
    assert client.current_user.me().user_name == OWNER
    assert client.get_workspace_id() > 0


@contract(
    f"GET {UNITY}/catalogs",
    f"POST {UNITY}/catalogs",
    f"GET {UNITY}/catalogs/{{catalog}}",
    f"GET {UNITY}/current-metastore-assignment",
    f"GET {UNITY}/metastore_summary",
    f"GET {UNITY}/metastores/{{metastore}}",
)
def catalogs_and_the_metastore(target: Target) -> None:
    """A catalog is made and found in the one metastore."""
    made = target.sdk.catalogs.create("sales", comment="for tests")
    assert target.sdk.catalogs.get("sales").comment == "for tests"
    assert {"main", "sales"} <= {one.name for one in target.sdk.catalogs.list()}
    assignment = target.sdk.metastores.current()
    assert assignment.metastore_id == made.metastore_id
    assert target.sdk.metastores.summary().metastore_id == assignment.metastore_id
    assert target.sdk.metastores.get(assignment.metastore_id).metastore_id == assignment.metastore_id


@contract(
    f"POST {UNITY}/schemas",
    f"GET {UNITY}/schemas",
    f"GET {UNITY}/schemas/{{schema}}",
    f"PATCH {UNITY}/schemas/{{schema}}",
    f"DELETE {UNITY}/schemas/{{schema}}",
)
def schemas(target: Target) -> None:
    """A schema is made, listed, changed and removed."""
    made = target.sdk.schemas.create("gold", "main", properties={"a": "b"})
    assert made.full_name == "main.gold"
    assert "gold" in {schema.name for schema in target.sdk.schemas.list("main")}
    target.sdk.schemas.update("main.gold", comment="changed")
    shown = target.sdk.schemas.get("main.gold")
    assert (shown.comment, shown.properties, shown.owner) == ("changed", {"a": "b"}, OWNER)
    target.sdk.schemas.delete("main.gold", force=True)
    with pytest.raises(NotFound):
        target.sdk.schemas.get("main.gold")


@contract(
    f"GET {UNITY}/tables",
    f"GET {UNITY}/table-summaries",
    f"GET {UNITY}/tables/{{table}}",
    f"GET {UNITY}/tables/{{table}}/exists",
    f"PATCH {UNITY}/tables/{{table}}",
    f"DELETE {UNITY}/tables/{{table}}",
)
def tables(target: Target) -> None:
    """A table is listed, described, given to another owner and dropped."""
    make_usage_table(target)
    sdk = target.sdk.tables
    assert [table.full_name for table in sdk.list("main", "gold")] == [USAGE]
    assert USAGE in {table.full_name for table in sdk.list_summaries("main")}
    columns = sdk.get(USAGE).columns or []
    assert columns[0].type_name is catalog.ColumnTypeName.TIMESTAMP
    sdk.update(USAGE, owner="analysts")
    assert sdk.get(USAGE).owner == "analysts"
    assert sdk.exists(USAGE).table_exists
    sdk.delete(USAGE)
    with pytest.raises(NotFound):
        sdk.get(USAGE)


@contract(
    f"GET {PERMISSIONS}",
    f"PATCH {PERMISSIONS}",
    f"GET {UNITY}/effective-permissions/{{type}}/{{name}}",
)
def grants(target: Target) -> None:
    """A privilege on a schema is granted and inherited by its table."""
    make_usage_table(target)
    change = catalog.PermissionsChange(add=[catalog.Privilege.SELECT], principal="analysts")
    target.sdk.grants.update("schema", "main.gold", changes=[change])
    (row,) = target.sdk.grants.get("schema", "main.gold").privilege_assignments or []
    assert (row.principal, row.privileges) == ("analysts", [catalog.Privilege.SELECT])
    effective = target.sdk.grants.get_effective("table", USAGE, principal="analysts")
    (inherited,) = (effective.privilege_assignments or [])[0].privileges or []
    assert (inherited.privilege, inherited.inherited_from_name) == (catalog.Privilege.SELECT, "main.gold")
