"""The gold table ``fact_audit_logs``."""

from monitoring.gold.table import CONTEXT, METRIC, SLICE, TIME, Column, GoldTable

# fmt: off
COLUMNS = (
    Column("event_id", "STRING", "Id of the event.", CONTEXT, nullable=False),
    Column("account_id", "STRING", "Databricks account in which it happened.", CONTEXT),
    Column("workspace_id", "STRING",
           "Workspace in which it happened; '0' for events of the account.", SLICE, nullable=False),
    Column("audit_level", "STRING",
           "ACCOUNT_LEVEL or WORKSPACE_LEVEL; 'unknown' when the source does not say.",
           SLICE, nullable=False),
    Column("event_time", "TIMESTAMP",
           "When it happened, UTC; off-hours metrics read its hour.", TIME | METRIC, nullable=False),
    Column("event_date", "DATE", "Day on which it happened, UTC.", CONTEXT),
    Column("service_name", "STRING",
           "Service that logged the event, such as accounts, unityCatalog or workspace; 'unknown' when "
           "the source does not say.", SLICE, nullable=False),
    Column("action_name", "STRING",
           "What was done, such as login, createTable or updatePermissions; 'unknown' when the source "
           "does not say.", SLICE | METRIC, nullable=False),
    Column("request_id", "STRING", "Id of the request, shared by its events.", CONTEXT),
    Column("session_id", "STRING", "Id of the session.", CONTEXT),
    Column("source_ip_address", "STRING", "Address from which the request came. Personal data.", METRIC),
    Column("user_agent", "STRING", "Program from which the request came.", CONTEXT),
    Column("user_identity_email", "STRING",
           "Person, service principal or platform account that acted; empty when unknown. Personal data.",
           SLICE | METRIC),
    Column("user_identity_subject_name", "STRING", "Name of the identity that acted.", CONTEXT),
    Column("identity_metadata_run_by", "STRING", "Who ran the workload. Personal data.", CONTEXT),
    Column("identity_metadata_run_as", "STRING",
           "Identity whose rights the workload used. Personal data.", CONTEXT),
    Column("response_status_code", "INT", "HTTP status of the answer.", METRIC),
    Column("response_error_message", "STRING", "Error text of the answer, if any.", CONTEXT),
    Column("is_failed_action", "BOOLEAN",
           "Whether the status was 400 or above, or an error text was given.", METRIC, nullable=False),
    Column("is_sensitive_action", "BOOLEAN",
           "Whether the action changes access or secrets or deletes something; reads, credential vending "
           "and token log-ins are not sensitive.", METRIC, nullable=False),
    Column("principal_type", "STRING",
           "HUMAN, SERVICE_PRINCIPAL, SYSTEM or UNKNOWN, told apart by the form of the identity.", CONTEXT),
)
# fmt: on

TABLE = GoldTable(
    name="fact_audit_logs",
    comment="Audit events of the account and its workspaces, one row per event, with the verdicts "
    "failed and sensitive.",
    key=("event_id",),
    columns=COLUMNS,
)
