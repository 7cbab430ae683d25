"""A refresh is given the memory that its rows call for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from local_workspace.data import Data
from local_workspace.engine.failures import RefreshExhausted, RefreshFailed
from local_workspace.engine.refresh import RefreshReport
from local_workspace.names import TableName
from local_workspace.working_memory import count_values, refresh_within

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MANY = 10_000_000
REPORT = RefreshReport(1, 1, 1, 1, 0.5)


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Data]:
    opened = Data(tmp_path)
    opened.limit("2 GB", "1 GB")
    yield opened
    opened.close()


def limit_of(data: Data) -> int:
    """Megabytes, as DuckDB says them."""
    return round(data.memory_limit / 10**6)


def test_memory_goes_by_the_values_and_is_given_back(data: Data) -> None:
    seen = []

    def refresh() -> RefreshReport:
        seen.append(limit_of(data))
        return REPORT

    before = limit_of(data)
    assert refresh_within(data, MANY, refresh) is REPORT
    assert seen == [380]
    assert limit_of(data) == before


@pytest.mark.parametrize("values", [None, 0, 1000, 1000 * MANY])
def test_few_values_and_very_many_leave_the_limit_as_it_is(data: Data, values: int | None) -> None:
    seen = []

    def refresh() -> RefreshReport:
        seen.append(limit_of(data))
        return REPORT

    refresh_within(data, values, refresh)
    assert seen == [limit_of(data)]


def test_what_takes_more_is_repeated_in_all_that_is_allowed(data: Data) -> None:
    seen = []

    def refresh() -> RefreshReport:
        seen.append(limit_of(data))
        if len(seen) == 1:
            raise RefreshExhausted("too little")
        return REPORT

    assert refresh_within(data, MANY, refresh) is REPORT
    assert seen == [380, limit_of(data)]


def test_what_takes_more_than_is_allowed_fails(data: Data) -> None:
    def refresh() -> RefreshReport:
        raise RefreshExhausted(f"{limit_of(data)} MB are too little")

    with pytest.raises(RefreshExhausted, match=f"{limit_of(data)} MB"):
        refresh_within(data, MANY, refresh)


def test_another_failure_is_not_repeated_and_gives_the_memory_back(data: Data) -> None:
    seen = []

    def refresh() -> RefreshReport:
        seen.append(limit_of(data))
        raise RefreshFailed("a metric")

    before = limit_of(data)
    with pytest.raises(RefreshFailed, match="a metric"):
        refresh_within(data, MANY, refresh)
    assert (seen, limit_of(data)) == ([380], before)


def test_a_limit_that_is_set_meanwhile_holds_afterwards(data: Data) -> None:
    def refresh() -> RefreshReport:
        data.limit("1 GB", "1 GB")
        return REPORT

    refresh_within(data, MANY, refresh)
    assert limit_of(data) == pytest.approx(1000, abs=50)


def test_values_are_rows_times_columns_of_the_tables_that_are_there(data: Data) -> None:
    with data.cursor() as cursor:
        cursor.execute('CREATE SCHEMA "main.gold"')
        cursor.execute('CREATE TABLE "main.gold".t AS SELECT range AS a, range AS b FROM range(30)')
        cursor.execute('CREATE VIEW "main.gold".v AS SELECT 1 AS a')
    table, gone, view = (TableName("main", "gold", name) for name in ("t", "gone", "v"))
    assert count_values(data, [table, gone]) == 60
    assert count_values(data, [table, view]) is None
