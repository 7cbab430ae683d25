"""One monitored domain: the monitor of its gold table and the comments of its two output tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pulumi
import pulumi_databricks as databricks

from monitoring.descriptions import TableText, table_comments
from monitoring.operations.adopt import COMPONENT
from monitoring.resources.adoption import stop_when_monitor_exists
from monitoring.resources.table_comments import TableComments

if TYPE_CHECKING:
    from monitoring.domain import Domain
    from monitoring.metrics import Metric
    from monitoring.settings import Settings

TYPE = COMPONENT
"""Part of every URN below the component: another token would need aliases in every stack."""
PROFILE = "time_series"
"""The kind of profile; the service cannot change it."""
CREATE_ONLY: dict[str, Any] = {"skip_builtin_dashboard": True}
"""Inputs that the service takes at creation and never gives back. True keeps it from making a dashboard for
every monitor; False would be lost at the next refresh, so the input is either true or left out."""
REPLACE_ON_CHANGES = ["table_name", "assets_dir", "warehouse_id", "skip_builtin_dashboard"]
"""Inputs for which the provider would send an update that never lands."""
PREVIOUS_NAMES: dict[str, str] = {}
"""Names before a rename, new to old; an entry stays for one full release in every stack."""


@dataclass(frozen=True)
class DomainMonitorArgs:
    """What a domain monitor is made from, in the words of the stack and of the domain."""

    domain: Domain
    table: str
    """Full name of the gold table."""
    output_schema: pulumi.Input[str]
    """``catalog.schema`` that gets the output tables."""
    profile_table: str
    """Full name of the profile table; the service makes it up from the gold table's name."""
    drift_table: str
    """Full name of the drift table."""
    assets_dir: str
    """Workspace folder for what the service makes beside the tables."""
    host: str
    """Address of the workspace."""
    warehouse_id: str | None = None
    """SQL warehouse that writes the comments; the first running one when None."""
    failure_emails: tuple[str, ...] = ()
    """Who is told when a refresh fails."""
    comment_wait_seconds: int = 0
    """How long to wait for each output table before its comments are recorded as pending."""
    protect: bool = False
    """Whether neither monitor nor comments may be deleted, not even to be replaced."""

    @classmethod
    def from_settings(
        cls, settings: Settings, domain: Domain, output_schema: pulumi.Input[str]
    ) -> DomainMonitorArgs:
        """The arguments of one domain of a stack."""
        return cls(
            domain=domain,
            table=settings.gold_table_name(domain),
            output_schema=output_schema,
            profile_table=settings.profile_table_name(domain),
            drift_table=settings.drift_table_name(domain),
            assets_dir=settings.assets_dir,
            host=settings.host,
            warehouse_id=settings.warehouse_id,
            failure_emails=settings.failure_emails,
            comment_wait_seconds=settings.comment_wait_seconds,
            protect=settings.protect,
        )


class DomainMonitor(pulumi.ComponentResource):
    """The monitor of a domain, with documented output tables."""

    table: pulumi.Output[str]
    """Full name of the monitored table."""
    profile_table: pulumi.Output[str]
    """Full name of the table with the metrics per window."""
    drift_table: pulumi.Output[str]
    """Full name of the table with the changes from window to window."""
    dashboard_id: pulumi.Output[str | None]
    """Id of the dashboard that the service made; None without one."""
    comments: pulumi.Output[dict[str, str]]
    """State of the comments by output table, ``profile`` and ``drift``: ready, partial or pending."""

    def __init__(
        self, name: str, args: DomainMonitorArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        own = pulumi.ResourceOptions(protect=args.protect, aliases=_aliases(name))
        super().__init__(
            TYPE,
            name,
            {"table": args.table, "output_schema": args.output_schema},
            pulumi.ResourceOptions.merge(opts, own),
        )
        self._args = args
        self.monitor = databricks.QualityMonitor(name, **_monitor_inputs(args), opts=self._monitor_options())
        texts = table_comments(args.domain)
        self.profile_comments = self._comments("profile", args.profile_table, texts["profile"])
        self.drift_comments = self._comments("drift", args.drift_table, texts["drift"])
        self.table = self.monitor.table_name
        self.profile_table = self.monitor.profile_metrics_table_name
        self.drift_table = self.monitor.drift_metrics_table_name
        self.dashboard_id = self.monitor.dashboard_id
        self.comments = pulumi.Output.all(
            profile=self.profile_comments.state, drift=self.drift_comments.state
        )
        self.register_outputs(self.summary)

    @property
    def summary(self) -> dict[str, pulumi.Output[Any]]:
        """What the stack says about the monitor.

        Without the dashboard: a preview takes an output that is not there for one that is about to change.
        """
        return {
            "table": self.table,
            "profile_table": self.profile_table,
            "drift_table": self.drift_table,
            "comments": self.comments,
        }

    def _monitor_options(self) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(
            parent=self,
            # A table has one monitor: a second one would be refused while the first is there.
            delete_before_replace=True,
            replace_on_changes=REPLACE_ON_CHANGES,
            # An imported monitor lacks these in the state, which must not replace it. A change of them still
            # does, through the trigger: against an import, which has none, the engine does not compare it.
            ignore_changes=["warehouse_id", "skip_builtin_dashboard"],
            replacement_trigger={"profile": PROFILE, **CREATE_ONLY},
            hooks=stop_when_monitor_exists(
                self.pulumi_resource_name, self._args.table, self._args.host, protect=self._args.protect
            ),
        )

    def _comments(self, which: str, table: str, texts: TableText) -> TableComments:
        return TableComments(
            f"{self.pulumi_resource_name}-{which}-comments",
            host=self._args.host,
            full_name=table,
            comments=texts,
            warehouse_id=self._args.warehouse_id,
            wait_seconds=self._args.comment_wait_seconds,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[self.monitor], deleted_with=self.monitor),
        )


def _aliases(name: str) -> list[pulumi.Alias]:
    old = PREVIOUS_NAMES.get(name)
    return [pulumi.Alias(name=old)] if old else []


def _monitor_inputs(args: DomainMonitorArgs) -> dict[str, Any]:
    """The monitor in the provider's words. Lists are positional there: always in the domain's order."""
    domain = args.domain
    inputs: dict[str, Any] = {
        "table_name": args.table,
        "output_schema_name": args.output_schema,
        "assets_dir": args.assets_dir,
        PROFILE: {"timestamp_col": domain.timestamp_column, "granularities": list(domain.granularities)},
        "slicing_exprs": list(domain.slices) or None,
        "custom_metrics": [_custom_metric(metric) for metric in domain.ordered_metrics],
        # The service adds this one by itself when it is left out, which would be a difference for ever.
        "data_classification_config": {"enabled": False},
        **CREATE_ONLY,
    }
    if domain.schedule is not None:
        inputs["schedule"] = {
            "quartz_cron_expression": domain.schedule.quartz,
            "timezone_id": domain.schedule.timezone,
        }
    if args.failure_emails:
        inputs["notifications"] = {"on_failure": {"email_addresses": list(args.failure_emails)}}
    return inputs


def _custom_metric(metric: Metric) -> dict[str, Any]:
    return {
        "name": metric.name,
        "type": f"CUSTOM_METRIC_TYPE_{metric.kind.name}",
        "definition": metric.definition,
        "input_columns": list(metric.input_columns),
        "output_data_type": metric.output_data_type_json,
    }
