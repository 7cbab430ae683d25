"""Arithmetic under ANSI rules: result types of Spark, division by zero raises, overflow raises."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlglot import exp

from local_workspace.engine.coercion import Typed, cast, coerce, typed
from local_workspace.engine.decimal_arithmetic import (
    is_decimal_arithmetic,
    plus_or_minus,
    product,
    quotient,
    remainder_type,
)
from local_workspace.engine.dialect_errors import (
    DIVIDE_BY_ZERO,
    REMAINDER_BY_ZERO,
    UnsupportedSQLError,
    mismatch,
    raise_error,
)
from local_workspace.engine.type_rules import common_number
from local_workspace.engine.types import (
    BIGINT,
    DATE,
    DAY_INTERVAL,
    DOUBLE,
    FLOAT,
    INTERVAL,
    STRING,
    TIMESTAMP,
    VOID,
    SparkType,
)

if TYPE_CHECKING:
    from collections.abc import Callable


def numbers(sign: str, left: Typed, right: Typed) -> tuple[Typed, Typed]:
    """Both operands as numbers: text counts as BIGINT beside an integer, else as DOUBLE.

    Raises:
        AnalysisError: one is no number, or none is: Databricks reads a text as a number only beside a number.
    """
    kinds = {left.type, right.type}
    if STRING in kinds and kinds <= {STRING, VOID}:
        raise mismatch(
            f"{left} {sign} {right}", f'"{STRING.text}" has no arithmetic; cast a side to a number.'
        )
    return _number(left, right), _number(right, left)


def _number(value: Typed, other: Typed) -> Typed:
    if value.type == STRING:
        return coerce(value, BIGINT if other.type.is_integral else DOUBLE)
    if value.type == VOID:
        return coerce(value, other.type if other.type.is_numeric else DOUBLE)
    if not value.type.is_numeric:
        raise mismatch(value.sql, f'a number is required, "{value.type.text}" was given.')
    return value


def add(left: Typed, right: Typed) -> Typed:
    """`left + right`, for numbers, for a time and an interval, for a date and days."""
    if left.type.is_interval or right.type.is_interval:
        return _shift("+", left, right)
    _refuse_void_beside_time(left, right)
    if DATE in (left.type, right.type):
        return _add_days("+", *((left, right) if left.type == DATE else (right, left)))
    return _plus_minus("+", left, right)


def subtract(left: Typed, right: Typed) -> Typed:
    """`left - right`, for numbers, for a time and an interval, for a date and days."""
    if right.type.is_interval:
        return _shift("-", left, right)
    _refuse_void_beside_time(left, right)
    if left.type == DATE and right.type.is_integral:
        return _add_days("-", left, right)
    if {left.type.name, right.type.name} & {"DATE", "TIMESTAMP", "TIMESTAMP_NTZ"}:
        raise UnsupportedSQLError(
            "subtracting two times is not supported; use TIMESTAMPDIFF(unit, start, end) or DATEDIFF"
        )
    return _plus_minus("-", left, right)


def _refuse_void_beside_time(left: Typed, right: Typed) -> None:
    names = {left.type.name, right.type.name}
    if "VOID" in names and names & {"DATE", "TIMESTAMP", "TIMESTAMP_NTZ"}:
        raise UnsupportedSQLError("a time and a bare NULL are not supported here; cast the NULL")


def _add_days(sign: str, day: Typed, days: Typed) -> Typed:
    if not days.type.is_integral or days.type == BIGINT:
        raise mismatch(f"{day} {sign} {days}", f'an "INT" is required, "{days.type.text}" was given.')
    return typed(f"{day} {sign} {days}", DATE, [day, days], atomic=False)


def _shift(sign: str, left: Typed, right: Typed) -> Typed:
    if left.type.is_interval and not right.type.is_interval:
        left, right = right, left
    if left.type.is_interval:
        kind = INTERVAL if INTERVAL in {left.type, right.type} else DAY_INTERVAL
        return typed(f"{left} {sign} {right}", kind, [left, right], atomic=False)
    if left.type == STRING:
        return cast(_shift(sign, coerce(left, TIMESTAMP), right), STRING)
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
    left, right = numbers(sign, left, right)
    if is_decimal_arithmetic(left, right):
        return plus_or_minus(sign, left, right)
    return _plain(sign, left, right)


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
    left, right = numbers("*", left, right)
    return product(left, right) if is_decimal_arithmetic(left, right) else _plain("*", left, right)


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


def guarded(left: Typed, divisor: Typed, node: exp.Expr | None, message: str) -> Typed:
    """The divisor of `left`, failing with `message` where it is 0; NULL divided by 0 is NULL."""
    if node is not None and is_never_zero(node):
        return divisor
    zero = f"{divisor} = 0" if left.literal is not None else f"{divisor} = 0 AND {left} IS NOT NULL"
    sql = f"CASE WHEN {zero} THEN {raise_error(message)} ELSE {divisor.sql} END"
    return typed(sql, divisor.type, [left, divisor], can_raise=True)


def null_when_zero(divisor: Typed) -> Typed:
    """The divisor, NULL where it is 0."""
    return typed(f"NULLIF({divisor.sql}, 0)", divisor.type, [divisor])


def _divisor(left: Typed, right: Typed, node: exp.Expr | None, message: str, *, tolerant: bool) -> Typed:
    return null_when_zero(right) if tolerant else guarded(left, right, node, message)


def divide(left: Typed, right: Typed, node: exp.Expr | None = None, *, tolerant: bool = False) -> Typed:
    """`left / right`; `node` is the parsed divisor, `tolerant` gives NULL for a division by zero."""
    if left.type == VOID and right.type.is_numeric:
        left = coerce(left, DOUBLE)
    left, right = numbers("/", left, right)
    divisor = _divisor(left, right, node, DIVIDE_BY_ZERO, tolerant=tolerant)
    if is_decimal_arithmetic(left, right):
        return quotient(left, right, divisor)
    sides = [coerce(each, DOUBLE) if each.type == FLOAT else each for each in (left, divisor)]
    return typed(f"{sides[0]} / {sides[1]}", DOUBLE, [left, divisor], atomic=False)


def remainder(left: Typed, right: Typed, node: exp.Expr | None = None, *, tolerant: bool = False) -> Typed:
    """`left % right`: the sign is that of `left`."""
    left, right = numbers("%", left, right)
    divisor = _divisor(left, right, node, REMAINDER_BY_ZERO, tolerant=tolerant)
    if is_decimal_arithmetic(left, right):
        kind = remainder_type(left, right)
        return typed(f"CAST({left} % {divisor} AS {kind.duckdb})", kind, [left, divisor], can_raise=True)
    return _plain("%", left, divisor)


def positive_remainder(left: Typed, right: Typed, node: exp.Expr | None = None) -> Typed:
    """`PMOD(left, right)`: a negative remainder has the divisor added."""
    left, right = numbers("pmod", left, right)
    rest = remainder(left, right, node)
    kind = rest.type
    if kind.is_decimal:
        moved = f"CAST(({rest} + {right}) % {right} AS {kind.duckdb})"
    else:
        moved = f"({coerce(rest, kind)} + {coerce(right, kind)}) % {coerce(right, kind)}"
    sql = f"CASE WHEN {rest} < 0 THEN {moved} ELSE {rest} END"
    return typed(sql, kind, [rest, right], can_raise=True)


def whole_division(left: Typed, right: Typed, node: exp.Expr | None = None) -> Typed:
    """`left DIV right`: BIGINT, cut towards zero."""
    left, right = numbers("DIV", left, right)
    if not (left.type.is_integral and right.type.is_integral):
        raise UnsupportedSQLError(
            "DIV is supported for whole numbers only; use FLOOR(a / b) or CAST(a / b AS BIGINT)"
        )
    divisor = guarded(left, right, node, DIVIDE_BY_ZERO)
    sides = [coerce(left, BIGINT), coerce(divisor, BIGINT)]
    return typed(f"{sides[0]} // {sides[1]}", BIGINT, sides, atomic=False, can_raise=True)


def negate(value: Typed) -> Typed:
    """`-value`."""
    if value.type.is_interval:
        return typed(f"-{value}", value.type, [value], atomic=False)
    value = _number(value, value)
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
