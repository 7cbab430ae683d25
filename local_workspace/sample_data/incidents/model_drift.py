"""A new model version that sees anomalies everywhere."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from local_workspace.sample_data.facts.serving import judged
from local_workspace.sample_data.incident import Plan, Weekday
from local_workspace.sample_data.organisation import Workspace
from local_workspace.sample_data.rows import sometimes

if TYPE_CHECKING:
    from local_workspace.sample_data.incident import Incident
    from local_workspace.sample_data.rows import Rows

_RELEASED = "12"


def _change(rows: Rows, incident: Incident, rng: np.random.Generator) -> Rows:
    hit = rows.within("request_time", incident.start, incident.end)
    hit &= rows["endpoint_name"] == "payment-anomalies"
    answered = hit & ~np.isnan(rows["is_anomaly"])
    slower = rows.where(hit, latency_ms=np.round(rows["latency_ms"][hit] * 3.2), entity_version=_RELEASED)
    return judged(slower, answered, sometimes(rng, int(answered.sum()), 0.34), rng)


PLAN = Plan(
    domain="inference",
    table="fact_model_serving",
    starts=Weekday(day=1, weeks_ago=3),
    lasts=timedelta(days=3),
    slice_key="workspace_id",
    slice_value=Workspace.EUROPE.value,
    granularity="1 day",
    drift_metric="latency_drift_pct",
    direction="up",
    metrics=("anomaly_rate", "avg_latency_ms", "p50_latency_ms", "p95_latency_ms"),
    story="A larger version of the payment model was released: it answers three times as slowly and calls a "
    "third of the payments anomalies.",
    change=_change,
)
