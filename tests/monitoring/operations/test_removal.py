from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from databricks.sdk.errors import NotFound

from local_workspace.workspace import Workspace
from monitoring.disposal import Disposal
from monitoring.domains import DOMAINS
from monitoring.operations.removal import Kind, Outcome, Remover, Step, copy_name, kept_until
from monitoring.operations.statements import NoWarehouseError, Warehouse, find_warehouse
from tests.local_workspace.target import CATALOG, Target, in_process
from tests.monitoring.hand_made_rows import SETTINGS, OutputTables

COST = DOMAINS[0]
GOLD = SETTINGS.gold_table_name(COST)
PROFILE, DRIFT = SETTINGS.profile_table_name(COST), SETTINGS.drift_table_name(COST)
OUTPUT = (PROFILE, DRIFT)
MONITOR = f"{CATALOG}/tables/{GOLD}/monitor"
TODAY = date(2026, 8, 1)
COPY_OF_PROFILE, COPY_OF_DRIFT = f"{PROFILE}_kept_until_20260831", f"{DRIFT}_kept_until_20260831"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    with in_process(Workspace(tmp_path_factory.mktemp("state"))) as target:
        yield target


@pytest.fixture
def target(shared: Target) -> Target:
    """A workspace with both output tables, a row in the profile, and no monitor."""
    shared.post("/__local/reset", {"everything": True})
    tables = OutputTables(shared, COST, ("tag_coverage_pct",), ("cost_drift_pct",))
    tables.add_profile(1, tag_coverage_pct=90)
    return shared


def monitored(target: Target) -> None:
    """Give the gold table a monitor that will never refresh: its tables are the ones that are there."""
    target.post(f"{CATALOG}/schemas", {"name": "gold", "catalog_name": "main"})
    target.post("/__local/transitions", {"tables_after_seconds": 9999})
    target.rows(f"CREATE TABLE {GOLD} (at TIMESTAMP)")
    body = {
        "assets_dir": "/Shared/monitors",
        "output_schema_name": "main.gold_monitoring",
        "time_series": {"timestamp_col": "at", "granularities": ["1 day"]},
    }
    assert target.post(MONITOR, body).status_code == 200


def remover(target: Target, disposal: Disposal) -> Remover:
    return Remover(target.sdk, lambda: find_warehouse(target.sdk), disposal, today=TODAY)


def there(target: Target) -> list[str]:
    return sorted(table.full_name or "" for table in target.sdk.tables.list("main", "gold_monitoring"))


def outcomes(steps: list[Step]) -> list[tuple[Kind, str, Outcome]]:
    return [(step.kind, step.name, step.outcome) for step in steps]


def test_a_monitor_goes_and_its_tables_stay_unless_asked(target: Target) -> None:
    monitored(target)
    steps = remover(target, Disposal.KEEP).delete_monitor_if_exists(GOLD, OUTPUT)
    assert outcomes(steps)[:3] == [
        (Kind.MONITOR, GOLD, Outcome.REMOVED),
        (Kind.TABLE, PROFILE, Outcome.KEPT),
        (Kind.TABLE, DRIFT, Outcome.KEPT),
    ]
    assert target.get(MONITOR).status_code == 404
    assert there(target) == sorted(OUTPUT)


def test_tables_are_dropped_also_when_there_is_no_monitor(target: Target) -> None:
    steps = remover(target, Disposal.DROP).delete_monitor_if_exists(GOLD, OUTPUT)
    assert outcomes(steps) == [
        (Kind.MONITOR, GOLD, Outcome.ABSENT),
        (Kind.TABLE, PROFILE, Outcome.REMOVED),
        (Kind.TABLE, DRIFT, Outcome.REMOVED),
    ]
    assert there(target) == []


def test_the_second_time_there_is_nothing_and_that_is_fine(target: Target) -> None:
    remover(target, Disposal.DROP).delete_monitor_if_exists(GOLD, OUTPUT)
    again = remover(target, Disposal.DROP).delete_monitor_if_exists(GOLD, OUTPUT)
    assert {step.outcome for step in again} == {Outcome.ABSENT}


def test_a_copy_holds_the_rows_and_its_name_says_how_long(target: Target) -> None:
    steps = remover(target, Disposal.COPY).delete_monitor_if_exists(GOLD, OUTPUT)
    assert steps[0] == Step(Kind.COPY, COPY_OF_PROFILE, Outcome.COPIED, f"1 rows of {PROFILE}")
    assert there(target) == sorted([COPY_OF_DRIFT, COPY_OF_PROFILE])
    assert target.rows(f"SELECT tag_coverage_pct FROM {COPY_OF_PROFILE}") == [["90.0"]]


