"""What an error of the workspace means for a monitor, told by its class: texts change, classes do not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from databricks.sdk.errors import NotFound, PermissionDenied, ResourceConflict, Unauthenticated

if TYPE_CHECKING:
    from collections.abc import Mapping

    from databricks.sdk.errors.base import DatabricksError

REASONS: Mapping[type[DatabricksError], str] = {
    NotFound: "{table} has no monitor; deploy it: pulumi up",
    ResourceConflict: "{table} is being changed or refreshed by someone else; try again when that is over",
    PermissionDenied: (
        "you may not do this with the monitor of {table}; it takes its owner, or MANAGE on the table and "
        "USE on catalog and schema"
    ),
    Unauthenticated: "the workspace does not accept the credentials; check DATABRICKS_TOKEN or log in again",
}


def explain(error: DatabricksError, table: str) -> str:
    """The reason and what to do, with the workspace's own words."""
    for kind, reason in REASONS.items():
        if isinstance(error, kind):
            return f"{reason.format(table=table)} ({error})"
    return f"{table}: {error}"
