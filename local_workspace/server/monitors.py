"""Monitors under their table's name (the legacy API) and their refreshes."""

from __future__ import annotations

from typing import Any, Literal

from local_workspace.errors import InvalidParameterError
from local_workspace.names import TableName
from local_workspace.server.bodies import Body
from local_workspace.server.routing import Request, Route


class TimeSeries(Body):
    """`time_series`."""

    timestamp_col: str
    granularities: list[str]


class InferenceLog(Body):
    """`inference_log`."""

    problem_type: Literal["PROBLEM_TYPE_CLASSIFICATION", "PROBLEM_TYPE_REGRESSION"]
    timestamp_col: str
    granularities: list[str]
    prediction_col: str
    model_id_col: str
    label_col: str | None = None
    prediction_proba_col: str | None = None


class Snapshot(Body):
    """`snapshot`."""


class CustomMetric(Body):
    """An entry of `custom_metrics`."""

    name: str
    type: Literal["CUSTOM_METRIC_TYPE_AGGREGATE", "CUSTOM_METRIC_TYPE_DERIVED", "CUSTOM_METRIC_TYPE_DRIFT"]
    definition: str
    input_columns: list[str]
    output_data_type: str


class Schedule(Body):
    """`schedule`; the service sets `pause_status` itself."""

    quartz_cron_expression: str
    timezone_id: str
    pause_status: Literal["UNSPECIFIED", "UNPAUSED", "PAUSED"] | None = None


class Addresses(Body):
    """Whom to tell of an event."""

    email_addresses: list[str] | None = None


class Notifications(Body):
    """`notifications`."""

    on_failure: Addresses | None = None
    on_new_classification_tag_detected: Addresses | None = None


class Classification(Body):
    """`data_classification_config`."""

    enabled: bool | None = None


class Definition(Body):
    """Fields that creating and changing a monitor share."""

    output_schema_name: str
    snapshot: Snapshot | None = None
    time_series: TimeSeries | None = None
    inference_log: InferenceLog | None = None
    baseline_table_name: str | None = None
    slicing_exprs: list[str] | None = None
    custom_metrics: list[CustomMetric] | None = None
    schedule: Schedule | None = None
    notifications: Notifications | None = None
    data_classification_config: Classification | None = None
    latest_monitor_failure_msg: str | None = None
    dashboard_id: str | None = None


class NewMonitor(Definition):
    """Body of a new monitor."""

    assets_dir: str
    warehouse_id: str | None = None
    skip_builtin_dashboard: bool | None = None


class ChangedMonitor(Definition):
    """Body of a changed monitor; `assets_dir` is ignored."""

    assets_dir: str | None = None


class NewDashboard(Body):
    """Body of a dashboard's regeneration."""

    warehouse_id: str | None = None


def create_monitor(request: Request) -> dict[str, Any]:
    """Make a monitor and queue its first refresh.

    The answer holds exactly the fields that were sent (without `warehouse_id` and `skip_builtin_dashboard`)
    and adds the service's own. The status is PENDING in this answer and ACTIVE in the next.
    """
    body = request.body(NewMonitor)
    for field in ("dashboard_id", "latest_monitor_failure_msg"):
        if field in body:
            raise InvalidParameterError(
                f"field '{field}' is set by the service; leave it out of a new monitor"
            )
    if "pause_status" in (body.get("schedule") or {}):
        raise InvalidParameterError("field 'schedule.pause_status' is set by the service; leave it out")
    return shown(request.workspace.monitors.create(request.table, request.parts["table"], body))


def get_monitor(request: Request) -> dict[str, Any]:
    """The monitor of a table."""
    return shown(request.workspace.monitors.get(request.table))


def update_monitor(request: Request) -> dict[str, Any]:
    """Replace the definition of a monitor; no refresh is started.

    What is left out is removed; `assets_dir` keeps its first value, whatever is sent.
    """
    body = request.body(ChangedMonitor)
    body.pop("latest_monitor_failure_msg", None)
    if body.get("schedule"):
        body["schedule"].pop("pause_status", None)
    return shown(request.workspace.monitors.update(request.table, body))


def delete_monitor(request: Request) -> None:
    """Remove the monitor of a table; both output tables stay."""
    request.workspace.monitors.delete(request.table)


def run_refresh(request: Request) -> dict[str, Any]:
    """Queue a refresh; one at a time of a monitor is carried out."""
    request.body(Body)
    return request.workspace.monitors.run_refresh(request.table)


def list_refreshes(request: Request) -> dict[str, Any]:
    """The newest 25 refreshes of a monitor, newest first."""
    return {"refreshes": request.workspace.monitors.refreshes(request.table)[:_MOST_REFRESHES]}


def get_refresh(request: Request) -> dict[str, Any]:
    """One refresh of a monitor."""
    return request.workspace.monitors.refresh(request.table, request.number("refresh_id"))


def cancel_refresh(request: Request) -> None:
    """Stop a refresh that waits or runs; the output tables stay as they are."""
    request.body(Body)
    request.workspace.monitors.cancel_refresh(request.table, request.number("refresh_id"))


def regenerate_dashboard(request: Request) -> dict[str, Any]:
    """Give the monitor a new dashboard id.

    No dashboard is built: the id stands for one.
    """
    request.body(NewDashboard)
    return request.workspace.monitors.regenerate_dashboard(request.table)


def shown(record: dict[str, Any]) -> dict[str, Any]:
    """A monitor's record as this API shows it: what the client sent, letter for letter, and what the service adds."""
    output = record["definition"]["output_schema_name"]
    table = TableName.parse(record["table"]).table
    answer = {
        **record["definition"],
        "table_name": record["table_name"],
        "status": record["status"],
        "monitor_version": record["version"],
        "profile_metrics_table_name": f"{output}.{table}_profile_metrics",
        "drift_metrics_table_name": f"{output}.{table}_drift_metrics",
    }
    if answer.get("schedule"):
        answer["schedule"] = {"pause_status": "UNPAUSED", **answer["schedule"]}
    return answer | {
        field: record[field] for field in ("dashboard_id", "latest_monitor_failure_msg") if field in record
    }


_MOST_REFRESHES = 25
_MONITOR = "/api/2.1/unity-catalog/tables/{table}/monitor"

ROUTES = (
    Route("POST", _MONITOR, create_monitor),
    Route("GET", _MONITOR, get_monitor),
    Route("PUT", _MONITOR, update_monitor),
    Route("DELETE", _MONITOR, delete_monitor),
    Route("POST", f"{_MONITOR}/refreshes", run_refresh),
    Route("GET", f"{_MONITOR}/refreshes", list_refreshes),
    Route("GET", f"{_MONITOR}/refreshes/{{refresh_id}}", get_refresh),
    Route("POST", f"{_MONITOR}/refreshes/{{refresh_id}}/cancel", cancel_refresh),
    Route("POST", "/api/2.1/quality-monitoring/tables/{table}/monitor/dashboard", regenerate_dashboard),
)
