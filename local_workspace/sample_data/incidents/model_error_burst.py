"""A gateway that answers with errors."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from local_workspace.sample_data.incident import Plan, Weekday
from local_workspace.sample_data.rows import sometimes

if TYPE_CHECKING:
    from local_workspace.sample_data.incident import Incident
    from local_workspace.sample_data.rows import Rows


def _change(rows: Rows, incident: Incident, rng: np.random.Generator) -> Rows:
    hit = rows.within("request_time", incident.start, incident.end) & sometimes(rng, rows.count, 0.6)
    return rows.where(
        hit,
        status_code=503,
        latency_ms=rng.integers(2, 15, hit.sum()),
        input_token_count=np.nan,
        output_token_count=np.nan,
        prediction_score=np.nan,
        is_anomaly=np.nan,
        anomaly_category=None,
        predicted_result=None,
        risk_level=None,
    )


PLAN = Plan(
    domain="inference",
    table="fact_model_serving",
    starts=Weekday(day=2, weeks_ago=1, hour=14),
    lasts=timedelta(hours=3),
    slice_key=None,
    slice_value=None,
    granularity="1 hour",
    drift_metric="error_rate_drift",
    direction="up",
    metrics=("failed_requests", "error_rate", "request_success_rate"),
    story="A certificate in front of the serving endpoints expired; more than half of all requests failed "
    "until it was renewed.",
    change=_change,
)
