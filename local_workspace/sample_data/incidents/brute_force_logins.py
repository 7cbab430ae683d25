"""Somebody who tries passwords at night."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from local_workspace.sample_data.facts.audit import ACCOUNT, refused, with_ids
from local_workspace.sample_data.incident import Plan, Weekday
from local_workspace.sample_data.organisation import PEOPLE
from local_workspace.sample_data.rows import moment, texts

if TYPE_CHECKING:
    from local_workspace.sample_data.incident import Incident
    from local_workspace.sample_data.rows import Rows

_ATTEMPTS = 1100


def _change(rows: Rows, incident: Incident, rng: np.random.Generator) -> Rows:
    minutes = np.sort(rng.uniform(0, incident.lasts / timedelta(minutes=1), _ATTEMPTS))
    attempts = rows.take(rng.choice(np.flatnonzero(rows["action_name"] == "login"), _ATTEMPTS)).replace(
        event_time=moment(incident.start) + (minutes * 60_000_000).astype("timedelta64[us]"),
        workspace_id=texts([ACCOUNT] * _ATTEMPTS),
        user_identity_email=texts(PEOPLE)[rng.integers(0, len(PEOPLE), _ATTEMPTS)],
        source_ip_address=texts([f"203.0.113.{number}" for number in rng.integers(1, 60, _ATTEMPTS)]),
        user_agent=texts(["python-requests"] * _ATTEMPTS),
    )
    return rows.followed_by(with_ids(refused(attempts, np.ones(_ATTEMPTS, dtype=bool), 401), rng))


PLAN = Plan(
    domain="security",
    table="fact_audit_logs",
    starts=Weekday(day=3, weeks_ago=1, hour=1),
    lasts=timedelta(hours=3),
    slice_key=None,
    slice_value=None,
    granularity="1 hour",
    drift_metric="event_volume_drift_pct",
    direction="up",
    metrics=(
        "total_events",
        "failed_action_count",
        "failure_rate",
        "unauthorized_count",
        "unauthorized_rate",
        "off_hours_events",
        "distinct_ips",
    ),
    story="From foreign addresses somebody tried passwords of many people at night, several times a minute.",
    change=_change,
)
