"""DECIMAL arithmetic with the types and the digits of Spark, on DuckDB's 128-bit numbers.

DuckDB divides a DECIMAL as a DOUBLE and works on 64 bits wherever both operands fit in them. Here a division is one of
whole numbers (the values without their points) and a product is taken apart where it needs more than 38 digits, so
that the digits are Spark's. Source of the types: Spark's "Decimal precision" rules.
"""

from __future__ import annotations

from typing import Final

from local_workspace.engine.coercion import Typed, as_decimal, double_to_decimal, typed
from local_workspace.engine.dialect_errors import UnsupportedSQLError
from local_workspace.engine.type_rules import adjusted
from local_workspace.engine.types import DOUBLE, MAX_PRECISION, SparkType, decimal

_WIDTH_OF_64_BITS: Final = 18
"""DuckDB computes in 64 bits, and fails beyond them, when both operands have at most so many digits."""

_ENOUGH_INTEGRAL_DIGITS: Final = 18
"""Digits before the point that a product must leave to be taken as it is; fewer, and it is taken apart."""

_DIGITS_AT_ONCE: Final = 8
"""Digits by which a remainder is divided on in 64 bits."""
_GREATEST_DIVISOR: Final = 9 * 10**10
"""Of whole numbers below it a remainder, with so many digits more, fits into 64 bits."""
_MOST_SHORT_SCALE: Final = 4
"""Digits behind the point that a dividend may have in 64 bits."""
_SHORT_TEXT: Final = 150
"""Characters up to which operands are repeated in the expression."""


def is_decimal_arithmetic(left: Typed, right: Typed) -> bool:
    """Whether two numbers are added, multiplied … as DECIMAL: one is, and none is a FLOAT or DOUBLE."""
    floating = left.type.is_floating or right.type.is_floating
    return (left.type.is_decimal or right.type.is_decimal) and not floating


def _settled(sql: str, kind: SparkType, scale: int, parts: list[Typed]) -> Typed:
    """An exact expression of `scale`, rounded when Spark keeps fewer digits."""
    if kind.scale == scale:
        made = typed(sql, kind, parts, atomic=False, can_raise=True)
        return Typed(made.sql, kind, atomic=False, loose=True, can_raise=True, aggregate=made.aggregate)
    return typed(f"CAST({sql} AS {kind.duckdb})", kind, parts, can_raise=True)


def _wide(value: Typed, other: SparkType, digits: int) -> str:
    """The operand, made wide enough for a result of `digits` digits."""
    own = as_decimal(value)
    if digits <= _WIDTH_OF_64_BITS or max(own.precision, other.precision) > _WIDTH_OF_64_BITS:
        return str(value)
    return f"CAST({value.sql} AS DECIMAL({_WIDTH_OF_64_BITS + 1 + own.scale},{own.scale}))"


def plus_or_minus(sign: str, left: Typed, right: Typed) -> Typed:
    """`left + right` or `left - right`."""
    a, b = as_decimal(left), as_decimal(right)
    scale = max(a.scale, b.scale)
    precision = max(a.precision - a.scale, b.precision - b.scale) + scale + 1
    sql = f"{_wide(left, b, precision)} {sign} {right}"
    return _settled(sql, adjusted(precision, scale), scale, [left, right])


def product(left: Typed, right: Typed) -> Typed:
    """`left * right`."""
    a, b = as_decimal(left), as_decimal(right)
    digits, scale = a.precision + b.precision, a.scale + b.scale
    kind = adjusted(digits + 1, scale)
    if digits <= MAX_PRECISION or MAX_PRECISION - scale >= _ENOUGH_INTEGRAL_DIGITS:
        return _settled(f"{_wide(left, b, digits)} * {right}", kind, scale, [left, right])
    if scale > MAX_PRECISION:
        rough = typed(f"CAST({left.sql} AS DOUBLE) * CAST({right.sql} AS DOUBLE)", DOUBLE, [left, right])
        return typed(double_to_decimal(rough, kind), kind, [rough], can_raise=True)
    return typed(_product_in_parts(left, right, kind), kind, [left, right], can_raise=True)


