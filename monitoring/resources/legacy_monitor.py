"""A monitor that the legacy API keeps, under the name of its table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import pulumi_databricks as databricks

from monitoring.resources.monitor_resource import (
    CREATE_ONLY,
    PROFILE,
    TRIGGER,
    DeclaredMonitor,
    custom_metric,
    optional_inputs,
)

if TYPE_CHECKING:
    import pulumi

    from monitoring.resources.domain_monitor import DomainMonitorArgs


class LegacyMonitor:
    """The resource ``QualityMonitor``."""

    type_ = "databricks:index/qualityMonitor:QualityMonitor"
    replace_on_changes: ClassVar[list[str]] = [
        "table_name",
        "assets_dir",
        "warehouse_id",
        "skip_builtin_dashboard",
    ]
    ignore_changes: ClassVar[list[str]] = ["warehouse_id", "skip_builtin_dashboard"]

    def replacement_trigger(self, _args: DomainMonitorArgs) -> dict[str, Any]:
        """What no update can change."""
        return TRIGGER

    def declare(self, name: str, args: DomainMonitorArgs, opts: pulumi.ResourceOptions) -> DeclaredMonitor:
        """Declare the monitor. Lists are positional in the provider: always in the domain's order."""
        domain = args.domain
        monitor = databricks.QualityMonitor(
            name,
            table_name=args.table,
            output_schema_name=args.output_schema.full_name,
            assets_dir=args.assets_dir,
            **{
                PROFILE: {
                    "timestamp_col": domain.timestamp_column,
                    "granularities": list(domain.granularities),
                }
            },
            custom_metrics=[
                custom_metric(metric, "CUSTOM_METRIC_TYPE_") for metric in domain.ordered_metrics
            ],
            # The service adds this one by itself when it is left out, which would be a difference for ever.
            data_classification_config={"enabled": False},
            **CREATE_ONLY,
            **optional_inputs(args, "notifications"),
            opts=opts,
        )
        return DeclaredMonitor(
            monitor,
            monitor.table_name,
            monitor.profile_metrics_table_name,
            monitor.drift_metrics_table_name,
            monitor.dashboard_id,
        )

    def import_id(self, args: DomainMonitorArgs) -> str:
        """The name of the table."""
        return args.table

    def let_go(
        self, name: str, _args: DomainMonitorArgs, id_: str, opts: pulumi.ResourceOptions
    ) -> pulumi.CustomResource:
        """Only read the monitor."""
        monitor: pulumi.CustomResource = databricks.QualityMonitor.get(name, id_, opts=opts)
        return monitor
