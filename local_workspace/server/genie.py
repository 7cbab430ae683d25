"""Genie spaces: kept and shown. Asking is not implemented (501): nothing here answers questions."""

from __future__ import annotations

from typing import Any

from local_workspace.server.bodies import Body
from local_workspace.server.paging import page
from local_workspace.server.routing import Request, Route


class ChangedSpace(Body):
    """Body of a changed space."""

    title: str | None = None
    description: str | None = None
    parent_path: str | None = None
    serialized_space: str | None = None
    warehouse_id: str | None = None
    etag: str | None = None


class NewSpace(Body):
    """Body of a new space."""

    warehouse_id: str
    serialized_space: str
    title: str | None = None
    description: str | None = None
    parent_path: str | None = None


def list_spaces(request: Request) -> dict[str, Any]:
    """All spaces by title, without their content."""
    return page(request, "spaces", request.workspace.genie_spaces.all(), size_parameter="page_size")


def create_space(request: Request) -> dict[str, Any]:
    """Make a space over tables that are there.

    Content of version 1 is kept as version 2, as the service does. Ids are 32 hexadecimal digits, texts are
    lists.
    """
    body = request.body(NewSpace)
    request.workspace.warehouses.get(body["warehouse_id"])
    return request.workspace.genie_spaces.create(body)


def get_space(request: Request) -> dict[str, Any]:
    """A space; its content and etag only with `include_serialized_space=true`."""
    content = request.flag("include_serialized_space")
    return request.workspace.genie_spaces.get(request.parts["space_id"], content=content)


def update_space(request: Request) -> dict[str, Any]:
    """Change a space; new content replaces the old one as a whole, an `etag` must be the present one."""
    body = request.body(ChangedSpace)
    if body.get("warehouse_id"):
        request.workspace.warehouses.get(body["warehouse_id"])
    return request.workspace.genie_spaces.update(request.parts["space_id"], body)


def trash_space(request: Request) -> None:
    """Put a space into the trash; it is not found afterwards."""
    request.workspace.genie_spaces.trash(request.parts["space_id"])


def read_by_genie(request: Request) -> dict[str, Any]:
    """The comments of tables and columns that Genie would read in a space."""
    return {"tables": request.workspace.genie_spaces.read_by_genie(request.parts["space_id"])}


_BASE = "/api/2.0/genie/spaces"

ROUTES = (
    Route("GET", _BASE, list_spaces, query=("page_size", "page_token")),
    Route("POST", _BASE, create_space),
    Route("GET", f"{_BASE}/{{space_id}}", get_space, query=("include_serialized_space",)),
    Route("PATCH", f"{_BASE}/{{space_id}}", update_space),
    Route("DELETE", f"{_BASE}/{{space_id}}", trash_space),
    Route("GET", "/__local/genie/spaces/{space_id}", read_by_genie),
)
