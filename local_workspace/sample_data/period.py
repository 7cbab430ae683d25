"""When things happen: the generated days, and how busy an hour of a week is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from local_workspace.sample_data.rows import moment

if TYPE_CHECKING:
    from collections.abc import Sequence

Times = npt.NDArray[np.datetime64]
Shares = npt.NDArray[np.float64]

HOURS_A_DAY = 24
_MICROSECONDS_AN_HOUR = 3_600_000_000
_FIRST_MONDAY = np.datetime64("1970-01-05", "D")

OFFICE_HOURS: Shares = np.array(
    [1, 1, 1, 1, 1, 2, 4, 10, 22, 30, 32, 30, 24, 26, 32, 32, 28, 20, 12, 7, 5, 3, 2, 1], dtype=np.float64
)
"""People at work, mostly in Europe with some in America; hours in UTC."""
NIGHT_BATCH: Shares = np.array(
    [26, 30, 34, 30, 24, 18, 10, 6, 5, 5, 5, 5, 5, 5, 5, 5, 5, 6, 6, 8, 8, 10, 14, 20], dtype=np.float64
)
"""Loads that run while people sleep."""
ROUND_THE_CLOCK: Shares = np.ones(HOURS_A_DAY)

WORKING_WEEK = (1.0, 1.06, 1.08, 1.05, 0.97, 0.62, 0.6)
"""Monday to Sunday, where people cause the load but something always runs."""
PEOPLE_WEEK = (1.0, 1.08, 1.1, 1.06, 0.92, 0.16, 0.13)
"""Monday to Sunday, where only people cause the load."""
EVERY_DAY = (1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0)


@dataclass(frozen=True)
class Period:
    """Whole days in UTC, then the part of the last day that has passed.

    Attributes:
        end: the newest moment; nothing lies at or after it.
        days: whole days before the day of `end`.
        growth: how much busier the last day is than the first, as a share.
    """

    end: datetime
    days: int
    growth: float = 0.18

    def __post_init__(self) -> None:
        if self.days < 1:
            raise ValueError(f"days is {self.days}; give at least 1")
        moment(self.end)

    @property
    def today(self) -> datetime:
        """Midnight at which the last, partial day begins."""
        return self.end.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)

    @property
    def start(self) -> datetime:
        """The oldest moment."""
        return self.today - timedelta(days=self.days)

    @property
    def dates(self) -> Times:
        """Midnight of every day, the partial one included."""
        dates: Times = moment(self.start).astype("datetime64[D]") + np.arange(self.days + 1)
        return dates

    @property
    def weekdays(self) -> npt.NDArray[np.int64]:
        """Weekday of every day: 0 is Monday."""
        return (self.dates - _FIRST_MONDAY).astype(np.int64) % 7

    @property
    def growth_by_day(self) -> Shares:
        """How busy every day is through growth alone: 1 on the first, 1 + growth on the last."""
        return 1 + self.growth * np.arange(self.days + 1) / max(self.days, 1)

    def has_passed(self, times: Times) -> npt.NDArray[np.bool_]:
        """Which of the times lie before the end."""
        passed: npt.NDArray[np.bool_] = times < moment(self.end)
        return passed

    def at_random(
        self, rng: np.random.Generator, a_day: float, hours: Shares, week: Sequence[float] = WORKING_WEEK
    ) -> Times:
        """Random times in order: about `a_day` of them on the first Monday, more as the load grows."""
        by_day = a_day * np.asarray(week)[self.weekdays] * self.growth_by_day
        expected = by_day[:, None] * (hours / hours.sum())[None, :]
        counts = rng.poisson(expected).ravel()
        hour_starts = (
            self.dates.astype("datetime64[us]")[:, None]
            + (np.arange(HOURS_A_DAY) * _MICROSECONDS_AN_HOUR).astype("timedelta64[us]")[None, :]
        ).ravel()
        within = rng.integers(0, _MICROSECONDS_AN_HOUR // 1000, counts.sum()) * 1000
        times = np.repeat(hour_starts, counts) + within.astype("timedelta64[us]")
        return np.sort(times[self.has_passed(times)])

    def on_schedule(
        self,
        rng: np.random.Generator,
        every_minutes: int,
        first_hour: int,
        *,
        weekdays_only: bool = False,
        delay_seconds: int = 90,
    ) -> Times:
        """Times of a schedule from `first_hour` to midnight, each a little late as schedulers are."""
        of_day = np.arange(first_hour * 60, HOURS_A_DAY * 60, every_minutes)
        dates = self.dates[self.weekdays < 5] if weekdays_only else self.dates  # noqa: PLR2004 - Saturday
        planned = (
            dates.astype("datetime64[us]")[:, None]
            + of_day.astype("timedelta64[m]").astype("timedelta64[us]")
        ).ravel()
        late = (rng.random(len(planned)) * delay_seconds * 1000).astype(np.int64) * 1000
        times = planned + late.astype("timedelta64[us]")
        passed: Times = times[self.has_passed(times)]
        return passed
