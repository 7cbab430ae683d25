"""Functions of dates and timestamps: name -> entry. All times are UTC."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final

from sqlglot import exp

from local_workspace.engine.calls import INSTANT, WHOLE, Call, Function, fit, simple
from local_workspace.engine.coercion import Typed, cast, coerce, text_literal, typed
from local_workspace.engine.dialect_errors import UnsupportedSQLError, mismatch, nearest, raise_error
from local_workspace.engine.types import BIGINT, DATE, INT, STRING, TIMESTAMP, SparkType, decimal

if TYPE_CHECKING:
    from collections.abc import Callable

TRUNCATIONS: Final = {
    **dict.fromkeys(("YEAR", "YYYY", "YY"), "year"),
    "QUARTER": "quarter",
    **dict.fromkeys(("MONTH", "MM", "MON"), "month"),
    "WEEK": "week",
    **dict.fromkeys(("DAY", "DD"), "day"),
    "HOUR": "hour",
    "MINUTE": "minute",
    "SECOND": "second",
    "MILLISECOND": "millisecond",
    "MICROSECOND": "microsecond",
}
"""Units of DATE_TRUNC, in the spellings of Databricks -> DuckDB's unit."""

DATE_TRUNCATIONS: Final = {
    word: unit for word, unit in TRUNCATIONS.items() if unit in {"year", "quarter", "month", "week"}
}

UNITS: Final = {
    **{unit.upper(): unit for unit in ("microsecond", "millisecond", "second", "minute", "hour")},
    **{unit.upper(): unit for unit in ("day", "week", "month", "quarter", "year")},
}
"""Units of TIMESTAMPDIFF and TIMESTAMPADD."""

INTERVAL_UNITS: Final = {
    spelling: unit for word, unit in UNITS.items() if word != "QUARTER" for spelling in (word, f"{word}S")
}
WHOLE_DAY_UNITS: Final = {"day", "week", "month", "quarter", "year"}


def unit_of(name: str, word: str, units: dict[str, str]) -> str:
    """DuckDB's unit for a unit word.

    Raises:
        UnsupportedSQLError: the word is no unit of this function.
    """
    found = units.get(word.upper())
    if found is None:
        raise UnsupportedSQLError(
            f"{name}: unknown unit '{word}'{nearest(word, units)}; known: {', '.join(sorted(units))}"
        )
    return found


def _date_trunc(call: Call) -> Typed:
    unit = unit_of(call.name, call.words[0], TRUNCATIONS)
    value = coerce(fit(call.name, call.args[0], INSTANT), TIMESTAMP)
    return typed(f"date_trunc('{unit}', {value.sql})", TIMESTAMP, [value])


def _trunc(call: Call) -> Typed:
    unit = unit_of(call.name, call.words[0], DATE_TRUNCATIONS)
    value = day_of(fit(call.name, call.args[0], INSTANT))
    return typed(f"CAST(date_trunc('{unit}', {value.sql}) AS DATE)", DATE, [value])


def day_of(value: Typed) -> Typed:
    """The value as a DATE."""
    return value if value.type == DATE else cast(value, DATE)


def _days(call: Call) -> Typed:
    """A number of days: INT or narrower, or a text."""
    value = call.args[1]
    if value.type == BIGINT or value.type.is_decimal or value.type.is_floating:
        raise mismatch(call.name.lower(), f'an "INT" is required, "{value.type.text}" was given.')
    return coerce(value, INT)


def _shift_days(sign: str) -> Callable[[Call], Typed]:
    def build(call: Call) -> Typed:
        day, days = day_of(call.args[0]), _days(call)
        return typed(f"{day} {sign} {days}", DATE, [day, days], atomic=False)

    return build


def _date_add(call: Call) -> Typed:
    """`DATE_ADD(date, days)`, or `DATE_ADD(unit, n, time)`."""
    return _timestamp_add(call) if call.words else _shift_days("+")(call)


def _timestamp_add(call: Call) -> Typed:
    unit = unit_of(call.name, call.words[0], UNITS)
    amount = coerce(call.args[0], INT if unit in WHOLE_DAY_UNITS else BIGINT)
    value = coerce(fit(call.name, call.args[1], INSTANT), TIMESTAMP)
    return typed(f"{value} + {interval(amount.sql, unit)}", TIMESTAMP, [amount, value], atomic=False)


