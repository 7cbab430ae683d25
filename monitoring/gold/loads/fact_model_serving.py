"""The load of ``fact_model_serving``: requests to served models, with latency and verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitoring.gold.fact_model_serving import TABLE
from monitoring.gold.loads.load import Merge, quote_name

if TYPE_CHECKING:
    from monitoring.gold.loads.load import DayRange, LoadSettings

_NO_PAYLOAD = """SELECT CAST(NULL AS STRING) AS databricks_request_id,
         CAST(NULL AS BIGINT) AS execution_duration_ms, CAST(NULL AS STRING) AS response
  WHERE FALSE"""


def rows(settings: LoadSettings, days: DayRange) -> str:
    """The query of the requests of these days.

    The usage table has no latency: that and the models' answers come from the inference tables, if there are any.
    """
    return f"""WITH request AS (
  SELECT * FROM {settings.system("serving", "endpoint_usage")}
  WHERE {days.holds("request_time", "TIMESTAMP")}
),
entity AS (
  SELECT served_entity_id, endpoint_name, entity_name, entity_version
  FROM (SELECT served_entity_id, endpoint_name, entity_name, entity_version,
               ROW_NUMBER() OVER (PARTITION BY served_entity_id ORDER BY change_time DESC) AS place
        FROM {settings.system("serving", "served_entities")}) placed
  WHERE place = 1
),
answer AS (
  {_answers(settings)}
),
payload AS (
  SELECT a.databricks_request_id, MAX(a.execution_duration_ms) AS latency_ms, MAX(a.response) AS response
  FROM answer a
  JOIN request r ON r.databricks_request_id = a.databricks_request_id
  GROUP BY a.databricks_request_id
),
verdict AS (
  SELECT databricks_request_id, latency_ms,
         CAST(GET_JSON_OBJECT(response, '$.predictions[0].score') AS DOUBLE)       AS prediction_score,
         CAST(GET_JSON_OBJECT(response, '$.predictions[0].is_anomaly') AS BOOLEAN) AS is_anomaly,
         GET_JSON_OBJECT(response, '$.predictions[0].anomaly_category') AS anomaly_category,
         GET_JSON_OBJECT(response, '$.predictions[0].predicted_result') AS predicted_result,
         GET_JSON_OBJECT(response, '$.predictions[0].risk_level')       AS risk_level
  FROM payload
)
SELECT u.databricks_request_id, u.client_request_id, CAST(u.workspace_id AS STRING) AS workspace_id,
       e.endpoint_name, e.entity_name, e.entity_version, u.requester, u.request_time,
       CAST(u.status_code AS INT) AS status_code, CAST(v.latency_ms AS BIGINT) AS latency_ms,
       CAST(u.input_token_count AS BIGINT) AS input_token_count,
       CAST(u.output_token_count AS BIGINT) AS output_token_count,
       CAST(COALESCE(u.input_token_count, 0) + COALESCE(u.output_token_count, 0) AS BIGINT)
         AS total_token_count,
       v.prediction_score, v.is_anomaly,
       COALESCE(v.anomaly_category, IF(v.is_anomaly IS FALSE, 'NONE', 'unknown')) AS anomaly_category,
       COALESCE(v.predicted_result, 'unknown') AS predicted_result,
       COALESCE(v.risk_level, 'unknown') AS risk_level
FROM request u
LEFT JOIN entity e  ON e.served_entity_id = u.served_entity_id
LEFT JOIN verdict v ON v.databricks_request_id = u.databricks_request_id"""


def _answers(settings: LoadSettings) -> str:
    parts = [
        f"SELECT databricks_request_id, execution_duration_ms, response FROM {quote_name(table)}"
        for table in settings.payload_tables
    ]
    return "\n  UNION ALL\n  ".join(parts) or _NO_PAYLOAD


LOAD = Merge(TABLE, rows)
