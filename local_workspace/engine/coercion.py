"""Typed DuckDB SQL, and how Databricks (ANSI mode) turns a value of one type into another.

Source: Databricks' "ANSI compliance" page.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from local_workspace.engine.dialect_errors import UnsupportedSQLError, mismatch
from local_workspace.engine.text_casts import from_text, to_text
from local_workspace.engine.type_rules import common_type
from local_workspace.engine.types import (
    BOOLEAN,
    DATE,
    DOUBLE,
    INTEGRAL_DIGITS,
    STRING,
    TIMESTAMP,
    VOID,
    SparkType,
    decimal,
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


def as_decimal(value: Typed) -> SparkType:
    """The DECIMAL that a number counts as when it meets a DECIMAL; integer literals count by their digits."""
    if value.type.is_decimal:
        return value.type
    if value.literal is not None and value.type.is_integral:
        return decimal(len(value.literal.lstrip("0")) or 1, 0)
    return decimal(INTEGRAL_DIGITS[value.type.name], 0)


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


def epoch_seconds(sql: str) -> str:
    """Whole seconds since 1970 of a timestamp, cut towards the past."""
    return f"epoch_us(date_trunc('second', {sql})) // 1000000"


def double_to_decimal(value: Typed, kind: SparkType) -> str:
    """A FLOAT or DOUBLE as DECIMAL: rounded half up on its shortest decimal text, NULL for NaN and infinity."""
    exact = f"CAST(CAST({value.sql} AS VARCHAR) AS {kind.duckdb})"
    return f"CASE WHEN isfinite({value.sql}) THEN {exact} END"


def _to_integer(value: Typed, kind: SparkType) -> str:
    source = value.type
    if source.is_timestamp:
        return f"CAST({epoch_seconds(value.sql)} AS {kind.duckdb})"
    if source.is_floating or source.is_decimal:
        return f"CAST(trunc({value.sql}) AS {kind.duckdb})"
    return f"CAST({value.sql} AS {kind.duckdb})"


def _number_sql(value: Typed, kind: SparkType) -> str | None:
    """A cast between numbers, or of a BOOLEAN or TIMESTAMP to one."""
    source = value.type
    if kind.is_integral and (source.is_numeric or source in (BOOLEAN, TIMESTAMP)):
        return _to_integer(value, kind)
    if kind.is_decimal and source.is_floating:
        return double_to_decimal(value, kind)
    if source.is_numeric or source == BOOLEAN:
        return f"CAST({value.sql} AS {kind.duckdb})"
    if kind == DOUBLE and source == TIMESTAMP:
        return f"epoch({value.sql})"
    return None


def _moment_sql(value: Typed, kind: SparkType) -> str | None:
    """A cast to DATE or a timestamp, of another of them or of seconds since 1970."""
    if {value.type.name, kind.name} <= {"DATE", "TIMESTAMP", "TIMESTAMP_NTZ"}:
        return f"CAST({value.sql} AS {kind.duckdb})"
    if kind == TIMESTAMP and value.type.is_integral:
        return f"make_timestamp(CAST({value.sql} AS BIGINT) * 1000000)"
    return None


def _cast_sql(value: Typed, kind: SparkType, *, tolerant: bool) -> str | None:
    source = value.type
    if source == kind:
        return f"CAST({value.sql} AS {kind.duckdb})"
    if source == STRING:
        simple = kind.is_numeric or kind in (BOOLEAN, DATE) or kind.is_timestamp
        return from_text(str(value), kind, tolerant=tolerant) if simple else None
    if kind == STRING:
        return to_text(str(value), source)
    if kind == BOOLEAN:
        return f"{value} <> 0" if source.is_numeric else None
    return _number_sql(value, kind) if kind.is_numeric else _moment_sql(value, kind)


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


def _is_databricks_own(source: SparkType, kind: SparkType) -> bool:
    """Whether Databricks has a cast that is not translated."""
    names = {source.name, kind.name}
    if "BINARY" in names:
        return "STRING" in names or source.is_integral
    return "TIMESTAMP" in names and (source.is_numeric or kind.is_numeric)


def cast(value: Typed, kind: SparkType, *, tolerant: bool = False) -> Typed:
    """`CAST(value AS kind)` under ANSI rules; `tolerant` is `TRY_CAST`.

    Raises:
        AnalysisError: Databricks has no cast between these types.
        UnsupportedSQLError: it has one, but its result is not known to be the same here.
    """
    if value.type == VOID:
        return Typed(f"CAST(NULL AS {kind.duckdb})", kind)
    fixed = value.literal is not None and kind.is_numeric and not tolerant
    if fixed and not (value.type.is_decimal and kind.is_integral):
        return typed(f"CAST({value.sql} AS {kind.duckdb})", kind, [value])
    sql = _cast_sql(value, kind, tolerant=tolerant)
    if sql is None and _is_databricks_own(value.type, kind):
        raise UnsupportedSQLError(f"CAST({value.type.text} AS {kind.text}) is not supported")
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