def interval(amount: str, unit: str) -> str:
    """A DuckDB interval of `amount` (SQL text of a whole number) units."""
    factor = 3 if unit == "quarter" else 1
    unit = "month" if unit == "quarter" else unit
    return f"to_{unit}s({amount if factor == 1 else f'({amount}) * {factor}'})"


def _difference(call: Call) -> Typed:
    """Whole units passed from the first to the second time."""
    unit = unit_of(call.name, call.words[0], UNITS)
    start, end = (coerce(fit(call.name, value, INSTANT), TIMESTAMP) for value in call.args)
    if unit in {"month", "quarter", "year"}:
        return typed(_months_passed(start, end, unit), BIGINT, [start, end])
    return typed(f"date_sub('{unit}', {start.sql}, {end.sql})", BIGINT, [start, end])


def _months_passed(start: Typed, end: Typed, unit: str) -> str:
    """Whole calendar months between the days; a day counts only when its time of day is reached.

    31 January to 28 February is no month. Source: Java's `LocalDateTime.until`, which Spark calls.
    """

    def clock(value: Typed) -> str:
        return f"(epoch_us({value.sql}) - epoch_us(date_trunc('day', {value.sql})))"

    def months(day: str) -> str:
        """Months and days of a date in one number, as Java's `LocalDate` compares them."""
        return f"((year({day}) * 12 + month({day})) * 32 + day({day}))"

    back = f"CASE WHEN {end} > {start} AND {clock(end)} < {clock(start)} THEN to_days(1) "
    back += f"WHEN {end} < {start} AND {clock(end)} > {clock(start)} THEN to_days(-1) ELSE to_days(0) END"
    reached = f"({end} - {back})"
    divisor = {"month": 1, "quarter": 3, "year": 12}[unit]
    return f"(({months(reached)} - {months(start.sql)}) // 32 // {divisor})"


def _date_diff(call: Call) -> Typed:
    """`DATEDIFF(end, start)` in days, or `DATEDIFF(unit, start, end)`."""
    if call.words:
        return _difference(call)
    end, start = (day_of(value) for value in call.args)
    return typed(f"CAST(date_diff('day', {start.sql}, {end.sql}) AS INTEGER)", INT, [end, start])


def _add_months(call: Call) -> Typed:
    day, months = day_of(call.args[0]), coerce(call.args[1], INT)
    return typed(f"CAST({day} + {interval(months.sql, 'month')} AS DATE)", DATE, [day, months])


def _part(template: str, kind: SparkType = INT, note: str = "") -> Function:
    return simple(f"CAST({template} AS {kind.duckdb})", [INSTANT], kind, note=note)


def _clock_part(part: str) -> Function:
    """A part of the time of day: 0 for a DATE."""

    def build(call: Call) -> Typed:
        value = coerce(fit(call.name, call.args[0], INSTANT), TIMESTAMP)
        return typed(f"CAST({part}({value.sql}) AS INTEGER)", INT, [value])

    return Function(build, 1, 1)


_UNIX_TEXT: Final = "[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}"
_UNPARSEABLE: Final = (
    "[CANNOT_PARSE_TIMESTAMP] A text could not be parsed as 'yyyy-MM-dd HH:mm:ss'. Use `try_to_timestamp` to tolerate "
    "invalid input string and return NULL instead. SQLSTATE: 22007"
)


def _unix_timestamp(call: Call) -> Typed:
    """Whole seconds since 1970, cut towards 1970; a text must be written `yyyy-mm-dd hh:mm:ss`."""
    value = call.args[0]
    if value.type != STRING:
        value = coerce(fit(call.name, value, INSTANT), TIMESTAMP)
        return typed(f"epoch_us({value.sql}) // 1000000", BIGINT, [value], atomic=False)
    read = f"TRY_CAST(regexp_extract({value.sql}, '^{_UNIX_TEXT}$') AS TIMESTAMP)"
    sql = f"CASE WHEN {value} IS NOT NULL AND {read} IS NULL THEN {raise_error(_UNPARSEABLE)} ELSE {read} END"
    return typed(f"epoch_us({sql}) // 1000000", BIGINT, [value], atomic=False, can_raise=True)


def _epoch(template: str) -> Function:
    """A number since 1970 of a TIMESTAMP, cut towards the past."""

    def build(call: Call) -> Typed:
        value = call.args[0]
        if value.type.name not in {"TIMESTAMP", "VOID"}:
            raise mismatch(call.name.lower(), f'"TIMESTAMP" is required, "{value.type.text}" was given.')
        value = coerce(value, TIMESTAMP)
        return typed(template.format(value.sql), BIGINT, [value], atomic=False)

    return Function(build, 1, 1)


