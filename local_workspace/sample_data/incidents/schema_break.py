"""Columns that were renamed without a word."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from local_workspace.sample_data.incident import Plan, Weekday

if TYPE_CHECKING:
    from local_workspace.sample_data.incident import Incident
    from local_workspace.sample_data.rows import Rows


def _change(rows: Rows, incident: Incident, rng: np.random.Generator) -> Rows:
    hit = rows.within("check_time", incident.start, incident.end) & (rows["schema_name"] == "sales")
    hit &= rows["table_name"] != "stores"
    count = hit.sum()
    critical = np.round(rows["rules_count"][hit] * rng.uniform(0.25, 0.45, count)).astype(np.int64)
    return rows.where(
        hit,
        status="UNHEALTHY",
        critical_violations=critical,
        null_violations=critical - 1,
        schema_changes=rng.integers(1, 5, count),
    )


PLAN = Plan(
    domain="quality",
    table="fact_table_quality",
    starts=Weekday(day=2, weeks_ago=2),
    lasts=timedelta(days=2),
    slice_key="schema_name",
    slice_value="sales",
    granularity="1 day",
    drift_metric="quality_drift",
    direction="down",
    metrics=(
        "avg_quality_score",
        "quality_score_below_threshold",
        "schema_drift_count",
        "critical_violation_count",
        "null_violation_count",
        "rule_pass_rate",
        "critical_violation_drift",
    ),
    story="The shop system renamed columns without notice; the sales tables kept loading, with NULLs where "
    "amounts should be.",
    change=_change,
)
