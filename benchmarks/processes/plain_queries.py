"""The naive plan: `python -m benchmarks.processes.plain_queries STATE [--keep]`; it removes its tables unless told."""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Final

from benchmarks.limited_data import limited_data
from benchmarks.naive import plain_queries
from monitoring.metrics import Kind

SCHEMA: Final = "plain"
"""DuckDB schema of the tables; they are numbered as `plain_queries` lists them."""


def main() -> None:
    """Run every query, and print the seconds that each kind of metric took."""
    parser = argparse.ArgumentParser()
    parser.add_argument("state", type=Path)
    parser.add_argument("--keep", action="store_true")
    options = parser.parse_args()
    data = limited_data(options.state)
    with data.cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA {SCHEMA}")
        queries = [(query.metric.kind.name, query.sql) for query in plain_queries(cursor)]
        taken = dict.fromkeys((kind.name for kind in Kind), 0.0)
        for number, (kind, sql) in enumerate(queries):
            began = time.perf_counter()
            cursor.execute(f"CREATE TABLE {SCHEMA}.query_{number} AS {sql}")
            taken[kind] += time.perf_counter() - began
        if not options.keep:
            cursor.execute(f"DROP SCHEMA {SCHEMA} CASCADE")
    data.close()
    print(json.dumps({"queries": len(queries), "seconds": sum(taken.values()), "seconds_of_kind": taken}))


if __name__ == "__main__":
    main()
