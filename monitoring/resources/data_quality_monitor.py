"""A monitor that the data-quality API (version 1) keeps, under the UUID of its table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import pulumi
import pulumi_databricks as databricks

from monitoring.operations.connection import connect
from monitoring.operations.monitor_apis import table_id
from monitoring.resources.monitor_resource import (
    CREATE_ONLY,
    PROFILE,
    TRIGGER,
    DeclaredMonitor,
    custom_metric,
    optional_inputs,
)

if TYPE_CHECKING:
    from monitoring.resources.domain_monitor import DomainMonitorArgs

OBJECT_TYPE = "table"


class DataQualityMonitor:
    """The resource ``DataQualityMonitor``."""

    type_ = "databricks:index/dataQualityMonitor:DataQualityMonitor"
    replace_on_changes: ClassVar[list[str]] = ["object_type", "object_id"]
    ignore_changes: ClassVar[list[str]] = []

    def replacement_trigger(self, args: DomainMonitorArgs) -> dict[str, Any]:
        """What no update can change; the folder too, because the provider tells of no change below the top."""
        return {**TRIGGER, "assets_dir": args.assets_dir}

    def declare(self, name: str, args: DomainMonitorArgs, opts: pulumi.ResourceOptions) -> DeclaredMonitor:
        """Declare the monitor. Lists are positional in the provider: always in the domain's order."""
        domain = args.domain
        table = databricks.get_table_output(
            name=args.table, opts=pulumi.InvokeOutputOptions(parent=opts.parent)
        )
        monitor = databricks.DataQualityMonitor(
            name,
            object_type=OBJECT_TYPE,
            object_id=table.table_info.table_id,
            data_profiling_config={
                "output_schema_id": args.output_schema.id,
                "assets_dir": args.assets_dir,
                PROFILE: {
                    "timestamp_column": domain.timestamp_column,
                    "granularities": [_granularity(text) for text in domain.granularities],
                },
                "custom_metrics": [
                    custom_metric(metric, "DATA_PROFILING_CUSTOM_METRIC_TYPE_")
                    for metric in domain.ordered_metrics
                ],
                **CREATE_ONLY,
                **optional_inputs(args, "notification_settings"),
            },
            opts=opts,
        )
        config = monitor.data_profiling_config
        return DeclaredMonitor(
            monitor,
            config.monitored_table_name,
            config.profile_metrics_table_name,
            config.drift_metrics_table_name,
            config.dashboard_id,
        )

    def import_id(self, args: DomainMonitorArgs) -> str:
        """Kind and UUID of the table."""
        return f"{OBJECT_TYPE},{self._table_id(args)}"

    def let_go(
        self, name: str, args: DomainMonitorArgs, id_: str, opts: pulumi.ResourceOptions
    ) -> pulumi.CustomResource:
        """Only read the monitor."""
        monitor: pulumi.CustomResource = databricks.DataQualityMonitor.get(
            name, id_, object_type=OBJECT_TYPE, object_id=self._table_id(args), opts=opts
        )
        return monitor

    def _table_id(self, args: DomainMonitorArgs) -> str:
        # Options of a resource take no outputs, so the workspace is asked here and now.
        return table_id(connect(args.host), args.table)


def _granularity(text: str) -> str:
    """``2 weeks`` in the words of this API."""
    return f"AGGREGATION_GRANULARITY_{text.upper().replace(' ', '_')}"
