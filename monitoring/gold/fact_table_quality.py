"""The gold table ``fact_table_quality``."""

from monitoring.gold.table import CONTEXT, METRIC, SLICE, TIME, Column, GoldTable

# fmt: off
COLUMNS = (
    Column("check_id", "STRING",
           "Id of the check: a hash of table_full_name and check_time.", CONTEXT, nullable=False),
    Column("check_time", "TIMESTAMP",
           "When the rules ran, UTC; without rules, when the table's health was taken.",
           TIME, nullable=False),
    Column("catalog_name", "STRING", "Catalog of the table.", SLICE, nullable=False),
    Column("schema_name", "STRING", "Schema of the table.", SLICE, nullable=False),
    Column("table_name", "STRING",
           "Bare name of the table; may repeat across schemas.", SLICE, nullable=False),
    Column("table_full_name", "STRING",
           "catalog.schema.table; what the table metrics count.", METRIC, nullable=False),
    Column("status", "STRING",
           "Health of the table: HEALTHY, UNHEALTHY or UNKNOWN.", METRIC, nullable=False),
    Column("quality_score", "DOUBLE", "Share of rules that passed, 0-100; empty when no rule ran.", METRIC),
    Column("rules_count", "INT", "Rules that ran; 0 when none.", METRIC, nullable=False),
    Column("rules_passed", "INT", "Rules that passed; 0 when none ran.", METRIC, nullable=False),
    Column("critical_violations", "INT", "Failed rules of criticality error.", METRIC, nullable=False),
    Column("warning_violations", "INT", "Failed rules of criticality warn.", CONTEXT, nullable=False),
    Column("info_violations", "INT", "Failed rules of criticality info.", CONTEXT, nullable=False),
    Column("null_violations", "INT", "Failed not-null rules.", METRIC, nullable=False),
    Column("schema_changes", "INT",
           "Columns added, dropped or retyped since the check before.", METRIC, nullable=False),
    Column("is_freshness_violated", "BOOLEAN",
           "Whether the data was older than the table's SLA allows.", METRIC, nullable=False),
    Column("hours_since_update", "DOUBLE",
           "Hours from the last write to the table until check_time; empty when unknown.", METRIC),
    Column("has_critical_violations", "BOOLEAN",
           "Whether at least one rule of criticality error failed.", SLICE, nullable=False),
    Column("row_count", "BIGINT", "Rows of the table at the time of the check.", CONTEXT),
)
# fmt: on

TABLE = GoldTable(
    name="fact_table_quality",
    comment="Results of data-quality checks, one row per table and check run, with rules, health and "
    "freshness.",
    key=("check_id",),
    columns=COLUMNS,
)
