"""Casts from and to STRING, as DuckDB SQL: the spellings that Databricks takes, the spellings that it gives.

Three kinds of text meet a cast: one that both sides read alike, one that Databricks does not read either (an error, or
NULL under TRY_CAST), and one that Databricks reads in a way that is not reproduced here: a time zone by its region's
name, a time without a date, `now`. The last always fails and says so, so that no value is ever guessed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from local_workspace.engine.dialect_errors import UnsupportedSQLError, raise_error
from local_workspace.engine.types import BOOLEAN, DATE, STRING

if TYPE_CHECKING:
    from local_workspace.engine.types import SparkType


@dataclass(frozen=True)
class _Spelling:
    """Which texts are read.

    Attributes:
        read: pattern of the texts that are read here.
        elsewhere: pattern of the texts that Databricks reads too, looked at only when `read` does not match.
        written: how to write it, for the message about those.
    """

    read: str
    elsewhere: str = ""
    written: str = ""


_INTEGER: Final = _Spelling(r"\s*[+-]?[0-9]+\s*")
_DECIMAL: Final = _Spelling(r"(?i)\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?\s*")
_FLOATING: Final = _Spelling(
    r"(?i)\s*([+-]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?[df]?|[+-]?inf|[+-]?infinity|nan)\s*",
    r"(?i)\s*[+-]?0x[0-9a-f]*\.?[0-9a-f]*p[+-]?[0-9]+[df]?\s*",
    "a decimal number",
)
_DAY: Final = r"[0-9]{4}(-[0-9]{1,2}(-[0-9]{1,2}"
_UNUSUAL_DAY: Final = r"[+-]?[0-9]{4,7}(-[0-9]{1,2}(-[0-9]{1,2}"
_WORDS: Final = "now|today|tomorrow|yesterday|epoch"
_DATE: Final = _Spelling(
    rf"\s*{_DAY}([ T].*)?)?)?\s*", rf"(?i)\s*({_UNUSUAL_DAY}([ T].*)?)?)?|{_WORDS})\s*", "yyyy-mm-dd"
)
_CLOCK: Final = r"([01]?[0-9]|2[0-3])(:[0-5]?[0-9](:[0-5]?[0-9](\.[0-9]*)?"
_TIMESTAMP: Final = _Spelling(
    rf"\s*{_DAY}([ T]{_CLOCK}\s*(Z|UTC|[+-](0[0-9]|1[0-7])(:?[0-5][0-9])?)?)?)?)?)?)?\s*",
    rf"(?i)\s*({_UNUSUAL_DAY}[ T]{_CLOCK}\s*[a-z+-].*)?)?)?)?|T?[0-9]{{1,2}}:[0-9]{{1,2}}.*|{_WORDS})\s*",
    "yyyy-mm-dd hh:mm:ss, with or without a fraction and a zone such as Z or +01:00",
)
_TRUE: Final = "('t', 'true', 'y', 'yes', '1')"
_FALSE: Final = "('f', 'false', 'n', 'no', '0')"


def _trimmed(sql: str) -> str:
    return f"trim({sql}, chr(9) || chr(10) || chr(13) || ' ')"


def _malformed(kind: SparkType) -> str:
    return raise_error(
        f'[CAST_INVALID_INPUT] The value of the type "STRING" cannot be cast to "{kind.text}" because it is '
        "malformed. Correct the value as per the syntax, or change its target type. Use `try_cast` to tolerate "
        "malformed input and return NULL instead. SQLSTATE: 22018"
    )


def _checked(sql: str, spelling: _Spelling, result: str, kind: SparkType, *, tolerant: bool) -> str:
    refused = "NULL" if tolerant else _malformed(kind)
    unread = ""
    if spelling.elsewhere:
        message = raise_error(
            f"a text cast to {kind.text} is written in a form that is not supported here; write {spelling.written}"
        )
        unread = f"WHEN regexp_full_match({sql}, '{spelling.elsewhere}') THEN {message} "
    return (
        f"CASE WHEN {sql} IS NULL THEN NULL WHEN regexp_full_match({sql}, '{spelling.read}') THEN {result} "
        f"{unread}ELSE {refused} END"
    )


def from_text(sql: str, kind: SparkType, *, tolerant: bool) -> str:
    """`CAST(sql AS kind)` of a STRING; `tolerant` gives NULL for a malformed text."""
    verb, text = "TRY_CAST" if tolerant else "CAST", _trimmed(sql)
    if kind == BOOLEAN:
        low = f"lower({text})"
        refused = "NULL" if tolerant else f"CASE WHEN {sql} IS NOT NULL THEN {_malformed(kind)} END"
        return f"CASE WHEN {low} IN {_TRUE} THEN TRUE WHEN {low} IN {_FALSE} THEN FALSE ELSE {refused} END"
    if kind == DATE:
        day = rf"regexp_replace(regexp_extract({text}, '^[0-9-]+'), '^([0-9]{{4}})$', '\1-1')"
        day = rf"regexp_replace({day}, '^([0-9]{{4}}-[0-9]{{1,2}})$', '\1-1')"
        return _checked(sql, _DATE, f"{verb}({day} AS DATE)", kind, tolerant=tolerant)
    if kind.is_timestamp:
        return _checked(sql, _TIMESTAMP, _instant(text, verb), kind, tolerant=tolerant)
    if kind.is_floating:
        text = rf"regexp_replace({text}, '([0-9.])[dDfF]$', '\1')"
        return _checked(sql, _FLOATING, _floating(text, kind), kind, tolerant=tolerant)
    spelling = _INTEGER if kind.is_integral else _DECIMAL
    return _checked(sql, spelling, f"{verb}({text} AS {kind.duckdb})", kind, tolerant=tolerant)


def _instant(text: str, verb: str) -> str:
    """A timestamp text in UTC; missing parts are completed as Databricks does."""
    whole = rf"regexp_replace({text}, '^([0-9]{{4}})$', '\1-1')"
    whole = rf"regexp_replace({whole}, '^([0-9]{{4}}-[0-9]{{1,2}})$', '\1-1')"
    whole = rf"regexp_replace({whole}, '([ T])([0-9]{{1,2}})$', '\1\2:00')"
    return f"CAST({verb}({whole} AS TIMESTAMPTZ) AS TIMESTAMP)"


def _floating(text: str, kind: SparkType) -> str:
    """Text beyond the largest number is infinite."""
    infinite = f"CASE WHEN left({text}, 1) = '-' THEN '-inf' ELSE 'inf' END"
    return f"coalesce(TRY_CAST({text} AS {kind.duckdb}), CAST({infinite} AS {kind.duckdb}))"


def _floating_text(sql: str) -> str:
    """A FLOAT or DOUBLE as Java writes it: `0.001`, `9999999.0`, outside of these `1.0E7`; `NaN`, `Infinity`."""
    text = f"CAST(abs({sql}) AS VARCHAR)"
    before, after = f"split_part({text}, '.', 1)", f"split_part({text}, '.', 2)"
    digits = f"trim(replace({text}, '.', ''), '0')"
    mantissa = (
        f"left({digits}, 1) || '.' || CASE WHEN length({digits}) > 1 THEN substr({digits}, 2) ELSE '0' END"
    )
    scientific = f"split_part({text}, 'e', 1)"
    sign = f"CASE WHEN {sql} < 0 THEN '-' ELSE '' END"
    return (
        f"CASE WHEN isnan({sql}) THEN 'NaN' "
        f"WHEN isinf({sql}) THEN {sign} || 'Infinity' "
        f"WHEN {sql} = 0 OR (abs({sql}) >= 0.001 AND abs({sql}) < 10000000) "
        f"THEN CAST({sql} AS VARCHAR) "
        f"WHEN contains({text}, 'e') THEN {sign} || {scientific} || "
        f"CASE WHEN contains({scientific}, '.') THEN 'E' ELSE '.0E' END || CAST(split_part({text}, 'e', 2) AS INTEGER) "
        f"WHEN abs({sql}) >= 1 THEN {sign} || {mantissa} || 'E' || (length({before}) - 1) "
        f"ELSE {sign} || {mantissa} || 'E-' || (length({after}) - length(ltrim({after}, '0')) + 1) END"
    )


def _decimal_text(sql: str, kind: SparkType) -> str:
    """DuckDB leaves out the 0 before the point where a DECIMAL has no other digit before it."""
    text = f"CAST({sql} AS VARCHAR)"
    if kind.scale < kind.precision:
        return text
    return f"regexp_replace({text}, '^(-?)\\.', '\\10.')"


def to_text(sql: str, kind: SparkType) -> str:
    """`CAST(sql AS STRING)` of a value of type `kind`; `sql` can stand next to an operator.

    Raises:
        UnsupportedSQLError: the text of such a value is not known to be the same on both sides.
    """
    if kind.is_floating:
        return _floating_text(sql)
    if kind.is_decimal:
        return _decimal_text(sql, kind)
    if kind.is_integral or kind.is_timestamp or kind in (BOOLEAN, DATE, STRING):
        return f"CAST({sql} AS VARCHAR)"
    raise UnsupportedSQLError(
        f"CAST({kind.text} AS STRING) is not supported: the text form differs between engines"
    )
