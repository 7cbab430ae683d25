"""The report as a page of Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.job_runs import DAYS, FREQUENT_JOBS, GOLD_TABLE, RARE_JOBS, WORKSPACES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from benchmarks.records import Record
    from benchmarks.results import Goal

_MEASURED = ("part", "measured with", "of commit", "on", "minutes", "load average before")


def page(records: Sequence[Record], unmeasured: Sequence[str]) -> str:
    """All parts, after the goals in one table and when each was measured.

    Args:
        records: the parts that were measured, in the order of the page.
        unmeasured: names of those that were not.
    """
    goals = [(each.section.title, goal) for each in records for goal in each.section.goals]
    met = sum(goal.is_met for _, goal in goals)
    lines = [
        "# Benchmarks",
        "",
        "Written by `python -m benchmarks --write`, part by part; do not edit.",
        "",
        *_facts(records, unmeasured),
        "",
        f"## Goals: {met} of {len(goals)} met",
        "",
        *_table(("part", "goal", "measured", ""), [_goal_cells(title, goal) for title, goal in goals]),
        "",
        "## When each part was measured",
        "",
        "What is compared with each other was measured by one command, one after the other.",
        "",
        *_table(_MEASURED, [_record_cells(each) for each in records]),
    ]
    for section in (each.section for each in records):
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


def _facts(records: Sequence[Record], unmeasured: Sequence[str]) -> list[str]:
    data = (
        f"invented job runs in the shape of `{GOLD_TABLE.name}` over {DAYS} days (`benchmarks/job_runs.py`); "
        f"{WORKSPACES} workspaces, {FREQUENT_JOBS} frequent jobs and {RARE_JOBS} rare ones, of which the slices keep the "
        "100 most frequent"
    )
    return [
        f"- Machine: {_different(each.circumstances.machine for each in records)}.",
        f"- Versions: {_different(each.circumstances.versions for each in records)}.",
        f"- Data: {data}.",
        "- Times are medians of the runs beside them.",
        *([f"- Not measured: {', '.join(unmeasured)}."] if unmeasured else []),
    ]


def _different(texts: Iterable[str]) -> str:
    return "; or ".join(dict.fromkeys(texts))


def _goal_cells(title: str, goal: Goal) -> tuple[str, ...]:
    return title, goal.text, goal.figure, verdict(goal)


def _record_cells(record: Record) -> tuple[str, ...]:
    found = record.circumstances
    return (
        record.section.title,
        f"`{found.command}`",
        found.commit,
        found.day,
        f"{found.minutes:.0f}",
        f"{found.load:.1f}",
    )


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    return [f"| {' | '.join(row)} |" for row in (header, ["---"] * len(header), *rows)]
