"""A refresh that fails, is cancelled or killed leaves the tables as they were, and nobody ever reads half of one."""

from __future__ import annotations

import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any, Final

import duckdb
import pytest

from local_workspace.engine import writing
from local_workspace.engine.progress import create_state
from local_workspace.engine.refresh import RefreshCancelled, RefreshFailed
from tests.local_workspace.engine.monitored import DRIFT, PROFILE, BeforeStep, Monitored, metric, monitored

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ROWS: Final = (
    "SELECT TIMESTAMP '2026-03-16' + to_days(i::INTEGER) AS at, 1.0 AS x, 'a' AS name FROM range(2) AS t(i)"
)
METRICS: Final = (
    metric("aggregate", "total", "SUM(x)"),
    metric("drift", "more", "{{current_df}}.total - {{base_df}}.total"),
)
LATE: Final = "INSERT INTO \"main.gold\".\"runs\" VALUES (TIMESTAMP '2026-03-17', 5.0, 'b')"
STATE: Final = '"monitor state"."main.out.runs_profile_metrics"'


def watched() -> Monitored:
    monitor = monitored(ROWS, slices=["name"], metrics=METRICS, baseline="SELECT 1.0 AS x")
    monitor.refresh()
    return monitor


def contents(connection: duckdb.DuckDBPyConnection) -> list[list[Any]]:
    tables = (PROFILE, DRIFT, STATE, '"monitor state".progress')
    return [connection.execute(f"FROM {table} ORDER BY ALL").fetchall() for table in tables]


def cancelled_after(monitor: Monitored, steps: int) -> bool:
    """Refresh and cancel after so many steps; whether that was before its end."""
    answers = iter([False] * steps)
    try:
        monitor.refresh_unchecked(cancelled=lambda: next(answers, True))
    except RefreshCancelled:
        return True
    return False


def dropped_before(monitor: Monitored, table: str, step: int) -> bool | None:
    """Refresh, and drop a table before a step: whether the refresh failed; None when it was over before."""

    def drop() -> None:
        with monitor.connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE {table}")

    dropping = BeforeStep(step, drop)
    try:
        monitor.refresh_unchecked(cancelled=dropping)
    except (RefreshFailed, duckdb.TransactionException):
        return True
    return False if dropping.was_done else None


def test_a_refresh_that_is_cancelled_at_any_step_changes_nothing_and_forgets_no_row() -> None:
    monitor = watched()
    before = contents(monitor.connection)
    monitor.connection.execute(LATE)
    steps = 0
    while cancelled_after(monitor, steps):
        assert contents(monitor.connection) == before, steps
        assert monitor.rows("SELECT count(*) FROM duckdb_tables() WHERE temporary") == [(0,)]
        steps += 1
    assert steps > 5
    found = monitor.rows(
        f"SELECT DISTINCT more FROM {DRIFT} WHERE drift_type = 'CONSECUTIVE' AND slice_key IS NULL"
    )
    assert sorted(found, key=str) == [(5.0,), (None,)]


@pytest.mark.parametrize("table", [PROFILE, DRIFT], ids=["profile", "drift"])
def test_an_output_table_that_is_dropped_meanwhile_is_not_made_of_the_new_windows_alone(table: str) -> None:
    whole = watched()
    whole.connection.execute(LATE)
    whole.refresh()
    step = 1
    while True:
        monitor = watched()
        monitor.connection.execute(LATE)
        failed = dropped_before(monitor, table, step)
        if failed is None:
            break
        if failed:
            monitor.refresh()
        assert contents(monitor.connection)[:2] == contents(whole.connection)[:2], step
        step += 1
    assert step > 5


