"""One new day after a refresh: `python -m benchmarks.processes.incremental STATE ROWS DAYS [--compare]`.

The data file holds the output of a refresh of kind `complete`. With `--compare` a second monitor computes everything
anew, and what differs is counted.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks import job_monitor
from benchmarks.job_runs import JobRuns
from benchmarks.limited_data import limited_data
from benchmarks.table_comparison import different_rows
from local_workspace.names import SchemaName

if TYPE_CHECKING:
    import duckdb

    from local_workspace.engine.definition import MonitorDefinition

AGAIN: Final = SchemaName("main", "again")


def main() -> None:
    """Append a day, refresh, and print what it took."""
    parser = argparse.ArgumentParser()
    parser.add_argument("state", type=Path)
    parser.add_argument("rows", type=int)
    parser.add_argument("days", type=int)
    parser.add_argument("--compare", action="store_true")
    options = parser.parse_args()
    runs = JobRuns(options.rows, options.days)
    now = JobRuns(options.rows, options.days + 1).end
    definition = job_monitor.complete("main.complete")
    data = limited_data(options.state)
    with data.cursor() as cursor:
        runs.add_day(cursor, job_monitor.RELATION)
        began = time.perf_counter()
        report = job_monitor.refresh_monitor(data, definition, now)
        done: dict[str, object] = {
            "seconds": time.perf_counter() - began,
            "windows": report.windows,
            "profile_rows": report.profile_rows,
        }
        if options.compare:
            cursor.execute(f"CREATE SCHEMA {AGAIN.relation}")
            again = job_monitor.complete(str(AGAIN))
            job_monitor.refresh_monitor(data, again, now)
            done["differences"] = _differences(cursor, definition, again)
    data.close()
    print(json.dumps(done))


def _differences(
    cursor: duckdb.DuckDBPyConnection, definition: MonitorDefinition, again: MonitorDefinition
) -> dict[str, int]:
    """Table -> rows that are in one of two tables alone, or not equal."""
    return {
        "profile": different_rows(cursor, definition.profile_table, again.profile_table),
        "drift": different_rows(cursor, definition.drift_table, again.drift_table),
    }


if __name__ == "__main__":
    main()
