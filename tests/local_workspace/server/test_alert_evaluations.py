"""When alerts are evaluated, and what is seen of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from local_workspace.workspace import Workspace
from tests.local_workspace.server.test_alerts import ALERTS, changed, create
from tests.local_workspace.target import (
    MONITOR,
    SMALLEST_MONITOR,
    Target,
    in_process,
    until,
)

if TYPE_CHECKING:
    from pathlib import Path

CLOCK = "/__local/clock"
FOUND = "/__local/alerts"
NUMBERS = "SELECT n AS found, CURRENT_TIMESTAMP() AS now FROM VALUES (1), (2) AS t(n) WHERE n > "


def evaluated(workspace: Target, alert_id: str) -> dict[str, Any]:
    """The alert once it was evaluated."""
    return until(
        lambda: dict(workspace.get(f"{ALERTS}/{alert_id}").json()),
        lambda alert: "last_evaluated_at" in alert["evaluation"],
    )


def test_an_alert_is_evaluated_when_its_schedule_fires(workspace: Target) -> None:
    fires, quiet = (create(workspace, changed(query_text=f"{NUMBERS}{least}"))["id"] for least in (0, 2))
    workspace.post(CLOCK, {"advance_seconds": 3_600.0})
    assert evaluated(workspace, fires)["evaluation"]["state"] == "TRIGGERED"
    assert evaluated(workspace, quiet)["evaluation"]["state"] == "OK"


def test_a_paused_alert_and_one_in_the_trash_are_not_evaluated(workspace: Target) -> None:
    paused = create(workspace, changed(schedule__pause_status="PAUSED"))["id"]
    trashed = create(workspace)["id"]
    workspace.delete(f"{ALERTS}/{trashed}")
    running = create(workspace)["id"]
    workspace.post(CLOCK, {"advance_seconds": 3_600.0})
    evaluated(workspace, running)
    for alert_id in (paused, trashed):
        assert workspace.get(f"{ALERTS}/{alert_id}").json()["evaluation"]["state"] == "UNKNOWN"


def test_a_changed_schedule_counts_at_once(workspace: Target) -> None:
    alert_id = create(workspace, changed(schedule__quartz_cron_schedule="0 0 6 1 1 ?"))["id"]
    schedule = {"schedule": {"quartz_cron_schedule": "0 * * * * ?", "timezone_id": "UTC"}}
    workspace.raw.patch(f"{ALERTS}/{alert_id}", params={"update_mask": "schedule"}, json=schedule)
    workspace.post(CLOCK, {"advance_seconds": 60.0})
    assert evaluated(workspace, alert_id)["evaluation"]["state"] == "TRIGGERED"


def test_the_rows_that_made_an_alert_fire_are_kept(workspace: Target) -> None:
    alert_id = create(workspace, changed(query_text=f"{NUMBERS}0"))["id"]
    (found,) = workspace.post(FOUND).json()["alerts"]
    assert workspace.get(FOUND).json() == {"alerts": [found]}
    assert (found["alert"], found["name"], found["state"]) == (alert_id, "Too many", "TRIGGERED")
    assert (found["columns"], found["row_count"]) == (["found", "now"], 2)
    assert [row[0] for row in found["rows"]] == ["1", "2"]
    shown = workspace.get(f"{ALERTS}/{alert_id}").json()["evaluation"]
    assert (shown["state"], shown["last_evaluated_at"]) == ("TRIGGERED", found["evaluated_at"])


def test_of_many_rows_the_first_hundred_are_kept_and_all_are_counted(local: Target) -> None:
    numbers = ", ".join(f"({number})" for number in range(250))
    create(local, changed(query_text=f"SELECT n AS found FROM VALUES {numbers} AS t(n)"))
    (found,) = local.post(FOUND).json()["alerts"]
    assert (len(found["rows"]), found["row_count"]) == (100, 250)


def test_a_query_that_fails_puts_the_alert_into_error_and_says_why(workspace: Target) -> None:
    alert_id = create(workspace, changed(query_text="SELECT found FROM main.out.later"))["id"]
    (found,) = workspace.post(FOUND).json()["alerts"]
    assert found["state"] == "ERROR"
    assert found["message"].startswith("[TABLE_OR_VIEW_NOT_FOUND] ")
    assert workspace.get(f"{ALERTS}/{alert_id}").json()["evaluation"]["state"] == "ERROR"


def test_a_column_that_is_not_there_puts_the_alert_into_error(local: Target) -> None:
    create(local, changed(query_text="SELECT 1 AS other"))
    (found,) = local.post(FOUND).json()["alerts"]
    assert (found["state"], found["message"]) == (
        "ERROR",
        "the result has no column 'found'; its columns are other",
    )


def test_another_moment_is_tried_without_keeping_anything(workspace: Target) -> None:
    query = "SELECT 1 AS found WHERE YEAR(CURRENT_TIMESTAMP()) = 2020"
    alert_id = create(workspace, changed(query_text=query))["id"]
    (then,) = workspace.post(FOUND, {"at": "2020-06-01T12:00:00"}).json()["alerts"]
    assert (then["state"], then["evaluated_at"]) == ("TRIGGERED", "2020-06-01T12:00:00Z")
    assert workspace.get(f"{ALERTS}/{alert_id}").json()["evaluation"]["state"] == "UNKNOWN"


def test_a_moment_that_is_none_is_refused(local: Target) -> None:
    answer = local.post(FOUND, {"at": "yesterday"})
    assert (answer.status_code, answer.json()["message"]) == (
        400,
        "at: 'yesterday' is no moment; write it like 2026-08-01T06:00:00Z",
    )


def test_alerts_follow_the_refreshes_of_the_same_jump_of_the_clock(usage: Target) -> None:
    usage.rows("INSERT INTO main.gold.usage VALUES (CURRENT_TIMESTAMP() - INTERVAL 2 HOURS, 'a', 1.0, 1)")
    schedule = {"quartz_cron_expression": "0 0 * * * ?", "timezone_id": "UTC"}
    assert usage.post(MONITOR, {**SMALLEST_MONITOR, "schedule": schedule}).status_code == 200
    usage.wait_for_refresh()
    usage.rows("INSERT INTO main.gold.usage SELECT * FROM main.gold.usage")
    query = "SELECT `count` AS found FROM main.gold_monitoring.usage_profile_metrics WHERE `count` > 1"
    alert_id = create(usage, changed(query_text=query))["id"]
    usage.post(CLOCK, {"advance_seconds": 7_200.0})
    assert evaluated(usage, alert_id)["evaluation"]["state"] == "TRIGGERED"


def test_a_clock_that_goes_back_makes_the_schedule_fire_again(workspace: Target) -> None:
    alert_id = create(workspace, changed(schedule__quartz_cron_schedule="0 0 * * * ?"))["id"]
    workspace.post(CLOCK, {"now": "2030-01-01T00:00:00Z"})
    first = evaluated(workspace, alert_id)["evaluation"]["last_evaluated_at"]
    workspace.post(CLOCK, {"now": "2029-01-01T00:30:00Z"})
    workspace.post(CLOCK, {"now": "2029-01-01T01:00:00Z"})
    again = until(
        lambda: str(workspace.get(f"{ALERTS}/{alert_id}").json()["evaluation"]["last_evaluated_at"]),
        lambda seen: seen != first,
    )
    assert again.startswith("2029-01-01T01:00")


def test_definition_and_state_survive_a_restart(tmp_path: Path) -> None:
    with in_process(Workspace(tmp_path / "state")) as target:
        alert_id = create(target)["id"]
        target.post(FOUND)
        before = target.get(f"{ALERTS}/{alert_id}").json()
    with in_process(Workspace(tmp_path / "state")) as target:
        assert target.get(f"{ALERTS}/{alert_id}").json() == before
