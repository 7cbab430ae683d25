"""Which type two types have in common, and how wide a DECIMAL becomes.

Sources: Databricks' "ANSI compliance" and "SQL data type rules" pages, and Spark's decimal rules (results wider than
38 digits give up digits after the point, but keep at least 6).
"""

from __future__ import annotations

from local_workspace.engine.types import (
    BIGINT,
    BOOLEAN,
    DATE,
    DOUBLE,
    INT,
    INTEGRAL_DIGITS,
    MAX_PRECISION,
    STRING,
    TIMESTAMP,
    VOID,
    SparkType,
    array,
    decimal,
    map_of,
)


def adjusted(precision: int, scale: int) -> SparkType:
    """Spark's result DECIMAL: beyond 38 digits, digits after the point are given up down to 6."""
    if precision <= MAX_PRECISION:
        return decimal(precision, scale)
    integral = precision - scale
    return decimal(MAX_PRECISION, max(MAX_PRECISION - integral, min(scale, 6)))


def integer_literal_type(digits: str, *, negative: bool = False) -> SparkType:
    """The type of a whole-number literal: INT, BIGINT or DECIMAL by its size."""
    size = int(digits) - negative
    if size <= 2**31 - 1:
        return INT
    return BIGINT if size <= 2**63 - 1 else decimal(len(digits), 0)


def wider_decimal(left: SparkType, right: SparkType) -> SparkType:
    """The DECIMAL that holds both, integral digits first."""
    scale = max(left.scale, right.scale)
    integral = max(left.precision - left.scale, right.precision - right.scale)
    if integral + scale <= MAX_PRECISION:
        return decimal(integral + scale, scale)
    return decimal(MAX_PRECISION, max(0, MAX_PRECISION - integral))


def common_number(left: SparkType, right: SparkType) -> SparkType:
    """The least common type of two number types."""
    if left == right:
        return left
    if left.is_floating or right.is_floating:
        return DOUBLE
    if left.is_integral and right.is_integral:
        order = list(INTEGRAL_DIGITS)
        return max(left, right, key=lambda kind: order.index(kind.name))
    sides = [kind if kind.is_decimal else decimal(INTEGRAL_DIGITS[kind.name], 0) for kind in (left, right)]
    return wider_decimal(sides[0], sides[1])


def common_type(left: SparkType, right: SparkType) -> SparkType | None:
    """The least common type of two types in ANSI mode; None when there is none."""
    if VOID in (left, right):
        return right if left == VOID else left
    if left == right:
        return left
    if left.is_numeric and right.is_numeric:
        return common_number(left, right)
    if STRING in (left, right):
        return _with_string(right if left == STRING else left)
    return _common_moment_or_nested(left, right)


def _common_moment_or_nested(left: SparkType, right: SparkType) -> SparkType | None:
    names = {left.name, right.name}
    if names <= {"DATE", "TIMESTAMP", "TIMESTAMP_NTZ"}:
        return TIMESTAMP if "TIMESTAMP" in names else SparkType("TIMESTAMP_NTZ")
    if left.name == right.name and left.name in {"ARRAY", "MAP"}:
        return _common_nested(left, right)
    return None


def _with_string(other: SparkType) -> SparkType | None:
    """A string meets another type: it is read as that type, numbers as BIGINT or DOUBLE."""
    if other.is_integral:
        return BIGINT
    if other.is_numeric:
        return DOUBLE
    return other if other in (BOOLEAN, DATE) or other.is_timestamp else None


def _common_nested(left: SparkType, right: SparkType) -> SparkType | None:
    parts = [common_type(a, b) for a, b in zip(left.parts, right.parts, strict=True)]
    found = [part for part in parts if part is not None]
    if len(found) < len(parts):
        return None
    return array(found[0]) if left.name == "ARRAY" else map_of(found[0], found[1])
