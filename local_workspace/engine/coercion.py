"""Typed DuckDB SQL, and how Databricks (ANSI mode) turns a value of one type into another.

Sources: Databricks' "ANSI compliance" and "SQL data type rules" pages, and Spark's decimal rules (results wider than
38 digits give up digits after the point, but keep at least 6).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from local_workspace.engine.dialect_errors import UnsupportedSQLError, mismatch
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

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


@dataclass(frozen=True)
class Typed:
    """DuckDB SQL text with the Databricks type of its value.

    Attributes:
        sql: the text.
        type: the Databricks type.
        atomic: the text can stand next to an operator without parentheses.
        loose: DuckDB may give the text another (number) type than `type`; a cast settles it.
        literal: the digits of a number literal, else None.
        can_raise: evaluating it may fail, so it must not run on rows that a condition keeps away.
        aggregate: it holds an aggregate.
    """

    sql: str
    type: SparkType
    atomic: bool = True
    loose: bool = False
    literal: str | None = None
    can_raise: bool = False
    aggregate: bool = False

    def __str__(self) -> str:
        """The text, in parentheses where an operator would otherwise tear it apart."""
        return self.sql if self.atomic else f"({self.sql})"


def typed(
    sql: str, kind: SparkType, parts: Iterable[Typed] = (), *, atomic: bool = True, can_raise: bool = False
) -> Typed:
    """A `Typed` that inherits what its parts may do (raise, aggregate)."""
    used = tuple(parts)
    return Typed(
        sql,
        kind,
        atomic=atomic,
        can_raise=can_raise or any(part.can_raise for part in used),
        aggregate=any(part.aggregate for part in used),
    )


def text_literal(text: str) -> str:
    """A DuckDB string literal."""
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """A quoted DuckDB identifier."""
    return '"' + name.replace('"', '""') + '"'


def raise_error(message: str) -> str:
    """DuckDB SQL that fails with the message when it is evaluated."""
    return f"error({text_literal(message)})"


def adjusted(precision: int, scale: int) -> SparkType:
    """Spark's result DECIMAL: beyond 38 digits, digits after the point are given up down to 6."""
    if precision <= MAX_PRECISION:
        return decimal(precision, scale)
    integral = precision - scale
    return decimal(MAX_PRECISION, max(MAX_PRECISION - integral, min(scale, 6)))


def as_decimal(value: Typed) -> SparkType:
    """The DECIMAL that a number counts as when it meets a DECIMAL; integer literals count by their digits."""
    if value.type.is_decimal:
        return value.type
    if value.literal is not None and value.type.is_integral:
        return decimal(len(value.literal.lstrip("0")) or 1, 0)
    return decimal(INTEGRAL_DIGITS[value.type.name], 0)


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


def unified(what: str, values: Sequence[Typed]) -> tuple[list[Typed], SparkType]:
    """All values cast to their least common type, and that type.

    Raises:
        AnalysisError: they have none; the text names `what`.
    """
    kind = VOID
    for value in values:
        found = common_type(kind, value.type)
        if found is None:
            listed = ", ".join(f'"{each.type.text}"' for each in values)
            raise mismatch(what, f"the values should have one type, but they are [{listed}].")
        kind = found
    return [coerce(value, kind) for value in values], kind


_NARROWING_IS_EXPLICIT: Final = {"ARRAY", "MAP", "STRUCT", "BINARY", "INTERVAL", "INTERVAL DAY"}


def coerce(value: Typed, kind: SparkType) -> Typed:
    """The value as `kind`, by the cast Databricks inserts by itself.

    Raises:
        AnalysisError: Databricks inserts none between these types.
    """
    if value.type == kind and not value.loose:
        return value
    if value.type == VOID:
        return replace(value, sql=f"CAST(NULL AS {kind.duckdb})", type=kind, atomic=True)
    if value.type == kind or (value.type.is_numeric and kind.is_numeric):
        return cast(value, kind)
    simple = not {value.type.name, kind.name} & _NARROWING_IS_EXPLICIT
    temporal = value.type == DATE and kind.is_timestamp
    if simple and (
        STRING in {value.type, kind} or temporal or (value.type.is_timestamp and kind.is_timestamp)
    ):
        return cast(value, kind)
    if value.type.name == kind.name == "ARRAY":
        return typed(f"CAST({value.sql} AS {kind.duckdb})", kind, [value])
    raise mismatch(value.sql, f'"{kind.text}" is required, "{value.type.text}" was given.')


# ---- explicit casts --------------------------------------------------------------------------------------------

