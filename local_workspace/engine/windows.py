"""Granularities: half-open windows `[start, end)` aligned to the clock.

The service publishes neither in which time zone a day begins, nor with which day a week, nor from where windows of 2 to
4 weeks are counted: that is the calendar's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from local_workspace.engine.switches import Switches

ALLOWED: Final = "5 minutes, 30 minutes, 1 hour, 1 day, 1 week, 2 weeks, 3 weeks, 4 weeks, 1 month, 1 year"
"""The granularities of the API, for messages."""

_WEEKS: Final = re.compile(r"([1-4]) weeks?")
_CLOCK: Final = {"5 minutes": "5 MINUTE", "30 minutes": "30 MINUTE", "1 hour": "1 HOUR"}
_CALENDAR: Final = {"1 month": "month", "1 year": "year"}
_MONDAY: Final = date(1970, 1, 5)
_WEEKDAYS: Final = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")


@dataclass(frozen=True)
class Calendar:
    """Where days, weeks, months and years begin.

    Attributes:
        timezone: IANA name; its midnight begins a day.
        week_start: first day of a week, in capitals.
        multi_week_anchor: a day, as ISO text, on which windows of 2 to 4 weeks begin.
    """

    timezone: str = "UTC"
    week_start: str = "MONDAY"
    multi_week_anchor: str = "1970-01-05"

    @classmethod
    def of(cls, switches: Switches) -> Calendar:
        """The calendar that the switches say."""
        return cls(switches.window_timezone, switches.week_start, switches.multi_week_anchor)

    def local(self, moment: str) -> str:
        """DuckDB SQL of the wall clock's time at a moment in UTC."""
        return moment if self.timezone == "UTC" else f"timezone('{self.timezone}', timezone('UTC', {moment}))"

    def moment(self, local: str) -> str:
        """DuckDB SQL of the moment in UTC at which the wall clock shows a time."""
        return local if self.timezone == "UTC" else f"timezone('UTC', timezone('{self.timezone}', {local}))"


UTC_CALENDAR: Final = Calendar()
"""Days in UTC, weeks from Monday on."""


class UnknownGranularityError(ValueError):
    """A text that is no granularity of the API."""


@dataclass(frozen=True)
class Granularity:
    """One granularity.

    Attributes:
        text: as the monitor's definition has it, and as it stands in the output tables.
        length: the window's length as a DuckDB interval, without the word INTERVAL.
        unit: `month` or `year`, else an empty text.
        origin: where a window begins, as DuckDB SQL; others lie multiples of the length away from it.
        whole_first_window: a first window that the look-back cuts is left out (documented for weeks and months).
        calendar: where days begin; windows shorter than a day do not ask it.
    """

    text: str
    length: str
    unit: str
    origin: str
    whole_first_window: bool
    calendar: Calendar

    @classmethod
    def parse(cls, text: str, calendar: Calendar = UTC_CALENDAR) -> Granularity:
        """Read the API's text, such as `1 hour` or `2 weeks`.

        Raises:
            UnknownGranularityError: the API has no such granularity.
        """
        monday = _timestamp(_MONDAY)
        if text in _CLOCK:
            return cls(text, _CLOCK[text], "", monday, whole_first_window=False, calendar=UTC_CALENDAR)
        if text == "1 day":
            return cls(text, "1 DAY", "", monday, whole_first_window=False, calendar=calendar)
        if text in _CALENDAR:
            unit = _CALENDAR[text]
            month = unit == "month"
            return cls(text, f"1 {unit.upper()}", unit, monday, whole_first_window=month, calendar=calendar)
        weeks = _WEEKS.fullmatch(text)
        if weeks is None:
            raise UnknownGranularityError(f"granularity '{text}' is unknown; use one of: {ALLOWED}")
        number = int(weeks.group(1))
        first_day = _MONDAY + timedelta(days=_WEEKDAYS.index(calendar.week_start))
        origin = first_day if number == 1 else date.fromisoformat(calendar.multi_week_anchor)
        return cls(
            text,
            f"{7 * number} DAY",
            "",
            _timestamp(origin),
            whole_first_window=True,
            calendar=calendar,
        )

    def start(self, timestamp: str) -> str:
        """DuckDB SQL of the start of the window that a TIMESTAMP expression lies in."""
        local = self.calendar.local(timestamp)
        if self.unit:
            return self.calendar.moment(f"CAST(date_trunc('{self.unit}', {local}) AS TIMESTAMP)")
        return self.calendar.moment(f"time_bucket(INTERVAL {self.length}, {local}, {self.origin})")

    def end(self, start: str) -> str:
        """DuckDB SQL of the end of the window that begins at a TIMESTAMP expression."""
        return self.calendar.moment(f"({self.calendar.local(start)} + INTERVAL {self.length})")


def _timestamp(day: date) -> str:
    return f"TIMESTAMP '{day.isoformat()}'"
