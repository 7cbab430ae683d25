"""The schema that gets the output tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi
import pulumi_databricks as databricks

from monitoring.operations.adopt import SCHEMA_NAME
from monitoring.resources.adoption import stop_when_schema_exists
from monitoring.resources.kept_history import KeptHistory

if TYPE_CHECKING:
    from monitoring.settings import Settings


@dataclass(frozen=True)
class OutputSchema:
    """The schema as its monitors need it."""

    full_name: pulumi.Input[str]
    """``catalog.schema``."""
    id: pulumi.Input[str]
    """Its UUID; a preview does not know it before the schema is there."""


def output_schema(settings: Settings, provider: databricks.Provider) -> OutputSchema:
    """Declare the schema.

    It is kept when the stack is destroyed: its tables hold history that nobody can compute again.
    """
    schema = databricks.Schema(
        SCHEMA_NAME,
        # Always named: the package would add random characters otherwise.
        name=settings.output_schema,
        catalog_name=settings.catalog,
        comment=f"Profile and drift tables of the monitors of {settings.catalog}.{settings.gold_schema}.",
        opts=pulumi.ResourceOptions(
            provider=provider,
            protect=settings.protect,
            retain_on_delete=True,
            hooks=stop_when_schema_exists(
                SCHEMA_NAME, settings.output_schema_name, settings.host, protect=settings.protect
            ),
        ),
    )
    # Not the resource's id, which is the name too, but unknown to a preview before the schema is there.
    return OutputSchema(pulumi.Output.concat(schema.catalog_name, ".", schema.name), schema.schema_id)


def kept_history(settings: Settings) -> KeptHistory:
    """Declare what says at the end, when the stack is destroyed, what stays."""
    tables = [
        name
        for domain in settings.domains
        for name in (settings.profile_table_name(domain), settings.drift_table_name(domain))
    ]
    return KeptHistory(
        "kept-history",
        host=settings.host,
        schema=settings.output_schema_name,
        tables=tables,
        assets_dir=settings.assets_dir,
    )
