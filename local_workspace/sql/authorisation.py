"""What the sender of a statement must be allowed to do with the tables that it names.

What a query reads is checked where its names are looked up (`Session.relation`): a view is read with the rights
of who made it.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from local_workspace.engine.dialect import UnsupportedSQLError
from local_workspace.sql import commands
from local_workspace.sql.parser import parse
from local_workspace.sql.queries import translated

if TYPE_CHECKING:
    from local_workspace.engine.dialect import Parameter
    from local_workspace.sql.session import Session

_OF_OWNERS = (commands.SetOwner, commands.RenameTable)
"""Changes of a table for which MODIFY is not enough."""


def refuse_early(session: Session, sql: str, parameters: tuple[Parameter, ...]) -> None:
    """Nothing, unless the sender may not run a statement.

    Raises:
        PermissionDeniedError: it may not; a statement that is wrong in itself is left to fail.
    """
    if session.permissions.caller.is_owner:
        return
    with suppress(UnsupportedSQLError):
        command = parse(sql)
        authorise(session, command)
        query = getattr(command, "query", None) or (sql if isinstance(command, commands.Query) else None)
        if query is not None:
            translated(session, query, parameters)


def authorise(session: Session, command: commands.Command) -> None:
    """Nothing, when the sender may carry out a command on the tables that it changes or describes.

    Raises:
        PermissionDeniedError: it may not.
    """
    match command:
        case commands.Query():
            return
        case (
            commands.Insert() | commands.Delete() | commands.Update() | commands.Merge() | commands.Truncate()
        ):
            session.permissions.on_table("MODIFY", session.table_name(command.name))
        case commands.AlterTable():
            privilege = "MANAGE" if isinstance(command.change, _OF_OWNERS) else "MODIFY"
            session.permissions.on_table(privilege, session.table_name(command.name))
        case commands.CommentOn():
            _comment(session, command)
        case commands.Describe():
            session.permissions.describe(session.table_name(command.name))
        case commands.Show():
            _show(session, command)
        case commands.DropTable():
            session.permissions.on_table("MANAGE", session.table_name(command.name))
        case commands.DropSchema():
            session.permissions.on_schema("MANAGE", session.schema_name(command.name))
        case commands.CreateSchema() | commands.CreateTable() | commands.CreateView():
            session.permissions.refuse_others("create schemas, tables and views")


def _comment(session: Session, command: commands.CommentOn) -> None:
    if command.kind == "CATALOG":
        session.permissions.on_catalog("MANAGE", ".".join(command.name).lower())
    elif command.kind == "SCHEMA":
        session.permissions.on_schema("MANAGE", session.schema_name(command.name))
    else:
        table = command.name[:-1] if command.kind == "COLUMN" else command.name
        session.permissions.on_table("MODIFY", session.table_name(table))


def _show(session: Session, command: commands.Show) -> None:
    if command.what == "SCHEMAS":
        catalog = command.within[0] if command.within else session.default_catalog
        session.permissions.on_catalog("USE_CATALOG", catalog.lower())
    elif command.what in {"TABLES", "VIEWS"}:
        session.permissions.on_schema("USE_SCHEMA", session.schema_name(command.within))
    elif command.what != "CATALOGS":
        session.permissions.describe(session.table_name(command.within))
