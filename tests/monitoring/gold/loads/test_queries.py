"""All queries give the columns of their tables, one row per key, and the same days in every time zone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from monitoring.gold import GOLD_TABLES
from monitoring.gold.loads import LOADS
from tests.monitoring.gold.loads.engines import DAYS, SPARK_SETTINGS
from tests.spark import parsed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitoring.gold.loads import LoadSettings
    from tests.monitoring.gold.loads.engines import SparkEngine

pytestmark = [pytest.mark.spark]

FEWEST = replace(SPARK_SETTINGS, table_health=False, classified_data=False)
MOST = replace(
    SPARK_SETTINGS,
    rule_results="spark_catalog.quality.rule_results",
    payload_tables=("spark_catalog.payload.first", "spark_catalog.payload.second"),
)


@pytest.fixture
def spark_elsewhere(spark_engine: SparkEngine) -> Iterator[SparkEngine]:
    """Spark with a session in a zone that is on another day for eight hours."""
    spark_engine.session.conf.set("spark.sql.session.timeZone", "America/Los_Angeles")
    yield spark_engine
    spark_engine.session.conf.set("spark.sql.session.timeZone", "UTC")


def test_every_gold_table_has_its_load() -> None:
    assert list(LOADS) == list(GOLD_TABLES)


@pytest.mark.parametrize("settings", [FEWEST, MOST], ids=["fewest_sources", "most_sources"])
@pytest.mark.parametrize("table", GOLD_TABLES)
def test_a_query_gives_the_columns_of_its_table_in_order(
    spark_engine: SparkEngine, table: str, settings: LoadSettings
) -> None:
    spark_engine.sources()
    frame = spark_engine.session.sql(LOADS[table].select(settings, DAYS))
    found = {column.name: column.dataType.simpleString().upper() for column in frame.schema}
    assert list(found.items()) == list(GOLD_TABLES[table].column_types.items())


@pytest.mark.parametrize("table", GOLD_TABLES)
def test_spark_reads_a_statement_as_a_merge_or_as_rows_for_a_condition(
    spark_engine: SparkEngine, table: str
) -> None:
    plan = parsed(spark_engine.session, LOADS[table].statement(MOST, DAYS))
    merged = table in {"fact_job_run_timeline", "fact_query_history", "fact_model_serving"}
    assert plan.startswith("'MergeIntoTable" if merged else "'OverwriteByExpression"), plan[:200]
    assert f"main, gold, {table}" in plan


def test_a_run_lies_on_its_utc_day_in_every_time_zone(spark_elsewhere: SparkEngine) -> None:
    run = {"workspace_id": "1", "job_id": "1", "run_id": "r", "result_state": "SUCCEEDED"}
    times = {"period_start_time": "2026-03-02 00:30:00", "period_end_time": "2026-03-02 01:00:00"}
    spark_elsewhere.sources(lakeflow__job_run_timeline=[{**run, **times}])
    assert spark_elsewhere.loaded("fact_job_run_timeline", "run_id", "run_date") == [("r", "2026-03-02")]


def test_the_days_are_utc_days_in_every_time_zone(spark_elsewhere: SparkEngine) -> None:
    times = ["2026-03-01 23:59:59", "2026-03-02 00:00:00", "2026-03-04 23:59:59", "2026-03-05 00:00:00"]
    spark_elsewhere.sources(access__audit=[{"event_id": time, "event_time": time} for time in times])
    assert spark_elsewhere.loaded("fact_audit_logs", "event_id") == [(time,) for time in times[1:3]]


def test_the_id_of_a_check_is_the_same_in_every_time_zone(spark_elsewhere: SparkEngine) -> None:
    check = {"catalog_name": "c", "schema_name": "s", "table_name": "t", "check_time": "2026-03-03 10:00:00"}
    spark_elsewhere.sources(quality__rule_results=[check])
    results = spark_elsewhere.named("quality", "rule_results")
    elsewhere = spark_elsewhere.loaded("fact_table_quality", "check_id", rule_results=results)
    spark_elsewhere.session.conf.set("spark.sql.session.timeZone", "UTC")
    assert spark_elsewhere.loaded("fact_table_quality", "check_id", rule_results=results) == elsewhere
