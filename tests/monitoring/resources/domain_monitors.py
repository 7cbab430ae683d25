"""One domain monitor as a program, for the tests of its component."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pulumi

from monitoring.domains import DOMAINS
from monitoring.resources.domain_monitor import TYPE, DomainMonitor, DomainMonitorArgs
from monitoring.resources.moving import PreviousState
from monitoring.resources.output_schema import OutputSchema
from monitoring.resources.workspace import workspace_provider
from tests.monitoring.resources.recording import Recording, record

if TYPE_CHECKING:
    from collections.abc import Mapping

    from monitoring.domain import Domain

LEGACY = "databricks:index/qualityMonitor:QualityMonitor"
V1 = "databricks:index/dataQualityMonitor:DataQualityMonitor"
COMMENTS = "pulumi-python:dynamic/lakehouse:TableComments"
HOST = "http://127.0.0.1:8080"
COST = DOMAINS[0]
URN = "urn:pulumi:local::lakehouse-monitors"
COMPONENT_URN = f"{URN}::{TYPE}::cost"
LEGACY_URN = f"{URN}::{TYPE}${LEGACY}::cost"
V1_URN = f"{URN}::{TYPE}${V1}::cost"


def arguments(domain: Domain = COST, **changes: object) -> DomainMonitorArgs:
    """What the monitor of a domain is made from."""
    values: dict[str, Any] = {
        "domain": domain,
        "table": f"main.gold.{domain.gold_table}",
        "output_schema": OutputSchema("main.out", "uuid-of-out"),
        "profile_table": f"main.out.{domain.profile_table}",
        "drift_table": f"main.out.{domain.drift_table}",
        "assets_dir": "/Workspace/Shared/monitoring",
        "host": HOST,
    }
    return DomainMonitorArgs(**values | changes)


def recorded(
    args: DomainMonitorArgs, name: str = "cost", previous: Mapping[str, dict[str, Any]] | None = None
) -> Recording:
    """Declare the monitor of a domain; ``previous`` is what the state holds, outputs by URN."""

    def program() -> None:
        provider = workspace_provider(args.host)
        found = PreviousState.read() if previous else PreviousState()
        values = {field: getattr(args, field) for field in args.__dataclass_fields__} | {"previous": found}
        DomainMonitor(name, DomainMonitorArgs(**values), pulumi.ResourceOptions(providers=[provider]))

    return record(program, previous=previous)
