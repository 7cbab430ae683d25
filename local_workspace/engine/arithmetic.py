"""Arithmetic under ANSI rules: result types of Spark, division by zero raises, overflow raises."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlglot import exp

from local_workspace.engine.coercion import (
    Typed,
    adjusted,
    as_decimal,
    coerce,
    common_number,
    double_to_decimal,
    raise_error,
    typed,
)
from local_workspace.engine.dialect_errors import (
    DIVIDE_BY_ZERO,
    REMAINDER_BY_ZERO,
    UnsupportedSQLError,
    mismatch,
)
from local_workspace.engine.types import (
    BIGINT,
    DATE,
    DAY_INTERVAL,
    DOUBLE,
    INTERVAL,
    MAX_PRECISION,
    STRING,
    TIMESTAMP,
    VOID,
    SparkType,
)

if TYPE_CHECKING:
    from collections.abc import Callable

_ENOUGH_INTEGRAL_DIGITS: Final = 18
"""Integral digits that a DECIMAL product must leave so that DuckDB's exact multiplication is used."""


def number(value: Typed, other: Typed | None = None) -> Typed:
    """The operand as a number; text counts as BIGINT beside an integer, else as DOUBLE."""
    if value.type == STRING:
        return coerce(value, BIGINT if other is not None and other.type.is_integral else DOUBLE)
    if value.type == VOID:
        return coerce(value, other.type if other is not None and other.type.is_numeric else DOUBLE)
    if not value.type.is_numeric:
        raise mismatch(value.sql, f'a number is required, "{value.type.text}" was given.')
    return value


def add(left: Typed, right: Typed) -> Typed:
    """`left + right`, for numbers and for a time and an interval."""
    if left.type.is_interval or right.type.is_interval:
        return _shift("+", left, right)
    return _plus_minus("+", left, right)


def subtract(left: Typed, right: Typed) -> Typed:
    """`left - right`, for numbers and for a time and an interval."""
    if right.type.is_interval:
        return _shift("-", left, right)
    if {left.type.name, right.type.name} & {"DATE", "TIMESTAMP", "TIMESTAMP_NTZ"}:
        raise UnsupportedSQLError(
            "subtracting two times is not supported; use TIMESTAMPDIFF(unit, start, end) or DATEDIFF"
        )
    return _plus_minus("-", left, right)


def _shift(sign: str, left: Typed, right: Typed) -> Typed:
    if left.type.is_interval and not right.type.is_interval:
        left, right = right, left
    if left.type.is_interval:
        kind = INTERVAL if INTERVAL in {left.type, right.type} else DAY_INTERVAL
        return typed(f"{left} {sign} {right}", kind, [left, right], atomic=False)
    if left.type == STRING:
        left = coerce(left, TIMESTAMP)
    if left.type == DATE:
        return _shift_date(sign, left, right)
    if not left.type.is_timestamp:
        raise mismatch(f"{left} {sign} {right}", f'an interval cannot be added to "{left.type.text}".')
    return typed(f"{left} {sign} {right}", left.type, [left, right], atomic=False)


def _shift_date(sign: str, left: Typed, right: Typed) -> Typed:
    """A DATE stays a DATE when whole days, months or years are added, and becomes a TIMESTAMP with hours."""
    shifted = f"{left} {sign} {right}"
    if right.type == INTERVAL:
        return typed(shifted, TIMESTAMP, [left, right], atomic=False)
    return typed(f"CAST({shifted} AS DATE)", DATE, [left, right])


def _plus_minus(sign: str, left: Typed, right: Typed) -> Typed:
    left, right = number(left, right), number(right, left)
    if not (left.type.is_decimal or right.type.is_decimal) or left.type.is_floating or right.type.is_floating:
        return _plain(sign, left, right)
    a, b = as_decimal(left), as_decimal(right)
    scale = max(a.scale, b.scale)
    precision = max(a.precision - a.scale, b.precision - b.scale) + scale + 1
    return _decimal_result(f"{left} {sign} {right}", adjusted(precision, scale), scale, [left, right])


def _decimal_result(sql: str, kind: SparkType, scale: int, parts: list[Typed]) -> Typed:
    """An exact DECIMAL expression of `scale`, rounded when Spark keeps fewer digits."""
    if kind.scale == scale:
        made = typed(sql, kind, parts, atomic=False, can_raise=True)
        return Typed(made.sql, kind, atomic=False, loose=True, can_raise=True, aggregate=made.aggregate)
    return typed(f"CAST({sql} AS {kind.duckdb})", kind, parts, can_raise=True)


def _plain(sign: str, left: Typed, right: Typed) -> Typed:
    """An operator on integers or floating numbers, in their common type."""
    kind = common_number(left.type, right.type)
    sides = [_operand(each, kind) for each in (left, right)]
    if left.literal is not None and right.literal is not None and kind.is_integral:
        sides[0] = f"CAST({left.sql} AS {kind.duckdb})"
    return typed(
        f"{sides[0]} {sign} {sides[1]}", kind, [left, right], atomic=False, can_raise=kind.is_integral
    )


def _operand(value: Typed, kind: SparkType) -> str:
    """The operand in the common type; a literal that fits is left as it is."""
    if value.literal is not None and kind.name in {"INT", "BIGINT"}:
        return str(value)
    return str(coerce(value, kind))


