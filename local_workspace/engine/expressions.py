"""Translates one Databricks expression to typed DuckDB SQL, bottom-up.

The table `HANDLERS` at the end lists every kind of syntax that is translated; any other is refused by its name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlglot import exp

from local_workspace.engine import (
    access,
    aggregate_modifiers,
    comparisons,
    invocation,
    literals,
    patterns,
    special_forms,
)
from local_workspace.engine.arithmetic import BINARY, DIVISIONS, negate
from local_workspace.engine.dialect_errors import UnsupportedSQLError, shown
from local_workspace.engine.dialect_parser import parse_expression
from local_workspace.engine.functions_patterns import matches_pattern

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from local_workspace.engine.coercion import Typed
    from local_workspace.engine.column_scope import Scope
    from local_workspace.engine.types import SparkType


@dataclass(frozen=True)
class Translator:
    """Translates expressions of one scope.

    Attributes:
        scope: gives columns.
        now: the clock; None leaves it to DuckDB's own.
        subquery: translates a query inside an expression to (SQL, column types); None refuses it.
    """

    scope: Scope
    now: datetime | None = None
    subquery: Callable[[exp.Expr], tuple[str, list[SparkType]]] | None = None

    def translate(self, node: exp.Expr) -> Typed:
        """The typed DuckDB SQL of an expression.

        Raises:
            UnsupportedSQLError: it holds something that is not known to mean the same on DuckDB.
        """
        handler = HANDLERS.get(type(node))
        if handler is not None:
            _refuse_unread_parts(node)
            return handler(self, node)
        if isinstance(node, exp.Func):
            return invocation.call(self, _rewritten(node))
        raise UnsupportedSQLError(f"{type(node).__name__} is not supported: {shown(node)}")


_PARTS: Final[dict[type[exp.Expr], set[str]]] = {
    exp.Array: {"value_constructor"},
    exp.Between: {"high", "low", "symmetric"},
    exp.Bracket: {"safe"},
    exp.Case: {"default", "ifs"},
    exp.Cast: {"format", "to"},
    exp.Column: {"catalog", "db", "table"},
    exp.Count: {"big_int"},
    exp.DPipe: {"safe"},
    exp.Div: {"safe", "typed"},
    exp.ILike: {"negate"},
    exp.If: {"false", "true"},
    exp.In: {"field", "query", "unnest"},
    exp.Interval: {"unit"},
    exp.Like: {"negate"},
    exp.Literal: {"is_string"},
    exp.StrPosition: {"position", "substr"},
    exp.Substring: {"length", "start"},
    exp.Trim: {"position"},
    exp.TryCast: {"format", "requires_string", "safe", "to"},
    exp.Window: {"alias", "first", "order", "over", "partition_by", "spec"},
}
"""Parts of a node that its handler reads, or that say nothing here, beside `this`, `expression` and `expressions`."""


def _refuse_unread_parts(node: exp.Expr) -> None:
    known = _PARTS.get(type(node), set())
    for part, value in node.args.items():
        if value and part not in known and part not in {"this", "expression", "expressions"}:
            raise UnsupportedSQLError(f"{part} of {type(node).__name__} is not supported: {shown(node)}")


def _rewritten(node: exp.Func) -> exp.Expr:
    """A call that sqlglot's own reader made, as `parse_expression` would have read it."""
    again = parse_expression(node.sql(dialect="databricks"))
    if isinstance(again, exp.Func) and not isinstance(again, exp.Anonymous):
        raise UnsupportedSQLError(f"function {node.sql_name()} is not supported: {shown(node)}")
    return again


def _binary(translator: Translator, node: exp.Expr) -> Typed:
    return BINARY[type(node)](translator.translate(node.this), translator.translate(node.expression))


def _division(translator: Translator, node: exp.Expr) -> Typed:
    left, right = translator.translate(node.this), translator.translate(node.expression)
    return DIVISIONS[type(node)](left, right, node.expression)


def _negation(translator: Translator, node: exp.Expr) -> Typed:
    if isinstance(node.this, exp.Literal) and node.this.name.isdigit() and not node.this.is_string:
        return literals.whole_number(node.this.name, "-")
    return negate(translator.translate(node.this))


HANDLERS: Final[dict[type[exp.Expr], Callable[[Translator, exp.Expr], Typed]]] = {
    exp.Literal: literals.literal,
    exp.Null: literals.null,
    exp.Boolean: literals.boolean,
    exp.Paren: special_forms.parenthesised,
    exp.CurrentTimestamp: literals.current_timestamp,
    exp.CurrentDate: literals.current_date,
    exp.Interval: literals.interval_literal,
    exp.Column: access.column,
    exp.Dot: access.dot,
    exp.Bracket: access.element,
    exp.Struct: access.struct,
    exp.Array: access.array,
    **dict.fromkeys(BINARY, _binary),
    **dict.fromkeys(DIVISIONS, _division),
    exp.Neg: _negation,
    **dict.fromkeys(comparisons.COMPARISONS, comparisons.comparison),
    exp.And: comparisons.connected,
    exp.Or: comparisons.connected,
    exp.Not: comparisons.negated,
    exp.Is: comparisons.is_test,
    exp.Between: comparisons.between,
    exp.In: comparisons.membership,
    exp.Subquery: comparisons.scalar_query,
    exp.Exists: comparisons.exists,
    exp.Like: patterns.like,
    exp.ILike: patterns.like,
    exp.Escape: patterns.escaped,
    exp.RegexpLike: matches_pattern,
    exp.DPipe: special_forms.concatenation,
    exp.Case: special_forms.case,
    exp.Cast: special_forms.cast_to,
    exp.TryCast: special_forms.cast_to,
    exp.Extract: special_forms.extract,
    exp.Anonymous: invocation.call,
    **dict.fromkeys(invocation.CALL_NAMES, invocation.call),
    exp.Filter: aggregate_modifiers.modified_call,
    exp.WithinGroup: aggregate_modifiers.modified_call,
    exp.Window: aggregate_modifiers.window,
}
"""Every kind of syntax that is translated."""
