"""SQL warehouses and the data sources that stand for them."""

from __future__ import annotations

import uuid
from typing import Any, Literal

from local_workspace.server.bodies import Body
from local_workspace.server.routing import Request, Route


class Channel(Body):
    """`channel`."""

    name: str | None = None
    dbsql_version: str | None = None


class Tag(Body):
    """An entry of `custom_tags`."""

    key: str
    value: str


class Tags(Body):
    """`tags`."""

    custom_tags: list[Tag] | None = None


class Settings(Body):
    """Body of a changed warehouse."""

    name: str | None = None
    cluster_size: str | None = None
    auto_stop_mins: int | None = None
    min_num_clusters: int | None = None
    max_num_clusters: int | None = None
    enable_photon: bool | None = None
    enable_serverless_compute: bool | None = None
    spot_instance_policy: Literal["COST_OPTIMIZED", "RELIABILITY_OPTIMIZED", "POLICY_UNSPECIFIED"] | None = (
        None
    )
    warehouse_type: Literal["CLASSIC", "PRO", "TYPE_UNSPECIFIED"] | None = None
    channel: Channel | None = None
    tags: Tags | None = None
    instance_profile_arn: str | None = None
    creator_name: str | None = None
    id: str | None = None


class NewWarehouse(Settings):
    """Body of a new warehouse."""

    name: str


def list_warehouses(request: Request) -> dict[str, Any]:
    """All warehouses, oldest first."""
    return {"warehouses": [_shown(request, document) for document in request.workspace.warehouses.all()]}


def create_warehouse(request: Request) -> dict[str, Any]:
    """Make a warehouse; it runs at once.

    Size and type are stored and have no effect: every warehouse is the same engine.
    """
    return {"id": request.workspace.warehouses.create(request.body(NewWarehouse))}


def get_warehouse(request: Request) -> dict[str, Any]:
    """One warehouse."""
    return _shown(request, request.workspace.warehouses.get(request.parts["warehouse_id"]))


def edit_warehouse(request: Request) -> None:
    """Change settings of a warehouse."""
    body = request.body(Settings)
    body.pop("id", None)
    request.workspace.warehouses.edit(request.parts["warehouse_id"], body)


def start_warehouse(request: Request) -> None:
    """Start a warehouse."""
    request.body(Body)
    request.workspace.warehouses.set_state(request.parts["warehouse_id"], "RUNNING")


def stop_warehouse(request: Request) -> None:
    """Stop a warehouse; the next statement starts it again."""
    request.body(Body)
    request.workspace.warehouses.set_state(request.parts["warehouse_id"], "STOPPED")


def delete_warehouse(request: Request) -> None:
    """Remove a warehouse."""
    request.workspace.warehouses.delete(request.parts["warehouse_id"])


def list_data_sources(request: Request) -> Any:  # noqa: ANN401 - a list, unlike other answers
    """One data source per warehouse."""
    return [
        {
            "id": str(uuid.uuid5(uuid.NAMESPACE_OID, document["id"])),
            "name": document.get("name"),
            "warehouse_id": document["id"],
            "type": "databricks_internal",
            "syntax": "sql",
            "paused": 0,
            "supports_auto_limit": True,
            "view_only": False,
        }
        for document in request.workspace.warehouses.all()
    ]


def _shown(request: Request, document: dict[str, Any]) -> dict[str, Any]:
    host = request.base_url.removeprefix("http://")
    running = document["state"] == "RUNNING"
    path = f"/sql/1.0/warehouses/{document['id']}"
    return {
        **{field: value for field, value in document.items() if field != "number"},
        "num_clusters": 1 if running else 0,
        "num_active_sessions": 0,
        "jdbc_url": f"jdbc:databricks://{host}/default;transportMode=http;ssl=0;AuthMech=3;httpPath={path};",
        "odbc_params": {
            "hostname": host.split(":")[0],
            "path": path,
            "port": int(host.partition(":")[2] or "80"),
            "protocol": "http",
        },
        "health": {"status": "HEALTHY"},
    }


_BASE = "/api/2.0/sql/warehouses"

ROUTES = (
    Route("GET", _BASE, list_warehouses, query=("run_as_user_id", "page_size", "page_token")),
    Route("POST", _BASE, create_warehouse),
    Route("GET", f"{_BASE}/{{warehouse_id}}", get_warehouse),
    Route("POST", f"{_BASE}/{{warehouse_id}}/edit", edit_warehouse),
    Route("POST", f"{_BASE}/{{warehouse_id}}/start", start_warehouse),
    Route("POST", f"{_BASE}/{{warehouse_id}}/stop", stop_warehouse),
    Route("DELETE", f"{_BASE}/{{warehouse_id}}", delete_warehouse),
    Route("GET", "/api/2.0/preview/sql/data_sources", list_data_sources),
)
