"""What the commands ``wait``, ``refresh`` and ``comments`` do and print; each gives its exit code."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import typer
from databricks.sdk.errors.base import DatabricksError
from rich.table import Table

from monitoring.commands.target import find_target
from monitoring.console import console, print_json
from monitoring.operations.comments import CommentNotKeptError, CommentReconciler, plan
from monitoring.operations.failures import explain
from monitoring.operations.readiness import Readiness, Stage, inspect
from monitoring.operations.readiness import wait as wait_until_ready
from monitoring.operations.refresh import AT_ONCE, Refresher
from monitoring.operations.statements import NoWarehouseError, StatementFailedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitoring.operations.comments import WorkspaceCatalog
    from monitoring.operations.watched import Watched

_ENDED = {
    Stage.READY: "green",
    Stage.COMMENTS: "yellow",
    Stage.FAILED: "red",
}


def wait(stack: str, domains: Sequence[str], timeout: float, *, as_json: bool) -> int:
    """Show what each monitor waits for until its tables are there; 1 when one is not."""
    target = find_target(stack, domains)
    shown: dict[str, Readiness] = {}

    def report(states: Sequence[Readiness]) -> None:
        for state in states:
            if not as_json and shown.get(state.table) != state:
                _say(state.domain, state.stage, state.detail, _ENDED.get(state.stage, ""))
                shown[state.table] = state

    states = wait_until_ready(
        lambda one: inspect(target.monitors, target.catalog, one), target.watched, timeout, report=report
    )
    if as_json:
        print_json([asdict(state) for state in states])
    unfinished = [state.domain for state in states if state.waits]
    if unfinished and not as_json:
        typer.echo(f"not ready after {timeout:g} s: {', '.join(unfinished)}", err=True)
    return int(bool(unfinished) or any(state.stage is Stage.FAILED for state in states))


def refresh(stack: str, domains: Sequence[str], timeout: float, *, as_json: bool) -> int:
    """Refresh the monitors and wait for the end; 1 when one fails."""
    target = find_target(stack, domains)
    refresher = Refresher(
        target.monitors,
        timeout,
        report=lambda result: (
            None
            if as_json
            else _say(
                result.domain,
                f"{result.state} in {result.seconds:.1f} s",
                result.message,
                "green" if result.is_good else "red",
            )
        ),
    )
    results = refresher.refresh_all(target.watched)
    if as_json:
        print_json([asdict(result) for result in results])
    return int(not all(result.is_good for result in results))


def comments(stack: str, domains: Sequence[str], *, dry_run: bool, as_json: bool) -> int:
    """Write the comments that differ, as a deployment does; 1 when a table could not be written."""
    target = find_target(stack, domains)
    tables = [(one, full_name) for one in target.watched for full_name in one.output_tables]

    def work(item: tuple[Watched, str]) -> dict[str, Any]:
        watched, full_name = item
        return _comment_table(target.catalog, watched, full_name, dry_run=dry_run)

    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        rows = list(pool.map(work, tables))
    if as_json:
        print_json(rows)
    else:
        _print_rows(rows)
    return int(any(row["state"] == "failed" for row in rows))


def _comment_table(
    catalog: WorkspaceCatalog, watched: Watched, full_name: str, *, dry_run: bool
) -> dict[str, Any]:
    desired = watched.output_tables[full_name]
    row: dict[str, Any] = {"table": full_name, "state": "failed", "written": 0, "missing": [], "message": ""}
    try:
        if dry_run:
            live = catalog.read(full_name)
            if live is None:
                return row | {"state": "pending", "message": "the table is not there yet"}
            todo = plan(full_name, desired, live)
            count = len(todo.columns) + (todo.table is not None)
            return row | {"state": "planned", "missing": list(todo.missing), "message": f"{count} to write"}
        outcome = CommentReconciler(catalog).reconcile(full_name, desired)
    except (CommentNotKeptError, NoWarehouseError, StatementFailedError) as error:
        return row | {"message": str(error)}
    except DatabricksError as error:
        return row | {"message": explain(error, full_name)}
    return row | {
        "state": outcome.state.value,
        "written": outcome.written,
        "missing": list(outcome.missing),
    }


def _say(domain: str, state: str, detail: str, colour: str) -> None:
    output = console()
    output.print(f"{domain:12}", end="")
    output.print(state, style=colour, end="")
    output.print(f"  {detail}" if detail else "", soft_wrap=True)


def _print_rows(rows: list[dict[str, Any]]) -> None:
    table = Table("table", "state", "written", "missing", "message", box=None, pad_edge=False)
    for row in rows:
        table.add_row(
            row["table"], row["state"], str(row["written"]), str(len(row["missing"])), row["message"]
        )
    console().print(table)
