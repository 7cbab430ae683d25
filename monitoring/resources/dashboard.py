"""The dashboard of the metrics, and who may open it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pulumi
import pulumi_databricks as databricks

from monitoring.dashboard import TITLE, serialized_dashboard

if TYPE_CHECKING:
    from monitoring.settings import Settings

NAME = "dashboard"
_APPLICATION_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def dashboard(settings: Settings, provider: databricks.Provider) -> databricks.Dashboard | None:
    """Declare the dashboard and let the readers open it; None when the stack has none.

    It is published without the credentials of who deploys it: everybody sees in it what they may read anyway.
    """
    if not settings.dashboard or settings.warehouse_id is None:
        return None
    made = databricks.Dashboard(
        NAME,
        display_name=f"{TITLE}: {settings.catalog}.{settings.gold_schema}",
        parent_path=settings.assets_dir,
        warehouse_id=settings.warehouse_id,
        serialized_dashboard=serialized_dashboard(
            settings.domains,
            settings.output_schema_name,
            shared_totals=bool(settings.readers) and settings.personal_data_in_gold,
        ),
        embed_credentials=False,
        opts=pulumi.ResourceOptions(provider=provider),
    )
    if settings.readers:
        databricks.Permissions(
            f"{NAME}-readers",
            dashboard_id=made.dashboard_id,
            access_controls=[
                {kind_of_principal(principal): principal, "permission_level": "CAN_READ"}
                for principal in sorted(settings.readers)
            ],
            opts=pulumi.ResourceOptions(provider=provider),
        )
    return made


def kind_of_principal(principal: str) -> str:
    """Which field of an access control names ``principal``: a user by address, a service by its id, else a group."""
    if "@" in principal:
        return "user_name"
    return "service_principal_name" if _APPLICATION_ID.fullmatch(principal.lower()) else "group_name"
