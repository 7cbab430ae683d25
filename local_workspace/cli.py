"""`python -m local_workspace …`: parses and prints; the work is elsewhere."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path
from typing import Annotated

import typer

from local_workspace.allocation import restart_with_larger_caches
from local_workspace.background import BackgroundError, RunningWorkspace, running_workspace, start, stop

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
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
DEFAULT_STATE = Path(".local/workspace")

PLAIN_WIDTH = 160
"""Characters of a table that goes into a file or a pipe."""

FINDING = 1
WRONG_USE = 2


@app.command("serve")
def serve_command(state: State = DEFAULT_STATE, port: Port = None) -> None:
    """Serve on 127.0.0.1 until interrupted; prints one line when ready."""
    restart_with_larger_caches()
    from local_workspace.data import DataFileBusyError  # noqa: PLC0415 - loaded when it is needed
    from local_workspace.errors import WorkspaceError  # noqa: PLC0415 - see above
    from local_workspace.serving import PortBusyError, serve  # noqa: PLC0415 - see above

    try:
        serve(state, port, lambda url: print(f"local workspace ready at {url}", flush=True))
    except (PortBusyError, DataFileBusyError, WorkspaceError) as error:
        raise _failure(str(error)) from error


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
        raise typer.Exit(FINDING)
    print(f"local workspace runs at {found.url} (process {found.pid})")


@app.command("load")
def load_command(
    table: Annotated[str, typer.Argument(help="catalog.schema.table; made from the file when missing.")],
    file: Annotated[Path, typer.Argument(help="A .parquet, .csv or .csv.gz file.")],
    shift_to_now: Annotated[
        bool,
        typer.Option(
            "--shift-to-now", help="Move all dates by whole weeks so that the newest is in the last week."
        ),
    ] = False,
    state: State = DEFAULT_STATE,
) -> None:
    """Append a file to a table by column name, or make the table from it."""
    from local_workspace.access import AccessError, access  # noqa: PLC0415 - loaded when it is needed
    from local_workspace.names import TableName  # noqa: PLC0415 - loaded when it is needed

    try:
        name = TableName.parse(table)
        with access(state) as workspace:
            done = workspace.load(name, file, shift_to_now=shift_to_now)
    except (ValueError, AccessError) as error:
        raise _failure(str(error), WRONG_USE) from error
    verb = "created with" if done["created"] else "grew by"
    moved = f"; dates moved by {done['weeks']:+d} weeks" if shift_to_now else ""
    print(f"{done['table']} {verb} {done['rows']:,} rows{moved}")


@app.command("seed")
def seed_command(
    days: Annotated[int | None, typer.Option(min=1, help="How many days the data spans.")] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of the random numbers.")] = None,
    state: State = DEFAULT_STATE,
) -> None:
    """Make the gold tables and fill them with sample data."""
    from local_workspace.access import AccessError, access  # noqa: PLC0415 - loaded when it is needed

    try:
        with access(state) as workspace:
            tables = workspace.seed(days, seed)
    except AccessError as error:
        raise _failure(str(error)) from error
    for table in tables:
        print(f"{table['table']}: {table['rows']:,} rows")
    print(f"{sum(table['rows'] for table in tables):,} rows in {len(tables)} tables")


@app.command("sql")
def sql_command(
    statement: Annotated[str, typer.Argument(help="One Databricks SQL statement.")],
    state: State = DEFAULT_STATE,
    as_json: AsJson = False,
) -> None:
    """Run a Databricks SQL statement and print its rows."""
    from local_workspace.access import AccessError, access  # noqa: PLC0415 - loaded when it is needed

    try:
        with access(state) as workspace:
            answer = workspace.sql(statement)
    except AccessError as error:
        raise _failure(str(error)) from error
    if as_json:
        print(
            json.dumps(
                [dict(zip(answer.columns, row, strict=True)) for row in answer.rows],
                ensure_ascii=False,
                indent=2,
            )
        )
    else:
        _print_table(answer.columns, answer.rows)


@app.command("alerts")
def alerts_command(
    at: Annotated[
        str | None,
        typer.Option(help="Show what would have fired at this moment, such as 2026-08-01T06:30:00Z."),
    ] = None,
    evaluate: Annotated[
        bool, typer.Option("--evaluate", help="Evaluate every alert now, whatever its schedule says.")
    ] = False,
    state: State = DEFAULT_STATE,
    as_json: AsJson = False,
) -> None:
    """Show which alerts fired, and the rows that made them fire; exit code 1 when one did or failed."""
    from rich.console import Console  # noqa: PLC0415 - loaded when it is needed

    from local_workspace.access import AccessError, access  # noqa: PLC0415 - see above
    from local_workspace.alert_report import alert_tables  # noqa: PLC0415 - see above

    try:
        with access(state) as workspace:
            found = workspace.alerts(at, evaluate=evaluate)
    except AccessError as error:
        raise _failure(str(error), WRONG_USE) from error
    if as_json:
        print(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        console = Console(width=None if sys.stdout.isatty() else PLAIN_WIDTH)
        for table in alert_tables(found):
            console.print(table)
    if any(alert["state"] in {"TRIGGERED", "ERROR"} for alert in found):
        raise typer.Exit(FINDING)


@app.command("explain")
def explain_command(
    table: Annotated[str, typer.Argument(help="The monitored table; its own name is enough.")],
    state: State = DEFAULT_STATE,
    as_json: AsJson = False,
) -> None:
    """Say what the last refresh of a table's monitor did, step by step, and how many rows the next one will write."""
    from rich.console import Console  # noqa: PLC0415 - loaded when it is needed

    from local_workspace.access import AccessError, access  # noqa: PLC0415 - see above
    from local_workspace.explanation_report import explanation_parts  # noqa: PLC0415 - see above

    try:
        with access(state) as workspace:
            found = workspace.explain(table)
    except AccessError as error:
        raise _failure(str(error), WRONG_USE) from error
    if as_json:
        print(json.dumps(found, ensure_ascii=False, indent=2))
        return
    console = Console(width=None if sys.stdout.isatty() else PLAIN_WIDTH)
    for part in explanation_parts(found):
        console.print(part)


