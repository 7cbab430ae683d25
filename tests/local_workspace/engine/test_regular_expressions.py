"""Regular expressions of Java that are read for DuckDB: accepted ones run, and mean the same to Spark."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Final

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from local_workspace.engine.dialect_errors import UnsupportedSQLError
from local_workspace.engine.regular_expressions import read_pattern

if TYPE_CHECKING:
    from tests.local_workspace.engine.local_engine import LocalEngine
    from tests.local_workspace.engine.spark_engine import SparkEngine

PIECES: Final = (
    *"ab1é-]}/ ",
    *".^$|()",
    *("*", "+", "?", "*?", "{2}", "{1,3}", "{0,1}"),
    *("(?:", "(a|b)", "[ab]", "[^a]", "[a-c1]", "[\\w.-]", "[^\\s]"),
    *("\\d", "\\D", "\\w", "\\W", "\\s", "\\S", "\\.", "\\n", "\\r"),
)
TEXTS: Final = (
    "",
    "a",
    "ab",
    "ba1",
    "a\n",
    "a\r\n",
    "b\nb",
    "1 2",
    "é",
    "aab-c.",
    "a]b}",
    "a\u000bb",
    "\u2028",
    "ab1ab",
)


@given(st.lists(st.sampled_from(PIECES), max_size=6).map("".join) | st.text(max_size=8))
def test_a_pattern_is_refused_or_runs(pattern: str) -> None:
    try:
        read = read_pattern("RLIKE", pattern)
    except UnsupportedSQLError:
        return
    duckdb.execute("SELECT regexp_matches('ab1', ?)", [read.text]).fetchall()


def some_patterns() -> list[str]:
    """Patterns that are accepted, the same in each run."""
    chance = random.Random(4)  # noqa: S311 - test data
    found: list[str] = []
    while len(found) < 150:
        pattern = "".join(chance.choices(PIECES, k=chance.randint(1, 6)))
        try:
            read_pattern("RLIKE", pattern)
        except UnsupportedSQLError:
            continue
        found.append(pattern)
    return found


def quoted(text: str) -> str:
    escapes = {"\\": "\\\\", "\n": "\\n", "\r": "\\r"}
    return "'" + "".join(escapes.get(each, each) for each in text) + "'"


@pytest.mark.spark
def test_an_accepted_pattern_matches_and_captures_what_it_does_on_spark(
    spark: SparkEngine, local_engine: LocalEngine
) -> None:
    rows = ", ".join(f"({number}, {quoted(text)})" for number, text in enumerate(TEXTS))
    for engine in (spark, local_engine):
        engine.create("texts", f"SELECT * FROM VALUES {rows} AS v(id, s)")
    calls = []
    for pattern in some_patterns():
        calls += [f"s RLIKE {quoted(pattern)}", f"REGEXP_EXTRACT(s, {quoted(pattern)}, 0)"]
        calls += [f"REGEXP_REPLACE(s, {quoted(pattern)}, '#')", f"REGEXP_COUNT(s, {quoted(pattern)})"]
    mine = {}
    for call in calls:
        try:
            mine[call] = local_engine.outcomes(call, "texts ORDER BY id", local_engine.columns["texts"])
        except UnsupportedSQLError:
            continue
    assert len(mine) > 400
    theirs: dict[str, object] = {}
    listed = list(mine)
    for start in range(0, len(listed), 40):
        some = listed[start : start + 40]
        theirs |= dict(zip(some, spark.table(some, "texts ORDER BY id"), strict=True))
    assert {call: (found, theirs[call]) for call, found in mine.items() if found != theirs[call]} == {}
