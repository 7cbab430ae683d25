"""Monitors under their object's id: life cycle, echo, objections, the monitors of schemas."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from databricks.sdk import errors
from databricks.sdk.service.dataquality import (
    AggregationGranularity,
    AnomalyDetectionConfig,
    CronSchedule,
    CronSchedulePauseStatus,
    DataProfilingConfig,
    DataProfilingStatus,
    Monitor,
    TimeSeriesConfig,
)

from tests.local_workspace.server.data_quality import (
    MONITORS,
    full_config,
    metric,
    monitor,
    monitor_path,
    schema_id,
    smallest_config,
    table_id,
)
from tests.local_workspace.target import MONITOR, SMALLEST_MONITOR, USAGE, Target

if TYPE_CHECKING:
    from collections.abc import Callable

UNKNOWN = "00000000-0000-4000-8000-000000000000"

ADDED = {
    "status": "DATA_PROFILING_STATUS_PENDING",
    "monitor_version": 0,
    "monitored_table_name": USAGE,
    "profile_metrics_table_name": "main.gold_monitoring.usage_profile_metrics",
    "drift_metrics_table_name": "main.gold_monitoring.usage_drift_metrics",
}


def test_new_monitor_is_pending_and_then_active_with_a_dashboard(usage: Target) -> None:
    config = smallest_config(usage)
    created = usage.post(MONITORS, monitor(usage, config))
    assert created.status_code == 200
    assert created.json() == monitor(usage, {**config, **ADDED})
    found = usage.get(monitor_path(usage)).json()["data_profiling_config"]
    assert re.fullmatch("[0-9a-f]{32}", found.pop("dashboard_id"))
    assert found == {
        **config,
        **ADDED,
        "status": "DATA_PROFILING_STATUS_ACTIVE",
        "effective_warehouse_id": usage.warehouse_id,
    }


def test_answer_is_the_configuration_letter_for_letter_and_nothing_else(usage: Target) -> None:
    config = full_config(usage)
    answer = usage.post(MONITORS, monitor(usage, config)).json()["data_profiling_config"]
    unpaused = {"pause_status": "CRON_SCHEDULE_PAUSE_STATUS_UNPAUSED"}
    assert answer == {**config, **ADDED, "schedule": {**config["schedule"], **unpaused}}


def test_monitor_without_folder_is_shown_without_folder(usage: Target) -> None:
    config = smallest_config(usage)
    del config["assets_dir"]
    assert "assets_dir" not in usage.post(MONITORS, monitor(usage, config)).json()["data_profiling_config"]


def test_chosen_warehouse_serves_the_dashboard(usage: Target) -> None:
    usage.post(MONITORS, monitor(usage, {**smallest_config(usage), "warehouse_id": "chosen"}))
    found = usage.get(monitor_path(usage)).json()["data_profiling_config"]
    assert (found["warehouse_id"], found["effective_warehouse_id"]) == ("chosen", "chosen")


@pytest.mark.parametrize("again", ["v1", "legacy"])
def test_second_create_is_refused_through_either_api(usage: Target, again: str) -> None:
    usage.post(MONITORS, monitor(usage, smallest_config(usage)))
    answer = (
        usage.post(MONITOR, SMALLEST_MONITOR)
        if again == "legacy"
        else usage.post(MONITORS, monitor(usage, smallest_config(usage)))
    )
    assert answer.status_code == 409
    assert answer.json()["error_code"] == "RESOURCE_ALREADY_EXISTS"
    assert answer.json()["message"] == "Data Monitor 'main.gold.usage' already exists"


def test_create_after_a_create_through_the_legacy_api_is_refused(usage: Target) -> None:
    usage.post(MONITOR, SMALLEST_MONITOR)
    answer = usage.post(MONITORS, monitor(usage, smallest_config(usage)))
    assert (answer.status_code, answer.json()["error_code"]) == (409, "RESOURCE_ALREADY_EXISTS")


def test_deleted_monitor_is_gone_and_its_tables_stay(usage: Target) -> None:
    usage.post(MONITORS, monitor(usage, smallest_config(usage)))
    usage.wait_for_refresh()
    assert usage.delete(monitor_path(usage)).json() == {}
    answer = usage.get(monitor_path(usage))
    assert (answer.status_code, answer.json()["error_code"]) == (404, "RESOURCE_DOES_NOT_EXIST")
    assert answer.json()["message"].endswith(f"/tables:{table_id(usage)}/")
    assert usage.sdk.tables.exists("main.gold_monitoring.usage_profile_metrics").table_exists


def test_list_of_monitors_is_not_implemented_as_on_the_service(usage: Target) -> None:
    answer = usage.get(MONITORS)
    assert answer.status_code == 501
    assert answer.json()["message"] == (
        f"The service does not implement GET {MONITORS}, nor does the local workspace"
    )
    with pytest.raises(errors.NotImplemented):
        list(usage.sdk.data_quality.list_monitor(page_size=10))


@pytest.mark.parametrize("method", ["GET", "DELETE", "PATCH"])
def test_name_instead_of_a_uuid_is_refused(usage: Target, method: str) -> None:
    answer = usage.raw.request(method, f"{MONITORS}/table/{USAGE}", json={} if method == "PATCH" else None)
    assert answer.status_code == 400
    assert answer.json() == {
        "error_code": "INVALID_PARAMETER_VALUE",
        "message": (
            f"object_id: '{USAGE}' is not a UUID; give the table_id that "
            "GET /api/2.1/unity-catalog/tables/{name} answers"
        ),
        "details": [],
    }


@pytest.mark.parametrize(
    ("kind", "field"), [("table", "data_profiling_config"), ("schema", "anomaly_detection_config")]
)
def test_unknown_uuid_is_404(usage: Target, kind: str, field: str) -> None:
    config = smallest_config(usage) if kind == "table" else {}
    answer = usage.post(MONITORS, {"object_type": kind, "object_id": UNKNOWN, field: config})
    assert answer.status_code == 404
    assert answer.json()["error_code"] == f"{kind.upper()}_DOES_NOT_EXIST"
    assert answer.json()["message"] == f"{kind.capitalize()} with ID '{UNKNOWN}' does not exist."


def test_unknown_output_schema_is_404(usage: Target) -> None:
    body = monitor(usage, {**smallest_config(usage), "output_schema_id": UNKNOWN})
    answer = usage.post(MONITORS, body)
    assert (answer.status_code, answer.json()["error_code"]) == (404, "SCHEMA_DOES_NOT_EXIST")


def test_dropped_table_takes_its_uuid_along(usage: Target) -> None:
    usage.post(MONITORS, monitor(usage, smallest_config(usage)))
    path = monitor_path(usage)
    usage.rows(f"DROP TABLE {USAGE}")
    answer = usage.get(path)
    assert (answer.status_code, answer.json()["error_code"]) == (404, "TABLE_DOES_NOT_EXIST")


def _changed(**changes: object) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda body: {**body, **changes}


def _config(**changes: object) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda body: {**body, "data_profiling_config": {**body["data_profiling_config"], **changes}}


OBJECTIONS: list[tuple[Callable[[dict[str, Any]], dict[str, Any]], str]] = [
    (_changed(object_type="view"), "object_type: 'view' is not allowed; expected 'table' or 'schema'"),
    (_changed(data_profiling_config=None), "field 'data_profiling_config' is missing"),
    (
        _changed(anomaly_detection_config={}),
        "field 'anomaly_detection_config' does not belong to the monitor of a table; leave it out",
    ),
    (_config(colour="red"), "unknown field 'data_profiling_config.colour'"),
    (
        _config(monitor_version=3),
        "field 'data_profiling_config.monitor_version' is set by the service; leave it out of a new monitor",
    ),
    (
        _config(
            schedule={
                "quartz_cron_expression": "0 0 6 * * ?",
                "timezone_id": "UTC",
                "pause_status": "CRON_SCHEDULE_PAUSE_STATUS_PAUSED",
            }
        ),
        (
            "field 'data_profiling_config.schedule.pause_status' is set by the service; "
            "leave it out of a new monitor"
        ),
    ),
    (
        _config(custom_metrics=[metric("m", "AGGREGATE", "SUM(price)")]),
        "price",
    ),
]


@pytest.mark.parametrize(("change", "message"), OBJECTIONS, ids=[message for _, message in OBJECTIONS])
def test_monitor_that_cannot_work_is_refused(
    usage: Target, change: Callable[[dict[str, Any]], dict[str, Any]], message: str
) -> None:
    answer = usage.post(MONITORS, change(monitor(usage, smallest_config(usage))))
    assert answer.status_code == 400
    assert message in answer.json()["message"]
    assert usage.get(monitor_path(usage)).status_code == 404


def test_unknown_granularity_is_named_with_the_allowed_ones(usage: Target) -> None:
    series = {"timestamp_column": "happened_at", "granularities": ["1 day"]}
    answer = usage.post(MONITORS, monitor(usage, {**smallest_config(usage), "time_series": series}))
    assert answer.json()["message"].startswith(
        "data_profiling_config.time_series.granularities.0: '1 day' is not allowed; expected "
        "'AGGREGATION_GRANULARITY_5_MINUTES'"
    )


def test_unknown_object_type_in_the_path_is_refused(usage: Target) -> None:
    answer = usage.get(f"{MONITORS}/view/{table_id(usage)}")
    assert answer.status_code == 400
    assert answer.json()["message"] == "object_type: 'view' is not allowed; expected table or schema"


def test_sdk_creates_reads_changes_and_deletes(usage: Target) -> None:
    monitors, table = usage.sdk.data_quality, table_id(usage)
    config = DataProfilingConfig(
        output_schema_id=schema_id(usage),
        time_series=TimeSeriesConfig("happened_at", [AggregationGranularity.AGGREGATION_GRANULARITY_1_DAY]),
    )
    created = monitors.create_monitor(Monitor("table", table, data_profiling_config=config))
    assert created.data_profiling_config is not None
    assert created.data_profiling_config.status is DataProfilingStatus.DATA_PROFILING_STATUS_PENDING
    read = monitors.get_monitor("table", table)
    assert read.data_profiling_config is not None
    assert read.data_profiling_config.status is DataProfilingStatus.DATA_PROFILING_STATUS_ACTIVE
    read.data_profiling_config.schedule = CronSchedule("0 0 6 * * ?", "UTC")
    changed = monitors.update_monitor("table", table, read, "data_profiling_config.schedule")
    assert changed.data_profiling_config is not None
    assert changed.data_profiling_config.monitor_version == 1
    assert changed.data_profiling_config.schedule == CronSchedule(
        "0 0 6 * * ?", "UTC", CronSchedulePauseStatus.CRON_SCHEDULE_PAUSE_STATUS_UNPAUSED
    )
    monitors.delete_monitor("table", table)
    with pytest.raises(errors.NotFound):
        monitors.get_monitor("table", table)


def test_anomaly_detection_of_a_schema_is_kept_as_it_was_sent(usage: Target) -> None:
    gold = schema_id(usage, "main.gold")
    body = {
        "object_type": "schema",
        "object_id": gold,
        "anomaly_detection_config": {"excluded_table_full_names": [USAGE]},
    }
    assert usage.post(MONITORS, body).json() == body
    assert usage.get(f"{MONITORS}/schema/{gold}").json() == body
    assert usage.get("/__local/refreshes").json() == {"refreshes": []}


def test_sdk_keeps_changes_and_deletes_the_anomaly_detection_of_a_schema(usage: Target) -> None:
    monitors, gold = usage.sdk.data_quality, schema_id(usage, "main.gold")
    first = Monitor("schema", gold, anomaly_detection_config=AnomalyDetectionConfig())
    assert monitors.create_monitor(first) == first
    with pytest.raises(errors.ResourceAlreadyExists, match=r"Data Monitor 'main\.gold' already exists"):
        monitors.create_monitor(first)
    changed = Monitor("schema", gold, anomaly_detection_config=AnomalyDetectionConfig([USAGE]))
    assert monitors.update_monitor("schema", gold, changed, "*") == changed
    monitors.delete_monitor("schema", gold)
    with pytest.raises(errors.NotFound, match=f"Cannot find Monitor with ID: .*/schemas:{gold}/"):
        monitors.get_monitor("schema", gold)


def test_schema_has_no_profile(usage: Target) -> None:
    config = DataProfilingConfig(output_schema_id=schema_id(usage))
    gold = Monitor("schema", schema_id(usage, "main.gold"), data_profiling_config=config)
    with pytest.raises(
        errors.InvalidParameterValue,
        match="'data_profiling_config' does not belong to the monitor of a schema",
    ):
        usage.sdk.data_quality.create_monitor(gold)


def test_reset_forgets_the_anomaly_detection_of_schemas(usage: Target) -> None:
    gold = schema_id(usage, "main.gold")
    body = {"object_type": "schema", "object_id": gold, "anomaly_detection_config": {}}
    usage.post(MONITORS, body)
    usage.post("/__local/reset", {"everything": True})
    assert usage.get(f"{MONITORS}/schema/{gold}").status_code == 404
