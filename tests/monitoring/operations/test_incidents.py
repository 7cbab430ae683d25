from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from local_workspace.workspace import Workspace
from monitoring.domain import Domain, Schedule
from monitoring.domains import DOMAINS
from monitoring.operations.incidents import MINIMUM_ROWS, DomainFindings, IncidentSearch, most_hours_behind
from monitoring.operations.statements import NoWarehouseError, Warehouse, find_warehouse
from tests.local_workspace.target import Target, in_process
from tests.monitoring.hand_made_rows import SETTINGS, OutputTables

COST = DOMAINS[0]


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    with in_process(Workspace(tmp_path_factory.mktemp("state"))) as target:
        yield target


@pytest.fixture
def tables(target: Target) -> Iterator[OutputTables]:
    made = OutputTables(target, COST, ("untagged_usage_pct", "tag_coverage_pct"), ("cost_drift_pct",))
    yield made
    for name in (made.profile, made.drift):
        target.rows(f"DROP TABLE IF EXISTS {name}")


def search(target: Target, since: datetime | None = None, minimum_rows: int = MINIMUM_ROWS) -> DomainFindings:
    def warehouse() -> Warehouse:
        return find_warehouse(target.sdk)

    return IncidentSearch(target.sdk, warehouse, SETTINGS, since, minimum_rows).search(COST)


def found(result: DomainFindings) -> list[tuple[str, float, str]]:
    assert result.problem == ""
    return [(finding.metric, finding.value, finding.severity) for finding in result.findings]


def test_a_value_within_its_thresholds_is_no_finding(target: Target, tables: OutputTables) -> None:
    tables.add_profile(1, untagged_usage_pct=14)
    result = search(target)
    assert (result.is_good, result.windows) == (True, 1)


def test_a_finding_says_where_it_stands_and_which_condition_it_fulfils(
    target: Target, tables: OutputTables
) -> None:
    tables.add_profile(1, 250, untagged_usage_pct=21.5)
    (finding,) = search(target).findings
    assert (finding.domain, finding.table, finding.metric) == ("cost", tables.profile, "untagged_usage_pct")
    assert (finding.granularity, finding.window_start) == ("1 day", f"{tables.day(1):%Y-%m-%d %H:%M:%S}")
    assert (finding.value, finding.severity, finding.condition) == (21.5, "critical", "> 20 %")
    assert (finding.rows, finding.compared_with) == (250, None)


def test_between_warning_and_critical_it_is_a_warning(target: Target, tables: OutputTables) -> None:
    tables.add_profile(1, untagged_usage_pct=16)
    assert found(search(target)) == [("untagged_usage_pct", 16, "warning")]


def test_the_window_that_is_still_filling_is_not_judged(target: Target, tables: OutputTables) -> None:
    tables.add_profile(1, untagged_usage_pct=1)
    tables.add_profile(0, untagged_usage_pct=99)
    assert found(search(target)) == []


def test_only_the_newest_closed_window_counts_unless_a_moment_is_given(
    target: Target, tables: OutputTables
) -> None:
    for ago, value in ((1, 1), (2, 30), (3, 40), (4, 50)):
        tables.add_profile(ago, untagged_usage_pct=value)
    assert found(search(target)) == []
    since = tables.day(3)
    assert [finding.value for finding in search(target, since).findings] == [40, 30]
    assert [finding.value for finding in search(target, since + timedelta(seconds=1)).findings] == [30]


def test_slices_are_not_taken_for_totals(target: Target, tables: OutputTables) -> None:
    tables.add_profile(1, untagged_usage_pct=1)
    tables.add_profile(1, untagged_usage_pct=99, slice_key="cloud")
    assert found(search(target)) == []


def test_the_newest_version_of_a_window_replaces_the_older_one(target: Target, tables: OutputTables) -> None:
    tables.add_profile(1, untagged_usage_pct=99, version=0)
    tables.add_profile(1, untagged_usage_pct=2, version=1)
    tables.add_profile(2, untagged_usage_pct=98, version=0)
    assert found(search(target, tables.day(5))) == [("untagged_usage_pct", 98, "critical")]


