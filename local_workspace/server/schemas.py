"""Schemas."""

from __future__ import annotations

from typing import Any, Literal

from local_workspace.errors import InvalidParameterError
from local_workspace.names import SchemaName
from local_workspace.server.bodies import Body
from local_workspace.server.paging import page
from local_workspace.server.routing import Request, Route


class NewSchema(Body):
    """Body of a new schema."""

    name: str
    catalog_name: str
    comment: str | None = None
    properties: dict[str, str] | None = None
    storage_root: str | None = None


class ChangedSchema(Body):
    """Body of a changed schema."""

    owner: str | None = None
    comment: str | None = None
    properties: dict[str, str] | None = None
    enable_predictive_optimization: Literal["ENABLE", "DISABLE", "INHERIT"] | None = None


def create_schema(request: Request) -> dict[str, Any]:
    """Make a schema."""
    body = request.body(NewSchema)
    name = SchemaName(body["catalog_name"].lower(), body["name"].lower())
    own = {
        field: body[field]
        for field in ("comment", "properties", "storage_root")
        if body.get(field) is not None
    }
    return request.workspace.catalog.create_schema(name, own)


def list_schemas(request: Request) -> dict[str, Any]:
    """Schemas of a catalog, by name."""
    catalog = request.query.get("catalog_name")
    if not catalog:
        raise InvalidParameterError("query parameter 'catalog_name' is missing")
    return page(request, "schemas", request.workspace.catalog.schemas(catalog))


def get_schema(request: Request) -> dict[str, Any]:
    """One schema."""
    return request.workspace.catalog.schema(request.schema)


def update_schema(request: Request) -> dict[str, Any]:
    """Change owner, comment or properties of a schema; what is left out stays."""
    return request.workspace.catalog.update_schema(request.schema, request.body(ChangedSchema))


def delete_schema(request: Request) -> None:
    """Remove a schema; with `force=true` also its tables."""
    request.workspace.catalog.drop_schema(request.schema, force=request.flag("force"))


_BASE = "/api/2.1/unity-catalog/schemas"

ROUTES = (
    Route("POST", _BASE, create_schema),
    Route("GET", _BASE, list_schemas, query=("catalog_name", "max_results", "page_token", "include_browse")),
    Route("GET", f"{_BASE}/{{schema}}", get_schema, query=("include_browse",)),
    Route("PATCH", f"{_BASE}/{{schema}}", update_schema),
    Route("DELETE", f"{_BASE}/{{schema}}", delete_schema, query=("force",)),
)
