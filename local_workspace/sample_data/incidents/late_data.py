"""A feed that stopped."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from local_workspace.sample_data.incident import Plan, Weekday
from local_workspace.sample_data.rows import moment

if TYPE_CHECKING:
    from local_workspace.sample_data.incident import Incident
    from local_workspace.sample_data.rows import Rows

_STALE_HOURS = 30


def _change(rows: Rows, incident: Incident, _: np.random.Generator) -> Rows:
    hit = rows.within("check_time", incident.start, incident.end) & (rows["schema_name"] == "web")
    waited = (rows["check_time"][hit] - moment(incident.start)) / np.timedelta64(1, "h")
    return rows.where(
        hit,
        status="UNHEALTHY",
        hours_since_update=np.round(_STALE_HOURS + waited, 3),
        critical_violations=rows["critical_violations"][hit] + 1,
    )


PLAN = Plan(
    domain="quality",
    table="fact_table_quality",
    starts=Weekday(day=1, weeks_ago=1),
    lasts=timedelta(days=1),
    slice_key="schema_name",
    slice_value="web",
    granularity="1 day",
    drift_metric="critical_violation_drift",
    direction="up",
    metrics=(
        "freshness_violations",
        "avg_freshness_hours",
        "critical_violation_count",
        "avg_quality_score",
        "rule_pass_rate",
    ),
    story="The event feed stopped over night and nobody noticed; all tables of the web shop went stale for "
    "a day.",
    change=_change,
)
