"""The custom metrics alone: the engine beside Spark on the same machine."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from importlib.metadata import version
from statistics import median
from subprocess import TimeoutExpired
from typing import TYPE_CHECKING, Final

from benchmarks.comparison import Engine
from benchmarks.results import (
    COMPARED,
    BenchError,
    Goal,
    Section,
    at_least,
    compared,
    ended,
    more_than,
)

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.bench import Bench

_LEAST: Final = 50
_VERSION: Final = f"Spark {version('pyspark')}"
_LONGEST: Final = 900.0
"""Seconds that Spark gets for a size in any case; more where they do not decide yet whether the goal is met."""

_PREPARATION: Final = 60.0
"""Seconds that it has in addition to start."""

_METHOD: Final = (
    "The same custom metrics, the engine's time as above. Spark runs in local mode on all cores with 8 GB for the driver, "
    "from one Parquet file with the same rows, its session started before the clock runs: one grouped query for each "
    "slicing expression and granularity with all its metrics (12), cached, joined with itself for the drift, and both "
    "written to Parquet. Each size has a session of its own, which its runs share. All values are compared with the "
    "engine's when the clock has stopped. What takes Spark more than a minute runs once, and is ended when it has taken "
    f"{_LONGEST / 60:.0f} minutes and {_LEAST} times the engine's time."
)


def spark(bench: Bench) -> Section:
    """Compute them both ways for each number of job runs; in Spark once on the larger ones.

    Raises:
        BenchError: Java is missing, or Spark failed.
    """
    if not os.environ.get("JAVA_HOME") and shutil.which("java") is None:
        raise BenchError("Spark needs Java; install Java 17 or newer, or set JAVA_HOME")
    lines: list[tuple[str, ...]] = []
    goals: list[Goal] = []
    differences: list[str] = []
    for rows in bench.rows:
        folder, ours = bench.folder / "spark", bench.seconds(rows, "custom")
        theirs = _taken(bench, rows, folder, max(_LONGEST, _LEAST * median(ours)))
        bench.say(f"{_VERSION}, {rows:,} job runs: {median(theirs.seconds):.1f} s")
        lines += _lines(rows, ours, theirs)
        ratio = median(theirs.seconds) / median(ours)
        goal = at_least(f"{rows:,} job runs: {_LEAST} times faster than Spark", ratio, _LEAST, "times")
        goals.append(goal if theirs.is_over else more_than(goal))
        if theirs.is_over:
            with Engine(bench.dataset(rows)) as engine:
                differences += engine.differences_of_spark(folder / "results")
        shutil.rmtree(folder, ignore_errors=True)
    title = "The custom metrics, against Spark"
    return Section(title, _METHOD, COMPARED, tuple(lines), tuple(goals), differences=tuple(differences))


@dataclass(frozen=True)
class _Taken:
    """How long Spark took each time; when it was ended before it was over, how long at least."""

    seconds: list[float]
    is_over: bool = True


def _taken(bench: Bench, rows: int, folder: Path, limit: float) -> _Taken:
    parquet, small = bench.dataset(rows).parquet, ("--small",) if bench.is_quick else ()
    try:
        done = bench.ask_own(
            "spark", folder, bench.runs_of(rows), parquet, *small, limit=limit + _PREPARATION
        )
    except TimeoutExpired:
        return _Taken([limit], is_over=False)
    return _Taken(done["seconds"])


def _lines(rows: int, ours: list[float], theirs: _Taken) -> list[tuple[str, ...]]:
    lines = compared(rows, {"the engine": ours, _VERSION: theirs.seconds})
    if not theirs.is_over:
        job_runs, who, _, ratio = lines[-1]
        lines[-1] = (job_runs, who, ended(theirs.seconds[0]), f"more than {ratio}")
    return lines