@app.command("switches")
def switches_command(
    changes: Annotated[
        list[str] | None,
        typer.Argument(help="name=value, the value in JSON or a text; null for the default."),
    ] = None,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="Print the page that docs/switches.md holds.")
    ] = False,
    state: State = DEFAULT_STATE,
    as_json: AsJson = False,
) -> None:
    """Show every switch of the workspace, or set some for good; see docs/switches.md."""
    from local_workspace.access import AccessError, access  # noqa: PLC0415 - loaded when it is needed
    from local_workspace.switch_list import read_change, switches_page  # noqa: PLC0415 - see above

    if markdown:
        print(switches_page(), end="")
        return
    try:
        wanted = dict(read_change(text) for text in changes or [])
        with access(state) as workspace:
            found = workspace.switches(wanted)
    except (AccessError, ValueError) as error:
        raise _failure(str(error), WRONG_USE) from error
    if as_json:
        print(json.dumps(found, ensure_ascii=False, indent=2))
        return
    shown = {name: each for name, each in found.items() if not wanted or name in wanted}
    rows = [
        [name, *(json.dumps(each[part]) for part in ("value", "default")), each["decides"]]
        for name, each in shown.items()
    ]
    _print_table(["switch", "value", "default", "decides"], rows)


@app.command("deploy")
def deploy_command(
    state: State = DEFAULT_STATE,
    picture: Annotated[
        Path | None, typer.Option(help="Save the values shown at the end as a picture (SVG).")
    ] = None,
) -> None:
    """Start, seed, deploy the Pulumi program, wait for its monitors and show their values: `make local`."""
    from rich.console import Console  # noqa: PLC0415 - loaded when it is needed

    from local_workspace.access import AccessError  # noqa: PLC0415 - see above
    from local_workspace.deploy.errors import DeploymentFailedError  # noqa: PLC0415 - see above
    from local_workspace.deploy.run import Place, deploy  # noqa: PLC0415 - see above
    from toolchain import ToolchainError  # noqa: PLC0415 - see above

    console = Console(width=None if sys.stdout.isatty() else PLAIN_WIDTH)
    try:
        deploy(Place(Path.cwd(), state), console, picture)
    except (AccessError, DeploymentFailedError, ToolchainError) as error:
        raise _failure(str(error)) from error


@app.command("env")
def env_command(state: State = DEFAULT_STATE) -> None:
    """Print exports for a shell: eval "$(python -m local_workspace env)", then pulumi finds the stack."""
    from local_workspace.deploy.run import Place  # noqa: PLC0415 - loaded when it is needed
    from toolchain import ToolchainError  # noqa: PLC0415 - see above

    running = running_workspace(state)
    if running is None:
        raise _failure(f"no local workspace runs on {state}; start it with: make local")
    try:
        variables = Place(Path.cwd(), state).stack(running).own_variables
    except ToolchainError as error:
        raise _failure(str(error)) from error
    for name, value in variables.items():
        print(f"export {name}={shlex.quote(value)}")


@app.command("routes")
def routes_command() -> None:
    """Print the table of routes that docs/routes.md holds."""
    from local_workspace.server.coverage import routes_page  # noqa: PLC0415 - loaded when it is needed

    print(routes_page(), end="")


@app.command("functions")
def functions_command() -> None:
    """Print the list of SQL functions that docs/sql-functions.md holds."""
    from local_workspace.engine.function_list import functions_page  # noqa: PLC0415 - loaded when it is needed

    print(functions_page(), end="")


def _print_table(columns: list[str], rows: list[list[str | None]]) -> None:
    from rich.console import Console  # noqa: PLC0415 - loaded when it is needed
    from rich.table import Table  # noqa: PLC0415 - loaded when it is needed
    from rich.text import Text  # noqa: PLC0415 - loaded when it is needed

    if not columns:
        print("done")
        return
    table = Table()
    for column in columns:
        table.add_column(Text(column), overflow="fold")
    for row in rows:
        table.add_row(*(Text("NULL", "dim") if cell is None else Text(cell) for cell in row))
    Console().print(table)
    print(f"{len(rows):,} row{'' if len(rows) == 1 else 's'}")


def _failure(message: str, code: int = FINDING) -> typer.Exit:
    typer.echo(f"Error: {message}", err=True)
    return typer.Exit(code)


def main() -> None:
    """Run the command line: exit code 0 fine, 1 a finding or failure, 2 wrong use."""
    try:
        app()
    except BackgroundError as error:
        typer.echo(f"Error: {error}", err=True)
        raise SystemExit(FINDING) from error
