"""A statement that is cancelled ends, at whatever moment the cancellation comes."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, cast

import duckdb
import pytest

from local_workspace import warehouse
from local_workspace.sql.cells import Rows
from local_workspace.warehouse import Statements

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from local_workspace.sql.session import Session

SECONDS = 20


@pytest.fixture
def statements() -> Iterator[Statements]:
    """Runs what the test puts in place of `run`."""
    made = Statements()
    yield made
    made.close()


class Cursor:
    """Stands for a DuckDB cursor whose query begins late: the first interrupts meet nothing."""

    def __init__(self, lost: int) -> None:
        self.lost = lost
        self.interrupted = threading.Event()

    def interrupt(self) -> None:
        self.lost -= 1
        if self.lost < 0:
            self.interrupted.set()


def submit(statements: Statements) -> warehouse.Statement:
    return statements.submit(cast("Session", None), "SELECT 1")


def test_a_cancellation_before_the_query_has_a_cursor_is_not_lost(
    statements: Statements, monkeypatch: pytest.MonkeyPatch
) -> None:
    started, cancelled, ended = threading.Event(), threading.Event(), threading.Event()

    def run(*arguments: object) -> Rows:
        started.set()
        assert cancelled.wait(SECONDS)
        try:
            cast("Callable[[object], None]", arguments[-1])(Cursor(0))
        except duckdb.InterruptException:
            ended.set()
            raise
        return Rows()

    monkeypatch.setattr(warehouse, "run", run)
    statement = submit(statements)
    assert started.wait(SECONDS)
    statements.cancel(statement.id)
    cancelled.set()
    assert ended.wait(SECONDS)
    assert statement.state == "CANCELED"


def test_an_interrupt_that_meets_no_query_yet_is_repeated(
    statements: Statements, monkeypatch: pytest.MonkeyPatch
) -> None:
    cursor, watched = Cursor(lost=3), threading.Event()

    def run(*arguments: object) -> Rows:
        cast("Callable[[object], None]", arguments[-1])(cursor)
        watched.set()
        assert cursor.interrupted.wait(SECONDS)
        raise duckdb.InterruptException("interrupted")

    monkeypatch.setattr(warehouse, "run", run)
    statement = submit(statements)
    assert watched.wait(SECONDS)
    statements.cancel(statement.id)
    assert cursor.interrupted.is_set()
    assert statement.state == "CANCELED"
