"""The case files on Spark, the referee: the files are right when Spark says so too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.local_workspace.engine.sql_cases import Outcome, cases, scalar_cases

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.local_workspace.engine.spark_engine import SparkEngine

pytestmark = pytest.mark.spark

REFUSED_BY_BOTH = [case for case in cases("refused", 2) if case[1].startswith("[")]


def answers(spark: SparkEngine, table: str, expected: Sequence[tuple[str, str]]) -> dict[str, Outcome]:
    """Spark's answer to each expression; what should fail is asked alone, so that the rest needs few queries."""
    fine = [expression for expression, value in expected if not value.startswith("!")]
    failing = [expression for expression, value in expected if value.startswith("!")]
    found = dict(zip(fine, spark.outcomes(fine, table), strict=True))
    return found | {expression: spark.outcomes([expression], table)[0] for expression in failing}


@pytest.fixture(scope="module")
def scalars(spark: SparkEngine) -> dict[str, Outcome]:
    return answers(spark, "one_row", [(expression, value) for expression, _, value in scalar_cases()])


@pytest.fixture(scope="module")
def aggregates(spark: SparkEngine) -> dict[str, dict[str, Outcome]]:
    listed = cases("aggregates", 4)
    return {
        "three_rows": answers(spark, "three_rows", [(case[0], case[2]) for case in listed]),
        "no_rows": answers(spark, "no_rows", [(case[0], case[3]) for case in listed]),
    }


@pytest.mark.parametrize(("expression", "kind", "value"), scalar_cases())
def test_spark_gives_an_expression_the_type_and_value_of_the_file(
    scalars: dict[str, Outcome], expression: str, kind: str, value: str
) -> None:
    assert scalars[expression].agrees(kind, value), scalars[expression]


@pytest.mark.parametrize(("expression", "kind", "filled", "empty"), cases("aggregates", 4))
def test_spark_gives_an_aggregate_the_type_and_values_of_the_file(
    aggregates: dict[str, dict[str, Outcome]], expression: str, kind: str, filled: str, empty: str
) -> None:
    for table, value in (("three_rows", filled), ("no_rows", empty)):
        found = aggregates[table][expression]
        assert found.agrees(kind, value), f"{table}: {found}"


@pytest.mark.parametrize(("expression", "message"), REFUSED_BY_BOTH)
def test_what_is_refused_in_the_words_of_databricks_is_refused_by_spark_too(
    spark: SparkEngine, expression: str, message: str
) -> None:
    error_class = message[1 : message.index("]")]
    found = spark.outcomes([expression], "one_row")[0]
    assert found.value.startswith(f"!{error_class}"), found
