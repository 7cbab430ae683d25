"""Runs that take three times as long."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from local_workspace.sample_data.incident import Plan, Weekday
from local_workspace.sample_data.organisation import Workspace

if TYPE_CHECKING:
    from local_workspace.sample_data.incident import Incident
    from local_workspace.sample_data.rows import Rows

_NOT_SLOWED = ("TIMED_OUT", "SKIPPED", "BLOCKED")
"""Runs that end at their limit or never start, whatever the machine."""


def _change(rows: Rows, incident: Incident, rng: np.random.Generator) -> Rows:
    hit = rows.within("start_time", incident.start, incident.end)
    hit &= (rows["workspace_id"] == Workspace.EUROPE.value) & ~np.isin(rows["result_state"], _NOT_SLOWED)
    slower = rows["duration_ms"][hit] * rng.uniform(2.6, 3.6, hit.sum())
    return rows.where(hit, duration_ms=np.round(slower).astype(np.int64))


PLAN = Plan(
    domain="job",
    table="fact_job_run_timeline",
    starts=Weekday(day=1, weeks_ago=2),
    lasts=timedelta(days=3),
    slice_key="workspace_id",
    slice_value=Workspace.EUROPE.value,
    granularity="1 day",
    drift_metric="duration_drift_pct",
    direction="up",
    metrics=(
        "avg_duration_minutes",
        "p50_duration_minutes",
        "p90_duration_minutes",
        "p99_duration_minutes",
        "total_duration_minutes",
        "p90_duration_drift_pct",
    ),
    story="A cost-saving change put the jobs of Europe on smaller machines; everything takes about three "
    "times as long.",
    change=_change,
)
