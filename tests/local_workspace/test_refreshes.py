"""The queue of refreshes, without HTTP."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from local_workspace.clock import Clock
from local_workspace.refreshes import Refreshes
from local_workspace.store import Store

if TYPE_CHECKING:
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

    def work(_monitor: Document, _cancelled: object) -> None:
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
