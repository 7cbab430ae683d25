"""Use of machines: `fact_node_timeline`, one row per machine and five minutes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from local_workspace.sample_data.organisation import ACCOUNT_ID, CLUSTERS, Cluster
from local_workspace.sample_data.rows import Rows, Values, sometimes, texts

if TYPE_CHECKING:
    from local_workspace.sample_data.period import Period

MINUTES_A_ROW = 5
"""The gold load may merge the minutes of the source: the hour metrics add up `duration_hours`."""
_SLOTS_A_DAY = 24 * 60 // MINUTES_A_ROW
_SLOTS_AN_HOUR = 60 // MINUTES_A_ROW
_SMOOTH = 2 * _SLOTS_AN_HOUR
_MIB = 1024**2
_FIRST_WEEKEND_DAY = 5
_SWAPS_FROM = 88.0
"""Percent of memory from which a machine moves memory to disk."""
_LOAD_BY_WEEKDAY = np.array([1.0, 1.03, 1.04, 1.02, 0.99, 0.93, 0.92])

GOLD = {
    "account_id": f"'{ACCOUNT_ID}'",
    "end_time": f"start_time + INTERVAL {MINUTES_A_ROW} MINUTES",
    "duration_hours": f"{MINUTES_A_ROW}.0 / 60",
}


def generate(period: Period, rng: np.random.Generator) -> Rows:
    """Every machine of every cluster while it runs."""
    clusters = [_timeline(cluster, period, rng) for cluster in CLUSTERS]
    rows = Rows({name: np.concatenate([each[name] for each in clusters]) for name in clusters[0]})
    ends: Values = rows["start_time"] + np.timedelta64(MINUTES_A_ROW, "m")
    rows = rows.take(period.has_passed(ends))
    return rows.take(np.argsort(rows["start_time"], kind="stable"))


def _timeline(cluster: Cluster, period: Period, rng: np.random.Generator) -> Rows:
    """Machines by slots: the cluster's load is shared, each machine adds a little of its own."""
    days, slots = _running(cluster, period)
    machines = 1 + cluster.workers
    load = _load(cluster, period, days, slots, rng)
    driver = np.tile(np.arange(machines) == 0, len(slots))
    start = period.dates[days].astype("datetime64[us]") + (slots * MINUTES_A_ROW).astype("timedelta64[m]")
    machine = np.tile(np.arange(machines), len(slots))
    use = measured(np.repeat(load, machines), np.full(len(driver), cluster.memory), driver, rng)
    common = {
        "workspace_id": cluster.workspace.value,
        "cluster_id": cluster.id,
        "cluster_name": cluster.name,
        "node_type": cluster.node_type,
    }
    return use.replace(
        start_time=np.repeat(start.astype("datetime64[us]"), machines),
        driver=driver,
        instance_id=_instances(cluster, len(period.dates), rng)[np.repeat(days, machines), machine],
        **{name: texts([value] * len(driver)) for name, value in common.items()},
    )


def measured(load: Values, memory: Values, driver: Values, rng: np.random.Generator) -> Rows:
    """Percentages and traffic of machines under a load and a memory use, both in percent."""
    count = len(load)
    total = np.clip((load + rng.normal(0, 7, count)) * np.where(driver, 0.7, 1), 1, 99.5)
    kernel = np.clip(total * rng.uniform(0.08, 0.16, count), 0.3, None)
    busy_disk = sometimes(rng, count, 0.02)
    wait = np.minimum(rng.exponential(2.2, count) + np.where(busy_disk, 20, 0), 100 - total)
    collecting = np.where(sometimes(rng, count, 0.015), rng.uniform(15, 40, count), 0)
    used = memory * np.where(driver, 0.92, 1) + 0.18 * (total - load) + rng.normal(0, 5, count) + collecting
    used = np.clip(used, 6, 99.5)
    received = rng.lognormal(0, 0.5, count) * (4 + total) * 2.5 * _MIB
    swap = np.clip(used - _SWAPS_FROM, 0, None) * rng.uniform(0.1, 0.6, count)
    return Rows({
        "cpu_user_percent": np.round(total - kernel, 2),
        "cpu_system_percent": np.round(kernel, 2),
        "cpu_wait_percent": np.round(wait, 2),
        "mem_used_percent": np.round(used, 2),
        "mem_swap_percent": np.round(swap, 2),
        "network_sent_bytes": np.round(received * rng.uniform(0.2, 0.9, count)).astype(np.int64),
        "network_received_bytes": np.round(received).astype(np.int64),
    })  # fmt: skip


def _running(cluster: Cluster, period: Period) -> tuple[Values, Values]:
    """Day numbers and slots of the day in which the cluster runs."""
    open_days = np.arange(len(period.dates))
    if cluster.weekdays_only:
        open_days = open_days[period.weekdays < _FIRST_WEEKEND_DAY]
    first, last = cluster.hours
    of_day = np.arange(first * _SLOTS_AN_HOUR, (last + 1) * _SLOTS_AN_HOUR)
    return np.repeat(open_days, len(of_day)), np.tile(of_day, len(open_days))


def _load(cluster: Cluster, period: Period, days: Values, slots: Values, rng: np.random.Generator) -> Values:
    """Percent of CPU of the whole cluster: day shape, week, growth, and noise that changes slowly."""
    first, last = cluster.hours
    through = (slots / _SLOTS_AN_HOUR - first) / (last + 1 - first)
    shape = 0.92 + 0.16 * np.sin(np.pi * through)
    noise = np.convolve(
        rng.normal(0, 1, len(slots) + _SMOOTH - 1), np.ones(_SMOOTH) / np.sqrt(_SMOOTH), "valid"
    )
    week = _LOAD_BY_WEEKDAY[period.weekdays[days]]
    load: Values = cluster.cpu * shape * week * (1 + 0.06 * days / period.days) + 7 * noise
    return load


def _instances(cluster: Cluster, days: int, rng: np.random.Generator) -> Values:
    """Ids by day and machine: new machines every day, or every week where the cluster never stops."""
    machines = 1 + cluster.workers
    ids = np.array(
        [[f"i-{number:017x}" for number in row] for row in rng.integers(0, 2**60, (days, machines)).tolist()]
    )
    of_day = np.arange(days) if cluster.hours != (0, 23) else np.arange(days) // 7
    return ids[of_day].astype(object)
