"""Reads one Databricks SQL statement. Every clause that is not read here is refused by its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local_workspace.engine.dialect import UnsupportedSQLError
from local_workspace.sql import commands
from local_workspace.sql.alterations import alter_table
from local_workspace.sql.definitions import column_definition, properties
from local_workspace.sql.merge_clauses import merge
from local_workspace.sql.reader import Reader

if TYPE_CHECKING:
    from collections.abc import Callable

    from local_workspace.sql.commands import ColumnDefinition, Command

_QUERY_STARTS = ("SELECT", "WITH", "VALUES", "(", "FROM")


def parse(sql: str) -> Command:
    """What a statement asks for.

    Raises:
        UnsupportedSQLError: it is no statement, more than one, or one of a kind that is not run here.
    """
    reader = Reader(sql)
    if any(reader.ahead(word) for word in _QUERY_STARTS):
        return commands.Query(sql)
    for words, read in _STATEMENTS:
        if reader.accept(*words):
            command = read(reader)
            reader.finish()
            return command
    raise UnsupportedSQLError(f"{reader.identifier().upper()} statements are not supported")


def _create(reader: Reader) -> Command:
    or_replace = reader.accept("OR", "REPLACE")
    if not or_replace and reader.accept("SCHEMA"):
        return _create_schema(reader)
    if not or_replace and reader.accept("DATABASE"):
        return _create_schema(reader)
    if reader.accept("TABLE"):
        return _create_table(reader, or_replace=or_replace)
    if reader.accept("VIEW"):
        return _create_view(reader, or_replace=or_replace)
    raise UnsupportedSQLError(f"CREATE {reader.identifier().upper()} is not supported")


def _create_schema(reader: Reader) -> commands.CreateSchema:
    if_not_exists = reader.accept("IF", "NOT", "EXISTS")
    name = reader.name()
    comment: str | None = None
    found: dict[str, str] = {}
    while reader.next is not None and not reader.ahead(";"):
        if reader.accept("COMMENT"):
            comment = reader.string()
        elif reader.accept("WITH", "DBPROPERTIES"):
            found = properties(reader)
        else:
            raise _unsupported(reader, "CREATE SCHEMA")
    return commands.CreateSchema(name, if_not_exists, comment, found)


def _create_table(reader: Reader, *, or_replace: bool) -> commands.CreateTable:  # noqa: C901 - one case per clause
    if_not_exists = reader.accept("IF", "NOT", "EXISTS")
    name = reader.name()
    columns: tuple[ColumnDefinition, ...] = ()
    if reader.ahead("("):
        columns = reader.listed(lambda: column_definition(reader))
    comment: str | None = None
    query: str | None = None
    found: dict[str, str] = {}
    clustering: tuple[str, ...] = ()
    partitioning: tuple[str, ...] = ()
    while reader.next is not None and not reader.ahead(";"):
        if reader.accept("USING"):
            storage = reader.identifier()
            if storage.upper() != "DELTA":
                raise UnsupportedSQLError(f"USING {storage} is not supported; tables are DELTA")
        elif reader.accept("COMMENT"):
            comment = reader.string()
        elif reader.accept("TBLPROPERTIES"):
            found = properties(reader)
        elif reader.accept("CLUSTER", "BY"):
            clustering = (
                () if reader.accept("AUTO") or reader.accept("NONE") else reader.listed(reader.identifier)
            )
        elif reader.accept("PARTITIONED", "BY"):
            partitioning = reader.listed(reader.identifier)
        elif any(reader.ahead(word) for word in ("AS", "SELECT", "WITH", "VALUES")):
            reader.accept("AS")
            query = reader.rest()
        else:
            raise _unsupported(reader, "CREATE TABLE")
    if bool(columns) == (query is not None):
        raise reader.unexpected("either columns in brackets or AS and a query")
    return commands.CreateTable(
        name, columns, query, if_not_exists, or_replace, comment, found, clustering, partitioning
    )


def _create_view(reader: Reader, *, or_replace: bool) -> commands.CreateView:
    if_not_exists = reader.accept("IF", "NOT", "EXISTS")
    name = reader.name()
    columns: tuple[tuple[str, str | None], ...] = ()
    if reader.ahead("("):
        columns = reader.listed(
            lambda: (reader.identifier(), reader.string() if reader.accept("COMMENT") else None)
        )
    comment: str | None = None
    found: dict[str, str] = {}
    while not reader.accept("AS"):
        if reader.accept("COMMENT"):
            comment = reader.string()
        elif reader.accept("TBLPROPERTIES"):
            found = properties(reader)
        else:
            raise _unsupported(reader, "CREATE VIEW")
    return commands.CreateView(name, columns, reader.rest(), if_not_exists, or_replace, comment, found)


def _drop(reader: Reader) -> Command:
    kind = reader.one_of("TABLE", "VIEW", "SCHEMA", "DATABASE")
    if_exists = reader.accept("IF", "EXISTS")
    name = reader.name()
    if kind in {"TABLE", "VIEW"}:
        return commands.DropTable(name, if_exists, view=kind == "VIEW")
    cascade = reader.accept("CASCADE")
    if not cascade:
        reader.accept("RESTRICT")
    return commands.DropSchema(name, if_exists, cascade)


def _comment(reader: Reader) -> Command:
    reader.expect("ON")
    kind = reader.one_of("TABLE", "COLUMN", "SCHEMA", "DATABASE", "CATALOG", "VIEW")
    name = reader.name()
    reader.expect("IS")
    text = None if reader.accept("NULL") else reader.string()
    return commands.CommentOn({"DATABASE": "SCHEMA", "VIEW": "TABLE"}.get(kind, kind), name, text)


def _alter(reader: Reader) -> Command:
    if not reader.accept("TABLE"):
        raise UnsupportedSQLError(f"ALTER {reader.identifier().upper()} is not supported")
    return commands.AlterTable(reader.name(), alter_table(reader))


def _insert(reader: Reader) -> Command:
    overwrite = reader.one_of("INTO", "OVERWRITE") == "OVERWRITE"
    reader.accept("TABLE")
    name = reader.name()
    columns: tuple[str, ...] = ()
    if reader.ahead("(") and not any(reader.ahead("(", word) for word in ("SELECT", "WITH", "VALUES", "(")):
        columns = reader.listed(reader.identifier)
    replaced = None
    if not overwrite and not columns and reader.accept("REPLACE", "WHERE"):
        replaced = reader.until("SELECT", "WITH", "VALUES", "FROM")
    if not any(reader.ahead(word) for word in _QUERY_STARTS):
        raise _unsupported(reader, "INSERT")
    return commands.Insert(name, columns, reader.rest(), overwrite, replaced)


def _delete(reader: Reader) -> Command:
    reader.expect("FROM")
    name = reader.name()
    return commands.Delete(name, reader.rest() if reader.accept("WHERE") else None)


def _update(reader: Reader) -> Command:
    name = reader.name()
    reader.expect("SET")

    def assignment() -> tuple[str, str]:
        column = reader.identifier()
        reader.expect("=")
        return column, reader.until(",", "WHERE")

    values = reader.commas(assignment)
    return commands.Update(name, values, reader.rest() if reader.accept("WHERE") else None)


def _truncate(reader: Reader) -> Command:
    reader.expect("TABLE")
    return commands.Truncate(reader.name())


def _show(reader: Reader) -> Command:
    if reader.accept("TBLPROPERTIES"):
        return commands.Show("TBLPROPERTIES", reader.name())
    if reader.accept("COLUMNS"):
        reader.one_of("IN", "FROM")
        return commands.Show("COLUMNS", reader.name())
    what = reader.one_of("TABLES", "SCHEMAS", "DATABASES", "CATALOGS", "VIEWS")
    within = reader.name() if reader.accept("IN") or reader.accept("FROM") else ()
    pattern = reader.string() if reader.accept("LIKE") or reader.is_string() else None
    return commands.Show("SCHEMAS" if what == "DATABASES" else what, within, pattern)


def _describe(reader: Reader) -> Command:
    if reader.accept("DETAIL"):
        return commands.Describe(reader.name(), detail=True)
    for other in ("HISTORY", "CATALOG", "SCHEMA", "DATABASE", "FUNCTION", "QUERY"):
        if reader.accept(other):
            raise UnsupportedSQLError(f"DESCRIBE {other} is not supported")
    reader.accept("TABLE")
    extended = reader.accept("EXTENDED")
    return commands.Describe(reader.name(), extended=extended)


def _unsupported(reader: Reader, statement: str) -> UnsupportedSQLError:
    token = reader.next
    if token is None:
        return reader.unexpected("more")
    return UnsupportedSQLError(f"{statement}: {reader.sql[token.start : token.end].upper()} is not supported")


_STATEMENTS: tuple[tuple[tuple[str, ...], Callable[[Reader], Command]], ...] = (
    (("CREATE",), _create),
    (("DROP",), _drop),
    (("COMMENT",), _comment),
    (("ALTER",), _alter),
    (("INSERT",), _insert),
    (("DELETE",), _delete),
    (("UPDATE",), _update),
    (("MERGE",), merge),
    (("TRUNCATE",), _truncate),
    (("SHOW",), _show),
    (("DESCRIBE",), _describe),
    (("DESC",), _describe),
)
