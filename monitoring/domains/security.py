"""Security: who does what on the platform, and what was denied.

Which actions are sensitive or failed is decided in the gold table. Denied requests are a part of the failed
actions. The patterns of access-control changes run over the lower-case action name and leave reads out.
Hours are UTC. ``distinct_users`` counts identities: people, service principals and platform accounts;
``failure_rate`` is about actions, while the job domain's metric of that name is about runs.
"""

from monitoring.domain import Domain, Schedule
from monitoring.metrics import (
    LONG,
    above,
    aggregate,
    at_most,
    below,
    derived,
    difference,
    exactly,
    limits,
    relative_change,
)

# fmt: off
METRICS = (
    aggregate("total_events", "COUNT(*)", LONG,
              unit="events", meaning="Audit events", good="context", direction="context; watch spikes"),
    aggregate("distinct_users", "COUNT(DISTINCT user_identity_email)", LONG,
              unit="identities", meaning="Active identities", good="context",
              direction="context; watch spikes"),
    aggregate("distinct_ips", "COUNT(DISTINCT source_ip_address)", LONG,
              unit="addresses", meaning="Different source addresses", good="context",
              direction="context; watch spikes"),
    aggregate("sensitive_action_count", "COUNT_IF(is_sensitive_action)", LONG,
              unit="events", meaning="Actions that change access, secrets or destroy assets", good="lower",
              direction="lower; every one explained"),
    aggregate("failed_action_count", "COUNT_IF(is_failed_action)", LONG,
              unit="events", meaning="Actions that returned an error", good="lower"),
    aggregate("unauthorized_count", "COUNT_IF(response_status_code IN (401, 403))", LONG,
              unit="events", meaning="Denied requests", good="lower", threshold=exactly(0),
              direction="0 for critical assets"),
    aggregate("permission_change_count",
              "COUNT_IF(LOWER(action_name) LIKE ANY ('%grant%', '%revoke%', 'update%permission%', "
              "'set%permission%', 'change%permission%', 'change%acl%', 'reset%acl%', 'putacl', "
              "'deleteacl'))",
              LONG,
              unit="events", meaning="Access-control changes", good="context",
              direction="every one explained"),
    aggregate("secret_access_count", "COUNT_IF(LOWER(action_name) LIKE '%secret%')", LONG,
              unit="events", meaning="Secret reads and writes", good="context",
              direction="every one explained"),
    aggregate("off_hours_events", "COUNT_IF(HOUR(event_time) < 6 OR HOUR(event_time) >= 22)", LONG,
              unit="events", meaning="Events between 22:00 and 06:00", good="lower"),

    derived("sensitive_action_rate", "sensitive_action_count * 100.0 / NULLIF(total_events, 0)",
            unit="percent", meaning="Share of sensitive actions", good="lower", threshold=below(5)),
    derived("failure_rate", "failed_action_count * 100.0 / NULLIF(total_events, 0)",
            unit="percent", meaning="Share of failed actions", good="lower"),
    derived("unauthorized_rate", "unauthorized_count * 100.0 / NULLIF(total_events, 0)",
            unit="percent", meaning="Share of denied requests", good="lower", threshold=below(1)),
    derived("off_hours_rate", "off_hours_events * 100.0 / NULLIF(total_events, 0)",
            unit="percent", meaning="Share of off-hours activity", good="lower",
            threshold=limits(warning=above(10))),

    relative_change("event_volume_drift_pct", of="total_events",
                    meaning="Change in event volume, %", good="context", direction="context; watch spikes"),
    difference("sensitive_action_drift", of="sensitive_action_count",
               unit="events", meaning="Change in sensitive actions", good="lower", threshold=at_most(0)),
)
# fmt: on

DOMAIN = Domain(
    name="security",
    title="Security",
    gold_table="fact_audit_logs",
    grain="audit event",
    timestamp_column="event_time",
    granularities=("1 hour", "1 day"),
    slices=("workspace_id", "service_name", "audit_level", "action_name", "user_identity_email"),
    schedule=Schedule("0 0 * * * ?"),
    agent_domain="Security",
    metrics=METRICS,
    main_metrics=(
        "total_events",
        "distinct_users",
        "sensitive_action_count",
        "failed_action_count",
        "unauthorized_rate",
        "off_hours_rate",
    ),
    questions=(
        "Which identities had requests denied?",
        "Who changed permissions or read secrets, and how often?",
        "How much happens between 22:00 and 06:00 UTC?",
    ),
    drift_questions=(
        "Did the number of sensitive actions rise?",
        "Did the event volume jump?",
        "Which identity became more active than before?",
    ),
    more_dashboard_metrics=("permission_change_count", "sensitive_action_rate", "failure_rate"),
    personal_columns=(
        "user_identity_email",
        "identity_metadata_run_by",
        "identity_metadata_run_as",
        "source_ip_address",
    ),
    trivial_slices=("action_name",),
    # Audit logs come hours after the event.
    late_hours=3,
)
