"""The gold table ``fact_usage``."""

from monitoring.gold.table import CONTEXT, METRIC, SLICE, TIME, Column, GoldTable

# fmt: off
COLUMNS = (
    Column("record_id", "STRING", "Id of the billing record.", CONTEXT, nullable=False),
    Column("account_id", "STRING", "Databricks account that is billed.", CONTEXT),
    Column("workspace_id", "STRING",
           "Workspace that used the product; empty for usage of the account as a whole.", SLICE | METRIC),
    Column("sku_name", "STRING",
           "Stock-keeping unit on the bill; empty when the record cannot be classified.", SLICE | METRIC),
    Column("cloud", "STRING", "Cloud provider: AWS, AZURE or GCP.", SLICE, nullable=False),
    Column("usage_start_time", "TIMESTAMP", "Start of the usage interval, UTC.", CONTEXT),
    Column("usage_end_time", "TIMESTAMP",
           "End of the usage interval, UTC; the price of this moment applies.", CONTEXT),
    Column("usage_date", "DATE", "Day of the usage, UTC.", TIME, nullable=False),
    Column("usage_unit", "STRING",
           "What usage_quantity counts: DBU, GB, token, hour and others; only equal units can be added up.",
           METRIC),
    Column("usage_quantity", "DECIMAL(38,18)",
           "Amount used, in usage_unit; negative when the record takes an earlier one back.", METRIC),
    Column("usage_type", "STRING",
           "What kind of thing was used, such as compute time, storage or tokens.", CONTEXT),
    Column("record_type", "STRING",
           "ORIGINAL, RETRACTION (takes a record back) or RESTATEMENT (replaces it); never filter on it "
           "in sums.", CONTEXT),
    Column("billing_origin_product", "STRING",
           "Product that caused the usage, such as JOBS, SQL, DLT, ALL_PURPOSE or MODEL_SERVING.", CONTEXT),
    Column("custom_tags", "MAP<STRING,STRING>", "Tags that users put on the resource, by name.", CONTEXT),
    Column("usage_metadata_cluster_id", "STRING", "Cluster that was used, if one was.", CONTEXT),
    Column("usage_metadata_job_id", "STRING",
           "Job as billed; empty for jobs on all-purpose compute, see attributed_job_id.", CONTEXT),
    Column("usage_metadata_warehouse_id", "STRING", "SQL warehouse that was used, if one was.", CONTEXT),
    Column("usage_metadata_endpoint_name", "STRING",
           "Serving endpoint that was used, if one was.", CONTEXT),
    Column("identity_metadata_run_as", "STRING",
           "Identity that the workload ran as. Personal data.", CONTEXT),
    Column("product_features_is_serverless", "BOOLEAN",
           "Whether the product was serverless; false when the bill does not say.",
           SLICE | METRIC, nullable=False),
    Column("product_features_is_photon", "BOOLEAN", "Whether the Photon engine was used.", CONTEXT),
    Column("attributed_job_id", "STRING",
           "Job as billed, else the job whose runs overlap the usage on that cluster the longest: an "
           "estimate on shared clusters.", METRIC),
    Column("list_price", "DECIMAL(38,18)",
           "List price of one usage_unit at the end of the interval; empty when no price matches.", METRIC),
    Column("list_cost", "DECIMAL(38,18)",
           "usage_quantity times list_price, in the currency that the load chose; empty without a price.",
           METRIC),
    Column("is_tagged", "BOOLEAN",
           "Whether the record carries at least one custom tag.", SLICE | METRIC, nullable=False),
    Column("tag_count", "INT", "Number of custom tags.", CONTEXT, nullable=False),
)
# fmt: on

TABLE = GoldTable(
    name="fact_usage",
    comment="Billing records with their list price, one row per record; corrections are rows of their "
    "own, so sums net out.",
    key=("record_id",),
    columns=COLUMNS,
)
