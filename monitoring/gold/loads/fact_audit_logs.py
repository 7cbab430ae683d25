"""The load of ``fact_audit_logs``: audit events with their verdicts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitoring.gold.fact_audit_logs import TABLE
from monitoring.gold.loads.load import DayRewrite, quote_list

if TYPE_CHECKING:
    from monitoring.gold.loads.load import DayRange, LoadSettings


def rows(settings: LoadSettings, days: DayRange) -> str:
    """The query of the events of these days.

    Reads, credential vending and token log-ins are not sensitive: they are the most frequent events, and with them
    the flag would measure traffic. The patterns of e-mail addresses differ by cloud and are nowhere else.
    """
    return rf"""SELECT event_id, account_id, CAST(workspace_id AS STRING) AS workspace_id,
       COALESCE(audit_level, 'unknown') AS audit_level, event_time, event_date,
       COALESCE(service_name, 'unknown') AS service_name, COALESCE(action_name, 'unknown') AS action_name,
       request_id, session_id, source_ip_address, user_agent,
       user_identity.email AS user_identity_email,
       user_identity.subject_name AS user_identity_subject_name,
       identity_metadata.run_by AS identity_metadata_run_by,
       identity_metadata.run_as AS identity_metadata_run_as,
       CAST(response.status_code AS INT) AS response_status_code,
       response.error_message AS response_error_message,
       COALESCE(response.status_code >= 400, FALSE)
         OR NULLIF(TRIM(response.error_message), '') IS NOT NULL AS is_failed_action,
       COALESCE(
         LOWER(action_name) LIKE ANY ('%grant%', '%revoke%', '%delete%', '%secret%', '%permission%',
                                      '%acl', '%acls', '%token%', '%password%', '%credential%')
         AND NOT LOWER(action_name) LIKE ANY ('get%', 'list%', 'generatetemporary%credential%',
                                              '%tokenlogin', '%tokenauthorization', 'mintoauth%'),
         FALSE) AS is_sensitive_action,
       CASE
         WHEN user_identity.email IS NULL THEN 'UNKNOWN'
         WHEN user_identity.email LIKE 'System-%' OR user_identity.email LIKE 'DBX\_%'
           OR user_identity.email IN ({quote_list(settings.platform_identities)}) THEN 'SYSTEM'
         WHEN user_identity.email NOT LIKE '%@%' OR LOWER(user_identity.email) LIKE '%spn@%'
           OR LOWER(user_identity.email) LIKE '%iam.gserviceaccount.com' THEN 'SERVICE_PRINCIPAL'
         ELSE 'HUMAN'
       END AS principal_type
FROM {settings.system("access", "audit")}
WHERE {days.holds("event_time", "TIMESTAMP")}"""


LOAD = DayRewrite(TABLE, rows, kept_days=365)
