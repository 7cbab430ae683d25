"""The vocabulary of a metric author: ``aggregate``, ``derived``, ``difference``, ``relative_change``.

A metric carries everything that is said about it. Column comments, alerts, dashboard tiles and the rows of
``docs/metrics.md`` are made from it, so nothing about a metric is written twice.

>>> failures = aggregate("failure_count", "COUNT_IF(result_state = 'FAILED')", LONG,
...                      unit="runs", meaning="Runs that failed", good="lower")
>>> failures.calculation
"number of rows where result_state is 'FAILED'"
>>> rate = derived("failure_rate", "failure_count * 100.0 / NULLIF(total_runs, 0)",
...                unit="percent", meaning="Share of runs that failed", good="lower", threshold=below(3))
>>> rate.calculation, rate.direction
('failure_count * 100 / total_runs', '< 3 %')
>>> difference("failure_rate_drift", of="failure_rate", unit="points", meaning="Change in the failed share",
...            good="lower").definition
'{{current_df}}.failure_rate - {{base_df}}.failure_rate'
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Literal

from monitoring.nearest import did_you_mean
from monitoring.thresholds import (
    Condition,
    Threshold,
    above,
    at_least,
    at_most,
    below,
    between,
    beyond,
    exactly,
    limits,
    within,
)

__all__ = [
    "DOUBLE",
    "LONG",
    "Good",
    "Kind",
    "Metric",
    "MetricError",
    "OutputType",
    "above",
    "aggregate",
    "at_least",
    "at_most",
    "below",
    "between",
    "beyond",
    "derived",
    "difference",
    "exactly",
    "limits",
    "relative_change",
    "within",
]

CURRENT = "{{current_df}}"
BASE = "{{base_df}}"
PERCENT_CHANGE = "percent change"
"""The unit of a change relative to the previous window; every other drift is a plain difference."""
_COMPARED = re.compile(re.escape(CURRENT) + r"\.(\w+)")


class Kind(StrEnum):
    """What a metric reads, and so which output table its column stands in."""

    AGGREGATE = "AGGREGATE"
    """Columns of the gold table; a column of the profile table."""
    DERIVED = "DERIVED"
    """Aggregate metrics of the same row; a column of the profile table."""
    DRIFT = "DRIFT"
    """Aggregate and derived metrics of two windows; a column of the drift table."""


class OutputType(StrEnum):
    """The two output types that a custom metric may have here."""

    DOUBLE = "DOUBLE"
    LONG = "LONG"


DOUBLE = OutputType.DOUBLE
LONG = OutputType.LONG


class Good(StrEnum):
    """Which way a value should go."""

    HIGHER = "higher"
    LOWER = "lower"
    RANGE = "range"
    """Neither high nor low: the good values lie between two limits."""
    STABLE = "stable"
    """No sudden move: a jump or a drop means that something happened to the data."""
    CONTEXT = "context"
    """Neither up nor down is good by itself; it explains other metrics."""


GoodWord = Literal["higher", "lower", "range", "stable", "context"]


class MetricError(ValueError):
    """A metric that leaves out, or misspells, something that has to be said about it."""


@dataclass(frozen=True)
class Metric:
    """One custom metric of a monitor, with all that is known about it."""

    name: str
    kind: Kind
    definition: str
    """Databricks SQL; in drift metrics with the two frame templates."""
    output_type: OutputType
    unit: str
    """What one unit of the value is: ``runs``, ``percent``, ``seconds``, ``points``."""
    meaning: str
    """What the value tells, in the words of its reader."""
    good: Good
    threshold: Threshold | None = None
    direction_text: str | None = None
    """The direction in words, where ``good`` and ``threshold`` do not say it all."""
    calculation_text: str | None = None
    """The formula in words, where the one made from the definition does not read well."""

    def __post_init__(self) -> None:
        required = {
            "name": self.name,
            "definition": self.definition,
            "unit": self.unit,
            "meaning": self.meaning,
        }
        own_words = {"direction": self.direction_text, "calculation": self.calculation_text}
        given = {field: text for field, text in own_words.items() if text is not None}
        for field, text in (required | given).items():
            if not (isinstance(text, str) and text.strip()):
                raise MetricError(f"metric '{self.name}' has no {field}; say it in the domain file")
        if self.direction_text is None and self.threshold is None and self.good in {Good.RANGE, Good.STABLE}:
            raise MetricError(
                f"metric '{self.name}' is good in a '{self.good}' way but does not say which; "
                "give it a threshold or a direction"
            )

    @property
    def input_columns(self) -> tuple[str, ...]:
        """Always the table level: metrics with other input columns cannot see each other."""
        return (":table",)

    @property
    def output_data_type_json(self) -> str:
        """The Spark ``StructField`` JSON of the monitor API; a bare type name would break every refresh."""
        field = {"metadata": {}, "name": "output", "nullable": True, "type": self.output_type.lower()}
        return json.dumps(field, separators=(",", ":"))

    @property
    def direction(self) -> str:
        """The good direction and the default thresholds, as people read them: ``< 1 %; alert > 10 %``."""
        if self.direction_text is not None:
            return self.direction_text
        if self.threshold is None:
            return self.good.value
        return self.threshold.in_words(self.good.value, self.unit, is_drift=self.kind is Kind.DRIFT)

    @property
    def compared(self) -> str | None:
        """Name of the metric whose windows a drift metric compares; None for metrics of one window."""
        found = _COMPARED.search(self.definition)
        return found.group(1) if found else None

    @cached_property
    def calculation(self) -> str:
        """The formula in words; made from the definition unless the author wrote one."""
        if self.calculation_text is not None:
            return self.calculation_text
        # Imported late: only texts need the SQL parser, and reading the domains must stay light.
        from monitoring.calculation import in_words  # noqa: PLC0415

        return in_words(self.definition)


def aggregate(  # noqa: PLR0913 - keywords with defaults; one call is one metric
    name: str,
    definition: str,
    output_type: OutputType,
    *,
    unit: str,
    meaning: str,
    good: GoodWord,
    threshold: Threshold | Condition | None = None,
    direction: str | None = None,
    calculation: str | None = None,
) -> Metric:
    """A metric over columns of the gold table."""
    return Metric(
        name,
        Kind.AGGREGATE,
        definition,
        output_type,
        unit,
        meaning,
        _good(name, good),
        _threshold(threshold),
        direction,
        calculation,
    )


def derived(
    name: str,
    definition: str,
    *,
    unit: str,
    meaning: str,
    good: GoodWord,
    threshold: Threshold | Condition | None = None,
    direction: str | None = None,
    calculation: str | None = None,
) -> Metric:
    """A metric over aggregate metrics of the same monitor, named without quotes or prefix."""
    return Metric(
        name,
        Kind.DERIVED,
        definition,
        DOUBLE,
        unit,
        meaning,
        _good(name, good),
        _threshold(threshold),
        direction,
        calculation,
    )


def difference(
    name: str,
    *,
    of: str,
    unit: str,
    meaning: str,
    good: GoodWord,
    threshold: Threshold | Condition | None = None,
    direction: str | None = None,
) -> Metric:
    """Drift of a rate, a score or a count: its value minus that of the previous window."""
    return Metric(
        name,
        Kind.DRIFT,
        f"{CURRENT}.{of} - {BASE}.{of}",
        DOUBLE,
        unit,
        meaning,
        _good(name, good),
        _threshold(threshold),
        direction,
        f"{of} minus {of} of the previous window",
    )


def relative_change(
    name: str,
    *,
    of: str,
    meaning: str,
    good: GoodWord,
    threshold: Threshold | Condition | None = None,
    direction: str | None = None,
) -> Metric:
    """Drift of a volume, a cost or a time: its change in percent of the previous window."""
    return Metric(
        name,
        Kind.DRIFT,
        f"({CURRENT}.{of} - {BASE}.{of}) * 100.0 / NULLIF({BASE}.{of}, 0)",
        DOUBLE,
        PERCENT_CHANGE,
        meaning,
        _good(name, good),
        _threshold(threshold),
        direction,
        f"change of {of} against the previous window * 100 / {of} of the previous window",
    )


def _good(name: str, word: str) -> Good:
    try:
        return Good(word)
    except ValueError:
        words = [good.value for good in Good]
        near = did_you_mean(str(word), words)
        raise MetricError(
            f"metric '{name}': good is '{word}', allowed are {', '.join(words)}{near}"
        ) from None


def _threshold(given: Threshold | Condition | None) -> Threshold | None:
    return Threshold(target=given) if isinstance(given, Condition) else given
