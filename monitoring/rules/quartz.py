"""Checks Quartz cron texts and time zones before the service sees them.

Quartz puts seconds first and wants ``?`` in exactly one of day-of-month and day-of-week; weekdays count from
1 = Sunday. A five-field Unix cron is the usual mistake.
"""

from __future__ import annotations

import re
import zoneinfo
from dataclasses import dataclass
from functools import cache

from monitoring.nearest import did_you_mean

MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
WEEKDAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
FEWEST_FIELDS, MOST_FIELDS = 6, 7
DAY_OF_MONTH, DAY_OF_WEEK = 3, 5


@dataclass(frozen=True)
class _Field:
    name: str
    low: int
    high: int
    names: tuple[str, ...] = ()
    extra: str = r"(?!)"
    """Pattern of what only this field may hold."""

    def accepts(self, text: str) -> bool:
        return all(self._accepts_item(item) for item in text.split(","))

    def _accepts_item(self, item: str) -> bool:
        if re.fullmatch(self.extra, item):
            return True
        span, slash, step = item.partition("/")
        if slash and not (step.isdecimal() and step.isascii() and 1 <= int(step) <= self.high):
            return False
        if span == "*":
            return True
        first, dash, last = span.partition("-")
        return self._is_value(first) and (not dash or self._is_value(last))

    def _is_value(self, text: str) -> bool:
        if text in self.names:
            return True
        return bool(re.fullmatch(r"[0-9]{1,4}", text)) and self.low <= int(text) <= self.high


_FIELDS = (
    _Field("second", 0, 59),
    _Field("minute", 0, 59),
    _Field("hour", 0, 23),
    _Field("day of month", 1, 31, extra=r"\?|L(-([1-9]|[12][0-9]|30))?|LW|([1-9]|[12][0-9]|3[01])W"),
    _Field("month", 1, 12, MONTHS),
    _Field("day of week", 1, 7, WEEKDAYS, extra=r"\?|L|([1-7]|[A-Z]{3})L|([1-7]|[A-Z]{3})#[1-5]"),
    _Field("year", 1970, 2099),
)


def cron_reasons(text: str) -> list[str]:
    """What is wrong with a Quartz cron text; empty when it is right."""
    fields = text.upper().split()
    if not FEWEST_FIELDS <= len(fields) <= MOST_FIELDS:
        reason = (
            f"cron '{text}' has {len(fields)} fields; Quartz wants 6 or 7: second, minute, hour, "
            "day of month, month, day of week and perhaps year, such as '0 0 6 * * ?'"
        )
        return [reason]
    reasons = [
        f"cron '{text}': {field.name} '{value}' is not allowed; "
        f"give {field.low}-{field.high}, *, a list, a range or a step"
        for field, value in zip(_FIELDS, fields, strict=False)
        if not field.accepts(value)
    ]
    if [fields[DAY_OF_MONTH], fields[DAY_OF_WEEK]].count("?") != 1:
        reasons.append(f"cron '{text}' needs '?' in exactly one of day of month and day of week")
    return reasons


def timezone_reasons(name: str) -> list[str]:
    """What is wrong with a time zone id; empty when it is right."""
    zones = _zones()
    if name in zones:
        return []
    return [f"unknown time zone '{name}'{did_you_mean(name, zones) or '; give an IANA name such as UTC'}"]


@cache
def _zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())
