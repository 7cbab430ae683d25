"""All rows of a large table are read in place: it changes no value, and rows that change meanwhile are read again."""

from __future__ import annotations

from typing import Any, Final

import pytest

from local_workspace.engine import planning, source
from local_workspace.engine import refresh as module
from local_workspace.engine.progress import record_rewrite
from local_workspace.engine.refresh import RefreshCancelled, RefreshFailed
from local_workspace.engine.switches import Switches
from local_workspace.names import TableName
from tests.local_workspace.engine.monitored import (
    TABLE,
    BeforeStep,
    Monitored,
    contents,
    inference_log,
    metric,
    monitored,
)
from tests.local_workspace.engine.test_passes import DIGITS, METRICS, ROWS, SLICES

RUNS: Final = '"main.gold"."runs"'
APPEND: Final = f"INSERT INTO {RUNS} {ROWS} LIMIT 7"
UPDATE: Final = f"UPDATE {RUNS} SET amount = 1000, name = 'changed', kind = 'new' WHERE label = 0"
DELETE: Final = f"DELETE FROM {RUNS} WHERE prediction < 3"
EVERYTHING: Final = Switches(slice_drift_tests=True, slice_quantiles=True, slice_frequent_items=True)


@pytest.fixture(autouse=True)
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few values count as many."""
    monkeypatch.setattr(source, "_MANY_VALUES", 0)
    monkeypatch.setattr(planning, "_FEW_VALUES", 0)


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether each refresh read in place, one after the other."""
    found: list[bool] = []

    def noted(*arguments: Any, **named: Any) -> source.Source:  # noqa: ANN401 - whatever `read_input` takes
        made = source.read_input(*arguments, **named)
        found.append(made.is_in_place)
        return made

    monkeypatch.setattr(module, "read_input", noted)
    return found


def job_runs(rows: str = ROWS, **named: Any) -> Monitored:  # noqa: ANN401 - whatever `monitored` takes
    return monitored(rows, **{"slices": SLICES[:2], "metrics": METRICS, **named})


def change(monitor: Monitored, statement: str) -> None:
    """Change the monitored table as a warehouse does."""
    with monitor.connection.cursor() as cursor:
        cursor.begin()
        cursor.execute(statement)
        if statement is not APPEND:
            record_rewrite(cursor, TableName.parse(TABLE))
        cursor.commit()


def refreshed_while(monitor: Monitored, statement: str, step: int) -> bool:
    """Refresh, and change the table before a step; whether there was such a step."""
    changing = BeforeStep(step, lambda: change(monitor, statement))
    monitor.refresh_unchecked(switches=EVERYTHING, cancelled=changing)
    return changing.was_done


@pytest.mark.parametrize("baseline", [None, f"{ROWS} WHERE i % 3 > 0"], ids=["no baseline", "a baseline"])
@pytest.mark.parametrize(
    "analysis", [None, inference_log("REGRESSION")], ids=["time series", "inference log"]
)
def test_it_changes_nothing(
    monkeypatch: pytest.MonkeyPatch,
    reads: list[bool],
    analysis: dict[str, object] | None,
    baseline: str | None,
) -> None:
    found = []
    for most in (0, 10**9):
        monkeypatch.setattr(source, "_MANY_VALUES", most)
        monitor = job_runs(analysis=analysis, baseline=baseline)
        monitor.refresh(switches=EVERYTHING)
        first = contents(monitor, DIGITS)
        monitor.connection.execute(APPEND)
        monitor.refresh(switches=EVERYTHING)
        found.append((first, contents(monitor, DIGITS)))
    assert found[0] == found[1]
    assert reads == [True, False, False, False]


