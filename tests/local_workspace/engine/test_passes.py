"""Slicing expressions that are read together: when they are, and that it changes no value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import duckdb
import pytest

from local_workspace.engine import passes as module
from local_workspace.engine.passes import passes
from local_workspace.engine.selections import KeyPart, Selection
from local_workspace.engine.switches import Switches
from local_workspace.engine.temporary import SOURCE
from tests.local_workspace.engine.monitored import contents, inference_log, metric, monitored

if TYPE_CHECKING:
    from collections.abc import Sequence

METRICS: Final = (
    metric("aggregate", "total", "sum(amount)"),
    metric("aggregate", "spread", "stddev(amount)"),
    metric("aggregate", "middle", "percentile(amount, 0.3)"),
    metric("aggregate", "names", "count(distinct name)"),
    metric("aggregate", "best", "max_by(name, amount)", type_name="string"),
    metric("derived", "share", "total / names"),
    metric("drift", "more", "{{current_df}}.total - {{base_df}}.total"),
)
ROWS: Final = """
    SELECT TIMESTAMP '2026-03-16' + to_hours((i * 7 % 96)::INTEGER) AS at,
        CASE WHEN i % 11 > 0 THEN 'kind ' || i % 3 END AS kind,
        CASE WHEN i % 11 > 0 THEN 'it''s ' || i % 6 ELSE '' END AS name,
        CASE WHEN i % 5 > 0 THEN (i * 37 % 101) / 8 END AS amount,
        'model ' || i % 2 AS model,
        i % 4 AS prediction,
        i % 5 AS label
    FROM range(600) AS t(i)
"""
SLICES: Final = ("kind", "name", "amount > 5", "concat(kind, model)")
LOG: Final = inference_log("REGRESSION", ("1 hour", "1 day"))
DIGITS: Final = 10
"""The last ones depend on the order in which parts are put together."""


@pytest.fixture
def together(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Few rows count as many, and nothing is lost by reading them once; gives how many passes each refresh made."""
    made: list[int] = []

    def noted(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401 - whatever `passes` takes
        found = passes(*arguments, **named)
        made.append(len(found))
        return found

    monkeypatch.setattr(module, "_MANY_ROWS", 0)
    monkeypatch.setattr(module, "_COST_OF_CELL", 0)
    monkeypatch.setattr("local_workspace.engine.groups.passes", noted)
    return made


@pytest.mark.parametrize(
    "analysis",
    [None, LOG, {"snapshot": {}}],
    ids=["time series", "inference log", "snapshot"],
)
@pytest.mark.parametrize(
    ("switches", "count"),
    [
        (Switches(slice_drift_tests=True, slice_quantiles=True, slice_frequent_items=True), 1),
        (Switches(distinct_mode="approximate", slice_values=2), 1),
        # The NULL of `kind` and of the expressions over it is a slice, so that they are read alone.
        (Switches(null_slice=True), 4),
    ],
    ids=["everything", "few slices", "a slice of nulls"],
)
def test_reading_slices_together_gives_the_same_tables(
    together: list[int],
    monkeypatch: pytest.MonkeyPatch,
    analysis: dict[str, object] | None,
    switches: Switches,
    count: int,
) -> None:
    settings: dict[str, Any] = {
        "analysis": analysis,
        "granularities": ["1 hour", "1 day"],
        "slices": SLICES,
        "metrics": METRICS,
    }
    one = monitored(ROWS, **settings)
    one.refresh(switches=switches)
    assert together == [count]
    monkeypatch.setattr(module, "_MANY_ROWS", 1_000_000)
    other = monitored(ROWS, **settings)
    other.refresh(switches=switches)
    assert together == [count, 1 + len(SLICES)]
    assert contents(one, DIGITS) == contents(other, DIGITS)


def selections(slices: Sequence[str]) -> list[Selection]:
    """The whole table and each of some columns, in windows that the column `start` holds."""
    start = {"start": KeyPart("start", "start IS NOT NULL")}
    whole = Selection(0, None, by_model=False, values={}, parts=start)
    return [
        whole,
        *(
            Selection(
                0,
                number,
                by_model=False,
                values={},
                parts=start | {"value": KeyPart(name, f"{name} IS NOT NULL")},
            )
            for number, name in enumerate(slices)
        ),
    ]


def chosen(rows: int, windows: int, **slices: str) -> list[set[str]]:
    """Which slices are read together, of rows whose values are given as SQL over their number."""
    listed = ", ".join(f"{sql} AS {name}" for name, sql in slices.items())
    with duckdb.connect() as connection:
        connection.execute(
            f"CREATE TEMP TABLE {SOURCE} AS SELECT hash(i) % {windows} AS start, {listed} FROM range({rows}) AS t(i)"
        )
        found = passes(connection, selections(list(slices)), place="rowid", size=rows)
    names = [*slices]
    return [
        {"whole" if each.slice_number is None else names[each.slice_number] for each in one} for one in found
    ]


def test_values_that_go_together_are_read_together() -> None:
    assert chosen(200_000, 50, state="i % 5", code="i % 5 + 1") == [{"whole", "state", "code"}]


def test_values_that_make_many_cells_together_are_read_alone() -> None:
    found = chosen(200_000, 50, job="hash(i, 1) % 100", user="hash(i, 2) % 100")
    assert not any({"job", "user"} <= one for one in found)


def test_windows_that_the_sample_does_not_see_count_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_SAMPLED", 300)
    found = chosen(200_000, 2000, state="hash(i, 1) % 4", user="hash(i, 2) % 5")
    assert not any({"state", "user"} <= one for one in found)


def test_few_rows_are_read_once_for_each_slicing_expression() -> None:
    assert chosen(1000, 5, state="i % 5", code="i % 5 + 1") == [{"whole"}, {"state"}, {"code"}]


def test_the_whole_table_comes_first() -> None:
    found = chosen(
        200_000, 10, job="hash(i, 1) % 100", user="hash(i, 2) % 100", kind="hash(i, 2) % 100 // 10"
    )
    assert "whole" in found[0]
