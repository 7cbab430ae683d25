"""A shared cluster with no CPU left."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from local_workspace.sample_data.facts.nodes import measured
from local_workspace.sample_data.incident import Plan, Weekday

if TYPE_CHECKING:
    from local_workspace.sample_data.incident import Incident
    from local_workspace.sample_data.rows import Rows


def _change(rows: Rows, incident: Incident, rng: np.random.Generator) -> Rows:
    hit = rows.within("start_time", incident.start, incident.end) & (
        rows["cluster_name"] == "analysts-shared"
    )
    load = np.full(hit.sum(), 97.0)
    use = measured(load, np.full(len(load), 64.0), np.zeros(len(load), dtype=bool), rng)
    return rows.where(hit, **use)


PLAN = Plan(
    domain="cluster",
    table="fact_node_timeline",
    starts=Weekday(day=2, weeks_ago=1, hour=10),
    lasts=timedelta(hours=6),
    slice_key="cluster_name",
    slice_value="analysts-shared",
    granularity="1 hour",
    drift_metric="cpu_utilization_drift",
    direction="up",
    metrics=(
        "avg_cpu_user_pct",
        "avg_cpu_total_pct",
        "overutilized_hours",
        "overutilization_rate",
        "cpu_saturation_hours",
        "cpu_saturation_rate",
        "underprovisioned_hours",
    ),
    story="One notebook with a cross join took all CPU of the analysts' shared cluster until it was "
    "detached.",
    change=_change,
)
