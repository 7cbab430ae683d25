"""The load of ``fact_governance_metrics``: a snapshot of the governed assets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitoring.gold.fact_governance_metrics import TABLE
from monitoring.gold.loads.load import DayRewrite, day_literal, quote_list
from monitoring.gold.table import quote_text

if TYPE_CHECKING:
    from monitoring.gold.loads.load import DayRange, LoadSettings

LINEAGE_DAYS = 365
"""How far lineage looks back, and how long its source keeps it."""
SNAPSHOT_DAYS = 3
"""How old a snapshot may be that is taken again: it shows the assets as they are now, not as they were."""


def rows(settings: LoadSettings, days: DayRange) -> str:
    """The query of all assets as they are now, with the lineage of one day.

    The information schema shows only what the principal of the load may see: with narrow access the rates are wrong
    without an error.
    """
    day = day_literal(days.start, "DATE")
    metastore = "CURRENT_METASTORE()" if settings.metastore_id is None else quote_text(settings.metastore_id)
    lineage = settings.system("access", "table_lineage")
    past = f"event_date > {day} - INTERVAL {LINEAGE_DAYS} DAYS AND event_date <= {day}"
    return f"""WITH asset AS (
  SELECT LOWER(CONCAT_WS('.', table_catalog, table_schema, table_name)) AS full_name,
         table_type, created_by, table_catalog, table_schema, comment
  FROM {settings.system("information_schema", "tables")}
  WHERE table_schema <> 'information_schema' AND table_catalog NOT IN ('system', 'samples')
),
touch AS (
  SELECT LOWER(source_table_full_name) AS full_name, CAST(workspace_id AS STRING) AS workspace_id, event_date,
         1 AS is_read, 0 AS is_write
  FROM {lineage} WHERE source_table_full_name IS NOT NULL AND {past}
  UNION ALL
  SELECT LOWER(target_table_full_name), CAST(workspace_id AS STRING), event_date, 0, 1
  FROM {lineage} WHERE target_table_full_name IS NOT NULL AND {past}
),
lineage AS (
  SELECT full_name,
         SUM(IF(event_date = {day}, is_read, 0))  AS read_event_count,
         SUM(IF(event_date = {day}, is_write, 0)) AS write_event_count
  FROM touch
  GROUP BY full_name
),
workspace AS (
  SELECT full_name, workspace_id, COUNT(*) AS events FROM touch GROUP BY full_name, workspace_id
),
main_workspace AS (
  SELECT full_name, workspace_id
  FROM (SELECT full_name, workspace_id,
               ROW_NUMBER() OVER (PARTITION BY full_name ORDER BY events DESC, workspace_id) AS place
        FROM workspace) placed
  WHERE place = 1
),
tagged AS (
  SELECT DISTINCT LOWER(CONCAT_WS('.', catalog_name, schema_name, table_name)) AS full_name
  FROM {settings.system("information_schema", "table_tags")}
),
granted AS (
  SELECT DISTINCT LOWER(CONCAT_WS('.', table_catalog, table_schema, table_name)) AS full_name
  FROM {settings.system("information_schema", "table_privileges")}
  WHERE COALESCE(inherited_from, 'NONE') = 'NONE'
),
sensitive AS (
  {_sensitive(settings)}
)
SELECT {day} AS metric_date,
       SHA2(CONCAT({metastore}, '|', a.full_name), 256) AS asset_id, a.full_name AS asset_full_name,
       COALESCE(a.table_type, 'unknown') AS entity_type, COALESCE(m.workspace_id, 'unknown') AS workspace_id,
       COALESCE(a.created_by, 'unknown') AS created_by,
       a.table_catalog AS source_catalog_name, a.table_schema AS source_schema_name,
       COALESCE(TRIM(a.comment), '') <> '' AS has_documentation,
       t.full_name IS NOT NULL AS is_tagged, g.full_name IS NOT NULL AS has_acl,
       l.full_name IS NOT NULL AS has_lineage, s.full_name IS NOT NULL AS is_sensitive,
       CAST(COALESCE(l.read_event_count, 0) AS BIGINT)  AS read_event_count,
       CAST(COALESCE(l.write_event_count, 0) AS BIGINT) AS write_event_count
FROM asset a
LEFT JOIN lineage l        ON l.full_name = a.full_name
LEFT JOIN main_workspace m ON m.full_name = a.full_name
LEFT JOIN tagged t         ON t.full_name = a.full_name
LEFT JOIN granted g        ON g.full_name = a.full_name
LEFT JOIN sensitive s      ON s.full_name = a.full_name"""


def _sensitive(settings: LoadSettings) -> str:
    """One row per sensitive asset: UNION without ALL leaves no name twice."""
    full_name = "LOWER(CONCAT_WS('.', catalog_name, schema_name, table_name))"
    tags = f"WHERE tag_name IN ({quote_list(settings.sensitivity_tags)})"
    parts = [
        f"SELECT {full_name} AS full_name FROM {settings.system('information_schema', table)} {tags}"
        for table in ("table_tags", "column_tags")
    ]
    if settings.classified_data:
        results = settings.system("data_classification", "results")
        parts.append(f"SELECT {full_name} AS full_name FROM {results}")
    return "\n  UNION\n  ".join(parts)


LOAD = DayRewrite(TABLE, rows, kept_days=SNAPSHOT_DAYS, only_last_day=True)
