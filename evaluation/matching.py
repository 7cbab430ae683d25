"""Holds the firings of one monitor against the incidents that are labelled in its data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from evaluation.firing import Episode, Firing, Slice, episodes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

MONTH = timedelta(days=365.25 / 12)


@dataclass(frozen=True)
class LabelledIncident:
    """A time in which something is known to have been wrong.

    Attributes:
        name: what people call it.
        start: its first moment; UTC.
        end: the first moment after it; UTC.
        part: the slice that is labelled; None is the whole table.
        touched: the slices that share rows with that slice; the whole table always does.
    """

    name: str
    start: datetime
    end: datetime
    part: Slice | None
    touched: frozenset[Slice]

    def explains(self, firing: Firing) -> bool:
        """Whether a firing may be about it: its window meets the incident's time and its slice shares rows."""
        in_time = firing.start < self.end and firing.end > self.start
        return in_time and (firing.part is None or self.part is None or firing.part in self.touched)

    def shared_time(self, firing: Firing) -> timedelta:
        """How much of a window lies within its time."""
        return min(firing.end, self.end) - max(firing.start, self.start)


@dataclass(frozen=True)
class Judged:
    """The time in which an alert had enough history to judge; half-open, UTC."""

    start: datetime
    end: datetime

    @property
    def months(self) -> float:
        """Its length in months of a twelfth of a year."""
        return (self.end - self.start) / MONTH


@dataclass(frozen=True)
class Outcome:
    """What became of one incident.

    Attributes:
        name: of the incident.
        judgeable: whether it begins or lasts within the time that was judged.
        delay: from its start to the alert's first run that shows it; None when it was not found.
        in_its_slice: whether the slice that is labelled showed it.
    """

    name: str
    judgeable: bool
    delay: timedelta | None
    in_its_slice: bool

    @property
    def found(self) -> bool:
        """Whether any firing is explained by it."""
        return self.delay is not None


@dataclass(frozen=True)
class Score:
    """How the alerts of one monitor did.

    Attributes:
        judged: the time that was judged; None when nothing could be.
        outcomes: of every labelled incident.
        false_alarms: firings that no incident explains, as alarms.
    """

    judged: Judged | None
    outcomes: tuple[Outcome, ...]
    false_alarms: tuple[Episode, ...]

    @property
    def found(self) -> int:
        """How many incidents were found."""
        return sum(outcome.found for outcome in self.outcomes)

    @property
    def months(self) -> float:
        """How many months were judged."""
        return self.judged.months if self.judged else 0.0

    @property
    def false_alarms_a_month(self) -> float:
        """False alarms per month; of less than a month their number, which no longer time would make less."""
        return len(self.false_alarms) / max(self.months, 1.0)


def score(firings: Sequence[Firing], incidents: Sequence[LabelledIncident], judged: Judged | None) -> Score:
    """Hold the firings of one monitor against its incidents.

    A firing counts for the incident with which its window shares most time; one that goes on without a gap after
    such a firing, of the same metric in the same slice, is the same alarm and counts for none.

    Args:
        firings: of all alerts of the monitor.
        incidents: all that are labelled in its table.
        judged: the time in which the alerts had enough history.
    """
    credited: dict[str, list[Firing]] = {incident.name: [] for incident in incidents}
    unexplained = []
    for series in _series(firings):
        goes_on_until = None
        for firing in series:
            explaining = _explaining(firing, incidents)
            for incident in explaining:
                credited[incident.name].append(firing)
            if explaining or firing.start == goes_on_until:
                goes_on_until = firing.end
            else:
                unexplained.append(firing)
    outcomes = tuple(_outcome(incident, credited[incident.name], judged) for incident in incidents)
    return Score(judged, outcomes, episodes(unexplained))


def _series(firings: Sequence[Firing]) -> list[list[Firing]]:
    """The firings of each metric of each slice in windows of one length, in order of time."""
    found: dict[tuple[object, ...], list[Firing]] = {}
    for firing in sorted(firings, key=lambda each: each.start):
        key = (firing.alert, firing.granularity, firing.part, firing.metric)
        found.setdefault(key, []).append(firing)
    return list(found.values())


def _explaining(firing: Firing, incidents: Sequence[LabelledIncident]) -> list[LabelledIncident]:
    """The incidents that a firing counts for; several only where it shares as much time with each."""
    shared = [(incident.shared_time(firing), incident) for incident in incidents if incident.explains(firing)]
    most = max((time for time, _ in shared), default=None)
    return [incident for time, incident in shared if time == most]


def _outcome(incident: LabelledIncident, firings: Sequence[Firing], judged: Judged | None) -> Outcome:
    heard = min((firing.heard for firing in firings), default=None)
    return Outcome(
        name=incident.name,
        judgeable=judged is not None and incident.start < judged.end and incident.end > judged.start,
        delay=None if heard is None else heard - incident.start,
        in_its_slice=any(firing.part == incident.part for firing in firings),
    )
