"""Soda over daily windows on DuckDB: all metrics of each day, and distribution checks against the day before.

`python -P soda.py PARQUET`. A distribution check compares with a file of bins and weights, which is made of the day
before as `soda update-dro` does it. Columns of ids get no distribution check: no file of ten thousand bins is worth it.
"""

from __future__ import annotations

import json
import logging
import sys
import tempfile
import time
from pathlib import Path

import duckdb
from soda.scan import Scan
from soda.scientific.distribution.comparison import RefDataCfg
from soda.scientific.distribution.generate_dro import DROGenerator

logging.disable(logging.CRITICAL)

TIME = "start_time"
NUMBERS = {"run_duration_seconds": "NUMBER", "run_duration_minutes": "NUMBER"}
TEXTS = ["account_id", "workspace_id", "job_id", "run_id", "job_name", "run_name", "run_type"]
TEXTS += ["trigger_type", "result_state", "termination_code"]
OTHERS = [TIME, "end_time", "run_date", "is_success"]
NUMBER_METRICS = ("avg", "min", "max", "sum", "stddev", "variance")
LENGTH_METRICS = ("avg_length", "min_length", "max_length")
EVERY_METRICS = ("missing_count", "missing_percent", "duplicate_count", "duplicate_percent")
CONTINUOUS = ("ks", "psi", "swd")
CATEGORICAL = ("psi", "swd")
COMPARED = [name for name in TEXTS if name != "run_id"]


def where(day: str) -> str:
    """The rows of a day, as SQL."""
    return f"{TIME} >= DATE '{day}' AND {TIME} < DATE '{day}' + INTERVAL 1 DAY"


def metrics(day: str) -> list[str]:
    """A check for each metric of each column; what they check does not matter."""
    asked = [(metric, name) for metric in EVERY_METRICS for name in [*NUMBERS, *TEXTS, *OTHERS]]
    asked += [(metric, name) for metric in NUMBER_METRICS for name in NUMBERS]
    asked += [(metric, name) for metric in LENGTH_METRICS for name in TEXTS]
    lines = [f"  - {metric}({name}) > -1" for metric, name in asked]
    return [
        f"filter runs [d{day}]:",
        f"  where: {where(day)}",
        f"checks for runs [d{day}]:",
        "  - row_count > -1",
        *lines,
    ]


def distributions(day: str, before: str, folder: Path) -> list[str]:
    """Checks of a day against the day before, whose bins and weights are written into files."""
    lines = []
    for name in [*NUMBERS, *COMPARED]:
        kind = "continuous" if name in NUMBERS else "categorical"
        what = f"{name}, count(*)" if kind == "categorical" else name
        end = f"GROUP BY {name} ORDER BY 2 DESC" if kind == "categorical" else ""
        rows = connection.execute(f"SELECT {what} FROM runs WHERE {where(before)} {end}").fetchall()
        values = rows if kind == "categorical" else [row[0] for row in rows]
        made = DROGenerator(RefDataCfg(distribution_type=kind), values).generate()
        file = folder / f"{name}-{before}.yml"
        content = {
            "dataset": "runs",
            "column": name,
            "distribution_type": kind,
            "distribution_reference": made.model_dump(),
        }
        file.write_text(json.dumps(content))
        for method in CONTINUOUS if kind == "continuous" else CATEGORICAL:
            lines += [
                f"  - distribution_difference({name}) > -1:",
                f"      distribution reference file: {file}",
                f"      method: {method}",
                f"      name: {method} {name} {day}",
            ]
    return lines


connection = duckdb.connect()
connection.execute(f"CREATE TABLE runs AS SELECT * EXCLUDE (compute_ids) FROM '{sys.argv[1]}'")

began = time.perf_counter()
with tempfile.TemporaryDirectory() as folder:
    days = [
        str(day)
        for (day,) in connection.execute(f"SELECT DISTINCT {TIME}::DATE FROM runs ORDER BY 1").fetchall()
    ]
    values, errors = 0, set()
    for before, day in zip([None, *days], days):  # noqa: B905 - the first day has none before
        scan = Scan()
        scan.disable_telemetry()
        scan.add_duckdb_connection(connection)
        scan.set_data_source_name("duckdb")
        checks = metrics(day) + (distributions(day, before, Path(folder)) if before else [])
        scan.add_sodacl_yaml_str("\n".join(checks))
        scan.execute()
        errors |= {str(log) for log in scan.get_error_logs()}
        values += len(scan.get_scan_results()["metrics"])
seconds = time.perf_counter() - began

print(
    json.dumps(
        {
            "seconds": seconds,
            "windows": len(days),
            "columns": 16,
            "values": values,
            "errors": sorted(errors)[:5],
        }
    )
)
