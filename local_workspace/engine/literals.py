"""Literals, intervals and the clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from local_workspace.engine.coercion import Typed, text_literal
from local_workspace.engine.dialect_errors import UnsupportedSQLError, shown
from local_workspace.engine.functions_time import INTERVAL_UNITS, WHOLE_DAY_UNITS, interval, unit_of
from local_workspace.engine.type_rules import integer_literal_type
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
        return whole_number(text)
    if "e" in text.lower():
        return Typed(f"CAST({text} AS DOUBLE)", DOUBLE)
    whole, fraction = (*text.split("."), "")[:2]
    digits = len(whole.lstrip("0")) + len(fraction)
    return Typed(text, decimal(max(digits, len(fraction), 1), len(fraction)), loose=True, literal=text)


def whole_number(digits: str, sign: str = "") -> Typed:
    """A whole number by its digits; with the sign "-" the smallest INT and BIGINT are reached."""
    kind = integer_literal_type(digits, negative=sign == "-")
    sql = f"CAST({sign}{digits} AS {kind.duckdb})" if kind.is_decimal else f"{sign}{digits}"
    return Typed(sql, kind, atomic=kind.is_decimal or not sign, literal=digits)


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


def interval_literal(_: Translator, node: exp.Expr) -> Typed:
    """`INTERVAL n UNIT`; n is a whole number, as a number or as a text."""
    unit_node, amount = node.args.get("unit"), node.this
    if unit_node is None or not isinstance(unit_node, exp.Var):
        raise UnsupportedSQLError(f"{shown(node)} is not supported; write INTERVAL n UNIT")
    unit = unit_of("INTERVAL", unit_node.name, INTERVAL_UNITS)
    sign = "-" if isinstance(amount, exp.Neg) else ""
    number = amount.this if sign else amount
    if not isinstance(number, exp.Literal) or not number.name.strip().lstrip("+-").isdigit():
        raise UnsupportedSQLError(
            f"{shown(node)} is not supported: a whole number of {unit}s is needed; use TIMESTAMPADD(unit, n, time)"
        )
    kind = DAY_INTERVAL if unit in WHOLE_DAY_UNITS else INTERVAL
    return Typed(interval(f"{sign}{int(number.name)}", unit), kind)