def test_null_is_no_finding(target: Target, tables: OutputTables) -> None:
    tables.add_profile(1)
    assert search(target).is_good


def test_a_window_of_few_rows_is_left_out_and_counted(target: Target, tables: OutputTables) -> None:
    tables.add_profile(1, 19, untagged_usage_pct=99)
    result = search(target)
    assert (found(result), result.windows, result.small_windows) == ([], 0, 1)
    assert found(search(target, minimum_rows=19)) == [("untagged_usage_pct", 99, "critical")]


def test_a_change_is_a_finding_on_either_side(target: Target, tables: OutputTables) -> None:
    for ago in (1, 2, 3):
        tables.add_profile(ago)
    tables.add_drift(1, cost_drift_pct=-12)
    tables.add_drift(2, cost_drift_pct=25)
    result = search(target, tables.day(9))
    assert found(result) == [("cost_drift_pct", 25, "critical"), ("cost_drift_pct", -12, "warning")]
    assert result.findings[0].compared_with == f"{tables.day(3):%Y-%m-%d %H:%M:%S}"


@pytest.mark.parametrize(("now", "before"), [(5, 100), (100, 5)])
def test_a_change_from_or_to_a_window_of_few_rows_is_left_out(
    target: Target, tables: OutputTables, now: int, before: int
) -> None:
    tables.add_profile(1, now)
    tables.add_profile(2, before)
    tables.add_drift(1, cost_drift_pct=900)
    assert found(search(target)) == []


def test_a_metric_whose_column_comes_with_the_next_refresh_is_passed_over(
    target: Target, tables: OutputTables
) -> None:
    assert "jobs_on_all_purpose_ratio" not in tables.profile_metrics
    tables.add_profile(1, tag_coverage_pct=70)
    assert found(search(target)) == [("tag_coverage_pct", 70, "warning")]


def test_a_monitor_is_late_when_its_newest_window_ended_long_ago(
    target: Target, tables: OutputTables
) -> None:
    tables.add_profile(4, untagged_usage_pct=1)
    result = search(target)
    assert (result.is_late, result.is_good, result.most_hours_behind) == (True, False, 30)
    assert result.hours_behind is not None
    assert 72 <= result.hours_behind < 96


@pytest.mark.usefixtures("tables")
def test_a_monitor_without_any_window_is_late(target: Target) -> None:
    result = search(target)
    assert (result.hours_behind, result.is_late) == (None, True)


@pytest.mark.parametrize(
    ("quartz", "hours"), [("0 0 * * * ?", 3), ("0 30 */2 * * ?", 3), ("0 0 6 * * ?", 30), (None, 30)]
)
def test_an_hourly_monitor_is_late_sooner_than_a_daily_one(quartz: str | None, hours: int) -> None:
    schedule = None if quartz is None else Schedule(quartz)
    domain: Domain = replace(COST, schedule=schedule)
    assert most_hours_behind(domain) == hours


def test_tables_that_are_not_there_are_a_problem_with_the_next_step(target: Target) -> None:
    problem = search(target).problem
    assert problem.startswith("the output tables are not there yet; see: python -m monitoring wait (")


@pytest.mark.usefixtures("tables")
def test_without_a_warehouse_nothing_is_said_to_be_fine(target: Target) -> None:
    def none() -> Warehouse:
        raise NoWarehouseError("no SQL warehouse is running")

    result = IncidentSearch(target.sdk, none, SETTINGS).search(COST)
    assert (result.problem, result.is_good) == ("no SQL warehouse is running", False)


@pytest.mark.usefixtures("tables")
def test_a_fault_in_one_domain_leaves_the_others(target: Target) -> None:
    searched = IncidentSearch(target.sdk, lambda: find_warehouse(target.sdk), SETTINGS)
    one, other = searched.search_all(DOMAINS[:2])
    assert (one.problem, bool(other.problem)) == ("", True)


def test_a_permission_error_is_explained(target: Target, tables: OutputTables) -> None:
    target.post("/__local/fault", {"pattern": f"GET *{tables.profile}", "status": 403})
    assert search(target).problem.startswith("you may not do this with the monitor of main.gold.fact_usage")
