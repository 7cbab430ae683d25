"""What a principal's token may ask for. A route that is not listed here is for the owner of the workspace."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from local_workspace.errors import PermissionDeniedError
from local_workspace.names import SchemaName
from local_workspace.server import grants, identity, monitors, schemas, statements, tables, warehouses

if TYPE_CHECKING:
    from local_workspace.server.routing import Handler, Request, Route

Rule = Callable[["Request"], None]


def authorise(route: Route, request: Request) -> None:
    """Nothing, when the sender of a request may use a route.

    Raises:
        PermissionDeniedError: it may not.
    """
    if request.caller.is_owner:
        return
    rule = RULES.get(route.handler)
    if rule is None:
        raise PermissionDeniedError(
            f"User '{request.caller.name}' may not use {route.method} {route.path}: the local workspace serves it "
            "to its owner only."
        )
    rule(request)


def anybody(_request: Request) -> None:
    """Nothing is needed, or the handler looks for itself."""


def describe_table(request: Request) -> None:
    """SELECT on the table, or ownership of it, its schema or its catalog."""
    request.permissions.describe(request.table)


def manage_table(request: Request) -> None:
    """MANAGE on the table, or ownership of it, its schema or its catalog."""
    request.permissions.on_table("MANAGE", request.table)


def own_table(request: Request) -> None:
    """Ownership of the table, its schema or its catalog; MANAGE is not enough for this API."""
    request.permissions.own(request.table)


def make_monitor(request: Request) -> None:
    """Ownership as for `own_table`, SELECT on the table, and CREATE_TABLE on the schema for the output."""
    request.permissions.own(request.table)
    request.permissions.on_table("SELECT", request.table)
    # A body without a schema's name is left to the handler, which says what is wrong with it.
    with suppress(ValueError):
        schema = SchemaName.parse(str(request.json().get("output_schema_name")))
        request.permissions.on_schema("CREATE_TABLE", schema)


def use_schema(request: Request) -> None:
    """USE_SCHEMA on the schema."""
    request.permissions.on_schema("USE_SCHEMA", request.schema)


def list_in_schema(request: Request) -> None:
    """USE_CATALOG on the catalog; of the tables, the handler shows those that the sender may read."""
    request.permissions.on_catalog("USE_CATALOG", request.query.get("catalog_name", "").lower())


def manage_securable(request: Request) -> None:
    """MANAGE on the securable, or ownership of it or of what it is in."""
    request.permissions.on("MANAGE", request.parts["type"], request.parts["name"])


RULES: dict[Handler, Rule] = {
    identity.discover: anybody,
    identity.current_user: anybody,
    schemas.get_schema: use_schema,
    tables.list_tables: list_in_schema,
    tables.list_summaries: list_in_schema,
    tables.get_table: describe_table,
    tables.table_exists: describe_table,
    tables.update_table: manage_table,
    tables.delete_table: manage_table,
    monitors.create_monitor: make_monitor,
    monitors.get_monitor: describe_table,
    monitors.update_monitor: own_table,
    monitors.delete_monitor: own_table,
    monitors.run_refresh: own_table,
    monitors.list_refreshes: describe_table,
    monitors.get_refresh: describe_table,
    monitors.cancel_refresh: own_table,
    monitors.regenerate_dashboard: own_table,
    grants.get_permissions: manage_securable,
    grants.update_permissions: manage_securable,
    grants.effective_permissions: manage_securable,
    statements.execute: anybody,
    statements.get_statement: anybody,
    statements.get_chunk: anybody,
    statements.cancel_statement: anybody,
    warehouses.list_warehouses: anybody,
    warehouses.get_warehouse: anybody,
}
"""What each handler asks of a sender who is not the owner of the workspace; as the SDK documents it."""
