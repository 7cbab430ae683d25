"""Functions of dates and timestamps: name -> entry. All times are UTC."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from local_workspace.engine.calls import INSTANT, Call, Function, fit, simple
from local_workspace.engine.coercion import Typed, cast, coerce, typed
from local_workspace.engine.dialect_errors import UnsupportedSQLError, nearest
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
"""Units of TIMESTAMPDIFF, TIMESTAMPADD and intervals."""

INTERVAL_UNITS: Final = {**UNITS, **{f"{word}S": unit for word, unit in UNITS.items()}}
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
    value = coerce(call.args[0], DATE) if call.args[0].type != DATE else call.args[0]
    return typed(f"CAST(date_trunc('{unit}', {value.sql}) AS DATE)", DATE, [value])


def day_of(value: Typed) -> Typed:
    """The value as a DATE."""
    return value if value.type == DATE else cast(value, DATE)


def _shift_days(sign: str) -> Callable[[Call], Typed]:
    def build(call: Call) -> Typed:
        day, days = day_of(call.args[0]), coerce(call.args[1], INT)
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
    """Whole calendar months: the day and time of day must be reached (31 January to 28 February is none)."""
    crossed = f"date_diff('month', {start.sql}, {end.sql})"

    def within(value: Typed) -> str:
        return f"(epoch_us({value.sql}) - epoch_us(date_trunc('month', {value.sql})))"

    back = f"CASE WHEN {crossed} > 0 AND {within(end)} < {within(start)} THEN 1 "
    back += f"WHEN {crossed} < 0 AND {within(end)} > {within(start)} THEN -1 ELSE 0 END"
    divisor = {"month": 1, "quarter": 3, "year": 12}[unit]
    return f"(({crossed} - {back}) // {divisor})"


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


def _unix_timestamp(call: Call) -> Typed:
    value = coerce(fit(call.name, call.args[0], INSTANT), TIMESTAMP)
    return typed(f"CAST(floor(epoch({value.sql})) AS BIGINT)", BIGINT, [value])


def _epoch(template: str) -> Function:
    return simple(template, [TIMESTAMP], BIGINT)


def _to(kind: SparkType) -> Function:
    return Function(lambda call: cast(call.args[0], kind), 1, 1, note="one argument: no format")


def _from_unixtime(call: Call) -> Typed:
    seconds = coerce(call.args[0], BIGINT)
    return typed(f"strftime(make_timestamp({seconds} * 1000000), '%Y-%m-%d %H:%M:%S')", STRING, [seconds])


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
    "QUARTER": _part("quarter({0})"),
    "SECOND": _clock_part("second"),
    "TIMESTAMPADD": Function(_timestamp_add, 3, 3, words=(0,)),
    "TIMESTAMPDIFF": Function(_difference, 3, 3, words=(0,), note=_PASSED),
    "TIMESTAMP_MICROS": simple("make_timestamp({0})", [BIGINT], TIMESTAMP),
    "TIMESTAMP_MILLIS": simple("make_timestamp({0} * 1000)", [BIGINT], TIMESTAMP, can_raise=True),
    "TIMESTAMP_SECONDS": simple("make_timestamp({0} * 1000000)", [BIGINT], TIMESTAMP, can_raise=True),
    "TO_DATE": _to(DATE),
    "TO_TIMESTAMP": _to(TIMESTAMP),
    "TO_UNIX_TIMESTAMP": Function(_unix_timestamp, 1, 1, note="one argument: no format"),
    "TRUNC": Function(_trunc, 2, 2, words=(1,), note="DATE; an unknown unit is refused"),
    "UNIX_DATE": simple("CAST({0} - DATE '1970-01-01' AS INTEGER)", [DATE], INT),
    "UNIX_MICROS": _epoch("epoch_us({0})"),
    "UNIX_MILLIS": _epoch("CAST(floor(epoch_us({0}) / 1000) AS BIGINT)"),
    "UNIX_SECONDS": _epoch("CAST(floor(epoch({0})) AS BIGINT)"),
    "UNIX_TIMESTAMP": Function(_unix_timestamp, 1, 1, note="one argument: no format"),
    "WEEKDAY": _part("isodow({0}) - 1", note="0 = Monday"),
    "WEEKOFYEAR": _part("weekofyear({0})", note="ISO week"),
    "YEAR": _part("year({0})"),
}
