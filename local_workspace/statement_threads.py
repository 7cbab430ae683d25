"""How many threads DuckDB gives a statement: all, or one while refreshes run side by side."""

from __future__ import annotations

import logging
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

import duckdb

if TYPE_CHECKING:
    from local_workspace.data import Data

log = logging.getLogger(__name__)


class StatementThreads:
    """Sets the threads of all statements, those of warehouses too: DuckDB knows no setting for some of them.

    With fewer threads, DuckDB waits until running statements can do without the others, which takes as long as a pipeline
    of them lasts. That happens in a thread of its own, so that no refresh waits for a statement of a warehouse.
    """

    def __init__(self, data: Data) -> None:
        self._data = data
        self._all = data.threads
        self._is_one = False
        self._setter = ThreadPoolExecutor(1, "statement threads")
        self._set: Future[None] = Future()
        self._set.set_result(None)

    def be_one(self, is_one: bool) -> Future[None]:
        """Give each statement one thread from now on, or all again; called by one thread. Done when it holds."""
        if is_one != self._is_one and self._all > 1:
            self._is_one = is_one
            self._set = self._setter.submit(self._change, 1 if is_one else self._all)
        return self._set

    def close(self) -> None:
        """Wait until what was asked for holds."""
        self._setter.shutdown()

    def _change(self, threads: int) -> None:
        try:
            self._data.threads = threads
        except duckdb.Error:
            # Statements take longer, or as much of the cores as before.
            log.exception("statements cannot be given %d threads", threads)
