"""Refreshes under a table's id, which are those of the legacy API."""

from __future__ import annotations

import pytest
from databricks.sdk import errors
from databricks.sdk.service.dataquality import Refresh, RefreshState, RefreshTrigger

from tests.local_workspace.server.data_quality import (
    MONITORS,
    monitor,
    monitor_path,
    schema_id,
    smallest_config,
    table_id,
)
from tests.local_workspace.target import MONITOR, Target, until


@pytest.fixture
def waiting(usage: Target) -> Target:
    """A monitored table whose refreshes wait for the clock."""
    usage.post("/__local/transitions", {"tables_after_seconds": 60})
    usage.post(MONITORS, monitor(usage, smallest_config(usage)))
    return usage


def ids(target: Target) -> list[int]:
    """Numbers of the refreshes as the legacy API lists them."""
    return [refresh["refresh_id"] for refresh in target.get(f"{MONITOR}/refreshes").json()["refreshes"]]


def test_first_refresh_comes_by_itself(usage: Target) -> None:
    usage.post(MONITORS, monitor(usage, smallest_config(usage)))
    first = until(
        lambda: next(iter(usage.sdk.data_quality.list_refresh("table", table_id(usage)))),
        lambda refresh: refresh.state is RefreshState.MONITOR_REFRESH_STATE_SUCCESS,
    )
    assert (first.object_type, first.object_id) == ("table", table_id(usage))
    assert first.trigger is RefreshTrigger.MONITOR_REFRESH_TRIGGER_MANUAL
    assert (first.end_time_ms or 0) >= (first.start_time_ms or 0) > 0


def test_refresh_asked_for_through_v1_is_one_of_the_legacy_api(waiting: Target) -> None:
    table = table_id(waiting)
    made = waiting.sdk.data_quality.create_refresh("table", table, Refresh("table", table))
    assert made.state is RefreshState.MONITOR_REFRESH_STATE_PENDING
    assert ids(waiting)[0] == made.refresh_id
    assert waiting.sdk.data_quality.get_refresh("table", table, made.refresh_id or 0) == made


def test_refresh_asked_for_through_the_legacy_api_is_one_of_v1(waiting: Target) -> None:
    made = waiting.post(f"{MONITOR}/refreshes").json()["refresh_id"]
    newest = next(iter(waiting.sdk.data_quality.list_refresh("table", table_id(waiting))))
    assert newest.refresh_id == made


def test_pages_hold_every_refresh_newest_first(waiting: Target) -> None:
    for _ in range(4):
        waiting.post(f"{MONITOR}/refreshes")
    page = waiting.get(f"{monitor_path(waiting)}/refreshes", page_size="2").json()
    assert [refresh["refresh_id"] for refresh in page["refreshes"]] == ids(waiting)[:2]
    assert page["next_page_token"]
    everything = waiting.sdk.data_quality.list_refresh("table", table_id(waiting), page_size=2)
    assert [refresh.refresh_id for refresh in everything] == ids(waiting)


def test_last_page_has_no_token(waiting: Target) -> None:
    page = waiting.get(f"{monitor_path(waiting)}/refreshes", page_size="1").json()
    assert list(page) == ["refreshes"]


def test_cancelled_refresh_is_answered(waiting: Target) -> None:
    table, (first,) = table_id(waiting), ids(waiting)
    answer = waiting.sdk.data_quality.cancel_refresh("table", table, first)
    assert answer.refresh is not None
    assert answer.refresh.state is RefreshState.MONITOR_REFRESH_STATE_CANCELED
    assert waiting.get(f"{MONITOR}/refreshes/{first}").json()["state"] == "CANCELED"


def test_refresh_that_is_not_there_is_404(waiting: Target) -> None:
    with pytest.raises(errors.NotFound, match=r"Refresh 999 does not exist\."):
        waiting.sdk.data_quality.get_refresh("table", table_id(waiting), 999)


def test_refresh_of_a_table_without_monitor_is_404(usage: Target) -> None:
    table = table_id(usage)
    with pytest.raises(errors.NotFound, match="Cannot find Monitor with ID"):
        usage.sdk.data_quality.create_refresh("table", table, Refresh("table", table))


def test_schema_has_no_refreshes(usage: Target) -> None:
    gold = schema_id(usage, "main.gold")
    with pytest.raises(
        errors.InvalidParameterValue, match="object_type: only the monitor of a table has refreshes"
    ):
        usage.sdk.data_quality.create_refresh("schema", gold, Refresh("schema", gold))


def test_refresh_of_another_object_than_that_in_the_path_is_refused(waiting: Target) -> None:
    body = {"object_type": "table", "object_id": schema_id(waiting)}
    answer = waiting.post(f"{monitor_path(waiting)}/refreshes", body)
    assert answer.status_code == 400
    assert answer.json()["message"] == f"object_id: '{schema_id(waiting)}' is not the one in the path"


def test_change_and_removal_of_a_refresh_are_not_implemented_as_on_the_service(waiting: Target) -> None:
    table, (first,) = table_id(waiting), ids(waiting)
    with pytest.raises(errors.NotImplemented):
        waiting.sdk.data_quality.update_refresh("table", table, first, Refresh("table", table), "state")
    with pytest.raises(errors.NotImplemented):
        waiting.sdk.data_quality.delete_refresh("table", table, first)
    assert ids(waiting) == [first]
