"""Reads MERGE after its first word."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local_workspace.engine.dialect import UnsupportedSQLError
from local_workspace.sql import commands
from local_workspace.sql.commands import MergeAction, MergeClause

if TYPE_CHECKING:
    from local_workspace.sql.reader import Reader


def merge(reader: Reader) -> commands.Merge:
    """MERGE INTO target USING source ON condition WHEN ….

    Raises:
        UnsupportedSQLError: it holds a clause that is not run here.
    """
    if reader.ahead("WITH"):
        raise UnsupportedSQLError("MERGE WITH SCHEMA EVOLUTION is not supported")
    reader.expect("INTO")
    name = reader.name()
    alias = _alias(reader, "USING") or name[-1]
    reader.expect("USING")
    if reader.accept("("):
        source, own = reader.until(")"), ""
        reader.expect(")")
    else:
        parts = reader.name()
        source, own = f"SELECT * FROM {'.'.join(map(_quoted, parts))}", parts[-1]
    source_alias = _alias(reader, "ON") or own or "source"
    reader.expect("ON")
    condition = reader.until("WHEN")
    clauses: list[MergeClause] = []
    while reader.next is not None and not reader.ahead(";"):
        clauses.append(_clause(reader))
    if not clauses:
        raise reader.unexpected("WHEN")
    return commands.Merge(name, alias, source, source_alias, condition, tuple(clauses))


def _alias(reader: Reader, following: str) -> str:
    if reader.accept("AS") or not reader.ahead(following):
        return reader.identifier()
    return ""


def _clause(reader: Reader) -> MergeClause:
    reader.expect("WHEN")
    matched = not reader.accept("NOT")
    reader.expect("MATCHED")
    if reader.accept("BY", "SOURCE"):
        raise UnsupportedSQLError("MERGE: WHEN NOT MATCHED BY SOURCE is not supported")
    if not matched:
        reader.accept("BY", "TARGET")
    condition = reader.until("THEN") if reader.accept("AND") else None
    reader.expect("THEN")
    if not matched:
        reader.expect("INSERT")
        return MergeClause(MergeAction.INSERT, condition, _inserted(reader))
    if reader.accept("DELETE"):
        return MergeClause(MergeAction.DELETE, condition)
    reader.expect("UPDATE", "SET")
    if reader.accept("*"):
        return MergeClause(MergeAction.UPDATE, condition)
    return MergeClause(MergeAction.UPDATE, condition, reader.commas(lambda: _assignment(reader)))


def _assignment(reader: Reader) -> tuple[str, str]:
    column = reader.name()[-1]
    reader.expect("=")
    return column, reader.until(",", "WHEN")


def _inserted(reader: Reader) -> tuple[tuple[str, str], ...]:
    if reader.accept("*"):
        return ()
    columns = reader.listed(reader.identifier)
    reader.expect("VALUES")
    values = reader.listed(lambda: reader.until(",", ")"))
    if len(columns) != len(values):
        raise reader.unexpected(f"{len(columns)} values for {', '.join(columns)}")
    return tuple(zip(columns, values, strict=True))


def _quoted(part: str) -> str:
    return "`" + part.replace("`", "``") + "`"
