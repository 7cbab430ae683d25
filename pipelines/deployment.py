"""A deployment without anybody watching: deploy, wait for the output tables, write what could not be written."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import typer

from monitoring import workspace_commands
from monitoring.commands.pulumi_program import PulumiError, finished, run
from monitoring.operations.comments import State

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Work = Callable[[str, Sequence[str]], int]
    """Does something with the monitors of domains of a stack; gives an exit code."""

TABLES_SECONDS = 3600.0
"""How long to wait for the tables of new monitors; the service makes them 8 to 20 minutes after the monitor."""


def wait(stack: str, domains: Sequence[str]) -> int:
    """Wait for the tables of new monitors."""
    return workspace_commands.wait(stack, domains, TABLES_SECONDS, as_json=False)


def refresh(stack: str, domains: Sequence[str]) -> int:
    """Refresh monitors that have new metrics."""
    return workspace_commands.refresh(stack, domains, TABLES_SECONDS, as_json=False)


def deploy(stack: str, *, wait: Work = wait, refresh: Work = refresh) -> None:
    """Deploy ``stack`` until another deployment has nothing to do.

    The first deployment of a monitor records the comments of its tables as pending, and a new metric those of
    its columns, because the service makes both with a refresh. So a deployment is up to three runs of Pulumi:
    the first; one when the tables of new monitors are there; one after a refresh, which adds new columns.

    Args:
        stack: name of the stack.
        wait: waits for tables.
        refresh: refreshes monitors and waits for the end.

    Raises:
        PulumiError: a run failed, or comments are still not written at the end.
    """
    _up(stack)
    for state, work in ((State.PENDING, wait), (State.PARTIAL, refresh)):
        domains = _unfinished(stack, state)
        if domains:
            typer.echo(f"{work.__name__}: the comments of {', '.join(domains)} are {state}")
            if work(stack, domains):
                raise PulumiError(f"{work.__name__} of {', '.join(domains)} failed; what it said is above")
            _up(stack)
    left = _unfinished(stack, State.PENDING, State.PARTIAL)
    if left:
        raise PulumiError(
            f"comments of {', '.join(left)} are still not written; see: python -m monitoring wait --stack {stack}"
        )


def _up(stack: str) -> None:
    command = ["pulumi", "up", "--yes", "--skip-preview", "--suppress-outputs", "--stack", stack]
    if finished(command, shown=True).returncode:
        raise PulumiError(f"{' '.join(command)} failed; what it said is above")


def _unfinished(stack: str, *states: State) -> list[str]:
    """Domains with an output table whose comments are in one of the states."""
    outputs = json.loads(run(["pulumi", "stack", "output", "--json", "--stack", stack]))
    monitors: dict[str, dict[str, Any]] = outputs.get("monitors") or {}
    return [name for name, monitor in monitors.items() if set(monitor["comments"].values()) & set(states)]
