"""Databricks SQL in, DuckDB SQL out.

What is not known to mean the same on both is refused by name with `UnsupportedSQLError`, never guessed. Translated SQL
follows ANSI mode: a division by zero, an overflow or a malformed cast fails when it runs.
"""

from __future__ import annotations

import json
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar, Final

import sqlglot
from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.parsers.duckdb import DuckDBParser

from local_workspace.engine.coercion import coerce
from local_workspace.engine.column_scope import ColumnScope
from local_workspace.engine.dialect_errors import AnalysisError, UnsupportedSQLError, databricks_message
from local_workspace.engine.dialect_parser import parse_expression, parse_statement
from local_workspace.engine.expressions import Translator
from local_workspace.engine.parameters import Parameter, bind
from local_workspace.engine.relations import Relation, Resolver
from local_workspace.engine.statements import QueryTranslator
from local_workspace.engine.types import VOID, SparkType, parse_type

if TYPE_CHECKING:
    from collections.abc import Mapping

    from local_workspace.engine.coercion import Typed

    Columns = Mapping[str, str] | Mapping[str, Mapping[str, str]]
    """Column -> Databricks type, or table -> column -> Databricks type."""

_KEPT: Final = 4096
"""Translations that are kept, with their columns half a kilobyte each: the metrics of a thousand small monitors."""
_SOME_MOMENT: Final = datetime(2000, 1, 1)  # noqa: DTZ001 - UTC without a zone

MACROS: Final[tuple[str, ...]] = ()
"""DuckDB statements to run when a data file is opened; translated SQL needs none."""

RUNTIME_SETTINGS: Final[tuple[str, ...]] = (
    "SET GLOBAL TimeZone='UTC'",
    "SET GLOBAL preserve_insertion_order=false",
)
"""DuckDB settings that translated SQL relies on, for all connections of a database."""


class PlainDuckDB(DuckDB):
    """DuckDB SQL in which function calls keep their written name and arguments."""

    class Parser(DuckDBParser):
        """The parser; calls are not rewritten."""

        FUNCTIONS: ClassVar[dict[str, Any]] = {
            name: DuckDBParser.FUNCTIONS[name]
            for name in ("AVG", "COUNT", "MAX", "MIN", "SUM", "COALESCE", "NULLIF")
        }
        FUNCTION_PARSERS: ClassVar[dict[str, Any]] = {
            name: DuckDBParser.FUNCTION_PARSERS[name] for name in ("CAST", "TRY_CAST")
        }


def _scope(columns: Columns) -> ColumnScope:
    plain: dict[str, SparkType] = {}
    tables: dict[str, Mapping[str, SparkType]] = {}
    for name, value in columns.items():
        if isinstance(value, str):
            plain[name] = parse_type(value)
        else:
            tables[name] = {column: parse_type(kind) for column, kind in value.items()}
    return ColumnScope({"": plain, **tables} if plain or not tables else tables)


def _typed(expression: exp.Expr, columns: Columns, now: datetime | None) -> Typed:
    value = Translator(_scope(columns), now).translate(expression)
    return coerce(value, value.type) if value.type != VOID else value


def translate(
    expression: exp.Expr,
    columns: Columns,
    *,
    now: datetime | None = None,
) -> exp.Expr:
    """The DuckDB expression that means what a Databricks expression means.

    Args:
        expression: a tree of `parse_expression`.
        columns: column -> Databricks type, or table -> column -> Databricks type.
        now: what CURRENT_TIMESTAMP() and CURRENT_DATE() give, in UTC; None leaves it to DuckDB's clock.

    Raises:
        UnsupportedSQLError: the expression cannot be run here, or Databricks would refuse it; the text names the reason.
    """
    return sqlglot.parse_one(_typed(expression, columns, now).sql, dialect=PlainDuckDB)


def expression_sql(text: str, columns: Columns, *, now: datetime, target: str | None = None) -> str:
    """The DuckDB SQL that means what the text of a Databricks expression means; kept for the next time.

    Args:
        text: one expression.
        columns: as `translate`.
        now: what CURRENT_TIMESTAMP() and CURRENT_DATE() give, in UTC.
        target: the Databricks type that the value is cast to.

    Raises:
        UnsupportedSQLError: as `parse_expression` and `translate`.
    """
    found = _timeless_sql(text, target, json.dumps(columns))
    return _sql_at(text, target, columns, now) if found is None else found


@lru_cache(_KEPT)
def _timeless_sql(text: str, target: str | None, columns: str) -> str | None:
    """The SQL of an expression over columns that are given as JSON; None when it is another one at another moment."""
    one, other = (_sql_at(text, target, json.loads(columns), now) for now in (None, _SOME_MOMENT))
    return one if one == other else None


def _sql_at(text: str, target: str | None, columns: Columns, now: datetime | None) -> str:
    tree = parse_expression(text)
    if target is not None:
        kind = exp.DataType.build(target, dialect="databricks")
        tree = exp.Cast(this=exp.Paren(this=tree), to=kind)
    return to_duckdb_sql(translate(tree, columns, now=now))


def expression_type(expression: exp.Expr, columns: Columns) -> str | None:
    """The Databricks type of an expression's value, such as `BIGINT`; None for a bare NULL.

    Raises:
        UnsupportedSQLError: as `translate`.
    """
    kind = Translator(_scope(columns)).translate(expression).type
    return None if kind == VOID else kind.text


def translate_statement(
    expression: exp.Expr,
    tables: Resolver,
    *,
    default_catalog: str,
    default_schema: str,
    now: datetime | None = None,
) -> exp.Expr:
    """The DuckDB query that means what a Databricks query means.

    Args:
        expression: a tree of `parse_statement`: SELECT, a set operation, WITH or VALUES; markers already bound.
        tables: gives the relation of (catalog, schema, name), or None.
        default_catalog: catalog of table names without one.
        default_schema: schema of table names without one.
        now: what CURRENT_TIMESTAMP() and CURRENT_DATE() give, in UTC; None leaves it to DuckDB's clock.

    Raises:
        UnsupportedSQLError: the query cannot be run here, or Databricks would refuse it; the text names the reason.
    """
    query = QueryTranslator(tables, default_catalog, default_schema, now).query(expression)
    return sqlglot.parse_one(query.sql, dialect=PlainDuckDB)


def to_duckdb_sql(expression: exp.Expr) -> str:
    """The DuckDB SQL text of a translated tree."""
    return expression.sql(dialect=PlainDuckDB)


__all__ = [
    "MACROS",
    "RUNTIME_SETTINGS",
    "AnalysisError",
    "Parameter",
    "Relation",
    "Resolver",
    "UnsupportedSQLError",
    "bind",
    "databricks_message",
    "expression_sql",
    "expression_type",
    "parse_expression",
    "parse_statement",
    "to_duckdb_sql",
    "translate",
    "translate_statement",
]
