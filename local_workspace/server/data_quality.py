"""Monitors under their object's id (the data-quality API, version 1) and their refreshes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from local_workspace.errors import InvalidParameterError, UnimplementedError
from local_workspace.monitors import DASHBOARD_CHOICES
from local_workspace.server.bodies import Body, check
from local_workspace.server.data_quality_bodies import COMPUTED, Monitor, NewRefresh
from local_workspace.server.data_quality_views import (
    profiling_config,
    schema_monitor,
    settable,
    table_monitor,
    table_refresh,
)
from local_workspace.server.paging import page
from local_workspace.server.profiling_config import to_definition
from local_workspace.server.routing import Request, Route
from local_workspace.server.update_mask import masked, parse_mask

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from local_workspace.names import TableName
    from local_workspace.server.update_mask import Path
    from local_workspace.store import Document

_CONFIG_OF = {"table": "data_profiling_config", "schema": "anomaly_detection_config"}
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def create_monitor(request: Request) -> dict[str, Any]:
    """Make the monitor of a table and queue its first refresh, or keep the anomaly detection of a schema.

    The monitor of a table is the one that the legacy API shows. The answer holds exactly the fields that were
    sent and adds the service's own. Nothing is computed for a schema.
    """
    body = request.body(Monitor)
    object_id = _uuid(body["object_type"], body["object_id"])
    _check_config(body)
    _refuse_computed(body)
    if body["object_type"] == "schema":
        schema = request.workspace.identities.schema(object_id)
        request.workspace.anomaly_monitors.create(schema, object_id, body["anomaly_detection_config"])
        return schema_monitor(object_id, body["anomaly_detection_config"])
    table = request.workspace.identities.table(object_id)
    definition, choices = _definition(request, body["data_profiling_config"], {})
    record = request.workspace.monitors.create(table, str(table), {**definition, **choices})
    return _table_monitor(request, object_id, record)


def list_monitors(request: Request) -> None:
    """Refused with 501: the service documents this route and does not carry it out."""
    raise _unimplemented(request)


def get_monitor(request: Request) -> dict[str, Any]:
    """The monitor of a table or schema."""
    object_type, object_id = _object(request)
    if object_type == "schema":
        return schema_monitor(object_id, request.workspace.anomaly_monitors.get(object_id))
    return _table_monitor(request, object_id, request.workspace.monitors.get(_table(request)))


def update_monitor(request: Request) -> dict[str, Any]:
    """Change the fields that `update_mask` names; no refresh is started.

    A mask holds dotted paths with commas between, or `*` for all fields. What the mask names and the body
    leaves out is removed, but `assets_dir` is never changed. What only the service sets is ignored in the body.
    """
    object_type, object_id = _object(request)
    body = request.json()
    check(Monitor, body, whole=False)
    _check_same_object(request, body)
    paths = _paths(request)
    # Nobody else may change the monitor between reading and writing it.
    with request.workspace.store.transaction():
        if object_type == "schema":
            before = request.workspace.anomaly_monitors.get(object_id)
            after = _changed(schema_monitor(object_id, before), body, paths)
            request.workspace.anomaly_monitors.update(object_id, after["anomaly_detection_config"])
            return after
        table = _table(request)
        record = request.workspace.monitors.record(table)
        config = profiling_config(record)
        after = _changed(
            {"object_type": "table", "object_id": object_id, "data_profiling_config": config}, body, paths
        )
        _check_folder(config, after["data_profiling_config"])
        definition, choices = _definition(request, after["data_profiling_config"], record["definition"])
        record = request.workspace.monitors.update(table, definition, choices)
    return _table_monitor(request, object_id, record)


def delete_monitor(request: Request) -> None:
    """Remove a monitor; the output tables of a table's monitor stay."""
    object_type, object_id = _object(request)
    if object_type == "schema":
        request.workspace.anomaly_monitors.delete(object_id)
    else:
        request.workspace.monitors.delete(_table(request))


def create_refresh(request: Request) -> dict[str, Any]:
    """Queue a refresh of a table's monitor; one at a time of a monitor is carried out."""
    table = _table(request)
    _check_same_object(request, request.body(NewRefresh))
    return _table_refresh(request, request.workspace.monitors.run_refresh(table))


def list_refreshes(request: Request) -> dict[str, Any]:
    """Refreshes of a table's monitor, newest first."""
    refreshes = request.workspace.monitors.refreshes(_table(request))
    views = [_table_refresh(request, refresh) for refresh in refreshes]
    return page(request, "refreshes", views, size_parameter="page_size")


def get_refresh(request: Request) -> dict[str, Any]:
    """One refresh of a table's monitor."""
    table = _table(request)
    return _table_refresh(request, request.workspace.monitors.refresh(table, request.number("refresh_id")))


def cancel_refresh(request: Request) -> dict[str, Any]:
    """Stop a refresh that waits or runs; the output tables stay as they are."""
    table, refresh_id = _table(request), request.number("refresh_id")
    request.body(Body)
    request.workspace.monitors.cancel_refresh(table, refresh_id)
    return {"refresh": _table_refresh(request, request.workspace.monitors.refresh(table, refresh_id))}


def update_refresh(request: Request) -> None:
    """Refused with 501: the service documents this route and does not carry it out."""
    raise _unimplemented(request)


def delete_refresh(request: Request) -> None:
    """Refused with 501: the service documents this route and does not carry it out."""
    raise _unimplemented(request)


