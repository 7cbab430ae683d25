"""Refreshes: the first by itself, queue, cancel, failure, schedule."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from local_workspace.monitoring_engine import Engine
from local_workspace.refreshes import RefreshFailedError, RefreshStoppedError
from local_workspace.workspace import Workspace
from tests.local_workspace.target import (
    CATALOG,
    MONITOR,
    SMALLEST_MONITOR,
    USAGE,
    Target,
    in_process,
    make_usage_table,
    until,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from local_workspace.engine.switches import Switches
    from local_workspace.names import TableName
    from local_workspace.working_memory import MemoryNeed

REFRESHES = f"{MONITOR}/refreshes"


@dataclass
class FakeEngine:
    """An engine whose refreshes wait until they are let go, and fail when they are told to."""

    started: threading.Event = field(default_factory=threading.Event)
    let_go: threading.Event = field(default_factory=threading.Event)
    failure: str | None = None
    refreshed: list[tuple[str, int]] = field(default_factory=list)

    def engine(self) -> Engine:
        return Engine(self.validate, self.refresh)

    def validate(
        self,
        _body: Mapping[str, object],
        _columns: Mapping[str, str],
        _baseline: Mapping[str, str] | None,
        _switches: Switches,
    ) -> list[str]:
        return []

    def refresh(
        self,
        _workspace: Workspace,
        table: TableName,
        monitor: dict[str, Any],
        _need: MemoryNeed,
        cancelled: Callable[[], bool],
    ) -> None:
        self.started.set()
        while not self.let_go.wait(0.005):
            if cancelled():
                raise RefreshStoppedError
        if self.failure:
            raise RefreshFailedError(self.failure)
        self.refreshed.append((str(table), monitor["version"]))


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine()


@pytest.fixture
def held(engine: FakeEngine, tmp_path: Path) -> Iterator[Target]:
    """A monitored table whose first refresh runs until the engine lets it go."""
    with in_process(Workspace(tmp_path / "state", engine=engine.engine())) as target:
        make_usage_table(target)
        target.post(MONITOR, SMALLEST_MONITOR)
        assert engine.started.wait(10)
        yield target
        engine.let_go.set()


def states(target: Target) -> list[str]:
    return [refresh["state"] for refresh in target.get(REFRESHES).json()["refreshes"]]


def test_first_refresh_comes_by_itself_and_makes_both_tables(usage: Target) -> None:
    usage.rows(f"INSERT INTO {USAGE} SELECT current_timestamp() - INTERVAL 1 DAY, 'a', 2.5, 3")
    usage.post(MONITOR, SMALLEST_MONITOR)
    refresh = usage.wait_for_refresh()
    assert refresh["state"] == "SUCCESS", refresh
    assert refresh["trigger"] == "MANUAL"
    assert refresh["end_time_ms"] >= refresh["start_time_ms"]
    profile = "main.gold_monitoring.usage_profile_metrics"
    assert usage.rows(f"SELECT count FROM {profile} WHERE column_name = ':table'") == [["1"]]
    assert len(usage.sdk.tables.get(profile).columns or []) == 29
    assert len(usage.sdk.tables.get("main.gold_monitoring.usage_drift_metrics").columns or []) == 22


def test_rows_carry_the_version_of_the_table_that_was_read(usage: Target) -> None:
    usage.rows(f"INSERT INTO {USAGE} SELECT current_timestamp() - INTERVAL 1 DAY, 'a', 2.5, 3")
    usage.post(MONITOR, SMALLEST_MONITOR)
    usage.wait_for_refresh()
    versions = "SELECT DISTINCT logging_table_commit_version FROM main.gold_monitoring.usage_profile_metrics"
    assert usage.rows(versions) == [["1"]]
    usage.rows(f"INSERT INTO {USAGE} SELECT current_timestamp() - INTERVAL 1 DAY, 'b', 2.5, 3")
    usage.post(f"{MONITOR}/refreshes")
    usage.wait_for_refresh()
    assert usage.rows(versions) == [["2"]]


def test_report_says_what_each_refresh_wrote(usage: Target) -> None:
    usage.post(MONITOR, SMALLEST_MONITOR)
    usage.wait_for_refresh()
    report = usage.get("/__local/refreshes").json()["refreshes"][0]
    assert report["table"] == USAGE
    assert report["report"]["profile_rows"] == 0
    assert report["report"]["seconds"] > 0


def test_second_refresh_waits_while_one_runs(held: Target, engine: FakeEngine) -> None:
    second = held.post(REFRESHES).json()
    assert second["state"] == "PENDING"
    assert states(held) == ["PENDING", "RUNNING"]
    engine.let_go.set()
    until(lambda: states(held), lambda seen: seen == ["SUCCESS", "SUCCESS"])


def test_refreshes_of_one_monitor_never_run_at_once(tmp_path: Path) -> None:
    running: list[int] = []
    most: list[int] = []
    slow = FakeEngine()

    def refresh(*_: object) -> None:
        running.append(1)
        most.append(len(running))
        slow.let_go.wait(0.02)
        running.pop()

    with in_process(Workspace(tmp_path / "state", engine=Engine(slow.validate, refresh))) as target:
        make_usage_table(target)
        target.post(MONITOR, SMALLEST_MONITOR)
        for _ in range(5):
            target.post(REFRESHES)
        until(lambda: states(target), lambda seen: seen == ["SUCCESS"] * 6)
    assert most == [1] * 6


def test_refreshes_side_by_side_write_what_each_would_alone(usage: Target) -> None:
    days = (f"current_timestamp() - INTERVAL {day} DAY" for day in range(1, 6))
    usage.rows(f"INSERT INTO {USAGE} " + " UNION ALL ".join(f"SELECT {day}, 'a', 2.5, 3" for day in days))
    tables = [f"copy_{number}" for number in range(8)]
    for table in tables:
        usage.rows(f"CREATE TABLE main.gold.{table} AS SELECT * FROM {USAGE}")
    paths = [f"{CATALOG}/tables/main.gold.{table}/monitor" for table in tables]
    for path in paths:
        assert usage.post(path, SMALLEST_MONITOR).status_code == 200
    for path in paths:
        assert usage.wait_for_refresh(path)["state"] == "SUCCESS"
    for kind in ("profile", "drift"):
        first, *others = (
            sorted(usage.rows(f"SELECT * FROM main.gold_monitoring.{table}_{kind}_metrics"), key=str)
            for table in tables
        )
        assert len(first) > 0
        assert others == [first] * (len(tables) - 1)


def test_list_is_newest_first_and_ends_at_25(held: Target) -> None:
    for _ in range(27):
        held.post(REFRESHES)
    numbers = [refresh["refresh_id"] for refresh in held.get(REFRESHES).json()["refreshes"]]
    assert numbers == list(range(28, 3, -1))


def test_one_refresh_can_be_read_and_a_missing_one_is_404(held: Target) -> None:
    assert held.get(f"{REFRESHES}/1").json()["state"] == "RUNNING"
    answer = held.get(f"{REFRESHES}/99")
    assert (answer.status_code, answer.json()["message"]) == (404, "Refresh 99 does not exist.")


def test_running_refresh_can_be_cancelled(held: Target, engine: FakeEngine) -> None:
    assert held.post(f"{REFRESHES}/1/cancel").json() == {}
    assert states(held) == ["CANCELED"]
    assert engine.refreshed == []


def test_waiting_refresh_can_be_cancelled_and_never_runs(held: Target, engine: FakeEngine) -> None:
    held.post(REFRESHES)
    held.post(f"{REFRESHES}/2/cancel")
    engine.let_go.set()
    until(lambda: states(held), lambda seen: seen == ["CANCELED", "SUCCESS"])
    assert len(engine.refreshed) == 1


def test_refresh_that_is_over_cannot_be_cancelled(held: Target) -> None:
    held.post(f"{REFRESHES}/1/cancel")
    answer = held.post(f"{REFRESHES}/1/cancel")
    assert (answer.status_code, answer.json()["message"]) == (
        400,
        "Refresh 1 is over: its state is CANCELED.",
    )


def test_failure_is_told_by_refresh_and_monitor_until_a_refresh_succeeds(
    held: Target, engine: FakeEngine
) -> None:
    engine.failure = "[DIVIDE_BY_ZERO] Division by zero."
    engine.let_go.set()
    failed = held.wait_for_refresh()
    assert (failed["state"], failed["message"]) == ("FAILED", "[DIVIDE_BY_ZERO] Division by zero.")
    monitor = held.get(MONITOR).json()
    assert monitor["latest_monitor_failure_msg"] == "[DIVIDE_BY_ZERO] Division by zero."
    assert monitor["status"] == "MONITOR_STATUS_ACTIVE"
    engine.failure = None
    held.post(REFRESHES)
    held.wait_for_refresh()
    assert "latest_monitor_failure_msg" not in held.get(MONITOR).json()


def test_failed_refresh_leaves_the_tables_as_they_were(usage: Target) -> None:
    usage.rows(f"INSERT INTO {USAGE} SELECT current_timestamp() - INTERVAL 1 DAY, '1', 2.5, 3")
    metric = {
        "name": "numbers",
        "type": "CUSTOM_METRIC_TYPE_AGGREGATE",
        "definition": "SUM(CAST(team AS DOUBLE))",
        "input_columns": [":table"],
        "output_data_type": '{"metadata":{},"name":"output","nullable":true,"type":"double"}',
    }
    usage.post(MONITOR, {**SMALLEST_MONITOR, "custom_metrics": [metric]})
    assert usage.wait_for_refresh()["state"] == "SUCCESS"
    everything = "SELECT * FROM main.gold_monitoring.usage_profile_metrics ORDER BY column_name"
    before = usage.rows(everything)
    usage.rows(f"INSERT INTO {USAGE} SELECT current_timestamp() - INTERVAL 1 DAY, 'x', 2.5, 3")
    usage.post(REFRESHES)
    failed = usage.wait_for_refresh()
    assert failed["state"] == "FAILED"
    assert "CAST_INVALID_INPUT" in failed["message"]
    assert usage.rows(everything) == before


def test_monitor_that_is_deleted_while_it_refreshes_leaves_nothing_behind(
    held: Target, engine: FakeEngine
) -> None:
    assert held.delete(MONITOR).status_code == 200
    held.post(MONITOR, SMALLEST_MONITOR)
    engine.let_go.set()
    refresh = held.wait_for_refresh()
    assert (refresh["refresh_id"], refresh["state"]) == (2, "SUCCESS")
    assert len(states(held)) == 1


def test_table_that_is_dropped_fails_its_refresh_clearly(usage: Target) -> None:
    usage.post("/__local/transitions", {"tables_after_seconds": 60})
    usage.post(MONITOR, SMALLEST_MONITOR)
    usage.rows(f"DROP TABLE {USAGE}")
    usage.post("/__local/clock", {"advance_seconds": 61})
    report = until(
        lambda: usage.get("/__local/refreshes").json()["refreshes"][0], lambda seen: seen["state"] == "FAILED"
    )
    assert report["message"] == f"Table '{USAGE}' does not exist."


def test_tables_come_later_when_asked_for(usage: Target) -> None:
    usage.post("/__local/transitions", {"tables_after_seconds": 60})
    usage.post(MONITOR, SMALLEST_MONITOR)
    assert usage.get(MONITOR).json()["status"] == "MONITOR_STATUS_ACTIVE"
    assert usage.get(REFRESHES).json()["refreshes"][0]["state"] == "PENDING"
    profile = f"{CATALOG}/tables/main.gold_monitoring.usage_profile_metrics"
    assert usage.get(profile).status_code == 404
    usage.post("/__local/clock", {"advance_seconds": 61})
    assert usage.wait_for_refresh()["state"] == "SUCCESS"
    assert usage.get(profile).status_code == 200


def test_schedule_fires_when_the_clock_passes_it(held: Target, engine: FakeEngine) -> None:
    engine.let_go.set()
    held.wait_for_refresh()
    held.post("/__local/clock", {"now": "2030-01-01T05:59:00Z"})
    schedule = {"quartz_cron_expression": "0 0 6 * * ?", "timezone_id": "UTC"}
    held.put(MONITOR, {**SMALLEST_MONITOR, "schedule": schedule})
    assert len(states(held)) == 1
    held.post("/__local/clock", {"advance_seconds": 61})
    refreshes = until(lambda: held.get(REFRESHES).json()["refreshes"], lambda seen: len(seen) == 2)
    assert refreshes[0]["trigger"] == "SCHEDULE"


def test_days_that_the_clock_jumps_over_fire_a_schedule_once(held: Target, engine: FakeEngine) -> None:
    engine.let_go.set()
    schedule = {"quartz_cron_expression": "0 0 6 * * ?", "timezone_id": "UTC"}
    held.put(MONITOR, {**SMALLEST_MONITOR, "schedule": schedule})
    held.post("/__local/clock", {"advance_seconds": 10 * 86_400})
    until(lambda: states(held), lambda seen: seen == ["SUCCESS", "SUCCESS"])
    held.post("/__local/clock", {"advance_seconds": 0})
    assert len(states(held)) == 2


def test_put_without_schedule_stops_it(held: Target, engine: FakeEngine) -> None:
    engine.let_go.set()
    schedule = {"quartz_cron_expression": "0 0 6 * * ?", "timezone_id": "UTC"}
    held.put(MONITOR, {**SMALLEST_MONITOR, "schedule": schedule})
    held.put(MONITOR, SMALLEST_MONITOR)
    held.post("/__local/clock", {"advance_seconds": 10 * 86_400})
    held.post(REFRESHES)
    until(lambda: states(held), lambda seen: seen[0] == "SUCCESS")
    assert len(states(held)) == 2


def test_comments_survive_a_refresh(usage: Target) -> None:
    usage.post(MONITOR, SMALLEST_MONITOR)
    usage.wait_for_refresh()
    profile = "main.gold_monitoring.usage_profile_metrics"
    usage.rows(f"ALTER TABLE {profile} ALTER COLUMN avg COMMENT 'The mean'")
    usage.rows(f"INSERT INTO {USAGE} SELECT current_timestamp() - INTERVAL 1 DAY, 'a', 2.5, 3")
    usage.post(REFRESHES)
    assert usage.wait_for_refresh()["state"] == "SUCCESS"
    assert usage.column_comments(profile)["avg"] == "The mean"


def test_refresh_that_runs_when_the_workspace_stops_is_carried_out_at_the_next_start(tmp_path: Path) -> None:
    interrupted, next_start = FakeEngine(), FakeEngine()
    next_start.let_go.set()
    with in_process(Workspace(tmp_path / "state", engine=interrupted.engine())) as target:
        make_usage_table(target)
        target.post(MONITOR, SMALLEST_MONITOR)
        assert interrupted.started.wait(10)
    with in_process(Workspace(tmp_path / "state", engine=next_start.engine())) as target:
        assert target.wait_for_refresh()["refresh_id"] == 1
    assert (interrupted.refreshed, next_start.refreshed) == ([], [(USAGE, 0)])


def test_refresh_that_ran_when_the_process_was_killed_is_queued_again(tmp_path: Path) -> None:
    engine = FakeEngine()
    engine.let_go.set()
    workspace = Workspace(tmp_path / "state", engine=engine.engine())
    with in_process(workspace) as target:
        make_usage_table(target)
        target.post(MONITOR, SMALLEST_MONITOR)
        target.wait_for_refresh()
        ((key, record),) = workspace.store.all("refresh")
        workspace.store.put("refresh", key, {**record, "state": "RUNNING"})
    again = FakeEngine()
    again.let_go.set()
    with in_process(Workspace(tmp_path / "state", engine=again.engine())) as target:
        assert target.wait_for_refresh()["state"] == "SUCCESS"
    assert again.refreshed == [(USAGE, 0)]


def test_refresh_that_meets_a_change_of_its_tables_is_tried_again(tmp_path: Path) -> None:
    attempts: list[int] = []

    def refresh(*_: object) -> None:
        attempts.append(1)
        if len(attempts) == 1:
            raise duckdb.TransactionException("the table was altered by another transaction")

    engine = Engine(FakeEngine().validate, refresh)
    with in_process(Workspace(tmp_path / "state", engine=engine)) as target:
        make_usage_table(target)
        target.post(MONITOR, SMALLEST_MONITOR)
        assert target.wait_for_refresh()["state"] == "SUCCESS"
    assert len(attempts) == 2


def refreshed(target: Target) -> dict[str, Any]:
    """What one more refresh reports."""
    target.post(REFRESHES)
    assert target.wait_for_refresh()["state"] == "SUCCESS"
    reports = target.get("/__local/refreshes").json()["refreshes"]
    report: dict[str, Any] = reports[-1]["report"]
    return report


@pytest.fixture
def ten_days(usage: Target) -> Target:
    """A monitored table with a row on each of ten days, refreshed once."""
    days = " UNION ALL ".join(
        f"SELECT date_trunc('DAY', current_timestamp()) - INTERVAL {day} DAY, 'a', 2.5, 3"
        for day in range(1, 11)
    )
    usage.rows(f"INSERT INTO {USAGE} {days}")
    usage.rows(f"CREATE TABLE main.gold.copy AS SELECT * FROM {USAGE}")
    usage.post(MONITOR, SMALLEST_MONITOR)
    usage.wait_for_refresh()
    return usage


YESTERDAY = "date_trunc('DAY', current_timestamp()) - INTERVAL 1 DAY"


def test_a_statement_that_adds_rows_touches_their_windows(ten_days: Target) -> None:
    ten_days.rows(f"INSERT INTO {USAGE} SELECT {YESTERDAY}, 'b', 1, 1")
    assert refreshed(ten_days)["windows"] == 1
    assert refreshed(ten_days)["windows"] == 0


@pytest.mark.parametrize(
    "statement",
    [
        f"UPDATE {USAGE} SET team = 'z' WHERE happened_at = {YESTERDAY}",
        f"DELETE FROM {USAGE} WHERE happened_at = {YESTERDAY} AND cost > 100",
        f"INSERT OVERWRITE {USAGE} SELECT * FROM main.gold.copy",
        f"ALTER TABLE {USAGE} ADD COLUMN more INT",
        f"CREATE OR REPLACE TABLE {USAGE} AS SELECT * FROM main.gold.copy",
    ],
    ids=["update", "delete", "overwrite", "alter", "replace"],
)
def test_a_statement_that_changes_rows_or_columns_has_everything_computed(
    ten_days: Target, statement: str
) -> None:
    assert refreshed(ten_days)["windows"] == 0
    ten_days.rows(statement)
    assert refreshed(ten_days)["windows"] == 10


def test_what_was_read_is_known_after_a_restart(tmp_path: Path) -> None:
    with in_process(Workspace(tmp_path / "state")) as target:
        make_usage_table(target)
        target.rows(f"INSERT INTO {USAGE} SELECT {YESTERDAY}, 'b', 1, 1")
        target.post(MONITOR, SMALLEST_MONITOR)
        target.wait_for_refresh()
    with in_process(Workspace(tmp_path / "state")) as target:
        assert refreshed(target)["windows"] == 0


def test_a_monitor_that_is_made_again_reads_everything(ten_days: Target) -> None:
    ten_days.delete(MONITOR)
    ten_days.post(MONITOR, SMALLEST_MONITOR)
    ten_days.wait_for_refresh()
    reports = ten_days.get("/__local/refreshes").json()["refreshes"]
    assert reports[-1]["report"]["windows"] == 10
