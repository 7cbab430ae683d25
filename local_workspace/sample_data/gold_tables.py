"""The gold tables that the sample data fills."""

from __future__ import annotations

from monitoring.gold import GOLD_TABLES, create_table_sql


def create_table_statements(catalog: str, schema: str) -> dict[str, str]:
    """The Databricks SQL statement that makes each gold table where it is missing, by table name."""
    return {name: create_table_sql(table, catalog, schema) for name, table in GOLD_TABLES.items()}