def _timestamp_seconds(call: Call) -> Typed:
    if call.args[0].type.is_floating or call.args[0].type.is_decimal:
        raise UnsupportedSQLError("TIMESTAMP_SECONDS is supported for whole numbers only; cast to BIGINT")
    value = fit(call.name, call.args[0], WHOLE)
    return typed(f"make_timestamp(CAST({value.sql} AS BIGINT) * 1000000)", TIMESTAMP, [value], can_raise=True)


def _unix_date(call: Call) -> Typed:
    value = call.args[0]
    if value.type.name not in {"DATE", "VOID"}:
        raise mismatch("unix_date", f'"DATE" is required, "{value.type.text}" was given.')
    value = coerce(value, DATE)
    return typed(f"CAST({value} - DATE '1970-01-01' AS INTEGER)", INT, [value])


def _to(kind: SparkType, *, tolerant: bool = False) -> Function:
    def build(call: Call) -> Typed:
        value = call.args[0]
        if value.type.name not in {"STRING", "DATE", "TIMESTAMP", "TIMESTAMP_NTZ", "VOID"}:
            raise UnsupportedSQLError(f"{call.name} of {value.type.text} is not supported; use CAST")
        return cast(value, kind, tolerant=tolerant)

    return Function(build, 1, 1, note="one argument: no format")


def _from_unixtime(call: Call) -> Typed:
    seconds = coerce(call.args[0], BIGINT)
    return typed(f"strftime(make_timestamp({seconds} * 1000000), '%Y-%m-%d %H:%M:%S')", STRING, [seconds])


_FORMATS: Final = {
    "yyyy": "%Y",
    "MM": "%m",
    "MMM": "%b",
    "MMMM": "%B",
    "dd": "%d",
    "E": "%a",
    "EEEE": "%A",
    "HH": "%H",
    "mm": "%M",
    "ss": "%S",
}
"""Letters of a date's pattern -> what DuckDB writes for them."""
_FORMAT_SIGNS: Final = "-/:., _"


def _date_format(call: Call) -> Typed:
    pattern, value = call.nodes[1].unnest(), coerce(fit(call.name, call.args[0], INSTANT), TIMESTAMP)
    if not isinstance(pattern, exp.Literal) or not pattern.is_string:
        raise UnsupportedSQLError(f"{call.name}: the pattern must be a text literal, not {call.args[1].sql}")
    made = ""
    for _, group in groupby(pattern.name):
        run = "".join(group)
        if run not in _FORMATS and run[0] not in _FORMAT_SIGNS:
            raise UnsupportedSQLError(
                f"{call.name}: '{run}' in the pattern '{pattern.name}' is not supported; use {', '.join(_FORMATS)}"
            )
        made += _FORMATS.get(run, run)
    return typed(f"strftime({value.sql}, {text_literal(made)})", STRING, [value])


def _second_with_fraction(call: Call) -> Typed:
    value = coerce(fit(call.name, call.args[0], INSTANT), TIMESTAMP)
    kind = decimal(8, 6)
    return typed(f"CAST(microsecond({value.sql}) / 1000000 AS {kind.duckdb})", kind, [value])


EXTRACTS: Final = {
    **dict.fromkeys(("YEAR", "Y", "YEARS", "YR", "YRS"), "YEAR"),
    **dict.fromkeys(("QUARTER", "QTR"), "QUARTER"),
    **dict.fromkeys(("MONTH", "MON", "MONS", "MONTHS"), "MONTH"),
    **dict.fromkeys(("WEEK", "W", "WEEKS"), "WEEKOFYEAR"),
    **dict.fromkeys(("DAY", "D", "DAYS"), "DAY"),
    **dict.fromkeys(("DAYOFWEEK", "DOW"), "DAYOFWEEK"),
    **dict.fromkeys(("DAYOFWEEK_ISO", "DOW_ISO"), "DAYOFWEEK_ISO"),
    "DOY": "DAYOFYEAR",
    **dict.fromkeys(("HOUR", "H", "HOURS", "HR", "HRS"), "HOUR"),
    **dict.fromkeys(("MINUTE", "M", "MIN", "MINS", "MINUTES"), "MINUTE"),
}
"""Fields of EXTRACT -> the function that gives them; SECOND is apart, since it has a fraction."""

