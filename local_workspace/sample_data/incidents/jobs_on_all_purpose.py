"""Scheduled jobs on interactive clusters."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from local_workspace.sample_data.incident import Plan, Weekday
from local_workspace.sample_data.organisation import CLUSTERS, Workspace

if TYPE_CHECKING:
    import numpy as np

    from local_workspace.sample_data.incident import Incident
    from local_workspace.sample_data.rows import Rows

_ALL_PURPOSE_PRICE = 0.55
_CLUSTER = next(cluster for cluster in CLUSTERS if cluster.name == "ad-hoc-backfill")


def _change(rows: Rows, incident: Incident, _: np.random.Generator) -> Rows:
    hit = rows.within("usage_start_time", incident.start, incident.end)
    hit &= (rows["workspace_id"] == Workspace.EUROPE.value) & (rows["sku_name"] == "PREMIUM_JOBS_COMPUTE")
    return rows.where(
        hit,
        sku_name="PREMIUM_ALL_PURPOSE_COMPUTE",
        billing_origin_product="ALL_PURPOSE",
        list_price=_ALL_PURPOSE_PRICE,
        usage_metadata_job_id=None,
        usage_metadata_cluster_id=_CLUSTER.id,
    )


PLAN = Plan(
    domain="cost",
    table="fact_usage",
    starts=Weekday(day=1, weeks_ago=3),
    lasts=timedelta(days=4),
    slice_key="workspace_id",
    slice_value=Workspace.EUROPE.value,
    granularity="1 day",
    drift_metric="cost_drift_pct",
    direction="up",
    metrics=(
        "all_purpose_cost",
        "all_purpose_cost_ratio",
        "jobs_on_all_purpose_cost",
        "jobs_on_all_purpose_count",
        "jobs_on_all_purpose_ratio",
        "potential_job_cluster_savings",
        "avg_cost_per_dbu",
    ),
    story="The nightly loads of Europe were moved to an all-purpose cluster to save start-up time: the same "
    "work at almost four times the price.",
    change=_change,
)
