"""What readers need of a stack: permissions, and if the stack wants them, a dashboard and a Genie space."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitoring.resources.access import access
from monitoring.resources.dashboard import dashboard
from monitoring.resources.genie_space import genie_space

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pulumi
    import pulumi_databricks as databricks

    from monitoring.resources.domain_monitor import DomainMonitor
    from monitoring.settings import Settings


def readership(
    settings: Settings,
    provider: databricks.Provider,
    schema: pulumi.Input[str],
    monitors: Mapping[str, DomainMonitor],
) -> None:
    """Declare all of it.

    Args:
        settings: of the stack.
        provider: the workspace.
        schema: ``catalog.schema`` of the output tables.
        monitors: by name of the domain.
    """
    access(settings, provider, schema, monitors)
    dashboard(settings, provider)
    genie_space(settings, list(monitors.values()))
