"""Dashboards (Lakeview): drafts, publishing, the trash. Nothing is drawn."""

from __future__ import annotations

from typing import Any

from local_workspace.errors import InvalidParameterError
from local_workspace.server.bodies import Body
from local_workspace.server.paging import page
from local_workspace.server.routing import Request, Route


class ChangedDashboard(Body):
    """Body of a changed draft; what the service computes may be sent along and is ignored."""

    display_name: str | None = None
    parent_path: str | None = None
    serialized_dashboard: str | None = None
    warehouse_id: str | None = None
    etag: str | None = None
    dashboard_id: str | None = None
    path: str | None = None
    create_time: str | None = None
    update_time: str | None = None
    lifecycle_state: str | None = None


class NewDashboard(ChangedDashboard):
    """Body of a new draft."""

    display_name: str


class Publication(Body):
    """Body of a publication."""

    embed_credentials: bool | None = None
    warehouse_id: str | None = None


def list_dashboards(request: Request) -> dict[str, Any]:
    """All dashboards by folder and name, without their content; `show_trashed` adds those in the trash."""
    found = request.workspace.dashboards.all(trashed=request.flag("show_trashed"))
    for dashboard in found:
        del dashboard["serialized_dashboard"]
    return page(request, "dashboards", found, size_parameter="page_size")


def create_dashboard(request: Request) -> dict[str, Any]:
    """Make a draft.

    Its content is kept as the service keeps it: pages with a type, a line feed at the end. `/Workspace` is cut
    off the folder, which need not exist.
    """
    _refuse_defaults(request)
    return request.workspace.dashboards.create(request.body(NewDashboard))


def get_dashboard(request: Request) -> dict[str, Any]:
    """A draft with its content, also from the trash."""
    return request.workspace.dashboards.get(request.parts["dashboard_id"])


def update_dashboard(request: Request) -> dict[str, Any]:
    """Change a draft, which gets a new etag; an `etag` that is sent must be the present one."""
    _refuse_defaults(request)
    return request.workspace.dashboards.update(request.parts["dashboard_id"], request.body(ChangedDashboard))


def trash_dashboard(request: Request) -> None:
    """Put a dashboard into the trash; 403 when it is there already."""
    request.workspace.dashboards.trash(request.parts["dashboard_id"])


def publish_dashboard(request: Request) -> dict[str, Any]:
    """Publish the draft; its etag stays."""
    body = request.body(Publication)
    return request.workspace.dashboards.publish(
        request.parts["dashboard_id"],
        embed_credentials=bool(body.get("embed_credentials", False)),
        warehouse_id=body.get("warehouse_id"),
    )


def get_published(request: Request) -> dict[str, Any]:
    """What is published of a dashboard."""
    return request.workspace.dashboards.published(request.parts["dashboard_id"])


def unpublish_dashboard(request: Request) -> None:
    """Take the published version back; the draft stays."""
    request.workspace.dashboards.unpublish(request.parts["dashboard_id"])


def _refuse_defaults(request: Request) -> None:
    for name in _DEFAULTS:
        if request.query.get(name):
            raise InvalidParameterError(
                f"{name}: default names of datasets are not supported here; write full names in the queries"
            )


_BASE = "/api/2.0/lakeview/dashboards"
_DEFAULTS = ("dataset_catalog", "dataset_schema")

ROUTES = (
    Route(
        "GET",
        _BASE,
        list_dashboards,
        query=("show_trashed", "page_size", "page_token", "view"),
    ),
    Route("POST", _BASE, create_dashboard, query=_DEFAULTS),
    Route("GET", f"{_BASE}/{{dashboard_id}}", get_dashboard),
    Route("PATCH", f"{_BASE}/{{dashboard_id}}", update_dashboard, query=_DEFAULTS),
    Route("DELETE", f"{_BASE}/{{dashboard_id}}", trash_dashboard),
    Route("POST", f"{_BASE}/{{dashboard_id}}/published", publish_dashboard),
    Route("GET", f"{_BASE}/{{dashboard_id}}/published", get_published),
    Route("DELETE", f"{_BASE}/{{dashboard_id}}/published", unpublish_dashboard),
)