def _table_monitor(request: Request, table_id: str, record: Mapping[str, Any]) -> dict[str, Any]:
    running = (one["id"] for one in request.workspace.warehouses.all() if one["state"] == "RUNNING")
    return table_monitor(table_id, record, next(running, None))


def _table_refresh(request: Request, refresh: Mapping[str, Any]) -> dict[str, Any]:
    return table_refresh(request.parts["object_id"], refresh)


def _object(request: Request) -> tuple[str, str]:
    """Kind and UUID of the monitored object that the path names."""
    object_type = request.parts["object_type"]
    if object_type not in _CONFIG_OF:
        raise InvalidParameterError(f"object_type: '{object_type}' is not allowed; expected table or schema")
    return object_type, _uuid(object_type, request.parts["object_id"])


def _table(request: Request) -> TableName:
    """The table that the path names.

    Raises:
        InvalidParameterError: the path names a schema.
        TableNotFoundError: there is no table with this UUID.
    """
    object_type, object_id = _object(request)
    if object_type != "table":
        raise InvalidParameterError("object_type: only the monitor of a table has refreshes")
    return request.workspace.identities.table(object_id)


def _uuid(object_type: str, object_id: str) -> str:
    if not _UUID.fullmatch(object_id):
        raise InvalidParameterError(
            f"object_id: '{object_id}' is not a UUID; give the {object_type}_id that "
            f"GET /api/2.1/unity-catalog/{object_type}s/{{name}} answers"
        )
    return object_id


def _check_same_object(request: Request, body: Mapping[str, Any]) -> None:
    for field in ("object_type", "object_id"):
        if body.get(field, request.parts[field]) != request.parts[field]:
            raise InvalidParameterError(f"{field}: '{body[field]}' is not the one in the path")


def _check_config(monitor: Mapping[str, Any]) -> None:
    """Refuse a monitor without the configuration of its kind, or with that of the other kind."""
    wanted = _CONFIG_OF[monitor["object_type"]]
    for field in _CONFIG_OF.values():
        given = monitor.get(field) is not None
        if given and field != wanted:
            raise InvalidParameterError(
                f"field '{field}' does not belong to the monitor of a {monitor['object_type']}; leave it out"
            )
        if field == wanted and not given:
            raise InvalidParameterError(f"field '{field}' is missing")


def _refuse_computed(body: Mapping[str, Any]) -> None:
    config = body.get("data_profiling_config") or {}
    given = [field for field in COMPUTED if field in config]
    given += ["schedule.pause_status"] if "pause_status" in (config.get("schedule") or {}) else []
    if given:
        raise InvalidParameterError(
            f"field 'data_profiling_config.{given[0]}' is set by the service; leave it out of a new monitor"
        )


def _paths(request: Request) -> list[Path]:
    mask = request.query.get("update_mask")
    if not mask:
        raise InvalidParameterError("query parameter 'update_mask' is missing")
    paths = parse_mask(mask, Monitor)
    for path in paths:
        if path[:1] == ("data_profiling_config",) and path[-1] in {*COMPUTED, "pause_status"}:
            raise InvalidParameterError(f"update_mask: field '{'.'.join(path)}' is set by the service")
    return paths


def _changed(before: Mapping[str, Any], body: Mapping[str, Any], paths: Sequence[Path]) -> dict[str, Any]:
    """The monitor with the masked fields of the body, checked as a whole."""
    identity = {field: before[field] for field in ("object_type", "object_id")}
    after = settable({**masked(before, body, paths), **identity})
    check(Monitor, after)
    _check_config(after)
    return after


def _check_folder(before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    if after.get("assets_dir") not in {None, before.get("assets_dir")}:
        raise InvalidParameterError(
            f"data_profiling_config.assets_dir: '{after['assets_dir']}' differs from the folder that the "
            "monitor was made with; delete the monitor and create it anew"
        )


def _definition(
    request: Request, config: Mapping[str, Any], before: Mapping[str, Any]
) -> tuple[Document, Document]:
    """The definition and the choices about the dashboard that a configuration stands for."""
    schema = request.workspace.identities.schema(config["output_schema_id"])
    choices = {field: config[field] for field in DASHBOARD_CHOICES if field in config}
    rest = {
        field: value
        for field, value in config.items()
        if field not in {"output_schema_id", *DASHBOARD_CHOICES}
    }
    return to_definition(rest, str(schema), before), choices


def _unimplemented(request: Request) -> UnimplementedError:
    return UnimplementedError(
        f"The service does not implement {request.method} {request.path}, nor does the local workspace"
    )


_MONITORS = "/api/data-quality/v1/monitors"
_MONITOR = f"{_MONITORS}/{{object_type}}/{{object_id}}"
_REFRESH = f"{_MONITOR}/refreshes/{{refresh_id}}"
_PAGE = ("page_size", "page_token")

ROUTES = (
    Route("POST", _MONITORS, create_monitor),
    Route("GET", _MONITORS, list_monitors, query=_PAGE),
    Route("GET", _MONITOR, get_monitor),
    Route("PATCH", _MONITOR, update_monitor, query=("update_mask",)),
    Route("DELETE", _MONITOR, delete_monitor),
    Route("POST", f"{_MONITOR}/refreshes", create_refresh),
    Route("GET", f"{_MONITOR}/refreshes", list_refreshes, query=_PAGE),
    Route("GET", _REFRESH, get_refresh),
    Route("PATCH", _REFRESH, update_refresh, query=("update_mask",)),
    Route("DELETE", _REFRESH, delete_refresh),
    Route("POST", f"{_REFRESH}/cancel", cancel_refresh),
)
