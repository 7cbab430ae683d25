"""One file that started a job again and again."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from local_workspace.sample_data.incident import Plan, Weekday
from local_workspace.sample_data.rows import moment, texts

if TYPE_CHECKING:
    from local_workspace.sample_data.incident import Incident
    from local_workspace.sample_data.rows import Rows

_RUNS = 290
_STORM = "2"
"""Makes a run id of one more digit than all others have."""


def _change(rows: Rows, incident: Incident, rng: np.random.Generator) -> Rows:
    template = np.flatnonzero(rows["job_name"] == "bronze_supplier_files")
    chosen = rng.choice(template, _RUNS)
    minutes = np.sort(rng.uniform(0, incident.lasts / timedelta(minutes=1), _RUNS))
    storm = rows.take(chosen).replace(
        run_id=texts([f"{number}{_STORM}" for number in rng.choice(rows["run_id"], _RUNS, replace=False)]),
        start_time=moment(incident.start) + (minutes * 60_000_000).astype("timedelta64[us]"),
        trigger_type=texts(["FILE_ARRIVAL"] * _RUNS),
    )
    return rows.followed_by(storm)


PLAN = Plan(
    domain="job",
    table="fact_job_run_timeline",
    starts=Weekday(day=4, weeks_ago=3),
    lasts=timedelta(days=1),
    slice_key="trigger_type",
    slice_value="FILE_ARRIVAL",
    granularity="1 day",
    drift_metric="run_count_drift_pct",
    direction="up",
    metrics=("total_runs", "avg_runs_per_job", "distinct_runs"),
    story="A supplier rewrote the same file every few minutes, and each time its arrival started the ingest.",
    change=_change,
)
