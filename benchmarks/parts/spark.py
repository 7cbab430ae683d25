"""The custom metrics alone: the engine beside Spark on the same machine."""

from __future__ import annotations

import os
import shutil
from statistics import median
from typing import TYPE_CHECKING, Final

from benchmarks.comparison import Engine
from benchmarks.results import COMPARED, BenchError, Goal, Section, at_least, compared

if TYPE_CHECKING:
    from benchmarks.bench import Bench

_LEAST: Final = 50
_METHOD: Final = (
    "The same custom metrics, the engine's time as above. Spark runs in local mode on all cores with 8 GB for the driver, "
    "from one Parquet file with the same rows, its session started before the clock runs: one grouped query for each "
    "slicing expression and granularity with all its metrics (12), cached, joined with itself for the drift, and both "
    "written to Parquet. All runs share a session, so that the median, and the only run over more rows, is one of a warm "
    "Java machine. All values are compared with the engine's when the clock has stopped."
)


def spark(bench: Bench) -> Section:
    """Compute them both ways for each number of job runs; in Spark once on the larger ones.

    Raises:
        BenchError: Java is missing, or Spark failed.
    """
    if not os.environ.get("JAVA_HOME") and shutil.which("java") is None:
        raise BenchError("Spark needs Java; install Java 17 or newer, or set JAVA_HOME")
    folder = bench.folder / "spark"
    files = [bench.dataset(rows).parquet for rows in bench.rows]
    done = bench.ask_own("spark", folder, bench.runs, *files, *(("--small",) if bench.is_quick else ()))
    version = f"Spark {done['version']}"
    lines: list[tuple[str, ...]] = []
    goals: list[Goal] = []
    differences: list[str] = []
    for number, rows in enumerate(bench.rows):
        times = {"the engine": bench.seconds(rows, "custom"), version: done["seconds"][number]}
        bench.say(f"{version}, {rows:,} job runs: {median(times[version]):.1f} s")
        with Engine(bench.dataset(rows)) as engine:
            differences += engine.differences_of_spark(folder / str(number))
        lines += compared(rows, times)
        ratio = median(times[version]) / median(times["the engine"])
        goals.append(at_least(f"{rows:,} job runs: {_LEAST} times faster than Spark", ratio, _LEAST, "times"))
    shutil.rmtree(folder)
    title = "The custom metrics, against Spark"
    return Section(title, _METHOD, COMPARED, tuple(lines), tuple(goals), differences=tuple(differences))
