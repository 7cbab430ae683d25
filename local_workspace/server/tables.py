"""Tables and views: read only, but for the owner; everything else about them goes through SQL."""

from __future__ import annotations

from typing import Any

from local_workspace.errors import InvalidParameterError
from local_workspace.names import SchemaName, TableName
from local_workspace.server.bodies import Body
from local_workspace.server.paging import page
from local_workspace.server.routing import Request, Route


class ChangedTable(Body):
    """Body of a changed table."""

    owner: str


def list_tables(request: Request) -> dict[str, Any]:
    """Tables and views of a schema, by name."""
    schema = SchemaName(_required(request, "catalog_name"), _required(request, "schema_name"))
    tables = [table for table in request.workspace.catalog.tables(schema) if _seen(request, table)]
    if request.flag("omit_columns"):
        tables = [{field: value for field, value in table.items() if field != "columns"} for table in tables]
    return page(request, "tables", tables)


def list_summaries(request: Request) -> dict[str, Any]:
    """Names and kinds of the tables of a catalog."""
    name = _required(request, "catalog_name")
    catalog = request.workspace.catalog
    tables = [
        {"full_name": table["full_name"], "table_type": table["table_type"]}
        for schema in catalog.schemas(name)
        for table in catalog.tables(SchemaName(name, schema["name"]))
        if _seen(request, table)
        and _like(schema["name"], request.query.get("schema_name_pattern"))
        and _like(table["name"], request.query.get("table_name_pattern"))
    ]
    return page(request, "tables", tables)


def get_table(request: Request) -> dict[str, Any]:
    """One table with its columns and their comments."""
    return request.workspace.catalog.table(request.table)


def table_exists(request: Request) -> dict[str, Any]:
    """Whether a table is there."""
    return {"table_exists": request.workspace.catalog.exists(request.table)}


def update_table(request: Request) -> None:
    """Change the owner of a table; comments go through SQL."""
    request.workspace.catalog.set_table_owner(request.table, request.body(ChangedTable)["owner"])


def delete_table(request: Request) -> None:
    """Drop a table or view."""
    request.workspace.catalog.drop_table(request.table)


def _seen(request: Request, table: dict[str, Any]) -> bool:
    return request.permissions.see(TableName.parse(table["full_name"]))


def _required(request: Request, name: str) -> str:
    value = request.query.get(name)
    if not value:
        raise InvalidParameterError(f"query parameter '{name}' is missing")
    return value.lower()


def _like(name: str, pattern: str | None) -> bool:
    """Whether a name fits a LIKE pattern of `%` and `_`."""
    if not pattern:
        return True
    import re  # noqa: PLC0415 - loaded when it is needed

    expression = "".join({"%": ".*", "_": "."}.get(character, re.escape(character)) for character in pattern)
    return re.fullmatch(expression, name, re.IGNORECASE) is not None


_BASE = "/api/2.1/unity-catalog/tables"
_READ = ("include_browse", "include_delta_metadata", "include_manifest_capabilities")

ROUTES = (
    Route(
        "GET",
        _BASE,
        list_tables,
        query=(
            "catalog_name",
            "schema_name",
            "max_results",
            "page_token",
            "omit_columns",
            "omit_properties",
            "omit_username",
            *_READ,
        ),
    ),
    Route(
        "GET",
        "/api/2.1/unity-catalog/table-summaries",
        list_summaries,
        query=(
            "catalog_name",
            "schema_name_pattern",
            "table_name_pattern",
            "max_results",
            "page_token",
            "include_manifest_capabilities",
        ),
    ),
    Route("GET", f"{_BASE}/{{table}}", get_table, query=_READ),
    Route("GET", f"{_BASE}/{{table}}/exists", table_exists),
    Route("PATCH", f"{_BASE}/{{table}}", update_table),
    Route("DELETE", f"{_BASE}/{{table}}", delete_table),
)
