"""What ``clean-up`` does and prints. Needs nothing of Pulumi: it works after the stack is gone."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import typer
from databricks.sdk.errors.base import DatabricksError
from rich.table import Table

from monitoring.commands.target import Target, find_target
from monitoring.console import console, print_json, working
from monitoring.operations.leftovers import (
    Intention,
    Leftovers,
    Place,
    find_leftovers,
    planned,
    remove_leftovers,
)
from monitoring.operations.removal import Outcome, Remover, Step

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitoring.disposal import Disposal

_COLOURS = {Outcome.REMOVED: "green", Outcome.COPIED: "green", Outcome.FAILED: "red"}


def clean_up(
    stack: str,
    domains: Sequence[str],
    disposal: Disposal,
    days: int,
    *,
    with_monitors: bool,
    yes: bool,
    as_json: bool,
) -> int:
    """List what a destroyed stack left, ask, and remove it; 1 when something failed or nothing was done."""
    target = find_target(stack, domains)
    remover = Remover(
        target.client, target.warehouse, disposal, days, report=lambda step: None if as_json else _say(step)
    )
    left = _look(target, remover)
    plan = planned(left, disposal)
    if not as_json:
        _print_plan(plan)
    if all(intention.stays for intention in plan):
        if as_json:
            _print_planned(plan)
        return 0
    if left.monitors and not with_monitors:
        typer.echo(
            f"still monitored: {', '.join(left.monitors)}; first: pulumi destroy --stack {stack} "
            "(or --with-monitors, when the state of the stack is lost); nothing was removed",
            err=True,
        )
        return 1
    if not (yes or _agreed(as_json=as_json)):
        if as_json:
            _print_planned(plan)
        typer.echo("nothing was removed; to remove it, add --yes", err=True)
        return 1
    steps = remove_leftovers(remover, target.watched, left)
    if as_json:
        print_json([asdict(step) for step in steps])
    return int(any(step.outcome is Outcome.FAILED for step in steps))


def _look(target: Target, remover: Remover) -> Leftovers:
    """What is left; ends the command with a message when that cannot be seen."""
    settings = target.settings
    place = Place(
        settings.output_schema_name, settings.assets_dir, is_whole=target.domains == settings.domains
    )
    try:
        with working(f"looking for what is left in {place.schema} and {place.assets_dir}"):
            return find_leftovers(target.client, place, target.watched, remover.today)
    except DatabricksError as error:
        where = f"{place.schema} and {place.assets_dir}"
        typer.echo(f"cannot see all that is left in {where}: {error}; nothing was removed", err=True)
        raise typer.Exit(1) from None


def _agreed(*, as_json: bool) -> bool:
    """Whether somebody says yes; a script that reads JSON has nobody to ask."""
    if as_json:
        return False
    try:
        return typer.confirm("Go on?")
    except typer.Abort:
        return False


def _print_plan(plan: Sequence[Intention]) -> None:
    output = console()
    if not plan:
        output.print("nothing is left")
        return
    table = Table("what", "name", "what becomes of it", box=None, pad_edge=False)
    for intention in plan:
        table.add_row(intention.kind, intention.name, intention.fate)
    output.print(table)


def _print_planned(plan: Sequence[Intention]) -> None:
    print_json(
        [
            {
                "kind": intention.kind,
                "name": intention.name,
                "outcome": Outcome.KEPT if intention.stays else "planned",
                "message": intention.fate,
            }
            for intention in plan
        ]
    )


def _say(step: Step) -> None:
    output = console()
    output.print(f"{step.outcome}", style=_COLOURS.get(step.outcome, ""), end="")
    output.print(f"  {step.kind} {step.name}" + (f": {step.message}" if step.message else ""), soft_wrap=True)
