"""Invented job runs, any number of them, made by DuckDB itself: the same rows in each run.

They have the shape of the gold table `fact_job_run_timeline`. Values come from a hash of the row's number. Unlike the
sample data of the local workspace they hold no incidents; they are there to be many.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from local_workspace.engine.types import to_duckdb
from monitoring.gold import GOLD_TABLES

if TYPE_CHECKING:
    import duckdb

GOLD_TABLE: Final = GOLD_TABLES["fact_job_run_timeline"]
BEGIN: Final = datetime(2026, 1, 5)  # noqa: DTZ001 - UTC without a zone, as DuckDB holds it
DAYS: Final = 90
"""How many days the rows span: a quarter, so 2,160 hours."""

WORKSPACES: Final = 6
FREQUENT_JOBS: Final = 100
RARE_JOBS: Final = 300
"""Half of the runs are of frequent jobs. A slicing expression keeps as many values as there are frequent ones."""

_PLACE: Final = "((i * 0.6180339887498949e0) % 1)"
"""Evenly spread over the rows, without chance: scheduled jobs run at a fixed pace."""

_JOB: Final = (
    f"floor(CASE WHEN {_PLACE} < 0.5 THEN 2 * {_PLACE} * {FREQUENT_JOBS} "
    f"ELSE {FREQUENT_JOBS} + (2 * {_PLACE} - 1) * {RARE_JOBS} END)::BIGINT"
)

_JOB_NAME: Final = "'job_' || lpad(job::VARCHAR, 3, '0')"

_SHARES: Final = {
    "result_state": (
        ("SUCCEEDED", 0.90),
        ("FAILED", 0.05),
        ("CANCELLED", 0.015),
        ("TIMED_OUT", 0.01),
        ("SKIPPED", 0.01),
        ("BLOCKED", 0.005),
        ("ERROR", 0.01),
    ),
    "trigger_type": (
        ("CRON", 0.55),
        ("PERIODIC", 0.15),
        ("ONETIME", 0.10),
        ("ONETIME_RETRY", 0.05),
        ("FILE_ARRIVAL", 0.05),
        ("TABLE", 0.04),
        ("CONTINUOUS", 0.04),
        ("unknown", 0.02),
    ),
    "failure": (
        ("RUN_EXECUTION_ERROR", 0.6),
        ("CLUSTER_ERROR", 0.2),
        ("INTERNAL_ERROR", 0.1),
        ("DRIVER_ERROR", 0.1),
    ),
}
"""Value and share of the texts that metrics and slices look at."""


@dataclass(frozen=True)
class JobRuns:
    """Runs that are spread evenly over days from `BEGIN` on; inside a day they come in no order of time.

    Attributes:
        rows: how many.
        days: over how many days.
    """

    rows: int
    days: int = DAYS

    @property
    def end(self) -> datetime:
        """The moment at which the last day is over, UTC."""
        return BEGIN + timedelta(days=self.days)

    def create(self, connection: duckdb.DuckDBPyConnection, relation: str) -> None:
        """Make a table of the runs."""
        listed = ", ".join(f'"{name}" {to_duckdb(kind)}' for name, kind in GOLD_TABLE.column_types.items())
        connection.execute(f"CREATE TABLE {relation} ({listed})")
        self._append(connection, relation, 0, self.rows)

    def add_day(self, connection: duckdb.DuckDBPyConnection, relation: str) -> None:
        """Append the runs of the day after the last one, as many as the other days have."""
        self._append(connection, relation, self.rows, self.rows // self.days)

    def _append(self, connection: duckdb.DuckDBPyConnection, relation: str, first: int, count: int) -> None:
        connection.execute(f"INSERT INTO {relation} BY NAME {self._query(first, count)}")

    def _query(self, first: int, count: int) -> str:
        return f"""
            WITH numbered AS (
                SELECT range AS i, range * {self.days} // {self.rows} AS day FROM range({first}, {first + count})
            ), drawn AS (
                SELECT
                    i,
                    day,
                    {_JOB} AS job,
                    {_chance("moment")} AS moment,
                    {_chosen("result_state", "state")} AS state,
                    {_chosen("trigger_type", "trigger")} AS trigger,
                    {_chosen("failure", "failure")} AS failure,
                    greatest({_chance("spread")}, 1e-9) AS spread
                FROM numbered
            ), timed AS (
                SELECT
                    *,
                    -- More runs at night than during the day.
                    TIMESTAMP '{BEGIN}' + to_days(day::INTEGER) + to_microseconds(floor(
                        86_400_000_000 * (moment + 0.08 * sin(2 * pi() * moment)) * (1 - 1e-9)
                    )::BIGINT) AS started,
                    -- A log-normal spread around the usual duration of the job.
                    CASE WHEN state IN ('SKIPPED', 'BLOCKED') THEN round({_chance("short")} * 4000)
                         ELSE round(60_000 * (1 + job % 37) * exp(
                             0.5 * sqrt(-2 * ln(spread)) * cos(2 * pi() * {_chance("angle")})
                         )) END::BIGINT AS milliseconds
                FROM drawn
            )
            SELECT
                '0d26daa6-5e44-4c97-a497-ef015f91254a' AS account_id,
                (7_405_600_000_000_000 + job % {WORKSPACES})::VARCHAR AS workspace_id,
                (910_000_000_000 + job * 7919)::VARCHAR AS job_id,
                (480_000_000_000_000 + i)::VARCHAR AS run_id,
                {_JOB_NAME} AS job_name,
                CASE WHEN {_chance("named")} < 0.05 THEN 'run of ' || {_JOB_NAME} END AS run_name,
                CASE WHEN job % 20 = 0 THEN 'SUBMIT_RUN' ELSE 'JOB_RUN' END AS run_type,
                trigger AS trigger_type,
                state AS result_state,
                CASE state WHEN 'SUCCEEDED' THEN 'SUCCESS' WHEN 'CANCELLED' THEN 'USER_CANCELED'
                           WHEN 'FAILED' THEN failure WHEN 'ERROR' THEN failure ELSE state END AS termination_code,
                started AS start_time,
                started + to_milliseconds(milliseconds) AS end_time,
                started::DATE AS run_date,
                milliseconds // 1000 AS run_duration_seconds,
                milliseconds / 60_000 AS run_duration_minutes,
                state = 'SUCCEEDED' AS is_success,
                CASE WHEN job % 5 < 3
                     THEN ['0105-' || lpad((hash(i, 'cluster') % 50)::VARCHAR, 6, '0')] END AS compute_ids
            FROM timed
        """


def _chance(what: str) -> str:
    """DuckDB SQL of a number from 0 up to 1 that the row's number decides."""
    return f"((hash(i, '{what}') % 1_000_003) / 1_000_003.0)"


def _chosen(shares: str, what: str) -> str:
    """DuckDB SQL of one of the values, as often as its share says."""
    limit, cases = 0.0, []
    for value, share in _SHARES[shares][:-1]:
        limit += share
        cases.append(f"WHEN {_chance(what)} < {limit:.4f} THEN '{value}'")
    return f"CASE {' '.join(cases)} ELSE '{_SHARES[shares][-1][0]}' END"
