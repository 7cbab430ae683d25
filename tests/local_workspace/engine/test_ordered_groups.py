"""Groups of rows by codes: what they say equals what plain Python says of each group."""

from __future__ import annotations

import math
import statistics
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from local_workspace.engine.encoding import NO_CODE, Encoded, encode_array
from local_workspace.engine.ordered_groups import (
    OrderedGroups,
    RowGroups,
    counts_of,
    distinct_counts,
    one_group,
)

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


def different(values: Sequence[int | None]) -> list[int]:
    """The values that occur, in order."""
    return sorted({value for value in values if value is not None})


def groups_of(parts: Sequence[Encoded], size: int) -> RowGroups:
    """The groups that differ in all of the parts."""
    cells = one_group(size)
    for part in parts:
        cells = cells.finer(part)
    return cells.by(range(len(parts)))


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
    groups = groups_of([encoded(part) for part in parts], len(rows))
    keys = [(firsts[one], seconds[other]) for one, other in zip(*groups.keys, strict=True)]
    expected = grouped(rows)
    assert sorted(expected) == keys
    distinct = dict(zip(keys, distinct_counts(column, groups).tolist(), strict=True))
    assert distinct == {key: len(set(values)) for key, values in expected.items()}
    ordered = OrderedGroups(column, groups)
    assert ordered.distinct().tolist() == distinct_counts(column, groups).tolist()
    least, middle, most = ordered.quantiles((0.0, 0.5, 1.0), linear=True)
    for number, key in enumerate(keys):
        values, found = expected[key], (least[number], middle[number], most[number])
        if values:
            assert found == (min(values), statistics.median(values), max(values))
        else:
            assert np.isnan(found).all()


@pytest.mark.parametrize("most_cells", [0, 100], ids=["in order", "in a table"])
@given(rows=ROWS)
def test_values_are_counted_and_the_most_frequent_come_first(rows: Rows, most_cells: int) -> None:
    parts = [encoded([row[place] for row in rows]) for place in (0, 1)]
    firsts, seconds = (different([row[place] for row in rows]) for place in (0, 1))
    cells = [row[2] for row in rows]
    column, values = encoded(cells), different(cells)
    groups = groups_of(parts, len(rows))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("local_workspace.engine.ordered_groups._COUNTS_PER_ROW", most_cells)
        counts = counts_of(column, groups)
    keys = [(firsts[one], seconds[other]) for one, other in zip(*groups.keys, strict=True)]
    expected = {key: Counter(found) for key, found in grouped(rows).items()}
    listed = list(zip(counts.groups, counts.codes, counts.counts, strict=True))
    assert {
        key: {values[code]: count for group, code, count in listed if group == number}
        for number, key in enumerate(keys)
    } == expected
    assert counts.sizes.tolist() == [len(expected[key]) for key in keys]
    chosen, ranks = counts.most_frequent(2)
    ranked = [(*listed[place], rank) for place, rank in zip(chosen, ranks, strict=True)]
    assert {
        key: [(values[code], count) for group, code, count, _ in ranked if group == number]
        for number, key in enumerate(keys)
    } == {
        key: sorted(found.items(), key=lambda item: (-item[1], item[0]))[:2]
        for key, found in expected.items()
    }
    assert all(rank in {0, 1} for *_, rank in ranked)


def test_a_value_that_is_not_a_number_is_a_different_value_and_no_quantile() -> None:
    column = Encoded(np.array([0, 1, 2, 2], dtype=np.int32), 3, np.array([1.0, 3.0, np.nan]), 4)
    groups = groups_of([], 4)
    assert distinct_counts(column, groups).tolist() == [3]
    made = OrderedGroups(column, groups).quantiles((0.5, 1.0), linear=True)
    assert [found.tolist() for found in made] == [[2.0], [3.0]]


@given(rows=ROWS, count=st.integers(1, 7))
def test_points_of_a_group_lie_at_equal_distances_between_its_smallest_and_its_greatest_number(
    rows: Rows, count: int
) -> None:
    groups = groups_of([encoded([row[place] for row in rows]) for place in (0, 1)], len(rows))
    ordered = OrderedGroups(encoded([row[2] for row in rows]), groups)
    there = np.flatnonzero(ordered.numbers)
    counts = np.full(len(there), count, dtype=np.int64)
    found = ordered.points(there, counts, linear=True).reshape(len(there), count)
    expected = [values for _, values in sorted(grouped(rows).items()) if values]
    assert found.tolist() == [
        pytest.approx(np.quantile(values, np.arange(count) / max(count - 1, 1)).tolist())
        for values in expected
    ]
    alone = ordered.points(there, ordered.numbers[there], linear=True)
    assert alone.tolist() == [value for values in expected for value in sorted(values)]


@given(rows=ROWS)
def test_coarse_groups_of_fine_ones_are_those_of_the_rows(rows: Rows) -> None:
    parts = [encoded([row[place] for row in rows]) for place in (0, 1, 2)]
    cells = one_group(len(rows))
    for part in parts:
        cells = cells.finer(part)
    for places in ((0,), (2,), (0, 2), (2, 1)):
        coarse, alone = cells.by(places), groups_of([parts[place] for place in places], len(rows))
        assert coarse.groups.tolist() == alone.groups.tolist()
        assert [key.tolist() for key in coarse.keys] == [key.tolist() for key in alone.keys]


NUMBERS = st.one_of(
    st.lists(st.none() | st.integers(-20, 20)),
    st.lists(st.none() | st.integers(-(2**63) + 1, 2**63 - 1)),
    st.lists(st.none() | st.sampled_from((0.0, -0.0, math.inf, -math.inf, math.nan)) | st.floats(width=16)),
)


@given(values=NUMBERS)
def test_codes_of_numbers_are_their_ranks_and_nan_is_the_greatest(
    values: list[int | None] | list[float | None],
) -> None:
    filled = np.array([value is not None for value in values], dtype=bool)
    is_floating = any(isinstance(value, float) for value in values)
    plain = [value or 0 for value in values]
    keys = np.array(plain, dtype=np.float64) if is_floating else np.array(plain, dtype=np.int64)
    column, numbers = encode_array(keys, filled)
    there = [value for value in values if value is not None]
    finite = sorted({value for value in there if not math.isnan(value)})
    ranks = {value: rank for rank, value in enumerate(finite)}
    expected = [
        NO_CODE if value is None else len(finite) if math.isnan(value) else ranks[value] for value in values
    ]
    assert column.codes.tolist() == expected
    assert (column.filled, column.size) == (len(there), len(numbers))
    assert numbers.tolist()[: len(finite)] == finite


def test_many_possible_groups_of_few_rows_are_found_by_sorting() -> None:
    wide = [encoded(range(100)) for _ in range(2)]
    groups = groups_of(wide, 100)
    assert (groups.count, [key.tolist() for key in groups.keys]) == (100, [list(range(100))] * 2)
    assert sorted(groups.groups.tolist()) == list(range(100))
