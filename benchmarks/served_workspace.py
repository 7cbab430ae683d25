"""A local workspace in a process of its own, with many small tables, asked over HTTP."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import duckdb
import httpx

from benchmarks.results import BenchError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from benchmarks.bench import Bench

CATALOG: Final = "/api/2.1/unity-catalog"
ROWS: Final = 300
DAYS: Final = 3
_STEP: Final = 0.2
"""Seconds between two looks whether a refresh is over."""

_LONGEST: Final = 900
_ROWS_QUERY: Final = """
    SELECT now()::TIMESTAMP - to_days({day}) - to_seconds(range * 97 % 86_000) AS happened_at,
           'team ' || (range % 4) AS team, (range * 7919 % 1000) / 10.0 AS cost, range % 17 AS quantity
    FROM range({rows})
"""
_METRICS: Final = (
    ("AGGREGATE", "total_cost", "SUM(cost)"),
    ("DERIVED", "cost_per_row", "total_cost / 100"),
    ("DRIFT", "cost_change", "{{current_df}}.total_cost - {{base_df}}.total_cost"),
)


@dataclass(frozen=True)
class ServedWorkspace:
    """A running server.

    Attributes:
        client: sends requests with the token.
        tables: full names of the small tables.
    """

    client: httpx.Client
    tables: tuple[str, ...]

    def monitor(self, table: str) -> str:
        """The path of a table's monitor."""
        return f"{CATALOG}/tables/{table}/monitor"

    def post(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """What a POST answers.

        Raises:
            BenchError: it is refused.
        """
        answer = self.client.post(path, json=body or {})
        if answer.is_error:
            raise BenchError(f"POST {path} answered {answer.status_code}: {answer.text[:300]}")
        found: dict[str, Any] = answer.json()
        return found

    def wait_until_over(self, refreshes: int) -> None:
        """Wait until that many refreshes of each table are over.

        Raises:
            BenchError: it takes too long.
        """
        end = time.monotonic() + _LONGEST
        # The last ones first: they are started last.
        for table in reversed(self.tables):
            while self._over(table) < refreshes:
                if time.monotonic() > end:
                    raise BenchError(f"the refresh of {table} was not over after {_LONGEST} s")
                time.sleep(_STEP)

    def _over(self, table: str) -> int:
        found = self.client.get(f"{self.monitor(table)}/refreshes").json().get("refreshes", [])
        return sum(each["state"] not in {"PENDING", "RUNNING"} for each in found)

    def failures(self) -> list[str]:
        """Refreshes that did not succeed."""
        found = self.client.get("/__local/refreshes").json()["refreshes"]
        return [f"{each['table']}: {each['state']}" for each in found if each["state"] != "SUCCESS"]


def small_monitor() -> dict[str, Any]:
    """The body that creates a monitor of a small table: days, one slicing expression, three custom metrics."""
    return {
        "assets_dir": "/Shared/monitors",
        "output_schema_name": "main.monitoring",
        "time_series": {"timestamp_col": "happened_at", "granularities": ["1 day"]},
        "slicing_exprs": ["team"],
        "custom_metrics": [
            {
                "name": name,
                "type": f"CUSTOM_METRIC_TYPE_{kind}",
                "definition": definition,
                "input_columns": [":table"],
                "output_data_type": '{"name":"output","type":"double","nullable":true,"metadata":{}}',
            }
            for kind, name, definition in _METRICS
        ],
    }


def new_rows(table: str) -> str:
    """Databricks SQL that appends a row of now."""
    return f"INSERT INTO {table} VALUES (current_timestamp(), 'team 1', 12.5, 3)"


@contextmanager
def served_workspace(bench: Bench) -> Iterator[ServedWorkspace]:
    """Serve a new workspace with as many small tables as the benchmark wants monitors."""
    folder = bench.folder / "many"
    folder.mkdir()
    names = _make_tables(folder, bench.monitors)
    token = secrets.token_hex(16)
    process = subprocess.Popen(
        (sys.executable, "-m", "local_workspace", "serve", "--port", "0", "--state", str(folder)),
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "LOCAL_WORKSPACE_TOKEN": token},
    )
    with process:
        try:
            line = process.stdout.readline() if process.stdout else ""
            url = line.strip().removeprefix("local workspace ready at ")
            if not url.startswith("http"):
                raise BenchError(f"the local workspace did not start; it said: {line.strip() or 'nothing'}")
            headers = {"Authorization": f"Bearer {token}"}
            with httpx.Client(base_url=url, headers=headers, timeout=60) as client:
                yield ServedWorkspace(client, names)
        finally:
            process.terminate()


def _make_tables(folder: Path, number: int) -> tuple[str, ...]:
    """Straight into the data file: a thousand statements over HTTP are not what is measured."""
    with duckdb.connect(folder / "data.duckdb") as connection:
        connection.execute('CREATE SCHEMA "main.gold"')
        connection.execute('CREATE SCHEMA "main.monitoring"')
        days = " UNION ALL ".join(
            f"({_ROWS_QUERY.format(day=day, rows=ROWS // DAYS)})" for day in range(DAYS)
        )
        for at in range(number):
            connection.execute(f'CREATE TABLE "main.gold"."small_{at}" AS {days}')
    return tuple(f"main.gold.small_{at}" for at in range(number))
