"""When a Quartz cron expression fires next.

Quartz puts seconds first and counts weekdays from 1 = Sunday; exactly one of day-of-month and day-of-week is
`?`.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from zoneinfo import ZoneInfo

_MONTHS = {name.upper(): number for number, name in enumerate(calendar.month_abbr) if name}
_WEEKDAYS = {name: number for number, name in enumerate(("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"), 1)}
_LONGEST_SEARCH = timedelta(days=366 * 5)
_ALL_FIELDS = 7


class ScheduleError(ValueError):
    """A cron text that says nothing that can happen; the text says which field is wrong."""


@dataclass(frozen=True)
class _Field:
    name: str
    low: int
    high: int
    names: dict[str, int]

    def values(self, text: str) -> frozenset[int]:
        """The numbers that a field's text means: `*`, `5`, `1-5`, `MON-FRI`, `0/15`, and lists of them."""
        found: set[int] = set()
        for part in text.split(","):
            span, _, step = part.partition("/")
            first, _, last = span.partition("-")
            if span == "*":
                low, high = self.low, self.high
            else:
                low = self._number(first, text)
                high = self._number(last, text) if last else self.high if step else low
            width = self._number(step, text, least=1) if step else 1
            if high < low:
                found.update(number for number in range(low, self.high + 1, width))
                found.update(number for number in range(self.low, high + 1, width))
            else:
                found.update(range(low, high + 1, width))
        return frozenset(found)

    def _number(self, text: str, whole: str, least: int | None = None) -> int:
        number = self.names.get(text.upper(), int(text) if text.isdecimal() else -1)
        if not (self.low if least is None else least) <= number <= self.high:
            raise ScheduleError(
                f"cron: {self.name} '{whole}' is not allowed; expected {self.low} to {self.high}"
            )
        return number


_SECOND = _Field("second", 0, 59, {})
_MINUTE = _Field("minute", 0, 59, {})
_HOUR = _Field("hour", 0, 23, {})
_DAY = _Field("day of month", 1, 31, {})
_MONTH = _Field("month", 1, 12, _MONTHS)
_WEEKDAY = _Field("day of week", 1, 7, _WEEKDAYS)
_YEAR = _Field("year", 1970, 2199, {})


@dataclass(frozen=True)
class Schedule:
    """A cron expression in a time zone.

    Attributes:
        seconds: seconds of the minute.
        minutes: minutes of the hour.
        hours: hours of the day.
        days: text of the day of month, `?` when weekdays decide.
        months: months of the year.
        weekdays: text of the day of week, `?` when days of the month decide.
        years: years, or None for all.
        zone: the time zone in which the clock is read.
    """

    seconds: frozenset[int]
    minutes: frozenset[int]
    hours: frozenset[int]
    days: str
    months: frozenset[int]
    weekdays: str
    years: frozenset[int] | None
    zone: ZoneInfo

    @classmethod
    def parse(cls, cron: str, timezone: str) -> Schedule:
        """Read a cron text.

        Raises:
            ScheduleError: a field is missing or says nothing that can happen.
        """
        fields = cron.split()
        if len(fields) not in {_ALL_FIELDS - 1, _ALL_FIELDS}:
            raise ScheduleError(f"cron '{cron}' has {len(fields)} fields; expected 6 or 7, seconds first")
        second, minute, hour, day, month, weekday, *year = fields
        if (day == "?") == (weekday == "?"):
            raise ScheduleError(f"cron '{cron}': exactly one of day of month and day of week must be ?")
        schedule = cls(
            _SECOND.values(second),
            _MINUTE.values(minute),
            _HOUR.values(hour),
            day,
            _MONTH.values(month),
            weekday,
            _YEAR.values(year[0]) if year and year[0] != "*" else None,
            ZoneInfo(timezone),
        )
        schedule._on(date(2024, 1, 1))
        return schedule

    def after(self, moment: datetime) -> datetime | None:
        """The first time after a moment (UTC) at which it fires; None without one within five years."""
        day = moment.astimezone(self.zone).date() - timedelta(days=1)
        last = day + _LONGEST_SEARCH
        while day <= last:
            if self._on(day):
                for fires in self._times(day):
                    if fires > moment:
                        return fires
            day += timedelta(days=1)
        return None

    def _times(self, day: date) -> list[datetime]:
        return sorted(
            datetime.combine(day, time_of_day(hour, minute, second), self.zone).astimezone(UTC)
            for hour in self.hours
            for minute in self.minutes
            for second in self.seconds
        )

    def _on(self, day: date) -> bool:
        if day.month not in self.months or (self.years is not None and day.year not in self.years):
            return False
        return (
            _day_of_month_fits(self.days, day) if self.weekdays == "?" else _weekday_fits(self.weekdays, day)
        )


def _day_of_month_fits(text: str, day: date) -> bool:
    if text.upper() == "L":
        return day.day == calendar.monthrange(day.year, day.month)[1]
    return day.day in _DAY.values(text)


def _weekday_fits(text: str, day: date) -> bool:
    weekday = day.isoweekday() % 7 + 1
    if "#" in text:
        wanted, _, place = text.partition("#")
        return weekday in _WEEKDAY.values(wanted) and place == str((day.day - 1) // 7 + 1)
    if text.upper().endswith("L"):
        last_week = day.day > calendar.monthrange(day.year, day.month)[1] - 7
        return weekday in _WEEKDAY.values(text[:-1] or "7") and (last_week or len(text) == 1)
    return weekday in _WEEKDAY.values(text)
