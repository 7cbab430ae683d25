"""The gold table ``fact_model_serving``."""

from monitoring.gold.table import CONTEXT, METRIC, SLICE, TIME, Column, GoldTable

# fmt: off
COLUMNS = (
    Column("databricks_request_id", "STRING",
           "Id of the request, given by the platform.", CONTEXT, nullable=False),
    Column("client_request_id", "STRING", "Id of the request, given by the caller.", CONTEXT),
    Column("workspace_id", "STRING", "Workspace of the endpoint.", SLICE, nullable=False),
    Column("endpoint_name", "STRING", "Serving endpoint that answered.", CONTEXT),
    Column("entity_name", "STRING", "Model or function behind the endpoint.", CONTEXT),
    Column("entity_version", "STRING", "Version of that model or function.", CONTEXT),
    Column("requester", "STRING", "Who sent the request. Personal data.", CONTEXT),
    Column("request_time", "TIMESTAMP", "When the request arrived, UTC.", TIME | METRIC, nullable=False),
    Column("status_code", "INT", "HTTP status of the answer.", METRIC),
    Column("latency_ms", "BIGINT",
           "Milliseconds the model took; empty for batch scoring and for endpoints without a payload "
           "table.", METRIC),
    Column("input_token_count", "BIGINT",
           "Tokens of the prompt; empty for models without tokens.", CONTEXT),
    Column("output_token_count", "BIGINT",
           "Tokens of the answer; empty for models without tokens.", CONTEXT),
    Column("total_token_count", "BIGINT",
           "Tokens of prompt and answer together; 0 for models without tokens.", METRIC, nullable=False),
    Column("prediction_score", "DOUBLE", "Score that the model returned, if any.", CONTEXT),
    Column("is_anomaly", "BOOLEAN",
           "Verdict of an anomaly model; empty when the request went to another kind of model.",
           SLICE | METRIC),
    Column("anomaly_category", "STRING",
           "Kind of anomaly, such as COST_SPIKE, COST_DROP or NONE; 'unknown' without a verdict.",
           SLICE, nullable=False),
    Column("predicted_result", "STRING",
           "SUCCESS or FAILURE as a run-failure model predicts it; 'unknown' from other models.",
           SLICE, nullable=False),
    Column("risk_level", "STRING",
           "LOW, MEDIUM, HIGH or CRITICAL; 'unknown' when the model gives none.", SLICE, nullable=False),
)
# fmt: on

TABLE = GoldTable(
    name="fact_model_serving",
    comment="Requests to served models, one row per scored request, with status, latency, tokens and "
    "the models' verdicts.",
    key=("databricks_request_id",),
    columns=COLUMNS,
)