SECOND_FIELDS: Final = {"SECOND", "S", "SEC", "SECONDS", "SECS"}
SECOND_WITH_FRACTION: Final = Function(_second_with_fraction, 1, 1)
DAY_OF_WEEK_ISO: Final = _part("isodow({0})")

_PASSED: Final = "whole units passed, not boundaries crossed"

TIME_FUNCTIONS: Final[dict[str, Function]] = {
    "ADD_MONTHS": Function(_add_months, 2, 2),
    "DATEADD": Function(_date_add, 2, 3, words=(0,), note="also with a unit first"),
    "DATEDIFF": Function(_date_diff, 2, 3, words=(0,), note=f"days, or with a unit first: {_PASSED}"),
    "DATE_ADD": Function(_date_add, 2, 3, words=(0,), note="also with a unit first"),
    "DATE_DIFF": Function(_date_diff, 2, 3, words=(0,), note=f"days, or with a unit first: {_PASSED}"),
    "DATE_FROM_UNIX_DATE": simple("DATE '1970-01-01' + {0}", [INT], DATE),
    "DATE_FORMAT": Function(
        _date_format, 2, 2, note=f"a literal of {', '.join(_FORMATS)} and signs between them"
    ),
    "DATE_SUB": Function(_shift_days("-"), 2, 2),
    "DATE_TRUNC": Function(_date_trunc, 2, 2, words=(0,), note="TIMESTAMP; an unknown unit is refused"),
    "DAY": _part("day({0})"),
    "DAYNAME": simple("left(dayname({0}), 3)", [INSTANT], STRING, note="`Mon`"),
    "DAYOFMONTH": _part("day({0})"),
    "DAYOFWEEK": _part("dayofweek({0}) + 1", note="1 = Sunday"),
    "DAYOFYEAR": _part("dayofyear({0})"),
    "FROM_UNIXTIME": Function(_from_unixtime, 1, 1, note="one argument: no format"),
    "HOUR": _clock_part("hour"),
    "LAST_DAY": simple("last_day({0})", [INSTANT], DATE),
    "MAKE_DATE": simple("make_date({0}, {1}, {2})", [INT, INT, INT], DATE, can_raise=True),
    "MINUTE": _clock_part("minute"),
    "MONTH": _part("month({0})"),
    "MONTHNAME": simple("left(monthname({0}), 3)", [INSTANT], STRING, note="`Jan`"),
    "QUARTER": _part("quarter({0})"),
    "SECOND": _clock_part("second"),
    "TIMESTAMPADD": Function(_timestamp_add, 3, 3, words=(0,)),
    "TIMESTAMPDIFF": Function(_difference, 3, 3, words=(0,), note=_PASSED),
    "TIMESTAMP_MICROS": simple("make_timestamp({0})", [WHOLE], TIMESTAMP),
    "TIMESTAMP_MILLIS": simple(
        "make_timestamp(CAST({0} AS BIGINT) * 1000)", [WHOLE], TIMESTAMP, can_raise=True
    ),
    "TIMESTAMP_SECONDS": Function(_timestamp_seconds, 1, 1, note="whole seconds only"),
    "TO_DATE": _to(DATE),
    "TO_TIMESTAMP": _to(TIMESTAMP),
    "TO_UNIX_TIMESTAMP": Function(_unix_timestamp, 1, 1, note="one argument: no format"),
    "TRY_TO_DATE": _to(DATE, tolerant=True),
    "TRY_TO_TIMESTAMP": _to(TIMESTAMP, tolerant=True),
    "TRUNC": Function(_trunc, 2, 2, words=(1,), note="DATE; an unknown unit is refused"),
    "UNIX_DATE": Function(_unix_date, 1, 1),
    "UNIX_MICROS": _epoch("epoch_us({0})"),
    "UNIX_MILLIS": _epoch("epoch_us(date_trunc('millisecond', {0})) // 1000"),
    "UNIX_SECONDS": _epoch("epoch_us(date_trunc('second', {0})) // 1000000"),
    "UNIX_TIMESTAMP": Function(_unix_timestamp, 1, 1, note="one argument: no format"),
    "WEEKDAY": _part("isodow({0}) - 1", note="0 = Monday"),
    "WEEKOFYEAR": _part("weekofyear({0})", note="ISO week"),
    "YEAR": _part("year({0})"),
}
