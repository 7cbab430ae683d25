"""Snapshots, logs of inferences and baselines over the API, from the monitor's making to its tables."""

from __future__ import annotations

from typing import Any

from databricks.sdk.service.catalog import (
    MonitorInferenceLog,
    MonitorInferenceLogProblemType,
    MonitorSnapshot,
)

from tests.local_workspace.target import CATALOG, MONITOR, SMALLEST_MONITOR, USAGE, Target

PROFILE = "main.gold_monitoring.usage_profile_metrics"
DRIFT = "main.gold_monitoring.usage_drift_metrics"
SNAPSHOT: dict[str, Any] = {
    "assets_dir": "/Shared/monitors",
    "output_schema_name": "main.gold_monitoring",
    "snapshot": {},
}
ROW = f"INSERT INTO {USAGE} SELECT current_timestamp() - INTERVAL 1 DAY, 'a', 2.5, 3"


def test_a_snapshot_is_compared_with_the_refresh_before(usage: Target) -> None:
    usage.rows(ROW)
    usage.sdk.quality_monitors.create(
        table_name=USAGE,
        output_schema_name="main.gold_monitoring",
        assets_dir="/Shared/monitors",
        snapshot=MonitorSnapshot(),
    )
    assert usage.wait_for_refresh()["state"] == "SUCCESS"
    usage.rows(ROW)
    usage.post("/__local/clock", {"advance_seconds": 60})
    usage.post(f"{MONITOR}/refreshes")
    assert usage.wait_for_refresh()["state"] == "SUCCESS"
    table = "column_name = ':table'"
    assert usage.rows(
        f"SELECT granularity, window.start = window.end, count FROM {PROFILE} WHERE {table} ORDER BY count"
    ) == [[None, "true", "1"], [None, "true", "2"]]
    drift = f"SELECT drift_type, granularity, count_delta FROM {DRIFT} WHERE {table}"
    assert usage.rows(drift) == [["CONSECUTIVE", None, "1"]]


def test_a_log_of_inferences_has_its_models_and_its_quality(usage: Target) -> None:
    usage.rows("CREATE TABLE main.gold.served (at TIMESTAMP, model STRING, guess STRING, truth STRING)")
    usage.rows(
        "INSERT INTO main.gold.served SELECT current_timestamp() - INTERVAL 1 DAY, 'm1', 'a', 'a' UNION ALL "
        "SELECT current_timestamp() - INTERVAL 1 DAY, 'm2', 'a', 'b'"
    )
    usage.sdk.quality_monitors.create(
        table_name="main.gold.served",
        output_schema_name="main.gold_monitoring",
        assets_dir="/Shared/monitors",
        inference_log=MonitorInferenceLog(
            problem_type=MonitorInferenceLogProblemType.PROBLEM_TYPE_CLASSIFICATION,
            timestamp_col="at",
            granularities=["1 day"],
            model_id_col="model",
            prediction_col="guess",
            label_col="truth",
        ),
    )
    path = f"{CATALOG}/tables/main.gold.served/monitor"
    assert usage.wait_for_refresh(path)["state"] == "SUCCESS"
    found = usage.rows(
        "SELECT model, accuracy_score, precision.weighted FROM main.gold_monitoring.served_profile_metrics "
        "WHERE column_name = ':table' ORDER BY model"
    )
    assert [row[:2] for row in found] == [["*", "0.5"], ["m1", "1.0"], ["m2", "0.0"]]
    columns = usage.sdk.tables.get("main.gold_monitoring.served_profile_metrics").columns or []
    types = {column.name: column.type_text for column in columns}
    assert types["model"] == "string"
    assert types["f1_score"] == "struct<one_vs_all:map<string,double>,macro:double,weighted:double>"
    assert types["confusion_matrix"] == "array<struct<prediction:string,label:string,count:bigint>>"


def test_windows_are_compared_with_a_baseline_table(usage: Target) -> None:
    usage.rows(ROW)
    usage.rows("CREATE TABLE main.gold.past AS SELECT 'a' AS team, CAST(1.5 AS DOUBLE) AS cost")
    body = {**SMALLEST_MONITOR, "baseline_table_name": "main.gold.PAST"}
    assert usage.post(MONITOR, body).json()["baseline_table_name"] == "main.gold.PAST"
    assert usage.wait_for_refresh()["state"] == "SUCCESS"
    drift = f"SELECT drift_type, window_cmp, avg_delta FROM {DRIFT} WHERE column_name = 'cost'"
    assert usage.rows(drift) == [["BASELINE", None, "1.0"]]


def test_a_baseline_table_that_is_not_there_is_404(usage: Target) -> None:
    answer = usage.post(MONITOR, {**SMALLEST_MONITOR, "baseline_table_name": "main.gold.past"})
    assert answer.status_code == 404
    assert answer.json()["error_code"] == "TABLE_DOES_NOT_EXIST"
    assert answer.json()["message"] == "Table 'main.gold.past' does not exist."


def test_a_baseline_name_that_is_none_is_refused(usage: Target) -> None:
    answer = usage.post(MONITOR, {**SMALLEST_MONITOR, "baseline_table_name": "past"})
    assert answer.status_code == 400
    assert answer.json()["message"] == (
        "baseline_table_name 'past' is not a full table name; write it as catalog.schema.table"
    )


def test_a_baseline_table_that_does_not_fit_is_refused(usage: Target) -> None:
    usage.rows("CREATE TABLE main.gold.past (cost STRING)")
    answer = usage.post(MONITOR, {**SMALLEST_MONITOR, "baseline_table_name": "main.gold.past"})
    assert answer.status_code == 400
    assert answer.json()["message"] == (
        "baseline_table_name 'main.gold.past': column 'cost' has type STRING there and DOUBLE in the monitored table; "
        "give both the same type"
    )


def test_a_refresh_reports_what_the_service_may_do_otherwise(usage: Target) -> None:
    field = '{"metadata":{},"name":"output","nullable":true,"type":"long"}'
    metrics = [
        {
            "name": name,
            "type": f"CUSTOM_METRIC_TYPE_{kind}",
            "definition": definition,
            "input_columns": [":table"],
            "output_data_type": field,
        }
        for name, kind, definition in (
            ("runs", "AGGREGATE", "COUNT(*)"),
            ("more", "DRIFT", "{{current_df}}.runs - {{base_df}}.runs"),
        )
    ]
    usage.post(MONITOR, {**SNAPSHOT, "custom_metrics": metrics})
    assert usage.wait_for_refresh()["state"] == "SUCCESS"
    (report,) = usage.get("/__local/refreshes").json()["refreshes"]
    (warning,) = report["report"]["warnings"]
    assert warning.startswith("custom metric 'more': sources disagree whether the service computes")
