"""Many monitors on small tables in one workspace: how long all refreshes take, and how the server answers meanwhile."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from itertools import cycle
from statistics import quantiles
from typing import TYPE_CHECKING, Final

from benchmarks.results import Section, at_most, figure
from benchmarks.served_workspace import CATALOG, DAYS, ROWS, new_rows, served_workspace, small_monitor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.bench import Bench
    from benchmarks.served_workspace import ServedWorkspace

_MOST_MILLISECONDS: Final = 40
_MOST_LATENCY: Final = 50
_PAUSE: Final = 0.02
"""Seconds between two requests that are timed."""

_METHOD: Final = (
    f"A local workspace in a process of its own, asked over HTTP on loopback. Each monitor watches a table of {ROWS} rows "
    f"over {DAYS} days and four columns, by days, with one slicing expression and three custom metrics. First the "
    "monitors are created, which starts their first refresh; later a row is appended to each table and all are "
    "refreshed again. Timed from the first call to the end of the last refresh, so the calls themselves are in it. "
    "Meanwhile a second client reads monitors, their refreshes and tables, 50 requests a second at most, each of "
    "which is timed."
)


def many_monitors(bench: Bench) -> Section:
    """Create and refresh them all."""
    latencies: list[float] = []
    with served_workspace(bench) as workspace:
        with _readers(workspace, latencies):
            first = _first_refreshes(workspace)
            bench.say(f"{bench.monitors:,} monitors created and refreshed in {first:.1f} s")
            second = _second_refreshes(workspace, bench)
            bench.say(f"all refreshed again in {second:.1f} s")
        failures = workspace.failures()
    each = {"created and refreshed": first, "refreshed after a new row": second}
    milliseconds = {what: 1000 * seconds / bench.monitors for what, seconds in each.items()}
    slowest = quantiles(latencies, n=100)[-1]
    answers = f"{len(latencies):,} answers: median {figure(quantiles(latencies, n=100)[49])} ms, 99th percentile {figure(slowest)} ms"
    goals = [
        at_most(
            f"{bench.monitors:,} monitors {what}: at most {_MOST_MILLISECONDS} ms each",
            taken,
            _MOST_MILLISECONDS,
            "ms",
        )
        for what, taken in milliseconds.items()
    ]
    goals.append(
        at_most(f"GET meanwhile: 99th percentile below {_MOST_LATENCY} ms", slowest, _MOST_LATENCY, "ms")
    )
    return Section(
        f"{bench.monitors:,} monitors on small tables",
        _METHOD,
        ("monitors", "what", "all", "each"),
        tuple(
            (f"{bench.monitors:,}", what, f"{figure(each[what])} s", f"{figure(taken)} ms")
            for what, taken in milliseconds.items()
        ),
        tuple(goals),
        (answers,),
        tuple(failures),
    )


def _first_refreshes(workspace: ServedWorkspace) -> float:
    began = time.perf_counter()
    for table in workspace.tables:
        workspace.post(workspace.monitor(table), small_monitor())
    workspace.wait_until_over(1)
    return time.perf_counter() - began


def _second_refreshes(workspace: ServedWorkspace, bench: Bench) -> float:
    warehouse = workspace.client.get("/api/2.0/sql/warehouses").json()["warehouses"][0]["id"]
    for table in workspace.tables:
        workspace.post(
            "/api/2.0/sql/statements",
            {"warehouse_id": warehouse, "statement": new_rows(table), "wait_timeout": "30s"},
        )
    bench.say(f"a row appended to each of {bench.monitors:,} tables")
    began = time.perf_counter()
    for table in workspace.tables:
        workspace.post(f"{workspace.monitor(table)}/refreshes")
    workspace.wait_until_over(2)
    return time.perf_counter() - began


@contextmanager
def _readers(workspace: ServedWorkspace, latencies: list[float]) -> Iterator[None]:
    """Read all the time until the block ends, noting milliseconds."""
    over = threading.Event()

    def read() -> None:
        for table in cycle(workspace.tables):
            for path in (
                workspace.monitor(table),
                f"{workspace.monitor(table)}/refreshes",
                f"{CATALOG}/tables/{table}",
            ):
                if over.wait(_PAUSE):
                    return
                began = time.perf_counter()
                workspace.client.get(path)
                latencies.append(1000 * (time.perf_counter() - began))

    reader = threading.Thread(target=read, name="reader")
    reader.start()
    try:
        yield
    finally:
        over.set()
        reader.join()
