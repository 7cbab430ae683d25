"""`python -m benchmarks`: parses, runs the parts, prints and writes what they found."""

from __future__ import annotations

import shlex
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from benchmarks.bench import Bench
from benchmarks.machine import commit, load, machine, versions
from benchmarks.parts.complete import complete
from benchmarks.parts.incremental import incremental
from benchmarks.parts.many_monitors import many_monitors
from benchmarks.parts.naive_plan import naive_plan
from benchmarks.parts.profilers import profilers
from benchmarks.parts.spark import spark
from benchmarks.records import Circumstances, Record, write_record
from benchmarks.results import BenchError, Section

if TYPE_CHECKING:
    from collections.abc import Callable

PARTS: Final[dict[str, Callable[[Bench], Section]]] = {
    "complete": complete,
    "naive": naive_plan,
    "spark": spark,
    "profilers": profilers,
    "incremental": incremental,
    "many": many_monitors,
}
"""What can be measured, in the order of the report."""

_DIFFERENT: Final = 1
_WRONG_USE: Final = 2

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def run(
    rows: Annotated[
        list[int] | None,
        typer.Option(min=1000, help="Job runs; again for more sizes. Default: 1 and 10 million."),
    ] = None,
    only: Annotated[
        list[str] | None, typer.Option(help=f"A part ({', '.join(PARTS)}); again for more. Default: all.")
    ] = None,
    runs: Annotated[
        int, typer.Option(min=1, help="How often each thing is measured; the median counts.")
    ] = 3,
    quick: Annotated[
        bool, typer.Option("--quick", help="Tiny sizes and nothing to install: shows that results are equal.")
    ] = False,
    write: Annotated[
        Path | None,
        typer.Option(
            help="Write each part, when it is measured, into this page of Markdown; others stay on it."
        ),
    ] = None,
    folder: Annotated[
        Path | None,
        typer.Option(help="Where data lie meanwhile (about 10 GB); default: the system's folder."),
    ] = None,
) -> None:
    """Measure how fast monitors are computed; exit code 1 when results differ that must be equal."""
    unknown = set(only or ()) - PARTS.keys()
    if unknown:
        print(f"unknown part '{min(unknown)}'; use one of: {', '.join(PARTS)}", file=sys.stderr)
        raise typer.Exit(_WRONG_USE)
    with tempfile.TemporaryDirectory(prefix="benchmarks-", dir=folder) as place:
        bench = _bench(Path(place), rows, runs, is_quick=quick)
        different, measured = False, commit()
        for name in only or PARTS:
            before, began = load(), time.perf_counter()
            section = _section(bench, name)
            _show(section)
            different = different or bool(section.differences)
            if write:
                circumstances = _circumstances(measured, before, time.perf_counter() - began)
                write_record(write, Record(name, section, circumstances), tuple(PARTS))
    if different:
        raise typer.Exit(_DIFFERENT)


def _circumstances(measured: str, before: float, seconds: float) -> Circumstances:
    return Circumstances(
        command=shlex.join(("python", "-m", "benchmarks", *sys.argv[1:])),
        commit=measured,
        machine=machine(),
        versions=versions(),
        load=before,
        day=datetime.now(UTC).date().isoformat(),
        minutes=seconds / 60,
    )


def _bench(folder: Path, rows: list[int] | None, runs: int, *, is_quick: bool) -> Bench:
    began = time.perf_counter()

    def say(line: str) -> None:
        print(f"[{time.perf_counter() - began:5.0f} s] {line}", file=sys.stderr, flush=True)

    if is_quick:
        return Bench(folder, tuple(rows or (3000,)), 1, say, days=3, monitors=5, is_quick=True)
    return Bench(folder, tuple(sorted(rows or (1_000_000, 10_000_000))), runs, say)


def _section(bench: Bench, name: str) -> Section:
    bench.say(f"part {name}")
    try:
        section = PARTS[name](bench)
    except BenchError as error:
        return Section(f"Part {name}", f"Not measured: {error}", (), ())
    # Nothing can be said about speed from a few rows.
    return replace(section, goals=()) if bench.is_quick else section


def _show(section: Section) -> None:
    print(f"\n{section.title}")
    lines = [section.header, *section.rows] if section.rows else [(section.method,)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for row in lines:
        print("  " + "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)))
    for goal in section.goals:
        print(f"  {'met    ' if goal.is_met else 'NOT MET'}  {goal.text}: {goal.figure}")
    for text in section.remarks:
        print(f"  note: {text}")
    for text in section.differences:
        print(f"  DIFFERS: {text}")