@pytest.mark.parametrize("statement", [UPDATE, DELETE], ids=["changed", "removed"])
def test_rows_that_change_meanwhile_are_read_again_unless_the_tables_are_being_written(
    statement: str,
) -> None:
    def small() -> Monitored:
        return job_runs(slices=[], metrics=METRICS[:1])

    before, after = small(), small()
    change(after, statement)
    for each in (before, after):
        each.refresh(switches=EVERYTHING)
    seen: list[Any] = []
    while refreshed_while(monitor := small(), statement, len(seen) + 1):
        seen.append(contents(monitor, DIGITS))
        monitor.refresh(switches=EVERYTHING)
        assert contents(monitor, DIGITS) == contents(after, DIGITS), len(seen)
    again = seen.count(contents(after, DIGITS))
    assert again > 5
    assert seen[again:] == [contents(before, DIGITS)] * (len(seen) - again)


def test_rows_that_are_appended_meanwhile_are_left_to_the_next_refresh(reads: list[bool]) -> None:
    before = job_runs()
    before.refresh(switches=EVERYTHING)
    monitor = job_runs()
    assert refreshed_while(monitor, APPEND, 3)
    assert contents(monitor, DIGITS) == contents(before, DIGITS)
    assert reads == [True, True]


def test_a_table_that_is_dropped_meanwhile_fails_the_refresh_by_its_name() -> None:
    monitor = job_runs()
    with pytest.raises(RefreshFailed, match=r"TABLE_OR_VIEW_NOT_FOUND.*`main`\.`gold`\.`runs`"):
        refreshed_while(monitor, f"DROP TABLE {RUNS}", 3)


def test_a_refresh_that_is_cancelled_does_not_begin_again(reads: list[bool]) -> None:
    monitor = job_runs()
    changing = BeforeStep(3, lambda: change(monitor, UPDATE))
    with pytest.raises(RefreshCancelled):
        monitor.refresh_unchecked(cancelled=lambda: changing() or changing.was_done)
    assert reads == [True]


@pytest.mark.parametrize(
    ("slices", "metrics", "reason"),
    [
        (["CAST(name AS INT) > 3"], [], "slicing expression 'CAST"),
        ([], [metric("aggregate", "bad", "sum(CAST(name AS INT))")], "custom metric 'bad'"),
    ],
    ids=["a slice", "a metric"],
)
def test_what_fails_is_named(slices: list[str], metrics: list[dict[str, object]], reason: str) -> None:
    with pytest.raises(RefreshFailed, match=reason):
        job_runs(slices=slices, metrics=metrics).refresh()


def test_rows_are_copied_where_some_are_gone_or_before_the_look_back(reads: list[bool]) -> None:
    gone = job_runs()
    gone.connection.execute(f"DELETE FROM {RUNS} WHERE label = 2")
    gone.refresh()
    job_runs(f"{ROWS} UNION ALL BY NAME SELECT TIMESTAMP '2025-01-01' AS at, 'old' AS name").refresh()
    job_runs(f"{ROWS} UNION ALL BY NAME SELECT 'without a moment' AS name").refresh()
    job_runs("SELECT *, 1 AS rowid FROM (" + ROWS + ")").refresh()
    assert reads == [False] * 4


def test_few_values_are_copied(monkeypatch: pytest.MonkeyPatch, reads: list[bool]) -> None:
    monkeypatch.setattr(source, "_MANY_VALUES", 600 * 7)
    job_runs().refresh()
    monkeypatch.setattr(source, "_MANY_VALUES", 600 * 7 - 1)
    job_runs().refresh()
    assert reads == [False, True]


def test_the_steps_say_so() -> None:
    monitor = job_runs()
    changing = BeforeStep(2, lambda: change(monitor, UPDATE))
    disturbed = monitor.refresh_unchecked(cancelled=changing).steps
    undisturbed = job_runs().refresh_unchecked().steps
    again = "began again with a copy: rows changed while they were read in place"
    assert (undisturbed[1].what.split(" rows ")[0], disturbed[0].what) == ("read in place the", again)
    assert disturbed[2].what.startswith("read the rows from")
