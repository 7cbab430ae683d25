"""Literals, intervals and the clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from local_workspace.engine.coercion import Typed, integer_literal_type, text_literal, typed
from local_workspace.engine.dialect_errors import UnsupportedSQLError, shown
from local_workspace.engine.functions_time import INTERVAL_UNITS, WHOLE_DAY_UNITS, interval, unit_of
from local_workspace.engine.types import (
    BOOLEAN,
    DATE,
    DAY_INTERVAL,
    DOUBLE,
    INTERVAL,
    STRING,
    TIMESTAMP,
    VOID,
    decimal,
)

if TYPE_CHECKING:
    from local_workspace.engine.expressions import Translator


def literal(_: Translator, node: exp.Expr) -> Typed:
    """A number or a text."""
    text = node.name
    if node.is_string:
        return Typed(text_literal(text), STRING)
    if text.isdigit():
        return Typed(text, integer_literal_type(text), literal=text)
    if "e" in text.lower():
        return Typed(f"CAST({text} AS DOUBLE)", DOUBLE)
    whole, fraction = (*text.split("."), "")[:2]
    digits = len(whole.lstrip("0")) + len(fraction)
    return Typed(text, decimal(max(digits, len(fraction), 1), len(fraction)), loose=True, literal=text)


def null(_: Translator, __: exp.Expr) -> Typed:
    """NULL, of no type yet."""
    return Typed("NULL", VOID)


def boolean(_: Translator, node: exp.Expr) -> Typed:
    """TRUE or FALSE."""
    return Typed("TRUE" if node.this else "FALSE", BOOLEAN)


def current_timestamp(translator: Translator, _: exp.Expr) -> Typed:
    """CURRENT_TIMESTAMP() by the workspace's clock."""
    if translator.now is None:
        return Typed("(now() AT TIME ZONE 'UTC')", TIMESTAMP)
    return Typed(f"TIMESTAMP '{translator.now:%Y-%m-%d %H:%M:%S.%f}'", TIMESTAMP)


def current_date(translator: Translator, node: exp.Expr) -> Typed:
    """CURRENT_DATE() by the workspace's clock."""
    return Typed(f"CAST({current_timestamp(translator, node).sql} AS DATE)", DATE)


def interval_literal(translator: Translator, node: exp.Expr) -> Typed:
    """`INTERVAL n UNIT`."""
    unit_node = node.args.get("unit")
    if unit_node is None or not isinstance(unit_node, exp.Var):
        raise UnsupportedSQLError(f"{shown(node)} is not supported; write INTERVAL n UNIT")
    unit = unit_of("INTERVAL", unit_node.name, INTERVAL_UNITS)
    amount = node.this
    if isinstance(amount, exp.Literal):
        if not amount.name.strip().lstrip("+-").isdigit():
            raise UnsupportedSQLError(f"{shown(node)} is not supported: a whole number of {unit}s is needed")
        value = Typed(str(int(amount.name)), integer_literal_type("1"))
    else:
        value = translator.translate(amount)
        if not value.type.is_integral:
            raise UnsupportedSQLError(f"{shown(node)} is not supported: a whole number of {unit}s is needed")
    kind = DAY_INTERVAL if unit in WHOLE_DAY_UNITS else INTERVAL
    return typed(interval(value.sql, unit), kind, [value])
