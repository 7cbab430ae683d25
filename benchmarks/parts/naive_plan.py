"""The custom metrics alone: the engine beside one query for each of them."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, Final

from benchmarks.comparison import Engine
from benchmarks.results import COMPARED, Goal, Section, at_least, compared

if TYPE_CHECKING:
    from benchmarks.bench import Bench

_ENGINE: Final = "the engine"
_QUERIES: Final = "one query each"
_AGGREGATES: Final = "aggregates alone, one query each"
_LEAST: Final = 12
_METHOD: Final = (
    "The 50 custom metrics of the job domain for the whole table and five slicing expressions, by hours and by days. "
    "The engine: a refresh of the complete monitor in which no column is described, so that only the rows of the whole "
    "table (`:table`) with their custom metrics and their drift are computed and written. The naive plan: one query for "
    "each metric, slicing expression and granularity (600) on the same DuckDB file with the same settings, each kept in "
    "a table; a derived metric's query holds the aggregates of its formula, a drift metric's query the windows it "
    "compares. For comparison: the time of its 312 queries for aggregates alone, which the engine's time is not reduced "
    "for. Both start with nothing in memory, and all values are compared when the clock has stopped."
)


def naive_plan(bench: Bench) -> Section:
    """Compute them both ways for each number of job runs; the slow way once on the larger ones."""
    lines: list[tuple[str, ...]] = []
    goals: list[Goal] = []
    differences: list[str] = []
    for rows in bench.rows:
        dataset, runs = bench.dataset(rows), bench.runs_of(rows)
        times = {_ENGINE: bench.seconds(rows, "custom"), _QUERIES: [], _AGGREGATES: []}
        for number in range(runs):
            keep = ("--keep",) if number == runs - 1 else ()
            taken = bench.ask_own("plain_queries", dataset.state, *keep)
            times[_QUERIES].append(taken["seconds"])
            times[_AGGREGATES].append(taken["seconds_of_kind"]["AGGREGATE"])
            bench.say(f"one query for each metric, {rows:,} job runs: {taken['seconds']:.1f} s")
        with Engine(dataset) as engine:
            differences += engine.differences_of_queries()
        lines += compared(rows, times)
        ratio = median(times[_QUERIES]) / median(times[_ENGINE])
        goals.append(
            at_least(f"{rows:,} job runs: {_LEAST} times faster than one query each", ratio, _LEAST, "times")
        )
    title = "The custom metrics, against one query for each"
    return Section(title, _METHOD, COMPARED, tuple(lines), tuple(goals), differences=tuple(differences))
