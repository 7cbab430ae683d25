"""Monitor definitions: what is read from a body, and every sentence about what is wrong with one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from local_workspace.engine.custom_metric import CustomMetric
from local_workspace.engine.definition import MonitorDefinition, validate
from local_workspace.engine.types import BIGINT
from monitoring.domains import DOMAINS
from monitoring.gold import GOLD_TABLES
from tests.local_workspace.engine.monitored import domain_body, metric

if TYPE_CHECKING:
    from monitoring.domain import Domain

COLUMNS = {
    "at": "TIMESTAMP",
    "minutes": "DOUBLE",
    "name": "STRING",
    "count_of": "BIGINT",
    "tags": "MAP<STRING, STRING>",
}
RUNS = metric("aggregate", "runs", "COUNT(*)", type_name="long")


def body(**changes: object) -> dict[str, object]:
    """A body without mistakes, with changes; None leaves a field out."""
    made: dict[str, object] = {
        "output_schema_name": "main.out",
        "assets_dir": "/Shared/monitors",
        "time_series": {"timestamp_col": "at", "granularities": ["1 day"]},
        "slicing_exprs": ["name", "minutes > 5"],
        "custom_metrics": [RUNS],
        "schedule": {"quartz_cron_expression": "0 0 6 * * ?", "timezone_id": "UTC"},
        "notifications": {"on_failure": {"email_addresses": ["a@example.com"]}},
    } | changes
    return {name: value for name, value in made.items() if value is not None}


def test_a_body_is_read_in_its_order() -> None:
    definition = MonitorDefinition.from_legacy("main.gold.runs", body())
    assert definition == MonitorDefinition(
        table="main.gold.runs",
        timestamp_column="at",
        granularities=("1 day",),
        slicing_exprs=("name", "minutes > 5"),
        custom_metrics=(
            CustomMetric("runs", definition.custom_metrics[0].kind, "COUNT(*)", (":table",), BIGINT),
        ),
        output_schema="main.out",
    )


def test_output_tables_are_named_after_the_table() -> None:
    definition = MonitorDefinition.from_legacy("main.gold.runs", body(output_schema_name="other.out"))
    assert definition.profile_table == "other.out.runs_profile_metrics"
    assert definition.drift_table == "other.out.runs_drift_metrics"


def test_a_body_without_mistakes_gives_no_sentence() -> None:
    assert validate(body(), COLUMNS) == []


def test_the_smallest_body_gives_no_sentence() -> None:
    assert (
        validate(body(slicing_exprs=None, custom_metrics=None, schedule=None, notifications=None), COLUMNS)
        == []
    )


@pytest.mark.parametrize("domain", DOMAINS, ids=lambda domain: domain.name)
def test_the_real_domains_give_no_sentence(domain: Domain) -> None:
    assert validate(domain_body(domain), GOLD_TABLES[domain.gold_table].column_types) == []


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"output_schema_name": None}, "output_schema_name is missing; write it as catalog.schema"),
        (
            {"output_schema_name": "out"},
            "output_schema_name 'out' is not a full schema name; write it as catalog.schema",
        ),
        (
            {"time_series": None},
            "exactly one of time_series, snapshot and inference_log is needed, but none was given; send one",
        ),
        (
            {"snapshot": {}},
            (
                "exactly one of time_series, snapshot and inference_log is needed, but time_series and snapshot was "
                "given; send one"
            ),
        ),
        (
            {"time_series": None, "snapshot": {"at": 1}},
            "snapshot.at is unknown; a snapshot has no settings, send {}",
        ),
        (
            {"baseline_table_name": "gold.old"},
            "baseline_table_name 'gold.old' is not a full table name; write it as catalog.schema.table",
        ),
        ({"time_series": "at"}, "time_series: an object is expected, not 'at'"),
        (
            {"time_series": {"granularities": ["1 day"]}},
            "time_series.timestamp_col is missing; name the column that says when a row happened",
        ),
        (
            {"time_series": {"timestamp_col": "minute", "granularities": ["1 day"]}},
            "time_series.timestamp_col 'minute' is not a column of the table; did you mean minutes?",
        ),
        (
            {"time_series": {"timestamp_col": "minutes", "granularities": ["1 day"]}},
            (
                "time_series.timestamp_col 'minutes' has type DOUBLE; use a TIMESTAMP or DATE column, or a STRING that "
                "can be cast to a timestamp"
            ),
        ),
        (
            {"time_series": {"timestamp_col": "at", "granularities": []}},
            "time_series.granularities is empty; name at least one granularity, such as '1 day'",
        ),
        (
            {"time_series": {"timestamp_col": "at", "granularities": "1 day"}},
            "time_series.granularities: a list is expected, not '1 day'",
        ),
        (
            {"time_series": {"timestamp_col": "at", "granularities": ["2 days"]}},
            (
                "time_series.granularities: granularity '2 days' is unknown; use one of: 5 minutes, 30 minutes, 1 hour, "
                "1 day, 1 week, 2 weeks, 3 weeks, 4 weeks, 1 month, 1 year"
            ),
        ),
        (
            {"time_series": {"timestamp_col": "at", "granularities": ["1 day", "1 day"]}},
            "time_series.granularities: '1 day' is listed twice; list it once",
        ),
        (
            {"slicing_exprs": ["name", "name"]},
            "slicing_exprs: 'name' is listed twice; list each expression once",
        ),
        (
            {"slicing_exprs": ["COUNT(*)"]},
            (
                "slicing_exprs: 'COUNT(*)': a slice is computed for each row, so it cannot hold an aggregate; "
                "use columns and plain functions"
            ),
        ),
        (
            {"slicing_exprs": ["name = (SELECT 1)"]},
            "slicing_exprs: 'name = (SELECT 1)': a sub-query is not allowed here; use columns of the monitored table",
        ),
        (
            {"slicing_exprs": ["names"]},
            (
                "slicing_exprs: 'names': [UNRESOLVED_COLUMN.WITH_SUGGESTION] A column, variable, or function parameter "
                "with name `names` cannot be resolved. Did you mean one of the following? [`name`, `minutes`, `tags`]. SQLSTATE: 42703"
            ),
        ),
        (
            {"schedule": {"quartz_cron_expression": "0 6 * * *", "timezone_id": "UTC"}},
            (
                "schedule.quartz_cron_expression '0 6 * * *' is not a Quartz cron expression of 6 or 7 fields with ? for "
                "the day of month or the day of week; daily at 06:00 is '0 0 6 * * ?'"
            ),
        ),
        (
            {"schedule": {"quartz_cron_expression": "0 0 6 * * ?", "timezone_id": "Mars"}},
            "schedule.timezone_id 'Mars' is not a time zone; write it like 'UTC' or 'Europe/Berlin'",
        ),
        (
            {"notifications": {"on_failure": {"email_addresses": [f"{i}@example.com" for i in range(6)]}}},
            "notifications.on_failure.email_addresses has 6 addresses; at most 5 are allowed, use a group address",
        ),
        ({"custom_metrics": "runs"}, "custom_metrics: a list is expected, not 'runs'"),
    ],
)
def test_a_mistake_of_the_monitor_gets_its_sentence(changes: dict[str, object], sentence: str) -> None:
    assert sentence in validate(body(**changes), COLUMNS)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ("runs", "custom_metrics[1]: an object is expected, not 'runs'"),
        (
            {"type": "CUSTOM_METRIC_TYPE_AGGREGATE"},
            (
                "custom_metrics[1]: name is missing; a custom metric needs name, type, definition, input_columns, "
                "output_data_type"
            ),
        ),
        (
            metric("aggregate", "x", "COUNT(*)") | {"definition": ""},
            (
                "custom metric 'x': definition is missing; a custom metric needs name, type, definition, input_columns, "
                "output_data_type"
            ),
        ),
        (
            metric("total", "x", "COUNT(*)"),
            (
                "custom metric 'x': type 'CUSTOM_METRIC_TYPE_TOTAL' is unknown; use one of: CUSTOM_METRIC_TYPE_AGGREGATE, "
                "CUSTOM_METRIC_TYPE_DERIVED, CUSTOM_METRIC_TYPE_DRIFT"
            ),
        ),
        (
            metric("aggregate", "x", "COUNT(*)") | {"input_columns": ":table"},
            "custom metric 'x': input_columns must be a list, such as [':table'], not ':table'",
        ),
        (
            metric("aggregate", "run count", "COUNT(*)"),
            (
                "custom metric 'run count': the name becomes a column; use letters, digits and _, beginning with a "
                "letter or _"
            ),
        ),
        (
            metric("aggregate", "Avg", "COUNT(*)"),
            "custom metric 'Avg': the name is a column of the output tables already; choose another",
        ),
        (
            metric("aggregate", "f1_score", "COUNT(*)"),
            "custom metric 'f1_score': the name is a column of the output tables already; choose another",
        ),
        (
            metric("aggregate", "RUNS", "COUNT(*)"),
            (
                "custom metric 'RUNS': the name is taken by an earlier metric, 'runs' (case does not count); "
                "choose another"
            ),
        ),
        (
            metric("aggregate", "x", "COUNT(*)") | {"output_data_type": "double"},
            (
                "custom metric 'x': output_data_type 'double' is not the JSON of a StructField with a simple type; "
                'write it as {"metadata":{},"name":"output","nullable":true,"type":"double"}'
            ),
        ),
        (
            metric("aggregate", "x", "COUNT(*)", type_name="number"),
            (
                'custom metric \'x\': output_data_type \'{"name": "output", "type": "number", "nullable": true, '
                '"metadata": {}}\' is not the JSON of a StructField with a simple type; '
                'write it as {"metadata":{},"name":"output","nullable":true,"type":"double"}'
            ),
        ),
        (
            metric("aggregate", "x", "SUM(minutes)", "minute"),
            (
                "custom metric 'x': input column 'minute' is not a column of the table; did you mean minutes?; "
                "use a column, or ':table' for a metric of the whole table"
            ),
        ),
        (
            metric("aggregate", "x", "SUM({{input_column}})", "minutes", "minutes"),
            "custom metric 'x': input column 'minutes' is listed twice; list it once",
        ),
        (
            metric("aggregate", "x", "SUM({{input_column}})"),
            "custom metric 'x': {{input_column}} has no meaning for ':table'; list the columns in input_columns",
        ),
        (
            metric("aggregate", "x", "SUM({{label_col}})", "minutes"),
            (
                "custom metric 'x': [INVALID_AGGREGATE_METRIC] UNDEFINED_TEMPLATE_VARIABLE: label_col; "
                "use {{input_column}} or columns by name"
            ),
        ),
        (
            metric("derived", "x", "{{runs}} * 2"),
            (
                "custom metric 'x': [INVALID_DERIVED_METRIC] UNDEFINED_TEMPLATE_VARIABLE: runs; "
                "name earlier metrics plainly"
            ),
        ),
        (
            metric("drift", "x", "{{current_df}}.runs - {{base}}.runs"),
            (
                "custom metric 'x': [INVALID_DRIFT_METRIC] UNDEFINED_TEMPLATE_VARIABLE: base. "
                "Please specify: [base_df, current_df]"
            ),
        ),
        (
            metric("drift", "x", "{{current_df}}.runs"),
            (
                "custom metric 'x': [INVALID_DRIFT_METRIC] {{base_df}} is not used; a drift metric compares "
                "{{current_df}}.metric with {{base_df}}.metric"
            ),
        ),
        (
            metric("drift", "x", "{{current_df}}.runs - {{base_df}}.runs + runs"),
            "custom metric 'x': 'runs' has no frame; write {{current_df}}.runs or {{base_df}}.runs",
        ),
        (
            metric("drift", "x", "{{current_df}}.rums - {{base_df}}.runs"),
            "custom metric 'x': 'rums' is not an earlier AGGREGATE or DERIVED metric; did you mean runs?",
        ),
        (
            metric("derived", "x", "later * 2"),
            "custom metric 'x': 'later' is not an earlier AGGREGATE or DERIVED metric; list it before this one",
        ),
        (
            metric("derived", "x", "minutes * 2"),
            "custom metric 'x': 'minutes' is not an earlier AGGREGATE or DERIVED metric",
        ),
        (
            metric("derived", "x", "runs * 2", "minutes"),
            (
                "custom metric 'x': metric 'runs' has input_columns [':table'], not ['minutes']; "
                "give both the same input_columns"
            ),
        ),
        (
            metric("derived", "x", "SUM(runs)"),
            (
                "custom metric 'x': a DERIVED metric reads finished metrics, so it cannot hold an aggregate; "
                "make an AGGREGATE metric"
            ),
        ),
        (
            metric("aggregate", "x", "SUM(minutes) + minutes"),
            (
                "custom metric 'x': column 'minutes' stands outside of an aggregate; write SUM(minutes), MAX(minutes) "
                "or the like"
            ),
        ),
        (
            metric("aggregate", "x", "SUM(SUM(minutes))"),
            (
                "custom metric 'x': definition 'SUM(SUM(minutes))': [NESTED_AGGREGATE_FUNCTION] SUM: an aggregate inside "
                "an aggregate is not allowed. SQLSTATE: 42607"
            ),
        ),
        (
            metric("aggregate", "x", "SUM(minutes) OVER ()"),
            "custom metric 'x': definition 'SUM(minutes) OVER ()': a window function (OVER) is not allowed here",
        ),
        (
            metric("aggregate", "x", "MAX(tags['a'])", type_name="date") | {"definition": "COUNT(*) > 1"},
            "custom metric 'x': the definition gives BOOLEAN, which does not fit output_data_type DATE",
        ),
    ],
)
def test_a_mistake_of_a_metric_gets_its_sentence(wrong: object, sentence: str) -> None:
    later = metric("aggregate", "later", "COUNT(*)")
    assert validate(body(custom_metrics=[RUNS, wrong, later]), COLUMNS) == [
        sentence,
        *(
            f"custom_metrics[1]: {name} is missing; a custom metric needs name, type, definition, input_columns, "
            "output_data_type"
            for name in ("definition", "input_columns", "output_data_type")
            if wrong == {"type": "CUSTOM_METRIC_TYPE_AGGREGATE"}
        ),
    ]


def test_sql_that_cannot_be_read_is_refused_with_the_place() -> None:
    (sentence,) = validate(body(custom_metrics=[metric("aggregate", "x", "SUM(minutes")]), COLUMNS)
    assert sentence.startswith(
        "custom metric 'x': definition 'SUM(minutes': [PARSE_SYNTAX_ERROR] Syntax error at or"
    )


def test_all_mistakes_are_said_at_once() -> None:
    sentences = validate(
        body(
            output_schema_name=None,
            slicing_exprs=["names"],
            custom_metrics=[metric("aggregate", "avg", "1 +")],
        ),
        COLUMNS,
    )
    assert len(sentences) == 3


def test_a_unit_word_is_not_taken_for_a_column() -> None:
    seconds = metric("aggregate", "seconds", "TIMESTAMPDIFF(SECOND, MIN(at), MAX(at))", type_name="long")
    assert validate(body(custom_metrics=[seconds]), COLUMNS) == []