def _product_in_parts(left: Typed, right: Typed, kind: SparkType) -> str:
    """`whole * b + part * whole + part * part`; digits that decide no rounding are cut from the last."""
    a, b = as_decimal(left), as_decimal(right)
    kept = max(a.scale, b.scale, kind.scale + 1)

    def whole(value: Typed) -> str:
        return f"trunc({value.sql})"

    def part(value: Typed, scale: int) -> str:
        return f"CAST({value} - {whole(value)} AS DECIMAL({scale},{scale}))"

    left_part, right_part = part(left, a.scale), part(right, b.scale)
    smallest = f"trunc({left_part} * {right_part}, {kept})"
    return f"CAST({whole(left)} * {right} + {left_part} * {whole(right)} + {smallest} AS {kind.duckdb})"


def _unscaled(value: Typed, kind: SparkType) -> str:
    """The digits of a number as a whole number: 1.50 as DECIMAL(10,2) gives 150."""
    if value.literal is not None:
        digits = value.literal.replace(".", "").lstrip("0") or "0"
        return f"CAST({'-' if value.sql.startswith('-') else ''}{digits} AS HUGEINT)"
    if kind.scale == 0:
        return f"CAST({value.sql} AS HUGEINT)"
    if kind.precision + kind.scale <= MAX_PRECISION:
        wide = f"CAST({value.sql} AS DECIMAL({MAX_PRECISION},{kind.scale}))"
        return f"CAST({wide} * {10**kind.scale} AS HUGEINT)"
    return f"CAST(replace(CAST({value.sql} AS VARCHAR), '.', '') AS HUGEINT)"


def _whole_quotient(numerator: str, digits: int, shift: int, divisor: str) -> str:
    """`numerator * 10^shift // divisor`, cut, of whole numbers; `digits` is what the numerator may have.

    Where the product may not fit into 128 bits, it is divided in two steps, the second from the remainder of the first.
    """
    at_once = f"({numerator} * {10**shift}) // {divisor}"
    if digits + shift <= MAX_PRECISION:
        return at_once
    fitting = max(MAX_PRECISION - digits, 0)
    rest = shift - fitting
    shifted = f"({numerator} * {10**fitting})"
    in_steps = f"({shifted} // {divisor}) * {10**rest} + (({shifted} % {divisor}) * {10**rest}) // {divisor}"
    limit = 10 ** (MAX_PRECISION - shift)
    return f"CASE WHEN {numerator} BETWEEN -{limit} AND {limit} THEN {at_once} ELSE {in_steps} END"


def _quotient(left: Typed, right: Typed, divisor_type: SparkType, kind: SparkType) -> Typed:
    """The quotient, rounded half up; in 64 bits, which is six times as fast, where its numbers are small enough."""
    exact = _long_quotient(left, right, divisor_type, kind)
    small = _short_quotient(left, right, divisor_type, kind)
    sql = f"CASE WHEN {small[0]} THEN {small[1]} ELSE {exact} END" if small else exact
    return typed(sql, kind, [left, right], can_raise=True)


