"""What an alert says of a window, and the alarms that a person would hear of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime


class Slice(NamedTuple):
    """A slice of a monitored table, as the output tables write it."""

    key: str
    value: str


@dataclass(frozen=True)
class Firing:
    """A row of an alert's query: a value that stands out in a window.

    Attributes:
        alert: name of the alert.
        granularity: of the window.
        start: of the window; UTC.
        end: of the window; UTC.
        part: the slice; None is the whole table.
        metric: what stands out.
        value: of the metric.
        usual_value: what it usually is.
        score: how many times the usual straying lies between.
        row_count: rows of the window.
        heard: when the alert first runs after the window closed and its rows are taken to have arrived.
    """

    alert: str
    granularity: str
    start: datetime
    end: datetime
    part: Slice | None
    metric: str
    value: float
    usual_value: float
    score: float
    row_count: int
    heard: datetime


@dataclass(frozen=True)
class Episode:
    """One alarm of a monitor: firings whose windows overlap or adjoin, whatever alert, slice and metric they are of.

    Attributes:
        start: of its first window.
        end: of its last window.
        firings: in order of their windows.
    """

    start: datetime
    end: datetime
    firings: tuple[Firing, ...]


def episodes(firings: Iterable[Firing]) -> tuple[Episode, ...]:
    """The alarms that firings of one monitor amount to, oldest first."""
    found: list[Episode] = []
    for firing in sorted(firings, key=lambda each: (each.start, each.end)):
        last = found[-1] if found else None
        if last is not None and firing.start <= last.end:
            found[-1] = Episode(last.start, max(last.end, firing.end), (*last.firings, firing))
        else:
            found.append(Episode(firing.start, firing.end, (firing,)))
    return tuple(found)
