"""Lakehouse Monitors: a schema for the results, one monitor with documented tables per domain, and jobs."""

import pulumi

from monitoring.resources.domain_monitor import DomainMonitor, DomainMonitorArgs
from monitoring.resources.jobs import MonitoringJobs, MonitoringJobsArgs
from monitoring.resources.moving import PreviousState
from monitoring.resources.output_schema import kept_history, output_schema
from monitoring.resources.program import check_before_registering, read_settings
from monitoring.resources.workspace import workspace_provider

settings = read_settings()
check_before_registering(settings)

workspace = workspace_provider(settings.host)
schema = output_schema(settings, workspace)
previous = PreviousState.read()
monitors = {
    domain.name: DomainMonitor(
        domain.name,
        DomainMonitorArgs.from_settings(settings, domain, schema, previous),
        pulumi.ResourceOptions(providers=[workspace]),
    )
    for domain in settings.domains
}
kept_history(settings)

pulumi.export("host", settings.host)
pulumi.export("output_schema", schema.full_name)
pulumi.export("monitors", {name: monitor.summary for name, monitor in monitors.items()})

if settings.jobs:
    jobs = MonitoringJobs(
        "jobs", MonitoringJobsArgs.from_settings(settings), pulumi.ResourceOptions(providers=[workspace])
    )
    pulumi.export("jobs", jobs.ids)
