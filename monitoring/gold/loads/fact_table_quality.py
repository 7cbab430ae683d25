"""The load of ``fact_table_quality``: results of rules, health and freshness of tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitoring.gold.fact_table_quality import TABLE
from monitoring.gold.loads.load import DayRewrite, quote_name, utc_day

if TYPE_CHECKING:
    from monitoring.gold.loads.load import DayRange, LoadSettings

_NO_RULES = """SELECT CAST(NULL AS TIMESTAMP) AS check_time, CAST(NULL AS STRING) AS catalog_name,
         CAST(NULL AS STRING) AS schema_name, CAST(NULL AS STRING) AS table_name, 0 AS rules_count,
         0 AS rules_passed, 0 AS critical_violations, 0 AS warning_violations, 0 AS info_violations,
         0 AS null_violations
  WHERE FALSE"""
_NO_HEALTH = """SELECT CAST(NULL AS TIMESTAMP) AS event_time, CAST(NULL AS STRING) AS catalog_name,
         CAST(NULL AS STRING) AS schema_name, CAST(NULL AS STRING) AS table_name, CAST(NULL AS STRING) AS status,
         CAST(NULL AS STRING) AS freshness_status, CAST(NULL AS TIMESTAMP) AS last_commit,
         CAST(NULL AS BIGINT) AS row_count
  WHERE FALSE"""


def rows(settings: LoadSettings, days: DayRange) -> str:
    """The query of the checks of these days.

    A table without rule results has one row a day, from its latest health. The last write is the commit that the
    health names, else the last write that lineage saw before the check. Schema changes are 0: no source has them.
    """
    return f"""WITH rules AS (
  {_rules(settings, days)}
),
health AS (
  {_health(settings, days)}
),
joined AS (
  SELECT COALESCE(r.check_time, h.event_time)     AS check_time,
         COALESCE(r.catalog_name, h.catalog_name) AS catalog_name,
         COALESCE(r.schema_name, h.schema_name)   AS schema_name,
         COALESCE(r.table_name, h.table_name)     AS table_name,
         UPPER(COALESCE(h.status, 'UNKNOWN')) AS status,
         COALESCE(r.rules_count, 0) AS rules_count, COALESCE(r.rules_passed, 0) AS rules_passed,
         COALESCE(r.critical_violations, 0) AS critical_violations,
         COALESCE(r.warning_violations, 0)  AS warning_violations,
         COALESCE(r.info_violations, 0)     AS info_violations,
         COALESCE(r.null_violations, 0)     AS null_violations,
         h.freshness_status, h.last_commit, h.row_count
  FROM rules r
  FULL OUTER JOIN health h
    ON h.catalog_name = r.catalog_name AND h.schema_name = r.schema_name AND h.table_name = r.table_name
   AND {utc_day("h.event_time")} = {utc_day("r.check_time")}
),
named AS (
  SELECT *, CONCAT_WS('.', catalog_name, schema_name, table_name) AS table_full_name FROM joined
),
seen AS (
  SELECT n.table_full_name, n.check_time, MAX(l.event_time) AS last_write
  FROM named n
  JOIN {settings.system("access", "table_lineage")} l
    ON LOWER(l.target_table_full_name) = LOWER(n.table_full_name) AND l.event_time <= n.check_time
  GROUP BY n.table_full_name, n.check_time
),
aged AS (
  SELECT n.*, CAST((UNIX_TIMESTAMP(n.check_time) - UNIX_TIMESTAMP(COALESCE(n.last_commit, s.last_write))) / 3600
                   AS DOUBLE) AS hours_since_update
  FROM named n
  LEFT JOIN seen s ON s.table_full_name = n.table_full_name AND s.check_time = n.check_time
)
SELECT SHA2(CONCAT(table_full_name, '|', CAST(UNIX_MICROS(check_time) AS STRING)), 256) AS check_id,
       check_time, catalog_name, schema_name, table_name, table_full_name, status,
       CAST(rules_passed * 100.0 / NULLIF(rules_count, 0) AS DOUBLE) AS quality_score,
       rules_count, rules_passed, critical_violations, warning_violations, info_violations, null_violations,
       0 AS schema_changes,
       COALESCE(freshness_status = 'Unhealthy', FALSE)
         OR COALESCE(hours_since_update > {settings.freshness_hours:f}, FALSE) AS is_freshness_violated,
       hours_since_update, critical_violations > 0 AS has_critical_violations, row_count
FROM aged"""


def _rules(settings: LoadSettings, days: DayRange) -> str:
    if settings.rule_results is None:
        return _NO_RULES
    return f"""SELECT check_time, catalog_name, schema_name, table_name,
         CAST(COUNT(*) AS INT) AS rules_count, CAST(COUNT_IF(passed) AS INT) AS rules_passed,
         CAST(COUNT_IF(NOT passed AND criticality = 'error') AS INT) AS critical_violations,
         CAST(COUNT_IF(NOT passed AND criticality = 'warn')  AS INT) AS warning_violations,
         CAST(COUNT_IF(NOT passed AND criticality = 'info')  AS INT) AS info_violations,
         CAST(COUNT_IF(NOT passed AND is_not_null_rule)      AS INT) AS null_violations
  FROM {quote_name(settings.rule_results)}
  WHERE {days.holds("check_time", "TIMESTAMP")}
  GROUP BY check_time, catalog_name, schema_name, table_name"""


def _health(settings: LoadSettings, days: DayRange) -> str:
    if not settings.table_health:
        return _NO_HEALTH
    return f"""SELECT event_time, catalog_name, schema_name, table_name, status,
         freshness.status AS freshness_status,
         CAST(freshness.commit_freshness.last_value AS TIMESTAMP) AS last_commit,
         CAST(completeness.total_row_count.last_value AS BIGINT)  AS row_count
  FROM (SELECT *, ROW_NUMBER() OVER (
                 PARTITION BY catalog_name, schema_name, table_name, {utc_day("event_time")}
                 ORDER BY event_time DESC) AS place
        FROM {settings.system("data_quality_monitoring", "table_results")}
        WHERE {days.holds("event_time", "TIMESTAMP")}) placed
  WHERE place = 1"""


LOAD = DayRewrite(TABLE, rows, kept_days=365)
