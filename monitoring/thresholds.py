"""Thresholds as conditions that can be compared, written into SQL, and read aloud."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_SUFFIXES = {"percent": " %", "seconds": " s", "hours": " h"}


class Comparison(StrEnum):
    """How a value is held against a limit."""

    BELOW = "<"
    AT_MOST = "<="
    ABOVE = ">"
    AT_LEAST = ">="
    EXACTLY = "="
    BETWEEN = "between"
    BEYOND = "beyond"


_HOLDS: dict[Comparison, Callable[[float, float, float], bool]] = {
    Comparison.BELOW: lambda value, low, _: value < low,
    Comparison.AT_MOST: lambda value, low, _: value <= low,
    Comparison.ABOVE: lambda value, low, _: value > low,
    Comparison.AT_LEAST: lambda value, low, _: value >= low,
    Comparison.EXACTLY: lambda value, low, _: value == low,
    Comparison.BETWEEN: lambda value, low, high: low <= value <= high,
    Comparison.BEYOND: lambda value, low, high: value < low or value > high,
}


@dataclass(frozen=True)
class Condition:
    """A comparison with one limit, or with two for ``BETWEEN`` and ``BEYOND`` (low, high)."""

    comparison: Comparison
    limits: tuple[float, ...]

    def __post_init__(self) -> None:
        low, high = self.limits[0], self.limits[-1]
        if not (math.isfinite(low) and math.isfinite(high)):
            raise ValueError(f"the limit of '{self.comparison}' is {low}; give a number")
        if low > high:
            raise ValueError(f"'{self.comparison}' has the limits {low} and {high}; give the lower one first")

    def holds(self, value: float) -> bool:
        """Whether ``value`` fulfils the condition; limits of a range belong to it."""
        return _HOLDS[self.comparison](value, self.limits[0], self.limits[-1])

    def sql(self, column: str) -> str:
        """The condition on a column, as Databricks SQL; NULL when the column is NULL."""
        low, high = self._written_limits()
        if self.comparison is Comparison.BETWEEN:
            return f"{column} BETWEEN {low} AND {high}"
        if self.comparison is Comparison.BEYOND:
            return f"({column} < {low} OR {column} > {high})"
        return f"{column} {self.comparison} {low}"

    def in_words(self, unit: str = "") -> str:
        """The condition as people write it: ``> 95 %``, ``40-70 %``, ``between -10 and 10``."""
        suffix = _SUFFIXES.get(unit, "")
        low, high = self._written_limits()
        if self.comparison is Comparison.BETWEEN:
            span = f"between {low} and {high}" if self.limits[0] < 0 else f"{low}-{high}"
            return f"{span}{suffix}"
        if self.comparison is Comparison.BEYOND:
            outside = f"beyond {high}" if self.limits[0] == -self.limits[-1] else f"< {low} or > {high}"
            return f"{outside}{suffix}"
        if self.comparison is Comparison.EXACTLY:
            return f"{low}{suffix}"
        return f"{self.comparison} {low}{suffix}"

    def _written_limits(self) -> tuple[str, str]:
        return _number(self.limits[0]), _number(self.limits[-1])


def _number(value: float) -> str:
    """All digits of ``value``, without an exponent: an alert must compare with the limit that was given."""
    text = format(Decimal(repr(value)), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


@dataclass(frozen=True)
class Threshold:
    """Where a metric should be, and where somebody should look. Defaults for alerts and texts."""

    target: Condition | None = None
    warning: Condition | None = None
    critical: Condition | None = None

    def __post_init__(self) -> None:
        if self.target is None and self.warning is None and self.critical is None:
            raise ValueError("a threshold needs a target, a warning or a critical condition")

    def in_words(self, good: str, unit: str, *, is_drift: bool) -> str:
        """Target, then warning and critical; ``good`` stands in for a missing target."""
        text = self.target.in_words(unit) if self.target else good
        warning, critical = ("medium", "high") if is_drift else ("warning", "critical")
        if self.warning and self.critical:
            return (
                f"{text}; {warning} {self.warning.in_words(unit)}, {critical} {self.critical.in_words(unit)}"
            )
        if self.warning:
            return f"{text}; alert {self.warning.in_words(unit)}"
        if self.critical:
            return f"{text}; {critical} {self.critical.in_words(unit)}"
        return text


def below(limit: float) -> Condition:
    """Less than ``limit``."""
    return Condition(Comparison.BELOW, (limit,))


def at_most(limit: float) -> Condition:
    """``limit`` or less."""
    return Condition(Comparison.AT_MOST, (limit,))


def above(limit: float) -> Condition:
    """More than ``limit``."""
    return Condition(Comparison.ABOVE, (limit,))


def at_least(limit: float) -> Condition:
    """``limit`` or more."""
    return Condition(Comparison.AT_LEAST, (limit,))


def exactly(value: float) -> Condition:
    """``value`` and nothing else."""
    return Condition(Comparison.EXACTLY, (value,))


def between(low: float, high: float) -> Condition:
    """From ``low`` to ``high``, both included."""
    return Condition(Comparison.BETWEEN, (low, high))


def within(limit: float) -> Condition:
    """No further from 0 than ``limit``, on either side."""
    return Condition(Comparison.BETWEEN, _around_zero(limit))


def beyond(limit: float) -> Condition:
    """Further from 0 than ``limit``, on either side."""
    return Condition(Comparison.BEYOND, _around_zero(limit))


def _around_zero(distance: float) -> tuple[float, float]:
    if distance < 0:
        raise ValueError(f"the distance {distance} from 0 is negative; give a positive one")
    return -distance, distance


def limits(
    target: Condition | None = None, warning: Condition | None = None, critical: Condition | None = None
) -> Threshold:
    """A threshold with more than a target."""
    return Threshold(target, warning, critical)
