"""Conditions and thresholds: what holds, what stands in SQL and in texts, what does not construct."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.thresholds import (
    Comparison,
    Condition,
    Threshold,
    above,
    at_least,
    at_most,
    below,
    between,
    beyond,
    exactly,
    limits,
    within,
)

if TYPE_CHECKING:
    from collections.abc import Callable

DATABASE = duckdb.connect()
"""A referee for SQL that is the same in every dialect."""

ONE_LIMIT = (below, at_most, above, at_least, exactly)


@pytest.mark.parametrize(
    ("condition", "good", "bad"),
    [
        (below(3), (2.9,), (3, 4)),
        (at_most(3), (2, 3), (3.1,)),
        (above(95), (95.1,), (95, 94)),
        (at_least(95), (95, 96), (94.9,)),
        (exactly(0), (0,), (-1, 1)),
        (between(40, 70), (40, 55, 70), (39.9, 70.1)),
        (within(10), (-10, 0, 10), (-10.1, 10.1)),
        (beyond(10), (-10.1, 10.1), (-10, 0, 10)),
    ],
)
def test_a_condition_holds_for_the_values_that_its_name_says(
    condition: Condition, good: tuple[float, ...], bad: tuple[float, ...]
) -> None:
    assert [condition.holds(value) for value in good + bad] == [True] * len(good) + [False] * len(bad)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (below(3), "x < 3"),
        (at_most(0), "x <= 0"),
        (above(99.5), "x > 99.5"),
        (at_least(-2), "x >= -2"),
        (exactly(100), "x = 100"),
        (between(40, 70), "x BETWEEN 40 AND 70"),
        (within(10), "x BETWEEN -10 AND 10"),
        (beyond(20), "(x < -20 OR x > 20)"),
        (above(1_234_567), "x > 1234567"),
        (above(3e8), "x > 300000000"),
        (below(0.0000001), "x < 0.0000001"),
    ],
)
def test_a_condition_is_a_databricks_sql_predicate_with_all_digits_of_its_limit(
    condition: Condition, expected: str
) -> None:
    assert condition.sql("x") == expected


@pytest.mark.parametrize(
    ("condition", "unit", "expected"),
    [
        (below(3), "percent", "< 3 %"),
        (at_most(0), "points", "<= 0"),
        (above(24), "hours", "> 24 h"),
        (at_least(1.5), "seconds", ">= 1.5 s"),
        (exactly(0), "rows", "0"),
        (exactly(100), "percent", "100 %"),
        (between(40, 70), "percent", "40-70 %"),
        (within(10), "percent change", "between -10 and 10"),
        (within(5), "percent", "between -5 and 5 %"),
        (beyond(10), "percent change", "beyond 10"),
        (Condition(Comparison.BEYOND, (2, 5)), "seconds", "< 2 or > 5 s"),
        (above(1_234_567), "bytes", "> 1234567"),
    ],
)
def test_a_condition_reads_as_people_write_it(condition: Condition, unit: str, expected: str) -> None:
    assert condition.in_words(unit) == expected


@pytest.mark.parametrize(
    ("threshold", "is_drift", "expected"),
    [
        (limits(target=above(90)), False, "> 90 %"),
        (limits(target=above(90), warning=below(80)), False, "> 90 %; alert < 80 %"),
        (limits(warning=above(20)), False, "lower; alert > 20 %"),
        (limits(target=above(90), critical=below(80)), False, "> 90 %; critical < 80 %"),
        (
            limits(target=above(95), warning=below(95), critical=below(80)),
            False,
            "> 95 %; warning < 95 %, critical < 80 %",
        ),
        (
            limits(target=at_most(0), warning=above(15), critical=above(30)),
            True,
            "<= 0 %; medium > 15 %, high > 30 %",
        ),
        (limits(critical=above(30)), True, "lower; high > 30 %"),
    ],
)
def test_a_threshold_reads_target_first_then_where_to_look(
    threshold: Threshold, is_drift: bool, expected: str
) -> None:
    assert threshold.in_words("lower", "percent", is_drift=is_drift) == expected


def test_a_threshold_without_a_condition_does_not_construct() -> None:
    with pytest.raises(ValueError, match=r"^a threshold needs a target, a warning or a critical condition$"):
        limits()


def test_a_range_that_nothing_can_reach_does_not_construct() -> None:
    with pytest.raises(ValueError, match=r"^'between' has the limits 70 and 40; give the lower one first$"):
        between(70, 40)


@pytest.mark.parametrize("make", [within, beyond])
def test_a_negative_distance_does_not_construct(make: Callable[[float], Condition]) -> None:
    with pytest.raises(ValueError, match=r"^the distance -5 from 0 is negative; give a positive one$"):
        make(-5)


@pytest.mark.parametrize("value", [math.nan, math.inf])
@pytest.mark.parametrize("make", [above, exactly])
def test_a_limit_that_is_no_number_does_not_construct(
    make: Callable[[float], Condition], value: float
) -> None:
    with pytest.raises(ValueError, match=rf"^the limit of '[>=]' is {value}; give a number$"):
        make(value)


NUMBERS = st.floats(-1e12, 1e12) | st.integers(-(10**9), 10**9)
CONDITIONS = st.one_of(
    st.builds(lambda make, limit: make(limit), st.sampled_from(ONE_LIMIT), NUMBERS),
    st.builds(lambda pair: between(*sorted(pair)), st.tuples(NUMBERS, NUMBERS)),
    st.builds(lambda make, limit: make(abs(limit)), st.sampled_from((within, beyond)), NUMBERS),
)


@given(CONDITIONS, st.floats(-1e12, 1e12), st.booleans())
def test_the_sql_of_a_condition_decides_as_holds_does(
    condition: Condition, value: float, on_the_limit: bool
) -> None:
    value = float(condition.limits[0]) if on_the_limit else value
    query = f"SELECT {condition.sql('x')} FROM (SELECT CAST(? AS DOUBLE) AS x)"
    assert DATABASE.execute(query, [value]).fetchone() == (condition.holds(value),)
