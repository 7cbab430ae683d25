"""A translated query and what can be done to one: rename or cast its columns, name them as Spark does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlglot import exp

from local_workspace.engine.coercion import coerce, identifier, typed
from local_workspace.engine.dialect_errors import AnalysisError, UnsupportedSQLError

if TYPE_CHECKING:
    from local_workspace.engine.types import SparkType


@dataclass(frozen=True)
class Query:
    """A translated query: DuckDB text and its output columns (name, type) in order."""

    sql: str
    columns: tuple[tuple[str, SparkType], ...]


def refuse_other_parts(node: exp.Expr, known: set[str]) -> None:
    """Refuse a query with clauses that are not in `known`.

    Raises:
        UnsupportedSQLError: there is one; the text names it.
    """
    for part, value in node.args.items():
        if value and part not in known:
            raise UnsupportedSQLError(f"{part.strip('_').upper()} is not supported in a query")


def renamed(query: Query, alias: exp.Expr) -> Query:
    """The query with the column names of `t(a, b)`."""
    names = [column.name for column in alias.args.get("columns") or []]
    if not names:
        return query
    if len(names) != len(query.columns):
        raise AnalysisError(
            f"[ASSIGNMENT_ARITY_MISMATCH] {len(names)} names were given for {len(query.columns)} columns. SQLSTATE: 42802"
        )
    listed = ", ".join(identifier(name) for name in names)
    columns = tuple((name, kind) for name, (_, kind) in zip(names, query.columns, strict=True))
    return Query(f"SELECT * FROM ({query.sql}) AS {identifier('r')}({listed})", columns)


def as_types(query: Query, kinds: list[SparkType]) -> str:
    """The text of the query with its columns cast to `kinds`."""
    if [kind for _, kind in query.columns] == kinds:
        return query.sql
    names = [f"c{at}" for at in range(len(kinds))]
    casts = ", ".join(
        f"{coerce(typed(identifier(name), column[1]), kind).sql} AS {identifier(name)}"
        for name, column, kind in zip(names, query.columns, kinds, strict=True)
    )
    outputs = ", ".join(identifier(name) for name in names)
    return f"SELECT {casts} FROM ({query.sql}) AS {identifier('u')}({outputs})"


def position_of(node: exp.Expr, names: list[str]) -> int | None:
    """The position that a literal or the name of an output column stands for."""
    if isinstance(node, exp.Literal) and not node.is_string and node.name.isdigit():
        position = int(node.name)
        if not 1 <= position <= len(names):
            raise AnalysisError(
                f"[ORDER_BY_POS_OUT_OF_RANGE] ORDER BY position {position} is not in select list "
                f"(valid range is [1, {len(names)}]). SQLSTATE: 42805"
            )
        return position
    if isinstance(node, exp.Column) and len(node.parts) == 1:
        found = [at for at, name in enumerate(names, start=1) if name.lower() == node.name.lower()]
        return found[0] if len(found) == 1 else None
    return None


def output_name(node: exp.Expr) -> str:
    """The name Spark gives a select item."""
    if isinstance(node, exp.Alias):
        return str(node.alias)
    if isinstance(node, exp.Column):
        return node.name
    if isinstance(node, exp.Dot):
        return str(node.expression.name)
    if isinstance(node, exp.Literal):
        return node.name
    if isinstance(node, exp.Count) and isinstance(node.this, exp.Star):
        return "count(1)"
    text = node.sql(dialect="databricks", normalize_functions="lower").replace("`", "")
    return f"({text})" if isinstance(node, exp.Binary) and not isinstance(node, exp.Dot) else text
