"""`python -m local_workspace …`: parses and prints; the work is elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from local_workspace.background import BackgroundError, RunningWorkspace, running_workspace, start, stop
from local_workspace.serving import PortBusyError

__all__ = ["RunningWorkspace", "app", "main", "running_workspace"]

app = typer.Typer(
    help="A Databricks-compatible workspace on this machine.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

State = Annotated[Path, typer.Option("--state", help="Folder that holds everything the workspace knows.")]
Port = Annotated[
    int | None, typer.Option(min=0, max=65535, help="0 takes a free port; left out, the one used last time.")
]
DEFAULT_STATE = Path(".local/workspace")


class CommandError(Exception):
    """What a command says when it cannot do its work."""


@app.command("serve")
def serve_command(state: State = DEFAULT_STATE, port: Port = None) -> None:
    """Serve on 127.0.0.1 until interrupted; prints one line when ready."""
    from local_workspace.data import DataFileBusyError
    from local_workspace.serving import serve

    try:
        serve(state, port, lambda url: print(f"local workspace ready at {url}", flush=True))
    except (PortBusyError, DataFileBusyError) as error:
        raise CommandError(str(error)) from error


@app.command("start")
def start_command(state: State = DEFAULT_STATE, port: Port = None) -> None:
    """Serve in the background; returns when requests are answered."""
    found, new = start(state, port)
    print(f"local workspace {'ready' if new else 'is already running'} at {found.url} (process {found.pid})")


@app.command("stop")
def stop_command(state: State = DEFAULT_STATE) -> None:
    """Stop the server in the background; what it knows stays in its folder."""
    print("local workspace stopped" if stop(state) else f"no local workspace runs on {state}")


@app.command("status")
def status_command(state: State = DEFAULT_STATE) -> None:
    """Say whether a server runs, and where; exit code 1 when none does."""
    found = running_workspace(state)
    if found is None:
        print(f"no local workspace runs on {state}")
        raise typer.Exit(1)
    print(f"local workspace runs at {found.url} (process {found.pid})")


def main() -> None:
    """Run the command line: exit code 0 fine, 1 a finding or failure, 2 wrong use."""
    try:
        app()
    except (CommandError, BackgroundError) as error:
        typer.echo(f"Error: {error}", err=True)
        raise SystemExit(1) from error
