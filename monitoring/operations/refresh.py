"""Starts refreshes of monitors and follows them to their end, several at a time."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from databricks.sdk.errors.base import DatabricksError

from monitoring.operations.failures import explain
from monitoring.operations.monitor_apis import OVER, SUCCESS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from monitoring.operations.monitor_apis import MonitorApi, Refresh
    from monitoring.operations.watched import Watched

AT_ONCE = 8
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
"""Seconds between two looks at a refresh; a refresh takes minutes on the service."""


NOT_OVER = "UNFINISHED"
"""State of a refresh that was started and not followed to its end."""


@dataclass(frozen=True)
class RefreshResult:
    """How the refresh of one monitor ended."""

    domain: str
    table: str
    state: str
    """``SUCCESS``, ``FAILED``, ``CANCELED``; ``NOT_STARTED`` or ``UNFINISHED`` when it never got that far."""
    seconds: float
    message: str

    @property
    def is_good(self) -> bool:
        """Whether the output tables are up to date."""
        return self.state == SUCCESS


@dataclass(frozen=True)
class Refresher:
    """Refreshes monitors of one workspace.

    Attributes:
        client: the workspace.
        seconds: how long one refresh may take before it is given up (it goes on without us).
        report: called with each result as soon as it is there, from any thread.
    """

    monitors: MonitorApi
    seconds: float
    report: Callable[[RefreshResult], None] = lambda _result: None
    pause: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic

    def refresh_all(self, watched: Sequence[Watched]) -> list[RefreshResult]:
        """Refresh the monitors and wait for all; one that fails does not stop the others."""
        with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
            return list(pool.map(self._refresh_and_report, watched))

    def _refresh_and_report(self, watched: Watched) -> RefreshResult:
        result = self.refresh(watched)
        self.report(result)
        return result

    def refresh(self, watched: Watched) -> RefreshResult:
        """Refresh one monitor and wait for the end."""
        started = self.clock()
        try:
            refresh = self.monitors.run_refresh(watched.table)
        except DatabricksError as error:
            return RefreshResult(
                watched.domain, watched.table, "NOT_STARTED", 0.0, explain(error, watched.table)
            )
        pause = FIRST_PAUSE
        while refresh.state not in OVER and self.clock() - started < self.seconds:
            self.pause(pause)
            pause = min(pause * 1.5, LONGEST_PAUSE)
            try:
                refresh = self.monitors.refresh(watched.table, refresh.id)
            except DatabricksError as error:
                seconds = self.clock() - started
                return RefreshResult(
                    watched.domain, watched.table, NOT_OVER, seconds, explain(error, watched.table)
                )
        return self._result(watched, refresh, self.clock() - started)

    def _result(self, watched: Watched, refresh: Refresh, seconds: float) -> RefreshResult:
        if refresh.state not in OVER:
            message = f"refresh {refresh.id} is not over after {seconds:.0f} s; it goes on by itself"
            return RefreshResult(watched.domain, watched.table, NOT_OVER, seconds, message)
        return RefreshResult(watched.domain, watched.table, refresh.state, seconds, refresh.message)
