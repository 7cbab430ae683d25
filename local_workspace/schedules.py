"""Queues the refreshes that monitors' schedules ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local_workspace.schedule import Schedule

if TYPE_CHECKING:
    from local_workspace.clock import Clock
    from local_workspace.store import Document, Store


def next_fire(definition: Document, clock: Clock) -> float | None:
    """When a monitor's schedule fires next, in seconds since 1970; None without a schedule.

    Raises:
        ScheduleError: the cron text says nothing that can happen.
    """
    schedule = definition.get("schedule")
    if not schedule:
        return None
    parsed = Schedule.parse(schedule["quartz_cron_expression"], schedule["timezone_id"])
    fires = parsed.after(clock.now())
    return None if fires is None else fires.timestamp()


class Schedules:
    """Knows which monitors' schedules are due.

    What was missed while the workspace was down is not made up for; what was passed over by setting the clock
    forward fires once.
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self.restart()

    def restart(self) -> None:
        """Work out again when each monitor fires next: the workspace has started, or the clock went back."""
        with self._store.transaction():
            for monitor_id, record in self._store.all("monitor"):
                self._put_next(monitor_id, record)

    def due(self) -> list[str]:
        """Monitors whose schedule fires now; each counts as fired."""
        now = self._clock.now().timestamp()
        with self._store.transaction():
            found = [
                (monitor_id, record)
                for monitor_id, record in self._store.all("monitor")
                if record.get("next_fire") is not None and record["next_fire"] <= now
            ]
            for monitor_id, record in found:
                self._put_next(monitor_id, record)
        return [monitor_id for monitor_id, _ in found]

    def next(self) -> float | None:
        """Seconds since 1970 of the next firing of any monitor."""
        fires = [record.get("next_fire") for _, record in self._store.all("monitor")]
        return min((moment for moment in fires if moment is not None), default=None)

    def _put_next(self, monitor_id: str, record: Document) -> None:
        fires = next_fire(record["definition"], self._clock)
        if fires != record.get("next_fire"):
            self._store.put("monitor", monitor_id, {**record, "next_fire": fires})
