"""The alerts of a domain as SQL alerts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pulumi
import pulumi_databricks as databricks

from monitoring.alerts import COLUMN, Alert, alerts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from monitoring.domain import Domain
    from monitoring.resources.domain_monitor import DomainMonitor
    from monitoring.settings import Settings

TYPE = "lakehouse:index:DomainAlerts"
"""Part of every URN below the component: another token would need aliases in every stack."""
_RESULT = "{{QUERY_RESULT_TABLE}}"
"""Stands for the rows of the query in the notification that the service writes."""


@dataclass(frozen=True)
class DomainAlertsArgs:
    """What the alerts of a domain are made from."""

    domain: Domain
    profile_table: str
    """Full name of the table that the alerts read."""
    gold_schema: str
    """``catalog.schema`` of the gold tables; tells the alerts of two deployments apart."""
    warehouse_id: str
    """SQL warehouse that runs the queries."""
    monitor: pulumi.Resource
    """What makes the table; it comes first."""
    emails: tuple[str, ...] = ()
    """Who is told when an alert fires, and when it is over."""

    @classmethod
    def from_settings(cls, settings: Settings, domain: Domain, monitor: pulumi.Resource) -> DomainAlertsArgs:
        """The arguments of one domain of a stack that has a warehouse."""
        return cls(
            domain=domain,
            profile_table=settings.profile_table_name(domain),
            gold_schema=f"{settings.catalog}.{settings.gold_schema}",
            warehouse_id=settings.warehouse_id or "",
            monitor=monitor,
            emails=settings.alert_receivers,
        )


class DomainAlerts(pulumi.ComponentResource):
    """The alerts on what the monitor of a domain computes."""

    ids: dict[str, pulumi.Output[str]]
    """Id of each alert by its name."""

    def __init__(self, name: str, args: DomainAlertsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(TYPE, name, {"profile_table": args.profile_table}, opts)
        self.alerts = {
            alert.name: databricks.AlertV2(
                alert.name,
                **_inputs(alert, args),
                opts=pulumi.ResourceOptions(parent=self, depends_on=[args.monitor]),
            )
            for alert in alerts(args.domain, args.profile_table)
        }
        self.ids = {alert_name: alert.id for alert_name, alert in self.alerts.items()}
        self.register_outputs({"ids": self.ids})


def _inputs(alert: Alert, args: DomainAlertsArgs) -> dict[str, Any]:
    """The alert in the provider's words.

    No input is zero or false where that is also the default, and none is left to a default that the service
    writes back: either would be a difference at every preview.
    """
    notification: dict[str, Any] = {"notify_on_ok": True}
    if args.emails:
        notification["subscriptions"] = [{"user_email": email} for email in args.emails]
    return {
        "display_name": f"{alert.title} ({args.gold_schema})",
        "query_text": alert.query.text,
        "warehouse_id": args.warehouse_id,
        "evaluation": {
            "source": {"name": COLUMN, "aggregation": "COUNT"},
            "comparison_operator": "GREATER_THAN_OR_EQUAL",
            "threshold": {"value": {"double_value": 1}},
            "empty_result_state": "OK",
            "notification": notification,
        },
        "schedule": {
            "quartz_cron_schedule": alert.schedule.quartz,
            "timezone_id": alert.schedule.timezone,
            "pause_status": "UNPAUSED",
        },
        "custom_summary": "{{ALERT_NAME}}: {{ALERT_STATUS}}",
        "custom_description": f"{alert.description} {_RESULT}",
    }


def domain_alerts(
    settings: Settings, provider: databricks.Provider, monitors: Mapping[str, DomainMonitor]
) -> dict[str, pulumi.Output[str]]:
    """Declare the alerts of the domains that the stack wants them for; gives their ids by name."""
    declared = [
        DomainAlerts(
            domain.name,
            DomainAlertsArgs.from_settings(settings, domain, monitors[domain.name]),
            pulumi.ResourceOptions(providers=[provider]),
        )
        for domain in settings.alerted_domains
    ]
    return {name: id_ for alerts in declared for name, id_ in alerts.ids.items()}
