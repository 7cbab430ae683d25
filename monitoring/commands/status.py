"""What ``status`` does and prints."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import typer
from rich.table import Table

from monitoring.commands.incidents import as_row as findings_row
from monitoring.commands.incidents import lateness
from monitoring.commands.target import find_target
from monitoring.console import console, print_json, working
from monitoring.operations.availability import MonitoringNotAvailableError, check_monitoring_available
from monitoring.operations.incidents import IncidentSearch
from monitoring.operations.readiness import Stage
from monitoring.operations.status import MonitorStatus, StatusLook

if TYPE_CHECKING:
    from collections.abc import Sequence


def status(stack: str, domains: Sequence[str], *, as_json: bool) -> int:
    """Show how each monitor stands; 1 when one is not fine."""
    target = find_target(stack, domains)
    look = StatusLook(target.catalog, IncidentSearch(target.client, target.warehouse, target.settings))
    with working(f"looking at {len(target.domains)} monitors"):
        try:
            check_monitoring_available(target.client, target.watched[0].table)
        except MonitoringNotAvailableError as error:
            typer.echo(str(error), err=True)
            return 1
        states = look.look_at_all(target.domains, target.watched)
    if as_json:
        print_json([_row(state) for state in states])
    else:
        _print(stack, states)
    return int(not all(state.is_good for state in states))


def _row(state: MonitorStatus) -> dict[str, Any]:
    return asdict(state) | {"found": findings_row(state.found), "fine": state.is_good}


def _print(stack: str, states: Sequence[MonitorStatus]) -> None:
    output = console()
    headings = ("domain", "state", "last refresh", "tables", "comments missing", "findings")
    table = Table(*headings, box=None, pad_edge=False)
    for state in states:
        table.add_row(
            state.domain,
            state.stage,
            f"{state.refresh} {state.refreshed_at}".strip() or "none",
            f"{sum(state.tables.values())} of {len(state.tables)}",
            str(state.comments_missing),
            _found(state),
            style="" if state.is_good else "red" if state.stage is Stage.FAILED else "yellow",
        )
    output.print(table)
    for state in states:
        for reason in _reasons(stack, state):
            output.print(f"{state.domain}: {reason}", soft_wrap=True)
    good = sum(state.is_good for state in states)
    output.print(f"{good} of {len(states)} monitors are fine")


def _found(state: MonitorStatus) -> str:
    if not all(state.tables.values()) or state.found.problem:
        return "not known"
    return str(len(state.found.findings)) + (", late" if state.found.is_late else "")


def _reasons(stack: str, state: MonitorStatus) -> list[str]:
    """What is not fine about a monitor, and the command that says more."""
    reasons = [state.detail] if state.stage is not Stage.READY else []
    if not all(state.tables.values()):
        return reasons
    if state.found.problem:
        reasons.append(state.found.problem)
    elif state.found.is_late:
        reasons.append(f"late: {lateness(state.found)}")
    if state.found.findings:
        names = ", ".join(dict.fromkeys(finding.metric for finding in state.found.findings))
        command = f"python -m monitoring incidents --stack {stack} --domain {state.domain}"
        reasons.append(f"beyond a threshold: {names}; see: {command}")
    return reasons
