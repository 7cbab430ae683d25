"""Each check of the compiler refuses one broken metric, with the exact message."""

from __future__ import annotations

import importlib.util
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitoring.compile import CompileError, Problem, check, raise_on_problems
from monitoring.domain import Domain, Schedule
from monitoring.domains import DOMAINS, cost, job
from monitoring.metrics import (
    LONG,
    Kind,
    aggregate,
    derived,
    difference,
)
from monitoring.rules.source_lines import DOMAIN_FOLDER
from tests.monitoring.one_more_metric import reasons, with_metric

if TYPE_CHECKING:
    from pathlib import Path


def test_the_eight_domains_have_no_problem() -> None:
    assert check(DOMAINS) == []
    raise_on_problems(DOMAINS)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("window", "name 'window' is reserved: every output table has a column of that name"),
        ("ks_test", "name 'ks_test' is reserved: every output table has a column of that name"),
        (
            "f1_score",
            "name 'f1_score' is reserved for the model-quality columns of inference profiles",
        ),
        ("Failures", "name 'Failures' is not lower-case snake case; use letters, digits and underscores"),
        ("2nd_try", "name '2nd_try' is not lower-case snake case; use letters, digits and underscores"),
        ("a" * 256, "name has 256 characters; 255 are allowed"),
        ("total_runs", "name 'total_runs' is taken by another metric of the domain ('total_runs')"),
    ],
)
def test_a_bad_name_is_refused(name: str, expected: str) -> None:
    assert expected in reasons("COUNT(*)", name=name)


def test_names_that_differ_in_case_only_are_refused() -> None:
    expected = "name 'TOTAL_RUNS' is taken by another metric of the domain ('total_runs')"
    assert expected in reasons("COUNT(*)", name="TOTAL_RUNS")


def test_metrics_out_of_order_are_refused() -> None:
    late = aggregate("late", "COUNT(*)", LONG, unit="runs", meaning="Runs", good="lower")
    domain = replace(job.DOMAIN, metrics=(*job.METRICS, late))
    assert [problem.reason for problem in check([domain])] == [
        "AGGREGATE metric listed after a DRIFT metric; list AGGREGATE, then DERIVED, then DRIFT"
    ]


def test_an_output_type_that_the_service_cannot_store_is_refused() -> None:
    wrong: Any = "STRING"
    assert reasons("COUNT(*)", output_type=wrong) == [
        "output type 'STRING' is not allowed; use DOUBLE or LONG"
    ]


def test_a_derived_metric_of_type_long_is_refused() -> None:
    assert reasons("total_runs - success_count", Kind.DERIVED, LONG) == [
        "output type 'LONG' of a DERIVED metric; it is always DOUBLE"
    ]


def test_a_comment_that_would_be_too_long_is_refused() -> None:
    chatty = aggregate("chatty", "COUNT(*)", LONG, unit="runs", meaning="x" * 990, good="lower")
    assert [problem.reason for problem in check([with_metric(job.DOMAIN, chatty)])] == [
        "its comment would have 1094 characters; 999 are allowed, so shorten the meaning"
    ]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"gold_table": "fact_usag"}, "unknown gold table 'fact_usag'; did you mean 'fact_usage'?"),
        (
            {"timestamp_column": "usage_day"},
            "timestamp column: unknown column 'usage_day' in fact_usage; did you mean 'usage_date'?",
        ),
        (
            {"timestamp_column": "sku_name"},
            "timestamp column 'sku_name' is STRING; TIMESTAMP or DATE is needed",
        ),
        ({"granularities": ()}, "has no granularity; give at least one, such as '1 day'"),
        ({"granularities": ("1 days",)}, "unknown granularity '1 days'; did you mean '1 day'?"),
        ({"granularities": ("1 day", "1 day")}, "granularity '1 day' is given 2 times"),
        (
            {"granularities": ("1 hour", "1 day")},
            (
                "granularity '1 hour' on the DATE column 'usage_date' puts every row into the first window "
                "of its day; use '1 day' or a TIMESTAMP column"
            ),
        ),
        (
            {"slices": ("is_tag",)},
            "slice: unknown column 'is_tag' in fact_usage; did you mean 'is_tagged'?",
        ),
        ({"slices": ("cloud", "Cloud")}, "slice 'cloud' is given 2 times"),
        (
            {"slices": ("SUM(list_cost) > 5",)},
            "slice 'SUM(list_cost) > 5' is not one value per row; use columns without aggregates",
        ),
        ({"slices": ("1",)}, "slice '1' names no column of fact_usage"),
        ({"slices": ("cloud; cloud",)}, "slice 'cloud; cloud' holds a ';'; write exactly one expression"),
        (
            {"schedule": Schedule("0 6 * * *")},
            (
                "cron '0 6 * * *' has 5 fields; Quartz wants 6 or 7: second, minute, hour, day of month, "
                "month, day of week and perhaps year, such as '0 0 6 * * ?'"
            ),
        ),
        (
            {"schedule": Schedule("0 0 6 * * ?", "Europe/Berln")},
            "unknown time zone 'Europe/Berln'; did you mean 'Europe/Berlin'?",
        ),
        (
            {"main_metrics": ("total_cost",)},
            "unknown profile metric 'total_cost'; did you mean 'total_daily_cost'?",
        ),
    ],
)
def test_a_domain_that_cannot_be_watched_is_refused(change: dict[str, Any], expected: str) -> None:
    problems = check([replace(cost.DOMAIN, **change)])
    assert [(problem.metric, problem.reason) for problem in problems] == [("", expected)]


