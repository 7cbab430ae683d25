"""The gold table ``fact_governance_metrics``."""

from monitoring.gold.table import CONTEXT, METRIC, SLICE, TIME, Column, GoldTable

# fmt: off
COLUMNS = (
    Column("metric_date", "DATE", "Day of the snapshot, UTC.", TIME, nullable=False),
    Column("asset_id", "STRING",
           "Stable id of the asset: a hash of metastore and full name.", METRIC, nullable=False),
    Column("asset_full_name", "STRING", "catalog.schema.name of the asset.", CONTEXT, nullable=False),
    Column("entity_type", "STRING",
           "What the asset is, such as MANAGED, VIEW, STREAMING_TABLE, VOLUME, MODEL or FUNCTION; "
           "'unknown' when the source does not say.", SLICE, nullable=False),
    Column("workspace_id", "STRING",
           "Workspace that used the asset most in the last year; 'unknown' when none did. Assets belong "
           "to the metastore.", SLICE, nullable=False),
    Column("created_by", "STRING",
           "Who created the asset; 'unknown' when the source does not say. Personal data.",
           SLICE, nullable=False),
    Column("source_catalog_name", "STRING", "Catalog of the asset.", SLICE, nullable=False),
    Column("source_schema_name", "STRING", "Schema of the asset.", CONTEXT, nullable=False),
    Column("has_documentation", "BOOLEAN",
           "Whether the asset has a comment that is not blank.", METRIC, nullable=False),
    Column("is_tagged", "BOOLEAN", "Whether the asset has a governance tag.", METRIC, nullable=False),
    Column("has_acl", "BOOLEAN",
           "Whether somebody has a grant on the asset itself; inherited grants do not count.",
           METRIC, nullable=False),
    Column("has_lineage", "BOOLEAN",
           "Whether lineage saw the asset as source or target in the last 365 days.",
           METRIC, nullable=False),
    Column("is_sensitive", "BOOLEAN",
           "Whether the asset holds sensitive data, by classification or by tag.", METRIC, nullable=False),
    Column("read_event_count", "BIGINT",
           "Lineage events of the day that read the asset; 0 when none.", METRIC, nullable=False),
    Column("write_event_count", "BIGINT",
           "Lineage events of the day that wrote the asset; 0 when none.", METRIC, nullable=False),
)
# fmt: on

TABLE = GoldTable(
    name="fact_governance_metrics",
    comment="Daily snapshot of the governed assets, one row per asset and day: documented, tagged, "
    "protected, traced, used.",
    key=("asset_id", "metric_date"),
    columns=COLUMNS,
)
