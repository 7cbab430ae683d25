"""The schema that gets the output tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pulumi
import pulumi_databricks as databricks

from monitoring.resources.adoption import stop_when_schema_exists

if TYPE_CHECKING:
    from monitoring.settings import Settings

NAME = "output-schema"


def output_schema(settings: Settings, provider: databricks.Provider) -> pulumi.Output[str]:
    """Declare the schema and give its full name.

    It is kept when the stack is destroyed: its tables hold history that nobody can compute again.
    """
    schema = databricks.Schema(
        NAME,
        # Always named: the package would add random characters otherwise.
        name=settings.output_schema,
        catalog_name=settings.catalog,
        comment=f"Profile and drift tables of the monitors of {settings.catalog}.{settings.gold_schema}.",
        opts=pulumi.ResourceOptions(
            provider=provider,
            protect=settings.protect,
            retain_on_delete=True,
            hooks=stop_when_schema_exists(
                NAME, settings.output_schema_name, settings.host, protect=settings.protect
            ),
        ),
    )
    # Not its id, which a preview does not know before the schema is there.
    return pulumi.Output.concat(schema.catalog_name, ".", schema.name)


def what_destroy_keeps(settings: Settings) -> str:
    """What is left on the workspace after `pulumi destroy`, and how to remove it."""
    tables = 2 * len(settings.domains)
    return (
        f"schema {settings.output_schema_name} with up to {tables} metric tables and their history "
        f"(to remove it: DROP SCHEMA {settings.output_schema_name} CASCADE), "
        f"and what the service put into {settings.assets_dir}"
    )
