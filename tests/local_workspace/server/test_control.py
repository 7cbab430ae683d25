"""Knobs: faults before and after the effect, the log, the clock, reset."""

from __future__ import annotations

import pytest

from tests.local_workspace.target import CATALOG, MONITOR, SMALLEST_MONITOR, TOKEN, Target

SCHEMAS = f"{CATALOG}/schemas"


def test_fault_answers_instead_of_the_handler(workspace: Target) -> None:
    workspace.post("/__local/fault", {"pattern": f"POST {SCHEMAS}", "status": 500})
    answer = workspace.post(SCHEMAS, {"name": "gold", "catalog_name": "main"})
    assert answer.status_code == 500
    assert answer.json() == {
        "error_code": "INTERNAL_ERROR",
        "message": "A fault that was asked for.",
        "details": [],
    }
    assert workspace.get(f"{SCHEMAS}/main.gold").status_code == 404


def test_fault_after_the_handler_leaves_the_effect(usage: Target) -> None:
    fault = {"pattern": f"POST {CATALOG}/tables/*/monitor", "status": 504, "after_handler": True}
    usage.post("/__local/fault", fault)
    assert usage.post(MONITOR, SMALLEST_MONITOR).json()["error_code"] == "DEADLINE_EXCEEDED"
    assert usage.get(MONITOR).status_code == 200


def test_fault_waits_for_its_turn_and_ends(workspace: Target) -> None:
    body = {"error_code": "X", "message": "y"}
    fault = {"pattern": "GET /api/2.1/*", "status": 503, "offset": 1, "times": 2, "body": body}
    workspace.post("/__local/fault", fault)
    assert [workspace.get(SCHEMAS, catalog_name="main").status_code for _ in range(5)] == [
        200,
        503,
        503,
        200,
        200,
    ]
    assert workspace.get("/__local/fault").json() == {"faults": []}


def test_faults_can_be_taken_back(workspace: Target) -> None:
    workspace.post("/__local/fault", {"pattern": "*", "status": 500, "times": 9})
    workspace.delete("/__local/fault")
    assert workspace.get(SCHEMAS, catalog_name="main").status_code == 200


def test_log_labels_what_the_provider_works_on(workspace: Target) -> None:
    workspace.delete("/__local/requests")
    agent = "databricks-tf-provider/1.128.0 databricks-sdk-go/0.175.0 sdk/sdkv2 resource/schema auth/pat"
    workspace.raw.post(SCHEMAS, json={"name": "g", "catalog_name": "main"}, headers={"User-Agent": agent})
    (entry,) = workspace.get("/__local/requests").json()["requests"]
    assert (entry["method"], entry["path"], entry["status"], entry["label"]) == (
        "POST",
        SCHEMAS,
        200,
        "resource/schema",
    )
    assert entry["body"] == {"name": "g", "catalog_name": "main"}
    assert TOKEN not in str(entry)


def test_clock_can_be_set_and_moved_on(workspace: Target) -> None:
    workspace.post("/__local/clock", {"now": "2030-05-01T00:00:00Z"})
    workspace.post("/__local/clock", {"advance_seconds": 3600})
    assert workspace.get("/__local/clock").json()["now"].startswith("2030-05-01T01:00:0")
    assert workspace.rows("SELECT CAST(current_date() AS STRING)") == [["2030-05-01"]]


@pytest.mark.parametrize("body", [{}, {"now": "2030-05-01", "advance_seconds": 1}])
def test_clock_takes_one_of_two_changes(workspace: Target, body: dict[str, object]) -> None:
    answer = workspace.post("/__local/clock", body)
    assert answer.json()["message"] == "the clock takes either 'now' or 'advance_seconds'"


def test_moment_that_is_none_is_named(workspace: Target) -> None:
    answer = workspace.post("/__local/clock", {"now": "tomorrow"})
    assert answer.json()["message"] == "now: 'tomorrow' is no moment; write it like 2026-08-01T06:00:00Z"


def test_knobs_need_the_token_too(workspace: Target) -> None:
    answer = workspace.raw.post("/__local/reset", json={"everything": True}, headers={"Authorization": ""})
    assert answer.status_code == 401


def test_reset_forgets_knobs_and_keeps_data(usage: Target) -> None:
    usage.post("/__local/transitions", {"pending_reads": 3})
    usage.post("/__local/clock", {"advance_seconds": 1e6})
    usage.post("/__local/fault", {"pattern": "*", "status": 500})
    usage.post("/__local/reset")
    assert usage.get("/__local/transitions").json()["pending_reads"] == 0
    assert usage.get("/__local/clock").json()["offset_seconds"] == 0
    assert usage.get(f"{SCHEMAS}/main.gold").status_code == 200


def test_reset_of_everything_leaves_a_fresh_workspace(usage: Target) -> None:
    usage.post(MONITOR, SMALLEST_MONITOR)
    number = usage.get("/.well-known/databricks-config").json()["workspace_id"]
    usage.post("/__local/reset", {"everything": True})
    assert [schema.full_name for schema in usage.sdk.schemas.list("main")] == ["main.default"]
    assert usage.get("/__local/refreshes").json() == {"refreshes": []}
    assert usage.get("/.well-known/databricks-config").json()["workspace_id"] == number
