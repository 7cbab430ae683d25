"""Statements get one thread while refreshes run side by side."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

from local_workspace.data import Data
from local_workspace.monitoring_engine import Engine
from local_workspace.statement_threads import StatementThreads
from local_workspace.workspace import Workspace
from tests.local_workspace.target import MONITOR, SMALLEST_MONITOR, in_process, make_usage_table, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from local_workspace.names import TableName

CORES = 3


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Data]:
    opened = Data(tmp_path)
    opened.threads = CORES
    yield opened
    opened.close()


@pytest.fixture
def threads(data: Data) -> Iterator[StatementThreads]:
    opened = StatementThreads(data)
    yield opened
    opened.close()


def test_statements_get_one_thread_and_then_all_again(data: Data, threads: StatementThreads) -> None:
    seen = []
    for is_one in (True, True, False, False, True):
        threads.be_one(is_one).result()
        seen.append(data.threads)
    assert seen == [1, 1, CORES, CORES, 1]


def test_what_was_asked_for_last_holds_in_the_end(data: Data, threads: StatementThreads) -> None:
    for _ in range(5):
        threads.be_one(True)
        last = threads.be_one(False)
    last.result()
    assert data.threads == CORES


def test_with_one_core_nothing_is_set(data: Data) -> None:
    data.threads = 1
    threads = StatementThreads(data)
    data.threads = CORES
    threads.be_one(True).result()
    assert data.threads == CORES
    threads.close()


def test_threads_that_cannot_be_set_stop_nobody(
    data: Data, threads: StatementThreads, caplog: pytest.LogCaptureFixture
) -> None:
    data.close()
    threads.be_one(True).result()
    assert "statements cannot be given 1 threads" in caplog.text


def test_a_large_refresh_gets_all_cores_right_after_a_small_one(tmp_path: Path) -> None:
    seen, two_are_queued = [], threading.Event()

    def refresh(workspace: Workspace, table: TableName, *_: object) -> None:
        two_are_queued.wait()
        seen.append((table.table, workspace.data.threads))

    def accept(*_: object) -> list[str]:
        return []

    workspace = Workspace(tmp_path, engine=Engine(accept, refresh))
    before = workspace.data.threads
    with in_process(workspace) as target:
        make_usage_table(target)
        target.rows("CREATE TABLE main.gold.large AS SELECT * FROM main.gold.usage")
        with workspace.data.cursor() as cursor:
            cursor.execute(
                'INSERT INTO "main.gold".large (happened_at) SELECT now()::TIMESTAMP FROM range(100_000)'
            )
        for path in (MONITOR, MONITOR.replace("usage", "large")):
            body: dict[str, Any] = SMALLEST_MONITOR
            assert target.post(path, body).status_code == 200
        two_are_queued.set()
        target.wait_for_refresh(MONITOR.replace("usage", "large"))
        assert seen == [("usage", 1), ("large", before)]
        until(lambda: workspace.data.threads, lambda threads: threads == before)
