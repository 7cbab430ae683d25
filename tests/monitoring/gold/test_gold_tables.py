"""The eight gold tables hold the agreed columns, and each column is there for the reason it states."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from monitoring.domains import DOMAINS
from monitoring.gold import GOLD_TABLES, GoldTable, Role
from monitoring.metrics import Kind

if TYPE_CHECKING:
    from monitoring.domain import Domain

TABLES = pytest.mark.parametrize("table", GOLD_TABLES.values(), ids=lambda table: table.name)
WATCHED = pytest.mark.parametrize("domain", DOMAINS, ids=lambda domain: domain.name)

COLUMNS = {
    "fact_usage": (26, "357f26f92870875525b1c33f7e022dc295ae84dd2053ec75497697d77e777cf3"),
    "fact_job_run_timeline": (17, "b7f2ab5fea62fc6d94721b78c6e9e9979bbaba81f494c276b98399aa48dd60ae"),
    "fact_query_history": (25, "877ac240f4fb01e36da88ade8b3f32011dc9ea4e0e347ad9c790ca574c6a5f6f"),
    "fact_node_timeline": (17, "0cd5dc0ba8180024183883e013e72939ea17d6981692c20b5f532f2f0e7a6f5a"),
    "fact_audit_logs": (21, "75d79de0eb9c595bff4d840a07e38d6cb32690f042c0c942e5889835e15996b0"),
    "fact_table_quality": (19, "21d4599ea02c5ea89923ed4d75769456b3e3e7ff9060642ab5fb6eb293d73058"),
    "fact_governance_metrics": (15, "1462c5a82e927c95a634685ef629fa9a791555a137589d0d60e64be24ef5d038"),
    "fact_model_serving": (18, "44ae2a340b04d483f97067ce528e489cb378dbc8d09b399495bdb4f79ec98d7b"),
}
"""Number of columns, and the SHA-256 of the agreed column list of the table: the [name, type] pairs in table
order as JSON without spaces. Made from the written agreement, not from the program."""

KEYS = {
    "fact_usage": ("record_id",),
    "fact_job_run_timeline": ("workspace_id", "run_id"),
    "fact_query_history": ("statement_id",),
    "fact_node_timeline": ("workspace_id", "instance_id", "start_time"),
    "fact_audit_logs": ("event_id",),
    "fact_table_quality": ("check_id",),
    "fact_governance_metrics": ("asset_id", "metric_date"),
    "fact_model_serving": ("databricks_request_id",),
}

TIMES = {
    "fact_usage": ("usage_date", "DATE"),
    "fact_job_run_timeline": ("start_time", "TIMESTAMP"),
    "fact_query_history": ("start_time", "TIMESTAMP"),
    "fact_node_timeline": ("start_time", "TIMESTAMP"),
    "fact_audit_logs": ("event_time", "TIMESTAMP"),
    "fact_table_quality": ("check_time", "TIMESTAMP"),
    "fact_governance_metrics": ("metric_date", "DATE"),
    "fact_model_serving": ("request_time", "TIMESTAMP"),
}

KEEP_NULL = {
    ("fact_usage", "workspace_id"),
    ("fact_usage", "sku_name"),
    ("fact_query_history", "executed_by"),
    ("fact_query_history", "compute_warehouse_id"),
    ("fact_audit_logs", "user_identity_email"),
    ("fact_model_serving", "is_anomaly"),
}
"""Slices that a metric counts distinctly or tests for NULL; a filler would change that metric."""

PERSONAL = {
    "executed_by",
    "executed_as",
    "user_identity_email",
    "created_by",
    "requester",
    "source_ip_address",
    "identity_metadata_run_as",
    "identity_metadata_run_by",
}


def test_there_are_the_eight_agreed_tables() -> None:
    assert list(GOLD_TABLES) == list(COLUMNS)


@TABLES
def test_a_table_has_the_agreed_columns_with_their_types(table: GoldTable) -> None:
    pairs = [[column.name, column.type] for column in table.columns]
    digest = hashlib.sha256(json.dumps(pairs, separators=(",", ":")).encode()).hexdigest()
    assert (len(pairs), digest) == COLUMNS[table.name], pairs


@pytest.mark.parametrize(
    ("table", "column", "expected"),
    [
        ("fact_usage", "usage_quantity", "DECIMAL(38,18)"),
        ("fact_usage", "list_cost", "DECIMAL(38,18)"),
        ("fact_usage", "custom_tags", "MAP<STRING,STRING>"),
        ("fact_job_run_timeline", "run_duration_minutes", "DOUBLE"),
        ("fact_job_run_timeline", "compute_ids", "ARRAY<STRING>"),
        ("fact_query_history", "total_duration_ms", "BIGINT"),
        ("fact_node_timeline", "duration_hours", "DOUBLE"),
        ("fact_audit_logs", "response_status_code", "INT"),
        ("fact_table_quality", "quality_score", "DOUBLE"),
        ("fact_governance_metrics", "read_event_count", "BIGINT"),
        ("fact_model_serving", "is_anomaly", "BOOLEAN"),
    ],
)
def test_the_types_that_metrics_depend_on(table: str, column: str, expected: str) -> None:
    assert GOLD_TABLES[table].column_types[column] == expected


@TABLES
def test_a_workspace_id_is_text(table: GoldTable) -> None:
    assert table.column_types.get("workspace_id", "STRING") == "STRING"


@TABLES
def test_a_table_has_its_key_and_its_time_column(table: GoldTable) -> None:
    assert table.key == KEYS[table.name]
    assert (table.time_column.name, table.time_column.type) == TIMES[table.name]


@TABLES
def test_no_column_occurs_twice(table: GoldTable) -> None:
    counts = Counter(column.name.lower() for column in table.columns)
    assert [name for name, count in counts.items() if count > 1] == []


@TABLES
def test_every_text_is_a_sentence_of_its_own(table: GoldTable) -> None:
    texts = [table.comment, *(column.comment for column in table.columns)]
    assert [text for text in texts if not re.fullmatch(r"\S.*[a-zA-Z0-9)]\.", text)] == []
    assert [text for text, count in Counter(texts[1:]).items() if count > 1] == []


@TABLES
def test_personal_data_is_marked_as_such(table: GoldTable) -> None:
    marked = {column.name for column in table.columns if column.comment.endswith("Personal data.")}
    assert marked == PERSONAL & table.column_types.keys()


@WATCHED
def test_the_columns_with_the_role_of_a_slice_are_the_slices_of_the_domain(domain: Domain) -> None:
    assert names(domain, Role.SLICE) == set(domain.slices)


@WATCHED
def test_the_column_with_the_role_of_time_is_the_timestamp_column_of_the_domain(domain: Domain) -> None:
    assert names(domain, Role.TIME) == {domain.timestamp_column}


@WATCHED
def test_the_columns_with_the_role_of_a_metric_are_those_that_metrics_read(domain: Domain) -> None:
    definitions = " ".join(metric.definition for metric in domain.metrics if metric.kind is Kind.AGGREGATE)
    words = set(re.findall(r"[a-z][a-z0-9_]*", re.sub("'[^']*'", "", definitions)))
    assert names(domain, Role.METRIC) == words & set(GOLD_TABLES[domain.gold_table].column_types)


@WATCHED
def test_a_context_column_has_no_other_role(domain: Domain) -> None:
    assert names(domain, Role.CONTEXT) & names(domain, Role.TIME | Role.SLICE | Role.METRIC) == set()


def test_slices_are_never_null_but_where_a_metric_looks_at_nulls() -> None:
    nullable = {
        (table.name, column.name)
        for table in GOLD_TABLES.values()
        for column in table.columns
        if Role.SLICE in column.role and column.nullable
    }
    assert nullable == KEEP_NULL


@TABLES
def test_key_and_time_are_always_filled(table: GoldTable) -> None:
    needed = {*table.key, table.time_column.name}
    assert [column.name for column in table.columns if column.name in needed and column.nullable] == []


def names(domain: Domain, role: Role) -> set[str]:
    """The columns of the domain's gold table that have at least one of the roles."""
    return {column.name for column in GOLD_TABLES[domain.gold_table].columns if column.role & role}
