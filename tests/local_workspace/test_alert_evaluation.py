"""The verdict of an alert on rows."""

from __future__ import annotations

from typing import Any

import pytest

from local_workspace.alert_evaluation import EvaluationError, verdict
from local_workspace.engine.types import parse_type
from local_workspace.sql.cells import Rows


def rows(*cells: tuple[str | None, ...]) -> Rows:
    """Rows of (number, name, flag, limit)."""
    kinds = {"number": "DOUBLE", "name": "STRING", "flag": "BOOLEAN", "limit": "BIGINT"}
    return Rows(tuple((name, parse_type(kind)) for name, kind in kinds.items()), cells)


THREE = rows(("1.0", "a", "true", "2"), ("5.0", "b", "false", "2"), (None, "b", None, "2"))


def evaluation(operator: str, threshold: object = None, **source: str) -> dict[str, Any]:
    found: dict[str, Any] = {"source": {"name": "number", **source}, "comparison_operator": operator}
    if isinstance(threshold, dict):
        return found | {"threshold": {"column": threshold}}
    kind = {bool: "bool_value", str: "string_value"}.get(type(threshold), "double_value")
    return found if threshold is None else found | {"threshold": {"value": {kind: threshold}}}


@pytest.mark.parametrize(
    ("operator", "fires_at"),
    [
        ("EQUAL", [5]),
        ("NOT_EQUAL", [4, 6]),
        ("GREATER_THAN", [4]),
        ("GREATER_THAN_OR_EQUAL", [4, 5]),
        ("LESS_THAN", [6]),
        ("LESS_THAN_OR_EQUAL", [5, 6]),
    ],
)
def test_an_operator_compares_the_value_with_the_threshold(operator: str, fires_at: list[int]) -> None:
    one = rows(("5.0", "a", "true", "2"))
    fired = [limit for limit in (4, 5, 6) if verdict(evaluation(operator, limit), one) == "TRIGGERED"]
    assert fired == fires_at


def test_without_an_aggregation_the_first_row_decides() -> None:
    assert verdict(evaluation("EQUAL", 1), THREE) == "TRIGGERED"
    assert verdict(evaluation("EQUAL", 5), THREE) == "OK"


@pytest.mark.parametrize(
    ("aggregation", "value"),
    [
        ("AVG", 3),
        ("COUNT", 2),
        ("COUNT_DISTINCT", 2),
        ("MAX", 5),
        ("MEDIAN", 3),
        ("MIN", 1),
        ("SUM", 6),
        ("STDDEV", 8**0.5),
    ],
)
def test_an_aggregation_leaves_out_missing_values(aggregation: str, value: float) -> None:
    assert verdict(evaluation("EQUAL", value, aggregation=aggregation), THREE) == "TRIGGERED"


def test_texts_can_be_counted_and_compared() -> None:
    assert verdict(evaluation("EQUAL", 2, name="name", aggregation="COUNT_DISTINCT"), THREE) == "TRIGGERED"
    assert verdict(evaluation("EQUAL", "b", name="name", aggregation="MAX"), THREE) == "TRIGGERED"


def test_truth_values_can_be_compared() -> None:
    assert verdict(evaluation("EQUAL", True, name="flag"), THREE) == "TRIGGERED"
    assert verdict(evaluation("EQUAL", False, name="flag"), THREE) == "OK"


def test_the_threshold_can_be_a_column() -> None:
    limit = {"name": "limit"}
    assert verdict(evaluation("LESS_THAN", limit), THREE) == "TRIGGERED"
    assert verdict(evaluation("LESS_THAN", limit, aggregation="MAX"), THREE) == "OK"


@pytest.mark.parametrize(("operator", "state"), [("IS_NULL", "TRIGGERED"), ("IS_NOT_NULL", "OK")])
def test_a_missing_value_can_be_asked_for(operator: str, state: str) -> None:
    assert verdict(evaluation(operator), rows((None, "a", "true", "2"))) == state


def test_a_missing_value_fulfils_no_comparison() -> None:
    missing = rows((None, "a", "true", "2"))
    for operator in ("EQUAL", "NOT_EQUAL", "LESS_THAN", "GREATER_THAN_OR_EQUAL"):
        assert verdict(evaluation(operator, 1), missing) == "OK"
        assert verdict(evaluation(operator, 1, aggregation="MAX"), missing) == "OK"
    assert verdict(evaluation("EQUAL", 0, aggregation="STDDEV"), rows(("1.0", "a", "true", "2"))) == "OK"


@pytest.mark.parametrize("state", ["OK", "TRIGGERED", "ERROR", "UNKNOWN"])
def test_an_empty_result_has_the_state_that_was_chosen(state: str) -> None:
    assert verdict({**evaluation("EQUAL", 1), "empty_result_state": state}, rows()) == state


def test_an_empty_result_is_unknown_where_nothing_was_chosen() -> None:
    assert verdict(evaluation("EQUAL", 1), rows()) == "UNKNOWN"


def test_the_name_of_a_column_ignores_case() -> None:
    assert verdict(evaluation("EQUAL", 1, name="NUMBER"), THREE) == "TRIGGERED"


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (
            evaluation("EQUAL", 1, name="numbre"),
            "the result has no column 'numbre'; its columns are number, name, flag, limit",
        ),
        (
            evaluation("EQUAL", 1, name="name", aggregation="SUM"),
            "SUM needs numbers; column 'name' holds text",
        ),
        (evaluation("EQUAL", "1"), "1.0 and '1' cannot be compared"),
        (evaluation("EQUAL", True), "1.0 and True cannot be compared"),
    ],
)
def test_what_cannot_be_evaluated_is_said(asked: dict[str, Any], message: str) -> None:
    with pytest.raises(EvaluationError) as raised:
        verdict(asked, THREE)
    assert str(raised.value) == message
