"""A job that fails over and over."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from local_workspace.sample_data.incident import Plan, Weekday
from local_workspace.sample_data.rows import sometimes, texts

if TYPE_CHECKING:
    from local_workspace.sample_data.incident import Incident
    from local_workspace.sample_data.rows import Rows

_RETRY = "1"
"""Makes a run id of one more digit than all others have."""


def _change(rows: Rows, incident: Incident, rng: np.random.Generator) -> Rows:
    hit = rows.within("start_time", incident.start, incident.end) & (
        rows["job_name"] == "bronze_orders_ingest"
    )
    failed = hit & sometimes(rng, rows.count, 0.75)
    broken = rows.where(
        failed,
        result_state="FAILED",
        termination_code="RUN_EXECUTION_ERROR",
        duration_ms=rng.integers(20_000, 90_000, failed.sum()),
    )
    retried = broken.take(failed & sometimes(rng, rows.count, 0.4))
    again = retried.replace(
        run_id=texts([f"{number}{_RETRY}" for number in retried["run_id"]]),
        start_time=retried["start_time"] + np.timedelta64(4, "m"),
        trigger_type=texts(["ONETIME_RETRY"] * retried.count),
    )
    return broken.followed_by(again)


PLAN = Plan(
    domain="job",
    table="fact_job_run_timeline",
    starts=Weekday(day=1, weeks_ago=1),
    lasts=timedelta(days=2),
    slice_key="job_name",
    slice_value="bronze_orders_ingest",
    granularity="1 day",
    drift_metric="success_rate_drift",
    direction="down",
    metrics=(
        "success_rate",
        "failure_count",
        "failure_rate",
        "failure_count_drift",
        "retry_runs",
        "repair_rate",
    ),
    story="The password of the orders database expired, so most runs of the ingest failed until somebody "
    "renewed it.",
    change=_change,
)
