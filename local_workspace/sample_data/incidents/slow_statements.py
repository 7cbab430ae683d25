"""Statements that read far too much."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from local_workspace.sample_data.incident import Plan, Weekday
from local_workspace.sample_data.organisation import WAREHOUSES

if TYPE_CHECKING:
    import numpy as np

    from local_workspace.sample_data.incident import Incident
    from local_workspace.sample_data.rows import Rows

_REVERSE_ETL = next(warehouse for warehouse in WAREHOUSES if warehouse.name == "reverse-etl")


def _change(rows: Rows, incident: Incident, _: np.random.Generator) -> Rows:
    hit = rows.within("start_time", incident.start, incident.end)
    hit &= (rows["compute_warehouse_id"] == _REVERSE_ETL.id) & ~rows["from_result_cache"]
    return rows.where(
        hit,
        read_bytes=rows["read_bytes"][hit] * 25,
        execution_duration_ms=rows["execution_duration_ms"][hit] * 22,
    )


PLAN = Plan(
    domain="query",
    table="fact_query_history",
    starts=Weekday(day=1, weeks_ago=3),
    lasts=timedelta(days=2),
    slice_key="compute_warehouse_id",
    slice_value=_REVERSE_ETL.id,
    granularity="1 day",
    drift_metric="p95_duration_drift_pct",
    direction="up",
    metrics=(
        "p50_duration_sec",
        "p95_duration_sec",
        "p99_duration_sec",
        "sla_breach_count",
        "sla_breach_rate",
        "total_bytes_read_tb",
        "p99_duration_drift_pct",
    ),
    story="A table was rewritten without its clustering, and every look-up of the export read all of it.",
    change=_change,
)
