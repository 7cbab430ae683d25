"""The custom metrics alone: the engine beside Spark on the same machine."""

from __future__ import annotations

import json
import os
import shutil
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from importlib.metadata import version
from statistics import median
from subprocess import TimeoutExpired
from typing import TYPE_CHECKING, Final

from benchmarks.comparison import Engine
from benchmarks.results import COMPARED, BenchError, Goal, Section, at_least, compared, figure

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.bench import Bench

_LEAST: Final = 50
_VERSION: Final = f"Spark {version('pyspark')}"
_LONGEST: Final = 2400.0
"""Seconds after which Spark is ended, all sizes together; what it was at is then given as longer than it took so far."""

_METHOD: Final = (
    "The same custom metrics, the engine's time as above. Spark runs in local mode on all cores with 8 GB for the driver, "
    "from one Parquet file with the same rows, its session started before the clock runs: one grouped query for each "
    "slicing expression and granularity with all its metrics (12), cached, joined with itself for the drift, and both "
    "written to Parquet. All sizes share a session, so that the only run over more rows is one of a warm Java machine. "
    "All values are compared with the engine's when the clock has stopped. A size that takes Spark more than a minute runs "
    f"once, and all is ended after {_LONGEST / 60:.0f} minutes."
)


def spark(bench: Bench) -> Section:
    """Compute them both ways for each number of job runs; in Spark once on the larger ones.

    Raises:
        BenchError: Java is missing, or Spark failed.
    """
    if not os.environ.get("JAVA_HOME") and shutil.which("java") is None:
        raise BenchError("Spark needs Java; install Java 17 or newer, or set JAVA_HOME")
    folder = bench.folder / "spark"
    folder.mkdir()
    lines: list[tuple[str, ...]] = []
    goals: list[Goal] = []
    differences: list[str] = []
    for number, (rows, theirs) in enumerate(_spark_seconds(bench, folder)):
        ours = bench.seconds(rows, "custom")
        bench.say(f"{_VERSION}, {rows:,} job runs: {median(theirs.seconds):.1f} s")
        lines += _lines(rows, ours, theirs)
        ratio = median(theirs.seconds) / median(ours)
        goal = at_least(f"{rows:,} job runs: {_LEAST} times faster than Spark", ratio, _LEAST, "times")
        goals.append(goal if theirs.is_over else replace(goal, figure=f"more than {goal.figure}"))
        if theirs.is_over:
            with Engine(bench.dataset(rows)) as engine:
                differences += engine.differences_of_spark(folder / str(number))
    shutil.rmtree(folder)
    title = "The custom metrics, against Spark"
    return Section(title, _METHOD, COMPARED, tuple(lines), tuple(goals), differences=tuple(differences))


@dataclass(frozen=True)
class _Taken:
    """How long Spark took each time; when it was ended before it was over, how long at least."""

    seconds: list[float]
    is_over: bool = True


def _spark_seconds(bench: Bench, folder: Path) -> list[tuple[int, _Taken]]:
    """For each number of job runs that Spark came to what it took."""
    files = [bench.dataset(rows).parquet for rows in bench.rows]
    noted, began = folder / "seconds.json", time.time()
    small = ("--small",) if bench.is_quick else ()
    with suppress(TimeoutExpired):
        bench.ask_own("spark", folder, noted, bench.runs, *files, *small, limit=_LONGEST)
    found = [_Taken(seconds) for seconds in json.loads(noted.read_text())] if noted.exists() else []
    if len(found) < len(files):
        at_least_so_long = time.time() - (noted.stat().st_mtime if noted.exists() else began)
        found.append(_Taken([at_least_so_long], is_over=False))
    return list(zip(bench.rows, found, strict=False))


def _lines(rows: int, ours: list[float], theirs: _Taken) -> list[tuple[str, ...]]:
    lines = compared(rows, {"the engine": ours, _VERSION: theirs.seconds})
    if not theirs.is_over:
        job_runs, who, _, ratio = lines[-1]
        ended = f"more than {figure(theirs.seconds[0])} s (ended)"
        lines[-1] = (job_runs, who, ended, f"more than {ratio}")
    return lines
