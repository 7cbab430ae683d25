"""The eight tables keep the rules of the gold tables, and look like the work of people and machines."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from monitoring.domains import DOMAINS
from monitoring.gold import GOLD_TABLES, GoldTable
from tests.local_workspace.sample_data.conftest import END

if TYPE_CHECKING:
    import duckdb

    from local_workspace.sample_data import SampleData
    from monitoring.domain import Domain

DUCKDB_TYPES = {
    "STRING": "VARCHAR",
    "TIMESTAMP": "TIMESTAMP",
    "DATE": "DATE",
    "BIGINT": "BIGINT",
    "INT": "INTEGER",
    "DOUBLE": "DOUBLE",
    "BOOLEAN": "BOOLEAN",
    "DECIMAL(38,18)": "DECIMAL(38,18)",
    "ARRAY<STRING>": "VARCHAR[]",
    "MAP<STRING,STRING>": "MAP(VARCHAR, VARCHAR)",
}

every_table = pytest.mark.parametrize("table", GOLD_TABLES.values(), ids=GOLD_TABLES)
every_domain = pytest.mark.parametrize("domain", DOMAINS, ids=lambda domain: domain.name)


def value(connection: duckdb.DuckDBPyConnection, sql: str) -> Any:  # noqa: ANN401 - whatever the query gives
    row = connection.execute(sql).fetchone()
    assert row is not None
    return row[0]


@every_table
def test_columns_have_the_names_types_and_order_of_the_gold_table(
    loaded: duckdb.DuckDBPyConnection, table: GoldTable
) -> None:
    described = [row[:2] for row in loaded.execute(f"DESCRIBE {table.name}").fetchall()]
    assert described == [(column.name, DUCKDB_TYPES[column.type]) for column in table.columns]


@every_table
def test_the_key_occurs_once(loaded: duckdb.DuckDBPyConnection, table: GoldTable) -> None:
    key = ", ".join(table.key)
    assert value(loaded, f"SELECT COUNT(*) - COUNT(DISTINCT ({key})) FROM {table.name}") == 0


@every_table
def test_columns_that_the_load_always_fills_are_filled(
    loaded: duckdb.DuckDBPyConnection, table: GoldTable
) -> None:
    required = [column.name for column in table.columns if not column.nullable]
    counts = ", ".join(f"COUNT(*) - COUNT({name})" for name in required)
    empty = loaded.execute(f"SELECT {counts} FROM {table.name}").fetchone()
    assert dict(zip(required, empty or (), strict=True)) == dict.fromkeys(required, 0)


@every_table
def test_every_column_has_values(loaded: duckdb.DuckDBPyConnection, table: GoldTable) -> None:
    for column in table.columns:
        assert value(loaded, f"SELECT COUNT({column.name}) FROM {table.name}") > 0, column.name


@every_table
def test_times_lie_in_the_period_and_on_every_day_of_it(
    loaded: duckdb.DuckDBPyConnection, table: GoldTable
) -> None:
    time = f"CAST({table.time_column.name} AS TIMESTAMP)"
    oldest, newest, days = (
        value(loaded, f"SELECT {what} FROM {table.name}")
        for what in (f"MIN({time})", f"MAX({time})", f"COUNT(DISTINCT CAST({time} AS DATE))")
    )
    assert oldest.isoformat() >= "2026-05-16T00:00:00"
    assert newest.isoformat() < "2026-07-15T13:37:00"
    assert days == 61


def test_there_are_hundreds_of_thousands_of_rows_most_of_them_of_machines(sample: SampleData) -> None:
    counts = {table: rows.count for table, rows in sample.tables.items()}
    assert sum(counts.values()) == sample.row_count
    assert 300_000 <= sample.row_count <= 500_000
    assert max(counts, key=lambda table: counts[table]) == "fact_node_timeline"


@every_domain
def test_no_slice_has_more_values_than_a_monitor_keeps(
    loaded: duckdb.DuckDBPyConnection, domain: Domain
) -> None:
    for slice_key in domain.slices:
        distinct = value(loaded, f"SELECT COUNT(DISTINCT {slice_key}) FROM {domain.gold_table}")
        assert 2 <= distinct <= 100, slice_key


@pytest.mark.parametrize(
    ("table", "column", "known"),
    [
        (
            "fact_job_run_timeline",
            "result_state",
            {"SUCCEEDED", "FAILED", "ERROR", "TIMED_OUT", "CANCELLED", "SKIPPED", "BLOCKED"},
        ),
        (
            "fact_job_run_timeline",
            "trigger_type",
            {
                "CRON",
                "PERIODIC",
                "ONETIME",
                "ONETIME_RETRY",
                "FILE_ARRIVAL",
                "TABLE",
                "CONTINUOUS",
                "unknown",
            },
        ),
        ("fact_query_history", "execution_status", {"FINISHED", "FAILED", "CANCELED"}),
        ("fact_query_history", "compute_type", {"WAREHOUSE", "SERVERLESS_COMPUTE"}),
        ("fact_usage", "record_type", {"ORIGINAL", "RETRACTION", "RESTATEMENT"}),
        ("fact_usage", "cloud", {"AWS", "AZURE", "GCP"}),
        ("fact_audit_logs", "audit_level", {"ACCOUNT_LEVEL", "WORKSPACE_LEVEL"}),
        ("fact_audit_logs", "principal_type", {"HUMAN", "SERVICE_PRINCIPAL", "SYSTEM", "UNKNOWN"}),
        ("fact_table_quality", "status", {"HEALTHY", "UNHEALTHY", "UNKNOWN"}),
        ("fact_model_serving", "anomaly_category", {"COST_SPIKE", "COST_DROP", "NONE", "unknown"}),
        ("fact_model_serving", "predicted_result", {"SUCCESS", "FAILURE", "unknown"}),
        ("fact_model_serving", "risk_level", {"LOW", "MEDIUM", "HIGH", "CRITICAL", "unknown"}),
    ],
)
def test_values_are_spelled_as_the_system_tables_spell_them(
    loaded: duckdb.DuckDBPyConnection, table: str, column: str, known: set[str]
) -> None:
    assert {row[0] for row in loaded.execute(f"SELECT DISTINCT {column} FROM {table}").fetchall()} == known


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("fact_usage", "workspace_id"),
        ("fact_usage", "sku_name"),
        ("fact_usage", "list_price"),
        ("fact_query_history", "executed_by"),
        ("fact_query_history", "compute_warehouse_id"),
        ("fact_query_history", "waiting_at_capacity_duration_ms"),
        ("fact_query_history", "spilled_local_bytes"),
        ("fact_audit_logs", "user_identity_email"),
        ("fact_audit_logs", "source_ip_address"),
        ("fact_table_quality", "quality_score"),
        ("fact_table_quality", "hours_since_update"),
        ("fact_model_serving", "is_anomaly"),
        ("fact_model_serving", "latency_ms"),
    ],
)
def test_what_may_be_empty_sometimes_is(loaded: duckdb.DuckDBPyConnection, table: str, column: str) -> None:
    share = value(loaded, f"SELECT AVG(CAST({column} IS NULL AS INTEGER)) FROM {table}")
    assert 0 < share < 0.75


@pytest.mark.parametrize(
    ("table", "broken"),
    [
        ("fact_usage", "is_tagged <> (tag_count > 0) OR tag_count <> cardinality(custom_tags)"),
        ("fact_usage", "(list_cost IS NULL) <> (list_price IS NULL)"),
        ("fact_usage", "abs(list_cost - CAST(usage_quantity AS DOUBLE) * CAST(list_price AS DOUBLE)) > 1e-6"),
        ("fact_usage", "(usage_quantity < 0) <> (record_type = 'RETRACTION')"),
        (
            "fact_usage",
            "usage_metadata_job_id IS NOT NULL AND attributed_job_id IS DISTINCT FROM usage_metadata_job_id",
        ),
        ("fact_job_run_timeline", "is_success <> (result_state = 'SUCCEEDED')"),
        (
            "fact_job_run_timeline",
            "(result_state = 'TIMED_OUT') AND termination_code NOT IN ('TIMED_OUT', 'unknown')",
        ),
        ("fact_job_run_timeline", "end_time < start_time OR end_time > TIMESTAMP '2026-07-15 13:37:00'"),
        ("fact_job_run_timeline", "run_duration_seconds <> date_diff('second', start_time, end_time)"),
        ("fact_job_run_timeline", "abs(run_duration_minutes * 60 - run_duration_seconds) > 1e-9"),
        (
            "fact_query_history",
            (
                "total_duration_ms < execution_duration_ms + compilation_duration_ms "
                "+ coalesce(waiting_at_capacity_duration_ms, 0)"
            ),
        ),
        ("fact_query_history", "total_duration_ms <> date_diff('millisecond', start_time, end_time)"),
        ("fact_query_history", "from_result_cache AND read_bytes > 0"),
        (
            "fact_node_timeline",
            "cpu_user_percent < 0 OR cpu_user_percent + cpu_system_percent + cpu_wait_percent > 100.1",
        ),
        (
            "fact_node_timeline",
            "mem_used_percent NOT BETWEEN 0 AND 100 OR mem_swap_percent NOT BETWEEN 0 AND 100",
        ),
        ("fact_audit_logs", "is_failed_action <> (coalesce(response_status_code, 200) >= 400)"),
        ("fact_audit_logs", "(workspace_id = '0') <> (audit_level = 'ACCOUNT_LEVEL')"),
        ("fact_audit_logs", "is_sensitive_action AND action_name ILIKE 'get%'"),
        (
            "fact_audit_logs",
            "NOT is_sensitive_action AND action_name IN ('updatePermissions', 'deleteTable', 'putSecret')",
        ),
        ("fact_table_quality", "rules_passed NOT BETWEEN 0 AND rules_count"),
        ("fact_table_quality", "has_critical_violations <> (critical_violations > 0)"),
        (
            "fact_table_quality",
            "quality_score NOT BETWEEN 0 AND 100 OR (quality_score IS NULL) <> (rules_count = 0)",
        ),
        ("fact_governance_metrics", "NOT has_lineage AND read_event_count + write_event_count > 0"),
        ("fact_governance_metrics", "(workspace_id = 'unknown') AND has_lineage"),
        ("fact_model_serving", "(is_anomaly IS NULL) <> (anomaly_category = 'unknown')"),
        (
            "fact_model_serving",
            "total_token_count <> coalesce(input_token_count, 0) + coalesce(output_token_count, 0)",
        ),
    ],
)
def test_columns_agree_with_each_other(loaded: duckdb.DuckDBPyConnection, table: str, broken: str) -> None:
    assert loaded.execute(f"FROM {table} WHERE {broken} LIMIT 3").fetchall() == []


def test_corrections_come_in_pairs_and_take_back_exactly_what_was_billed(
    loaded: duckdb.DuckDBPyConnection,
) -> None:
    pairs = "SELECT COUNT(*) FROM fact_usage WHERE record_type = '{}'"
    assert value(loaded, pairs.format("RETRACTION")) == value(loaded, pairs.format("RESTATEMENT")) > 100
    billed = "* EXCLUDE (record_id, record_type)"
    taken_back = f"{billed} REPLACE (-usage_quantity AS usage_quantity, -list_cost AS list_cost)"
    unmatched = loaded.execute(
        f"SELECT {taken_back} FROM fact_usage WHERE record_type = 'RETRACTION' "
        f"EXCEPT SELECT {billed} FROM fact_usage WHERE record_type = 'ORIGINAL'"
    ).fetchall()
    assert unmatched == []


def test_people_rest_at_weekends_and_at_night(loaded: duckdb.DuckDBPyConnection) -> None:
    people = "FROM fact_query_history WHERE executed_by LIKE '%@example.com'"
    weekend = value(loaded, f"SELECT AVG(CAST(isodow(start_time) >= 6 AS INTEGER)) {people}")
    night = value(loaded, f"SELECT AVG(CAST(hour(start_time) < 6 AS INTEGER)) {people}")
    assert weekend < 0.12
    assert night < 0.05


def test_load_grows(loaded: duckdb.DuckDBPyConnection) -> None:
    whole_weeks = "start_time >= TIMESTAMP '{0}' AND start_time < TIMESTAMP '{0}' + INTERVAL 14 DAYS"
    first, last = (
        value(loaded, f"SELECT COUNT(*) FROM fact_query_history WHERE {whole_weeks.format(day)}")
        for day in ("2026-05-18", "2026-06-29")
    )
    assert 1.05 < last / first < 1.3


def test_times_have_long_tails(loaded: duckdb.DuckDBPyConnection) -> None:
    for table, column in (
        ("fact_job_run_timeline", "run_duration_minutes"),
        ("fact_query_history", "total_duration_ms"),
        ("fact_model_serving", "latency_ms"),
    ):
        assert value(loaded, f"SELECT AVG({column}) / MEDIAN({column}) FROM {table}") > 1.3, table


def test_the_same_job_is_found_in_runs_and_on_the_bill(loaded: duckdb.DuckDBPyConnection) -> None:
    jobs = "SELECT DISTINCT workspace_id, {} FROM {}"
    billed = jobs.format("usage_metadata_job_id", "fact_usage WHERE usage_metadata_job_id IS NOT NULL")
    run = jobs.format("job_id", "fact_job_run_timeline")
    assert loaded.execute(f"{billed} EXCEPT {run}").fetchall() == []
    assert value(loaded, f"SELECT COUNT(*) FROM ({run})") == 40


def test_the_newest_bill_is_hours_behind(loaded: duckdb.DuckDBPyConnection) -> None:
    newest = value(loaded, "SELECT MAX(usage_end_time) FROM fact_usage")
    assert END.replace(tzinfo=None) - newest >= timedelta(hours=3)
