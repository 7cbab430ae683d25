"""What ``adopt`` does and prints."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import typer
from rich.table import Table

from monitoring.commands import pulumi_program
from monitoring.commands.pulumi_program import PulumiError
from monitoring.commands.target import Target, find_target
from monitoring.console import console, print_json, working
from monitoring.operations.adopt import Candidate, NotSeenError, find_candidates
from monitoring.operations.stack_state import StackStateError
from monitoring.stack_file import project_name

if TYPE_CHECKING:
    from collections.abc import Sequence

FOUND, ADOPTED, FAILED = "found", "adopted", "failed"


def adopt(stack: str, domains: Sequence[str], *, run: bool, as_json: bool) -> int:
    """Show what the stack can adopt, or adopt it; 1 when something is left to adopt."""
    target = find_target(stack, domains)
    candidates = _candidates(target, stack)
    if not as_json:
        _print_candidates(stack, candidates)
    results = [_run(stack, candidate, as_json=as_json) if run else (FOUND, "") for candidate in candidates]
    if as_json:
        print_json([_row(one, *result) for one, result in zip(candidates, results, strict=True)])
    return int(any(status != ADOPTED for status, _ in results))


def _candidates(target: Target, stack: str) -> list[Candidate]:
    """What the stack can adopt; ends the command with a message when that cannot be found out."""
    try:
        with working(f"reading the state of {stack} and {len(target.domains)} monitors"):
            state = pulumi_program.read_state(stack)
            return find_candidates(target.client, target.settings, target.domains, project_name(stack), state)
    except (StackStateError, NotSeenError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None


def _run(stack: str, candidate: Candidate, *, as_json: bool) -> tuple[str, str]:
    """Run the import; gives the status and the reason of a failure."""
    status, message = ADOPTED, ""
    if candidate.missing:
        status, message = FAILED, _first_up(stack, candidate)
    else:
        try:
            with working(f"adopting {candidate.thing}"):
                pulumi_program.run(candidate.line.words)
        except PulumiError as error:
            status, message = FAILED, str(error)
    if not as_json:
        colour = "green" if status == ADOPTED else "red"
        console().print(f"{status}: {candidate.thing}", style=colour)
        if message:
            console().print(f"  {message}", soft_wrap=True)
    return status, message


def _first_up(stack: str, candidate: Candidate) -> str:
    return (
        f"the state of {stack} does not have {candidate.missing[0]} yet; run: pulumi up --stack {stack} "
        "(it makes that, and stops at what exists already)"
    )


def _print_candidates(stack: str, candidates: Sequence[Candidate]) -> None:
    output = console()
    if not candidates:
        output.print(f"nothing to adopt: all that the stack {stack} declares and that exists is in its state")
    for candidate in candidates:
        output.print(f"{candidate.thing} exists, but not in the state of {stack}", soft_wrap=True)
        _print_differences(candidate)
        if candidate.missing:
            output.print(f"  {_first_up(stack, candidate)}", soft_wrap=True)
        output.print(f"  {candidate.line}", soft_wrap=True)


def _print_differences(candidate: Candidate) -> None:
    if not candidate.differences:
        console().print("  as it is defined")
        return
    table = Table("  field", "on the workspace", "in the program", "next up", box=None, pad_edge=False)
    for one in candidate.differences:
        effect = "REPLACES the monitor" if one.replaces else "updates"
        table.add_row(
            f"  {one.field}",
            _shown(one.live),
            _shown(one.defined),
            effect,
            style="red" if one.replaces else "",
        )
    console().print(table)


def _shown(value: object) -> str:
    return "-" if value is None else " ".join(str(value).split())


def _row(candidate: Candidate, status: str, message: str) -> dict[str, Any]:
    return {
        "thing": candidate.thing,
        "type": candidate.line.type,
        "id": candidate.line.id,
        "differences": [asdict(difference) for difference in candidate.differences],
        "missing": list(candidate.missing),
        "command": str(candidate.line),
        "status": status,
        "message": message,
    }
