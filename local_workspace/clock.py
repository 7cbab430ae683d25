"""The workspace's clock: the machine's, unless somebody has set it."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from local_workspace.errors import InvalidParameterError

if TYPE_CHECKING:
    from collections.abc import Callable


def read_moment(field: str, text: str) -> datetime:
    """A moment from ISO text; UTC where it names no zone.

    Raises:
        InvalidParameterError: it is none; the text names the field.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidParameterError(
            f"{field}: '{text}' is no moment; write it like 2026-08-01T06:00:00Z"
        ) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


class Clock:
    """Gives the present moment in UTC; can be set and moved on, and runs on from there."""

    def __init__(self, machine: Callable[[], float] = time.time) -> None:
        self._machine = machine
        self._ahead = 0.0
        self._lock = threading.Lock()

    def now(self) -> datetime:
        """The present moment, with time zone UTC."""
        return datetime.fromtimestamp(self._machine() + self._ahead, UTC)

    def now_ms(self) -> int:
        """The present moment in milliseconds since 1970."""
        return int(self.now().timestamp() * 1000)

    def set(self, moment: datetime) -> None:
        """Make `moment` the present; it must carry a time zone."""
        with self._lock:
            self._ahead = moment.timestamp() - self._machine()

    def advance(self, by: timedelta) -> None:
        """Move the present on."""
        with self._lock:
            self._ahead += by.total_seconds()

    @property
    def offset_seconds(self) -> float:
        """How far the clock is ahead of the machine's."""
        return self._ahead

    @offset_seconds.setter
    def offset_seconds(self, seconds: float) -> None:
        with self._lock:
            self._ahead = seconds
