"""A queue before a warehouse that is too small."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from local_workspace.sample_data.incident import Plan, Weekday
from local_workspace.sample_data.organisation import WAREHOUSES
from local_workspace.sample_data.rows import sometimes

if TYPE_CHECKING:
    from local_workspace.sample_data.incident import Incident
    from local_workspace.sample_data.rows import Rows

_DASHBOARDS = next(warehouse for warehouse in WAREHOUSES if warehouse.name == "dashboards")


def _change(rows: Rows, incident: Incident, rng: np.random.Generator) -> Rows:
    hit = rows.within("start_time", incident.start, incident.end)
    hit &= (rows["compute_warehouse_id"] == _DASHBOARDS.id) & sometimes(rng, rows.count, 0.93)
    return rows.where(hit, waiting_at_capacity_duration_ms=np.round(rng.lognormal(10.0, 0.5, hit.sum())))


PLAN = Plan(
    domain="query",
    table="fact_query_history",
    starts=Weekday(day=1, weeks_ago=1, hour=9),
    lasts=timedelta(hours=4),
    slice_key="compute_warehouse_id",
    slice_value=_DASHBOARDS.id,
    granularity="1 hour",
    drift_metric="efficiency_rate_drift",
    direction="down",
    metrics=(
        "avg_queue_time_sec",
        "total_queue_time_sec",
        "high_queue_count",
        "high_queue_rate",
        "efficiency_rate",
        "avg_duration_sec",
        "p95_duration_sec",
    ),
    story="Somebody capped the dashboard warehouse at one cluster, and on a busy morning the dashboards "
    "waited in a queue.",
    change=_change,
)
