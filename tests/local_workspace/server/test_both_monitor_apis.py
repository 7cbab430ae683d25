"""One record seen through both monitor APIs."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local_workspace.server.profiling_config import to_config, to_definition
from tests.local_workspace.server.data_quality import (
    DOUBLE,
    MONITORS,
    full_config,
    metric,
    monitor,
    monitor_path,
    smallest_config,
)
from tests.local_workspace.target import MONITOR, SMALLEST_MONITOR, USAGE, Target, until

LEGACY = {
    "output_schema_name": "main.gold_monitoring",
    "assets_dir": "/Shared/monitors",
    "time_series": {"timestamp_col": "happened_at", "granularities": ["1 day"]},
    "slicing_exprs": ["team", "cost > 10"],
    "custom_metrics": [
        {
            "name": name,
            "type": f"CUSTOM_METRIC_TYPE_{kind}",
            "definition": definition,
            "input_columns": [":table"],
            "output_data_type": DOUBLE,
        }
        for name, kind, definition in (
            ("total", "AGGREGATE", "SUM(cost)"),
            ("rows", "AGGREGATE", "COUNT(*)"),
            ("mean", "DERIVED", "total / NULLIF(rows, 0)"),
            ("total_change", "DRIFT", "{{current_df}}.total - {{base_df}}.total"),
        )
    ],
    "schedule": {"timezone_id": "UTC", "quartz_cron_expression": "0 0 6 * * ?"},
    "notifications": {"on_failure": {"email_addresses": ["a@example.com"]}},
    "baseline_table_name": "",
}
"""The twin of `full_config`."""


def test_monitor_made_through_v1_is_shown_by_the_legacy_api(usage: Target) -> None:
    usage.post(MONITORS, monitor(usage, full_config(usage)))
    assert usage.get(MONITOR).json() == {
        **LEGACY,
        "schedule": {**LEGACY["schedule"], "pause_status": "UNPAUSED"},  # type: ignore[dict-item]
        "table_name": USAGE,
        "status": "MONITOR_STATUS_ACTIVE",
        "monitor_version": 0,
        "profile_metrics_table_name": "main.gold_monitoring.usage_profile_metrics",
        "drift_metrics_table_name": "main.gold_monitoring.usage_drift_metrics",
    }


def test_monitor_made_through_the_legacy_api_is_shown_by_v1(usage: Target) -> None:
    choices = {"warehouse_id": usage.warehouse_id, "skip_builtin_dashboard": True}
    usage.post(MONITOR, {**LEGACY, **choices, "data_classification_config": {"enabled": False}})
    config = full_config(usage)
    unpaused = {"pause_status": "CRON_SCHEDULE_PAUSE_STATUS_UNPAUSED"}
    assert usage.get(monitor_path(usage)).json()["data_profiling_config"] == {
        **config,
        "schedule": {**config["schedule"], **unpaused},
        "status": "DATA_PROFILING_STATUS_ACTIVE",
        "monitor_version": 0,
        "monitored_table_name": USAGE,
        "profile_metrics_table_name": "main.gold_monitoring.usage_profile_metrics",
        "drift_metrics_table_name": "main.gold_monitoring.usage_drift_metrics",
    }


def test_change_through_one_api_is_seen_through_the_other(usage: Target) -> None:
    usage.post(MONITOR, SMALLEST_MONITOR)
    body = monitor(usage, {**smallest_config(usage), "slicing_exprs": ["team"]})
    usage.raw.patch(
        monitor_path(usage), params={"update_mask": "data_profiling_config.slicing_exprs"}, json=body
    )
    assert usage.get(MONITOR).json()["slicing_exprs"] == ["team"]
    usage.put(MONITOR, {**SMALLEST_MONITOR, "slicing_exprs": ["quantity"]})
    config = usage.get(monitor_path(usage)).json()["data_profiling_config"]
    assert (config["slicing_exprs"], config["monitor_version"]) == (["quantity"], 2)


def test_delete_through_one_api_removes_it_from_the_other(usage: Target) -> None:
    usage.post(MONITOR, SMALLEST_MONITOR)
    usage.delete(monitor_path(usage))
    assert usage.get(MONITOR).status_code == 404
    usage.post(MONITORS, monitor(usage, smallest_config(usage)))
    usage.delete(MONITOR)
    assert usage.get(monitor_path(usage)).status_code == 404


def test_write_through_v1_keeps_the_wording_of_names_and_weeks(usage: Target) -> None:
    series = {"timestamp_col": "happened_at", "granularities": ["2 week"]}
    body = {**SMALLEST_MONITOR, "output_schema_name": "Main.Gold_Monitoring", "time_series": series}
    usage.post(MONITOR, body)
    read = usage.get(monitor_path(usage)).json()
    granularities = read["data_profiling_config"]["time_series"]["granularities"]
    assert granularities == ["AGGREGATION_GRANULARITY_2_WEEKS"]
    usage.raw.patch(monitor_path(usage), params={"update_mask": "*"}, json=read)
    found = usage.get(MONITOR).json()
    assert {field: found[field] for field in body} == body


def test_monitor_of_v1_computes_as_one_of_the_legacy_api(usage: Target) -> None:
    usage.rows(f"INSERT INTO {USAGE} SELECT current_timestamp() - INTERVAL 1 DAY, 'a', 2.5, 3")
    metrics = [metric("total", "AGGREGATE", "SUM(cost)")]
    usage.post(MONITORS, monitor(usage, {**smallest_config(usage), "custom_metrics": metrics}))
    assert usage.wait_for_refresh()["state"] == "SUCCESS"
    statement = (
        "SELECT granularity, total FROM main.gold_monitoring.usage_profile_metrics "
        "WHERE column_name = ':table'"
    )
    assert usage.rows(statement) == [["1 day", "2.5"]]


def test_failure_is_told_by_both(usage: Target) -> None:
    usage.rows(f"INSERT INTO {USAGE} SELECT current_timestamp() - INTERVAL 1 DAY, 'x', 2.5, 3")
    metrics = [metric("numbers", "AGGREGATE", "SUM(CAST(team AS DOUBLE))")]
    usage.post(MONITORS, monitor(usage, {**smallest_config(usage), "custom_metrics": metrics}))
    refreshes = f"{monitor_path(usage)}/refreshes"
    failed = until(
        lambda: usage.get(refreshes).json()["refreshes"][0],
        lambda refresh: refresh["state"] == "MONITOR_REFRESH_STATE_FAILED",
    )
    config = usage.get(monitor_path(usage)).json()["data_profiling_config"]
    assert config["latest_monitor_failure_message"] == failed["message"]
    assert usage.get(MONITOR).json()["latest_monitor_failure_msg"] == failed["message"]


@pytest.mark.parametrize(
    ("legacy", "v1"),
    [
        ("5 minutes", "5_MINUTES"),
        ("30 minutes", "30_MINUTES"),
        ("1 hour", "1_HOUR"),
        ("1 day", "1_DAY"),
        ("1 week", "1_WEEK"),
        ("2 weeks", "2_WEEKS"),
        ("3 weeks", "3_WEEKS"),
        ("4 weeks", "4_WEEKS"),
        ("1 month", "1_MONTH"),
        ("1 year", "1_YEAR"),
    ],
)
def test_granularities_have_their_twins(legacy: str, v1: str) -> None:
    definition = {"time_series": {"timestamp_col": "t", "granularities": [legacy]}}
    config = {"time_series": {"timestamp_column": "t", "granularities": [f"AGGREGATION_GRANULARITY_{v1}"]}}
    assert to_config(definition) == config
    assert to_definition(config, "c.s", {}) == {**definition, "output_schema_name": "c.s"}


def test_inference_log_has_its_twin() -> None:
    definition = {
        "inference_log": {
            "problem_type": "PROBLEM_TYPE_CLASSIFICATION",
            "timestamp_col": "t",
            "granularities": ["1 hour"],
            "prediction_col": "p",
            "model_id_col": "m",
            "label_col": "l",
            "prediction_proba_col": "q",
        }
    }
    config = {
        "inference_log": {
            "problem_type": "INFERENCE_PROBLEM_TYPE_CLASSIFICATION",
            "timestamp_column": "t",
            "granularities": ["AGGREGATION_GRANULARITY_1_HOUR"],
            "prediction_column": "p",
            "model_id_column": "m",
            "label_column": "l",
            "prediction_probability_column": "q",
        }
    }
    assert to_config(definition) == config
    assert to_definition(config, "c.s", {}) == {**definition, "output_schema_name": "c.s"}


FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "assets_dir": st.text(),
    "snapshot": st.just({}),
    "slicing_exprs": st.lists(st.text()),
    "baseline_table_name": st.text(),
    "schedule": st.fixed_dictionaries({"quartz_cron_expression": st.text(), "timezone_id": st.text()}),
    "notifications": st.fixed_dictionaries(
        {},
        optional={
            event: st.fixed_dictionaries({}, optional={"email_addresses": st.lists(st.text())})
            for event in ("on_failure", "on_new_classification_tag_detected")
        },
    ),
    "time_series": st.fixed_dictionaries(
        {
            "timestamp_col": st.text(),
            "granularities": st.lists(st.sampled_from(["1 day", "1 week", "1 weeks", "2 week", "4 weeks"])),
        }
    ),
    "custom_metrics": st.lists(
        st.fixed_dictionaries(
            {
                "name": st.text(),
                "type": st.sampled_from(["CUSTOM_METRIC_TYPE_AGGREGATE", "CUSTOM_METRIC_TYPE_DRIFT"]),
                "definition": st.text(),
            }
        )
    ),
    "data_classification_config": st.fixed_dictionaries({"enabled": st.booleans()}),
}
DEFINITIONS = st.fixed_dictionaries(
    {"output_schema_name": st.sampled_from(["main.out", "Main.OUT"])}, optional=FIELDS
)


@given(DEFINITIONS)
def test_reading_through_v1_and_writing_back_changes_nothing(definition: dict[str, Any]) -> None:
    assert to_definition(to_config(definition), "main.out", definition) == definition
