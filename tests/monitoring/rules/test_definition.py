"""Each rule on definitions refuses one broken metric, with the exact message."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitoring.descriptions import metric_text
from monitoring.metrics import LONG, Kind
from monitoring.rules.definition import definition_reasons
from tests.monitoring.one_more_metric import SCOPE, defined, reasons

TABLE = "fact_job_run_timeline"
A_NUMBER = "a number is needed"
A_CONDITION = "a condition is needed"


AGGREGATE, DERIVED, DRIFT = Kind


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        (
            "SUM(run_duration_minute)",
            f"unknown column 'run_duration_minute' in {TABLE}; did you mean 'run_duration_minutes'?",
        ),
        ("COUNT_IF(zzz)", "unknown column 'zzz' in fact_job_run_timeline"),
        (
            "SUM(t.run_duration_minutes)",
            (
                "unknown column 't.run_duration_minutes' in fact_job_run_timeline; "
                "did you mean 'run_duration_minutes'?"
            ),
        ),
        (
            "SUM(total_runs)",
            f"reads the AGGREGATE metric 'total_runs'; an AGGREGATE metric reads columns of {TABLE}",
        ),
    ],
)
def test_an_aggregate_that_reads_no_gold_column_is_refused(definition: str, expected: str) -> None:
    assert reasons(definition) == [expected]


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        ("SUM(job_name)", f"SUM of job_name, which is STRING; {A_NUMBER}"),
        ("AVG(is_success)", f"AVG of is_success, which is BOOLEAN; {A_NUMBER}"),
        ("STDDEV(start_time)", f"STDDEV of start_time, which is TIMESTAMP; {A_NUMBER}"),
        ("PERCENTILE(job_name, 0.5)", f"PERCENTILE of job_name, which is STRING; {A_NUMBER}"),
        ("SUM(DISTINCT job_name)", f"SUM of job_name, which is STRING; {A_NUMBER}"),
        (
            "COUNT_IF(run_duration_minutes)",
            f"COUNT_IF of run_duration_minutes, which is DOUBLE; {A_CONDITION}",
        ),
        ("SUM(IF(job_id, 1, 0))", f"IF of job_id, which is STRING; {A_CONDITION}"),
        ("SUM(CASE WHEN job_id THEN 1 END)", f"WHEN of job_id, which is STRING; {A_CONDITION}"),
        ("COUNT_IF(is_success AND job_id)", f"AND or OR with job_id, which is STRING; {A_CONDITION}"),
        ("COUNT_IF(NOT job_id)", f"NOT of job_id, which is STRING; {A_CONDITION}"),
        ("COUNT(*) FILTER (WHERE job_id)", f"WHERE with job_id, which is STRING; {A_CONDITION}"),
        ("SUM(run_duration_minutes * job_id)", "arithmetic on job_id, which is STRING; numbers are needed"),
        (
            "COUNT_IF(job_id = 5)",
            "compares job_id, which is STRING, with 5, which is INT; write both as one type",
        ),
        (
            "COUNT_IF(is_success IN (1))",
            "compares is_success, which is BOOLEAN, with 1, which is INT; write both as one type",
        ),
        ("MAX(job_name)", f"gives STRING, but the output type is DOUBLE; {A_NUMBER}"),
        ("MAX(start_time)", f"gives TIMESTAMP, but the output type is DOUBLE; {A_NUMBER}"),
        ("BOOL_OR(is_success)", f"gives BOOLEAN, but the output type is DOUBLE; {A_NUMBER}"),
        ("SUM(NULL)", f"gives NULL, but the output type is DOUBLE; {A_NUMBER}"),
    ],
)
def test_a_value_of_the_wrong_type_is_refused(definition: str, expected: str) -> None:
    assert reasons(definition) == [expected]


@pytest.mark.parametrize("definition", ["AVG(run_duration_minutes)", "SUM(run_duration_minutes)"])
def test_a_long_metric_that_gives_no_bigint_is_refused(definition: str) -> None:
    expected = "gives DOUBLE, but the output type is LONG; make it a BIGINT or declare DOUBLE"
    assert reasons(definition, output_type=LONG) == [expected]


def test_a_double_metric_may_give_any_number() -> None:
    assert reasons("COUNT(*)") == []
    assert reasons("CAST(COUNT(*) AS DECIMAL(10, 2))") == []


@pytest.mark.parametrize(
    ("definition", "denominator"),
    [
        ("SUM(run_duration_minutes) / COUNT(*)", "COUNT(*)"),
        ("SUM(run_duration_minutes / run_duration_seconds)", "run_duration_seconds"),
        ("COUNT(*) % COUNT(job_id)", "COUNT(job_id)"),
        ("MOD(COUNT(*), COUNT(job_id))", "COUNT(job_id)"),
        ("COUNT(*) DIV COUNT(job_id)", "COUNT(job_id)"),
        ("COUNT(*) / (COUNT(job_id) + 1)", "COUNT(job_id) + 1"),
        ("COUNT(*) / GREATEST(COUNT(job_id), 0)", "GREATEST(COUNT(job_id), 0)"),
        ("COUNT(*) / COALESCE(COUNT(job_id), 1)", "COALESCE(COUNT(job_id), 1)"),
        ("COUNT(*) / NULLIF(COUNT(job_id), 1)", "NULLIF(COUNT(job_id), 1)"),
        ("COUNT(*) / POWER(COUNT(job_id), 2)", "POWER(COUNT(job_id), 2)"),
        ("COUNT(*) / LEAST(COUNT(job_id), 1)", "LEAST(COUNT(job_id), 1)"),
    ],
)
def test_an_unguarded_division_is_refused(definition: str, denominator: str) -> None:
    assert reasons(definition) == [f"division by {denominator} fails at 0; write NULLIF({denominator}, 0)"]


def test_a_division_by_the_number_0_is_refused() -> None:
    assert reasons("COUNT(*) / 0") == ["division by 0 always fails"]


@pytest.mark.parametrize(
    "denominator",
    [
        "NULLIF(COUNT(job_id), 0)",
        "NULLIF(COUNT(job_id), 0.0)",
        "60",
        "-60",
        "(60 * 60)",
        "POWER(1024, 4)",
        "GREATEST(COUNT(job_id), 1)",
        "COALESCE(NULLIF(COUNT(job_id), 0), 1)",
        "ABS(NULLIF(COUNT(job_id), 0))",
        "(NULLIF(COUNT(job_id), 0) * 60)",
    ],
)
def test_a_guarded_division_is_accepted(denominator: str) -> None:
    assert reasons(f"COUNT(*) / {denominator}") == []
    assert reasons("TRY_DIVIDE(COUNT(*), COUNT(job_id))") == []


def test_two_mistakes_in_one_definition_are_both_reported() -> None:
    assert reasons("SUM(job_name) / COUNT(*)") == [
        "division by COUNT(*) fails at 0; write NULLIF(COUNT(*), 0)",
        f"SUM of job_name, which is STRING; {A_NUMBER}",
    ]


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        (
            "run_duration_minutes",
            "has no aggregate function; an AGGREGATE metric gives one value per window, such as SUM(x)",
        ),
        ("1", "has no aggregate function; an AGGREGATE metric gives one value per window, such as SUM(x)"),
        (
            "SUM(run_duration_minutes) + run_duration_seconds",
            "column 'run_duration_seconds' stands outside an aggregate function; it has one value per row",
        ),
        ("SUM(AVG(run_duration_minutes))", "has AVG inside SUM; an aggregate cannot hold another one"),
        (
            "COUNT(*) FILTER (WHERE MAX(is_success))",
            "has MAX inside COUNT; an aggregate cannot hold another one",
        ),
        ("SUM((SELECT 1))", "holds a sub-query; one expression over one table is allowed"),
        ("COUNT_IF(job_id IN (SELECT 1))", "holds a sub-query; one expression over one table is allowed"),
        (
            "SUM(run_duration_minutes) OVER (PARTITION BY job_id)",
            "holds a window function (OVER); a metric sees the rows of one window and slice only",
        ),
        ("COUNT_IF(job_id = :job)", "holds the parameter :job, which nobody fills in"),
        ("SELECT COUNT(*)", "definition is a query; write one expression without SELECT"),
        ("COUNT(*) AS n", "definition names its result 'n'; the column is named after the metric"),
        ("COUNT(*); DROP TABLE x", "definition holds a ';'; write exactly one expression"),
        ("COUNT(*);", "definition holds a ';'; write exactly one expression"),
        (
            "COUNT(*) -- all",
            "definition holds a comment, which would swallow the SQL around it; say it in meaning",
        ),
        ("DROP TABLE x", "definition is not an expression"),
        ("SHOW TABLES", "definition is not an expression"),
        ("*", "definition is not an expression"),
        ("COUNT(*", "definition cannot be read as SQL: Expecting ). Line 1, Col: 7"),
        (
            "COUNT(*) FROM x",
            "definition cannot be read as SQL: Invalid expression / Unexpected token. Line 1, Col: 13",
        ),
    ],
)
def test_a_definition_of_the_wrong_shape_is_refused(definition: str, expected: str) -> None:
    assert reasons(definition) == [expected]


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        ("COUTN_IF(is_success)", "unknown function 'COUTN_IF'; did you mean 'COUNT_IF'?"),
        ("MEAN(run_duration_minutes)", "unknown function 'MEAN'; write AVG"),
        ("SUM(CARDINALITY(compute_ids))", "unknown function 'CARDINALITY'; write SIZE"),
        ("SUM(my_schema.f(run_duration_minutes))", "unknown function 'my_schema.f'; write a built-in one"),
        ("SUM(`zzz`(run_duration_minutes))", "unknown function 'zzz'"),
    ],
)
def test_an_unknown_function_is_refused_by_name(definition: str, expected: str) -> None:
    assert reasons(definition) == [expected]


@pytest.mark.parametrize(
    "definition",
    [
        "COUNT(*) FILTER (WHERE is_success)",
        "PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY run_duration_minutes)",
        "COUNT_IF(EXISTS(compute_ids, x -> x = 'a'))",
        "SUM(SIZE(compute_ids))",
        "COUNT(DISTINCT compute_ids[0])",
        "COUNT_IF(job_name LIKE ANY ('a%', '%b'))",
        "COUNT_IF(start_time >= '2024-01-01')",
        "COUNT_IF(start_time >= CURRENT_TIMESTAMP() - INTERVAL 1 DAY)",
        "SUM(CASE result_state WHEN 'FAILED' THEN 1 ELSE 0 END)",
        "SUM(RUN_DURATION_MINUTES)",
        "SUM(CAST(job_id AS DOUBLE))",
    ],
)
def test_right_definitions_of_many_shapes_are_accepted(definition: str) -> None:
    assert reasons(definition) == []


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        (
            "failures * 100.0 / NULLIF(total_runs, 0)",
            "unknown metric 'failures'; did you mean 'failure_count'?",
        ),
        (
            "success_rate * 2",
            "reads the DERIVED metric 'success_rate'; a DERIVED metric reads AGGREGATE metrics only",
        ),
        (
            "success_rate_drift * 2",
            "reads the DRIFT metric 'success_rate_drift'; a DERIVED metric reads AGGREGATE metrics only",
        ),
        (
            "run_duration_minutes * 2",
            "reads the column 'run_duration_minutes'; a DERIVED metric reads AGGREGATE metrics only",
        ),
        ("SUM(success_count)", "uses SUM; a DERIVED metric reads finished metrics of one row"),
        ("1 + 1", "reads no metric; a DERIVED metric reads AGGREGATE metrics"),
        (
            "success_count / distinct_jobs",
            "division by distinct_jobs fails at 0; write NULLIF(distinct_jobs, 0)",
        ),
        (
            "{{current_df}}.success_count",
            "template {{current_df}} belongs to DRIFT metrics; DERIVED metrics have none",
        ),
        ("success_count > 1", f"gives BOOLEAN, but the output type is DOUBLE; {A_NUMBER}"),
    ],
)
def test_a_derived_metric_reads_aggregates_only(definition: str, expected: str) -> None:
    assert reasons(definition, DERIVED) == [expected]


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        (
            "{{current_df}}.success_rate",
            ["does not read {{base_df}}; a DRIFT metric reads both frames"],
        ),
        (
            "{{current_df}}.success_rat - {{base_df}}.success_rate",
            ["unknown metric 'success_rat'; did you mean 'success_rate'?"],
        ),
        (
            "success_rate - {{base_df}}.success_rate",
            [
                (
                    "reads 'success_rate' without a frame; "
                    "write {{current_df}}.success_rate or {{base_df}}.success_rate"
                ),
                "does not read {{current_df}}; a DRIFT metric reads both frames",
            ],
        ),
        (
            "{{current_df}}.success_rate / {{base_df}}.success_rate",
            ["division by {{base_df}}.success_rate fails at 0; write NULLIF({{base_df}}.success_rate, 0)"],
        ),
        (
            "{{current_df}}.success_rate_drift - {{base_df}}.success_rate",
            [
                (
                    "reads the DRIFT metric 'success_rate_drift'; "
                    "a DRIFT metric reads AGGREGATE and DERIVED metrics only"
                )
            ],
        ),
        (
            "{{current_df}}.success_rate - MAX({{base_df}}.success_rate)",
            ["uses MAX; a DRIFT metric reads finished metrics of two rows"],
        ),
        (
            "{{current_df}} - {{base_df}}.success_rate",
            ["reads {{current_df}} without a metric; write {{current_df}}.metric"],
        ),
        (
            "{{current}}.success_rate - {{base_df}}.success_rate",
            ["unknown template {{current}}; did you mean 'current_df'?"],
        ),
        (
            "{{previous_day}}.success_rate - {{base_df}}.success_rate",
            ["unknown template {{previous_day}}; allowed: current_df, base_df"],
        ),
    ],
)
def test_a_drift_metric_reads_metrics_of_both_frames(definition: str, expected: list[str]) -> None:
    assert reasons(definition, DRIFT) == expected


def test_frames_in_back_ticks_are_accepted() -> None:
    assert reasons("`{{current_df}}`.success_rate - `{{ base_df }}`.success_rate", DRIFT) == []


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        (
            "SUM({{input_column}})",
            "template {{input_column}} has no value here: every metric is computed at table level",
        ),
        (
            "SUM({{current_df}}.x)",
            "template {{current_df}} belongs to DRIFT metrics; AGGREGATE metrics have none",
        ),
        ("SUM({{x)", "a template is not written as {{name}}"),
        ("SUM({% if x %})", "a template is not written as {{name}}"),
    ],
)
def test_a_template_in_an_aggregate_is_refused(definition: str, expected: str) -> None:
    assert reasons(definition) == [expected]


SQL_PIECES = """
SUM COUNT COUNT_IF PERCENTILE COALESCE IF CASE WHEN THEN END ( ) , * / % + - NULLIF 0 1 1.5 'x' run_id is_success total_runs
{{current_df}} {{base_df}} . :x ? ; -- /* */ SELECT FROM OVER FILTER WHERE DISTINCT CAST AS INT AND OR NOT IN
BETWEEN LIKE IS NULL INTERVAL DAY [ ] { } -> => :: ` " \\ @ $ # | ^ ~ ! < > = ARRAY MAP STRUCT
"""
SQL_LIKE = st.lists(st.sampled_from(SQL_PIECES.split()), max_size=12).map(" ".join)


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(), SQL_LIKE), st.sampled_from(list(Kind)))
def test_any_text_as_definition_gives_problems_or_none_but_never_an_exception(text: str, kind: Kind) -> None:
    if text.strip():
        metric = defined(text, kind)
        assert isinstance(definition_reasons(metric, SCOPE), list)
        assert metric_text(metric)
