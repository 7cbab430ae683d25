"""Runs that never started because an earlier one failed."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from local_workspace.sample_data.incident import Plan, Weekday
from local_workspace.sample_data.organisation import Workspace
from local_workspace.sample_data.rows import sometimes

if TYPE_CHECKING:
    import numpy as np

    from local_workspace.sample_data.incident import Incident
    from local_workspace.sample_data.rows import Rows


def _change(rows: Rows, incident: Incident, rng: np.random.Generator) -> Rows:
    hit = rows.within("start_time", incident.start, incident.end)
    hit &= (rows["workspace_id"] == Workspace.ANALYTICS.value) & sometimes(rng, rows.count, 0.8)
    skipped = hit & sometimes(rng, rows.count, 0.25)
    blocked = rows.where(
        hit, result_state="BLOCKED", termination_code="BLOCKED", duration_ms=rng.integers(0, 4_000, hit.sum())
    )
    return blocked.where(skipped, result_state="SKIPPED", termination_code="SKIPPED")


PLAN = Plan(
    domain="job",
    table="fact_job_run_timeline",
    starts=Weekday(day=2, weeks_ago=3),
    lasts=timedelta(days=1),
    slice_key="workspace_id",
    slice_value=Workspace.ANALYTICS.value,
    granularity="1 day",
    drift_metric="success_rate_drift",
    direction="down",
    metrics=(
        "upstream_failed_count",
        "upstream_failed_rate",
        "skipped_count",
        "skipped_rate",
        "success_rate",
    ),
    story="The customer load did not finish, so everything that is built on it was blocked or skipped for a "
    "day.",
    change=_change,
)
