"""Grants on catalogs, schemas and tables."""

from __future__ import annotations

from typing import Any

from local_workspace.grants import Change
from local_workspace.server.bodies import Body
from local_workspace.server.routing import Request, Route


class PermissionsChange(Body):
    """Changes for one principal."""

    principal: str
    add: list[str] | None = None
    remove: list[str] | None = None


class ChangedPermissions(Body):
    """Body of a change."""

    changes: list[PermissionsChange]


def get_permissions(request: Request) -> dict[str, Any]:
    """Grants on a securable, as stored; owners have no rows."""
    rows = request.workspace.grants.get(request.parts["type"], request.parts["name"])
    wanted = request.query.get("principal")
    return _assignments([row for row in rows if wanted is None or row["principal"] == wanted])


def update_permissions(request: Request) -> dict[str, Any]:
    """Add and remove privileges; gives the list afterwards."""
    body = request.body(ChangedPermissions)
    changes = [
        Change(change["principal"], tuple(change.get("add") or ()), tuple(change.get("remove") or ()))
        for change in body["changes"]
    ]
    return _assignments(
        request.workspace.grants.change(request.parts["type"], request.parts["name"], changes)
    )


def effective_permissions(request: Request) -> dict[str, Any]:
    """Grants on a securable and those it inherits from schema and catalog."""
    rows = request.workspace.grants.effective(request.parts["type"], request.parts["name"])
    wanted = request.query.get("principal")
    return _assignments([row for row in rows if wanted is None or row["principal"] == wanted])


def _assignments(rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {"privilege_assignments": rows} if rows else {}


_BASE = "/api/2.1/unity-catalog"
_LIST = ("principal", "max_results", "page_token")

ROUTES = (
    Route("GET", f"{_BASE}/permissions/{{type}}/{{name}}", get_permissions, query=_LIST),
    Route("PATCH", f"{_BASE}/permissions/{{type}}/{{name}}", update_permissions),
    Route("GET", f"{_BASE}/effective-permissions/{{type}}/{{name}}", effective_permissions, query=_LIST),
)
