"""Requests to served models: `fact_model_serving`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from local_workspace.sample_data.organisation import ENDPOINTS, Endpoint
from local_workspace.sample_data.period import WORKING_WEEK, Shares
from local_workspace.sample_data.rows import Rows, Values, identifiers, sometimes, texts

if TYPE_CHECKING:
    from local_workspace.sample_data.period import Period

_HOURS: Shares = np.array(
    [20, 19, 19, 19, 20, 21, 24, 30, 38, 42, 43, 42, 40, 41, 42, 42, 40, 36, 30, 27, 24, 23, 22, 21],
    dtype=np.float64,
)
_ANOMALY_CUT_OFF = 0.5
ANOMALY_SHARE = 0.035
_RISK_LIMITS = (0.45, 0.7, 0.88)
_RISKS = texts(["LOW", "MEDIUM", "HIGH", "CRITICAL"])
_FAILURE_CUT_OFF = 0.7
_OK = 200
_VERSIONS = ("7", "8", "9")

GOLD = {
    "total_token_count": "COALESCE(input_token_count, 0) + COALESCE(output_token_count, 0)",
    "anomaly_category": "COALESCE(anomaly_category, CASE is_anomaly WHEN 0 THEN 'NONE' ELSE 'unknown' END)",
    "predicted_result": "COALESCE(predicted_result, 'unknown')",
    "risk_level": "COALESCE(risk_level, 'unknown')",
    "is_anomaly": "is_anomaly = 1",
}


def generate(period: Period, rng: np.random.Generator) -> Rows:
    """Every request to every endpoint."""
    rows = _to_endpoint(ENDPOINTS[0], period, rng)
    for endpoint in ENDPOINTS[1:]:
        rows = rows.followed_by(_to_endpoint(endpoint, period, rng))
    rows = rows.take(np.argsort(rows["request_time"], kind="stable"))
    return rows.replace(databricks_request_id=identifiers(rng, rows.count, "{:016x}-served"))


def _to_endpoint(endpoint: Endpoint, period: Period, rng: np.random.Generator) -> Rows:
    times = period.at_random(rng, endpoint.a_day, _HOURS, WORKING_WEEK)
    count = len(times)
    status = rng.choice([_OK, 429, 500, 400, 303], count, p=[0.9915, 0.003, 0.0025, 0.002, 0.001])
    answered = status == _OK
    latency = (
        endpoint.milliseconds * rng.lognormal(0.05, 0.3, count) * np.where(sometimes(rng, count, 0.01), 5, 1)
    )
    batch = sometimes(rng, count, 0.06 if endpoint.verdict == "SCORE" else 0.0)
    versions = texts(_VERSIONS)[np.arange(count) * len(_VERSIONS) // max(count, 1)]
    named = identifiers(rng, count, "client-{:012x}")
    named[sometimes(rng, count, 0.5)] = None
    rows = Rows({
        "request_time": times,
        "client_request_id": named,
        "workspace_id": texts([endpoint.workspace.value] * count),
        "endpoint_name": texts([endpoint.name] * count),
        "entity_name": texts([endpoint.model] * count),
        "entity_version": versions,
        "requester": texts(endpoint.callers)[rng.integers(0, len(endpoint.callers), count)],
        "status_code": status,
        "latency_ms": np.where(batch, np.nan, np.round(latency * np.where(answered, 1, 0.6)) + 1),
        "input_token_count": np.full(count, np.nan),
        "output_token_count": np.full(count, np.nan),
        "prediction_score": np.full(count, np.nan),
        "is_anomaly": np.full(count, np.nan),
        "anomaly_category": texts([None] * count),
        "predicted_result": texts([None] * count),
        "risk_level": texts([None] * count),
    })  # fmt: skip
    return with_verdict(rows, endpoint.verdict, answered, rng)


def with_verdict(rows: Rows, verdict: str, answered: Values, rng: np.random.Generator) -> Rows:
    """What the model answered; nothing where the request failed."""
    count = int(answered.sum())
    if verdict == "ANOMALY":
        positive = sometimes(rng, count, ANOMALY_SHARE)
        return judged(rows, answered, positive, rng)
    if verdict == "RUN_FAILURE":
        score = rng.beta(1.6, 4.5, count)
        return rows.where(
            answered,
            prediction_score=np.round(score, 4),
            predicted_result=np.where(score > _FAILURE_CUT_OFF, "FAILURE", "SUCCESS"),
            risk_level=_RISKS[np.searchsorted(_RISK_LIMITS, score)],
        )
    if verdict == "TEXT":
        return rows.where(
            answered,
            input_token_count=np.round(rng.lognormal(5.6, 0.7, count)),
            output_token_count=np.round(rng.lognormal(4.9, 0.6, count)),
        )
    return rows.where(answered, prediction_score=np.round(rng.beta(2, 5, count), 4))


def judged(rows: Rows, answered: Values, positive: Values, rng: np.random.Generator) -> Rows:
    """Verdicts of an anomaly model for the answered requests: one flag for each of them."""
    count = len(positive)
    score = np.where(
        positive, rng.uniform(_ANOMALY_CUT_OFF, 1, count), rng.uniform(0, _ANOMALY_CUT_OFF, count)
    )
    category = np.where(sometimes(rng, count, 0.75), "COST_SPIKE", "COST_DROP").astype(object)
    return rows.where(
        answered,
        prediction_score=np.round(score, 4),
        is_anomaly=positive.astype(np.float64),
        anomaly_category=np.where(positive, category, texts([None] * count)),
    )
