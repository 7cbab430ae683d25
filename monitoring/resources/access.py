"""Grants on the output schema, and on single views and tables where the whole schema would show too much."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pulumi
import pulumi_databricks as databricks

from monitoring.permissions import schema_grants, shared_tables
from monitoring.resources.shared_tables import SharedTables

if TYPE_CHECKING:
    from collections.abc import Mapping

    from monitoring.resources.domain_monitor import DomainMonitor
    from monitoring.settings import Settings


def access(
    settings: Settings,
    provider: databricks.Provider,
    schema: pulumi.Input[str],
    monitors: Mapping[str, DomainMonitor],
) -> None:
    """Declare who may read the results and who may write comments on them.

    Not protected, unlike what is shared: taking a privilege back must always be possible.
    """
    for principal, privileges in schema_grants(settings).items():
        databricks.Grant(
            f"output-schema-{principal}",
            schema=schema,
            principal=principal,
            privileges=list(privileges),
            opts=pulumi.ResourceOptions(provider=provider),
        )
    if settings.readers and settings.personal_data_in_gold:
        for domain in settings.domains:
            SharedTables(
                f"{domain.name}-shared",
                host=settings.host,
                domain=domain.name,
                shared=shared_tables(settings, domain),
                readers=settings.readers,
                warehouse_id=settings.warehouse_id,
                opts=pulumi.ResourceOptions(depends_on=[monitors[domain.name].monitor]),
            )
