"""The refresh after one new day, beside the refresh of everything."""

from __future__ import annotations

import shutil
from statistics import median
from typing import TYPE_CHECKING, Final

from benchmarks.results import Section, at_most, figure, seconds

if TYPE_CHECKING:
    from benchmarks.bench import Bench

_MOST: Final = 1 / 8
_METHOD: Final = (
    "The complete monitor again. After its first refresh one more day of job runs is appended, as many as on the other "
    "days, and it is refreshed again: the engine finds out by itself which windows received rows, and computes only "
    "those, with their drift. The most frequent values of the slicing expressions stay the same, as they mostly do; when "
    "they change, the engine computes everything. Timed as above, without the time to append the rows. That both ways give the same tables "
    "is checked in the tests, and by `python -m benchmarks --quick`."
)


def incremental(bench: Bench) -> Section:
    """Refresh after a new day, on the greatest number of job runs."""
    rows = bench.rows[-1]
    full = bench.seconds(rows, "complete")
    state, copy = bench.dataset(rows).state, bench.folder / "incremental"
    shutil.copytree(state, copy)
    compare = ("--compare",) if bench.is_quick else ()
    done = bench.ask_own("incremental", copy, rows, bench.days, *compare)
    shutil.rmtree(copy)
    bench.say(f"refresh after a new day, {rows:,} job runs: {done['seconds']:.1f} s")
    share = done["seconds"] / median(full)
    written = bench.refreshes(rows, "complete")[0]
    return Section(
        "One new day",
        _METHOD,
        ("job runs", "refresh", "windows", "profile rows", "time", "share of the full time"),
        (
            (
                f"{rows:,}",
                "of everything",
                f"{written['windows']:,}",
                f"{written['profile_rows']:,}",
                seconds(full),
                "1",
            ),
            (
                f"{rows:,}",
                "after a new day",
                f"{done['windows']:,}",
                f"{done['profile_rows']:,}",
                seconds([done["seconds"]]),
                figure(share),
            ),
        ),
        (
            at_most(
                f"{rows:,} job runs: a new day takes at most 1/8 of the full refresh", share, _MOST, "of it"
            ),
        ),
        differences=tuple(
            f"{count} rows of the {table} table are not those of a refresh of everything"
            for table, count in done.get("differences", {}).items()
            if count
        ),
    )
