"""Evaluates alerts when their schedules fire on the workspace's clock, in one thread."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from local_workspace.alerts import Alerts
    from local_workspace.clock import Clock

log = logging.getLogger(__name__)

_LONGEST_WAIT = 60.0
_BUSY_WAIT = 0.05

Idle = Callable[[], bool]


class AlertRuns:
    """The thread that evaluates alerts.

    Alerts follow the refreshes of the same moment: a clock that jumps over both makes the refresh first.

    Args:
        alerts: what is evaluated.
        clock: the workspace's time.
        idle: whether no refresh is under way.
    """

    def __init__(self, alerts: Alerts, clock: Clock, idle: Idle) -> None:
        self._alerts = alerts
        self._clock = clock
        self._idle = idle
        self._wake = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._loop, name="alerts", daemon=True)

    def start(self) -> None:
        """Start evaluating."""
        self._thread.start()

    def close(self) -> None:
        """Stop after the evaluation that runs."""
        self._stopping = True
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join()

    def wake(self) -> None:
        """Look at the schedules again: the clock or an alert was changed."""
        self._wake.set()

    def _loop(self) -> None:
        while not self._stopping:
            self._wake.clear()
            wait = self._wait()
            if wait <= 0 and self._idle():
                self._evaluate()
            else:
                self._wake.wait(max(wait, _BUSY_WAIT))

    def _wait(self) -> float:
        """Seconds until an alert is due; 0 or less when one is."""
        runs = self._alerts.next_run()
        return _LONGEST_WAIT if runs is None else min(runs - self._clock.now().timestamp(), _LONGEST_WAIT)

    def _evaluate(self) -> None:
        for alert_id in self._alerts.due():
            if self._stopping:
                return
            try:
                self._alerts.evaluate(alert_id)
            except Exception:
                # One alert that fails for a reason of ours must not keep the others from being evaluated.
                log.exception("alert %s could not be evaluated", alert_id)
