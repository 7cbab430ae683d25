"""How aggregate expressions are taken apart."""

from __future__ import annotations

import pytest

from local_workspace.engine.decomposition import Decomposition, Ordered, aggregate_functions


@pytest.fixture
def functions() -> frozenset[str]:
    return aggregate_functions()


def test_equal_parts_of_several_expressions_are_computed_once(functions: frozenset[str]) -> None:
    made = Decomposition(functions)
    made.add({"share": "count(x) * 100.0 / nullif(count(*), 0)", "rows": "count(*)", "filled": "count(x)"})
    assert made.partials == {"partial 0": "COUNT(x)", "partial 1": "COUNT(*)"}
    assert made.finished["rows"] == '"combined 1"'
    assert (made.ordered, made.direct) == ({}, {})


def test_different_values_and_percentiles_need_the_values_in_order(functions: frozenset[str]) -> None:
    made = Decomposition(functions)
    made.add({"both": "count(DISTINCT x) + quantile_cont(y, 0.9)"})
    assert made.ordered == {"ordered 0": Ordered("x", None), "ordered 1": Ordered("y", 0.9)}
    assert made.finished == {"both": '"ordered 0" + "ordered 1"'}


def test_percentiles_of_values_that_may_be_infinite_are_left_to_duckdb(functions: frozenset[str]) -> None:
    made = Decomposition(functions, frozenset({"y"}))
    made.add({"high": "quantile_cont(y, 0.9)"})
    assert (list(made.direct.values()), made.ordered) == (["QUANTILE_CONT(y, 0.9)"], {})


@pytest.mark.parametrize(
    "sql",
    [
        "sum(DISTINCT x)",
        "count(x) FILTER (WHERE y > 1)",
        "list(x)",
        "sum(x) + len(list(y))",
        "arg_max(x, y)",
        "quantile_disc(x, 0.5)",
        "sum(x) + y",
    ],
)
def test_what_cannot_be_taken_apart_is_computed_as_a_whole(sql: str, functions: frozenset[str]) -> None:
    made = Decomposition(functions)
    made.add({"whole": sql})
    assert (made.direct, made.finished) == ({"direct 0": sql}, {"whole": '"direct 0"'})
    assert (made.partials, made.ordered) == ({}, {})
