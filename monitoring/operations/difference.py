"""What differs between a live monitor and its definition, field by field and metric by metric."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from databricks.sdk.service.catalog import MonitorInfo

from monitoring.operations.definition import COMPARED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

METRICS = "custom_metrics"
REPLACING = ("assets_dir", "snapshot", "inference_log", "time_series.timestamp_col")
"""Fields that an update leaves as they are: the provider deletes the monitor and makes it again."""
ADDED_BY_THE_SERVICE = ("schedule.pause_status",)
EMPTY: tuple[object, ...] = (None, [])


@dataclass(frozen=True)
class Difference:
    """One field of a monitor."""

    field: str
    """Path to it, such as ``schedule.timezone_id`` or ``custom_metrics.failure_rate.definition``."""
    live: object
    """The value on the workspace; None where there is none."""
    defined: object
    """The value in the program; None where there is none."""
    replaces: bool
    """Whether a deployment makes the monitor anew because of it."""


def field_differences(definition: Mapping[str, Any], live: MonitorInfo) -> list[Difference]:
    """The fields in which a live monitor is not as it is defined; empty when a deployment changes nothing.

    Lists are compared in their order, as the provider does.
    """
    defined, found = MonitorInfo.from_dict(dict(definition)).as_dict(), live.as_dict()
    fields = [field for field in ("assets_dir", *COMPARED) if field != METRICS]
    differences = _between(
        {field: found[field] for field in fields if found.get(field) not in EMPTY},
        {field: defined[field] for field in fields if defined.get(field) not in EMPTY},
    )
    return differences + _between_metrics(found.get(METRICS) or [], defined.get(METRICS) or [])


def _between(live: Mapping[str, Any], defined: Mapping[str, Any], path: str = "") -> list[Difference]:
    left, right = dict(_leaves(path, live)), dict(_leaves(path, defined))
    return [
        Difference(name, left.get(name), right.get(name), name.startswith(REPLACING))
        for name in dict.fromkeys([*right, *left])
        if left.get(name) != right.get(name)
    ]


def _leaves(path: str, value: object) -> Iterator[tuple[str, object]]:
    """Path and value of every field; an empty object is a value: ``snapshot`` has nothing inside."""
    if isinstance(value, dict) and (value or not path):
        for name, inner in value.items():
            yield from _leaves(f"{path}.{name}" if path else name, inner)
    elif path not in ADDED_BY_THE_SERVICE:
        yield path, value


def _between_metrics(live: list[dict[str, Any]], defined: list[dict[str, Any]]) -> list[Difference]:
    left, right = ({str(metric["name"]): metric for metric in metrics} for metrics in (live, defined))
    differences = []
    for name in dict.fromkeys([*right, *left]):
        path = f"{METRICS}.{name}"
        if name in left and name in right:
            differences += _between(left[name], right[name], path)
        else:
            old, new = (metrics.get(name, {}).get("definition") for metrics in (left, right))
            differences.append(Difference(path, old, new, replaces=False))
    if left.keys() == right.keys():
        pairs = enumerate(zip(left, right, strict=True), start=1)
        moved = ((position, pair) for position, pair in pairs if pair[0] != pair[1])
        for position, (old, new) in moved:
            differences.append(Difference(f"{METRICS}[{position}]", old, new, replaces=False))
            break
    return differences
