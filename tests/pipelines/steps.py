"""Steps as `pulumi preview --json` prints them."""

from __future__ import annotations

from typing import Any

URN = "urn:pulumi:dev::lakehouse-monitors::lakehouse:index:DomainMonitor"
LEGACY = "databricks:index/qualityMonitor:QualityMonitor"
V1 = "databricks:index/dataQualityMonitor:DataQualityMonitor"


def metric(name: str, definition: str, kind: str = "AGGREGATE") -> dict[str, Any]:
    return {
        "name": name,
        "type": f"CUSTOM_METRIC_TYPE_{kind}",
        "definition": definition,
        "inputColumns": [":table"],
        "outputDataType": '{"metadata":{},"name":"output","nullable":true,"type":"double"}',
    }


def step(operation: str, name: str, type_: str = LEGACY, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    return {"op": operation, "urn": f"{URN}${type_}::{name}", **more}


def monitor(metrics: list[dict[str, Any]], type_: str = LEGACY) -> dict[str, Any]:
    """The state of a monitor with these metrics."""
    inputs: dict[str, Any] = {"customMetrics": metrics}
    return {"type": type_, "inputs": inputs if type_ == LEGACY else {"dataProfilingConfig": inputs}}


def update(
    name: str, before: list[dict[str, Any]], after: list[dict[str, Any]], type_: str = LEGACY
) -> dict[str, Any]:
    """The update of a monitor's metrics."""
    return step(
        "update",
        name,
        type_,
        oldState=monitor(before, type_),
        newState=monitor(after, type_),
        diffReasons=["customMetrics[0].definition"],
    )
