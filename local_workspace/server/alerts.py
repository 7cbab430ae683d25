"""SQL alerts (the second version of their API)."""

from __future__ import annotations

from typing import Any, Literal

from local_workspace.alerts import owner
from local_workspace.errors import InvalidParameterError
from local_workspace.server.bodies import Body, check
from local_workspace.server.paging import page
from local_workspace.server.routing import Request, Route
from local_workspace.server.update_mask import Path, masked, parse_mask

Aggregation = Literal["AVG", "COUNT", "COUNT_DISTINCT", "MAX", "MEDIAN", "MIN", "STDDEV", "SUM"]
Operator = Literal[
    "EQUAL",
    "NOT_EQUAL",
    "GREATER_THAN",
    "GREATER_THAN_OR_EQUAL",
    "LESS_THAN",
    "LESS_THAN_OR_EQUAL",
    "IS_NULL",
    "IS_NOT_NULL",
]
State = Literal["UNKNOWN", "OK", "TRIGGERED", "ERROR"]


class Column(Body):
    """A column of the result, aggregated or in the first row."""

    name: str
    aggregation: Aggregation | None = None
    display: str | None = None


class Constant(Body):
    """A value to compare with; exactly one field."""

    double_value: float | None = None
    string_value: str | None = None
    bool_value: bool | None = None


class Threshold(Body):
    """What the source is compared with: exactly one of the two."""

    value: Constant | None = None
    column: Column | None = None


class Subscription(Body):
    """Whom to tell: exactly one of the two."""

    user_email: str | None = None
    destination_id: str | None = None


class Notification(Body):
    """`evaluation.notification`; the fields `effective_…` are the service's."""

    subscriptions: list[Subscription] | None = None
    notify_on_ok: bool | None = None
    retrigger_seconds: int | None = None
    effective_notify_on_ok: bool | None = None
    effective_retrigger_seconds: int | None = None


class Evaluation(Body):
    """`evaluation`; `state` and `last_evaluated_at` are the service's."""

    source: Column
    comparison_operator: Operator
    threshold: Threshold | None = None
    empty_result_state: State | None = None
    notification: Notification | None = None
    state: State | None = None
    last_evaluated_at: str | None = None


class CronSchedule(Body):
    """`schedule`."""

    quartz_cron_schedule: str
    timezone_id: str
    pause_status: Literal["PAUSED", "UNPAUSED"] | None = None


class RunAs(Body):
    """As whom the query runs."""

    user_name: str | None = None
    service_principal_name: str | None = None


class Parameter(Body):
    """A value for a marker in the query."""

    name: str
    type: str | None = None
    value: str | None = None


class Alert(Body):
    """An alert as clients send it; the fields after `custom_template_format` are the service's and ignored."""

    display_name: str
    query_text: str
    warehouse_id: str
    evaluation: Evaluation
    schedule: CronSchedule
    parent_path: str | None = None
    run_as: RunAs | None = None
    run_as_user_name: str | None = None
    parameters: list[Parameter] | None = None
    custom_summary: str | None = None
    custom_description: str | None = None
    custom_template_format: Literal["HTML", "MARKDOWN"] | None = None
    id: str | None = None
    create_time: str | None = None
    update_time: str | None = None
    lifecycle_state: Literal["ACTIVE", "DELETED"] | None = None
    owner_user_name: str | None = None
    effective_run_as: RunAs | None = None


_SERVICE_FIELDS: tuple[Path, ...] = (
    ("id",),
    ("create_time",),
    ("update_time",),
    ("lifecycle_state",),
    ("owner_user_name",),
    ("effective_run_as",),
    ("evaluation", "state"),
    ("evaluation", "last_evaluated_at"),
    ("evaluation", "notification", "effective_notify_on_ok"),
    ("evaluation", "notification", "effective_retrigger_seconds"),
)


def create_alert(request: Request) -> dict[str, Any]:
    """Make an alert; it is evaluated when its schedule fires on the workspace's clock.

    The answer holds exactly the fields that were sent and adds the service's own. Queries with parameters are
    refused, as the service does not run them. Nobody is notified.
    """
    definition = _checked(request.json())
    shown = _shown(request.workspace.alerts.create(definition))
    request.workspace.alert_runs.wake()
    return shown


