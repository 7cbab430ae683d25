"""The formula of a metric in words: what is said, and that it is never wrong and never fails."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitoring.calculation import in_words
from monitoring.domains import DOMAINS
from monitoring.rules.functions import FUNCTIONS

if TYPE_CHECKING:
    from monitoring.domain import Domain

NAME = re.compile("[a-z][a-z0-9_]+")


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        ("COUNT(*)", "number of rows"),
        ("COUNT(is_anomaly)", "number of rows where is_anomaly is filled"),
        ("COUNT(a, b)", "number of rows where a is filled and b is filled"),
        ("COUNT(DISTINCT job_id)", "number of different job_id values"),
        ("COUNT(DISTINCT *)", "number of different rows"),
        ("COUNT(DISTINCT workspace_id, job_id)", "number of different (workspace_id, job_id) pairs"),
        ("COUNT(DISTINCT IF(driver, id, NULL))", "number of different id values where driver"),
        ("COUNT(DISTINCT IF(driver, NULL, id))", "number of different id values where driver is not true"),
        ("COUNT_IF(is_success)", "number of rows where is_success"),
        ("SUM(list_cost)", "sum of list_cost"),
        ("SUM(IF(is_tagged, cost, 0))", "sum of cost where is_tagged"),
        ("SUM(IF(is_tagged, 0, cost))", "sum of cost where is_tagged is not true"),
        ("SUM(IF(a OR b, 0, cost))", "sum of cost where (a or b) is not true"),
        ("SUM(a + b)", "sum of (a + b)"),
        ("COALESCE(SUM(x), 0)", "sum of x (0 when there is none)"),
        ("COALESCE(x, 0)", "x (empty counts as 0)"),
        ("AVG(x) / 1000", "average of x / 1000"),
        ("MAX(a + b) - MIN(c)", "maximum of (a + b) - minimum of c"),
        ("STDDEV(x)", "sample standard deviation of x"),
        ("POWER(a + b, 2)", "(a + b)^2"),
        ("POWER(1024, 3)", "1024^3"),
        ("HOUR(t) >= 22", "hour of t >= 22"),
        ("TIMESTAMPDIFF(SECOND, MIN(t), MAX(t))", "seconds from minimum of t to maximum of t"),
        ("GREATEST(x, 1)", "(x, at least 1)"),
    ],
)
def test_aggregates_and_functions_have_words(definition: str, expected: str) -> None:
    assert in_words(definition) == expected


@pytest.mark.parametrize(
    ("share", "expected"),
    [
        ("0.50", "median of x"),
        ("0.90", "90th percentile of x"),
        ("0.01", "1st percentile of x"),
        ("0.22", "22nd percentile of x"),
        ("0.93", "93rd percentile of x"),
        ("0.11", "11th percentile of x"),
        ("0.12", "12th percentile of x"),
        ("0.13", "13th percentile of x"),
        ("0.999", "99.9th percentile of x"),
        ("0.001", "0.1th percentile of x"),
    ],
)
def test_a_percentile_is_named_by_its_percent(share: str, expected: str) -> None:
    assert in_words(f"PERCENTILE(x, {share})") == expected


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("a = 'X'", "a is 'X'"),
        ("a <> 'X'", "a is not 'X'"),
        ("a > 1.50", "a > 1.50"),
        ("a >= 100.0", "a >= 100"),
        ("a IN ('X')", "a is 'X'"),
        ("a IN ('X', 'Y', 'Z')", "a is 'X', 'Y' or 'Z'"),
        ("a BETWEEN 200 AND 299", "a is between 200 and 299"),
        ("a IS NULL", "a is empty"),
        ("a IS NOT NULL", "a is filled"),
        ("a IS TRUE", "a is true"),
        ("a IS NOT TRUE", "a is not true"),
        ("NOT a", "not a"),
        ("a AND NOT (b OR c)", "a and not (b or c)"),
        ("a LIKE '%JOBS%'", "a contains 'JOBS'"),
        (r"a LIKE '%it\'s%'", r"a contains 'it\'s'"),
        ("a LIKE 'JOBS%'", "a is like 'JOBS%'"),
        ("a LIKE ANY ('%x%', 'y%', 'z')", "a is like '%x%', 'y%' or 'z'"),
        ("LOWER(a) LIKE '%x%'", "lower case of a contains 'x'"),
    ],
)
def test_conditions_have_words(condition: str, expected: str) -> None:
    assert in_words(f"COUNT_IF({condition})") == f"number of rows where {expected}"


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        ("a * 100.0 / NULLIF(b, 0)", "a * 100 / b"),
        ("a * 1.0 / NULLIF(b, 0)", "a / b"),
        ("a / NULLIF(b + c, 0)", "a / (b + c)"),
        ("a / (NULLIF(b, 0))", "a / b"),
        ("a / NULLIF(COUNT_IF(b), 0)", "a / (number of rows where b)"),
        ("SUM(x) - SUM(IF(c, y, 0))", "sum of x - (sum of y where c)"),
        ("COALESCE(SUM(IF(c, y, 0)), 0) * 2", "(sum of y where c (0 when there is none)) * 2"),
    ],
)
def test_a_guard_of_a_divisor_and_a_factor_of_one_are_left_out(definition: str, expected: str) -> None:
    assert in_words(definition) == expected


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        ("AVG(NULLIF(x, 0))", "average of NULLIF(x, 0)"),
        ("5 / NULLIF(x, 1)", "5 / NULLIF(x, 1)"),
        ("COUNT(DISTINCT IF(c, x, 0))", "number of different IF(c, x, 0) values"),
        ("COALESCE(a, b, c)", "COALESCE(a, b, c)"),
        ("COALESCE(a)", "COALESCE(a)"),
        ("GREATEST(a, b, c)", "GREATEST(a, b, c)"),
        ("PERCENTILE(x, share)", "PERCENTILE(x, share)"),
        ("IF(a, b, c)", "IF(a, b, c)"),
        ("CONCAT(a, ':', b)", "CONCAT(a, ':', b)"),
        ("x IN (SELECT 1)", "x IN (SELECT 1)"),
    ],
)
def test_what_the_words_would_get_wrong_stays_sql(definition: str, expected: str) -> None:
    assert in_words(definition) == expected


@pytest.mark.parametrize(
    "definition",
    [
        "COUNT()",
        "COUNT(DISTINCT)",
        "PERCENTILE(x)",
        "REGEXP_REPLACE(x, 'a')",
        "SUM(",
        "",
        "a; b",
        "{{current_df}}.x - {{base_df}}.x",
    ],
)
def test_a_text_that_is_no_finished_expression_is_given_back(definition: str) -> None:
    assert in_words(definition) == definition


ARGUMENTS = ("", "a", "a, b", "a, 0.5", "a, b, c", "DISTINCT a", "DISTINCT", "*", "'a'", "NULL")


@pytest.mark.parametrize("arguments", ARGUMENTS)
def test_any_function_with_any_arguments_has_words(arguments: str) -> None:
    for function in sorted(FUNCTIONS):
        assert in_words(f"{function}({arguments})")


@given(st.text(min_size=1))
def test_any_text_has_words(text: str) -> None:
    assert in_words(text)


VALUES = st.sampled_from(("one", "two", "three", "four", "1", "0", "2.5"))
CONDITIONS = st.recursive(
    st.builds("{} {} {}".format, VALUES, st.sampled_from(("=", "<>", "<", ">=")), VALUES)
    | st.builds("{} IN ({}, {})".format, VALUES, VALUES, VALUES)
    | st.builds("{} BETWEEN {} AND {}".format, VALUES, VALUES, VALUES)
    | st.builds("{} IS NOT NULL".format, VALUES),
    lambda inner: (
        st.builds("({} AND {})".format, inner, inner)
        | st.builds("({} OR {})".format, inner, inner)
        | st.builds("(NOT {})".format, inner)
    ),
    max_leaves=3,
)
SUMS = st.builds("{} {} {}".format, VALUES, st.sampled_from(("+", "-", "*")), VALUES)
READ = st.one_of(
    VALUES,
    SUMS,
    st.builds("IF({}, {}, {})".format, CONDITIONS, VALUES, VALUES),
    st.builds("COALESCE({}, {}, {})".format, VALUES, VALUES, VALUES),
    st.builds("NULLIF({}, {})".format, VALUES, VALUES),
    st.builds("POWER({}, {})".format, SUMS, VALUES),
)
AGGREGATES = st.one_of(
    st.builds("{}({})".format, st.sampled_from(("SUM", "AVG", "MIN", "MAX", "STDDEV")), READ),
    st.builds("COUNT_IF({})".format, CONDITIONS),
    st.builds("COUNT(DISTINCT {})".format, READ),
    st.builds("COUNT({}, {})".format, VALUES, VALUES),
    st.builds("PERCENTILE({}, 0.95)".format, READ),
)
DEFINITIONS = AGGREGATES | st.builds("{} * 100.0 / NULLIF({}, 0)".format, AGGREGATES, AGGREGATES)


@settings(max_examples=200, deadline=None)
@given(DEFINITIONS)
def test_the_words_name_every_column_that_the_definition_reads(definition: str) -> None:
    columns = set(re.findall("one|two|three|four", definition))
    assert columns == set(re.findall("one|two|three|four", in_words(definition)))


@pytest.mark.parametrize("domain", DOMAINS, ids=lambda domain: domain.name)
def test_the_words_of_the_225_metrics_name_all_that_they_read(domain: Domain) -> None:
    for metric in domain.metrics:
        definition = re.sub(r"'[^']*'|\{\{.*?\}\}", "", metric.definition)
        assert set(NAME.findall(definition)) <= set(NAME.findall(metric.calculation)), metric.name


def test_no_guard_of_a_divisor_is_left_in_the_words_of_the_225_metrics() -> None:
    assert [metric.name for one in DOMAINS for metric in one.metrics if "NULLIF" in metric.calculation] == []
