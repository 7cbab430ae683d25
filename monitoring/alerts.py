"""The alerts of a domain: definitions without Pulumi, to be deployed, evaluated here, or read.

At most two per domain, whatever the number of metrics and slices: one alarm for one cause.

- **drift**: a window of the whole table or of a slice stands out from what is usual for it.
- **limits**: the whole table crossed a warning or critical limit of a metric.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from monitoring.alert_query import DRIFT_SCORE, LIMIT_SCORE, AlertQuery, large_enough, limit_crossed
from monitoring.deviations import watched_for_drift, watched_for_limits
from monitoring.domain import Schedule

if TYPE_CHECKING:
    from monitoring.domain import Domain

REFRESH_MINUTES = 30
"""How long after the start of a refresh its alerts run."""
COLUMN = "metric"
"""Column of the result that is counted: any row fires."""
_EVERY_HOUR = Schedule("0 30 * * * ?")
_MINUTE, _HOUR = 1, 2
_LAST_HOUR = 23


@dataclass(frozen=True)
class Alert:
    """An alert on the profile table of a domain; fires while its query gives a row.

    Attributes:
        name: unique in a stack, such as ``job-drift``.
        title: as people see it.
        description: what a row means and what to do.
        query: gives the windows that stand out.
        schedule: when it runs.
    """

    name: str
    title: str
    description: str
    query: AlertQuery
    schedule: Schedule

    def replayed(self, days: int) -> AlertQuery:
        """The query over every window that closed in the last days, each judged as it was when it closed."""
        return replace(self.query, replay_days=days)


def alerts(domain: Domain, profile_table: str) -> tuple[Alert, ...]:
    """The alerts of a domain; none where its windows are too long to tell what is usual.

    Args:
        domain: what is watched.
        profile_table: full name of its profile table.
    """
    candidates = (_drift(domain, profile_table), _limits(domain, profile_table))
    return tuple(alert for alert in candidates if alert.query.watches and alert.query.granularities)


def schedule_after(schedule: Schedule | None) -> Schedule:
    """A schedule half an hour behind that of a monitor; once an hour where that cannot be told."""
    if schedule is None:
        return _EVERY_HOUR
    fields = schedule.quartz.split()
    if not fields[_MINUTE].isdecimal():
        return replace(_EVERY_HOUR, timezone=schedule.timezone)
    carry, minute = divmod(int(fields[_MINUTE]) + REFRESH_MINUTES, 60)
    if carry and fields[_HOUR] != "*":
        if not fields[_HOUR].isdecimal() or int(fields[_HOUR]) == _LAST_HOUR:
            return replace(_EVERY_HOUR, timezone=schedule.timezone)
        fields[_HOUR] = str(int(fields[_HOUR]) + 1)
    fields[_MINUTE] = str(minute)
    return replace(schedule, quartz=" ".join(fields))


def _drift(domain: Domain, profile_table: str) -> Alert:
    watches = watched_for_drift(domain)
    names = ", ".join(watch.metric.name for watch in watches)
    return Alert(
        name=f"{domain.name}-drift",
        title=f"{domain.title}: unusual change",
        description=(
            f"A closed window of {domain.gold_table} or of one of its slices is far from the usual value of "
            f"the same time of day and kind of day in the last four weeks. Watched: {names}. Each row names "
            "the slice, the value and what is usual; rows of one moment have most likely one cause."
        ),
        query=AlertQuery(domain, profile_table, watches, DRIFT_SCORE, large_enough()),
        schedule=schedule_after(domain.schedule),
    )


def _limits(domain: Domain, profile_table: str) -> Alert:
    watches = watched_for_limits(domain)
    limits = ", ".join(f"{watch.metric.name} ({watch.metric.direction})" for watch in watches)
    return Alert(
        name=f"{domain.name}-limits",
        title=f"{domain.title}: limit crossed",
        description=(
            f"The whole of {domain.gold_table} is beyond a limit in a closed window, and it usually is not. "
            f"Limits: {limits}."
        ),
        query=AlertQuery(
            domain, profile_table, watches, LIMIT_SCORE, limit_crossed(watches), totals_only=True
        ),
        schedule=schedule_after(domain.schedule),
    )
