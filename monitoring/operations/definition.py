"""The full definition of a domain's monitor in the words of the service, and what differs from a live one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from databricks.sdk.service.catalog import MonitorInfo

if TYPE_CHECKING:
    from monitoring.domain import Domain
    from monitoring.settings import Settings

COMPARED = (
    "output_schema_name",
    "time_series",
    "slicing_exprs",
    "custom_metrics",
    "schedule",
    "notifications",
    "data_classification_config",
    "baseline_table_name",
    "snapshot",
    "inference_log",
)
"""Fields that an update can change; one that a definition leaves out is removed by the update."""


def monitor_definition(settings: Settings, domain: Domain) -> dict[str, Any]:
    """The definition of the time-series monitor of a domain; a field without a value is left out."""
    definition: dict[str, Any] = {
        "output_schema_name": settings.output_schema_name,
        "assets_dir": settings.assets_dir,
        "time_series": {
            "timestamp_col": domain.timestamp_column,
            "granularities": list(domain.granularities),
        },
        "custom_metrics": [
            {
                "name": metric.name,
                "type": f"CUSTOM_METRIC_TYPE_{metric.kind.name}",
                "definition": metric.definition,
                "input_columns": list(metric.input_columns),
                "output_data_type": metric.output_data_type_json,
            }
            for metric in domain.ordered_metrics
        ],
        # The service adds this one by itself when it is left out, which would be a difference for ever.
        "data_classification_config": {"enabled": False},
    }
    if domain.slices:
        definition["slicing_exprs"] = list(domain.slices)
    if domain.schedule is not None:
        definition["schedule"] = {
            "quartz_cron_expression": domain.schedule.quartz,
            "timezone_id": domain.schedule.timezone,
        }
    if settings.failure_emails:
        definition["notifications"] = {"on_failure": {"email_addresses": list(settings.failure_emails)}}
    return definition


def differences(definition: dict[str, Any], live: MonitorInfo) -> list[str]:
    """Fields in which a live monitor is not as it is defined, in the order of ``COMPARED``."""
    wanted, found = _comparable(MonitorInfo.from_dict(definition)), _comparable(live)
    return [field for field in COMPARED if wanted.get(field) != found.get(field)]


def _comparable(monitor: MonitorInfo) -> dict[str, Any]:
    """What was asked for, without what the service adds; nothing and an empty list are the same."""
    fields = {field: value for field, value in monitor.as_dict().items() if field in COMPARED and value}
    if "schedule" in fields:
        fields["schedule"] = {
            name: value for name, value in fields["schedule"].items() if name != "pause_status"
        }
    return fields
