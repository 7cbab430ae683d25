"""Groups of rows by codes: what they say equals what plain Python says of each group."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from local_workspace.engine.encoding import NO_CODE, Encoded
from local_workspace.engine.ordered_groups import distinct_counts, quantiles, row_groups

if TYPE_CHECKING:
    from collections.abc import Sequence

Rows = list[tuple[int | None, int | None, int | None]]
CELL = st.none() | st.integers(0, 60)
ROWS = st.lists(st.tuples(st.none() | st.integers(0, 3), st.none() | st.integers(0, 2), CELL), max_size=80)


def encoded(values: Sequence[int | None]) -> Encoded:
    """Whole numbers as a column; their number is themselves."""
    there = sorted({value for value in values if value is not None})
    codes = [NO_CODE if value is None else there.index(value) for value in values]
    filled = sum(value is not None for value in values)
    return Encoded(np.array(codes, dtype=np.int32), len(there), np.array(there, dtype=np.float64), filled)


def grouped(rows: Rows) -> dict[tuple[int, int], list[int]]:
    """The values of each group that has a row, by hand."""
    found: dict[tuple[int, int], list[int]] = {}
    for one, other, value in rows:
        if one is not None and other is not None:
            group = found.setdefault((one, other), [])
            if value is not None:
                group.append(value)
    return found


@given(rows=ROWS)
def test_each_group_has_the_different_values_and_the_quantiles_of_its_rows(rows: Rows) -> None:
    parts = [[row[place] for row in rows] for place in (0, 1)]
    firsts, seconds = (sorted({value for value in part if value is not None}) for part in parts)
    column = encoded([row[2] for row in rows])
    groups = row_groups([encoded(part) for part in parts], len(rows))
    keys = [(firsts[one], seconds[other]) for one, other in zip(*groups.keys, strict=True)]
    expected = grouped(rows)
    assert sorted(expected) == keys
    distinct = dict(zip(keys, distinct_counts(column, groups).tolist(), strict=True))
    assert distinct == {key: len(set(values)) for key, values in expected.items()}
    least, middle, most = quantiles(column, groups, (0.0, 0.5, 1.0), linear=True)
    for number, key in enumerate(keys):
        values, found = expected[key], (least[number], middle[number], most[number])
        if values:
            assert found == (min(values), statistics.median(values), max(values))
        else:
            assert np.isnan(found).all()


def test_a_value_that_is_not_a_number_is_a_different_value_and_no_quantile() -> None:
    column = Encoded(np.array([0, 1, 2, 2], dtype=np.int32), 3, np.array([1.0, 3.0, np.nan]), 4)
    groups = row_groups([], 4)
    assert distinct_counts(column, groups).tolist() == [3]
    assert [found.tolist() for found in quantiles(column, groups, (0.5, 1.0), linear=True)] == [[2.0], [3.0]]


def test_many_possible_groups_of_few_rows_are_found_by_sorting() -> None:
    wide = [encoded(range(100)) for _ in range(2)]
    groups = row_groups(wide, 100)
    assert (groups.count, [key.tolist() for key in groups.keys]) == (100, [list(range(100))] * 2)
    assert sorted(groups.groups.tolist()) == list(range(100))
