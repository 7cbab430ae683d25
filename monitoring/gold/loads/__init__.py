"""The loads of the eight gold tables: which SQL brings days of a table to what the system tables say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitoring.gold.loads import (
    fact_audit_logs,
    fact_governance_metrics,
    fact_job_run_timeline,
    fact_model_serving,
    fact_node_timeline,
    fact_query_history,
    fact_table_quality,
    fact_usage,
)
from monitoring.gold.loads.load import DayRange, DaysError, Load, LoadSettings, last_days

if TYPE_CHECKING:
    from datetime import date

__all__ = ["LOADS", "DayRange", "DaysError", "Load", "LoadSettings", "last_days", "load_statements"]

LOADS: dict[str, Load] = {
    load.table.name: load
    for load in (
        fact_usage.LOAD,
        fact_job_run_timeline.LOAD,
        fact_query_history.LOAD,
        fact_node_timeline.LOAD,
        fact_audit_logs.LOAD,
        fact_table_quality.LOAD,
        fact_governance_metrics.LOAD,
        fact_model_serving.LOAD,
    )
}


def load_statements(
    settings: LoadSettings, days: DayRange, tables: tuple[str, ...], today: date
) -> dict[str, str]:
    """The statement of each of ``tables``, by table, without semicolons.

    Args:
        settings: names and sources.
        days: the days to load, UTC.
        tables: names of gold tables.
        today: the current UTC day; sources keep a limited number of days before it.

    Raises:
        DaysError: a load would empty days that its source has lost.
    """
    loads = [LOADS[table] for table in tables]
    for load in loads:
        load.refuse_lost(days, today)
    return {load.table.name: load.statement(settings, days) for load in loads}
