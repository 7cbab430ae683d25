"""Carries out one statement."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import duckdb

from local_workspace.engine.dialect import Parameter, UnsupportedSQLError, databricks_message
from local_workspace.errors import WorkspaceError
from local_workspace.sql import commands, listings, merging, rows, tables
from local_workspace.sql.authorisation import authorise
from local_workspace.sql.cells import Rows
from local_workspace.sql.parser import parse
from local_workspace.sql.queries import Limits, run_query, translated

if TYPE_CHECKING:
    from local_workspace.sql.session import Session

_CONFLICT_SECONDS = 10.0
"""How long a statement is tried again when another one is changing the same table."""

_CHANGES_ROWS = (
    commands.Insert,
    commands.Delete,
    commands.Update,
    commands.Merge,
    commands.Truncate,
    commands.Show,
    commands.Describe,
)
"""Statements that do not wait for those that make, change or drop schemas and tables."""

Watch = Callable[[duckdb.DuckDBPyConnection], None]
"""Is given the cursor of a query before it runs, so that the query can be interrupted."""


class StatementError(Exception):
    """A statement that failed; the text is the service's."""


def run(
    session: Session,
    sql: str,
    parameters: tuple[Parameter, ...] = (),
    limits: Limits | None = None,
    watch: Watch = lambda _cursor: None,
) -> Rows:
    """Run one statement to its end.

    Raises:
        StatementError: it failed; nothing was changed.
        duckdb.InterruptException: it was interrupted.
    """
    try:
        command = parse(sql)
        authorise(session, command)
        if isinstance(command, commands.Query):
            query = translated(session, sql, parameters)
            with session.data.cursor() as cursor:
                watch(cursor)
                return run_query(cursor, query, limits or Limits())
        if isinstance(command, _CHANGES_ROWS):
            return _repeated(lambda: _carry_out(session, command, parameters))
        with session.data.defining:
            return _repeated(lambda: _carry_out(session, command, parameters))
    except (UnsupportedSQLError, WorkspaceError) as error:
        raise StatementError(str(error)) from error
    except duckdb.InterruptException:
        raise
    except duckdb.Error as error:
        raise StatementError(databricks_message(error)) from error


def _repeated(work: Callable[[], Rows]) -> Rows:
    deadline = time.monotonic() + _CONFLICT_SECONDS
    pause = 0.01
    while True:
        try:
            return work()
        except duckdb.TransactionException:
            if time.monotonic() > deadline:
                raise
            time.sleep(pause)
            pause = min(pause * 2, 0.5)


def _carry_out(session: Session, command: commands.Command, parameters: tuple[Parameter, ...]) -> Rows:  # noqa: C901, PLR0911, PLR0912 - one case per statement
    match command:
        case commands.Insert():
            return rows.insert(session, command, parameters)
        case commands.Delete():
            return rows.delete(session, command, parameters)
        case commands.Update():
            return rows.update(session, command, parameters)
        case commands.Merge():
            return merging.merge(session, command, parameters)
        case commands.Truncate():
            return rows.truncate(session, command)
        case commands.Show():
            return listings.show(session, command)
        case commands.Describe():
            return listings.describe(session, command)
        case commands.CreateSchema():
            tables.create_schema(session, command)
        case commands.DropSchema():
            tables.drop_schema(session, command)
        case commands.CreateTable():
            tables.create_table(session, command)
        case commands.CreateView():
            tables.create_view(session, command)
        case commands.DropTable():
            tables.drop_table(session, command)
        case commands.CommentOn():
            tables.comment_on(session, command)
        case commands.AlterTable():
            tables.alter_table(session, command)
    return Rows()
