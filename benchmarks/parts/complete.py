"""The complete monitor: time, throughput, memory, and how they grow."""

from __future__ import annotations

from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, Final

from benchmarks.results import Goal, Section, at_least, at_most, figure, seconds

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from benchmarks.bench import Bench

_GIGABYTE: Final = 10**9
_MEMORY_LIMITS: Final = {1_000_000: 1, 10_000_000: 4}
"""Job runs -> gigabytes that a refresh may take."""

_LEAST_ROWS_A_SECOND: Final = 100_000
_MOST_GROWTH: Final = 10
_METHOD: Final = (
    "A first refresh of the job domain's monitor as it is deployed (50 custom metrics, 5 slicing expressions, hours and "
    "days, every built-in statistic of every column, drift with tests; all switches at their defaults) over a DuckDB "
    "file on disk, in a new process each time. Timed from the call of the engine to its return, with both output "
    "tables written and committed. Memory is the peak of the whole process, Python included. A profile row is one "
    "window, slice value and column with all its statistics."
)


def complete(bench: Bench) -> Section:
    """Refresh the whole monitor for each number of job runs."""
    found = {rows: bench.refreshes(rows, "complete") for rows in bench.rows}
    return Section(
        "The complete monitor",
        _METHOD,
        (
            "job runs",
            "windows",
            "profile rows",
            "drift rows",
            "time",
            "profile rows a second",
            "peak of memory",
        ),
        tuple(_row(rows, runs) for rows, runs in found.items()),
        (*_goals(found), *_growth({rows: _middle(runs, "seconds") for rows, runs in found.items()})),
    )


def _middle(runs: Sequence[dict[str, Any]], what: str) -> float:
    return median(float(run[what]) for run in runs)


def _rate(runs: Sequence[dict[str, Any]]) -> float:
    return float(runs[0]["profile_rows"]) / _middle(runs, "seconds")


def _row(rows: int, runs: Sequence[dict[str, Any]]) -> tuple[str, ...]:
    return (
        f"{rows:,}",
        f"{runs[0]['windows']:,}",
        f"{runs[0]['profile_rows']:,}",
        f"{runs[0]['drift_rows']:,}",
        seconds([run["seconds"] for run in runs]),
        figure(_rate(runs)),
        f"{figure(_middle(runs, 'peak_bytes') / _GIGABYTE)} GB",
    )


def _goals(found: dict[int, list[dict[str, Any]]]) -> list[Goal]:
    goals = []
    for rows, runs in found.items():
        text = f"{rows:,} job runs: at least {_LEAST_ROWS_A_SECOND:,} profile rows a second"
        goals.append(at_least(text, _rate(runs), _LEAST_ROWS_A_SECOND, "rows a second"))
        if rows in _MEMORY_LIMITS:
            limit = _MEMORY_LIMITS[rows]
            text = f"{rows:,} job runs: peak of memory at most {limit} GB"
            goals.append(at_most(text, _middle(runs, "peak_bytes") / _GIGABYTE, limit, "GB"))
    return goals


def _growth(times: dict[int, float]) -> list[Goal]:
    return [
        at_most(
            f"{after:,} instead of {before:,} job runs: at most {_MOST_GROWTH} times the time",
            times[after] / times[before],
            _MOST_GROWTH,
            "times",
        )
        for before, after in pairwise(times)
    ]
