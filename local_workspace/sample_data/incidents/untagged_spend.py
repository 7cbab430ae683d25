"""Spend that lost its owner."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from local_workspace.sample_data.incident import Plan, Weekday
from local_workspace.sample_data.organisation import Workspace

if TYPE_CHECKING:
    from local_workspace.sample_data.incident import Incident
    from local_workspace.sample_data.rows import Rows

_UNDER_THE_POLICY = ("ALL_PURPOSE", "DLT", "JOBS")
"""Products whose classic compute gets its tags from a cluster policy."""


def _change(rows: Rows, incident: Incident, _: np.random.Generator) -> Rows:
    hit = rows.within("usage_start_time", incident.start, incident.end)
    hit &= rows["workspace_id"] == Workspace.AMERICA.value
    hit &= np.isin(rows["billing_origin_product"], _UNDER_THE_POLICY)
    hit &= ~rows["product_features_is_serverless"]
    return rows.where(hit, tag_team=None, tag_cost_center=None, tag_environment=None)


PLAN = Plan(
    domain="cost",
    table="fact_usage",
    starts=Weekday(day=0, weeks_ago=1),
    lasts=timedelta(days=4),
    slice_key="workspace_id",
    slice_value=Workspace.AMERICA.value,
    granularity="1 day",
    drift_metric="tag_coverage_drift",
    direction="down",
    metrics=(
        "tag_coverage_pct",
        "untagged_usage_pct",
        "untagged_cost_total",
        "untagged_record_count",
        "tagged_cost_total",
    ),
    story="A new cluster policy without the mandatory tags was rolled out, and what the workspace spends on "
    "clusters lost its owner.",
    change=_change,
)
