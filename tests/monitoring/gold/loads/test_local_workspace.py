"""Loads that are run again, on the local workspace, which writes the tables; and the loads that it refuses."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from monitoring.gold import GOLD_TABLES
from monitoring.gold.loads import LOADS, DayRange
from monitoring.operations.gold_load import GoldLoadError, load
from tests.monitoring.gold.loads.engines import DAYS, LOCAL_SETTINGS

if TYPE_CHECKING:
    from tests.monitoring.gold.loads.engines import LocalEngine
    from tests.monitoring.gold.loads.system_tables import Row

USAGE = {"usage_quantity": "1", "sku_name": "JOBS", "cloud": "AWS", "usage_unit": "DBU"}
RUN = {"account_id": "a", "workspace_id": "1", "job_id": "1", "compute_ids": ["c", "b"]}
ORDERS = {"catalog_name": "main", "schema_name": "silver", "table_name": "orders"}

ONE_ROW_EACH: dict[str, tuple[str, Row]] = {
    "fact_usage": ("billing__usage", {"record_id": "a", "usage_date": "2026-03-03", **USAGE}),
    "fact_job_run_timeline": (
        "lakeflow__job_run_timeline",
        {
            **RUN,
            "run_id": "r",
            "result_state": "SUCCEEDED",
            "period_start_time": "2026-03-03 10:00:00",
            "period_end_time": "2026-03-03 10:30:00",
        },
    ),
    "fact_query_history": ("query__history", {"statement_id": "a", "start_time": "2026-03-03 10:00:00"}),
    "fact_node_timeline": (
        "compute__node_timeline",
        {
            "workspace_id": "1",
            "cluster_id": "c",
            "instance_id": "i",
            "start_time": "2026-03-03 10:00:00",
            "end_time": "2026-03-03 10:01:00",
        },
    ),
    "fact_audit_logs": ("access__audit", {"event_id": "a", "event_time": "2026-03-03 10:00:00"}),
    "fact_table_quality": (
        "data_quality_monitoring__table_results",
        {**ORDERS, "event_time": "2026-03-03 10:00:00", "status": "Healthy"},
    ),
}
"""A row that each of the loads that run here turns into one row: its system table, and the row."""

REFUSALS = {
    "fact_governance_metrics": (
        "[TABLE_OR_VIEW_NOT_FOUND] The table or view `main`.`information_schema`.`table_tags` cannot be found. "
        "Verify the spelling and correctness of the schema and catalog. SQLSTATE: 42P01"
    ),
    "fact_model_serving": (
        "function GET_JSON_OBJECT is not supported: paths and values of JSON, XML, CSV and VARIANT are read differently here"
    ),
}
MERGED = {"fact_job_run_timeline", "fact_query_history"}


def run_slice(start: str, end: str, result_state: str | None = None) -> Row:
    """A slice of run ``r`` on 3 March."""
    times = {"period_start_time": f"2026-03-03 {start}", "period_end_time": f"2026-03-03 {end}"}
    return {**RUN, "run_id": "r", "result_state": result_state, **times}


def usage(record_id: str, day: str, quantity: str = "1") -> Row:
    return {**USAGE, "record_id": record_id, "usage_date": day, "usage_quantity": quantity}


@pytest.mark.parametrize("table", REFUSALS)
def test_the_local_workspace_refuses_what_it_cannot_run(local_engine: LocalEngine, table: str) -> None:
    assert local_engine.workspace.failure(LOADS[table].statement(LOCAL_SETTINGS, DAYS)) == REFUSALS[table]


def test_every_load_runs_here_or_is_refused() -> None:
    assert ONE_ROW_EACH.keys() | REFUSALS.keys() == GOLD_TABLES.keys()


@pytest.mark.parametrize("table", ONE_ROW_EACH)
def test_a_second_load_changes_nothing(local_engine: LocalEngine, table: str) -> None:
    source, row = ONE_ROW_EACH[table]
    local_engine.sources(**{source: [row]})
    columns = [name for name, kind in GOLD_TABLES[table].column_types.items() if not kind.startswith("MAP")]
    assert local_engine.load(table) == 1
    first = local_engine.table(table, *columns)
    assert local_engine.load(table) == (0 if table in MERGED else 1)
    assert local_engine.table(table, *columns) == first


def test_rows_that_arrive_late_are_found_by_the_next_load(local_engine: LocalEngine) -> None:
    local_engine.sources(billing__usage=[usage("a", "2026-03-03")])
    local_engine.load("fact_usage")
    local_engine.sources(billing__usage=[usage("a", "2026-03-03"), usage("late", "2026-03-02", "-1")])
    assert local_engine.loaded("fact_usage", "record_id") == [("a",), ("late",)]


def test_other_days_stay_as_they_are(local_engine: LocalEngine) -> None:
    earlier = DayRange(date(2026, 3, 1), date(2026, 3, 2))
    local_engine.sources(billing__usage=[usage("a", "2026-03-01"), usage("b", "2026-03-02")])
    local_engine.load("fact_usage", earlier)
    local_engine.sources(billing__usage=[usage("c", "2026-03-02")])
    assert local_engine.loaded("fact_usage", "record_id") == [("a",), ("c",)]


def test_a_row_that_the_source_has_dropped_leaves_its_day(local_engine: LocalEngine) -> None:
    source, row = ONE_ROW_EACH["fact_audit_logs"]
    local_engine.sources(**{source: [row]})
    local_engine.load("fact_audit_logs")
    local_engine.sources(**{source: []})
    assert local_engine.loaded("fact_audit_logs", "event_id") == []


def test_a_run_appears_when_it_has_finished_and_leaves_while_it_is_under_repair(
    local_engine: LocalEngine,
) -> None:
    slices = [run_slice("10:00:00", "11:00:00")]
    found = []
    for more in (
        run_slice("11:00:00", "11:30:00", "FAILED"),
        run_slice("12:00:00", "13:00:00"),
        run_slice("13:00:00", "13:10:00", "SUCCEEDED"),
    ):
        local_engine.sources(lakeflow__job_run_timeline=slices)
        found.append(local_engine.loaded("fact_job_run_timeline", "result_state", "run_duration_minutes"))
        slices.append(more)
    local_engine.sources(lakeflow__job_run_timeline=slices)
    found.append(local_engine.loaded("fact_job_run_timeline", "result_state", "run_duration_minutes"))
    assert found == [[], [("FAILED", "90.0")], [], [("SUCCEEDED", "190.0")]]


def test_a_statement_that_is_corrected_is_updated_and_not_doubled(local_engine: LocalEngine) -> None:
    statement: dict[str, Any] = {"statement_id": "a", "start_time": "2026-03-03 10:00:00"}
    local_engine.sources(query__history=[{**statement, "execution_status": "RUNNING"}])
    local_engine.load("fact_query_history")
    local_engine.sources(query__history=[{**statement, "execution_status": "FINISHED"}])
    columns = ("statement_id", "execution_status")
    assert local_engine.loaded("fact_query_history", *columns) == [("a", "FINISHED")]


def test_the_load_of_all_tables_names_those_that_failed(local_engine: LocalEngine) -> None:
    for source, row in ONE_ROW_EACH.values():
        local_engine.sources(**{source: [row]})
    local_engine.written |= set(ONE_ROW_EACH)
    lines: list[str] = []
    with pytest.raises(GoldLoadError) as raised:
        load(local_engine.workspace.sdk, LOCAL_SETTINGS, DAYS, DAYS.end, say=lines.append)
    assert raised.value.reasons.keys() == REFUSALS.keys()
    assert [line.split(":")[0] for line in lines] == list(GOLD_TABLES)
    assert local_engine.table("fact_query_history", "statement_id") == [("a",)]