def multiply(left: Typed, right: Typed) -> Typed:
    """`left * right`."""
    left, right = number(left, right), number(right, left)
    if not (left.type.is_decimal or right.type.is_decimal) or left.type.is_floating or right.type.is_floating:
        return _plain("*", left, right)
    a, b = as_decimal(left), as_decimal(right)
    scale = a.scale + b.scale
    kind = adjusted(a.precision + b.precision + 1, scale)
    exact = f"{left} * {right}"
    room = MAX_PRECISION - scale
    if a.precision + b.precision <= MAX_PRECISION or room >= _ENOUGH_INTEGRAL_DIGITS:
        return _decimal_result(exact, kind, scale, [left, right])
    product = f"CAST({left.sql} AS DOUBLE) * CAST({right.sql} AS DOUBLE)"
    rough = double_to_decimal(product, kind)
    if room < 2:  # noqa: PLR2004 - the sign digit of the comparison below must fit
        return typed(rough, kind, [left, right], can_raise=True)
    fits = f"abs({product}) < 1e{room - 1}"
    sql = f"CASE WHEN {fits} THEN CAST({exact} AS {kind.duckdb}) ELSE {rough} END"
    return typed(sql, kind, [left, right], can_raise=True)


def is_never_zero(node: exp.Expr) -> bool:
    """Whether a divisor cannot be 0 (it may be NULL): `NULLIF(x, 0)`, a literal, `GREATEST(…, 1)`."""
    node = node.unnest()
    if isinstance(node, exp.Nullif):
        return (
            isinstance(node.expression, exp.Literal)
            and not node.expression.is_string
            and _value(node.expression) == 0
        )
    if isinstance(node, exp.Literal):
        return not node.is_string and _value(node) != 0
    if isinstance(node, exp.Anonymous) and node.name.upper() == "GREATEST":
        return any(
            isinstance(each, exp.Literal) and not each.is_string and _value(each) > 0
            for each in node.expressions
        )
    return False


def _value(literal: exp.Literal) -> float:
    return float(literal.name)


def guarded(divisor: Typed, node: exp.Expr | None, message: str) -> Typed:
    """The divisor, failing with `message` where it is 0."""
    if node is not None and is_never_zero(node):
        return divisor
    sql = f"CASE WHEN {divisor} = 0 THEN {raise_error(message)} ELSE {divisor.sql} END"
    return typed(sql, divisor.type, [divisor], can_raise=True)


def null_when_zero(divisor: Typed) -> Typed:
    """The divisor, NULL where it is 0."""
    return typed(f"NULLIF({divisor.sql}, 0)", divisor.type, [divisor])


def divide(left: Typed, right: Typed, node: exp.Expr | None = None, *, tolerant: bool = False) -> Typed:
    """`left / right`; `node` is the parsed divisor, `tolerant` gives NULL for a division by zero."""
    left, right = number(left), number(right)
    divisor = null_when_zero(right) if tolerant else guarded(right, node, DIVIDE_BY_ZERO)
    decimals = left.type.is_decimal or right.type.is_decimal
    if not decimals or left.type.is_floating or right.type.is_floating:
        sides = [
            each if each.type != SparkType("FLOAT") else coerce(each, DOUBLE) for each in (left, divisor)
        ]
        return typed(f"{sides[0]} / {sides[1]}", DOUBLE, [left, divisor], atomic=False)
    a, b = as_decimal(left), as_decimal(right)
    scale = max(6, a.scale + b.precision + 1)
    kind = adjusted(a.precision - a.scale + b.scale + scale, scale)
    quotient = f"CAST({left.sql} AS DOUBLE) / CAST({divisor.sql} AS DOUBLE)"
    return typed(double_to_decimal(quotient, kind), kind, [left, divisor], can_raise=True)


def remainder(left: Typed, right: Typed, node: exp.Expr | None = None, *, tolerant: bool = False) -> Typed:
    """`left % right`: the sign is that of `left`."""
    left, right = number(left, right), number(right, left)
    divisor = null_when_zero(right) if tolerant else guarded(right, node, REMAINDER_BY_ZERO)
    if left.type.is_decimal or right.type.is_decimal:
        if left.type.is_floating or right.type.is_floating:
            return _plain("%", coerce(left, DOUBLE), coerce(divisor, DOUBLE))
        a, b = as_decimal(left), as_decimal(right)
        scale = max(a.scale, b.scale)
        kind = adjusted(min(a.precision - a.scale, b.precision - b.scale) + scale, scale)
        return typed(f"CAST({left} % {divisor} AS {kind.duckdb})", kind, [left, divisor], can_raise=True)
    return _plain("%", left, divisor)


def whole_division(left: Typed, right: Typed, node: exp.Expr | None = None) -> Typed:
    """`left DIV right`: BIGINT, cut towards zero."""
    left, right = number(left, right), number(right, left)
    if not (left.type.is_integral and right.type.is_integral):
        raise UnsupportedSQLError(
            "DIV is supported for whole numbers only; use FLOOR(a / b) or CAST(a / b AS BIGINT)"
        )
    divisor = guarded(right, node, DIVIDE_BY_ZERO)
    sides = [coerce(left, BIGINT), coerce(divisor, BIGINT)]
    return typed(f"{sides[0]} // {sides[1]}", BIGINT, sides, atomic=False, can_raise=True)


def negate(value: Typed) -> Typed:
    """`-value`."""
    if value.type.is_interval:
        return typed(f"-{value}", value.type, [value], atomic=False)
    value = number(value)
    literal = value.literal
    made = typed(
        f"-{value}", value.type, [value], atomic=False, can_raise=value.type.is_integral and literal is None
    )
    return Typed(made.sql, made.type, False, value.loose, literal, made.can_raise, made.aggregate)


BINARY: Final[dict[type[exp.Expr], Callable[[Typed, Typed], Typed]]] = {
    exp.Add: add,
    exp.Sub: subtract,
    exp.Mul: multiply,
}
DIVISIONS: Final[dict[type[exp.Expr], Callable[[Typed, Typed, exp.Expr | None], Typed]]] = {
    exp.Div: divide,
    exp.Mod: remainder,
    exp.IntDiv: whole_division,
}
