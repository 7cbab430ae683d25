"""What a part of the benchmark found: a table of figures, the goals, and results that differ."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from statistics import median
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class BenchError(Exception):
    """Something cannot be measured; the text says what, why and what helps."""


@dataclass(frozen=True)
class Goal:
    """One goal, and how far it is reached.

    Attributes:
        text: what is wanted.
        figure: what was measured, as it is printed.
        is_met: whether that is enough.
    """

    text: str
    figure: str
    is_met: bool


@dataclass(frozen=True)
class Section:
    """What one part found.

    Attributes:
        title: what was measured.
        method: what is timed and what is not, in sentences.
        header: names of the table's columns.
        rows: the table.
        goals: the goals that it speaks of.
        remarks: what else has to be known, such as what could not be measured and why.
        differences: results that are not equal though they must be.
    """

    title: str
    method: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    goals: tuple[Goal, ...] = ()
    remarks: tuple[str, ...] = ()
    differences: tuple[str, ...] = field(default=())


def at_least(text: str, value: float, limit: float, unit: str) -> Goal:
    """A goal that is met from a limit on."""
    return Goal(text, f"{figure(value)} {unit}", value >= limit)


def at_most(text: str, value: float, limit: float, unit: str) -> Goal:
    """A goal that is met up to a limit."""
    return Goal(text, f"{figure(value)} {unit}", value <= limit)


def more_than(goal: Goal) -> Goal:
    """The goal with its figure as a bound: what was measured was ended before it was over."""
    return replace(goal, figure=f"more than {goal.figure}")


def compared(rows: int, times: Mapping[str, Sequence[float]]) -> list[tuple[str, ...]]:
    """Lines of a table: job runs, who computed, time, and how many times the first one's time."""
    first = median(next(iter(times.values())))
    return [
        (f"{rows:,}", who, seconds(taken), f"{figure(median(taken) / first)}x")
        for who, taken in times.items()
    ]


COMPARED: Final = ("job runs", "computed by", "time", "times the engine's time")
"""The header of such a table."""


def seconds(values: Sequence[float]) -> str:
    """The median, with the number of runs when it is one of several."""
    runs = "1 run" if len(values) == 1 else f"{len(values)} runs"
    return f"{figure(median(values))} s ({runs})"


def ended(value: float) -> str:
    """The seconds after which something was ended."""
    return f"more than {figure(value)} s (ended)"


def figure(value: float) -> str:
    """A number with three digits that count: `0.123`, `12.3`, `1,234`."""
    size = abs(value)
    digits = 3 if size < 1 else 2 if size < 10 else 1 if size < 100 else 0  # noqa: PLR2004 - powers of ten
    return f"{value:,.{digits}f}"
