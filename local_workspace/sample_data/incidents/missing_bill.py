"""Billing records that never came."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from local_workspace.sample_data.incident import Plan, Weekday

if TYPE_CHECKING:
    import numpy as np

    from local_workspace.sample_data.incident import Incident
    from local_workspace.sample_data.rows import Rows

_STOPPED_AFTER = timedelta(hours=5)


def _change(rows: Rows, incident: Incident, _: np.random.Generator) -> Rows:
    # Whole hours are missing: a record never comes without its corrections, nor a correction without it.
    missing = rows.within("usage_start_time", incident.start + _STOPPED_AFTER, incident.end)
    return rows.take(~(missing & (rows["cloud"] == "AZURE")))


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
    story="The export of one cloud's billing records stopped at five in the morning for the rest of the day; "
    "the spend looks saved but is only missing.",
    change=_change,
)