def test_a_predicate_may_be_a_slice() -> None:
    assert check([replace(cost.DOMAIN, slices=("list_cost > 100", "cloud"))]) == []


def test_two_domains_on_one_gold_table_are_refused() -> None:
    twin = replace(cost.DOMAIN, name="twin")
    assert [str(problem) for problem in check([cost.DOMAIN, twin])] == [
        "twin: gold_table 'fact_usage' belongs to domain 'cost' already  (twin.py:0)"
    ]


def mutated(tmp_path: Path, old: str, new: str) -> Domain:
    """The job domain from a copy of its file in which ``old`` has become ``new``."""
    text = (DOMAIN_FOLDER / "job.py").read_text(encoding="utf-8")
    assert text.count(old) == 1
    path = tmp_path / "job.py"
    path.write_text(text.replace(old, new), encoding="utf-8")
    spec = importlib.util.spec_from_file_location("mutated_job", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    domain: Domain = module.DOMAIN
    return domain


def line_of(tmp_path: Path, text: str) -> int:
    lines = (tmp_path / "job.py").read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, start=1) if text in line)


def test_a_problem_names_the_line_in_which_the_metric_stands(tmp_path: Path) -> None:
    domain = mutated(tmp_path, '"failure_count * 100.0 /', '"failures * 100.0 /')
    line = line_of(tmp_path, '"failure_rate"')
    assert check([domain], tmp_path) == [
        Problem(
            "job.py",
            line,
            "job",
            "failure_rate",
            "unknown metric 'failures'; did you mean 'failure_count'?",
        )
    ]
    assert str(check([domain], tmp_path)[0]) == (
        f"job.failure_rate: unknown metric 'failures'; did you mean 'failure_count'?  (job.py:{line})"
    )


def test_a_duplicate_is_reported_where_the_second_one_stands(tmp_path: Path) -> None:
    domain = mutated(tmp_path, '"distinct_runs", "COUNT', '"distinct_jobs", "COUNT')
    line = line_of(tmp_path, '"distinct_jobs", "COUNT(DISTINCT workspace_id, run_id)"')
    taken = "name 'distinct_jobs' is taken by another metric of the domain ('distinct_jobs')"
    assert (line, taken) in [(problem.line, problem.reason) for problem in check([domain], tmp_path)]


def test_a_problem_of_the_domain_names_the_line_of_its_field(tmp_path: Path) -> None:
    domain = mutated(tmp_path, 'timestamp_column="start_time"', 'timestamp_column="started"')
    (problem,) = check([domain], tmp_path)
    assert problem.line == line_of(tmp_path, 'timestamp_column="started"')


def test_all_problems_are_raised_at_once() -> None:
    bad = [
        derived("one", "nothing * 2", unit="runs", meaning="x", good="lower"),
        difference("two", of="nothing", unit="runs", meaning="x", good="lower"),
    ]
    domain = replace(job.DOMAIN, metrics=(*job.METRICS[:41], bad[0], *job.METRICS[41:], bad[1]))
    with pytest.raises(CompileError) as caught:
        raise_on_problems([domain])
    line = caught.value.problems[0].line
    assert str(caught.value) == (
        "2 problems in the domains; nothing was deployed:\n"
        f"  job.one: unknown metric 'nothing'  (job.py:{line})\n"
        f"  job.two: unknown metric 'nothing'  (job.py:{line})"
    )


@settings(max_examples=100, deadline=None)
@given(st.text(), st.text(), st.text())
def test_any_text_as_slice_or_schedule_never_raises(slice_text: str, cron: str, timezone: str) -> None:
    domain = replace(
        cost.DOMAIN, metrics=(), main_metrics=(), slices=(slice_text,), schedule=Schedule(cron, timezone)
    )
    assert isinstance(check([domain]), list)
