"""The vocabulary of a metric author: what each word makes, and what does not construct."""

from __future__ import annotations

import doctest
import json
from dataclasses import FrozenInstanceError
from typing import TYPE_CHECKING, Any

import pytest

from monitoring import metrics
from monitoring.metrics import (
    DOUBLE,
    LONG,
    Good,
    Kind,
    Metric,
    MetricError,
    above,
    aggregate,
    below,
    between,
    derived,
    difference,
    limits,
    relative_change,
)

if TYPE_CHECKING:
    from collections.abc import Callable

AGGREGATE = aggregate(
    "failure_count",
    "COUNT_IF(result_state = 'FAILED')",
    LONG,
    unit="runs",
    meaning="Runs that failed",
    good="lower",
)
DERIVED = derived(
    "failure_rate",
    "failure_count * 100.0 / NULLIF(total_runs, 0)",
    unit="percent",
    meaning="Share of runs that failed",
    good="lower",
    threshold=below(3),
)
DIFFERENCE = difference(
    "failure_rate_drift", of="failure_rate", unit="points", meaning="Change in the failed share", good="lower"
)
CHANGE = relative_change(
    "run_count_drift_pct", of="total_runs", meaning="Change in run volume", good="context"
)


def test_the_examples_in_the_docstring_are_right() -> None:
    result = doctest.testmod(metrics)
    assert (result.failed, result.attempted > 0) == (0, True)


@pytest.mark.parametrize(
    ("metric", "kind", "output_type"),
    [
        (AGGREGATE, Kind.AGGREGATE, LONG),
        (DERIVED, Kind.DERIVED, DOUBLE),
        (DIFFERENCE, Kind.DRIFT, DOUBLE),
        (CHANGE, Kind.DRIFT, DOUBLE),
    ],
)
def test_each_word_makes_its_kind_with_its_type(metric: Metric, kind: Kind, output_type: str) -> None:
    assert (metric.kind, metric.output_type) == (kind, output_type)


def test_a_difference_subtracts_the_window_before() -> None:
    assert DIFFERENCE.definition == "{{current_df}}.failure_rate - {{base_df}}.failure_rate"
    assert DIFFERENCE.calculation == "failure_rate minus failure_rate of the previous window"


def test_a_relative_change_is_in_percent_of_the_window_before_and_null_when_that_is_zero() -> None:
    assert CHANGE.definition == (
        "({{current_df}}.total_runs - {{base_df}}.total_runs) * 100.0 / NULLIF({{base_df}}.total_runs, 0)"
    )
    assert (CHANGE.unit, CHANGE.calculation) == (
        "percent change",
        "change of total_runs against the previous window * 100 / total_runs of the previous window",
    )


@pytest.mark.parametrize("metric", [AGGREGATE, DERIVED, DIFFERENCE, CHANGE])
def test_every_metric_is_computed_at_table_level(metric: Metric) -> None:
    assert metric.input_columns == (":table",)


@pytest.mark.parametrize(("metric", "expected"), [(AGGREGATE, "long"), (DERIVED, "double")])
def test_the_output_type_is_a_spark_field_and_not_a_bare_type(metric: Metric, expected: str) -> None:
    assert json.loads(metric.output_data_type_json) == {
        "metadata": {},
        "name": "output",
        "nullable": True,
        "type": expected,
    }


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, "lower"),
        ({"good": Good.CONTEXT}, "context"),
        ({"threshold": limits(target=below(3), warning=above(5))}, "< 3 %; alert > 5 %"),
        ({"threshold": limits(critical=above(5))}, "lower; critical > 5 %"),
        ({"kind": Kind.DRIFT, "threshold": limits(critical=above(5))}, "lower; high > 5 %"),
        ({"good": Good.RANGE, "threshold": limits(target=between(40, 70))}, "40-70 %"),
        ({"direction_text": "lower, ideally 0", "threshold": limits(target=below(3))}, "lower, ideally 0"),
        ({"good": Good.STABLE, "direction_text": "sudden drop = gap"}, "sudden drop = gap"),
    ],
)
def test_the_direction_is_said_by_text_else_threshold_else_good(
    change: dict[str, Any], expected: str
) -> None:
    assert smallest(**change).direction == expected


