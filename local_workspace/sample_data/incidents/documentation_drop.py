"""Descriptions that a migration forgot."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from local_workspace.sample_data.incident import Plan, Weekday

if TYPE_CHECKING:
    from local_workspace.sample_data.incident import Incident
    from local_workspace.sample_data.rows import Rows

_KEPT = 12
"""Assets that the migration did not touch."""


def _change(rows: Rows, incident: Incident, _: np.random.Generator) -> Rows:
    hit = rows.within("metric_date", incident.start, incident.end) & (
        rows["source_catalog_name"] == "finance"
    )
    forgotten = np.unique(rows["asset_full_name"][hit])[_KEPT:]
    hit &= np.isin(rows["asset_full_name"], forgotten)
    return rows.where(hit, has_documentation=False, is_tagged=False)


PLAN = Plan(
    domain="governance",
    table="fact_governance_metrics",
    starts=Weekday(day=1, weeks_ago=2),
    lasts=timedelta(days=5),
    slice_key="source_catalog_name",
    slice_value="finance",
    granularity="1 day",
    drift_metric="governance_drift",
    direction="down",
    metrics=("documented_assets", "documentation_rate", "tagged_assets", "tagging_rate", "governance_score"),
    story="A migration made the finance tables anew and forgot their descriptions and tags until they were "
    "written again.",
    change=_change,
)
