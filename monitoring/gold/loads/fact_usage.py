"""The load of ``fact_usage``: billing records with their price and job."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitoring.gold.fact_usage import TABLE
from monitoring.gold.loads.load import DayRewrite
from monitoring.gold.table import quote_text

if TYPE_CHECKING:
    from monitoring.gold.loads.load import DayRange, LoadSettings


def rows(settings: LoadSettings, days: DayRange) -> str:
    """The query of the records of these usage days.

    A product of two DECIMAL(38,18) keeps six decimals only, so the factors are narrowed first. A record of a shared
    cluster goes to the job that overlaps it longest, ties to the smallest id, so that a correction finds the job of
    the record that it corrects.
    """
    return f"""WITH record AS (
  SELECT * FROM {settings.system("billing", "usage")}
  WHERE {days.holds("usage_date", "DATE")}
),
price AS (
  SELECT sku_name, cloud, usage_unit, price_start_time, price_end_time,
         COALESCE(pricing.effective_list.default, pricing.default) AS list_price
  FROM {settings.system("billing", "list_prices")}
  WHERE currency_code = {quote_text(settings.currency)}
),
cluster_job AS (
  SELECT workspace_id, job_id, period_start_time, period_end_time, cluster_id
  FROM {settings.system("lakeflow", "job_task_run_timeline")}
  LATERAL VIEW EXPLODE(compute_ids) compute AS cluster_id
),
overlap AS (
  SELECT u.record_id, c.job_id,
         SUM(UNIX_TIMESTAMP(LEAST(u.usage_end_time, c.period_end_time))
           - UNIX_TIMESTAMP(GREATEST(u.usage_start_time, c.period_start_time))) AS seconds
  FROM record u
  JOIN cluster_job c
    ON c.workspace_id = u.workspace_id AND c.cluster_id = u.usage_metadata.cluster_id
   AND c.period_start_time < u.usage_end_time AND c.period_end_time > u.usage_start_time
  WHERE u.usage_metadata.job_id IS NULL
  GROUP BY u.record_id, c.job_id
),
attributed AS (
  SELECT record_id, job_id
  FROM (SELECT record_id, job_id,
               ROW_NUMBER() OVER (PARTITION BY record_id ORDER BY seconds DESC, job_id) AS place
        FROM overlap) placed
  WHERE place = 1
)
SELECT u.record_id, u.account_id, u.workspace_id, u.sku_name, u.cloud,
       u.usage_start_time, u.usage_end_time, u.usage_date, u.usage_unit,
       CAST(u.usage_quantity AS DECIMAL(38,18)) AS usage_quantity,
       u.usage_type, u.record_type, u.billing_origin_product, u.custom_tags,
       u.usage_metadata.cluster_id    AS usage_metadata_cluster_id,
       u.usage_metadata.job_id        AS usage_metadata_job_id,
       u.usage_metadata.warehouse_id  AS usage_metadata_warehouse_id,
       u.usage_metadata.endpoint_name AS usage_metadata_endpoint_name,
       u.identity_metadata.run_as     AS identity_metadata_run_as,
       COALESCE(u.product_features.is_serverless, FALSE) AS product_features_is_serverless,
       u.product_features.is_photon   AS product_features_is_photon,
       COALESCE(u.usage_metadata.job_id, a.job_id) AS attributed_job_id,
       CAST(p.list_price AS DECIMAL(38,18)) AS list_price,
       CAST(CAST(u.usage_quantity AS DECIMAL(22,12)) * CAST(p.list_price AS DECIMAL(16,8))
            AS DECIMAL(38,18)) AS list_cost,
       COALESCE(CARDINALITY(u.custom_tags), 0) > 0 AS is_tagged,
       COALESCE(CARDINALITY(u.custom_tags), 0)     AS tag_count
FROM record u
LEFT JOIN price p
  ON p.sku_name = u.sku_name AND p.cloud = u.cloud AND p.usage_unit = u.usage_unit
 AND u.usage_end_time >= p.price_start_time
 AND (p.price_end_time IS NULL OR u.usage_end_time < p.price_end_time)
LEFT JOIN attributed a ON a.record_id = u.record_id"""


LOAD = DayRewrite(TABLE, rows, kept_days=365)
