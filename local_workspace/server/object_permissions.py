"""Permissions on jobs, warehouses, dashboards and other objects of the workspace."""

from __future__ import annotations

from typing import Any

from local_workspace.server.bodies import Body
from local_workspace.server.routing import Request, Route


class AccessControl(Body):
    """A row: one principal and its level."""

    user_name: str | None = None
    group_name: str | None = None
    service_principal_name: str | None = None
    permission_level: str


class AccessControlList(Body):
    """Body of a replacement; without a list, no rows are left."""

    access_control_list: list[AccessControl] | None = None


def get_object_permissions(request: Request) -> dict[str, Any]:
    """Direct rows of an object, as put; nothing is inherited here."""
    return request.workspace.object_permissions.get(request.parts["kind"], request.parts["id"])


def set_object_permissions(request: Request) -> dict[str, Any]:
    """Replace all direct rows of an object; gives the list afterwards.

    Who made the object keeps a row of its own; a job needs its owner among the rows.
    """
    rows = request.body(AccessControlList).get("access_control_list") or []
    return request.workspace.object_permissions.replace(request.parts["kind"], request.parts["id"], rows)


def get_sql_permissions(request: Request) -> dict[str, Any]:
    """The same for kinds under `sql/`: warehouses."""
    kind = f"sql/{request.parts['kind']}"
    return request.workspace.object_permissions.get(kind, request.parts["id"])


def set_sql_permissions(request: Request) -> dict[str, Any]:
    """The same for kinds under `sql/`: warehouses."""
    rows = request.body(AccessControlList).get("access_control_list") or []
    kind = f"sql/{request.parts['kind']}"
    return request.workspace.object_permissions.replace(kind, request.parts["id"], rows)


_BASE = "/api/2.0/permissions"

ROUTES = (
    Route("GET", f"{_BASE}/{{kind}}/{{id}}", get_object_permissions),
    Route("PUT", f"{_BASE}/{{kind}}/{{id}}", set_object_permissions),
    Route("GET", f"{_BASE}/sql/{{kind}}/{{id}}", get_sql_permissions),
    Route("PUT", f"{_BASE}/sql/{{kind}}/{{id}}", set_sql_permissions),
)
