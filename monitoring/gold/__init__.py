"""The eight gold tables that the monitors read: columns, types, comments and DDL."""

from monitoring.gold import (
    fact_audit_logs,
    fact_governance_metrics,
    fact_job_run_timeline,
    fact_model_serving,
    fact_node_timeline,
    fact_query_history,
    fact_table_quality,
    fact_usage,
)
from monitoring.gold.table import Column, GoldTable, Role, create_table_sql, quote_identifier, quote_text

__all__ = ["GOLD_TABLES", "Column", "GoldTable", "Role", "create_table_sql", "quote_identifier", "quote_text"]

GOLD_TABLES: dict[str, GoldTable] = {
    table.name: table
    for table in (
        fact_usage.TABLE,
        fact_job_run_timeline.TABLE,
        fact_query_history.TABLE,
        fact_node_timeline.TABLE,
        fact_audit_logs.TABLE,
        fact_table_quality.TABLE,
        fact_governance_metrics.TABLE,
        fact_model_serving.TABLE,
    )
}