def get_alert(request: Request) -> dict[str, Any]:
    """One alert with the state that its last evaluation found.

    An alert in the trash is still shown, with the lifecycle state DELETED.
    """
    return _shown(request.workspace.alerts.get(request.parts["alert_id"]))


def list_alerts(request: Request) -> dict[str, Any]:
    """All alerts but those in the trash, oldest first."""
    shown = [_shown(record) for record in request.workspace.alerts.all()]
    return page(request, "alerts", shown, size_parameter="page_size")


def update_alert(request: Request) -> dict[str, Any]:
    """Change the fields that `update_mask` names.

    A mask holds dotted paths with commas between, or `*` for all fields. What the mask names and the body
    leaves out is removed. What only the service sets is ignored in the body and refused in the mask.
    """
    mask = request.query.get("update_mask")
    if not mask:
        raise InvalidParameterError("query parameter 'update_mask' is missing")
    paths = [path for path in parse_mask(mask, Alert) if mask != "*" or path not in _SERVICE_FIELDS]
    for path in paths:
        if path in _SERVICE_FIELDS:
            raise InvalidParameterError(f"update_mask: field '{'.'.join(path)}' is set by the service")
    body = request.json()
    check(Alert, body, whole=False)
    alert_id = request.parts["alert_id"]
    # Nobody else may change the alert between reading and writing it.
    with request.workspace.store.transaction():
        before = request.workspace.alerts.get(alert_id)["definition"]
        definition = _checked(masked(before, body, paths))
        shown = _shown(request.workspace.alerts.update(alert_id, definition))
    request.workspace.alert_runs.wake()
    return shown


def trash_alert(request: Request) -> None:
    """Put an alert into the trash; with `purge` remove it for good."""
    request.workspace.alerts.trash(request.parts["alert_id"], purge=request.flag("purge"))


def _checked(body: dict[str, Any]) -> dict[str, Any]:
    """The definition in a body, as it was sent, without the service's fields."""
    check(Alert, body)
    definition = masked(body, {}, _SERVICE_FIELDS)
    if definition.get("parameters"):
        raise InvalidParameterError(
            "parameters: alerts run queries without parameters; write the values into it"
        )
    evaluation = definition["evaluation"]
    if evaluation["comparison_operator"] not in {"IS_NULL", "IS_NOT_NULL"} and "threshold" not in evaluation:
        raise InvalidParameterError(
            f"field 'evaluation.threshold' is missing; {evaluation['comparison_operator']} needs one"
        )
    if "threshold" in evaluation:
        _one_of("evaluation.threshold", evaluation["threshold"])
        if "value" in evaluation["threshold"]:
            _one_of("evaluation.threshold.value", evaluation["threshold"]["value"])
    for number, one in enumerate(evaluation.get("notification", {}).get("subscriptions", [])):
        _one_of(f"evaluation.notification.subscriptions.{number}", one)
    return definition


def _one_of(place: str, fields: dict[str, Any]) -> None:
    if len(fields) != 1:
        given = ", ".join(fields) or "nothing"
        raise InvalidParameterError(f"{place}: exactly one field is needed, got {given}")


def _shown(record: dict[str, Any]) -> dict[str, Any]:
    definition = record["definition"]
    evaluation = {**definition["evaluation"], "state": record["state"]}
    if record.get("evaluated_at"):
        evaluation["last_evaluated_at"] = record["evaluated_at"]
    if "notification" in evaluation:
        notification = evaluation["notification"]
        evaluation["notification"] = {
            **notification,
            "effective_notify_on_ok": notification.get("notify_on_ok", False),
            "effective_retrigger_seconds": notification.get("retrigger_seconds", 0),
        }
    return {
        **definition,
        "evaluation": evaluation,
        "id": record["id"],
        "create_time": record["create_time"],
        "update_time": record["update_time"],
        "lifecycle_state": record["lifecycle_state"],
        "owner_user_name": owner(),
        "effective_run_as": definition.get("run_as", {"user_name": owner()}),
    }


_BASE = "/api/2.0/alerts"

ROUTES = (
    Route("POST", _BASE, create_alert),
    Route("GET", _BASE, list_alerts, query=("page_size", "page_token")),
    Route("GET", f"{_BASE}/{{alert_id}}", get_alert),
    Route("PATCH", f"{_BASE}/{{alert_id}}", update_alert, query=("update_mask",)),
    Route("DELETE", f"{_BASE}/{{alert_id}}", trash_alert, query=("purge",)),
)
