"""The gold table ``fact_job_run_timeline``."""

from monitoring.gold.table import CONTEXT, METRIC, SLICE, TIME, Column, GoldTable

# fmt: off
COLUMNS = (
    Column("account_id", "STRING", "Databricks account of the workspace.", CONTEXT),
    Column("workspace_id", "STRING",
           "Workspace of the job; job and run ids are unique only inside it.",
           SLICE | METRIC, nullable=False),
    Column("job_id", "STRING", "Id of the job inside its workspace.", METRIC, nullable=False),
    Column("run_id", "STRING", "Id of the run inside its workspace.", METRIC, nullable=False),
    Column("job_name", "STRING",
           "Latest name of the job, else the name of the run, else 'unknown'; jobs that were deleted keep "
           "their name.", SLICE, nullable=False),
    Column("run_name", "STRING", "Name of the run as submitted.", CONTEXT),
    Column("run_type", "STRING", "JOB_RUN, SUBMIT_RUN or WORKFLOW_RUN.", CONTEXT),
    Column("trigger_type", "STRING",
           "What started the run: CRON, PERIODIC, ONETIME, ONETIME_RETRY, FILE_ARRIVAL, TABLE, CONTINUOUS "
           "and others; 'unknown' when the source does not say.", SLICE | METRIC, nullable=False),
    Column("result_state", "STRING",
           "How the run ended: SUCCEEDED, FAILED, ERROR, SKIPPED, CANCELLED, TIMED_OUT or BLOCKED.",
           SLICE | METRIC, nullable=False),
    Column("termination_code", "STRING",
           "Why the run ended, such as SUCCESS, TIMED_OUT, USER_CANCELED, INTERNAL_ERROR or DRIVER_ERROR; "
           "'unknown' before late August 2024.", SLICE | METRIC, nullable=False),
    Column("start_time", "TIMESTAMP",
           "First start of the run, UTC, queueing and set-up included; the run counts in the window of "
           "this moment.", TIME, nullable=False),
    Column("end_time", "TIMESTAMP", "Last end of the run, UTC.", CONTEXT),
    Column("run_date", "DATE", "Day of start_time, UTC.", CONTEXT, nullable=False),
    Column("run_duration_seconds", "BIGINT", "Wall-clock seconds from start_time to end_time.", CONTEXT),
    Column("run_duration_minutes", "DOUBLE", "Wall-clock minutes from start_time to end_time.", METRIC),
    Column("is_success", "BOOLEAN",
           "Whether result_state is SUCCEEDED (or SUCCESS, as the Jobs API spells it).",
           METRIC, nullable=False),
    Column("compute_ids", "ARRAY<STRING>", "Clusters and warehouses that the run used.", CONTEXT),
)
# fmt: on

TABLE = GoldTable(
    name="fact_job_run_timeline",
    comment="Finished job runs, one row per run from its first start to its last end; a run under "
    "repair is absent until it has finished again.",
    key=("workspace_id", "run_id"),
    columns=COLUMNS,
)
