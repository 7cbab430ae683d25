"""How the data-quality API shows what the workspace keeps: monitors and refreshes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from local_workspace.names import TableName
from local_workspace.server.data_quality_bodies import COMPUTED
from local_workspace.server.profiling_config import to_config

if TYPE_CHECKING:
    from collections.abc import Mapping

_LEGACY_STATUS = "MONITOR_"
_STATUS = "DATA_PROFILING_"
_UNPAUSED = "CRON_SCHEDULE_PAUSE_STATUS_UNPAUSED"
_REFRESH_STATE = "MONITOR_REFRESH_STATE_"
_REFRESH_TRIGGER = "MONITOR_REFRESH_TRIGGER_"


def profiling_config(record: Mapping[str, Any]) -> dict[str, Any]:
    """What a client has set of the `data_profiling_config` of a table's monitor, from the monitor's record."""
    return {
        "output_schema_id": record["output_schema_id"],
        **to_config(record["definition"]),
        **record["dashboard_choices"],
    }


def table_monitor(table_id: str, record: Mapping[str, Any], running_warehouse: str | None) -> dict[str, Any]:
    """The monitor of a table: what a client has set, and what the service adds.

    Args:
        table_id: UUID of the table.
        record: the monitor's record.
        running_warehouse: id of the warehouse that serves a dashboard when the client has chosen none.
    """
    config = profiling_config(record)
    table = TableName.parse(record["table"])
    output = record["definition"]["output_schema_name"]
    config |= {
        "status": record["status"].replace(_LEGACY_STATUS, _STATUS, 1),
        "monitor_version": record["version"],
        "monitored_table_name": str(table),
        "profile_metrics_table_name": f"{output}.{table.table}_profile_metrics",
        "drift_metrics_table_name": f"{output}.{table.table}_drift_metrics",
    }
    if config.get("schedule"):
        config["schedule"] = {**config["schedule"], "pause_status": _UNPAUSED}
    if "dashboard_id" in record:
        config["dashboard_id"] = record["dashboard_id"]
        warehouse = config.get("warehouse_id") or running_warehouse
        if warehouse is not None:
            config["effective_warehouse_id"] = warehouse
    if "latest_monitor_failure_msg" in record:
        config["latest_monitor_failure_message"] = record["latest_monitor_failure_msg"]
    return {"object_type": "table", "object_id": table_id, "data_profiling_config": config}


def schema_monitor(schema_id: str, config: Mapping[str, Any]) -> dict[str, Any]:
    """The monitor of a schema: what a client has set."""
    return {"object_type": "schema", "object_id": schema_id, "anomaly_detection_config": dict(config)}


def settable(monitor: Mapping[str, Any]) -> dict[str, Any]:
    """A monitor without what only the service sets."""
    config = monitor.get("data_profiling_config")
    if not config:
        return dict(monitor)
    kept = {field: value for field, value in config.items() if field not in COMPUTED}
    if kept.get("schedule"):
        kept["schedule"] = {
            field: value for field, value in kept["schedule"].items() if field != "pause_status"
        }
    return {**monitor, "data_profiling_config": kept}


def table_refresh(table_id: str, refresh: Mapping[str, Any]) -> dict[str, Any]:
    """A refresh of the monitor of a table."""
    return {
        "object_type": "table",
        "object_id": table_id,
        **refresh,
        "state": f"{_REFRESH_STATE}{refresh['state']}",
        "trigger": f"{_REFRESH_TRIGGER}{refresh['trigger']}",
    }
