"""Comparison, logic, BETWEEN, IN, and the sub-queries that stand in conditions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlglot import exp

from local_workspace.engine.coercion import Typed, coerce, typed, unified
from local_workspace.engine.dialect_errors import UnsupportedSQLError, mismatch, shown
from local_workspace.engine.type_rules import common_type
from local_workspace.engine.types import BOOLEAN, DOUBLE, SparkType

if TYPE_CHECKING:
    from local_workspace.engine.expressions import Translator


def comparable(what: str, left: Typed, right: Typed) -> tuple[Typed, Typed]:
    """Both sides of a comparison, cast where DuckDB would compare them otherwise than Databricks.

    Raises:
        AnalysisError: Databricks does not compare these types.
    """
    if left.type.name in {"MAP", "INTERVAL", "INTERVAL DAY"} or common_type(left.type, right.type) is None:
        raise mismatch(what, f'"{left.type.text}" and "{right.type.text}" cannot be compared.')
    if left.type.is_numeric and right.type.is_numeric:
        if left.type != right.type and "FLOAT" in {left.type.name, right.type.name}:
            return coerce(left, DOUBLE), coerce(right, DOUBLE)
        return left, right
    values, _ = unified(what, [left, right])
    return values[0], values[1]


COMPARISONS: Final[dict[type[exp.Expr], str]] = {
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.GT: ">",
    exp.GTE: ">=",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.NullSafeEQ: "IS NOT DISTINCT FROM",
    exp.NullSafeNEQ: "IS DISTINCT FROM",
}


def comparison(translator: Translator, node: exp.Expr) -> Typed:
    """`=`, `<`, `<=>` and their like."""
    sides = comparable(shown(node), translator.translate(node.this), translator.translate(node.expression))
    return typed(f"{sides[0]} {COMPARISONS[type(node)]} {sides[1]}", BOOLEAN, sides, atomic=False)


def condition(translator: Translator, node: exp.Expr) -> Typed:
    """An expression that must be BOOLEAN.

    Raises:
        AnalysisError: it has another type; Databricks does not take numbers for conditions.
    """
    value = translator.translate(node)
    if value.type.is_numeric:
        raise mismatch(shown(node), f'a "BOOLEAN" is required, "{value.type.text}" was given.')
    return coerce(value, BOOLEAN)


def connected(translator: Translator, node: exp.Expr) -> Typed:
    """AND and OR, left to right: an operand that may fail is not evaluated on rows that an earlier one decides."""
    word, deciding = ("AND", "FALSE") if isinstance(node, exp.And) else ("OR", "TRUE")
    operands = [condition(translator, each) for each in _flattened(node, type(node))]
    joined = f" {word} ".join(str(each) for each in operands)
    raising = [at for at, each in enumerate(operands) if each.can_raise]
    if not raising:
        return typed(joined, BOOLEAN, operands, atomic=False)
    decided = " ".join(f"WHEN {each} IS {deciding} THEN {deciding}" for each in operands[: raising[-1] or 1])
    return typed(f"CASE {decided} ELSE {joined} END", BOOLEAN, operands)


def _flattened(node: exp.Expr, kind: type[exp.Expr]) -> list[exp.Expr]:
    """The operands of `a AND b AND c`, left to right."""
    operands: list[exp.Expr] = []
    while isinstance(node, kind):
        operands.insert(0, node.expression)
        node = node.this
    return [node, *operands]


def negated(translator: Translator, node: exp.Expr) -> Typed:
    """NOT."""
    value = condition(translator, node.this)
    return typed(f"NOT {value}", BOOLEAN, [value], atomic=False)


def is_test(translator: Translator, node: exp.Expr) -> Typed:
    """`x IS NULL`, `x IS TRUE`, `x IS FALSE`; NOT stands around it."""
    tested = node.expression
    if isinstance(tested, exp.Null):
        value = translator.translate(node.this)
        return typed(f"{value} IS NULL", BOOLEAN, [value], atomic=False)
    if isinstance(tested, exp.Boolean):
        value = condition(translator, node.this)
        return typed(f"{value} IS {'TRUE' if tested.this else 'FALSE'}", BOOLEAN, [value], atomic=False)
    raise UnsupportedSQLError(f"{shown(node)} is not supported")


def between(translator: Translator, node: exp.Expr) -> Typed:
    """`x BETWEEN low AND high`."""
    if node.args.get("symmetric"):
        raise UnsupportedSQLError("BETWEEN SYMMETRIC is not supported")
    value, text = translator.translate(node.this), shown(node)
    low = comparable(text, value, translator.translate(node.args["low"]))
    high = comparable(text, value, translator.translate(node.args["high"]))
    sql = f"{low[0]} >= {low[1]} AND {high[0]} <= {high[1]}"
    return typed(sql, BOOLEAN, [*low, *high], atomic=False)


def membership(translator: Translator, node: exp.Expr) -> Typed:
    """`x IN (…)`."""
    value = translator.translate(node.this)
    query = node.args.get("query")
    if query is not None:
        return _in_query(translator, value, query)
    if node.args.get("unnest") or node.args.get("field") or not node.expressions:
        raise UnsupportedSQLError(f"{shown(node)} is not supported")
    values, _ = unified(shown(node), [value, *(translator.translate(each) for each in node.expressions)])
    return typed(
        f"{values[0]} IN ({', '.join(each.sql for each in values[1:])})", BOOLEAN, values, atomic=False
    )


def _in_query(translator: Translator, value: Typed, query: exp.Expr) -> Typed:
    sql, kinds = _query(translator, query)
    if len(kinds) != 1 or common_type(value.type, kinds[0]) is None:
        raise mismatch("IN (SELECT …)", "one column of a comparable type is required.")
    left, _ = comparable("IN (SELECT …)", value, typed("NULL", kinds[0]))
    if left.type != kinds[0] and not (left.type.is_numeric and kinds[0].is_numeric):
        raise UnsupportedSQLError(
            "IN (SELECT …) with columns of different types is not supported; cast one side"
        )
    return typed(f"{left} IN ({sql})", BOOLEAN, [value], atomic=False)


def _query(translator: Translator, node: exp.Expr) -> tuple[str, list[SparkType]]:
    if translator.subquery is None:
        raise UnsupportedSQLError("a sub-query is not supported here")
    return translator.subquery(node.unnest() if isinstance(node, exp.Subquery) else node)


def scalar_query(translator: Translator, node: exp.Expr) -> Typed:
    """A sub-query that stands for one value."""
    sql, kinds = _query(translator, node)
    if len(kinds) != 1:
        raise mismatch("(SELECT …)", f"one column is required, {len(kinds)} were given.")
    return typed(f"({sql})", kinds[0])


def exists(translator: Translator, node: exp.Expr) -> Typed:
    """`EXISTS (SELECT …)`."""
    sql, _ = _query(translator, node.this)
    return typed(f"EXISTS ({sql})", BOOLEAN)