@pytest.mark.parametrize("step", ["_write_profile", "_write_drift", "keep_distributions", "write_progress"])
def test_a_failure_while_writing_changes_nothing(step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monitor = watched()
    before = contents(monitor.connection)
    monitor.connection.execute(LATE)

    def fail(*_: object, **__: object) -> None:
        raise OSError("no space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(writing, step, fail)
        with pytest.raises(OSError, match="no space left"):
            monitor.refresh()
    assert contents(monitor.connection) == before
    assert monitor.refresh().windows == 1


def killed(step: str) -> str:
    """A program that opens a data file, adds a row, refreshes, and is killed after a step."""
    return f"""
import os, signal, sys
import duckdb
from local_workspace.engine import writing
from tests.local_workspace.engine import test_robustness as test
from tests.local_workspace.engine.monitored import Monitored

connection = duckdb.connect(sys.argv[1])
monitor = test.on_file(connection)
connection.execute(test.LATE)
step = writing.{step}
def killing(*arguments, **named):
    step(*arguments, **named)
    os.kill(os.getpid(), signal.SIGKILL)
writing.{step} = killing
monitor.refresh()
"""


def on_file(connection: duckdb.DuckDBPyConnection) -> Monitored:
    """The monitor of `watched`, on a data file that has its tables."""
    model = monitored(ROWS, slices=["name"], metrics=METRICS, baseline="SELECT 1.0 AS x")
    create_state(connection)
    return Monitored(connection, model.analysis, model.slices, model.metrics, has_baseline=True)


@pytest.mark.parametrize("step", ["_write_profile", "_write_drift", "write_progress"])
def test_a_process_that_is_killed_while_it_writes_leaves_the_tables_as_they_were(
    step: str, tmp_path: Path
) -> None:
    path = str(tmp_path / "data.duckdb")
    with duckdb.connect(path) as connection:
        for schema in ("main.gold", "main.out"):
            connection.execute(f'CREATE SCHEMA "{schema}"')
        connection.execute(f'CREATE TABLE "main.gold"."runs" AS {ROWS}')
        connection.execute('CREATE TABLE "main.gold"."baseline" AS SELECT 1.0 AS x')
        on_file(connection).refresh()
        before = contents(connection)
    ended = subprocess.run(
        [sys.executable, "-c", killed(step), path], capture_output=True, text=True, check=False
    )
    assert ended.returncode == -9, ended.stderr
    with duckdb.connect(path) as connection:
        assert contents(connection) == before
        assert on_file(connection).refresh().windows == 1
        assert connection.execute(f"SELECT max(total) FROM {PROFILE}").fetchall() == [(6.0,)]


FULL_DISK: Final = """
import resource, sys
import duckdb
from local_workspace.engine.refresh import RefreshExhausted
from tests.local_workspace.engine import test_robustness as test

connection = duckdb.connect(sys.argv[1])
monitor = test.on_file(connection)
connection.execute(test.LATE)
before = test.contents(connection)
resource.setrlimit(resource.RLIMIT_FSIZE, (8_000, resource.RLIM_INFINITY))
try:
    monitor.refresh()
except RefreshExhausted as error:
    print(error)
assert test.contents(connection) == before
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
assert monitor.refresh().windows == 1
"""
"""A program in which no file can become larger than a few rows, for the time of a refresh."""


def test_a_disk_that_is_full_at_the_commit_fails_the_refresh_with_the_reason(tmp_path: Path) -> None:
    path = str(tmp_path / "data.duckdb")
    with duckdb.connect(path) as connection:
        for schema in ("main.gold", "main.out"):
            connection.execute(f'CREATE SCHEMA "{schema}"')
        connection.execute(f'CREATE TABLE "main.gold"."runs" AS {ROWS}')
        connection.execute('CREATE TABLE "main.gold"."baseline" AS SELECT 1.0 AS x')
        on_file(connection).refresh()
    ended = subprocess.run(
        [sys.executable, "-c", FULL_DISK, path], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.startswith("The disk is full: TransactionContext Error: Failed to commit")


def reading(
    connection: duckdb.DuckDBPyConnection, found: list[Any], over: threading.Event
) -> Callable[[], None]:
    query = (
        f"SELECT profile.total, drift.more FROM {PROFILE} AS profile, {DRIFT} AS drift "
        "WHERE profile.column_name = ':table' AND profile.slice_key IS NULL AND drift.column_name = ':table' "
        'AND drift.slice_key IS NULL AND drift.drift_type = \'CONSECUTIVE\' AND profile."window" = drift."window"'
    )

    def read() -> None:
        while not over.is_set():
            found.append(connection.execute(query).fetchall())

    return read


def test_a_reader_sees_the_tables_of_one_refresh_or_of_the_other() -> None:
    monitor, over = watched(), threading.Event()
    found: list[Any] = []
    reader = threading.Thread(target=reading(monitor.connection.cursor(), found, over))
    reader.start()
    for _ in range(8):
        monitor.connection.execute(LATE)
        monitor.refresh()
    over.set()
    reader.join()
    assert len(found) > 8
    assert all(len(rows) == 1 and rows[0][1] == rows[0][0] - 1 for rows in found)
    totals = [rows[0][0] for rows in found]
    assert totals == sorted(totals)
