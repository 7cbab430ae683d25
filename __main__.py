"""Lakehouse Monitors: one monitor with documented tables per domain, and what a team needs around them."""

import pulumi

from monitoring.resources.alerts import domain_alerts
from monitoring.resources.domain_monitor import DomainMonitor, DomainMonitorArgs
from monitoring.resources.jobs import monitoring_jobs
from monitoring.resources.moving import PreviousState
from monitoring.resources.output_schema import kept_history, output_schema
from monitoring.resources.program import check_before_registering, read_settings
from monitoring.resources.readership import readership
from monitoring.resources.workspace import workspace_provider

settings = read_settings()
check_before_registering(settings)
previous = PreviousState.read()

workspace = workspace_provider(settings.host)
schema = output_schema(settings, workspace)
monitors = {
    domain.name: DomainMonitor(
        domain.name,
        DomainMonitorArgs.from_settings(settings, domain, schema, previous),
        pulumi.ResourceOptions(providers=[workspace]),
    )
    for domain in settings.domains
}
readership(settings, workspace, schema.full_name, monitors)
jobs = monitoring_jobs(settings, workspace)
alerts = domain_alerts(settings, workspace, monitors)
kept_history(settings)

pulumi.export("host", settings.host)
pulumi.export("output_schema", schema.full_name)
pulumi.export("monitors", {name: monitor.summary for name, monitor in monitors.items()})
pulumi.export("jobs", jobs)
pulumi.export("alerts", alerts)
