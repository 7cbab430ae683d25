"""What an incident is: where it lies, what should move, and how it changes the sample data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

    from local_workspace.sample_data.period import Period
    from local_workspace.sample_data.rows import Rows

LOOK_BACK = timedelta(days=28)
"""No incident is older: a monitor's first refresh reads 30 days, and the window before must be whole."""
QUIET_AT_THE_END = timedelta(hours=24)
"""No incident is newer: the newest windows are still filling."""

Direction = Literal["up", "down"]
Granularity = Literal["1 hour", "1 day"]

_WINDOWS: dict[Granularity, timedelta] = {"1 hour": timedelta(hours=1), "1 day": timedelta(days=1)}


@dataclass(frozen=True)
class Incident:
    """A labelled incident in the sample data.

    Attributes:
        name: the file in `incidents/` that makes it.
        domain: the domain whose monitor should show it.
        table: the gold table it lies in.
        start: its first moment, at the start of a window of the granularity; UTC.
        end: the first moment after it; UTC.
        slice_key: slicing expression whose slice shows it best; None is the whole table.
        slice_value: that slice's value as the output tables write it.
        granularity: windows in which it shows best.
        drift_metric: drift metric of the domain that shows it in its first window.
        direction: where the drift metric goes.
        metrics: metrics of the domain that should move while it lasts.
        story: what happened, in one sentence.
    """

    name: str
    domain: str
    table: str
    start: datetime
    end: datetime
    slice_key: str | None
    slice_value: str | None
    granularity: Granularity
    drift_metric: str
    direction: Direction
    metrics: tuple[str, ...]
    story: str

    @property
    def lasts(self) -> timedelta:
        """How long it lasts."""
        return self.end - self.start

    @property
    def window_length(self) -> timedelta:
        """Length of a window of the granularity."""
        return _WINDOWS[self.granularity]

    @property
    def window_before(self) -> datetime:
        """Start of the window with which its first window is compared."""
        return self.start - self.window_length


class Weekday(NamedTuple):
    """A moment of a week: day 0 is Monday; `weeks_ago` 1 is the last one that is wholly in the past."""

    day: int
    weeks_ago: int
    hour: int = 0


@dataclass(frozen=True)
class Plan:
    """An incident before it is known when the sample data ends. The attributes of `Incident`, and these.

    Attributes:
        starts: weekday and hour of its start.
        lasts: how long it lasts.
        change: gives the table's rows with the incident in them.
    """

    domain: str
    table: str
    starts: Weekday
    lasts: timedelta
    slice_key: str | None
    slice_value: str | None
    granularity: Granularity
    drift_metric: str
    direction: Direction
    metrics: tuple[str, ...]
    story: str
    change: Callable[[Rows, Incident, np.random.Generator], Rows]

    def incident(self, name: str, period: Period) -> Incident:
        """The incident at the last suitable time before the period's end."""
        start = self._start(period)
        return Incident(
            name=name,
            domain=self.domain,
            table=self.table,
            start=start,
            end=start + self.lasts,
            slice_key=self.slice_key,
            slice_value=self.slice_value,
            granularity=self.granularity,
            drift_metric=self.drift_metric,
            direction=self.direction,
            metrics=self.metrics,
            story=self.story,
        )

    def _start(self, period: Period) -> datetime:
        newest = period.end - QUIET_AT_THE_END - self.lasts
        day = period.today - timedelta(days=(period.today.weekday() - self.starts.day) % 7)
        start = day + timedelta(hours=self.starts.hour)
        while start > newest:
            start -= timedelta(weeks=1)
        return start - timedelta(weeks=self.starts.weeks_ago - 1)
