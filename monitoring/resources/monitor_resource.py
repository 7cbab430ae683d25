"""What it takes to declare a monitor, whichever API keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import pulumi

    from monitoring.metrics import Metric
    from monitoring.resources.domain_monitor import DomainMonitorArgs

PROFILE = "time_series"
"""The kind of profile; the service cannot change it."""
CREATE_ONLY: dict[str, Any] = {"skip_builtin_dashboard": True}
"""Inputs that the service takes at creation. True keeps it from making a dashboard for every monitor; False
would be lost at the next refresh of the legacy resource, so the input is either true or left out."""
TRIGGER: dict[str, Any] = {"profile": PROFILE, **CREATE_ONLY}
"""What no update can change."""


@dataclass(frozen=True)
class DeclaredMonitor:
    """A monitor as a resource of the program, and what it says of itself."""

    resource: pulumi.CustomResource
    table: pulumi.Output[str]
    profile_table: pulumi.Output[str]
    drift_table: pulumi.Output[str]
    dashboard_id: pulumi.Output[str | None]


class MonitorResource(Protocol):
    """The resource through which one API keeps a monitor."""

    @property
    def type_(self) -> str:
        """Type token of the resource."""

    @property
    def replace_on_changes(self) -> list[str]:
        """Inputs for which the provider would send an update that never lands."""

    def replacement_trigger(self, args: DomainMonitorArgs) -> dict[str, Any]:
        """Another value than the one in the state replaces the monitor."""

    @property
    def ignore_changes(self) -> list[str]:
        """Inputs that the service never gives back, so that an imported monitor lacks them."""

    def declare(self, name: str, args: DomainMonitorArgs, opts: pulumi.ResourceOptions) -> DeclaredMonitor:
        """Declare the monitor."""

    def import_id(self, args: DomainMonitorArgs) -> str:
        """What ``pulumi import`` calls the monitor; may ask the workspace."""

    def let_go(
        self, name: str, args: DomainMonitorArgs, id_: str, opts: pulumi.ResourceOptions
    ) -> pulumi.CustomResource:
        """Only read the monitor that the state has under ``id_``: the engine lets go of it, undeleted."""


def custom_metric(metric: Metric, type_prefix: str) -> dict[str, Any]:
    """A metric in the provider's words."""
    return {
        "name": metric.name,
        "type": f"{type_prefix}{metric.kind.name}",
        "definition": metric.definition,
        "input_columns": list(metric.input_columns),
        "output_data_type": metric.output_data_type_json,
    }


def optional_inputs(args: DomainMonitorArgs, notifications: str) -> dict[str, Any]:
    """Schedule and addresses, as both APIs write them; a key for which there is nothing is left out."""
    inputs: dict[str, Any] = {}
    if args.domain.slices:
        inputs["slicing_exprs"] = list(args.domain.slices)
    if args.domain.schedule is not None:
        inputs["schedule"] = {
            "quartz_cron_expression": args.domain.schedule.quartz,
            "timezone_id": args.domain.schedule.timezone,
        }
    if args.failure_emails:
        inputs[notifications] = {"on_failure": {"email_addresses": list(args.failure_emails)}}
    return inputs
