"""Refreshes: queued in the store, started in the order of the calls, carried out by as many threads as there are cores.

Two refreshes of one monitor never run at once, and one that needs the memory for itself runs alone. DuckDB shares one
large refresh among the cores; small ones mostly plan and are as fast as one core can, so that they run side by side, and
each of their statements in one thread.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, is_dataclass
from typing import TYPE_CHECKING, Any, Final

import duckdb

from local_workspace.errors import BadRequestError, NotFoundError
from local_workspace.store import Document, Store
from local_workspace.working_memory import MemoryNeed

if TYPE_CHECKING:
    from local_workspace.clock import Clock
    from local_workspace.schedules import Schedules

log = logging.getLogger(__name__)

OVER = frozenset({"SUCCESS", "FAILED", "CANCELED"})
WORKERS: Final = os.cpu_count() or 1
"""Refreshes that are carried out side by side."""

_ATTEMPTS = 5
_LONGEST_WAIT = 60.0


class RefreshStoppedError(Exception):
    """The refresh was cancelled; its tables are untouched."""


class RefreshFailedError(Exception):
    """The refresh cannot be carried out; its tables are untouched. The text says why."""


Work = Callable[[Document, MemoryNeed, Callable[[], bool]], Any]
"""Carries out a refresh of a monitor's record, within what it needs; can ask whether it was cancelled; gives a report."""

Need = Callable[[Document], MemoryNeed]
"""The memory that a refresh of a monitor's record needs."""

OneThread = Callable[[bool], Future[None]]
"""Gives each statement one thread, or all cores again; done when that holds."""


