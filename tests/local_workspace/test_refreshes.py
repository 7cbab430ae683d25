"""The queue of refreshes, without HTTP."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING

import pytest

from local_workspace.clock import Clock
from local_workspace.refreshes import Refreshes, RefreshStoppedError
from local_workspace.store import Store
from local_workspace.working_memory import MemoryNeed
from tests.local_workspace.target import until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from local_workspace.store import Document


class _DueOnce:
    """A schedule that is due once, and looks from another thread at what is said right after it has fired."""

    def __init__(self) -> None:
        self.refreshes: Refreshes | None = None
        self.idle: list[bool] = []
        self.looking = threading.Thread(target=self._look)

    def due(self) -> list[str]:
        if self.looking.ident is not None:
            return []
        self.looking.start()
        self.looking.join(timeout=0.2)
        return ["monitor"]

    def next(self) -> None:
        return None

    def _look(self) -> None:
        assert self.refreshes is not None
        self.idle.append(self.refreshes.idle())


def test_between_a_schedule_and_its_refresh_the_queue_never_looks_idle(tmp_path: Path) -> None:
    begun, released = threading.Event(), threading.Event()

    def work(_monitor: Document, *_: object) -> None:
        begun.set()
        released.wait()

    store = Store(tmp_path / "state.db")
    store.put("monitor", "monitor", {})
    schedules = _DueOnce()
    refreshes = Refreshes(store, Clock(), work, schedules)  # type: ignore[arg-type]
    schedules.refreshes = refreshes
    refreshes.start()
    begun.wait()
    schedules.looking.join()
    released.set()
    refreshes.close()
    assert schedules.idle == [False]


class _NoSchedules:
    """Nothing is ever due; notes that the queue has looked."""

    def __init__(self) -> None:
        self.looked = threading.Event()

    def due(self) -> list[str]:
        return []

    def next(self) -> None:
        self.looked.set()


class _Queue:
    """A queue with three workers, whose refreshes last until they are let go.

    Monitors are called `a`, `b` and so on; refreshes of one whose name begins with `large` need the memory for themselves.
    """

    def __init__(self, folder: Path) -> None:
        self.store = Store(folder / "state.db")
        self.begun: list[str] = []
        self.needs: list[int | None] = []
        """The values that each of them was told to read."""
        self.let_go: dict[str, threading.Event] = {}
        self.threads: list[str] = []
        """What statements were given, each change once."""
        self._schedules = _NoSchedules()
        self.queue = Refreshes(
            self.store,
            Clock(),
            self._work,
            self._schedules,  # type: ignore[arg-type]
            need=self._need,
            one_thread=self._note_threads,
            workers=3,
        )

    def add(self, *monitors: str) -> None:
        for monitor in monitors:
            self.let_go.setdefault(monitor, threading.Event())
            self.store.put("monitor", monitor, {"name": monitor, "table": monitor})
            self.queue.add(monitor)

    def states(self, monitor: str) -> list[str]:
        """Oldest first."""
        return [refresh["state"] for refresh in reversed(self.queue.of(monitor))]

    def await_begun(self, *monitors: str) -> None:
        until(lambda: sorted(self.begun), lambda begun: begun == sorted(monitors))

    def look_again(self) -> None:
        """Have the queue look once more from beginning to end."""
        for _ in range(2):
            self._schedules.looked.clear()
            self.queue.wake()
            assert self._schedules.looked.wait(10)

    def _need(self, monitor: Document) -> MemoryNeed:
        if monitor["name"].startswith("unclear"):
            raise MemoryError
        return MemoryNeed(1, is_all=monitor["name"].startswith("large"))

    def _note_threads(self, is_one: bool) -> Future[None]:
        given = "one" if is_one else "all"
        if [given] != self.threads[-1:]:
            self.threads.append(given)
        done: Future[None] = Future()
        done.set_result(None)
        return done

    def _work(self, monitor: Document, need: MemoryNeed, _cancelled: Callable[[], bool]) -> None:
        self.needs.append(need.values)
        self.begun.append(monitor["name"])
        assert self.let_go[monitor["name"]].wait(10)


@pytest.fixture
def queue(tmp_path: Path) -> Iterator[_Queue]:
    queue = _Queue(tmp_path)
    queue.queue.start()
    yield queue
    for let_go in queue.let_go.values():
        let_go.set()
    queue.queue.close()
    queue.store.close()


def test_refreshes_of_different_monitors_run_side_by_side(queue: _Queue) -> None:
    queue.add("a", "b", "c")
    queue.await_begun("a", "b", "c")
    assert [queue.states(monitor) for monitor in "abc"] == [["RUNNING"]] * 3


def test_no_more_refreshes_run_than_there_are_workers(queue: _Queue) -> None:
    queue.add("a", "b", "c", "d")
    queue.await_begun("a", "b", "c")
    queue.look_again()
    assert queue.states("d") == ["PENDING"]
    queue.let_go["b"].set()
    queue.await_begun("a", "b", "c", "d")


def test_a_monitor_waits_for_its_own_refresh_while_others_pass(queue: _Queue) -> None:
    queue.add("a", "a", "b")
    queue.await_begun("a", "b")
    queue.look_again()
    assert queue.states("a") == ["RUNNING", "PENDING"]
    queue.let_go["a"].set()
    queue.await_begun("a", "a", "b")


def test_a_cancelled_refresh_that_still_runs_keeps_the_next_of_its_monitor_waiting(queue: _Queue) -> None:
    queue.add("a")
    queue.await_begun("a")
    queue.queue.cancel("a", 1)
    queue.add("a")
    queue.look_again()
    assert queue.states("a") == ["CANCELED", "PENDING"]
    queue.let_go["a"].set()
    until(lambda: queue.states("a"), lambda seen: seen == ["CANCELED", "SUCCESS"])


@pytest.mark.parametrize("large", ["large", "unclear"])
def test_a_large_refresh_waits_for_those_before_it_and_those_behind_wait_for_it(
    queue: _Queue, large: str
) -> None:
    queue.add("a", large, "b")
    queue.await_begun("a")
    queue.look_again()
    assert (queue.states(large), queue.states("b")) == (["PENDING"], ["PENDING"])
    queue.let_go["a"].set()
    queue.await_begun("a", large)
    queue.look_again()
    assert queue.states("b") == ["PENDING"]
    queue.let_go[large].set()
    queue.await_begun("a", large, "b")
    assert queue.needs == [1, 1 if large == "large" else None, 1]


def test_statements_get_one_thread_until_no_refresh_runs_or_one_runs_alone(queue: _Queue) -> None:
    queue.add("a", "b", "large")
    queue.await_begun("a", "b")
    queue.let_go["a"].set()
    queue.look_again()
    assert queue.threads[-1] == "one"
    queue.let_go["b"].set()
    queue.await_begun("a", "b", "large")
    assert queue.threads[-1] == "all"
    queue.add("c")
    queue.let_go["large"].set()
    queue.await_begun("a", "b", "large", "c")
    assert queue.threads[-1] == "one"
    queue.let_go["c"].set()
    until(lambda: queue.threads[-1], lambda threads: threads == "all")


def test_refreshes_that_run_when_the_queue_is_closed_are_queued_again(tmp_path: Path) -> None:
    both = threading.Barrier(3, timeout=10)

    def stop(_monitor: Document, _need: MemoryNeed, cancelled: Callable[[], bool]) -> None:
        both.wait()
        until(cancelled, bool)
        raise RefreshStoppedError

    store, again = Store(tmp_path / "state.db"), []
    for monitor in ("b", "a"):
        store.put("monitor", monitor, {"name": monitor})
    stopped = Refreshes(store, Clock(), stop, _NoSchedules(), workers=2)  # type: ignore[arg-type]
    stopped.add("b")
    stopped.add("a")
    stopped.start()
    both.wait()
    stopped.close()
    assert [record["state"] for _, record in store.all("refresh")] == ["PENDING", "PENDING"]
    one = Refreshes(
        store,
        Clock(),
        lambda monitor, *_: again.append(monitor["name"]),
        _NoSchedules(),  # type: ignore[arg-type]
        workers=1,
    )
    one.start()
    until(one.idle, bool)
    one.close()
    assert again == ["b", "a"]
