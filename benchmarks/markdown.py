"""The report as a page of Markdown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.job_runs import DAYS, FREQUENT_JOBS, GOLD_TABLE, RARE_JOBS, WORKSPACES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.results import Goal, Section


@dataclass(frozen=True)
class Circumstances:
    """What a report has to say about the run.

    Attributes:
        command: the command that made it.
        machine: what it ran on.
        versions: of Python and packages.
        load: average load of the machine before it began.
        day: ISO date on which it ran.
        minutes: how long everything took.
        unmeasured: names of the parts that it did not come to.
    """

    command: str
    machine: str
    versions: str
    load: float
    day: str
    minutes: float
    unmeasured: tuple[str, ...] = ()


def page(sections: Sequence[Section], circumstances: Circumstances) -> str:
    """All sections, after the goals in one table."""
    goals = [(section.title, goal) for section in sections for goal in section.goals]
    met = sum(goal.is_met for _, goal in goals)
    lines = [
        "# Benchmarks",
        "",
        f"Written by `{circumstances.command}`; do not edit.",
        "",
        *_facts(circumstances),
        "",
        f"## Goals: {met} of {len(goals)} met",
        "",
        *_table(("part", "goal", "measured", ""), [_goal_cells(title, goal) for title, goal in goals]),
    ]
    for section in sections:
        lines += ["", f"## {section.title}", "", section.method]
        if section.rows:
            lines += ["", *_table(section.header, section.rows)]
        notes = [*section.remarks, *(f"**Differs:** {text}" for text in section.differences)]
        if notes:
            lines += ["", *(f"- {note}" for note in notes)]
    return "\n".join(lines) + "\n"


def verdict(goal: Goal) -> str:
    """Whether it is met, in words."""
    return "met" if goal.is_met else "**not met**"


def _facts(circumstances: Circumstances) -> list[str]:
    machine, minutes = circumstances.machine, f"{circumstances.minutes:.0f} minutes"
    unmeasured = circumstances.unmeasured
    data = (
        f"invented job runs in the shape of `{GOLD_TABLE.name}` over {DAYS} days (`benchmarks/job_runs.py`); "
        f"{WORKSPACES} workspaces, {FREQUENT_JOBS} frequent jobs and {RARE_JOBS} rare ones, of which the slices keep the "
        "100 most frequent"
    )
    return [
        f"- Machine: {machine}; load average {circumstances.load:.1f} before it began.",
        f"- Versions: {circumstances.versions}.",
        f"- Run on {circumstances.day}, in {minutes}. Times are medians of the runs beside them, all of this one run.",
        f"- Data: {data}.",
        *([f"- Not measured, the run was ended before: {', '.join(unmeasured)}."] if unmeasured else []),
    ]


def _goal_cells(title: str, goal: Goal) -> tuple[str, ...]:
    return title, goal.text, goal.figure, verdict(goal)


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    return [f"| {' | '.join(row)} |" for row in (header, ["---"] * len(header), *rows)]