def test_a_copy_that_an_interrupted_run_made_is_taken(target: Target) -> None:
    target.rows(f"CREATE TABLE {COPY_OF_PROFILE} AS SELECT * FROM {PROFILE}")
    (copied, dropped) = remover(target, Disposal.COPY).remove_table(PROFILE)
    assert (copied.outcome, dropped.outcome) == (Outcome.COPIED, Outcome.REMOVED)


def test_a_table_with_other_rows_than_its_copy_stays_and_so_does_the_monitor(target: Target) -> None:
    monitored(target)
    target.rows(f"CREATE TABLE {COPY_OF_PROFILE} AS SELECT * FROM {PROFILE} WHERE FALSE")
    steps = remover(target, Disposal.COPY).delete_monitor_if_exists(GOLD, OUTPUT)
    assert steps == [
        Step(
            Kind.COPY,
            COPY_OF_PROFILE,
            Outcome.FAILED,
            f"{COPY_OF_PROFILE} has 0 rows, {PROFILE} has 1; look at the copy, drop it, and try again",
        )
    ]
    assert target.get(MONITOR).status_code == 200
    assert {PROFILE, DRIFT} <= set(there(target))


def test_rows_that_a_refresh_added_after_the_copy_keep_their_table(target: Target) -> None:
    def add_when_the_monitor_is_gone(step: Step) -> None:
        if step.kind is Kind.MONITOR:
            target.rows(f"INSERT INTO {PROFILE} SELECT * FROM {PROFILE}")

    late = replace(remover(target, Disposal.COPY), report=add_when_the_monitor_is_gone)
    steps = late.delete_monitor_if_exists(GOLD, OUTPUT)
    assert outcomes(steps)[3:] == [
        (Kind.COPY, COPY_OF_PROFILE, Outcome.FAILED),
        (Kind.TABLE, DRIFT, Outcome.REMOVED),
    ]
    assert target.rows(f"SELECT COUNT(*) FROM {PROFILE}") == [["2"]]


def test_without_a_warehouse_for_the_copy_nothing_is_dropped(target: Target) -> None:
    def none() -> Warehouse:
        raise NoWarehouseError("no SQL warehouse is running")

    (step,) = Remover(target.sdk, none, Disposal.COPY, today=TODAY).remove_table(PROFILE)
    assert (step.outcome, step.message) == (Outcome.FAILED, "no SQL warehouse is running")
    assert PROFILE in there(target)


def test_a_table_that_is_not_there_needs_no_copy(target: Target) -> None:
    target.rows(f"DROP TABLE {DRIFT}")
    (step,) = remover(target, Disposal.COPY).remove_table(DRIFT)
    assert step == Step(Kind.COPY, COPY_OF_DRIFT, Outcome.ABSENT, f"{DRIFT} is not there")


@pytest.mark.parametrize("status", [403, 500])
def test_anything_but_not_found_is_a_failure_and_the_tables_stay(target: Target, status: int) -> None:
    monitored(target)
    fault = {"pattern": f"DELETE *{GOLD}/monitor", "status": status, "times": 50}
    assert target.post("/__local/fault", fault).status_code == 200
    steps = remover(target, Disposal.DROP).delete_monitor_if_exists(GOLD, OUTPUT)
    assert outcomes(steps) == [(Kind.MONITOR, GOLD, Outcome.FAILED)]
    assert {PROFILE, DRIFT} <= set(there(target))


def test_a_monitor_that_may_not_be_seen_is_a_failure(target: Target) -> None:
    assert (
        target.post("/__local/fault", {"pattern": f"GET *{GOLD}/monitor", "status": 403}).status_code == 200
    )
    steps = remover(target, Disposal.DROP).delete_monitor_if_exists(GOLD, OUTPUT)
    assert outcomes(steps) == [(Kind.MONITOR, GOLD, Outcome.FAILED)]
    assert there(target) == sorted(OUTPUT)


def test_each_step_is_reported_when_it_is_done(target: Target) -> None:
    seen: list[Step] = []
    sure = Remover(target.sdk, lambda: find_warehouse(target.sdk), Disposal.DROP, report=seen.append)
    assert sure.remove_table(PROFILE) == seen


def test_something_else_that_is_gone_is_fine(target: Target) -> None:
    def gone(_name: str) -> None:
        raise NotFound("no such thing")

    step = remover(target, Disposal.KEEP).remove(Kind.FOLDER, "/a", gone)
    assert step == Step(Kind.FOLDER, "/a", Outcome.ABSENT)


def test_the_day_of_a_copy_can_be_read_from_its_name() -> None:
    assert kept_until(copy_name("a.b.c", TODAY)) == TODAY
    assert kept_until("a.b.c") is None
    assert kept_until("a.b.c_kept_until_20269999") is None
