"""Sensitive tables that lost their grants."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from local_workspace.sample_data.incident import Plan, Weekday

if TYPE_CHECKING:
    import numpy as np

    from local_workspace.sample_data.incident import Incident
    from local_workspace.sample_data.rows import Rows


def _change(rows: Rows, incident: Incident, _: np.random.Generator) -> Rows:
    hit = rows.within("metric_date", incident.start, incident.end) & (rows["source_catalog_name"] == "main")
    return rows.where(hit & rows["is_sensitive"], has_acl=False)


PLAN = Plan(
    domain="governance",
    table="fact_governance_metrics",
    starts=Weekday(day=3, weeks_ago=1),
    lasts=timedelta(days=3),
    slice_key="source_catalog_name",
    slice_value="main",
    granularity="1 day",
    drift_metric="unprotected_sensitive_drift",
    direction="up",
    metrics=(
        "unprotected_sensitive_assets",
        "access_controlled_assets",
        "access_control_rate",
        "governance_score",
    ),
    story="A change of the infrastructure code replaced direct grants by inherited ones; sensitive tables "
    "stood without their own.",
    change=_change,
)
