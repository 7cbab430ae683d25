"""What the load makes of requests to served models and of the models' answers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.monitoring.gold.loads.engines import Cells, Engine, SparkEngine
    from tests.monitoring.gold.loads.system_tables import Row

pytestmark = [pytest.mark.spark]

VERDICTS = ("is_anomaly", "anomaly_category", "predicted_result", "risk_level")


@pytest.fixture
def engine(spark_engine: SparkEngine) -> Engine:
    """Spark alone: the local workspace refuses this load, see `test_local_workspace`."""
    return spark_engine


def request(request_id: str, at: str = "2026-03-03 10:00:00", **given: Any) -> Row:  # noqa: ANN401 - any column
    """A request to entity ``e``."""
    return {
        "databricks_request_id": request_id,
        "workspace_id": "1",
        "served_entity_id": "e",
        "request_time": at,
        "status_code": "200",
        **given,
    }


def answer(request_id: str, **prediction: Any) -> Row:  # noqa: ANN401 - any JSON
    """A row of an inference table."""
    response = json.dumps({"predictions": [prediction]})
    return {"databricks_request_id": request_id, "execution_duration_ms": "120", "response": response}


def loaded(engine: Engine, *columns: str) -> Cells:
    tables = (engine.named("payload", "first"), engine.named("payload", "second"))
    return engine.loaded("fact_model_serving", *columns, payload_tables=tables)


@pytest.mark.parametrize(
    ("prediction", "expected"),
    [
        (
            {"is_anomaly": True, "anomaly_category": "COST_SPIKE"},
            ("true", "COST_SPIKE", "unknown", "unknown"),
        ),
        ({"is_anomaly": False}, ("false", "NONE", "unknown", "unknown")),
        ({"predicted_result": "FAILURE", "risk_level": "HIGH"}, (None, "unknown", "FAILURE", "HIGH")),
        ({}, (None, "unknown", "unknown", "unknown")),
    ],
)
def test_each_kind_of_model_fills_its_own_verdict(
    engine: Engine, prediction: dict[str, Any], expected: tuple[str | None, ...]
) -> None:
    engine.sources(serving__endpoint_usage=[request("a")], payload__first=[answer("a", **prediction)])
    assert loaded(engine, *VERDICTS) == [expected]


def test_latency_and_score_come_from_the_inference_tables_of_all_endpoints(engine: Engine) -> None:
    engine.sources(
        serving__endpoint_usage=[request("a"), request("b"), request("c")],
        payload__first=[answer("a", score=0.5)],
        payload__second=[answer("b"), answer("other")],
    )
    columns = ("databricks_request_id", "latency_ms", "prediction_score")
    assert loaded(engine, *columns) == [("a", "120", "0.5"), ("b", "120", None), ("c", None, None)]


def test_an_answer_that_is_logged_twice_does_not_double_the_request(engine: Engine) -> None:
    engine.sources(
        serving__endpoint_usage=[request("a")], payload__first=[answer("a")], payload__second=[answer("a")]
    )
    assert loaded(engine, "databricks_request_id", "latency_ms") == [("a", "120")]


def test_without_inference_tables_latency_and_verdicts_are_missing(engine: Engine) -> None:
    engine.sources(serving__endpoint_usage=[request("a")])
    assert engine.loaded("fact_model_serving", "latency_ms", *VERDICTS) == [
        (None, None, "unknown", "unknown", "unknown")
    ]


def test_the_latest_version_of_an_entity_wins(engine: Engine) -> None:
    entity = {"served_entity_id": "e", "endpoint_name": "anomalies"}
    engine.sources(
        serving__endpoint_usage=[request("a")],
        serving__served_entities=[
            {**entity, "entity_version": "2", "change_time": "2026-03-02 00:00:00",
             "endpoint_delete_time": "2026-03-02 00:00:00"},
            {**entity, "entity_version": "1", "change_time": "2026-03-01 00:00:00"},
        ],
    )  # fmt: skip
    columns = ("databricks_request_id", "endpoint_name", "entity_version")
    assert loaded(engine, *columns) == [("a", "anomalies", "2")]


@pytest.mark.parametrize(
    ("tokens", "total"),
    [
        ({"input_token_count": "3", "output_token_count": "4"}, "7"),
        ({"input_token_count": "3"}, "3"),
        ({}, "0"),
    ],
)
def test_missing_tokens_are_no_tokens(engine: Engine, tokens: dict[str, str], total: str) -> None:
    engine.sources(serving__endpoint_usage=[request("a", **tokens)])
    assert loaded(engine, "total_token_count") == [(total,)]


def test_only_the_days_are_loaded(engine: Engine) -> None:
    times = ["2026-03-01 23:59:59", "2026-03-02 00:00:00", "2026-03-04 23:59:59", "2026-03-05 00:00:00"]
    engine.sources(serving__endpoint_usage=[request(time, time) for time in times])
    assert loaded(engine, "databricks_request_id") == [(time,) for time in times[1:3]]
