"""Shapes of the bodies of the data-quality API, version 1."""

from __future__ import annotations

from typing import Literal

from local_workspace.server.bodies import Body

Granularity = Literal[
    "AGGREGATION_GRANULARITY_5_MINUTES",
    "AGGREGATION_GRANULARITY_30_MINUTES",
    "AGGREGATION_GRANULARITY_1_HOUR",
    "AGGREGATION_GRANULARITY_1_DAY",
    "AGGREGATION_GRANULARITY_1_WEEK",
    "AGGREGATION_GRANULARITY_2_WEEKS",
    "AGGREGATION_GRANULARITY_3_WEEKS",
    "AGGREGATION_GRANULARITY_4_WEEKS",
    "AGGREGATION_GRANULARITY_1_MONTH",
    "AGGREGATION_GRANULARITY_1_YEAR",
]

COMPUTED = (
    "status",
    "monitor_version",
    "monitored_table_name",
    "profile_metrics_table_name",
    "drift_metrics_table_name",
    "dashboard_id",
    "effective_warehouse_id",
    "latest_monitor_failure_message",
)
"""Fields of `data_profiling_config` that only the service sets; clients send them back with what they read."""


class TimeSeries(Body):
    """`time_series`."""

    timestamp_column: str
    granularities: list[Granularity]


class InferenceLog(Body):
    """`inference_log`."""

    problem_type: Literal["INFERENCE_PROBLEM_TYPE_CLASSIFICATION", "INFERENCE_PROBLEM_TYPE_REGRESSION"]
    timestamp_column: str
    granularities: list[Granularity]
    prediction_column: str
    model_id_column: str
    label_column: str | None = None
    prediction_probability_column: str | None = None


class Snapshot(Body):
    """`snapshot`."""


class CustomMetric(Body):
    """An entry of `custom_metrics`."""

    name: str
    type: Literal[
        "DATA_PROFILING_CUSTOM_METRIC_TYPE_AGGREGATE",
        "DATA_PROFILING_CUSTOM_METRIC_TYPE_DERIVED",
        "DATA_PROFILING_CUSTOM_METRIC_TYPE_DRIFT",
    ]
    definition: str
    input_columns: list[str]
    output_data_type: str


class Schedule(Body):
    """`schedule`; the service sets `pause_status` itself."""

    quartz_cron_expression: str
    timezone_id: str
    pause_status: (
        Literal["CRON_SCHEDULE_PAUSE_STATUS_UNPAUSED", "CRON_SCHEDULE_PAUSE_STATUS_PAUSED"] | None
    ) = None


class Destination(Body):
    """Whom to tell of an event."""

    email_addresses: list[str] | None = None


class NotificationSettings(Body):
    """`notification_settings`."""

    on_failure: Destination | None = None


class DataProfilingConfig(Body):
    """`data_profiling_config`: the monitor of a table."""

    output_schema_id: str
    assets_dir: str | None = None
    snapshot: Snapshot | None = None
    time_series: TimeSeries | None = None
    inference_log: InferenceLog | None = None
    baseline_table_name: str | None = None
    slicing_exprs: list[str] | None = None
    custom_metrics: list[CustomMetric] | None = None
    schedule: Schedule | None = None
    notification_settings: NotificationSettings | None = None
    warehouse_id: str | None = None
    skip_builtin_dashboard: bool | None = None
    status: str | None = None
    monitor_version: int | None = None
    monitored_table_name: str | None = None
    profile_metrics_table_name: str | None = None
    drift_metrics_table_name: str | None = None
    dashboard_id: str | None = None
    effective_warehouse_id: str | None = None
    latest_monitor_failure_message: str | None = None


class AnomalyDetectionConfig(Body):
    """`anomaly_detection_config`: the monitor of a schema."""

    excluded_table_full_names: list[str] | None = None


class Monitor(Body):
    """A monitor of a table or schema."""

    object_type: Literal["table", "schema"]
    object_id: str
    data_profiling_config: DataProfilingConfig | None = None
    anomaly_detection_config: AnomalyDetectionConfig | None = None


class NewRefresh(Body):
    """Body of a new refresh: the object, once more."""

    object_type: str
    object_id: str
