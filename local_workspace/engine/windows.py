"""Granularities: half-open windows `[start, end)` aligned to the clock, in UTC.

Weeks begin on Monday; windows of 2 to 4 weeks are counted from Monday 1970-01-05. The service publishes neither.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

ALLOWED: Final = "5 minutes, 30 minutes, 1 hour, 1 day, 1 week, 2 weeks, 3 weeks, 4 weeks, 1 month, 1 year"
"""The granularities of the API, for messages."""

_WEEK_ANCHOR: Final = "TIMESTAMP '1970-01-05'"
_WEEKS: Final = re.compile(r"([1-4]) weeks?")
_CLOCK: Final = {"5 minutes": "5 MINUTE", "30 minutes": "30 MINUTE", "1 hour": "1 HOUR", "1 day": "1 DAY"}
_CALENDAR: Final = {"1 month": "month", "1 year": "year"}


class UnknownGranularityError(ValueError):
    """A text that is no granularity of the API."""


@dataclass(frozen=True)
class Granularity:
    """One granularity.

    Attributes:
        text: as the monitor's definition has it, and as it stands in the output tables.
        length: the window's length as a DuckDB interval, without the word INTERVAL.
        unit: `month` or `year`, else an empty text.
        whole_first_window: a first window that the look-back cuts is left out (documented for weeks and months).
    """

    text: str
    length: str
    unit: str
    whole_first_window: bool

    @classmethod
    def parse(cls, text: str) -> Granularity:
        """Read the API's text, such as `1 hour` or `2 weeks`.

        Raises:
            UnknownGranularityError: the API has no such granularity.
        """
        if text in _CLOCK:
            return cls(text, _CLOCK[text], "", whole_first_window=False)
        if text in _CALENDAR:
            unit = _CALENDAR[text]
            return cls(text, f"1 {unit.upper()}", unit, whole_first_window=unit == "month")
        weeks = _WEEKS.fullmatch(text)
        if weeks is None:
            raise UnknownGranularityError(f"granularity '{text}' is unknown; use one of: {ALLOWED}")
        return cls(text, f"{7 * int(weeks.group(1))} DAY", "", whole_first_window=True)

    def start(self, timestamp: str) -> str:
        """DuckDB SQL of the start of the window that a TIMESTAMP expression lies in."""
        if self.unit:
            return f"CAST(date_trunc('{self.unit}', {timestamp}) AS TIMESTAMP)"
        return f"time_bucket(INTERVAL {self.length}, {timestamp}, {_WEEK_ANCHOR})"

    def end(self, start: str) -> str:
        """DuckDB SQL of the end of the window that begins at a TIMESTAMP expression."""
        return f"({start} + INTERVAL {self.length})"
