"""Hand-made rows of the system tables: the columns that the loads read, with their types, and rows as SQL.

The types are those that the service documents. A row is a dict; what it leaves out is NULL.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

from monitoring.gold import quote_identifier, quote_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Row = dict[str, Any]
Columns = dict[str, Any]
"""Type by column; a dict of types by field for a struct."""

_ASSET: Final[Columns] = {"catalog_name": "STRING", "schema_name": "STRING", "table_name": "STRING"}

SYSTEM_TABLES: Final[dict[str, Columns]] = {
    "billing.usage": {
        "record_id": "STRING",
        "account_id": "STRING",
        "workspace_id": "STRING",
        "sku_name": "STRING",
        "cloud": "STRING",
        "usage_start_time": "TIMESTAMP",
        "usage_end_time": "TIMESTAMP",
        "usage_date": "DATE",
        "usage_unit": "STRING",
        "usage_quantity": "DECIMAL(38,18)",
        "usage_type": "STRING",
        "record_type": "STRING",
        "billing_origin_product": "STRING",
        "custom_tags": "MAP<STRING,STRING>",
        "usage_metadata": {
            "cluster_id": "STRING",
            "job_id": "STRING",
            "warehouse_id": "STRING",
            "endpoint_name": "STRING",
        },
        "identity_metadata": {"run_as": "STRING"},
        "product_features": {"is_serverless": "BOOLEAN", "is_photon": "BOOLEAN"},
    },
    "billing.list_prices": {
        "sku_name": "STRING",
        "cloud": "STRING",
        "usage_unit": "STRING",
        "currency_code": "STRING",
        "price_start_time": "TIMESTAMP",
        "price_end_time": "TIMESTAMP",
        "pricing": {"default": "DECIMAL(38,18)", "effective_list": {"default": "DECIMAL(38,18)"}},
    },
    "lakeflow.job_task_run_timeline": {
        "workspace_id": "STRING",
        "job_id": "STRING",
        "period_start_time": "TIMESTAMP",
        "period_end_time": "TIMESTAMP",
        "compute_ids": "ARRAY<STRING>",
    },
    "lakeflow.job_run_timeline": {
        "account_id": "STRING",
        "workspace_id": "STRING",
        "job_id": "STRING",
        "run_id": "STRING",
        "run_name": "STRING",
        "run_type": "STRING",
        "trigger_type": "STRING",
        "result_state": "STRING",
        "termination_code": "STRING",
        "period_start_time": "TIMESTAMP",
        "period_end_time": "TIMESTAMP",
        "compute_ids": "ARRAY<STRING>",
    },
    "lakeflow.jobs": {
        "workspace_id": "STRING",
        "job_id": "STRING",
        "name": "STRING",
        "change_time": "TIMESTAMP",
        "delete_time": "TIMESTAMP",
    },
    "query.history": {
        "statement_id": "STRING",
        "account_id": "STRING",
        "workspace_id": "STRING",
        "executed_by": "STRING",
        "executed_as": "STRING",
        "client_application": "STRING",
        "compute": {"type": "STRING", "warehouse_id": "STRING"},
        "execution_status": "STRING",
        "statement_type": "STRING",
        "statement_text": "STRING",
        "start_time": "TIMESTAMP",
        "end_time": "TIMESTAMP",
        "update_time": "TIMESTAMP",
        "total_duration_ms": "BIGINT",
        "waiting_for_compute_duration_ms": "BIGINT",
        "waiting_at_capacity_duration_ms": "BIGINT",
        "execution_duration_ms": "BIGINT",
        "compilation_duration_ms": "BIGINT",
        "read_rows": "BIGINT",
        "read_bytes": "BIGINT",
        "produced_rows": "BIGINT",
        "written_bytes": "BIGINT",
        "spilled_local_bytes": "BIGINT",
        "shuffle_read_bytes": "BIGINT",
        "from_result_cache": "BOOLEAN",
    },
    "compute.node_timeline": {
        "account_id": "STRING",
        "workspace_id": "STRING",
        "cluster_id": "STRING",
        "instance_id": "STRING",
        "node_type": "STRING",
        "driver": "BOOLEAN",
        "start_time": "TIMESTAMP",
        "end_time": "TIMESTAMP",
        "cpu_user_percent": "DOUBLE",
        "cpu_system_percent": "DOUBLE",
        "cpu_wait_percent": "DOUBLE",
        "mem_used_percent": "DOUBLE",
        "mem_swap_percent": "DOUBLE",
        "network_sent_bytes": "BIGINT",
        "network_received_bytes": "BIGINT",
    },
    "compute.clusters": {
        "workspace_id": "STRING",
        "cluster_id": "STRING",
        "cluster_name": "STRING",
        "change_time": "TIMESTAMP",
        "delete_time": "TIMESTAMP",
    },
    "access.audit": {
        "event_id": "STRING",
        "account_id": "STRING",
        "workspace_id": "BIGINT",
        "audit_level": "STRING",
        "event_time": "TIMESTAMP",
        "event_date": "DATE",
        "service_name": "STRING",
        "action_name": "STRING",
        "request_id": "STRING",
        "session_id": "STRING",
        "source_ip_address": "STRING",
        "user_agent": "STRING",
        "user_identity": {"email": "STRING", "subject_name": "STRING"},
        "identity_metadata": {"run_by": "STRING", "run_as": "STRING"},
        "response": {"status_code": "INT", "error_message": "STRING"},
    },
    "access.table_lineage": {
        "workspace_id": "BIGINT",
        "source_table_full_name": "STRING",
        "target_table_full_name": "STRING",
        "event_time": "TIMESTAMP",
        "event_date": "DATE",
    },
    "data_quality_monitoring.table_results": {
        **_ASSET,
        "event_time": "TIMESTAMP",
        "status": "STRING",
        "freshness": {"status": "STRING", "commit_freshness": {"last_value": "TIMESTAMP"}},
        "completeness": {"total_row_count": {"last_value": "BIGINT"}},
    },
    "quality.rule_results": {
        "check_time": "TIMESTAMP",
        **_ASSET,
        "criticality": "STRING",
        "is_not_null_rule": "BOOLEAN",
        "passed": "BOOLEAN",
    },
    "information_schema.tables": {
        "table_catalog": "STRING",
        "table_schema": "STRING",
        "table_name": "STRING",
        "table_type": "STRING",
        "created_by": "STRING",
        "comment": "STRING",
    },
    "information_schema.table_tags": {**_ASSET, "tag_name": "STRING"},
    "information_schema.column_tags": {**_ASSET, "column_name": "STRING", "tag_name": "STRING"},
    "information_schema.table_privileges": {
        "table_catalog": "STRING",
        "table_schema": "STRING",
        "table_name": "STRING",
        "grantee": "STRING",
        "inherited_from": "STRING",
    },
    "data_classification.results": {**_ASSET, "column_name": "STRING"},
    "serving.endpoint_usage": {
        "databricks_request_id": "STRING",
        "client_request_id": "STRING",
        "workspace_id": "STRING",
        "served_entity_id": "STRING",
        "requester": "STRING",
        "request_time": "TIMESTAMP",
        "status_code": "INT",
        "input_token_count": "BIGINT",
        "output_token_count": "BIGINT",
    },
    "serving.served_entities": {
        "served_entity_id": "STRING",
        "endpoint_name": "STRING",
        "entity_name": "STRING",
        "entity_version": "STRING",
        "change_time": "TIMESTAMP",
        "endpoint_delete_time": "TIMESTAMP",
    },
    "payload.first": {
        "databricks_request_id": "STRING",
        "execution_duration_ms": "BIGINT",
        "response": "STRING",
    },
    "payload.second": {
        "databricks_request_id": "STRING",
        "execution_duration_ms": "BIGINT",
        "response": "STRING",
    },
}
"""Columns by ``schema.table``; ``quality`` and ``payload`` are what a deployment brings itself."""


def rows_sql(table: str, rows: Sequence[Row]) -> str:
    """The query that gives these rows of a table, or none of its type."""
    columns = SYSTEM_TABLES[table]
    unknown = {name for row in rows for name in row} - columns.keys()
    assert not unknown, f"{table} has no {sorted(unknown)}"
    if not rows:
        return f"{_select(columns, {})} WHERE FALSE"
    return " UNION ALL ".join(_select(columns, row) for row in rows)


def _select(columns: Columns, row: Mapping[str, Any]) -> str:
    values = (f"{_value(kind, row.get(name))} AS {quote_identifier(name)}" for name, kind in columns.items())
    return f"SELECT {', '.join(values)}"


def _value(kind: object, value: object) -> str:
    """A value of a type as SQL; moments are UTC."""
    if isinstance(kind, dict):
        fields = cast("Mapping[str, object]", value or {})
        assert fields.keys() <= kind.keys(), f"{fields} does not fit {kind}"
        listed = (f"{quote_text(name)}, {_value(part, fields.get(name))}" for name, part in kind.items())
        return f"NAMED_STRUCT({', '.join(listed)})"
    return f"CAST({_literal(kind, value)} AS {kind})"


def _literal(kind: object, value: object) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, list):
        return f"ARRAY({', '.join(quote_text(item) for item in value)})"
    if isinstance(value, dict):
        return f"MAP({', '.join(quote_text(part) for item in value.items() for part in item)})"
    return quote_text(f"{value}+00:00" if kind == "TIMESTAMP" else str(value))
