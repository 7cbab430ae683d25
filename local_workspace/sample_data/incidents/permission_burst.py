"""One account that opens many doors."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from local_workspace.sample_data.facts.audit import with_ids
from local_workspace.sample_data.incident import Plan, Weekday
from local_workspace.sample_data.organisation import CONTRACTOR, Workspace
from local_workspace.sample_data.rows import moment, texts

if TYPE_CHECKING:
    from local_workspace.sample_data.incident import Incident
    from local_workspace.sample_data.rows import Rows

_GRANTS = 150
_OK = 200


def _change(rows: Rows, incident: Incident, rng: np.random.Generator) -> Rows:
    minutes = np.sort(rng.uniform(0, incident.lasts / timedelta(minutes=1), _GRANTS))
    reads = np.flatnonzero((rows["service_name"] == "unityCatalog") & (rows["response_status_code"] == _OK))
    grants = rows.take(rng.choice(reads, _GRANTS)).replace(
        event_time=moment(incident.start) + (minutes * 60_000_000).astype("timedelta64[us]"),
        action_name=texts(["updatePermissions"] * _GRANTS),
        workspace_id=texts([Workspace.DEVELOPMENT.value] * _GRANTS),
        user_identity_email=texts([CONTRACTOR] * _GRANTS),
        source_ip_address=texts(["203.0.113.77"] * _GRANTS),
    )
    return rows.followed_by(with_ids(grants, rng))


PLAN = Plan(
    domain="security",
    table="fact_audit_logs",
    starts=Weekday(day=4, weeks_ago=2, hour=16),
    lasts=timedelta(hours=2),
    slice_key="audit_level",
    slice_value="WORKSPACE_LEVEL",
    granularity="1 hour",
    drift_metric="sensitive_action_drift",
    direction="up",
    metrics=(
        "sensitive_action_count",
        "sensitive_action_rate",
        "permission_change_count",
        "total_events",
    ),
    story="On a Friday afternoon a contractor's account granted itself access to table after table.",
    change=_change,
)
