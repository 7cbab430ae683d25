"""Machines that nobody needs."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from local_workspace.sample_data.facts.nodes import measured
from local_workspace.sample_data.incident import Plan, Weekday
from local_workspace.sample_data.rows import texts

if TYPE_CHECKING:
    from local_workspace.sample_data.incident import Incident
    from local_workspace.sample_data.rows import Rows

_ADDED = 4


def _change(rows: Rows, incident: Incident, rng: np.random.Generator) -> Rows:
    hit = rows.within("start_time", incident.start, incident.end) & (rows["cluster_name"] == "etl-america")
    workers = np.flatnonzero(hit & ~rows["driver"])
    added = rows.take(np.repeat(workers, _ADDED))
    added = added.replace(
        instance_id=texts(
            [f"{machine}-{number % _ADDED}" for number, machine in enumerate(added["instance_id"])]
        )
    )
    grown = rows.followed_by(added)
    idle = np.concatenate([hit, np.ones(added.count, dtype=bool)])
    load = np.full(idle.sum(), 7.0)
    return grown.where(idle, **measured(load, load + 14, grown["driver"][idle], rng))


PLAN = Plan(
    domain="cluster",
    table="fact_node_timeline",
    starts=Weekday(day=0, weeks_ago=3),
    lasts=timedelta(days=4),
    slice_key="cluster_name",
    slice_value="etl-america",
    granularity="1 day",
    drift_metric="underutilization_drift",
    direction="up",
    metrics=(
        "underutilized_hours",
        "underutilization_rate",
        "overprovisioned_hours",
        "cpu_idle_hours",
        "cpu_idle_rate",
        "node_hour_count",
        "distinct_nodes",
        "efficiency_score",
        "rightsizing_opportunity_pct",
    ),
    story="A test of autoscaling left the load of America on five times as many machines, most of them idle.",
    change=_change,
)
