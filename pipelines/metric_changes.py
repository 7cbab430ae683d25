"""Which custom metrics of a monitor a preview adds, changes and removes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MONITORS = {
    "databricks:index/qualityMonitor:QualityMonitor": (),
    "databricks:index/dataQualityMonitor:DataQualityMonitor": ("dataProfilingConfig",),
}
"""The resources that keep a monitor, and where below their inputs ``customMetrics`` lies."""


@dataclass(frozen=True)
class MetricChange:
    """One metric before and after; an empty text where it is not there."""

    domain: str
    name: str
    before: str
    after: str

    @property
    def kind(self) -> str:
        """``added``, ``removed`` or ``changed``."""
        if not self.before:
            return "added"
        return "changed" if self.after else "removed"


def metric_changes(step: Mapping[str, Any]) -> Iterator[MetricChange]:
    """The metrics that one step of ``pulumi preview --json`` changes, in the order of their names.

    Nothing for a step of another resource, and for a monitor that appears or goes as a whole: all its metrics
    would be listed, which says no more than that.
    """
    old, new = step.get("oldState"), step.get("newState")
    if not old or not new or new.get("type") not in MONITORS:
        return
    before, after = _metrics(old), _metrics(new)
    domain = str(step["urn"]).rsplit("::", maxsplit=1)[-1]
    for name in sorted(before.keys() | after.keys()):
        if before.get(name) != after.get(name):
            yield MetricChange(domain, name, before.get(name, ""), after.get(name, ""))


def _metrics(state: Mapping[str, Any]) -> dict[str, str]:
    """What each metric of a monitor computes, and from and into what, by name."""
    place: Any = state.get("inputs") or {}
    for key in MONITORS[state["type"]]:
        place = place.get(key) or {}
    return {metric["name"]: _text(metric) for metric in place.get("customMetrics") or []}


def _text(metric: Mapping[str, Any]) -> str:
    kind = str(metric["type"]).rpartition("CUSTOM_METRIC_TYPE_")[2].lower()
    columns = ", ".join(metric["inputColumns"])
    return f"{metric['definition']}  [{kind} of {columns} as {_type(metric['outputDataType'])}]"


def _type(output: str) -> str:
    """The type in the description of an output column, which is the JSON of a Spark field or a name."""
    try:
        field: object = json.loads(output)
    except ValueError:
        return output
    return str(field["type"]) if isinstance(field, dict) and "type" in field else output
