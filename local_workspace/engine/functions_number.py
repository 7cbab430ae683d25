"""Functions of numbers, and the functions that are casts: name -> entry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from local_workspace.engine.arithmetic import negate, positive_remainder
from local_workspace.engine.calls import NUMBER, Call, Function, fit, same, simple
from local_workspace.engine.coercion import Typed, cast, coerce, typed
from local_workspace.engine.dialect_errors import UnsupportedSQLError
from local_workspace.engine.type_rules import common_number
from local_workspace.engine.types import (
    BIGINT,
    BOOLEAN,
    DATE,
    DOUBLE,
    FLOAT,
    INT,
    SMALLINT,
    STRING,
    TIMESTAMP,
    TINYINT,
    SparkType,
    decimal,
)

if TYPE_CHECKING:
    from collections.abc import Callable

_NULL_BELOW: Final = "NULL for 0 and less"
_LARGEST: Final = 2**63 - 1


def _whole(function: str) -> Callable[[Call], Typed]:
    """CEIL and FLOOR: BIGINT, or a DECIMAL without digits after the point; beyond BIGINT its limit, 0 for NaN."""

    def build(call: Call) -> Typed:
        if len(call.args) > 1:
            raise UnsupportedSQLError(f"{call.name} with a number of digits is not supported; use ROUND")
        value = fit(call.name, call.args[0], NUMBER)
        if value.type.is_integral:
            return coerce(value, BIGINT)
        if value.type.is_decimal:
            kind = decimal(value.type.precision - value.type.scale + 1, 0)
            return typed(f"CAST({function}({value.sql}) AS {kind.duckdb})", kind, [value], can_raise=True)
        bounds = f"WHEN isnan({value.sql}) THEN 0 WHEN {value} >= {_LARGEST} THEN {_LARGEST} "
        bounds += f"WHEN {value} <= -{_LARGEST} - 1 THEN -{_LARGEST} - 1"
        return typed(f"CASE {bounds} ELSE CAST({function}({value.sql}) AS BIGINT) END", BIGINT, [value])

    return build


def _digits(call: Call) -> int:
    if len(call.args) == 1:
        return 0
    text = call.args[1].sql.strip("()")
    if not text.lstrip("-").isdigit():
        raise UnsupportedSQLError(
            f"{call.name}: the number of digits must be a whole-number literal, not {text}"
        )
    return int(text)


def _rounded_decimal(kind: SparkType, digits: int) -> SparkType:
    integral = kind.precision - kind.scale + 1
    if digits < 0:
        return decimal(max(integral, 1 - digits), 0)
    kept = min(kind.scale, digits)
    return decimal(integral + kept, kept)


def _round(function: str) -> Callable[[Call], Typed]:
    """ROUND and BROUND; a DOUBLE is rounded on its decimal text, as Spark does."""

    def build(call: Call) -> Typed:
        value, digits = fit(call.name, call.args[0], NUMBER), _digits(call)
        if value.type.is_integral and digits >= 0:
            return value
        if value.type.is_decimal:
            kind = _rounded_decimal(value.type, digits)
            return typed(
                f"CAST({function}({value.sql}, {digits}) AS {kind.duckdb})", kind, [value], can_raise=True
            )
        if value.type.is_integral or function != "round" or digits < 0:
            if value.type == FLOAT or digits < 0:
                raise UnsupportedSQLError(
                    f"{call.name} of {value.type.text} to {digits} digits is not supported"
                )
            return typed(f"{function}({value.sql}, {digits})", value.type, [value])
        if value.type == FLOAT:
            raise UnsupportedSQLError(f"{call.name} of FLOAT is not supported; cast it to DOUBLE")
        largest = min(15, 37 - digits)
        exact = f"CAST(CAST(CAST({value.sql} AS VARCHAR) AS DECIMAL(38,{digits})) AS DOUBLE)"
        sql = f"CASE WHEN abs({value.sql}) < 1e{largest} THEN {exact} ELSE {value.sql} END"
        return typed(sql, DOUBLE, [value])

    return build


def _log(call: Call) -> Typed:
    """`LOG(x)` is the natural logarithm, `LOG(base, x)` the one to a base."""
    values = [fit(call.name, value, DOUBLE) for value in call.args]
    if len(values) == 1:
        return typed(f"CASE WHEN {values[0]} > 0 THEN ln({values[0].sql}) END", DOUBLE, values)
    base, value = values
    sql = f"CASE WHEN {value} > 0 AND {base} > 0 THEN ln({value.sql}) / ln({base.sql}) END"
    return typed(sql, DOUBLE, values)


def _cast_function(kind: SparkType) -> Function:
    return Function(lambda call: cast(call.args[0], kind), 1, 1, note=f"CAST to {kind.text}")


def _try(sign: str) -> Callable[[Call], Typed]:
    def build(call: Call) -> Typed:
        left, right = call.args
        if left.can_raise or right.can_raise or left.aggregate or right.aggregate:
            raise UnsupportedSQLError(f"{call.name} of computed values is not supported")
        if not (left.type.is_integral and right.type.is_integral):
            raise UnsupportedSQLError(f"{call.name} is supported for whole numbers only")
        kind = common_number(left.type, right.type)
        sides = [f"CAST({each.sql} AS {kind.duckdb})" for each in (left, right)]
        return typed(f"TRY({sides[0]} {sign} {sides[1]})", kind, [left, right])

    return build


def _factorial(call: Call) -> Typed:
    value = coerce(call.args[0], INT)
    sql = f"CASE WHEN {value} BETWEEN 0 AND 20 THEN CAST(factorial({value.sql}) AS BIGINT) END"
    return typed(sql, BIGINT, [value])


_SIGN: Final = "CASE WHEN isnan({0}) THEN {0} ELSE CAST(sign({0}) AS DOUBLE) END"


def _real(template: str, note: str = "") -> Function:
    return simple(template, [DOUBLE], DOUBLE, note=note)


NUMBER_FUNCTIONS: Final[dict[str, Function]] = {
    "ABS": simple("abs({0})", [NUMBER], same),
    "ACOS": _real(
        "CASE WHEN abs({0}) <= 1 THEN acos({0}) WHEN {0} IS NOT NULL THEN CAST('nan' AS DOUBLE) END"
    ),
    "ASIN": _real(
        "CASE WHEN abs({0}) <= 1 THEN asin({0}) WHEN {0} IS NOT NULL THEN CAST('nan' AS DOUBLE) END"
    ),
    "ATAN": _real("atan({0})"),
    "ATAN2": simple("atan2({0}, {1})", [DOUBLE, DOUBLE], DOUBLE),
    "BIGINT": _cast_function(BIGINT),
    "BOOLEAN": _cast_function(BOOLEAN),
    "BROUND": Function(_round("round_even"), 1, 2, note="half to even"),
    "CBRT": _real("cbrt({0})"),
    "CEIL": Function(_whole("ceil"), 1, 2, note="one argument only"),
    "CEILING": Function(_whole("ceil"), 1, 2, note="one argument only"),
    "COS": _real("cos({0})"),
    "COSH": _real("cosh({0})"),
    "COT": _real("(1 / tan({0}))"),
    "CSC": _real("(1 / sin({0}))"),
    "DATE": _cast_function(DATE),
    "DEGREES": _real("degrees({0})"),
    "DOUBLE": _cast_function(DOUBLE),
    "E": simple("exp(1.0)", [], DOUBLE),
    "EXP": _real("exp({0})"),
    "FACTORIAL": Function(_factorial, 1, 1, note="NULL below 0 and above 20"),
    "FLOAT": _cast_function(FLOAT),
    "FLOOR": Function(_whole("floor"), 1, 2, note="one argument only"),
    "INT": _cast_function(INT),
    "ISNAN": simple("coalesce(isnan({0}), FALSE)", [DOUBLE], BOOLEAN, note="FALSE for NULL"),
    "LN": _real("CASE WHEN {0} > 0 THEN ln({0}) END", _NULL_BELOW),
    "LOG": Function(_log, 1, 2, note=_NULL_BELOW),
    "LOG10": _real("CASE WHEN {0} > 0 THEN log10({0}) END", _NULL_BELOW),
    "LOG1P": _real(
        "CASE WHEN {0} <= -1 THEN NULL WHEN 1 + {0} = 1 OR isinf({0}) THEN {0} ELSE ln(1 + {0}) * {0} / ((1 + {0}) - 1) END",
        "NULL for -1 and less",
    ),
    "LOG2": _real("CASE WHEN {0} > 0 THEN log2({0}) END", _NULL_BELOW),
    "HYPOT": simple("sqrt({0} * {0} + {1} * {1})", [DOUBLE, DOUBLE], DOUBLE),
    "NANVL": simple("CASE WHEN isnan({0}) THEN {1} ELSE {0} END", [DOUBLE, DOUBLE], DOUBLE),
    "NEGATIVE": Function(lambda call: negate(call.args[0]), 1, 1),
    "PI": simple("pi()", [], DOUBLE),
    "PMOD": Function(
        lambda call: positive_remainder(call.args[0], call.args[1], call.nodes[1]),
        2,
        2,
        note="never negative for a positive divisor; by zero is an error",
    ),
    "POW": simple("power({0}, {1})", [DOUBLE, DOUBLE], DOUBLE),
    "POWER": simple("power({0}, {1})", [DOUBLE, DOUBLE], DOUBLE),
    "POSITIVE": simple("{0}", [NUMBER], same),
    "RADIANS": _real("radians({0})"),
    "RINT": _real("round_even({0}, 0)", "half to even"),
    "ROUND": Function(_round("round"), 1, 2, note="half up"),
    "SEC": _real("(1 / cos({0}))"),
    "SIGN": _real(_SIGN),
    "SIGNUM": _real(_SIGN),
    "SIN": _real("sin({0})"),
    "SINH": _real("sinh({0})"),
    "SMALLINT": _cast_function(SMALLINT),
    "SQRT": _real("CASE WHEN {0} < 0 THEN CAST('nan' AS DOUBLE) ELSE sqrt({0}) END", "NaN below 0"),
    "STRING": _cast_function(STRING),
    "TAN": _real("tan({0})"),
    "TANH": _real("tanh({0})"),
    "TIMESTAMP": _cast_function(TIMESTAMP),
    "TINYINT": _cast_function(TINYINT),
    "TRY_ADD": Function(_try("+"), 2, 2, note="whole numbers only; NULL on overflow"),
    "TRY_MULTIPLY": Function(_try("*"), 2, 2, note="whole numbers only; NULL on overflow"),
    "TRY_SUBTRACT": Function(_try("-"), 2, 2, note="whole numbers only; NULL on overflow"),
}
