"""The list of functions: current, complete, and true to the rule that what is not known to be equal is refused by name."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local_workspace.engine.dialect import UnsupportedSQLError, parse_expression, to_duckdb_sql, translate
from local_workspace.engine.function_list import COLUMNS, SECTIONS, functions_page
from local_workspace.engine.functions import FUNCTIONS
from local_workspace.engine.invocation import CLOCK
from local_workspace.engine.refused_functions import REFUSED
from monitoring.rules.functions import FUNCTIONS as FUNCTIONS_OF_METRICS
from tests.local_workspace.engine.sql_cases import FOLDER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.local_workspace.engine.local_engine import LocalEngine

PAGE: Final = Path(__file__).parents[3] / "docs" / "sql-functions.md"
SYNTAX: Final = {"CAST", "DIV", "EXTRACT", "TRY_CAST"}
"""Written like functions, or instead of them, and handled apart."""

IGNORED: Final = {
    "APPROX_COUNT_DISTINCT": "the greatest error: it is exact here",
    "APPROX_PERCENTILE": "the accuracy: it is exact here",
    "PERCENTILE_APPROX": "the accuracy: it is exact here",
    "TYPEOF": "the value: its type is known beforehand",
}


ONLY_ON_DATABRICKS: Final = {"IFF"}
"""Spark does not have it; Databricks documents it as IF."""
UNITS: Final = {"day"}
"""Columns whose name is also a unit."""


def test_the_documented_functions_are_those_of_the_translator() -> None:
    assert PAGE.read_text(encoding="utf-8") == functions_page(), (
        "write it anew: python -m local_workspace functions > docs/sql-functions.md"
    )


def test_no_function_is_both_translated_and_refused() -> None:
    assert FUNCTIONS.keys() & REFUSED.keys() == set()


def test_each_function_that_metrics_may_use_is_translated_or_refused_with_a_reason() -> None:
    known = FUNCTIONS.keys() | REFUSED.keys() | CLOCK.keys() | SYNTAX
    assert FUNCTIONS_OF_METRICS - known == set()


def test_each_function_is_compared_with_spark_by_a_case() -> None:
    texts = [file.read_text(encoding="utf-8") for file in FOLDER.glob("*.sql") if file.stem != "refused"]
    called = {name.upper() for text in texts for name in re.findall(r"\b(\w+) ?\(", text)}
    called |= {word for text in texts for word in re.findall(r"\b(POSITION|RLIKE|REGEXP)\b", text)}
    assert FUNCTIONS.keys() - called == ONLY_ON_DATABRICKS


def calls(name: str) -> Iterator[tuple[str, list[str]]]:
    """Calls with each number of arguments, and the columns among these."""
    ((table, arguments, tail),) = [section[1:] for section in SECTIONS if name in section[1]]
    entry = table[name]
    most = entry.least + 1 if entry.most is None else entry.most
    for count in range(entry.least, most + 1):
        for chosen in product(arguments, repeat=count):
            columns = [each for each in chosen if each in COLUMNS]
            if len(columns) == len(set(columns)):
                yield f"{name}({', '.join(chosen)}){tail}", columns


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_a_translation_leaves_no_argument_out(name: str) -> None:
    left_out = []
    for call, columns in calls(name):
        try:
            sql = to_duckdb_sql(translate(parse_expression(call), COLUMNS))
        except UnsupportedSQLError:
            continue
        left_out += [call for column in columns if f'"{column}"' not in sql and column not in UNITS]
    assert bool(left_out) == (name in IGNORED), left_out[:3]


ARGUMENTS: Final = (
    *("i", "x", "d", "s", "n", "b", "day", "ts", "a", "m", "`window`", "*", "NULL", "TRUE", "MONTH"),
    *("0", "-3", "1.5", "1e10", "'a'", "''", "'2024-01-01'", "ARRAY(1)", "MAP('k', 1)", "INTERVAL 1 DAY"),
)
TAILS: Final = ("", "", " FILTER (WHERE b)", " OVER (ORDER BY i)", " WITHIN GROUP (ORDER BY x)")


@settings(max_examples=400, deadline=None)
@given(
    st.sampled_from(sorted(FUNCTIONS)),
    st.lists(st.sampled_from(ARGUMENTS), max_size=4),
    st.sampled_from(("", "", "DISTINCT ")),
    st.sampled_from(TAILS),
)
def test_any_call_is_refused_in_words_or_accepted_by_duckdb(
    local_engine: LocalEngine, name: str, arguments: list[str], distinct: str, tail: str
) -> None:
    call = f"{name}({distinct}{', '.join(arguments)}){tail}"
    try:
        sql = to_duckdb_sql(translate(parse_expression(call), local_engine.columns["one_row"]))
    except UnsupportedSQLError:
        return
    local_engine.connection.execute(f"DESCRIBE SELECT {sql} FROM one_row")


@pytest.mark.parametrize("name", ["GET_JSON_OBJECT", "XXHASH64", "MODE", "UUID"])
def test_a_refusal_says_why(name: str) -> None:
    with pytest.raises(UnsupportedSQLError) as refused:
        translate(parse_expression(f"{name}(s)"), COLUMNS)
    assert str(refused.value) == f"function {name} is not supported: {REFUSED[name]}"
