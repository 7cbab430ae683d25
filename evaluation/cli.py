"""``python -m evaluation``: how well the alerts find what is known to have been wrong."""

from __future__ import annotations

import json
from pathlib import Path  # noqa: TC003 - typer reads the annotations at run time
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from evaluation.evaluate import Evaluation, evaluate_files, evaluate_sample, labels_without_file
from evaluation.figures import Figures, figures, shortfalls
from evaluation.labels import LABELS_FILE
from evaluation.page import page
from evaluation.report import table
from local_workspace.sample_data import DAYS, SEED
from monitoring.console import console

if TYPE_CHECKING:
    from collections.abc import Iterable

SEEDS = (SEED, 1, 2, 3, 4, 5)
"""That of the sample data as `make local` shows it, and five others."""
FINDING, WRONG_USE = 1, 2

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


def _seeds(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError as error:
        raise typer.BadParameter(f"'{text}' is no list of whole numbers; write it like 7,1,2") from error


@app.command()
def evaluate_command(
    seeds: Annotated[str, typer.Option(help="Seeds of the sample data, with commas.")] = ",".join(
        map(str, SEEDS)
    ),
    days: Annotated[int, typer.Option(min=35, help="How many days the sample data spans.")] = DAYS,
    real: Annotated[
        Path | None,
        typer.Option(help="Also a folder of files <gold table>.<source>.parquet, with their incidents.csv."),
    ] = None,
    save: Annotated[
        Path | None, typer.Option(help="Folder for evaluation.json and evaluation.md, such as docs.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
) -> None:
    """Replay the alerts over data with known incidents; exit code 1 when sample data misses the goal."""
    chosen = _seeds(seeds)
    try:
        files = _evaluated(real) if real else []
    except ValueError as error:
        typer.echo(f"Error: {error}", err=True)
        raise typer.Exit(WRONG_USE) from error
    sample = _collected(one for seed in chosen for one in evaluate_sample(seed, days))
    report = {"sample": sample, "real": files, "shortfalls": shortfalls(sample)}
    if as_json:
        typer.echo(json.dumps(report, indent=1))
    else:
        _print(report)
    if save:
        (save / "evaluation.json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
        (save / "evaluation.md").write_text(page(report), encoding="utf-8")
    if report["shortfalls"]:
        raise typer.Exit(FINDING)


def _evaluated(folder: Path) -> list[Figures]:
    for table_name in labels_without_file(folder):
        typer.echo(f"{LABELS_FILE} labels incidents of {table_name}, but there is no such file", err=True)
    return _collected(evaluate_files(folder))


def _collected(evaluations: Iterable[Evaluation]) -> list[Figures]:
    found = []
    with Console(stderr=True).status("evaluating the first monitor") as status:
        for evaluation in evaluations:
            found.append(figures(evaluation))
            status.update(f"evaluated {evaluation.data}, {evaluation.monitor}")
    return found


def _print(report: Figures) -> None:
    output = console()
    output.print(table("Sample data", report["sample"]))
    if report["real"]:
        output.print(table("Files: alarms outside labelled incidents count as false", report["real"]))
    output.print("\n".join(report["shortfalls"]) or "The sample data meets the goal.")


def main() -> None:
    """Run the command line: exit code 0 fine, 1 the goal is missed, 2 wrong use."""
    app(prog_name="python -m evaluation")
