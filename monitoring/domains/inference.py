"""Inference: how served models answer, how fast, and how often they call an anomaly.

One monitor serves all models: the table carries the verdict columns of the cost-anomaly and of the
run-failure models side by side. A template does not know the length of its window, so throughput is taken
over the span from the first to the last request and is too high when there are few. ``anomaly_rate`` divides
by the rows that have a verdict; requests to other models would dilute it.
"""

from monitoring.domain import Domain, Schedule
from monitoring.metrics import (
    DOUBLE,
    LONG,
    above,
    aggregate,
    at_most,
    below,
    derived,
    difference,
    relative_change,
)

# fmt: off
METRICS = (
    aggregate("total_requests", "COUNT(*)", LONG,
              unit="requests", meaning="Requests served", good="context"),
    aggregate("successful_requests", "COUNT_IF(status_code BETWEEN 200 AND 299)", LONG,
              unit="requests", meaning="Requests answered", good="higher"),
    aggregate("failed_requests", "COUNT_IF(status_code >= 400)", LONG,
              unit="requests", meaning="Requests that errored", good="lower"),
    aggregate("avg_latency_ms", "AVG(latency_ms)", DOUBLE,
              unit="milliseconds", meaning="Mean response time", good="lower"),
    aggregate("p50_latency_ms", "PERCENTILE(latency_ms, 0.50)", DOUBLE,
              unit="milliseconds", meaning="Typical response time", good="lower"),
    aggregate("p95_latency_ms", "PERCENTILE(latency_ms, 0.95)", DOUBLE,
              unit="milliseconds", meaning="SLA response time", good="lower"),
    aggregate("p99_latency_ms", "PERCENTILE(latency_ms, 0.99)", DOUBLE,
              unit="milliseconds", meaning="Worst-case response time", good="lower"),
    aggregate("total_tokens", "COALESCE(SUM(total_token_count), 0)", LONG,
              unit="tokens", meaning="Tokens processed (language models)", good="context"),
    aggregate("throughput_per_second",
              "COUNT(*) / GREATEST(TIMESTAMPDIFF(SECOND, MIN(request_time), MAX(request_time)), 1)", DOUBLE,
              unit="requests per second", meaning="Request rate over the observed span", good="context"),
    aggregate("anomaly_rate", "COUNT_IF(is_anomaly) * 100.0 / NULLIF(COUNT(is_anomaly), 0)", DOUBLE,
              unit="percent", meaning="Share of anomaly verdicts that are positive", good="lower",
              threshold=below(5)),

    derived("request_success_rate", "successful_requests * 100.0 / NULLIF(total_requests, 0)",
            unit="percent", meaning="Share of requests answered", good="higher", threshold=above(99)),
    derived("error_rate", "failed_requests * 100.0 / NULLIF(total_requests, 0)",
            unit="percent", meaning="Share of requests that errored", good="lower", threshold=below(1)),
    derived("avg_tokens_per_request", "total_tokens * 1.0 / NULLIF(total_requests, 0)",
            unit="tokens per request", meaning="Request size", good="context"),

    relative_change("latency_drift_pct", of="avg_latency_ms",
                    meaning="Change in mean response time, %", good="lower", threshold=at_most(0)),
    difference("error_rate_drift", of="error_rate",
               unit="points", meaning="Change in the error share, points", good="lower",
               threshold=at_most(0)),
)
# fmt: on

DOMAIN = Domain(
    name="inference",
    title="Inference",
    gold_table="fact_model_serving",
    grain="scored request",
    timestamp_column="request_time",
    granularities=("1 hour", "1 day"),
    slices=("workspace_id", "is_anomaly", "anomaly_category", "predicted_result", "risk_level"),
    schedule=Schedule("0 0 * * * ?"),
    agent_domain="ML",
    metrics=METRICS,
    main_metrics=("total_requests", "request_success_rate", "error_rate", "p95_latency_ms", "anomaly_rate"),
    questions=(
        "Which workspaces see the most failing requests?",
        "How fast do models answer, typically and at worst?",
        "What share of the verdicts are anomalies?",
    ),
    drift_questions=(
        "Did latency rise against the previous window?",
        "Did the share of failing requests rise?",
        "Which risk level became slower?",
    ),
    personal_columns=("requester",),
    trivial_slices=("is_anomaly", "anomaly_category"),
)
