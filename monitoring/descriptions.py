"""Texts of the output tables and their columns, generated from the metrics: one for people and for Genie.

Every text reads ``Business meaning. Technical: calculation.`` and is shorter than 1,000 characters. A text
belongs to a metric of a domain: metrics of one name in two domains keep their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitoring.metrics import Good, Kind, Metric
from monitoring.standard_columns import DRIFT_COLUMNS, PROFILE_COLUMNS, StandardColumn

if TYPE_CHECKING:
    from monitoring.domain import Domain

LONGEST = 999
"""Characters of a comment; longer ones are cut off by some catalog views."""
_SCALES = {
    "percent": "percent on the scale 0-100",
    "score": "score on the scale 0-100",
    "ratio": "plain ratio",
}


@dataclass(frozen=True)
class TableText:
    """The comments of one output table."""

    table: str
    """Comment of the table itself."""
    columns: dict[str, str]
    """Comment by column name: standard columns first, then metrics in the order of creation."""


def table_comments(domain: Domain) -> dict[str, TableText]:
    """The texts of the domain's two output tables under the keys ``profile`` and ``drift``."""
    return {
        "profile": TableText(profile_text(domain), _columns(PROFILE_COLUMNS, domain.profile_metrics)),
        "drift": TableText(drift_text(domain), _columns(DRIFT_COLUMNS, domain.drift_metrics)),
    }


def metric_text(metric: Metric) -> str:
    """The comment of a metric's column."""
    guard = "; NULL when the divisor is 0 or missing" if "NULLIF(" in metric.definition.upper() else ""
    scale = _SCALES.get(metric.unit, f"in {metric.unit}")
    if metric.kind is Kind.DRIFT:
        where = "drift table, column_name = ':table', drift_type = 'CONSECUTIVE'"
    else:
        where = "profile table, column_name = ':table'"
    return (
        f"{metric.meaning}; {_direction(metric)}. "
        f"Technical: {metric.kind}; {metric.calculation}{guard}; {scale}; {where}."
    )


def profile_text(domain: Domain) -> str:
    """What the profile table holds and how to filter it."""
    filters = (
        f"{domain.title}: {len(domain.profile_metrics)} metrics of {domain.gold_table} (one row per "
        f"{domain.grain}) by time window, with built-in statistics of its columns. "
        f"Technical: filter column_name = ':table' AND log_type = 'INPUT' AND {_granularity(domain)}."
    )
    return _fitting(
        filters,
        _totals_and_slices(domain, LONGEST - len(filters)),
        f"Main metrics: {', '.join(domain.main_metrics)}.",
        f"Answers: {' '.join(domain.questions)}",
        "Closed windows: window.end <= CURRENT_TIMESTAMP(), all UTC.",
        "After a change take the newest monitor_version per window and slice.",
    )


def drift_text(domain: Domain) -> str:
    """What the drift table holds and how to filter it."""
    names = ", ".join(metric.name for metric in domain.drift_metrics)
    filters = (
        f"{domain.title}: change of {domain.gold_table} metrics from one time window to the next, with "
        "built-in drift tests of its columns. Technical: filter column_name = ':table' "
        f"AND drift_type = 'CONSECUTIVE' AND {_granularity(domain)}; there is no log_type here."
    )
    return _fitting(
        filters,
        _totals_and_slices(domain, LONGEST - len(filters)),
        f"Main metrics: {names}.",
        f"Answers: {' '.join(domain.drift_questions)}",
        "*_pct is relative percent, other drift a difference; ask for a minimum volume.",
        "The compared window is window_cmp; the first window and one after a gap have no row.",
    )


def _columns(standard: tuple[StandardColumn, ...], metrics: tuple[Metric, ...]) -> dict[str, str]:
    texts = {column.name: column.text for column in standard}
    return texts | {metric.name: metric_text(metric) for metric in metrics}


def _direction(metric: Metric) -> str:
    text = metric.direction
    if text in {Good.HIGHER, Good.LOWER}:
        return f"{text} is better"
    if text == Good.CONTEXT:
        return "context: neither up nor down is good by itself"
    if text.startswith((Good.HIGHER, Good.LOWER, Good.CONTEXT, "sudden")):
        return text
    return f"good: {text}"


def _granularity(domain: Domain) -> str:
    first, *others = (f"'{text}'" for text in domain.granularities)
    return f"granularity = {first}" + (f" (or {' or '.join(others)})" if others else "")


def _totals_and_slices(domain: Domain, most_characters: int) -> str:
    """How to tell totals from slices; the slice keys are counted where their names take too much room."""
    if not domain.slices:
        return "slice_key is always NULL: there are no slices."
    trivial = [text for text in domain.slices if text in domain.trivial_slices]
    warning = f" By {', '.join(trivial)} metrics that test the slice itself are trivial." if trivial else ""
    named = (
        "Totals: slice_key IS NULL; else one slice_key, with slice_value as text, of: "
        f"{', '.join(domain.slices)}; each keeps its 100 most frequent values.{warning}"
    )
    if len(named) < most_characters:
        return named
    return (
        f"Totals: slice_key IS NULL; else one of {len(domain.slices)} slice_keys, with slice_value as text; "
        "each keeps its 100 most frequent values."
    )


def _fitting(*sentences: str) -> str:
    """As many of the sentences, most needed first, as a comment may hold."""
    text = ""
    for sentence in sentences:
        longer = f"{text} {sentence}".strip()
        if len(longer) <= LONGEST:
            text = longer
    return text
