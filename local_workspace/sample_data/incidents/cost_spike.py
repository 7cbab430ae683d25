"""A training sweep that nobody stopped."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from local_workspace.sample_data.incident import Plan, Weekday
from local_workspace.sample_data.organisation import JOBS, Workspace, job_id
from local_workspace.sample_data.rows import identifiers, moment

if TYPE_CHECKING:
    from local_workspace.sample_data.incident import Incident
    from local_workspace.sample_data.rows import Rows

_TRAINING = next(job_id(job) for job in JOBS if job.name == "train_demand_model")


def _change(rows: Rows, incident: Incident, rng: np.random.Generator) -> Rows:
    priced = (rows["usage_metadata_job_id"] == _TRAINING) & ~np.isnan(rows["list_price"])
    training = np.flatnonzero(priced)[:1]
    hours = int(incident.lasts / timedelta(hours=1))
    sweep = rows.take(np.repeat(training, hours)).replace(
        record_id=identifiers(rng, hours, "{:016x}-usage"),
        usage_start_time=moment(incident.start) + np.arange(hours).astype("timedelta64[h]"),
        quantity_micro=np.round(rng.lognormal(5.3, 0.1, hours) * 1_000_000).astype(np.int64),
    )
    return rows.followed_by(sweep)


PLAN = Plan(
    domain="cost",
    table="fact_usage",
    starts=Weekday(day=2, weeks_ago=2),
    lasts=timedelta(days=3),
    slice_key="workspace_id",
    slice_value=Workspace.SCIENCE.value,
    granularity="1 day",
    drift_metric="cost_drift_pct",
    direction="up",
    metrics=("total_daily_cost", "total_daily_dbu", "jobs_compute_cost", "jobs_cost_share", "dbu_drift_pct"),
    story="A sweep over training settings was left running on large machines for three days and nights.",
    change=_change,
)