_INTEGER_TEXT: Final = r"\s*[+-]?[0-9]+\s*"
_NUMBER_TEXT: Final = r"(?i)\s*([+-]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?|[+-]?inf|[+-]?infinity|nan)\s*"
_DATE_TEXT: Final = r"\s*[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([ T].*)?\s*"
_TIMESTAMP_TEXT: Final = (
    r"\s*[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([ T][0-9]{1,2}:[0-9]{1,2}(:[0-9]{1,2}(\.[0-9]*)?)?\s*"
    r"(Z|UTC|[+-][0-9]{2}:?[0-9]{2})?)?\s*"
)
_TRUE_TEXTS: Final = "('t', 'true', 'y', 'yes', '1')"
_FALSE_TEXTS: Final = "('f', 'false', 'n', 'no', '0')"


def _invalid(kind: SparkType) -> str:
    return (
        f'[CAST_INVALID_INPUT] The value of the type "STRING" cannot be cast to "{kind.text}" because it is '
        "malformed. Correct the value as per the syntax, or change its target type. Use `try_cast` to tolerate "
        "malformed input and return NULL instead. SQLSTATE: 22018"
    )


def _checked(value: Typed, pattern: str, result: str, kind: SparkType, *, tolerant: bool) -> str:
    """A cast from text that only takes what Databricks takes."""
    bad = "NULL" if tolerant else raise_error(_invalid(kind))
    return (
        f"CASE WHEN NOT regexp_full_match({value.sql}, {text_literal(pattern)}) THEN {bad} ELSE {result} END"
    )


def _from_string(value: Typed, kind: SparkType, *, tolerant: bool) -> str:
    verb = "TRY_CAST" if tolerant else "CAST"
    trimmed = f"trim({value.sql}, {text_literal(' ' + chr(9) + chr(10) + chr(13))})"
    if kind.is_integral:
        return _checked(value, _INTEGER_TEXT, f"{verb}({trimmed} AS {kind.duckdb})", kind, tolerant=tolerant)
    if kind.is_numeric:
        return _checked(value, _NUMBER_TEXT, f"{verb}({trimmed} AS {kind.duckdb})", kind, tolerant=tolerant)
    if kind == BOOLEAN:
        bad = "NULL" if tolerant else f"CASE WHEN {value} IS NOT NULL THEN {raise_error(_invalid(kind))} END"
        low = f"lower({trimmed})"
        return f"CASE WHEN {low} IN {_TRUE_TEXTS} THEN TRUE WHEN {low} IN {_FALSE_TEXTS} THEN FALSE ELSE {bad} END"
    if kind == DATE:
        day = f"regexp_extract({trimmed}, '^[0-9-]+')"
        return _checked(value, _DATE_TEXT, f"{verb}({day} AS DATE)", kind, tolerant=tolerant)
    instant = f"CAST({verb}({trimmed} AS TIMESTAMPTZ) AS TIMESTAMP)"
    return _checked(value, _TIMESTAMP_TEXT, instant, kind, tolerant=tolerant)


def _double_text(value: Typed) -> str:
    """A DOUBLE as Java writes it: `0.001`, `9999999.0`, outside of these with an exponent (`1.0E7`), `NaN`."""
    text = f"CAST(abs({value.sql}) AS VARCHAR)"
    before, after = f"split_part({text}, '.', 1)", f"split_part({text}, '.', 2)"
    digits = f"trim(replace({text}, '.', ''), '0')"
    mantissa = (
        f"left({digits}, 1) || '.' || CASE WHEN length({digits}) > 1 THEN substr({digits}, 2) ELSE '0' END"
    )
    scientific = f"split_part({text}, 'e', 1)"
    sign = f"CASE WHEN {value} < 0 THEN '-' ELSE '' END"
    return (
        f"CASE WHEN isnan({value.sql}) THEN 'NaN' "
        f"WHEN isinf({value.sql}) THEN {sign} || 'Infinity' "
        f"WHEN {value} = 0 OR (abs({value.sql}) >= 0.001 AND abs({value.sql}) < 10000000) "
        f"THEN CAST({value.sql} AS VARCHAR) "
        f"WHEN contains({text}, 'e') THEN {sign} || {scientific} || "
        f"CASE WHEN contains({scientific}, '.') THEN 'E' ELSE '.0E' END || CAST(split_part({text}, 'e', 2) AS INTEGER) "
        f"WHEN abs({value.sql}) >= 1 THEN {sign} || {mantissa} || 'E' || (length({before}) - 1) "
        f"ELSE {sign} || {mantissa} || 'E-' || (length({after}) - length(ltrim({after}, '0')) + 1) END"
    )


