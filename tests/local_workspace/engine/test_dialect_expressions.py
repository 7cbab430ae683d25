"""The case files on DuckDB: each expression is translated, run and compared."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlglot import exp

from local_workspace.engine.dialect import (
    UnsupportedSQLError,
    expression_sql,
    parse_expression,
    to_duckdb_sql,
    translate,
)
from tests.local_workspace.engine.sql_cases import Outcome, cases, scalar_cases

if TYPE_CHECKING:
    from tests.local_workspace.engine.local_engine import LocalEngine

NOW = datetime(2024, 3, 1, 12)  # noqa: DTZ001 - UTC, as DuckDB's TIMESTAMP holds it


@pytest.mark.parametrize(("expression", "kind", "value"), scalar_cases())
def test_expression_has_the_type_and_value_of_databricks(
    local_engine: LocalEngine, expression: str, kind: str, value: str
) -> None:
    found = local_engine.outcome(expression, "one_row")
    assert found.agrees(kind, value), found


@pytest.mark.parametrize(("expression", "kind", "filled", "empty"), cases("aggregates", 4))
def test_aggregate_has_the_type_and_values_of_databricks(
    local_engine: LocalEngine, expression: str, kind: str, filled: str, empty: str
) -> None:
    for table, value in (("three_rows", filled), ("no_rows", empty)):
        found = local_engine.outcome(expression, table)
        assert found.agrees(kind, value), f"{table}: {found}"


@pytest.mark.parametrize(("expression", "message"), cases("refused", 2))
def test_what_is_not_known_to_be_equal_is_refused_by_name(
    local_engine: LocalEngine, expression: str, message: str
) -> None:
    with pytest.raises(UnsupportedSQLError) as refused:
        local_engine.outcome(expression, "one_row")
    assert str(refused.value).startswith(message)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("CURRENT_DATE()", Outcome("DATE", "2024-03-01")),
        ("CURRENT_DATE", Outcome("DATE", "2024-03-01")),
        ("CURDATE()", Outcome("DATE", "2024-03-01")),
        ("CURRENT_TIMESTAMP()", Outcome("TIMESTAMP", "2024-03-01 12:00:00")),
        ("CURRENT_TIMESTAMP", Outcome("TIMESTAMP", "2024-03-01 12:00:00")),
        ("NOW()", Outcome("TIMESTAMP", "2024-03-01 12:00:00")),
        ("GETDATE()", Outcome("TIMESTAMP", "2024-03-01 12:00:00")),
        ("TIMESTAMPDIFF(MINUTE, TIMESTAMP '2024-03-01 11:00:00', NOW())", Outcome("BIGINT", "60")),
    ],
)
def test_the_time_is_that_of_the_workspaces_clock(
    local_engine: LocalEngine, expression: str, expected: Outcome
) -> None:
    assert local_engine.outcome(expression, "one_row", NOW) == expected


@pytest.mark.parametrize("expression", [expression for expression, *_ in scalar_cases()])
def test_the_sql_of_a_text_is_that_of_its_tree_and_the_same_each_time(
    local_engine: LocalEngine, expression: str
) -> None:
    columns = local_engine.columns["one_row"]
    expected = to_duckdb_sql(translate(parse_expression(expression), columns, now=NOW))
    for _ in range(2):
        assert expression_sql(expression, columns, now=NOW) == expected


@pytest.mark.parametrize("expression", ["NOW()", "CURDATE()", "day > current_date() - INTERVAL 1 DAY"])
def test_what_asks_for_the_time_has_another_sql_at_another_time(expression: str) -> None:
    first, second = (
        expression_sql(expression, {"day": "DATE"}, now=NOW + timedelta(days=days)) for days in range(2)
    )
    assert ("2024-03-01" in first, "2024-03-02" in second) == (True, True)


def test_a_text_has_another_sql_over_columns_of_other_types() -> None:
    whole, fraction = (expression_sql("a / 2", {"a": kind}, now=NOW) for kind in ("BIGINT", "DECIMAL(10, 2)"))
    assert whole != fraction


def test_a_tree_can_be_changed_without_changing_the_next_one() -> None:
    for column in parse_expression("a + b").find_all(exp.Column):
        column.replace(exp.column("c"))
    assert parse_expression("a + b").sql() == "a + b"
