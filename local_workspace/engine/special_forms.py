"""Syntax that is neither an operator nor a plain call: parentheses, CASE, CAST, EXTRACT, `||`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from local_workspace.engine.calls import Call
from local_workspace.engine.coercion import Typed, cast, typed, unified
from local_workspace.engine.comparisons import comparable, condition
from local_workspace.engine.dialect_errors import UnsupportedSQLError, nearest, shown
from local_workspace.engine.functions import FUNCTIONS
from local_workspace.engine.functions_time import (
    DAY_OF_WEEK_ISO,
    EXTRACTS,
    SECOND_FIELDS,
    SECOND_WITH_FRACTION,
)
from local_workspace.engine.invocation import invoke
from local_workspace.engine.types import BOOLEAN, SparkType, UnknownTypeError, parse_type

if TYPE_CHECKING:
    from local_workspace.engine.expressions import Translator


def parenthesised(translator: Translator, node: exp.Expr) -> Typed:
    """An expression in parentheses."""
    return translator.translate(node.this)


def concatenation(translator: Translator, node: exp.Expr) -> Typed:
    """`a || b`."""
    return invoke(translator, "CONCAT", [node.this, node.expression])


def case(translator: Translator, node: exp.Expr) -> Typed:
    """CASE, with or without an operand."""
    operand = translator.translate(node.this) if node.this is not None else None
    tests: list[Typed] = []
    for branch in node.args["ifs"]:
        if operand is None:
            tests.append(condition(translator, branch.this))
        else:
            sides = comparable(shown(node), operand, translator.translate(branch.this))
            tests.append(typed(f"{sides[0]} = {sides[1]}", BOOLEAN, sides))
    results = [translator.translate(branch.args["true"]) for branch in node.args["ifs"]]
    default = node.args.get("default")
    if default is not None:
        results.append(translator.translate(default))
    values, kind = unified("CASE", results)
    branches = " ".join(
        f"WHEN {test.sql} THEN {value.sql}" for test, value in zip(tests, values, strict=False)
    )
    otherwise = f" ELSE {values[-1].sql}" if default is not None else ""
    return typed(f"CASE {branches}{otherwise} END", kind, [*tests, *values])


def spark_type(node: exp.Expr) -> SparkType:
    """The type that a parsed type name stands for.

    Raises:
        UnsupportedSQLError: it is no type that the local workspace knows.
    """
    text = node.sql(dialect="databricks")
    try:
        return parse_type(text)
    except UnknownTypeError as error:
        raise UnsupportedSQLError(f"type {text} is not supported") from error


def cast_to(translator: Translator, node: exp.Expr) -> Typed:
    """CAST, `::` and TRY_CAST."""
    if node.args.get("format"):
        raise UnsupportedSQLError("CAST … FORMAT is not supported")
    kind = spark_type(node.args["to"])
    return cast(translator.translate(node.this), kind, tolerant=isinstance(node, exp.TryCast))


def extract(translator: Translator, node: exp.Expr) -> Typed:
    """`EXTRACT(field FROM time)`."""
    field = node.this.name.upper()
    value = translator.translate(node.expression)
    if field in SECOND_FIELDS:
        return SECOND_WITH_FRACTION.build(Call("EXTRACT", (value,)))
    if field not in EXTRACTS:
        raise UnsupportedSQLError(f"EXTRACT: unknown field '{node.this.name}'{nearest(field, EXTRACTS)}")
    name = EXTRACTS[field]
    entry = DAY_OF_WEEK_ISO if name == "DAYOFWEEK_ISO" else FUNCTIONS[name]
    return entry.build(Call("EXTRACT", (value,)))
