"""The commands that talk to a workspace.

What they do is imported only when one of them runs: the other commands need no Databricks SDK and stay fast.
"""

from __future__ import annotations

from typing import Annotated

import typer

from monitoring.disposal import Disposal

app = typer.Typer(pretty_exceptions_enable=False, add_completion=False, rich_markup_mode=None)

StackOption = Annotated[str, typer.Option(help="Stack whose file Pulumi.<stack>.yaml says what and where.")]
DomainOption = Annotated[list[str] | None, typer.Option(help="Only this domain; may be repeated.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for a script.")]


@app.command()
def wait(
    stack: StackOption = "local",
    domain: DomainOption = None,
    timeout: Annotated[int, typer.Option(min=0, help="Seconds; 0 looks once.")] = 3600,
    as_json: JsonOption = False,
) -> None:
    """Show what each monitor waits for until its tables are there; exit code 1 when one is not."""
    from monitoring import workspace_commands  # noqa: PLC0415 - see above

    raise typer.Exit(workspace_commands.wait(stack, domain or [], timeout, as_json=as_json))


@app.command()
def refresh(
    stack: StackOption = "local",
    domain: DomainOption = None,
    timeout: Annotated[int, typer.Option(min=1, help="Seconds for each refresh.")] = 3600,
    as_json: JsonOption = False,
) -> None:
    """Refresh the monitors and wait for the end; exit code 1 when one fails."""
    from monitoring import workspace_commands  # noqa: PLC0415 - see above

    raise typer.Exit(workspace_commands.refresh(stack, domain or [], timeout, as_json=as_json))


@app.command()
def comments(
    stack: StackOption = "local",
    domain: DomainOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be written.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Write the comments that differ, as a deployment does; exit code 1 when one could not be written."""
    from monitoring import workspace_commands  # noqa: PLC0415 - see above

    raise typer.Exit(workspace_commands.comments(stack, domain or [], dry_run=dry_run, as_json=as_json))


@app.command()
def status(
    stack: StackOption = "local",
    domain: DomainOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show each monitor's state, refresh, tables, comments and findings; exit code 1 when one is not fine."""
    from monitoring.commands import status as command  # noqa: PLC0415 - see above

    raise typer.Exit(command.status(stack, domain or [], as_json=as_json))


@app.command()
def incidents(
    stack: StackOption = "local",
    domain: DomainOption = None,
    since: Annotated[
        str | None, typer.Option(help="Every window since then: 24h, 7d or a date. Default: the newest.")
    ] = None,
    min_rows: Annotated[int, typer.Option(min=0, help="Leave out windows of fewer rows.")] = 20,
    as_json: JsonOption = False,
) -> None:
    """Hold the values of closed windows against the thresholds; exit code 1 when there are findings."""
    from monitoring.commands import incidents as command  # noqa: PLC0415 - see above

    raise typer.Exit(command.incidents(stack, domain or [], since, min_rows, as_json=as_json))


@app.command()
def adopt(
    stack: StackOption = "local",
    domain: DomainOption = None,
    run: Annotated[bool, typer.Option("--run", help="Run the imports instead of printing them.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Compare what exists outside the stack with the program, and import it; exit code 1 when some is left."""
    from monitoring.commands import adopt as command  # noqa: PLC0415 - see above

    raise typer.Exit(command.adopt(stack, domain or [], run=run, as_json=as_json))


@app.command("clean-up")
def clean_up(
    stack: StackOption = "local",
    domain: DomainOption = None,
    tables: Annotated[
        Disposal,
        typer.Option(help="What becomes of the output tables; a copy is dropped by a later clean-up."),
    ] = Disposal.KEEP,
    days: Annotated[int, typer.Option(min=1, help="How long copies are to be kept.")] = 30,
    with_monitors: Annotated[
        bool, typer.Option("--with-monitors", help="Delete monitors too: the state of the stack is lost.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Remove what a destroyed stack left; lists it and asks first. Exit code 1 when something failed."""
    from monitoring.commands import clean_up as command  # noqa: PLC0415 - see above

    raise typer.Exit(
        command.clean_up(
            stack, domain or [], tables, days, with_monitors=with_monitors, yes=yes, as_json=as_json
        )
    )
