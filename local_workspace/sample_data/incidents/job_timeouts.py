"""A job whose input outgrew it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from local_workspace.sample_data.incident import Plan, Weekday
from local_workspace.sample_data.rows import sometimes

if TYPE_CHECKING:
    import numpy as np

    from local_workspace.sample_data.incident import Incident
    from local_workspace.sample_data.rows import Rows

_LIMIT_MS = 144 * 60_000


def _change(rows: Rows, incident: Incident, rng: np.random.Generator) -> Rows:
    hit = rows.within("start_time", incident.start, incident.end) & (rows["job_name"] == "silver_sessions")
    slow = rows.where(hit, duration_ms=rows["duration_ms"][hit] * 2)
    ended = hit & sometimes(rng, rows.count, 0.55)
    return slow.where(ended, result_state="TIMED_OUT", termination_code="TIMED_OUT", duration_ms=_LIMIT_MS)


PLAN = Plan(
    domain="job",
    table="fact_job_run_timeline",
    starts=Weekday(day=3, weeks_ago=2),
    lasts=timedelta(days=2),
    slice_key="job_name",
    slice_value="silver_sessions",
    granularity="1 day",
    drift_metric="timeout_rate_drift",
    direction="up",
    metrics=(
        "timeout_count",
        "timeout_rate",
        "avg_duration_minutes",
        "p90_duration_minutes",
        "long_running_count",
        "duration_drift_pct",
        "success_rate_drift",
    ),
    story="A bot filled one session key with millions of events; the skewed join made runs hit their time "
    "limit.",
    change=_change,
)