def _to_string(value: Typed) -> str:
    kind = value.type
    if kind == DOUBLE:
        return _double_text(value)
    if kind.is_integral or kind.is_decimal or kind.is_timestamp or kind in {BOOLEAN, DATE, STRING}:
        return f"CAST({value.sql} AS VARCHAR)"
    raise UnsupportedSQLError(
        f"CAST({kind.text} AS STRING) is not supported: the text form differs between engines"
    )


def _to_integer(value: Typed, kind: SparkType) -> str:
    source = value.type
    if source.is_timestamp:
        return f"CAST(floor(epoch({value.sql})) AS {kind.duckdb})"
    if source.is_floating or source.is_decimal:
        return f"CAST(trunc({value.sql}) AS {kind.duckdb})"
    return f"CAST({value.sql} AS {kind.duckdb})"


def double_to_decimal(sql: str, kind: SparkType) -> str:
    """A DOUBLE as DECIMAL: rounded half up on its shortest decimal text, as Spark does."""
    return f"CAST(CAST({sql} AS VARCHAR) AS {kind.duckdb})"


def _cast_sql(value: Typed, kind: SparkType, *, tolerant: bool) -> str | None:  # noqa: C901, PLR0911 - one rule a line
    source = value.type
    if source == kind:
        return f"CAST({value.sql} AS {kind.duckdb})"
    if source == STRING:
        simple = kind.is_numeric or kind in (BOOLEAN, DATE) or kind.is_timestamp
        return _from_string(value, kind, tolerant=tolerant) if simple else None
    if kind == STRING:
        return _to_string(value)
    if kind.is_integral and (source.is_numeric or source in (BOOLEAN, TIMESTAMP)):
        return _to_integer(value, kind)
    if kind.is_decimal and source.is_floating:
        return double_to_decimal(value.sql, kind)
    if kind.is_numeric and (source.is_numeric or source == BOOLEAN):
        return f"CAST({value.sql} AS {kind.duckdb})"
    if kind == DOUBLE and source == TIMESTAMP:
        return f"epoch({value.sql})"
    if kind == BOOLEAN and source.is_numeric:
        return f"{value} <> 0"
    if kind == TIMESTAMP and source.is_integral:
        return f"make_timestamp(CAST({value.sql} AS BIGINT) * 1000000)"
    if (source == DATE and kind.is_timestamp) or (
        source.is_timestamp and (kind == DATE or kind.is_timestamp)
    ):
        return f"CAST({value.sql} AS {kind.duckdb})"
    return None


def _never_fails(source: SparkType, kind: SparkType) -> bool:
    if kind == STRING:
        return True
    if kind == DOUBLE:
        return source != STRING
    integral = list(INTEGRAL_DIGITS)
    if source.is_integral and kind.is_integral:
        return integral.index(source.name) <= integral.index(kind.name)
    if source.is_decimal and kind.is_decimal:
        return kind.scale >= source.scale and kind.precision - kind.scale >= source.precision - source.scale
    return source in (DATE, BOOLEAN) or kind == BOOLEAN or (source.is_timestamp and not kind.is_numeric)


def cast(value: Typed, kind: SparkType, *, tolerant: bool = False) -> Typed:
    """`CAST(value AS kind)` under ANSI rules; `tolerant` is `TRY_CAST`.

    Raises:
        AnalysisError: Databricks has no cast between these types.
        UnsupportedSQLError: it has one, but its result is not known to be the same here.
    """
    if value.type == VOID:
        return Typed(f"CAST(NULL AS {kind.duckdb})", kind)
    if value.literal is not None and kind.is_numeric and not (value.type.is_decimal and kind.is_integral):
        return typed(f"CAST({value.sql} AS {kind.duckdb})", kind, [value])
    sql = _cast_sql(value, kind, tolerant=tolerant)
    if sql is None:
        raise mismatch(
            f"CAST({value.sql} AS {kind.text})", f'cannot cast "{value.type.text}" to "{kind.text}".'
        )
    fails = not _never_fails(value.type, kind)
    if tolerant and fails and value.type != STRING:
        if value.can_raise or value.aggregate or "error(" in sql:
            raise UnsupportedSQLError(
                f"TRY_CAST({value.type.text} AS {kind.text}) of a computed value is not supported"
            )
        sql = f"TRY({sql})"
    atomic = not sql.endswith("<> 0")
    return typed(sql, kind, [value], can_raise=fails and not tolerant, atomic=atomic)


def integer_literal_type(digits: str) -> SparkType:
    """The type of a whole-number literal: INT, BIGINT or DECIMAL by its size."""
    size = int(digits)
    if size <= 2**31 - 1:
        return INT
    return BIGINT if size <= 2**63 - 1 else decimal(len(digits), 0)
