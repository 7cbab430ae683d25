"""Catalogs and the metastore."""

from __future__ import annotations

from typing import Any

from local_workspace.errors import NotFoundError
from local_workspace.server.bodies import Body
from local_workspace.server.paging import page
from local_workspace.server.routing import Request, Route


class NewCatalog(Body):
    """Body of a new catalog."""

    name: str
    comment: str | None = None


def list_catalogs(request: Request) -> dict[str, Any]:
    """All catalogs, by name."""
    return page(request, "catalogs", request.workspace.catalog.catalogs())


def get_catalog(request: Request) -> dict[str, Any]:
    """One catalog."""
    return request.workspace.catalog.catalog(request.parts["catalog"])


def create_catalog(request: Request) -> dict[str, Any]:
    """Make a managed catalog with a schema `default`."""
    body = request.body(NewCatalog)
    return request.workspace.catalog.create_catalog(body["name"], body.get("comment"))


def metastore_assignment(request: Request) -> dict[str, Any]:
    """The metastore of the workspace."""
    store = request.workspace.store
    return {
        "metastore_id": store.metastore_id,
        "workspace_id": store.workspace_id,
        "default_catalog_name": "main",
    }


def metastore_summary(request: Request) -> dict[str, Any]:
    """Name and number of the metastore."""
    return {"metastore_id": request.workspace.store.metastore_id, "name": "local", "cloud": "aws"}


def get_metastore(request: Request) -> dict[str, Any]:
    """The one metastore, by its number."""
    if request.parts["metastore"] != request.workspace.store.metastore_id:
        raise NotFoundError(f"Metastore '{request.parts['metastore']}' does not exist.")
    return metastore_summary(request)


_BASE = "/api/2.1/unity-catalog"

ROUTES = (
    Route(
        "GET",
        f"{_BASE}/catalogs",
        list_catalogs,
        query=("max_results", "page_token", "include_browse", "include_unbound"),
    ),
    Route("POST", f"{_BASE}/catalogs", create_catalog),
    Route("GET", f"{_BASE}/catalogs/{{catalog}}", get_catalog, query=("include_browse",)),
    Route("GET", f"{_BASE}/current-metastore-assignment", metastore_assignment),
    Route("GET", f"{_BASE}/metastore_summary", metastore_summary),
    Route("GET", f"{_BASE}/metastores/{{metastore}}", get_metastore),
)
