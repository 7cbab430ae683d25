"""The gold table ``fact_query_history``."""

from monitoring.gold.table import CONTEXT, METRIC, SLICE, TIME, Column, GoldTable

# fmt: off
COLUMNS = (
    Column("statement_id", "STRING", "Id of the statement.", CONTEXT, nullable=False),
    Column("account_id", "STRING", "Databricks account of the workspace.", CONTEXT),
    Column("workspace_id", "STRING", "Workspace in which the statement ran.", SLICE, nullable=False),
    Column("executed_by", "STRING",
           "E-mail or application id of who ran the statement; empty when unknown. Personal data.",
           SLICE | METRIC),
    Column("executed_as", "STRING", "Identity whose rights the statement used. Personal data.", CONTEXT),
    Column("client_application", "STRING",
           "Program that sent the statement, such as the SQL editor, a dashboard or a driver.", CONTEXT),
    Column("compute_type", "STRING", "Kind of compute: WAREHOUSE or SERVERLESS_COMPUTE.", CONTEXT),
    Column("compute_warehouse_id", "STRING",
           "SQL warehouse that ran the statement; empty for statements outside a warehouse.",
           SLICE | METRIC),
    Column("execution_status", "STRING",
           "How the statement ended: FINISHED, FAILED or CANCELED; 'unknown' when the source does not say.",
           SLICE | METRIC, nullable=False),
    Column("statement_type", "STRING",
           "Kind of statement, such as SELECT, INSERT or MERGE; 'unknown' when the source does not say.",
           SLICE, nullable=False),
    Column("statement_length", "INT",
           "Characters of the statement text; the text itself is not kept.", CONTEXT),
    Column("start_time", "TIMESTAMP", "When the statement arrived, UTC.", TIME, nullable=False),
    Column("end_time", "TIMESTAMP", "When the statement ended, UTC.", CONTEXT),
    Column("total_duration_ms", "BIGINT", "Milliseconds from arrival to end, waiting included.", METRIC),
    Column("waiting_for_compute_duration_ms", "BIGINT",
           "Milliseconds spent waiting for compute to start.", CONTEXT),
    Column("waiting_at_capacity_duration_ms", "BIGINT",
           "Milliseconds spent in the queue of a busy warehouse.", METRIC),
    Column("execution_duration_ms", "BIGINT", "Milliseconds spent executing.", CONTEXT),
    Column("compilation_duration_ms", "BIGINT",
           "Milliseconds spent reading metadata and planning.", METRIC),
    Column("read_rows", "BIGINT", "Rows read.", CONTEXT),
    Column("read_bytes", "BIGINT", "Bytes read.", METRIC),
    Column("produced_rows", "BIGINT", "Rows returned.", CONTEXT),
    Column("written_bytes", "BIGINT", "Bytes written to cloud storage.", CONTEXT),
    Column("spilled_local_bytes", "BIGINT",
           "Bytes written to local disk because memory did not suffice.", METRIC),
    Column("shuffle_read_bytes", "BIGINT", "Bytes sent between machines.", CONTEXT),
    Column("from_result_cache", "BOOLEAN", "Whether the answer came from the result cache.", METRIC),
)
# fmt: on

TABLE = GoldTable(
    name="fact_query_history",
    comment="SQL statements on warehouses and serverless compute, one row per statement, without their text.",
    key=("statement_id",),
    columns=COLUMNS,
)
