"""Which metrics alerts watch, and on which scale a window's value is held against what is usual.

A value is unusual in relation to two things: how far the same slice usually strays at that time of the week, and
how far chance alone can move a value that rests on so few rows. Both are compared on a scale on which they do
not depend on the value itself, and that scale follows from what the metric counts or measures.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from monitoring.metrics import PERCENT_CHANGE, Good, Metric, OutputType

if TYPE_CHECKING:
    from monitoring.domain import Domain
    from monitoring.thresholds import Threshold


class Scale(StrEnum):
    """On what a metric's deviations are measured."""

    RELATIVE = "relative"
    """Logarithm: volumes, costs, times and ratios, where twice as much means the same at every size."""
    COUNT = "count"
    """Square root: counts of single things; on it chance moves every count by about a half."""
    SHARE = "share"
    """Percent of the window's rows, whose chance part follows from their number."""
    LEVEL = "level"
    """Mean of a measurement between 0 and 100, which is taken to be exact to one point."""


SMALLEST = {Scale.RELATIVE: 25.0, Scale.COUNT: 5.0, Scale.SHARE: 5.0, Scale.LEVEL: 5.0}
"""Smallest change worth an alarm where the drift metric has no limit: percent, things, points, points."""

FARTHEST = 0.05
"""The part of the rows that a standard deviation rests on where a few values are far greater than all others."""

_WORD = re.compile(r"\w+")
_PERCENTILE = re.compile(r"PERCENTILE\(.*,\s*(0?\.\d+)\)")
_SHARE = re.compile(r"\* 100\.0 / NULLIF\(")


@dataclass(frozen=True)
class Watch:
    """A profile metric that alerts watch.

    Attributes:
        metric: the profile metric.
        good: which way its values should go; the other way is the bad one, or both are.
        scale: on what its deviations are measured.
        smallest_change: percent on the relative scale, else in units of the metric.
        row_share: the part of the window's rows that its value rests on.
    """

    metric: Metric
    good: Good
    scale: Scale
    smallest_change: float
    row_share: float

    @property
    def bad_side(self) -> int:
        """1 when more is worse, -1 when less is, 0 when both are."""
        return {Good.LOWER: 1, Good.HIGHER: -1}.get(self.good, 0)


def watched_for_drift(domain: Domain) -> tuple[Watch, ...]:
    """Every metric that a drift metric of the domain compares, and those that it also names.

    The smallest change is the limit of the drift metric: its warning, else its target.
    """
    watches: dict[str, Watch] = {}
    for drift in domain.drift_metrics:
        if drift.compared is not None and drift.compared not in watches:
            metric = domain.metric(drift.compared)
            scale = _scale(metric, relative=drift.unit == PERCENT_CHANGE)
            watches[metric.name] = _watch(domain, metric, drift.good, scale, _limit(drift.threshold))
    for metric in map(domain.metric, domain.also_watched):
        watches.setdefault(metric.name, _watch(domain, metric, metric.good, _scale(metric), None))
    return tuple(watches.values())


def watched_for_limits(domain: Domain) -> tuple[Watch, ...]:
    """Every profile metric with a warning or critical limit."""
    return tuple(
        _watch(domain, metric, metric.good, _scale(metric), None)
        for metric in domain.profile_metrics
        if metric.threshold is not None and (metric.threshold.warning or metric.threshold.critical)
    )


def _watch(domain: Domain, metric: Metric, good: Good, scale: Scale, limit: float | None) -> Watch:
    smallest = SMALLEST[scale] if limit is None else limit
    return Watch(metric, good, scale, smallest, round(_row_share(domain, metric, scale), 6))


def _row_share(domain: Domain, metric: Metric, scale: Scale) -> float:
    """A percentile rests on the rows beyond it, a spread on the few farthest, a share on rows that differ."""
    percentile = _PERCENTILE.match(metric.definition)
    if percentile:
        return 1 - float(percentile.group(1))
    if _rests_on_a_spread(domain, metric):
        return FARTHEST
    return 1 / domain.rows_alike if scale is Scale.SHARE else 1.0


def _rests_on_a_spread(domain: Domain, metric: Metric) -> bool:
    read = set(_WORD.findall(metric.definition))
    parts = (metric, *(part for part in domain.profile_metrics if part.name in read))
    return any("STDDEV(" in part.definition for part in parts)


def _scale(metric: Metric, *, relative: bool = False) -> Scale:
    if relative:
        return Scale.RELATIVE
    if _SHARE.search(metric.definition):
        return Scale.SHARE
    if metric.unit in {"percent", "score"}:
        return Scale.LEVEL
    return Scale.COUNT if metric.output_type is OutputType.LONG else Scale.RELATIVE


def _limit(threshold: Threshold | None) -> float | None:
    """How far from 0 the first limit of a drift metric lies; None without one, or where it is 0 itself."""
    conditions = (threshold.warning, threshold.target) if threshold else ()
    distances = [max(map(abs, condition.limits)) for condition in conditions if condition]
    return next((distance for distance in distances if distance > 0), None)
