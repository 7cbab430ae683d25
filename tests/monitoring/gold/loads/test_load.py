"""How the rows of a load reach their table: whole days again, or by key; names and texts are quoted."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlglot import exp, parse_one

from monitoring.gold import GOLD_TABLES
from monitoring.gold.loads import LOADS, DayRange, DaysError, last_days, load_statements
from tests.monitoring.gold.loads.engines import DAYS, SETTINGS

TODAY = date(2026, 3, 5)
REWRITTEN = {
    "fact_usage",
    "fact_node_timeline",
    "fact_audit_logs",
    "fact_table_quality",
    "fact_governance_metrics",
}
TABLES = pytest.mark.parametrize("table", GOLD_TABLES)
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1)


def statement(table: str) -> str:
    return LOADS[table].statement(SETTINGS, DAYS)


def test_a_daily_load_reads_the_last_three_whole_days() -> None:
    assert last_days(TODAY) == DAYS


@pytest.mark.parametrize("end", [date(2026, 3, 2), date(2026, 3, 1)])
def test_a_range_without_a_day_is_refused(end: date) -> None:
    with pytest.raises(DaysError) as refused:
        DayRange(date(2026, 3, 2), end)
    assert str(refused.value) == f"no day from 2026-03-02 to {end}: the end is not loaded; give a later one"


@pytest.mark.parametrize(
    ("table", "condition"),
    [
        ("fact_usage", "`usage_date` >= DATE '2026-03-02' AND `usage_date` < DATE '2026-03-05'"),
        (
            "fact_audit_logs",
            (
                "`event_time` >= TIMESTAMP '2026-03-02 00:00:00+00:00' "
                "AND `event_time` < TIMESTAMP '2026-03-05 00:00:00+00:00'"
            ),
        ),
        (
            "fact_governance_metrics",
            "`metric_date` >= DATE '2026-03-04' AND `metric_date` < DATE '2026-03-05'",
        ),
    ],
)
def test_days_that_the_source_tells_whole_are_replaced(table: str, condition: str) -> None:
    assert statement(table).startswith(f"INSERT INTO `main`.`gold`.`{table}`\nREPLACE WHERE {condition}\n")


def test_a_run_is_merged_by_its_key_and_leaves_while_it_is_under_repair() -> None:
    text = statement("fact_job_run_timeline")
    assert text.startswith("MERGE INTO `main`.`gold`.`fact_job_run_timeline` AS old\nUSING (\nWITH touched")
    assert "\n) AS new\nON old.`workspace_id` = new.`workspace_id` AND old.`run_id` = new.`run_id`\n" in text
    assert "\nWHEN MATCHED AND new.`result_state` IS NULL THEN DELETE\n" in text
    assert text.endswith("\nWHEN NOT MATCHED AND new.`result_state` IS NOT NULL THEN INSERT *")


@pytest.mark.parametrize("table", sorted(GOLD_TABLES.keys() - REWRITTEN))
def test_a_merge_compares_every_column_and_leaves_equal_rows_alone(table: str) -> None:
    (line,) = (line for line in statement(table).splitlines() if line.endswith("THEN UPDATE SET *"))
    compared = [name for name in GOLD_TABLES[table].column_types if f"old.`{name}` <=> new.`{name}`" in line]
    assert line.startswith("WHEN MATCHED AND NOT (")
    assert compared == [
        name for name in GOLD_TABLES[table].column_types if name not in GOLD_TABLES[table].key
    ]


@TABLES
def test_a_query_reads_the_system_tables_and_nothing_else(table: str) -> None:
    tree = parse_one(LOADS[table].select(SETTINGS, DAYS), read="databricks")
    own = {cte.alias for cte in tree.find_all(exp.CTE)}
    read = {found.catalog for found in tree.find_all(exp.Table) if found.name not in own or found.catalog}
    assert read == {"system"}


@pytest.mark.parametrize(("table", "days"), [("fact_usage", 365), ("fact_node_timeline", 90)])
def test_days_that_the_source_has_lost_are_not_emptied(table: str, days: int) -> None:
    oldest = TODAY - timedelta(days=days - 1)
    lost = DayRange(oldest - timedelta(days=1), TODAY)
    with pytest.raises(DaysError) as refused:
        load_statements(SETTINGS, lost, (table,), TODAY)
    assert str(refused.value) == (
        f"{table}: the sources tell the last {days} days only, so the load would destroy what the gold table has "
        f"of {lost.start}; load from {oldest} on"
    )
    assert list(load_statements(SETTINGS, DayRange(oldest, TODAY), (table,), TODAY)) == [table]


def test_a_snapshot_of_long_ago_is_not_replaced_by_one_of_today() -> None:
    tables = ("fact_governance_metrics",)
    long_ago = DayRange(TODAY - timedelta(days=30), TODAY - timedelta(days=10))
    with pytest.raises(DaysError, match="fact_governance_metrics: the sources tell the last 3 days only"):
        load_statements(SETTINGS, long_ago, tables, TODAY)
    back_to = DayRange(TODAY - timedelta(days=30), TODAY)
    assert list(load_statements(SETTINGS, back_to, tables, TODAY)) == list(tables)


def test_rows_that_a_merged_source_has_lost_stay_so_any_day_may_be_loaded() -> None:
    long_ago = DayRange(date(2020, 1, 1), date(2020, 1, 2))
    assert list(load_statements(SETTINGS, long_ago, ("fact_query_history",), TODAY)) == ["fact_query_history"]


@given(TEXTS)
def test_any_text_of_the_settings_is_one_literal(text: str) -> None:
    settings = replace(SETTINGS, currency=text, sensitivity_tags=(text,), metastore_id=text)
    settings = replace(settings, platform_identities=(text,))
    for table in ("fact_usage", "fact_audit_logs", "fact_governance_metrics"):
        tree = parse_one(LOADS[table].select(settings, DAYS), read="databricks")
        assert text in {literal.name for literal in tree.find_all(exp.Literal) if literal.is_string}


@given(TEXTS, TEXTS)
def test_any_name_of_catalog_and_schema_is_one_name(catalog: str, schema: str) -> None:
    settings = replace(SETTINGS, catalog=catalog, schema=schema)
    merged = parse_one(LOADS["fact_query_history"].statement(settings, DAYS), read="databricks")
    assert (merged.this.catalog, merged.this.db) == (catalog, schema)
