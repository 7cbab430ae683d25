"""Types of definitions, worked out from the columns they read: what would be refused or fail at refresh."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.schema import MappingSchema

from monitoring.rules.expressions import DIALECT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

NUMERIC_AGGREGATES = (
    exp.Sum,
    exp.Avg,
    exp.Stddev,
    exp.StddevPop,
    exp.StddevSamp,
    exp.Variance,
    exp.VariancePop,
    exp.Quantile,
    exp.ApproxQuantile,
    exp.Median,
    exp.Skewness,
    exp.Kurtosis,
    exp.Corr,
)
ARITHMETIC = (exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod, exp.IntDiv)
COMPARISONS = (exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.NullSafeEQ)
_SOURCE = "source"
_NO_NUMBERS = exp.DataType.TEXT_TYPES | {exp.DType.BOOLEAN}
_ANY_TYPE = {exp.DType.UNKNOWN, exp.DType.NULL}


class TypingError(ValueError):
    """The types of an expression cannot be worked out."""


def annotated(expression: exp.Expr, columns: Mapping[str, str]) -> exp.Expr:
    """A copy of ``expression`` with types, its unqualified columns typed by ``columns``.

    Raises:
        TypingError: the SQL library stumbles over the expression.
    """
    lower_case = {name.lower(): kind for name, kind in columns.items()}
    copy = expression.copy()
    for column in copy.find_all(exp.Column):
        if column.name.lower() in lower_case:
            column.replace(exp.column(column.name.lower(), table=_SOURCE))
    copy = copy if not isinstance(copy, exp.Column) else exp.column(expression.name.lower(), table=_SOURCE)
    try:
        schema = MappingSchema({_SOURCE: dict(lower_case)}, dialect=DIALECT)
        select = annotate_types(exp.select(copy).from_(_SOURCE), schema=schema, dialect=DIALECT)
        return select.selects[0]
    except (SqlglotError, RecursionError, ValueError, TypeError, AttributeError, LookupError) as error:
        raise TypingError(f"cannot be typed ({type(error).__name__} in the SQL library)") from None


def result_type(typed: exp.Expr) -> str | None:
    """Databricks name of the expression's type; None when it is not known, NULL when it has none."""
    if typed.type is None or typed.type.this is exp.DType.UNKNOWN:
        return None
    return "NULL" if typed.type.this is exp.DType.NULL else typed.type.sql(dialect=DIALECT)


def is_number(typed: exp.Expr) -> bool:
    """Whether the expression's type is known to be a number."""
    return _is(typed, exp.DataType.NUMERIC_TYPES)


def type_reasons(typed: exp.Expr) -> list[str]:
    """What the parts of an annotated expression do with values of a wrong type."""
    return list(dict.fromkeys(reason for node in typed.walk() for reason in _node_reasons(node)))


def _node_reasons(node: exp.Expr) -> Iterator[str]:
    if isinstance(node, NUMERIC_AGGREGATES):
        yield from _number_needed(node.sql_name(), node.this)
    elif isinstance(node, ARITHMETIC):
        for operand in (node.this, node.expression):
            # A SUM of texts is reported as such; that its result is no number follows.
            if not isinstance(operand, NUMERIC_AGGREGATES) and _is(operand, _NO_NUMBERS):
                yield f"arithmetic on {_shown(operand)}; numbers are needed"
    for left, right in _comparisons(node):
        if _mixes_types(left, right) or _mixes_types(right, left):
            yield f"compares {_shown(left)}, with {_shown(right)}; write both as one type"
    for what, condition in _conditions(node):
        if not _is(condition, {exp.DType.BOOLEAN, *_ANY_TYPE}):
            yield f"{what} {_shown(condition)}; a condition is needed"


def _comparisons(node: exp.Expr) -> Iterator[tuple[exp.Expr, exp.Expr]]:
    if isinstance(node, COMPARISONS):
        yield node.this, node.expression
    elif isinstance(node, exp.In):
        yield from ((node.this, value) for value in node.expressions)
    elif isinstance(node, exp.Between):
        yield node.this, node.args["low"]
        yield node.this, node.args["high"]


def _conditions(node: exp.Expr) -> Iterator[tuple[str, exp.Expr]]:
    if isinstance(node, exp.CountIf):
        yield "COUNT_IF of", node.this.expressions[0] if isinstance(node.this, exp.Distinct) else node.this
    elif isinstance(node, exp.If):
        # A simple CASE compares its operand with each WHEN value; only a searched CASE has conditions there.
        if not (isinstance(node.parent, exp.Case) and node.parent.this is not None):
            yield "IF of" if not isinstance(node.parent, exp.Case) else "WHEN of", node.this
    elif isinstance(node, exp.And | exp.Or):
        yield "AND or OR with", node.this
        yield "AND or OR with", node.expression
    elif isinstance(node, exp.Not):
        yield "NOT of", node.this
    elif isinstance(node, exp.Where):
        yield "WHERE with", node.this


def _number_needed(function: str, value: exp.Expr) -> Iterator[str]:
    values = value.expressions if isinstance(value, exp.Distinct) else [value]
    for item in values:
        if item.type is not None and not _is(item, exp.DataType.NUMERIC_TYPES | _ANY_TYPE):
            yield f"{_NAMES.get(function, function)} of {_shown(item)}; a number is needed"


_NAMES = {"QUANTILE": "PERCENTILE", "APPROX_QUANTILE": "PERCENTILE_APPROX"}


def _mixes_types(number: exp.Expr, other: exp.Expr) -> bool:
    return _is(number, exp.DataType.NUMERIC_TYPES) and _is(other, _NO_NUMBERS)


def _is(node: exp.Expr, types: set[exp.DType] | frozenset[exp.DType]) -> bool:
    return node.type is not None and node.type.this in types


def _shown(node: exp.Expr) -> str:
    copy = node.copy()
    for column in copy.find_all(exp.Column):
        column.set("table", None)
    return f"{copy.sql(dialect=DIALECT)}, which is {result_type(node)}"
