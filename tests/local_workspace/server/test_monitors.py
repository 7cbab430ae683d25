"""Monitors under their table's name: life cycle, echo, objections."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from databricks.sdk.errors import NotFound
from databricks.sdk.service.catalog import MonitorInfoStatus, MonitorTimeSeries

from local_workspace.workspace import Workspace
from tests.local_workspace.target import (
    CATALOG,
    MONITOR,
    SMALLEST_MONITOR,
    USAGE,
    Target,
    in_process,
    make_usage_table,
)

if TYPE_CHECKING:
    from pathlib import Path

DOUBLE = '{"metadata":{},"name":"output","nullable":true,"type":"double"}'


def metric(name: str, kind: str, definition: str, **other: str) -> dict[str, Any]:
    return {
        "name": name,
        "type": f"CUSTOM_METRIC_TYPE_{kind}",
        "definition": definition,
        "input_columns": [":table"],
        "output_data_type": DOUBLE,
        **other,
    }


FULL_MONITOR: dict[str, Any] = {
    **SMALLEST_MONITOR,
    "slicing_exprs": ["team", "cost > 10"],
    "custom_metrics": [
        metric("total", "AGGREGATE", "SUM(cost)"),
        metric("rows", "AGGREGATE", "COUNT(*)"),
        metric("mean", "DERIVED", "total / NULLIF(rows, 0)"),
        metric("total_change", "DRIFT", "{{current_df}}.total - {{base_df}}.total"),
    ],
    "schedule": {"timezone_id": "UTC", "quartz_cron_expression": "0 0 6 * * ?"},
    "notifications": {"on_failure": {"email_addresses": ["a@example.com"]}},
    "data_classification_config": {"enabled": False},
    "baseline_table_name": "",
}

ADDED = {
    "table_name": USAGE,
    "status": "MONITOR_STATUS_PENDING",
    "monitor_version": 0,
    "profile_metrics_table_name": "main.gold_monitoring.usage_profile_metrics",
    "drift_metrics_table_name": "main.gold_monitoring.usage_drift_metrics",
}


def test_new_monitor_is_pending_and_then_active_with_a_dashboard(usage: Target) -> None:
    created = usage.post(MONITOR, SMALLEST_MONITOR)
    assert created.status_code == 200
    assert created.json() == {**SMALLEST_MONITOR, **ADDED}
    found = usage.get(MONITOR).json()
    assert re.fullmatch("[0-9a-f]{32}", found.pop("dashboard_id"))
    assert found == {**SMALLEST_MONITOR, **ADDED, "status": "MONITOR_STATUS_ACTIVE"}


def test_answer_is_the_definition_letter_for_letter_and_nothing_else(usage: Target) -> None:
    answer = usage.post(MONITOR, FULL_MONITOR).json()
    assert answer.pop("schedule") == {**FULL_MONITOR["schedule"], "pause_status": "UNPAUSED"}
    sent = {field: value for field, value in FULL_MONITOR.items() if field != "schedule"}
    assert json.dumps({field: answer.pop(field) for field in sent}) == json.dumps(sent)
    assert answer == ADDED


def test_write_only_fields_are_never_shown(usage: Target) -> None:
    body = {**SMALLEST_MONITOR, "warehouse_id": usage.warehouse_id, "skip_builtin_dashboard": True}
    assert usage.post(MONITOR, body).json() == {**SMALLEST_MONITOR, **ADDED}
    assert usage.get(MONITOR).json() == {**SMALLEST_MONITOR, **ADDED, "status": "MONITOR_STATUS_ACTIVE"}


def test_skipped_dashboard_that_is_said_to_be_wanted_is_made(usage: Target) -> None:
    usage.post(MONITOR, {**SMALLEST_MONITOR, "skip_builtin_dashboard": False})
    assert "dashboard_id" in usage.get(MONITOR).json()


def test_monitor_stays_pending_for_the_reads_that_were_asked_for(usage: Target) -> None:
    usage.post("/__local/transitions", {"pending_reads": 2})
    usage.post(MONITOR, SMALLEST_MONITOR)
    states = [usage.get(MONITOR).json()["status"] for _ in range(4)]
    assert states == [f"MONITOR_STATUS_{state}" for state in ("PENDING", "PENDING", "ACTIVE", "ACTIVE")]


def test_monitor_stays_pending_for_the_seconds_that_were_asked_for(usage: Target) -> None:
    usage.post("/__local/transitions", {"pending_seconds": 60})
    usage.post(MONITOR, SMALLEST_MONITOR)
    assert usage.get(MONITOR).json()["status"] == "MONITOR_STATUS_PENDING"
    usage.post("/__local/clock", {"advance_seconds": 61})
    assert usage.get(MONITOR).json()["status"] == "MONITOR_STATUS_ACTIVE"


def test_second_create_is_refused_and_the_monitor_stays_as_it_was(usage: Target) -> None:
    usage.post(MONITOR, SMALLEST_MONITOR)
    before = usage.get(MONITOR).json()
    answer = usage.post(MONITOR, {**SMALLEST_MONITOR, "assets_dir": "/other"})
    assert answer.status_code == 409
    assert answer.json()["error_code"] == "RESOURCE_ALREADY_EXISTS"
    assert answer.json()["message"] == "Data Monitor 'main.gold.usage' already exists"
    assert usage.get(MONITOR).json() == before


def test_put_clears_what_is_left_out_and_keeps_folder_and_dashboard(usage: Target) -> None:
    usage.post(MONITOR, FULL_MONITOR)
    dashboard = usage.get(MONITOR).json()["dashboard_id"]
    body = {field: value for field, value in SMALLEST_MONITOR.items() if field != "assets_dir"}
    answer = usage.put(MONITOR, {**body, "dashboard_id": dashboard})
    assert answer.status_code == 200
    expected = {**SMALLEST_MONITOR, **ADDED, "status": "MONITOR_STATUS_ACTIVE"}
    assert answer.json() == {**expected, "monitor_version": 1, "dashboard_id": dashboard}
    assert usage.get(MONITOR).json() == answer.json()


def test_put_ignores_another_folder(usage: Target) -> None:
    usage.post(MONITOR, SMALLEST_MONITOR)
    assert (
        usage.put(MONITOR, {**SMALLEST_MONITOR, "assets_dir": "/other"}).json()["assets_dir"]
        == "/Shared/monitors"
    )


def test_each_put_counts_the_version_up_and_starts_no_refresh(usage: Target) -> None:
    usage.post(MONITOR, SMALLEST_MONITOR)
    usage.wait_for_refresh()
    versions = [usage.put(MONITOR, SMALLEST_MONITOR).json()["monitor_version"] for _ in range(2)]
    assert versions == [1, 2]
    assert len(usage.get(f"{MONITOR}/refreshes").json()["refreshes"]) == 1


def test_put_that_is_refused_changes_nothing(usage: Target) -> None:
    usage.post(MONITOR, FULL_MONITOR)
    before = usage.get(MONITOR).json()
    answer = usage.put(MONITOR, {**SMALLEST_MONITOR, "slicing_exprs": ["nobody"]})
    assert answer.status_code == 400
    assert usage.get(MONITOR).json() == before


def test_kind_of_analysis_cannot_change(usage: Target) -> None:
    usage.post(MONITOR, SMALLEST_MONITOR)
    answer = usage.put(MONITOR, {"output_schema_name": "main.gold_monitoring", "snapshot": {}})
    assert answer.status_code == 400
    assert answer.json()["message"] == (
        "The monitor of 'main.gold.usage' is a time_series profile and cannot become a snapshot profile; "
        "delete it and create it anew"
    )


def test_delete_leaves_both_output_tables(usage: Target) -> None:
    usage.post(MONITOR, SMALLEST_MONITOR)
    assert usage.wait_for_refresh()["state"] == "SUCCESS"
    assert usage.delete(MONITOR).json() == {}
    tables = usage.get(f"{CATALOG}/tables", catalog_name="main", schema_name="gold_monitoring").json()[
        "tables"
    ]
    assert [table["name"] for table in tables] == ["usage_drift_metrics", "usage_profile_metrics"]


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_missing_monitor_is_404_with_the_ids_of_metastore_and_table(usage: Target, method: str) -> None:
    answer = usage.raw.request(method, MONITOR, json=SMALLEST_MONITOR if method == "PUT" else None)
    assert answer.status_code == 404
    table = usage.sdk.tables.get(USAGE)
    assert answer.json() == {
        "error_code": "RESOURCE_DOES_NOT_EXIST",
        "message": f"Cannot find Monitor with ID: /metastores:{table.metastore_id}/tables:{table.table_id}/",
        "details": [],
    }


def test_monitor_of_a_missing_table_is_404(usage: Target) -> None:
    answer = usage.post(f"{CATALOG}/tables/main.gold.nothing/monitor", SMALLEST_MONITOR)
    assert answer.status_code == 404
    assert answer.json()["error_code"] == "TABLE_DOES_NOT_EXIST"
    assert answer.json()["message"] == "Table 'main.gold.nothing' does not exist."


def test_missing_output_schema_is_404(usage: Target) -> None:
    answer = usage.post(MONITOR, {**SMALLEST_MONITOR, "output_schema_name": "main.nowhere"})
    assert answer.status_code == 404
    assert answer.json()["error_code"] == "SCHEMA_DOES_NOT_EXIST"
    assert answer.json()["message"] == "Schema 'main.nowhere' does not exist."


def test_two_tables_of_one_name_cannot_share_an_output_schema(usage: Target) -> None:
    usage.rows("CREATE TABLE main.default.usage (happened_at TIMESTAMP)")
    usage.post(MONITOR, SMALLEST_MONITOR)
    answer = usage.post(f"{CATALOG}/tables/main.default.usage/monitor", SMALLEST_MONITOR)
    assert answer.status_code == 400
    assert answer.json()["message"] == (
        "The monitor of 'main.gold.usage' already writes to main.gold_monitoring.usage_profile_metrics; "
        "choose another output_schema_name for 'main.default.usage'"
    )


def test_where_a_monitor_of_an_earlier_version_writes_is_known_too(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "state")
    with in_process(workspace) as target:
        make_usage_table(target)
        target.rows("CREATE TABLE main.default.usage (happened_at TIMESTAMP)")
        target.post(MONITOR, SMALLEST_MONITOR)
        ((key, record),) = workspace.store.all("monitor")
        del record["output"]
        workspace.store.put("monitor", key, record)
    with in_process(Workspace(tmp_path / "state")) as target:
        answer = target.post(f"{CATALOG}/tables/main.default.usage/monitor", SMALLEST_MONITOR)
        assert "already writes to main.gold_monitoring.usage_profile_metrics" in answer.json()["message"]


def test_every_field_is_known_or_named(usage: Target) -> None:
    body = {
        **SMALLEST_MONITOR,
        "colour": 1,
        "time_series": {**SMALLEST_MONITOR["time_series"], "zone": "UTC"},
    }
    answer = usage.post(MONITOR, body)
    assert answer.status_code == 400
    assert answer.json()["error_code"] == "MALFORMED_REQUEST"
    assert answer.json()["message"] == "unknown field 'time_series.zone'; unknown field 'colour'"


def test_unknown_kind_of_metric_is_named_with_the_allowed_ones(usage: Target) -> None:
    answer = usage.post(
        MONITOR, {**SMALLEST_MONITOR, "custom_metrics": [metric("total", "SUM", "SUM(cost)")]}
    )
    assert answer.status_code == 400
    assert answer.json()["error_code"] == "INVALID_PARAMETER_VALUE"
    assert answer.json()["message"] == (
        "custom_metrics.0.type: 'CUSTOM_METRIC_TYPE_SUM' is not allowed; expected "
        "'CUSTOM_METRIC_TYPE_AGGREGATE', "
        "'CUSTOM_METRIC_TYPE_DERIVED' or 'CUSTOM_METRIC_TYPE_DRIFT'"
    )


def test_missing_field_is_named(usage: Target) -> None:
    answer = usage.post(MONITOR, {"output_schema_name": "main.gold_monitoring", "snapshot": {}})
    assert answer.json()["message"] == "field 'assets_dir' is missing"


@pytest.mark.parametrize("field", ["dashboard_id", "latest_monitor_failure_msg"])
def test_field_of_the_service_is_refused_in_a_new_monitor(usage: Target, field: str) -> None:
    answer = usage.post(MONITOR, {**SMALLEST_MONITOR, field: "x"})
    assert answer.status_code == 400
    assert answer.json()["message"] == f"field '{field}' is set by the service; leave it out of a new monitor"


def test_pause_status_is_refused_in_a_new_monitor(usage: Target) -> None:
    schedule = {**FULL_MONITOR["schedule"], "pause_status": "UNPAUSED"}
    answer = usage.post(MONITOR, {**SMALLEST_MONITOR, "schedule": schedule})
    assert answer.json()["message"] == "field 'schedule.pause_status' is set by the service; leave it out"


OBJECTIONS: list[tuple[dict[str, Any], str]] = [
    ({"time_series": {"timestamp_col": "happened_at", "granularities": ["1 fortnight"]}}, "1 fortnight"),
    ({"time_series": {"timestamp_col": "when", "granularities": ["1 day"]}}, "'when' is not a column"),
    ({"slicing_exprs": ["nobody"]}, "nobody"),
    ({"schedule": {"quartz_cron_expression": "0 6 * * *", "timezone_id": "UTC"}}, "0 6 * * *"),
    ({"schedule": {"quartz_cron_expression": "0 0 25 * * ?", "timezone_id": "UTC"}}, "hour '25'"),
    ({"schedule": {"quartz_cron_expression": "0 0 6 * * ?", "timezone_id": "Moon"}}, "'Moon'"),
    ({"custom_metrics": [metric("m", "AGGREGATE", "SUM(price)")]}, "price"),
    ({"custom_metrics": [metric("m", "AGGREGATE", "SUM(cost)"), metric("M", "AGGREGATE", "MAX(cost)")]}, "M"),
    ({"custom_metrics": [metric("m", "DERIVED", "total * 2")]}, "total"),
    (
        {"custom_metrics": [metric("t", "AGGREGATE", "SUM(cost)"), metric("m", "DRIFT", "{{current_df}}.t")]},
        "base_df",
    ),
    ({"custom_metrics": [metric("m", "AGGREGATE", "SUM(cost)", output_data_type="double")]}, "double"),
    ({"snapshot": {}}, "snapshot"),
]


@pytest.mark.parametrize(("change", "named"), OBJECTIONS, ids=[named for _, named in OBJECTIONS])
def test_definition_that_cannot_work_is_refused(usage: Target, change: dict[str, Any], named: str) -> None:
    answer = usage.post(MONITOR, {**SMALLEST_MONITOR, **change})
    assert answer.status_code == 400
    assert answer.json()["error_code"] == "INVALID_PARAMETER_VALUE"
    assert named in answer.json()["message"]
    assert usage.get(MONITOR).status_code == 404


def test_further_objections_are_counted(usage: Target) -> None:
    metrics = [metric(f"m{number}", "AGGREGATE", "SUM(price)") for number in range(3)]
    answer = usage.post(MONITOR, {**SMALLEST_MONITOR, "custom_metrics": metrics})
    assert answer.json()["message"].endswith(" (2 more problems)")


def test_sdk_creates_reads_changes_and_deletes(usage: Target) -> None:
    monitors = usage.sdk.quality_monitors
    series = MonitorTimeSeries(granularities=["1 day"], timestamp_col="happened_at")
    created = monitors.create(
        table_name=USAGE, output_schema_name="main.gold_monitoring", assets_dir="/a", time_series=series
    )
    assert created.status is MonitorInfoStatus.MONITOR_STATUS_PENDING
    assert monitors.get(USAGE).status is MonitorInfoStatus.MONITOR_STATUS_ACTIVE
    changed = monitors.update(
        table_name=USAGE,
        output_schema_name="main.gold_monitoring",
        time_series=series,
        slicing_exprs=["team"],
    )
    assert (changed.monitor_version, changed.slicing_exprs, changed.assets_dir) == (1, ["team"], "/a")
    monitors.delete(USAGE)
    with pytest.raises(NotFound):
        monitors.get(USAGE)


def test_table_that_is_dropped_and_made_anew_can_be_monitored_again(usage: Target) -> None:
    usage.post(MONITOR, SMALLEST_MONITOR)
    usage.wait_for_refresh()
    usage.rows(f"DROP TABLE {USAGE}")
    usage.rows(f"CREATE TABLE {USAGE} (happened_at TIMESTAMP)")
    assert usage.get(MONITOR).status_code == 404
    assert usage.post(MONITOR, SMALLEST_MONITOR).status_code == 200
    usage.wait_for_refresh()
    tables = [report["table"] for report in usage.get("/__local/refreshes").json()["refreshes"]]
    assert tables == [USAGE]


def test_missing_schedule_may_be_sent_as_null(usage: Target) -> None:
    assert usage.post(MONITOR, {**SMALLEST_MONITOR, "schedule": None}).json()["schedule"] is None
    assert usage.put(MONITOR, {**SMALLEST_MONITOR, "schedule": None}).json()["schedule"] is None


def test_new_dashboard_replaces_the_old_one(usage: Target) -> None:
    usage.post(MONITOR, SMALLEST_MONITOR)
    old = usage.get(MONITOR).json()["dashboard_id"]
    answer = usage.sdk.quality_monitors.regenerate_dashboard(USAGE, warehouse_id=usage.warehouse_id)
    assert answer.parent_folder == "/Shared/monitors/main.gold.usage"
    assert answer.dashboard_id != old
    assert usage.get(MONITOR).json()["dashboard_id"] == answer.dashboard_id