def test_a_calculation_in_own_words_is_kept() -> None:
    metric = aggregate(
        "x", "SUM(a)", DOUBLE, unit="runs", meaning="Sum", good="lower", calculation="all of a"
    )
    assert metric.calculation == "all of a"


def test_a_single_condition_is_the_target() -> None:
    assert DERIVED.threshold == limits(target=below(3))


def test_a_metric_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        AGGREGATE.name = "other"  # type: ignore[misc]


@pytest.mark.parametrize("nothing", ["", "  ", None])
@pytest.mark.parametrize("field", ["definition", "unit", "meaning"])
def test_a_metric_that_leaves_something_out_does_not_construct(field: str, nothing: str | None) -> None:
    with pytest.raises(MetricError) as raised:
        smallest(**{field: nothing})
    assert str(raised.value) == f"metric 'failure_rate' has no {field}; say it in the domain file"


def test_a_metric_without_a_name_does_not_construct() -> None:
    with pytest.raises(MetricError) as raised:
        smallest(name=" ")
    assert str(raised.value) == "metric ' ' has no name; say it in the domain file"


@pytest.mark.parametrize("field", ["direction", "calculation"])
def test_empty_own_words_do_not_construct(field: str) -> None:
    with pytest.raises(MetricError) as raised:
        smallest(**{f"{field}_text": " "})
    assert str(raised.value) == f"metric 'failure_rate' has no {field}; say it in the domain file"


@pytest.mark.parametrize("word", ["range", "stable"])
def test_a_metric_that_is_good_between_limits_has_to_say_which(word: str) -> None:
    with pytest.raises(MetricError) as raised:
        derived("load", "a + b", unit="percent", meaning="Load", good=word)  # type: ignore[arg-type]
    assert str(raised.value) == (
        f"metric 'load' is good in a '{word}' way but does not say which; give it a threshold or a direction"
    )


MAKERS: tuple[Callable[[Any], Metric], ...] = (
    lambda good: aggregate("x", "SUM(a)", DOUBLE, unit="runs", meaning="Sum", good=good),
    lambda good: derived("x", "a + b", unit="runs", meaning="Sum", good=good),
    lambda good: difference("x", of="a", unit="runs", meaning="Change", good=good),
    lambda good: relative_change("x", of="a", meaning="Change", good=good),
)


@pytest.mark.parametrize("make", MAKERS)
def test_an_unknown_word_for_good_names_the_nearest(make: Callable[[Any], Metric]) -> None:
    with pytest.raises(MetricError) as raised:
        make("hihger")
    assert str(raised.value) == (
        "metric 'x': good is 'hihger', allowed are higher, lower, range, stable, context; "
        "did you mean 'higher'?"
    )


@pytest.mark.parametrize("word", ["", "up", None])
def test_a_word_for_good_that_is_near_nothing_gets_the_list(word: str | None) -> None:
    with pytest.raises(MetricError) as raised:
        MAKERS[0](word)
    assert str(raised.value) == (
        f"metric 'x': good is '{word}', allowed are higher, lower, range, stable, context"
    )


def smallest(**change: Any) -> Metric:  # noqa: ANN401 - one field of any type
    """A right metric with something changed."""
    fields: dict[str, Any] = {
        "name": "failure_rate",
        "kind": Kind.DERIVED,
        "definition": "a / NULLIF(b, 0)",
        "output_type": DOUBLE,
        "unit": "percent",
        "meaning": "Share of runs that failed",
        "good": Good.LOWER,
    }
    return Metric(**(fields | change))
