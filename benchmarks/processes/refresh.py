"""A refresh: `python -m benchmarks.processes.refresh STATE KIND DAYS [--keep]`; it removes what it wrote unless told.

In a process of its own, so that the peak of memory is that of the refresh.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final
from unittest.mock import patch

from benchmarks import job_monitor
from benchmarks.job_runs import JobRuns
from benchmarks.limited_data import limited_data
from local_workspace.engine import source
from local_workspace.names import SchemaName

if TYPE_CHECKING:
    from collections.abc import Callable

_BYTES_PER_UNIT: Final = 1 if sys.platform == "darwin" else 1024
"""The unit of `ru_maxrss`."""


@dataclass(frozen=True)
class Refreshed:
    """What a refresh took and wrote.

    Attributes:
        seconds: from the call of the engine to its return, with both output tables written.
        peak_bytes: most memory the process ever held, Python and libraries included.
        profile_rows: rows of the profile table.
        drift_rows: rows of the drift table.
        windows: windows that were computed.
    """

    seconds: float
    peak_bytes: int
    profile_rows: int
    drift_rows: int
    windows: int


def main() -> None:
    """Refresh, and print what it took."""
    parser = argparse.ArgumentParser()
    parser.add_argument("state", type=Path)
    parser.add_argument("kind", choices=job_monitor.KINDS)
    parser.add_argument("days", type=int)
    parser.add_argument("--keep", action="store_true")
    options = parser.parse_args()
    print(json.dumps(asdict(_refreshed(options.state, options.kind, options.days, keep=options.keep))))


def _refreshed(state: Path, kind: str, days: int, *, keep: bool) -> Refreshed:
    data = limited_data(state)
    schema = SchemaName("main", kind)
    definition = job_monitor.KINDS[kind](str(schema))
    with data.cursor() as cursor, ExitStack() as stack:
        cursor.execute(f"CREATE SCHEMA {schema.relation}")
        if kind == job_monitor.WITHOUT_COLUMNS:
            stack.enter_context(patch("local_workspace.engine.refresh.read_input", _read_without_columns))
        began = time.perf_counter()
        report = job_monitor.refresh_monitor(data, definition, JobRuns(0, days).end)
        seconds = time.perf_counter() - began
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _BYTES_PER_UNIT
        if not keep:
            cursor.execute(f"DROP SCHEMA {schema.relation} CASCADE")
    data.close()
    return Refreshed(seconds, peak, report.profile_rows, report.drift_rows, report.windows)


def _read_without_columns(*arguments: object, **named: object) -> source.Source:
    read: Callable[..., source.Source] = source.read_input
    return replace(read(*arguments, **named), described=())


if __name__ == "__main__":
    main()
