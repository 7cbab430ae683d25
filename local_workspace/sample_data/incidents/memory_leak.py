"""Memory that fills up after a library upgrade."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from local_workspace.sample_data.incident import Plan, Weekday
from local_workspace.sample_data.rows import moment

if TYPE_CHECKING:
    from local_workspace.sample_data.incident import Incident
    from local_workspace.sample_data.rows import Rows

_FULL_AFTER_HOURS = 5.0


def _change(rows: Rows, incident: Incident, rng: np.random.Generator) -> Rows:
    hit = rows.within("start_time", incident.start, incident.end) & (
        rows["cluster_name"] == "orders-streaming"
    )
    count = hit.sum()
    hours = (rows["start_time"][hit] - moment(incident.start)) / np.timedelta64(1, "h")
    filled = np.minimum(hours / _FULL_AFTER_HOURS, 1)
    used = (1 - filled) * rows["mem_used_percent"][hit] + filled * rng.normal(92.5, 2.5, count)
    used = np.clip(used, 6, 99.5)
    return rows.where(
        hit,
        mem_used_percent=np.round(used, 2),
        mem_swap_percent=np.round(np.clip(used - 85, 0, None) * rng.uniform(0.3, 0.9, count), 2),
    )


PLAN = Plan(
    domain="cluster",
    table="fact_node_timeline",
    starts=Weekday(day=1, weeks_ago=2),
    lasts=timedelta(days=3),
    slice_key="cluster_name",
    slice_value="orders-streaming",
    granularity="1 day",
    drift_metric="memory_utilization_drift",
    direction="up",
    metrics=(
        "avg_memory_pct",
        "p95_memory_pct",
        "avg_swap_pct",
        "memory_pressure_hours",
        "memory_pressure_rate",
        "underprovisioned_hours",
        "rightsizing_opportunity_pct",
        "efficiency_score_drift",
    ),
    story="A library upgrade made the orders stream keep its state for ever; its machines swapped until the "
    "rollback.",
    change=_change,
)