class Refreshes:
    """The queue, its threads, and what became of each refresh.

    Args:
        store: holds the refreshes.
        clock: the workspace's time.
        work: carries a refresh out; called by several threads.
        schedules: of the monitors.
        need: says whether a refresh runs alone; those behind it wait with it until the others are over.
        one_thread: is told, by one thread, to give statements one thread before a refresh starts that does not run alone,
            and all again before one that does, and when none runs and none is due.
        workers: how many run side by side at most.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        work: Work,
        schedules: Schedules,
        need: Need = lambda _: MemoryNeed(0, is_all=False),
        one_thread: OneThread = lambda _: _done(),
        workers: int = WORKERS,
    ) -> None:
        self._store = store
        self._clock = clock
        self._work = work
        self._schedules = schedules
        self._need = need
        self._one_thread = one_thread
        self._most = workers
        self._wake = threading.Event()
        self._stopping = False
        self._cancelled: set[str] = set()
        self._open: set[tuple[int, str]] = set()
        """Numbers and keys of refreshes that may not be over: looking through all there ever were takes long."""
        self._running: dict[str, str] = {}
        """Monitors by the keys of the refreshes that are carried out, also of those whose cancellation is not over."""
        self._alone = False
        """Whether what is carried out needs the memory for itself."""
        self._workers = ThreadPoolExecutor(workers, "refresh")
        self._thread = threading.Thread(target=self._loop, name="refreshes", daemon=True)
        self._requeue_interrupted()

    def start(self) -> None:
        """Start carrying out."""
        self._thread.start()

    def close(self) -> None:
        """Stop; running refreshes are cancelled and queued again at the next start."""
        self._stopping = True
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join()
        self._workers.shutdown()

    def wake(self) -> None:
        """Look at the queue again: the clock was changed."""
        self._wake.set()

    def idle(self) -> bool:
        """Whether no refresh runs, is due, or is about to be queued by a schedule."""
        now = self._clock.now().timestamp()
        fires = self._schedules.next()
        return not (fires is not None and fires <= now) and not any(
            record["state"] == "RUNNING" or (record["state"] == "PENDING" and record["not_before"] <= now)
            for _, record in self._not_over()
        )

    def add(self, monitor_id: str, *, not_before: float = 0.0, trigger: str = "MANUAL") -> Document:
        """Queue a refresh; `not_before` is a moment of the workspace's clock."""
        with self._store.transaction():
            number = self._store.next_number("refresh")
            record = {
                "refresh_id": number,
                "state": "PENDING",
                "trigger": trigger,
                "start_time_ms": self._clock.now_ms(),
                "monitor": monitor_id,
                "not_before": not_before,
            }
            self._store.put("refresh", _key(monitor_id, number), record)
            # Before the end of the transaction, until which others wait to read it.
            self._open.add((number, _key(monitor_id, number)))
        self.wake()
        return _shown(record)

    def of(self, monitor_id: str) -> list[Document]:
        """Refreshes of a monitor, newest first."""
        return [_shown(record) for _, record in reversed(self._store.all("refresh", f"{monitor_id}/"))]

    def get(self, monitor_id: str, refresh_id: int) -> Document:
        """One refresh.

        Raises:
            NotFoundError: the monitor has none of this id.
        """
        return _shown(self._record(monitor_id, refresh_id))

    def cancel(self, monitor_id: str, refresh_id: int) -> None:
        """Stop a refresh that waits or runs.

        Raises:
            NotFoundError: the monitor has none of this id.
            BadRequestError: it is over.
        """
        with self._store.transaction():
            record = self._record(monitor_id, refresh_id)
            if record["state"] in OVER:
                raise BadRequestError(f"Refresh {refresh_id} is over: its state is {record['state']}.")
            self._cancelled.add(_key(monitor_id, refresh_id))
            self._finish(record, "CANCELED")

    def forget(self, monitor_id: str) -> None:
        """Remove a monitor's refreshes; the one that runs is stopped."""
        for key, _ in self._store.all("refresh", f"{monitor_id}/"):
            self._cancelled.add(key)
            self._store.delete("refresh", key)

    def reports(self) -> list[Document]:
        """Every refresh with its sizes and seconds, oldest first."""
        records = [record for _, record in self._store.all("refresh")]
        return sorted(records, key=lambda record: int(record["refresh_id"]))

    def _record(self, monitor_id: str, refresh_id: int) -> Document:
        record = self._store.get("refresh", _key(monitor_id, refresh_id))
        if record is None:
            raise NotFoundError(f"Refresh {refresh_id} does not exist.")
        return record

    def _requeue_interrupted(self) -> None:
        for key, record in self._store.all("refresh"):
            if record["state"] == "RUNNING":
                self._store.put("refresh", key, {**record, "state": "PENDING"})
            if record["state"] not in OVER:
                self._open.add((record["refresh_id"], key))

    def _not_over(self) -> Iterator[tuple[str, Document]]:
        """Keys and records of the refreshes that wait or run, oldest first."""
        with self._store.transaction():  # so that one which is just being queued is waited for
            places = sorted(self._open)
        for number, key in places:
            record = self._store.get("refresh", key)
            if record is None or record["state"] in OVER:
                self._open.discard((number, key))
            else:
                yield key, record

    def _loop(self) -> None:
        while not self._stopping:
            self._wake.clear()
            self._queue_due()
            key, wait = self._next()
            if key is None or not self._start(key):
                if not self._running:
                    self._one_thread(False)
                self._wake.wait(wait)

    def _queue_due(self) -> None:
        # In one transaction, so that nobody finds a schedule fired and its refresh not yet queued.
        with self._store.transaction():
            for monitor_id in self._schedules.due():
                self.add(monitor_id, trigger="SCHEDULE")

    def _next(self) -> tuple[str | None, float]:
        """The key of the refresh that is due and may start, or None, and how long to wait unless something changes."""
        now = self._clock.now().timestamp()
        fires = self._schedules.next()
        wait = _LONGEST_WAIT if fires is None else min(max(fires - now, 0.01), _LONGEST_WAIT)
        blocked = set(self._running.values())
        if self._alone or len(self._running) == self._most:
            return None, wait
        for key, record in self._not_over():
            if record["state"] != "PENDING" or record["monitor"] in blocked:
                continue
            if record["not_before"] <= now:
                return key, wait
            blocked.add(record["monitor"])
            wait = min(wait, record["not_before"] - now)
        return None, wait

    def _start(self, key: str) -> bool:
        """Have a refresh carried out; False when it has to wait until those that run are over."""
        record = self._store.get("refresh", key)
        monitor = None if record is None else self._store.get("monitor", record["monitor"])
        need = self._known_need(monitor)
        if need.is_all and self._running:
            return False
        with self._store.transaction():
            record = self._store.get("refresh", key)
            monitor = None if record is None else self._store.get("monitor", record["monitor"])
            if record is None or record["state"] != "PENDING":
                return True
            if monitor is None:
                self._store.delete("refresh", key)
                return True
            self._store.put(
                "refresh", key, {**record, "state": "RUNNING", "start_time_ms": self._clock.now_ms()}
            )
        threads = self._one_thread(not need.is_all)
        if need.is_all:
            threads.result()
        self._running[key], self._alone = record["monitor"], need.is_all
        self._workers.submit(self._carry_out, key, monitor, need)
        return True

    def _known_need(self, monitor: Document | None) -> MemoryNeed:
        if monitor is None:
            return MemoryNeed(0, is_all=False)
        try:
            return self._need(monitor)
        except Exception:
            # It may be the memory that it is about which is lacking.
            log.exception("what a refresh of %s needs cannot be told", monitor["table"])
            return MemoryNeed(None, is_all=True)

    def _carry_out(self, key: str, monitor: Document, need: MemoryNeed) -> None:
        started = time.monotonic()
        try:
            report = self._repeated(monitor, need, lambda: self._stopping or key in self._cancelled)
        except RefreshStoppedError:
            self._stopped(key)
        except RefreshFailedError as error:
            self._failed(key, str(error))
        except Exception as error:
            log.exception("refresh %s failed", key)
            self._failed(key, f"INTERNAL_ERROR: {type(error).__name__}: {error}")
        else:
            self._succeeded(key, report, time.monotonic() - started)
        finally:
            self._cancelled.discard(key)
            self._alone = False
            del self._running[key]
            self.wake()

    def _repeated(self, monitor: Document, need: MemoryNeed, cancelled: Callable[[], bool]) -> Any:  # noqa: ANN401 - the engine's report
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                return self._work(monitor, need, cancelled)
            except duckdb.TransactionException:
                # A statement changed an output table (a comment, for instance) while it was being written.
                if attempt == _ATTEMPTS:
                    raise
        return None

    def _succeeded(self, key: str, report: Any, seconds: float) -> None:  # noqa: ANN401 - the engine's report
        sizes = asdict(report) if is_dataclass(report) and not isinstance(report, type) else {}
        with self._store.transaction():
            record = self._store.get("refresh", key)
            if record is None or record["state"] != "RUNNING":
                return
            self._finish({**record, "report": {"seconds": seconds, **sizes}}, "SUCCESS")
            monitor = self._store.get("monitor", record["monitor"])
            if monitor is not None and monitor.pop("latest_monitor_failure_msg", None) is not None:
                self._store.put("monitor", record["monitor"], monitor)

    def _failed(self, key: str, message: str) -> None:
        with self._store.transaction():
            record = self._store.get("refresh", key)
            if record is None or record["state"] != "RUNNING":
                return
            self._finish({**record, "message": message}, "FAILED")
            monitor = self._store.get("monitor", record["monitor"])
            if monitor is not None:
                self._store.put(
                    "monitor", record["monitor"], {**monitor, "latest_monitor_failure_msg": message}
                )

    def _stopped(self, key: str) -> None:
        """A refresh that was stopped with the workspace is queued again; a cancelled one is over already."""
        with self._store.transaction():
            record = self._store.get("refresh", key)
            if record is not None and record["state"] == "RUNNING":
                self._store.put("refresh", key, {**record, "state": "PENDING"})

    def _finish(self, record: Document, state: str) -> None:
        key = _key(record["monitor"], record["refresh_id"])
        self._store.put("refresh", key, {**record, "state": state, "end_time_ms": self._clock.now_ms()})


def _key(monitor_id: str, refresh_id: int) -> str:
    return f"{monitor_id}/{refresh_id:012d}"


def _done() -> Future[None]:
    done: Future[None] = Future()
    done.set_result(None)
    return done


def _shown(record: Document) -> Document:
    fields = ("refresh_id", "state", "start_time_ms", "end_time_ms", "trigger", "message")
    return {field: record[field] for field in fields if field in record}
