"""Hand-made firings and incidents."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from evaluation.evaluate import Evaluation
from evaluation.firing import Firing, Slice
from evaluation.matching import MONTH, Judged, LabelledIncident, score

MONDAY = datetime(2026, 6, 1, tzinfo=UTC)
EUROPE, ASIA = Slice("workspace_id", "europe"), Slice("workspace_id", "asia")
LOAD = Slice("job_name", "load")
"""A job that runs in Europe."""


def at(hours: float) -> datetime:
    """So many hours after the beginning of Monday."""
    return MONDAY + timedelta(hours=hours)


def firing(
    start: float, hours: float = 1, part: Slice | None = None, metric: str = "total_runs", heard: float = 0.5
) -> Firing:
    """A firing of the window that starts so many hours after Monday; heard so many hours after its end."""
    return Firing(
        alert="job-drift",
        granularity="1 hour" if hours == 1 else "1 day",
        start=at(start),
        end=at(start + hours),
        part=part,
        metric=metric,
        value=9.0,
        usual_value=1.0,
        score=8.0,
        row_count=100,
        heard=at(start + hours + heard),
    )


def incident(
    start: float,
    end: float,
    part: Slice | None = EUROPE,
    *,
    name: str = "it",
    touched: tuple[Slice, ...] = (),
) -> LabelledIncident:
    """An incident in a slice, which touches that slice and those given."""
    own = () if part is None else (part,)
    return LabelledIncident(name, at(start), at(end), part, frozenset((*own, *touched)))


def evaluation(
    firings: list[Firing], incidents: list[LabelledIncident], *, data: str = "seed 7", monitor: str = "job"
) -> Evaluation:
    """An evaluation over two months."""
    judged = Judged(MONDAY, MONDAY + 2 * MONTH)
    return Evaluation(data, monitor, ("1 hour", "1 day"), score(firings, incidents, judged))
