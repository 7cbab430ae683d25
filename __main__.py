"""Lakehouse Monitors: a schema for the results, then a monitor with documented tables and alerts per domain."""

import pulumi

from monitoring.resources.alerts import DomainAlerts, DomainAlertsArgs
from monitoring.resources.domain_monitor import DomainMonitor, DomainMonitorArgs
from monitoring.resources.output_schema import kept_history, output_schema
from monitoring.resources.program import check_before_registering, read_settings
from monitoring.resources.workspace import workspace_provider

settings = read_settings()
check_before_registering(settings)

workspace = workspace_provider(settings.host)
schema_name = output_schema(settings, workspace)
monitors = {
    domain.name: DomainMonitor(
        domain.name,
        DomainMonitorArgs.from_settings(settings, domain, schema_name),
        pulumi.ResourceOptions(providers=[workspace]),
    )
    for domain in settings.domains
}
alerts = {
    domain.name: DomainAlerts(
        domain.name,
        DomainAlertsArgs.from_settings(settings, domain, monitors[domain.name]),
        pulumi.ResourceOptions(providers=[workspace]),
    )
    for domain in settings.alerted_domains
}
kept_history(settings)

pulumi.export("host", settings.host)
pulumi.export("output_schema", schema_name)
pulumi.export("monitors", {name: monitor.summary for name, monitor in monitors.items()})
pulumi.export("alerts", {name: one for domain in alerts.values() for name, one in domain.ids.items()})
