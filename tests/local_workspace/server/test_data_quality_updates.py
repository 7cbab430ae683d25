"""PATCH of a monitor: what a mask changes, what it leaves, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from databricks.sdk.service.dataquality import DataProfilingConfig, Monitor

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
from tests.local_workspace.target import CATALOG, MONITOR, SMALLEST_MONITOR, Target

PROVIDER_MASK = "anomaly_detection_config,data_profiling_config"
COMPUTED = {
    "status",
    "monitor_version",
    "monitored_table_name",
    "profile_metrics_table_name",
    "drift_metrics_table_name",
}


@pytest.fixture
def monitored(usage: Target) -> Target:
    """A workspace whose table of usage has the full monitor."""
    assert usage.post(MONITORS, monitor(usage, full_config(usage))).status_code == 200
    return usage


def patch(target: Target, config: object, mask: str) -> dict[str, Any]:
    """The configuration after a PATCH, without what only the service sets."""
    answer = target.raw.patch(
        monitor_path(target),
        params={"update_mask": mask},
        json={"object_type": "table", "object_id": table_id(target), "data_profiling_config": config},
    )
    assert answer.status_code == 200, answer.text
    found = answer.json()["data_profiling_config"]
    if "schedule" in found:
        del found["schedule"]["pause_status"]
    return {field: value for field, value in found.items() if field not in COMPUTED}


def refusal(target: Target, body: object, mask: str) -> str:
    """Message of a PATCH that is refused with 400 and leaves the monitor as it was."""
    before = target.get(monitor_path(target)).json()
    answer = target.raw.patch(monitor_path(target), params={"update_mask": mask}, json=body)
    assert answer.status_code == 400
    assert target.get(monitor_path(target)).json() == before
    return str(answer.json()["message"])


def test_mask_of_the_provider_replaces_the_whole_configuration(monitored: Target) -> None:
    assert patch(monitored, smallest_config(monitored), PROVIDER_MASK) == smallest_config(monitored)


def test_star_replaces_the_whole_configuration(monitored: Target) -> None:
    assert patch(monitored, smallest_config(monitored), "*") == smallest_config(monitored)


def test_mask_may_be_percent_encoded(monitored: Target) -> None:
    answer = monitored.raw.patch(
        f"{monitor_path(monitored)}?update_mask=%2A",
        json={"data_profiling_config": smallest_config(monitored)},
    )
    assert answer.status_code == 200
    assert "slicing_exprs" not in answer.json()["data_profiling_config"]


def test_dotted_mask_changes_that_field_only(monitored: Target) -> None:
    config = {"slicing_exprs": ["quantity"], "custom_metrics": []}
    after = patch(monitored, config, "data_profiling_config.slicing_exprs")
    assert after == {**full_config(monitored), "slicing_exprs": ["quantity"]}


def test_mask_may_lead_into_an_object_and_name_several_fields(monitored: Target) -> None:
    config = {
        "schedule": {"timezone_id": "Europe/Berlin"},
        "custom_metrics": [metric("total", "AGGREGATE", "SUM(cost)")],
    }
    mask = "data_profiling_config.custom_metrics,data_profiling_config.schedule.timezone_id"
    after = patch(monitored, config, mask)
    schedule = {"timezone_id": "Europe/Berlin", "quartz_cron_expression": "0 0 6 * * ?"}
    assert after == {**full_config(monitored), **config, "schedule": schedule}


def test_masked_field_that_the_body_leaves_out_is_removed(monitored: Target) -> None:
    after = patch(monitored, {}, "data_profiling_config.schedule,data_profiling_config.slicing_exprs")
    kept = full_config(monitored)
    del kept["schedule"], kept["slicing_exprs"]
    assert after == kept


def test_sdk_writes_back_what_it_has_read(monitored: Target) -> None:
    monitors, table = monitored.sdk.data_quality, table_id(monitored)
    read = monitors.get_monitor("table", table)
    changed = monitors.update_monitor("table", table, read, "*")
    assert changed.data_profiling_config is not None
    assert changed.data_profiling_config.monitor_version == 1
    changed.data_profiling_config.monitor_version = 0
    assert changed == read


def test_change_counts_versions_and_starts_no_refresh(monitored: Target) -> None:
    for version in (1, 2):
        config = patch(monitored, {"slicing_exprs": ["team"]}, "data_profiling_config.slicing_exprs")
        assert config["slicing_exprs"] == ["team"]
        found = monitored.get(MONITOR).json()
        assert found["monitor_version"] == version
    assert len(monitored.get(f"{MONITOR}/refreshes").json()["refreshes"]) == 1


def test_dashboard_that_is_wanted_later_is_made(monitored: Target) -> None:
    assert "dashboard_id" not in monitored.get(monitor_path(monitored)).json()["data_profiling_config"]
    patch(monitored, {"skip_builtin_dashboard": False}, "data_profiling_config.skip_builtin_dashboard")
    assert "dashboard_id" in monitored.get(MONITOR).json()


def test_folder_stays_when_it_is_left_out(monitored: Target) -> None:
    config = smallest_config(monitored)
    del config["assets_dir"]
    assert patch(monitored, config, "data_profiling_config")["assets_dir"] == "/Shared/monitors"


def test_other_output_schema_moves_the_output_tables(monitored: Target) -> None:
    monitored.post(f"{CATALOG}/schemas", {"name": "other", "catalog_name": "main"})
    other = schema_id(monitored, "main.other")
    config = DataProfilingConfig(output_schema_id=other)
    body = Monitor("table", table_id(monitored), data_profiling_config=config)
    changed = monitored.sdk.data_quality.update_monitor(
        "table", table_id(monitored), body, "data_profiling_config.output_schema_id"
    )
    assert changed.data_profiling_config is not None
    assert changed.data_profiling_config.output_schema_id == other
    assert changed.data_profiling_config.profile_metrics_table_name == "main.other.usage_profile_metrics"


REFUSALS: list[tuple[dict[str, Any], str, str]] = [
    (
        {"data_profiling_config": {"assets_dir": "/other"}},
        "data_profiling_config.assets_dir",
        (
            "data_profiling_config.assets_dir: '/other' differs from the folder that the monitor was made "
            "with; delete the monitor and create it anew"
        ),
    ),
    ({}, "data_profiling_config", "field 'data_profiling_config' is missing"),
    (
        {"data_profiling_config": {}},
        "data_profiling_config.output_schema_id",
        "field 'data_profiling_config.output_schema_id' is missing",
    ),
    ({}, "data_profiling_config.colour", "update_mask: unknown field 'data_profiling_config.colour'"),
    (
        {},
        "data_profiling_config.custom_metrics.name",
        "update_mask: unknown field 'data_profiling_config.custom_metrics.name'",
    ),
    ({}, "data_profiling_config,", "update_mask: unknown field ''"),
    ({}, "", "query parameter 'update_mask' is missing"),
    (
        {},
        "data_profiling_config.status",
        "update_mask: field 'data_profiling_config.status' is set by the service",
    ),
    (
        {"data_profiling_config": {"colour": "red"}},
        "data_profiling_config.schedule",
        "unknown field 'data_profiling_config.colour'",
    ),
    ({"object_type": "schema"}, "*", "object_type: 'schema' is not the one in the path"),
    (
        {"data_profiling_config": {"snapshot": {}}},
        "data_profiling_config.snapshot,data_profiling_config.time_series",
        (
            "The monitor of 'main.gold.usage' is a time_series profile and cannot become a snapshot profile; "
            "delete it and create it anew"
        ),
    ),
]


@pytest.mark.parametrize(("body", "mask", "message"), REFUSALS, ids=[message for _, _, message in REFUSALS])
def test_change_that_cannot_be_is_refused(
    monitored: Target, body: dict[str, Any], mask: str, message: str
) -> None:
    assert refusal(monitored, body, mask) == message


def test_change_without_a_mask_is_refused(monitored: Target) -> None:
    answer = monitored.patch(monitor_path(monitored), {})
    assert answer.json()["message"] == "query parameter 'update_mask' is missing"


def test_change_of_a_table_without_monitor_is_404(usage: Target) -> None:
    answer = usage.raw.patch(monitor_path(usage), params={"update_mask": "*"}, json={})
    assert (answer.status_code, answer.json()["error_code"]) == (404, "RESOURCE_DOES_NOT_EXIST")


def test_what_only_the_legacy_api_knows_stays(usage: Target) -> None:
    events = {
        "on_failure": {"email_addresses": ["a@example.com"]},
        "on_new_classification_tag_detected": {"email_addresses": ["b@example.com"]},
    }
    body = {
        **SMALLEST_MONITOR,
        "data_classification_config": {"enabled": False},
        "notifications": events,
    }
    usage.post(MONITOR, body)
    patch(usage, smallest_config(usage), PROVIDER_MASK)
    found = usage.get(MONITOR).json()
    assert found["data_classification_config"] == {"enabled": False}
    assert found["notifications"] == {
        "on_new_classification_tag_detected": {"email_addresses": ["b@example.com"]}
    }
