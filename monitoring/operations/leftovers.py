"""What stays on a workspace when its monitors are deleted: the output tables and their history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from databricks.sdk.errors.base import DatabricksError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from databricks.sdk import WorkspaceClient


def describe_leftovers(
    client: WorkspaceClient, schema: str, full_names: Sequence[str], assets_dir: str
) -> str:
    """For whoever destroys a stack: what stays and how to remove it."""
    try:
        kept = _existing(client, full_names)
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


def describe_dropped(client: WorkspaceClient, full_names: Sequence[str]) -> str:
    """For whoever takes a domain out of a stack: its tables that stay; empty when there are none."""
    try:
        kept = _existing(client, full_names)
    except DatabricksError as error:
        return f"kept, if they are there: {', '.join(full_names)} ({error})"
    if not kept:
        return ""
    lines = ["kept with their history, though no monitor of this stack fills them any more:"]
    lines += [f"  {name}  (to remove it for good: DROP TABLE {name})" for name in kept]
    return "\n".join(lines)


def _existing(client: WorkspaceClient, full_names: Sequence[str]) -> list[str]:
    return [name for name in full_names if client.tables.exists(name).table_exists]
