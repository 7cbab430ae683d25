"""What stays on a workspace when its monitors are deleted: the output tables and their history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from databricks.sdk.errors.base import DatabricksError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from databricks.sdk import WorkspaceClient


def kept_tables(client: WorkspaceClient, full_names: Sequence[str]) -> list[str]:
    """Those of the tables that are there."""
    return [name for name in full_names if client.tables.exists(name).table_exists]


def describe_leftovers(
    client: WorkspaceClient, schema: str, full_names: Sequence[str], assets_dir: str
) -> str:
    """One paragraph for whoever destroys a stack: what stays and how to remove it."""
    try:
        kept = kept_tables(client, full_names)
    except DatabricksError as error:
        return f"kept: schema {schema} with its output tables (they could not be counted: {error})"
    lines = [
        (
            f"kept: schema {schema} with its output tables ({len(kept)}) and their history; "
            f"also what the service put into {assets_dir}"
        ),
        *(f"  {name}" for name in kept),
        f"to remove them for good: DROP SCHEMA {schema} CASCADE",
    ]
    return "\n".join(lines)
