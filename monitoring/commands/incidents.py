"""What ``incidents`` does and prints."""

from __future__ import annotations

import re
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import typer
from rich.table import Table

from monitoring.commands.target import find_target
from monitoring.console import console, print_json, working
from monitoring.operations.incidents import CRITICAL, DomainFindings, Finding, IncidentSearch

if TYPE_CHECKING:
    from collections.abc import Sequence

_SPAN = re.compile(r"(\d{1,4})([hd])")
_UNITS = {"h": "hours", "d": "days"}


def incidents(
    stack: str, domains: Sequence[str], since: str | None, minimum_rows: int, *, as_json: bool
) -> int:
    """Hold the newest closed windows against the thresholds; 1 when there is something to look at."""
    moment = None if since is None else moment_of(since, datetime.now(UTC))
    target = find_target(stack, domains)
    search = IncidentSearch(target.client, target.warehouse, target.settings, moment, minimum_rows)
    with working(f"reading the output tables of {len(target.domains)} domains"):
        results = search.search_all(target.domains)
    if as_json:
        print_json([as_row(result) for result in results])
    else:
        _print(results)
    return int(not all(result.is_good for result in results))


def moment_of(text: str, now: datetime) -> datetime:
    """The moment that ``--since`` means: a span back from ``now``, or a date or time (UTC without a zone).

    Raises:
        typer.BadParameter: the text is neither.
    """
    if span := _SPAN.fullmatch(text):
        return now - timedelta(**{_UNITS[span.group(2)]: int(span.group(1))})
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(
            f"'{text}' is no moment; write a span such as 24h or 7d, or a date such as 2026-08-01",
            param_hint="--since",
        ) from None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def as_row(result: DomainFindings) -> dict[str, Any]:
    """A result for a script."""
    return asdict(result) | {"late": result.is_late}


def lateness(result: DomainFindings) -> str:
    """How late a monitor is, in words."""
    if result.hours_behind is None:
        return "no window was computed yet"
    return (
        f"the newest window ended {result.hours_behind} h ago, at most {result.most_hours_behind} h are fine"
    )


def _print(results: Sequence[DomainFindings]) -> None:
    output = console()
    findings = [finding for result in results for finding in result.findings]
    if findings:
        output.print(_table(findings))
    for result in results:
        if result.problem:
            output.print(f"{result.domain}: {result.problem}", soft_wrap=True)
        elif result.is_late:
            output.print(f"{result.domain}: late: {lateness(result)}", soft_wrap=True)
    critical = sum(finding.severity == CRITICAL for finding in findings)
    windows, small = (
        sum(getattr(result, name) for result in results) for name in ("windows", "small_windows")
    )
    left_out = f", {small} left out for few rows" if small else ""
    output.print(
        f"{len(findings)} findings ({critical} critical) in {windows} windows of {len(results)} domains{left_out}"
    )


def _table(findings: Sequence[Finding]) -> Table:
    table = Table("domain", "metric", "window", "value", "severity", "meaning", box=None, pad_edge=False)
    for one in findings:
        colour = "red" if one.severity == CRITICAL else "yellow"
        window = f"{one.window_start}, {one.granularity}"
        table.add_row(
            one.domain,
            one.metric,
            window,
            f"{one.value:,.2f}",
            f"{one.severity}: {one.condition}",
            one.meaning,
            style=colour,
        )
    return table
