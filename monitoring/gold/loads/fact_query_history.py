"""The load of ``fact_query_history``: statements, without their text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitoring.gold.fact_query_history import TABLE
from monitoring.gold.loads.load import Merge

if TYPE_CHECKING:
    from monitoring.gold.loads.load import DayRange, LoadSettings


def rows(settings: LoadSettings, days: DayRange) -> str:
    """The query of the statements that began or were corrected in these days, each as it was corrected last."""
    return f"""SELECT statement_id, account_id, CAST(workspace_id AS STRING) AS workspace_id, executed_by, executed_as,
       client_application, compute.type AS compute_type, compute.warehouse_id AS compute_warehouse_id,
       COALESCE(execution_status, 'unknown') AS execution_status,
       COALESCE(statement_type, 'unknown')   AS statement_type,
       LENGTH(statement_text) AS statement_length, start_time, end_time, total_duration_ms,
       waiting_for_compute_duration_ms, waiting_at_capacity_duration_ms, execution_duration_ms,
       compilation_duration_ms, read_rows, read_bytes, produced_rows, written_bytes,
       spilled_local_bytes, shuffle_read_bytes, from_result_cache
FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY statement_id ORDER BY update_time DESC) AS place
      FROM {settings.system("query", "history")}
      WHERE {days.holds("start_time", "TIMESTAMP")} OR {days.holds("update_time", "TIMESTAMP")}) placed
WHERE place = 1"""


LOAD = Merge(TABLE, rows)
