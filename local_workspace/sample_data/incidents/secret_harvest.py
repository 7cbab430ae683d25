"""A service principal that reads every secret."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from local_workspace.sample_data.facts.audit import with_ids
from local_workspace.sample_data.incident import Plan, Weekday
from local_workspace.sample_data.rows import moment, texts

if TYPE_CHECKING:
    from local_workspace.sample_data.incident import Incident
    from local_workspace.sample_data.rows import Rows

_READS = 600


def _change(rows: Rows, incident: Incident, rng: np.random.Generator) -> Rows:
    minutes = np.sort(rng.uniform(0, incident.lasts / timedelta(minutes=1), _READS))
    reads = rows.take(rng.choice(np.flatnonzero(rows["action_name"] == "getSecret"), _READS)).replace(
        event_time=moment(incident.start) + (minutes * 60_000_000).astype("timedelta64[us]"),
        user_identity_email=texts(["svc-reverse-etl"] * _READS),
        source_ip_address=texts(["203.0.113.204"] * _READS),
    )
    return rows.followed_by(with_ids(reads, rng))


PLAN = Plan(
    domain="security",
    table="fact_audit_logs",
    starts=Weekday(day=1, weeks_ago=3),
    lasts=timedelta(days=1),
    slice_key="action_name",
    slice_value="getSecret",
    granularity="1 day",
    drift_metric="event_volume_drift_pct",
    direction="up",
    metrics=("total_events", "secret_access_count"),
    story="A stolen token was used from an unknown address to read secret after secret.",
    change=_change,
)
