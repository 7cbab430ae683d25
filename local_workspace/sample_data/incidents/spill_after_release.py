"""A release that made statements run out of memory."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from local_workspace.sample_data.incident import Plan, Weekday
from local_workspace.sample_data.rows import sometimes

if TYPE_CHECKING:
    from local_workspace.sample_data.incident import Incident
    from local_workspace.sample_data.rows import Rows


def _change(rows: Rows, incident: Incident, rng: np.random.Generator) -> Rows:
    hit = rows.within("start_time", incident.start, incident.end) & (rows["executed_by"] == "svc-dbt")
    hit &= sometimes(rng, rows.count, 0.55)
    return rows.where(
        hit,
        spilled_local_bytes=np.round(rng.lognormal(22.5, 0.8, hit.sum())),
        read_bytes=rows["read_bytes"][hit] * 4,
        execution_duration_ms=rows["execution_duration_ms"][hit] * 3,
    )


PLAN = Plan(
    domain="query",
    table="fact_query_history",
    starts=Weekday(day=2, weeks_ago=2),
    lasts=timedelta(days=3),
    slice_key="executed_by",
    slice_value="svc-dbt",
    granularity="1 day",
    drift_metric="spill_rate_drift",
    direction="up",
    metrics=(
        "spill_rate",
        "queries_with_spill",
        "total_spilled_bytes",
        "efficiency_rate",
        "efficiency_rate_drift",
    ),
    story="A release replaced a filtered join by a full one; half of the build's statements spilled to disk.",
    change=_change,
)
