"""Stops a deployment from creating what is there already, and says which command adopts it.

After a lost answer the workspace has a monitor that the state does not know. Only the engine knows that it is
about to create; its hooks ask the workspace then. They also run in a preview, where they only warn: a preview
of a replacement looks the same, and there the monitor is about to be deleted.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pulumi

from monitoring.operations.adopt import (
    PROVIDER,
    PROVIDER_NAME,
    SCHEMA,
    ImportLine,
    schema_exists,
    urn,
)
from monitoring.operations.connection import connect
from monitoring.operations.monitor_apis import monitor_api, monitor_exists

if TYPE_CHECKING:
    from collections.abc import Callable

    from databricks.sdk import WorkspaceClient

    from monitoring.resources.domain_monitor import DomainMonitorArgs
    from monitoring.resources.monitor_resource import MonitorResource


def stop_when_monitor_exists(
    name: str, resource: MonitorResource, args: DomainMonitorArgs
) -> pulumi.ResourceHookBinding:
    """The hook that refuses to create the monitor ``name`` when its table has one."""

    def exists(client: WorkspaceClient) -> str | None:
        return resource.import_id(args) if monitor_exists(monitor_api(client, args.api), args.table) else None

    return _before_create(
        name, resource.type_, f"a monitor of {args.table}", args.host, exists, protect=args.protect
    )


def stop_when_schema_exists(
    name: str, full_name: str, host: str, *, protect: bool
) -> pulumi.ResourceHookBinding:
    """The hook that refuses to create the schema ``full_name`` when it is there."""

    def exists(client: WorkspaceClient) -> str | None:
        return full_name if schema_exists(client, full_name) else None

    return _before_create(name, SCHEMA, f"the schema {full_name}", host, exists, protect=protect)


def _before_create(
    name: str,
    type_: str,
    thing: str,
    host: str,
    exists: Callable[[WorkspaceClient], str | None],
    *,
    protect: bool,
) -> pulumi.ResourceHookBinding:
    """The hook; ``exists`` gives what ``pulumi import`` calls the thing, or None when it is not there."""

    async def look(args: pulumi.ResourceHookArgs) -> None:
        # In a thread: the engine calls many hooks at once, all on one event loop.
        id_ = await asyncio.to_thread(lambda: exists(connect(host)))
        if id_ is None:
            return
        stack = pulumi.get_stack()
        provider = urn(stack, pulumi.get_project(), PROVIDER, PROVIDER_NAME)
        line = ImportLine(stack, type_, name, id_, provider, _parent_urn(args.urn), protect=protect)
        message = (
            f"{thing} exists on {host}, but not in the state of this stack; "
            f"adopt it, then run this again:\n  {line}"
        )
        if pulumi.runtime.is_dry_run():
            pulumi.log.warn(f"{message}\n  (Nothing to do when this preview replaces it.)")
        else:
            raise pulumi.RunError(message)

    hook = pulumi.ResourceHook(f"adopt-{name}", look, pulumi.ResourceHookOptions(on_dry_run=True))
    return pulumi.ResourceHookBinding(before_create=[hook])


def _parent_urn(own: str) -> str:
    """The URN of the component that holds the resource ``own`` and has its name; empty at the top level."""
    place, types, name = own.rsplit("::", 2)
    parents, _, _own = types.rpartition("$")
    return f"{place}::{parents}::{name}" if parents else ""
