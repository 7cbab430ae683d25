"""Profiles and drift of daily windows: the engine beside the tools that people use for it."""

from __future__ import annotations

import time
from statistics import median
from subprocess import TimeoutExpired
from typing import TYPE_CHECKING, Any, Final

import duckdb

from benchmarks.environments import RIVALS, python_of
from benchmarks.job_monitor import RELATION
from benchmarks.results import BenchError, Goal, Section, at_least, ended, figure, more_than, seconds

if TYPE_CHECKING:
    from collections.abc import Mapping

    from benchmarks.bench import Bench

_RIVALS: Final = ("popmon", "nannyml", "evidently", "soda")
_FLOOR: Final = "ydata"
_LEAST: Final = 2
_LONG: Final = 20.0
"""Seconds from which on a tool is measured once only."""

_LONGEST: Final = 120.0
"""Seconds after which a tool is ended; its time is then given as longer than that."""

_PREPARATION: Final = 30.0
"""Seconds that it has in addition to start and to load the rows."""

_METHOD: Final = (
    "The smallest number of job runs, in daily windows without slices and custom metrics: all built-in statistics of all "
    "columns and all drift tests against the day before. The engine reads its DuckDB file and writes both output tables. "
    "popmon, NannyML and Evidently get a pandas frame that is loaded before the clock runs, and write nothing; Soda "
    "queries a table in DuckDB's memory that is loaded before; so loading is counted for nobody. Everybody gets the "
    "same rows; the others are spared the column of arrays, which most refuse, and the engine is not. Which statistics "
    "and tests a tool computes is its own choice, all that it has for a column are switched on: see "
    "`benchmarks/rivals/`, a script and a pinned list of packages for each, installed into virtual environments of "
    "their own. ydata-profiling (in its minimal mode) and DuckDB's SUMMARIZE are the floor: they describe the whole "
    "table once, without windows and without drift. A tool that takes more than 20 s runs once, and is ended after 120 s."
)


def profilers(bench: Bench) -> Section:
    """Compute them with each tool; one that cannot be installed or fails is named with the reason."""
    rows = bench.rows[0]
    dataset = bench.dataset(rows)
    engine = bench.refreshes(rows, "daily")
    ours = bench.seconds(rows, "daily")
    lines = [("the engine", f"{engine[0]['windows']:,}", "17", seconds(ours), "1.00x")]
    goals: list[Goal] = []
    remarks: list[str] = []
    for name in () if bench.is_quick else (*_RIVALS, _FLOOR):
        try:
            runs = _runs_of(bench, name, rows)
        except BenchError as error:
            remarks.append(f"{name} was not measured: {error}")
            continue
        remarks += [f"{name} said: {text}" for text in runs[0].get("errors", ())]
        times = [float(run["seconds"]) for run in runs]
        lines.append(_line(_label(name), runs[0], times, ours))
        if name != _FLOOR:
            ratio = median(times) / median(ours)
            goal = at_least(f"{rows:,} job runs: {_LEAST} times faster than {name}", ratio, _LEAST, "times")
            goals.append(goal if "windows" in runs[0] else more_than(goal))
    summarized = [_summarize(dataset.data_file) for _ in range(bench.runs)]
    lines.append(_line("DuckDB SUMMARIZE", {"windows": 1, "columns": 17}, summarized, ours))
    header = ("computed by", "windows", "columns", "time", "times the engine's time")
    title = "Profiles and drift, against tools for them"
    return Section(title, _METHOD, header, tuple(lines), tuple(goals), tuple(remarks))


def _runs_of(bench: Bench, name: str, rows: int) -> list[dict[str, Any]]:
    # -P: a script has the name of the package that it imports, and its folder would be searched first.
    command = (python_of(name, bench.say), "-P", RIVALS / f"{name}.py", bench.dataset(rows).parquet)
    runs: list[dict[str, Any]] = []
    while len(runs) < bench.runs and (not runs or runs[0]["seconds"] < _LONG):
        try:
            runs.append(bench.ask(command, name, _LONGEST + _PREPARATION))
        except TimeoutExpired:
            runs.append(
                {"seconds": _LONGEST, "errors": [f"nothing, until it was ended after {_LONGEST:.0f} s"]}
            )
        bench.say(f"{name}, {rows:,} job runs: {runs[-1]['seconds']:.1f} s")
    return runs


def _label(name: str) -> str:
    """The package with its version, from its pinned list."""
    package = {"soda": "soda-core", "ydata": "ydata-profiling"}.get(name, name)
    lines = (RIVALS / f"{name}.txt").read_text().splitlines()
    version = next(line.partition("==")[2] for line in lines if line.startswith(f"{package}=="))
    return f"{package} {version}"


def _line(
    who: str, run: Mapping[str, Any], times: list[float], ours: list[float]
) -> tuple[str, str, str, str, str]:
    ratio = median(times) / median(ours)
    if "windows" not in run:
        return who, "", "", ended(median(times)), f"more than {figure(ratio)}x"
    return who, f"{run['windows']:,}", str(run["columns"]), seconds(times), f"{figure(ratio)}x"


def _summarize(file: object) -> float:
    with duckdb.connect(str(file), read_only=True) as connection:
        connection.execute("SET enable_progress_bar = false")
        began = time.perf_counter()
        connection.execute(f"SUMMARIZE {RELATION}").fetchall()
        return time.perf_counter() - began
