"""One attempt at a task: what it is given, how it can be stopped, and how it ended."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from local_workspace.store import Document

CLOSED = "CLOSED"
"""Why a run stops when the workspace does."""


class TaskNotRunnableError(Exception):
    """The local workspace cannot carry the task out; the text says why."""


class StoppedError(Exception):
    """The attempt was stopped; `reason` is CANCELED, TIMEDOUT or CLOSED."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class Stop:
    """Asks everything that works for a run to stop; the first reason counts."""

    def __init__(self) -> None:
        self._asked = threading.Event()
        self._lock = threading.Lock()
        self._reason = ""

    def ask(self, reason: str) -> None:
        """Ask to stop."""
        with self._lock:
            self._reason = self._reason or reason
        self._asked.set()

    @property
    def reason(self) -> str:
        """Why to stop; empty as long as nobody asked."""
        return self._reason if self._asked.is_set() else ""

    def wait(self, seconds: float) -> bool:
        """Wait for that long or until asked; says whether asked."""
        return self._asked.wait(seconds)


@dataclass(frozen=True)
class Attempt:
    """What carries a task out may know.

    Attributes:
        task: the task's settings, its references replaced.
        environment: specification of its serverless environment; None without one.
        parameters: the run's parameters.
        log: file that gets what the task prints.
        folder: an empty folder of its own, removed afterwards.
        stop: whether to stop.
        deadline: moment of the monotonic clock at which the task's time is over; None without a limit.
    """

    task: Document
    environment: Document | None
    parameters: Mapping[str, str]
    log: Path
    folder: Path
    stop: Stop
    deadline: float | None = None

    def raise_when_over(self) -> None:
        """Nothing while the attempt may go on.

        Raises:
            StoppedError: it was asked to stop or its time is over.
        """
        if self.stop.reason:
            raise StoppedError(self.stop.reason)
        if self.deadline is not None and time.monotonic() >= self.deadline:
            raise StoppedError("TIMEDOUT")


@dataclass(frozen=True)
class Outcome:
    """How an attempt ended.

    Attributes:
        result: SUCCESS, FAILED, TIMEDOUT, CANCELED, or CLOSED when the workspace stopped.
        message: why, in one line; empty after a success.
        error: the error in the task's own words.
        trace: where in the task's code it happened.
    """

    result: str
    message: str = ""
    error: str = ""
    trace: str = ""
