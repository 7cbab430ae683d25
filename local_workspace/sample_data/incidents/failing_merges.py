"""Statements that lost their permission."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from local_workspace.sample_data.incident import Plan, Weekday
from local_workspace.sample_data.rows import sometimes

if TYPE_CHECKING:
    import numpy as np

    from local_workspace.sample_data.incident import Incident
    from local_workspace.sample_data.rows import Rows

_VOLUMES = ("read_bytes", "produced_rows", "written_bytes", "spilled_local_bytes", "shuffle_read_bytes")
"""What a refused statement never touched."""


def _change(rows: Rows, incident: Incident, rng: np.random.Generator) -> Rows:
    hit = rows.within("start_time", incident.start, incident.end) & (rows["statement_type"] == "MERGE")
    hit &= sometimes(rng, rows.count, 0.7)
    return rows.where(
        hit,
        execution_status="FAILED",
        execution_duration_ms=rng.integers(20, 200, hit.sum()),
        **dict.fromkeys(_VOLUMES, 0),
    )


PLAN = Plan(
    domain="query",
    table="fact_query_history",
    starts=Weekday(day=3, weeks_ago=1),
    lasts=timedelta(days=1),
    slice_key="statement_type",
    slice_value="MERGE",
    granularity="1 day",
    drift_metric="failure_rate_drift",
    direction="up",
    metrics=("failed_queries", "query_failure_rate", "query_success_rate"),
    story="A clean-up of grants took MODIFY from the build's service principal, so its merges failed for a "
    "day.",
    change=_change,
)
