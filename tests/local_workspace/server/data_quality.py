"""Bodies and paths of the data-quality API for the table of usage that tests monitor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.local_workspace.target import USAGE, Target

if TYPE_CHECKING:
    from collections.abc import Mapping

MONITORS = "/api/data-quality/v1/monitors"
DOUBLE = '{"metadata":{},"name":"output","nullable":true,"type":"double"}'


def table_id(target: Target, table: str = USAGE) -> str:
    return target.sdk.tables.get(table).table_id or ""


def schema_id(target: Target, schema: str = "main.gold_monitoring") -> str:
    return target.sdk.schemas.get(schema).schema_id or ""


def monitor_path(target: Target, table: str = USAGE) -> str:
    return f"{MONITORS}/table/{table_id(target, table)}"


def smallest_config(target: Target) -> dict[str, Any]:
    """The twin of `SMALLEST_MONITOR`."""
    return {
        "output_schema_id": schema_id(target),
        "assets_dir": "/Shared/monitors",
        "time_series": {
            "timestamp_column": "happened_at",
            "granularities": ["AGGREGATION_GRANULARITY_1_DAY"],
        },
    }


def metric(name: str, kind: str, definition: str) -> dict[str, Any]:
    return {
        "name": name,
        "type": f"DATA_PROFILING_CUSTOM_METRIC_TYPE_{kind}",
        "definition": definition,
        "input_columns": [":table"],
        "output_data_type": DOUBLE,
    }


def full_config(target: Target) -> dict[str, Any]:
    """Everything that a client may set of a time series."""
    return {
        **smallest_config(target),
        "slicing_exprs": ["team", "cost > 10"],
        "custom_metrics": [
            metric("total", "AGGREGATE", "SUM(cost)"),
            metric("rows", "AGGREGATE", "COUNT(*)"),
            metric("mean", "DERIVED", "total / NULLIF(rows, 0)"),
            metric("total_change", "DRIFT", "{{current_df}}.total - {{base_df}}.total"),
        ],
        "schedule": {"timezone_id": "UTC", "quartz_cron_expression": "0 0 6 * * ?"},
        "notification_settings": {"on_failure": {"email_addresses": ["a@example.com"]}},
        "baseline_table_name": "",
        "warehouse_id": target.warehouse_id,
        "skip_builtin_dashboard": True,
    }


def monitor(target: Target, config: Mapping[str, Any]) -> dict[str, Any]:
    """The body of a monitor of the table."""
    return {"object_type": "table", "object_id": table_id(target), "data_profiling_config": dict(config)}
