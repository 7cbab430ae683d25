"""A day of billing records that never came."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from local_workspace.sample_data.incident import Plan, Weekday
from local_workspace.sample_data.rows import sometimes

if TYPE_CHECKING:
    import numpy as np

    from local_workspace.sample_data.incident import Incident
    from local_workspace.sample_data.rows import Rows


def _change(rows: Rows, incident: Incident, rng: np.random.Generator) -> Rows:
    hit = rows.within("usage_start_time", incident.start, incident.end) & (rows["cloud"] == "AZURE")
    return rows.take(~(hit & sometimes(rng, rows.count, 0.85)))


PLAN = Plan(
    domain="cost",
    table="fact_usage",
    starts=Weekday(day=3, weeks_ago=1),
    lasts=timedelta(days=1),
    slice_key="cloud",
    slice_value="AZURE",
    granularity="1 day",
    drift_metric="dbu_drift_pct",
    direction="down",
    metrics=("record_count", "total_daily_cost", "total_daily_dbu", "cost_drift_pct"),
    story="Most billing records of one cloud were not delivered for a day; the spend looks saved but is "
    "only missing.",
    change=_change,
)
