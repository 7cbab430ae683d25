"""SQL statements: `fact_query_history`."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from local_workspace.sample_data.organisation import ACCOUNT_ID, WAREHOUSES, Warehouse, Workspace
from local_workspace.sample_data.period import (
    EVERY_DAY,
    OFFICE_HOURS,
    PEOPLE_WEEK,
    ROUND_THE_CLOCK,
    WORKING_WEEK,
    Shares,
)
from local_workspace.sample_data.rows import Rows, Values, identifiers, moment, sometimes, texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from local_workspace.sample_data.period import Period

_GIB = 1024**3

_DASHBOARD_HOURS: Shares = np.array(
    [0, 0, 0, 0, 0, 0, 22, 28, 30, 31, 31, 30, 30, 30, 31, 31, 30, 28, 25, 22, 0, 0, 0, 0], dtype=np.float64
)
"""A warehouse that stops at night: its dashboards refresh from 06:00 to 20:00 UTC."""
_BUILD_HOURS: Shares = np.array(
    [0, 2, 10, 14, 16, 14, 9, 6, 5, 4, 4, 4, 4, 4, 4, 4, 4, 3, 3, 0, 0, 0, 0, 0], dtype=np.float64
)


class _Habit(NamedTuple):
    """How a kind of user works: hours, week, client, and the mix of statements."""

    hours: Shares
    week: Sequence[float]
    client: str
    mix: dict[str, float]


_PEOPLE = _Habit(
    OFFICE_HOURS, PEOPLE_WEEK, "Databricks SQL Editor",
    {"SELECT": 0.86, "SHOW": 0.05, "DESCRIBE": 0.03, "CREATE": 0.03, "INSERT": 0.03},
)  # fmt: skip
_HABITS = {
    "svc-dashboards": _Habit(_DASHBOARD_HOURS, WORKING_WEEK, "Databricks SQL Dashboard", {"SELECT": 1.0}),
    "svc-dbt": _Habit(
        _BUILD_HOURS, WORKING_WEEK, "dbt", {"MERGE": 0.46, "CREATE": 0.2, "INSERT": 0.14, "SELECT": 0.2}
    ),
    "svc-reverse-etl": _Habit(
        ROUND_THE_CLOCK, EVERY_DAY, "Databricks JDBC Driver", {"SELECT": 0.9, "DESCRIBE": 0.1}
    ),
}

_TOTAL = (
    "CAST(waiting_for_compute_duration_ms + COALESCE(waiting_at_capacity_duration_ms, 0) "
    "+ compilation_duration_ms + execution_duration_ms + fetch_ms AS BIGINT)"
)

GOLD = {
    "account_id": f"'{ACCOUNT_ID}'",
    "executed_as": "executed_by",
    "compute_type": "CASE WHEN compute_warehouse_id IS NULL THEN 'SERVERLESS_COMPUTE' ELSE 'WAREHOUSE' END",
    "end_time": f"start_time + to_microseconds({_TOTAL} * 1000)",
    "total_duration_ms": _TOTAL,
    "read_rows": "read_bytes // 180",
}


def generate(period: Period, rng: np.random.Generator) -> Rows:
    """Every statement that has ended by the end of the period."""
    rows = _on_warehouse(WAREHOUSES[0], period, rng)
    for warehouse in WAREHOUSES[1:]:
        rows = rows.followed_by(_on_warehouse(warehouse, period, rng))
    outside = sometimes(rng, rows.count, 0.6) & (rows["workspace_id"] == Workspace.SCIENCE.value)
    rows = rows.where(outside, compute_warehouse_id=None, client_application="Databricks Notebook")
    rows = rows.where(sometimes(rng, rows.count, 0.004), executed_by=None)
    rows = rows.where(sometimes(rng, rows.count, 0.002), statement_type="unknown")
    rows = rows.take(np.argsort(rows["start_time"], kind="stable"))
    rows = rows.replace(statement_id=identifiers(rng, rows.count, "01f0{:016x}"))
    ended = rows["start_time"] + total_ms(rows).astype("timedelta64[ms]") < moment(period.end)
    return rows.take(ended)


def total_ms(rows: Rows) -> Values:
    """Time from arrival to end, in milliseconds: the sum of the phases."""
    queue = np.nan_to_num(rows["waiting_at_capacity_duration_ms"].astype(np.float64))
    others = (
        "waiting_for_compute_duration_ms",
        "compilation_duration_ms",
        "execution_duration_ms",
        "fetch_ms",
    )
    total: Values = queue.astype(np.int64) + sum(rows[name] for name in others)
    return total


def _on_warehouse(warehouse: Warehouse, period: Period, rng: np.random.Generator) -> Rows:
    habit = _HABITS.get(warehouse.users[0], _PEOPLE)
    times = period.at_random(rng, warehouse.a_day, habit.hours, habit.week)
    count = len(times)
    favourites = 1 / np.arange(1, len(warehouse.users) + 1) ** 0.7
    user = rng.choice(len(warehouse.users), count, p=favourites / favourites.sum())
    kind = texts(tuple(habit.mix))[rng.choice(len(habit.mix), count, p=list(habit.mix.values()))]
    cached = (kind == "SELECT") & sometimes(rng, count, 0.3 if habit.client.endswith("Dashboard") else 0.08)
    status = texts(["FINISHED", "FAILED", "CANCELED"])[rng.choice(3, count, p=[0.978, 0.014, 0.008])]
    status[cached] = "FINISHED"
    return _measured(
        Rows({
            "start_time": times,
            "workspace_id": texts([warehouse.workspace.value] * count),
            "executed_by": texts(warehouse.users)[user],
            "client_application": texts([habit.client] * count),
            "compute_warehouse_id": texts([warehouse.id] * count),
            "execution_status": status,
            "statement_type": kind,
            "from_result_cache": cached,
        }),
        warehouse,
        rng,
    )  # fmt: skip


def _measured(rows: Rows, warehouse: Warehouse, rng: np.random.Generator) -> Rows:
    """Times and volumes: long-tailed, short for look-ups and cached answers, cut off by failures."""
    count = rows.count
    light = np.isin(rows["statement_type"], ["SHOW", "DESCRIBE"])
    heavy = sometimes(rng, count, warehouse.heavy) & ~light
    work = rng.lognormal(0, 0.75, count) * np.where(heavy, 14, 1) * np.where(light, 0.1, 1)
    execution = warehouse.milliseconds * work * np.where(rows["execution_status"] == "FINISHED", 1, 0.4)
    execution = np.where(rows["from_result_cache"], 3, execution)
    queued = sometimes(rng, count, 0.02) & ~rows["from_result_cache"]
    queue = np.where(queued, rng.lognormal(8.2, 0.8, count), rng.integers(0, 20, count))
    started = sometimes(rng, count, 0.004)
    written = np.isin(rows["statement_type"], ["MERGE", "INSERT", "CREATE"])
    read = np.where(rows["from_result_cache"] | light, 0, work * rng.lognormal(0, 0.6, count) * 0.35 * _GIB)
    spilled = np.where((heavy & sometimes(rng, count, 0.45)) | sometimes(rng, count, 0.003), read * 0.3, 0)
    return rows.replace(
        statement_length=np.round(rng.lognormal(6.2, 0.9, count)).astype(np.int64) + 12,
        waiting_for_compute_duration_ms=np.where(started, rng.integers(4_000, 40_000, count), 0),
        waiting_at_capacity_duration_ms=np.where(sometimes(rng, count, 0.03), np.nan, np.round(queue)),
        compilation_duration_ms=np.round(rng.lognormal(5, 0.6, count)).astype(np.int64),
        execution_duration_ms=np.round(execution).astype(np.int64) + 1,
        fetch_ms=rng.integers(2, 90, count),
        read_bytes=np.round(read).astype(np.int64),
        produced_rows=np.round(rng.lognormal(4.5, 2, count)).astype(np.int64),
        written_bytes=np.where(written, np.round(read * 0.2), 0).astype(np.int64),
        spilled_local_bytes=np.where(rows["from_result_cache"], np.nan, np.round(spilled)),
        shuffle_read_bytes=np.round(read * rng.uniform(0, 0.5, count)).astype(np.int64),
    )
