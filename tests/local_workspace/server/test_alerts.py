"""SQL alerts over the API: definitions."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest
from databricks.sdk.errors import NotFound
from databricks.sdk.service.sql import (
    Aggregation,
    AlertEvaluationState,
    AlertLifecycleState,
    AlertV2,
    AlertV2Evaluation,
    AlertV2Operand,
    AlertV2OperandColumn,
    AlertV2OperandValue,
    ComparisonOperator,
    CronSchedule,
)

if TYPE_CHECKING:
    from tests.local_workspace.target import Target

ALERTS = "/api/2.0/alerts"
OWNER = "local.user@example.com"
ALERT: dict[str, Any] = {
    "display_name": "Too many",
    "query_text": "SELECT 1 AS found",
    "warehouse_id": "local-warehouse",
    "evaluation": {
        "source": {"name": "found", "aggregation": "COUNT"},
        "comparison_operator": "GREATER_THAN_OR_EQUAL",
        "threshold": {"value": {"double_value": 1}},
        "empty_result_state": "OK",
        "notification": {"notify_on_ok": True, "subscriptions": [{"user_email": "a@example.com"}]},
    },
    "schedule": {"quartz_cron_schedule": "0 30 * * * ?", "timezone_id": "UTC", "pause_status": "UNPAUSED"},
    "custom_summary": "{{ALERT_NAME}}",
}


def changed(**fields: object) -> dict[str, Any]:
    """`ALERT` with fields set by dotted paths, `__` for the dot; None takes a field away."""
    body = copy.deepcopy(ALERT)
    for path, value in fields.items():
        *parents, last = path.split("__")
        inside = body
        for parent in parents:
            inside = inside[parent]
        if value is None:
            inside.pop(last)
        else:
            inside[last] = value
    return body


def create(workspace: Target, body: dict[str, Any] = ALERT) -> dict[str, Any]:
    answer = workspace.post(ALERTS, body)
    assert answer.status_code == 200, answer.text
    made: dict[str, Any] = answer.json()
    return made


def definition_of(shown: dict[str, Any]) -> dict[str, Any]:
    """What the client sent, taken out of what the service shows."""
    own = copy.deepcopy(shown)
    for field in (
        "id",
        "create_time",
        "update_time",
        "lifecycle_state",
        "owner_user_name",
        "effective_run_as",
    ):
        del own[field]
    own["evaluation"].pop("state")
    own["evaluation"].pop("last_evaluated_at", None)
    for field in ("effective_notify_on_ok", "effective_retrigger_seconds"):
        own["evaluation"].get("notification", {}).pop(field, None)
    return own


SMALLEST: dict[str, Any] = {
    "display_name": "x",
    "query_text": "SELECT 1 AS found",
    "warehouse_id": "local-warehouse",
    "evaluation": {"source": {"name": "found"}, "comparison_operator": "IS_NULL"},
    "schedule": {"quartz_cron_schedule": "0 0 6 * * ?", "timezone_id": "Europe/Berlin"},
}


@pytest.mark.parametrize("body", [ALERT, SMALLEST], ids=["full", "smallest"])
def test_answer_holds_what_was_sent_and_only_the_services_own_fields_besides(
    workspace: Target, body: dict[str, Any]
) -> None:
    made = create(workspace, body)
    assert definition_of(made) == body
    assert workspace.get(f"{ALERTS}/{made['id']}").json() == made
    assert (made["lifecycle_state"], made["owner_user_name"]) == ("ACTIVE", OWNER)
    assert made["effective_run_as"] == {"user_name": OWNER}
    assert made["evaluation"]["state"] == "UNKNOWN"
    assert "last_evaluated_at" not in made["evaluation"]


def test_what_a_notification_comes_to_is_shown_beside_what_was_sent(workspace: Target) -> None:
    made = create(workspace)
    assert made["evaluation"]["notification"] == {
        **ALERT["evaluation"]["notification"],
        "effective_notify_on_ok": True,
        "effective_retrigger_seconds": 0,
    }


def test_fields_of_the_service_are_ignored_when_they_are_sent(workspace: Target) -> None:
    body = changed(id="7", owner_user_name="me", evaluation__state="TRIGGERED", lifecycle_state="DELETED")
    made = create(workspace, body)
    assert definition_of(made) == ALERT
    assert (made["evaluation"]["state"], made["lifecycle_state"]) == ("UNKNOWN", "ACTIVE")


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"query": "SELECT 1"}, "unknown field 'query'"),
        ({"schedule__quartz_cron_expression": "x"}, "unknown field 'schedule.quartz_cron_expression'"),
        ({"display_name": None}, "field 'display_name' is missing"),
        (
            {"evaluation__threshold": None},
            "field 'evaluation.threshold' is missing; GREATER_THAN_OR_EQUAL needs one",
        ),
        (
            {"evaluation__empty_result_state": "FINE"},
            "evaluation.empty_result_state: 'FINE' is not allowed; expected 'UNKNOWN', 'OK', 'TRIGGERED' or 'ERROR'",
        ),
        (
            {"evaluation__threshold__value": {"double_value": 1.0, "string_value": "1"}},
            "evaluation.threshold.value: exactly one field is needed, got double_value, string_value",
        ),
        ({"evaluation__threshold": {}}, "evaluation.threshold: exactly one field is needed, got nothing"),
        (
            {"evaluation__notification__subscriptions": [{}]},
            "evaluation.notification.subscriptions.0: exactly one field is needed, got nothing",
        ),
        ({"warehouse_id": "none"}, "warehouse_id: SQL warehouse none does not exist."),
        (
            {"schedule__quartz_cron_schedule": "0 30 * * *"},
            "schedule.quartz_cron_schedule: cron '0 30 * * *' has 5 fields; expected 6 or 7, seconds first",
        ),
        (
            {"schedule__timezone_id": "Berlin"},
            "schedule.timezone_id: 'Berlin' is no time zone; write it like UTC",
        ),
        (
            {"parameters": [{"name": "a", "value": "1"}]},
            "parameters: alerts run queries without parameters; write the values into it",
        ),
    ],
)
def test_a_mistake_is_refused_by_its_name(local: Target, fields: dict[str, Any], message: str) -> None:
    answer = local.post(ALERTS, changed(**fields))
    assert (answer.status_code, answer.json()["message"]) == (400, message)
    assert local.get(ALERTS).json() == {"alerts": []}


def test_a_query_that_is_no_sql_is_refused(local: Target) -> None:
    answer = local.post(ALERTS, changed(query_text="SELEKT 1"))
    assert answer.status_code == 400
    assert answer.json()["message"].startswith("query_text: ")


def test_a_query_on_a_table_that_is_not_there_yet_is_accepted(local: Target) -> None:
    assert (
        create(local, changed(query_text="SELECT found FROM main.out.later"))["lifecycle_state"] == "ACTIVE"
    )


def test_the_mask_says_what_is_changed(workspace: Target) -> None:
    made = create(workspace)
    place = f"{ALERTS}/{made['id']}"
    body = {
        "display_name": "Other",
        "query_text": "SELECT 2 AS found",
        "schedule": {"timezone_id": "Asia/Tokyo"},
    }
    answer = workspace.raw.patch(
        place, params={"update_mask": "query_text,schedule.timezone_id,custom_summary"}, json=body
    )
    expected = changed(
        query_text="SELECT 2 AS found", schedule__timezone_id="Asia/Tokyo", custom_summary=None
    )
    assert definition_of(answer.json()) == expected
    assert workspace.get(place).json() == answer.json()


def test_the_mask_of_the_provider_replaces_the_definition(workspace: Target) -> None:
    place = f"{ALERTS}/{create(workspace)['id']}"
    mask = (
        "custom_description,custom_summary,display_name,evaluation,parameters,parent_path,query_text,run_as,"
        "run_as_user_name,schedule,warehouse_id"
    )
    answer = workspace.raw.patch(place, params={"update_mask": mask}, json=SMALLEST)
    assert definition_of(answer.json()) == SMALLEST


def test_a_star_replaces_the_whole_definition(workspace: Target) -> None:
    place = f"{ALERTS}/{create(workspace)['id']}"
    assert definition_of(workspace.raw.patch(f"{place}?update_mask=%2A", json=SMALLEST).json()) == SMALLEST


@pytest.mark.parametrize(
    ("mask", "body", "message"),
    [
        ("", {}, "query parameter 'update_mask' is missing"),
        ("query", {}, "update_mask: unknown field 'query'"),
        ("evaluation.state", {}, "update_mask: field 'evaluation.state' is set by the service"),
        ("display_name", {}, "field 'display_name' is missing"),
        ("display_name", {"display_nam": "x"}, "unknown field 'display_nam'"),
    ],
)
def test_a_change_that_cannot_be_is_refused_and_changes_nothing(
    local: Target, mask: str, body: dict[str, Any], message: str
) -> None:
    made = create(local)
    answer = local.raw.patch(f"{ALERTS}/{made['id']}", params={"update_mask": mask}, json=body)
    assert (answer.status_code, answer.json()["message"]) == (400, message)
    assert local.get(f"{ALERTS}/{made['id']}").json() == made


def test_an_alert_in_the_trash_is_shown_but_not_listed(workspace: Target) -> None:
    place = f"{ALERTS}/{create(workspace)['id']}"
    assert workspace.delete(place).json() == {}
    assert workspace.get(ALERTS).json() == {"alerts": []}
    assert workspace.get(place).json()["lifecycle_state"] == "DELETED"
    assert workspace.delete(place).status_code == 200


def test_a_purged_alert_is_gone(workspace: Target) -> None:
    alert_id = create(workspace)["id"]
    workspace.delete(f"{ALERTS}/{alert_id}", purge="true")
    for answer in (workspace.get(f"{ALERTS}/{alert_id}"), workspace.delete(f"{ALERTS}/{alert_id}")):
        assert (answer.status_code, answer.json()["message"]) == (404, f"Alert {alert_id} does not exist.")


def test_alerts_are_listed_page_by_page_oldest_first(workspace: Target) -> None:
    made = [create(workspace)["id"] for _ in range(3)]
    first = workspace.get(ALERTS, page_size="2").json()
    second = workspace.get(ALERTS, page_size="2", page_token=first["next_page_token"]).json()
    assert [alert["id"] for alert in first["alerts"] + second["alerts"]] == made
    assert "next_page_token" not in second


def test_the_official_client_makes_reads_changes_lists_and_removes_an_alert(workspace: Target) -> None:
    wanted = AlertV2(
        display_name="From the client",
        query_text="SELECT 1 AS found",
        warehouse_id=workspace.warehouse_id,
        evaluation=AlertV2Evaluation(
            source=AlertV2OperandColumn("found", Aggregation.COUNT),
            comparison_operator=ComparisonOperator.GREATER_THAN,
            threshold=AlertV2Operand(value=AlertV2OperandValue(double_value=0.0)),
            empty_result_state=AlertEvaluationState.OK,
        ),
        schedule=CronSchedule("0 0 * * * ?", "UTC"),
    )
    made = workspace.sdk.alerts_v2.create_alert(wanted)
    assert made.id is not None
    assert (made.display_name, made.lifecycle_state) == ("From the client", AlertLifecycleState.ACTIVE)
    made.display_name = "Renamed"
    workspace.sdk.alerts_v2.update_alert(made.id, made, "display_name")
    assert [alert.display_name for alert in workspace.sdk.alerts_v2.list_alerts()] == ["Renamed"]
    made.custom_summary = "Everything anew"
    assert workspace.sdk.alerts_v2.update_alert(made.id, made, "*").custom_summary == "Everything anew"
    workspace.sdk.alerts_v2.trash_alert(made.id, purge=True)
    with pytest.raises(NotFound):
        workspace.sdk.alerts_v2.get_alert(made.id)
