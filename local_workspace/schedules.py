"""When the schedules of monitors and jobs fire."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local_workspace.schedule import Schedule

if TYPE_CHECKING:
    from local_workspace.clock import Clock
    from local_workspace.store import Document, Store


def next_fire(definition: Document, clock: Clock) -> float | None:
    """When the schedule of a definition fires next, in seconds since 1970; None without one or while paused.

    Raises:
        ScheduleError: the cron text says nothing that can happen.
    """
    schedule = definition.get("schedule")
    if not schedule or schedule.get("pause_status") == "PAUSED":
        return None
    parsed = Schedule.parse(schedule["quartz_cron_expression"], schedule["timezone_id"])
    fires = parsed.after(clock.now())
    return None if fires is None else fires.timestamp()


class Schedules:
    """Knows which schedules of one kind of document are due.

    What was missed while the workspace was down is not made up for; what was passed over by setting the clock
    forward fires once.

    Args:
        store: holds the documents.
        clock: the workspace's time.
        kind: of the documents.
        field: of a document, holds the definition with the schedule.
    """

    def __init__(self, store: Store, clock: Clock, kind: str, field: str) -> None:
        self._store = store
        self._clock = clock
        self._kind = kind
        self._field = field
        self.restart()

    def restart(self) -> None:
        """Work out again when each one fires next: the workspace has started, or the clock went back."""
        with self._store.transaction():
            for key, record in self._store.all(self._kind):
                self._put_next(key, record)

    def due(self) -> list[str]:
        """Keys of the documents whose schedule fires now; each counts as fired."""
        now = self._clock.now().timestamp()
        with self._store.transaction():
            found = self._store.up_to(self._kind, "next_fire", now)
            for key, record in found:
                self._put_next(key, record)
        return [key for key, _ in found]

    def next(self) -> float | None:
        """Seconds since 1970 of the next firing of any of them."""
        return self._store.least(self._kind, "next_fire")

    def _put_next(self, key: str, record: Document) -> None:
        fires = next_fire(record[self._field], self._clock)
        if fires != record.get("next_fire"):
            self._store.put(self._kind, key, {**record, "next_fire": fires})
