"""The case files on DuckDB: each expression is translated, run and compared."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from local_workspace.engine.dialect import UnsupportedSQLError
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
