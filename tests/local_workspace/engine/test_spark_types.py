"""Operators, choices and casts over every pair of types: the type and the values are Spark's, or both refuse."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Final

import pytest

from local_workspace.engine.dialect import AnalysisError, UnsupportedSQLError
from tests.local_workspace.engine.local_engine import LocalEngine

if TYPE_CHECKING:
    from tests.local_workspace.engine.spark_engine import SparkEngine
    from tests.local_workspace.engine.sql_cases import Outcome

pytestmark = pytest.mark.spark

COLUMNS: Final = {
    "t": "TINYINT",
    "h": "SMALLINT",
    "i": "INT",
    "l": "BIGINT",
    "f": "FLOAT",
    "x": "DOUBLE",
    "d": "DECIMAL(10,2)",
    "w": "DECIMAL(38,18)",
    "s": "STRING",
    "b": "BOOLEAN",
    "day": "DATE",
    "ts": "TIMESTAMP",
}
ROWS: Final = (
    "7 120 7000 500000 0.5 2.5 1.50 0.123456789012345678 12 true 2024-02-29 2024-02-29T13:14:15.25",
    "-3 -7 -7 -10 -2.75 -1e-3 -2.55 -7.500000000000000001 -4 false 1969-12-31 1969-12-31T23:59:59.5",
    "1 1 1 1 1 1 1 1 1 true 2024-02-29 2024-02-29T00:00:00",
)
"""Values of the columns as texts; small ones, so that nothing overflows. A row of NULLs is added."""

ONE_OF_EACH: Final = ("t", "l", "x", "d", "s", "b", "day", "ts")
OPERATIONS: Final = (
    "{0} + {1}",
    "{0} - {1}",
    "{0} * {1}",
    "{0} / {1}",
    "{0} % {1}",
    "PMOD({0}, {1})",
    "{0} = {1}",
    "{0} <=> {1}",
    "{0} < {1}",
    "{0} IN ({1}, {1})",
    "COALESCE({0}, {1})",
    "IF(t > 0, {0}, {1})",
    "CASE WHEN t > 0 THEN {0} WHEN t < 0 THEN {1} END",
    "NULLIF({0}, {1})",
    "GREATEST({0}, {1})",
    "ARRAY({0}, {1})[1]",
)
TARGETS: Final = (*COLUMNS.values(), "DECIMAL(5,0)", "DECIMAL(38,10)")


def mixed() -> str:
    """The query of a table with the rows."""
    rows = [
        [f"CAST('{text}' AS {kind})" for text, kind in zip(row.split(), COLUMNS.values(), strict=True)]
        for row in ROWS
    ]
    rows.append([f"CAST(NULL AS {kind})" for kind in COLUMNS.values()])
    values = ", ".join(f"({', '.join(row)})" for row in rows)
    return f"SELECT * FROM VALUES {values} AS v({', '.join(COLUMNS)})"


@pytest.fixture(scope="module")
def engines(spark: SparkEngine) -> tuple[LocalEngine, SparkEngine]:
    local = LocalEngine()
    for engine in (local, spark):
        engine.create("mixed", mixed())
    return local, spark


def reads_text_as_another_type(one: str, other: str) -> bool:
    """The texts are numbers: read as a date or a truth value they fail."""
    return "s" in {one, other} and bool({"b", "day", "ts"} & {one, other})


def mine(local: LocalEngine, expressions: list[str]) -> dict[str, list[Outcome]]:
    """DuckDB's outcomes of those that are not refused."""
    found = {}
    for expression in expressions:
        try:
            found[expression] = local.outcomes(expression, "mixed", local.columns["mixed"])
        except UnsupportedSQLError:
            continue
    return found


def differences(
    engines: tuple[LocalEngine, SparkEngine], expressions: list[str]
) -> dict[str, tuple[list[Outcome], list[Outcome]]]:
    """Expressions whose type or values are not Spark's, with both outcomes on each row: DuckDB's first."""
    local, spark = engines
    found = mine(local, expressions)
    asked, wrong = list(found), {}
    for start in range(0, len(asked), 40):
        part = asked[start : start + 40]
        for expression, theirs in zip(part, spark.table(part, "mixed"), strict=True):
            pairs = zip(found[expression], theirs, strict=False)
            if len(found[expression]) != len(theirs) or not all(a.agrees(b.type, b.value) for a, b in pairs):
                wrong[expression] = (found[expression], theirs)
    return wrong


@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_operation_on_two_types_has_the_type_and_values_of_spark(
    engines: tuple[LocalEngine, SparkEngine], operation: str
) -> None:
    pairs = [pair for pair in product(COLUMNS, COLUMNS) if not reads_text_as_another_type(*pair)]
    assert differences(engines, [operation.format(*pair) for pair in pairs]) == {}


@pytest.mark.parametrize("target", TARGETS)
def test_a_cast_of_each_type_has_the_type_and_values_of_spark(
    engines: tuple[LocalEngine, SparkEngine], target: str
) -> None:
    casts = [f"TRY_CAST({column} AS {target})" for column in COLUMNS]
    assert differences(engines, casts) == {}


@pytest.mark.parametrize("operation", ["{0} + {1}", "{0} = {1}", "COALESCE({0}, {1})"])
def test_what_is_refused_for_its_types_is_refused_by_spark_too(
    engines: tuple[LocalEngine, SparkEngine], operation: str
) -> None:
    local, spark = engines
    refused = []
    for pair in product(ONE_OF_EACH, ONE_OF_EACH):
        try:
            local.outcomes(operation.format(*pair), "mixed", local.columns["mixed"])
        except AnalysisError:
            refused.append(operation.format(*pair))
        except UnsupportedSQLError:
            continue
    accepted = [expression for expression in refused if spark.outcomes([expression], "mixed")[0].type]
    assert refused != []
    assert accepted == []