def _short_quotient(
    left: Typed, right: Typed, divisor_type: SparkType, kind: SparkType
) -> tuple[str, str] | None:
    """When the quotient can be computed in 64 bits, and how; None when that would take too much text, or too many digits.

    A long division of whole numbers, some digits at a time, of which the last remainder rounds.
    """
    dividend_type = as_decimal(left)
    shift = kind.scale + divisor_type.scale - dividend_type.scale
    most = 10 ** (_WIDTH_OF_64_BITS - 2 * dividend_type.scale) - 1
    if (
        not 0 <= shift <= 2 * _DIGITS_AT_ONCE
        or divisor_type.scale
        or dividend_type.scale > _MOST_SHORT_SCALE
        or len(left.sql) + len(right.sql) > _SHORT_TEXT
    ):
        return None
    unscaled = (
        f"CAST({left} AS DECIMAL({_WIDTH_OF_64_BITS},{dividend_type.scale})) * {10**dividend_type.scale}"
    )
    dividend, divisor = f"CAST({unscaled} AS BIGINT)", f"CAST({right} AS BIGINT)"
    terms, rest = [f"CAST({dividend} // {divisor} AS HUGEINT) * {10**shift}"], f"({dividend} % {divisor})"
    while shift:
        digits = min(shift, _DIGITS_AT_ONCE)
        shift -= digits
        terms.append(f"{rest} * {10**digits} // {divisor} * {10**shift}")
        rest = f"({rest} * {10**digits} % {divisor})"
    terms.append(f"{rest} * 2 // {divisor}")
    unit = f"CAST({_smallest(kind.scale)} AS DECIMAL({kind.scale},{kind.scale}))"
    condition = (
        f"{left} BETWEEN -{most} AND {most} AND {right} BETWEEN -{_GREATEST_DIVISOR} AND {_GREATEST_DIVISOR}"
    )
    whole = f"CAST({' + '.join(terms)} AS DECIMAL({MAX_PRECISION},0))"
    return condition, f"CAST({whole} * {unit} AS {kind.duckdb})"


def _long_quotient(left: Typed, right: Typed, divisor_type: SparkType, kind: SparkType) -> str:
    """One digit more than is kept, cut; the cast to `kind` rounds it half up."""
    scale = kind.scale + 1
    if scale > MAX_PRECISION:
        raise UnsupportedSQLError(
            f"a division with the result {kind.text} is not supported; cast an operand to DOUBLE"
        )
    dividend_type = as_decimal(left)
    digits = _whole_quotient(
        _unscaled(left, dividend_type),
        dividend_type.precision,
        scale + divisor_type.scale - dividend_type.scale,
        _unscaled(right, divisor_type),
    )
    unit = f"CAST({_smallest(scale)} AS DECIMAL({scale},{scale}))"
    return f"CAST(CAST({digits} AS DECIMAL({MAX_PRECISION},0)) * {unit} AS {kind.duckdb})"


def _smallest(scale: int) -> str:
    """The smallest number of a scale: `0.001` for 3."""
    return "0." + "0" * (scale - 1) + "1"


def _power_of_ten(literal: str | None) -> int:
    """The exponent of a literal such as 1000 or 10.0, 0 of any other."""
    digits = (literal or "").split(".")[0]
    return len(digits) - 1 if literal and float(literal) == 10 ** (len(digits) - 1) else 0


def quotient(left: Typed, right: Typed, divisor: Typed) -> Typed:
    """`left / right`; `divisor` is `right` made safe: never 0."""
    a, b = as_decimal(left), as_decimal(right)
    scale = max(6, a.scale + b.precision + 1)
    kind = adjusted(a.precision - a.scale + b.scale + scale, scale)
    power = 0 if right.sql.startswith("-") else _power_of_ten(right.literal)
    if power and a.precision + power <= MAX_PRECISION:
        wide = _wide(left, decimal(power, power), a.precision + power)
        moved = f"{wide} * CAST({_smallest(power)} AS DECIMAL({power},{power}))"
        return typed(f"CAST({moved} AS {kind.duckdb})", kind, [left], can_raise=True)
    return _quotient(left, divisor, b, kind)


def average(total: Typed, count: Typed, value_type: SparkType) -> Typed:
    """AVG of a DECIMAL from its sum and its count; `count` is NULL for no values."""
    kind = decimal(value_type.precision + 4, value_type.scale + 4)
    return _quotient(total, count, as_decimal(count), kind)


def remainder_type(left: Typed, right: Typed) -> SparkType:
    """The type of `left % right`."""
    a, b = as_decimal(left), as_decimal(right)
    scale = max(a.scale, b.scale)
    return adjusted(min(a.precision - a.scale, b.precision - b.scale) + scale, scale)
