"""Real measurements: what a monitor computes of them equals a computation that shares nothing with the engine."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from local_workspace.names import quoted
from monitoring.gold import GOLD_TABLES
from monitoring.metrics import LONG, Kind
from tests.local_workspace.real_data.aggregates import AggregateMetric
from tests.local_workspace.real_data.expressions import compiled, parsed
from tests.local_workspace.real_data.files import Case, Period, cases, missing
from tests.local_workspace.real_data.monitored import NOW, Monitored, monitored
from tests.local_workspace.real_data.source_file import SourceFile

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal

    from monitoring.metrics import Metric
    from tests.local_workspace.real_data.groups import Key

    Say = Callable[[str, Any], None]

CASES = [pytest.param(case, id=str(case).replace(", ", "-").replace(" ", "_")) for case in cases()] or [
    pytest.param(None, id="no_files", marks=pytest.mark.skip(reason=missing()))
]
SHOWN = 5
"""Differences that a failure shows."""

pytestmark = pytest.mark.real


@pytest.fixture(scope="module", params=CASES)
def found(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Monitored:
    case: Case = request.param
    return monitored(case, tmp_path_factory.mktemp("real") / "state")


class Comparison:
    """Values side by side; at the end they must all have been equal."""

    def __init__(self) -> None:
        self.count = 0
        self.different: list[str] = []

    def add(self, metric: Metric, key: Key, actual: float | None, expected: float | Decimal | None) -> None:
        """Whole numbers must be equal, others to nine digits."""
        self.count += 1
        if actual is None or expected is None or metric.output_type == LONG:
            same = actual == expected
        else:
            same = math.isclose(actual, float(expected), rel_tol=1e-9, abs_tol=0.0)
        if not same:
            self.different.append(f"{metric.name} of {tuple(key)}: {actual!r} instead of {expected!r}")

    def check(self) -> None:
        """Fail with the first differences."""
        assert not self.different, "\n".join(
            [f"{len(self.different)} of {self.count} values differ:", *self.different[:SHOWN]]
        )


def names_of_rows(found: Monitored) -> list[str]:
    """What `column_name` can be."""
    return [":table", *GOLD_TABLES[found.domain.gold_table].column_types]


def of_kind(found: Monitored, kind: Kind) -> list[Metric]:
    return [metric for metric in found.domain.metrics if metric.kind is kind]


def test_the_table_holds_every_row_of_the_file_moved_by_whole_weeks(
    found: Monitored, record_property: Say
) -> None:
    source = SourceFile(found.case.file, found.domain)
    weeks = source.weeks_to(NOW) if found.case.period is Period.LAST_DAYS else 0
    assert found.weeks == weeks
    moved = [
        f"CAST({quoted(name)} + INTERVAL {weeks * 7} DAY AS {source.types[name]}) AS {quoted(name)}"
        for name in source.dates
    ]
    file = f"SELECT * REPLACE ({', '.join(moved)}) FROM {source.relation}"
    with duckdb.connect(found.data_file, read_only=True) as connection:
        table = f'SELECT {", ".join(quoted(name) for name in source.types)} FROM "main.gold".{quoted(found.domain.gold_table)}'
        lost = connection.execute(f"SELECT count(*) FROM ({file} EXCEPT ALL {table})").fetchone()
        made_up = connection.execute(f"SELECT count(*) FROM ({table} EXCEPT ALL {file})").fetchone()
    assert (lost, made_up) == ((0,), (0,))
    read = len({number for key, group in found.groups.items() if key.slice_key is None for number in group})
    record_property(str(found.case), f"{len(found.rows):,} rows loaded, {read:,} of them read")


def test_every_window_of_the_table_and_of_each_slice_has_its_rows_and_no_other_has(
    found: Monitored, record_property: Say
) -> None:
    assert found.groups, "no row of the file is young enough to be read"
    assert set(found.profile.rows) == set(found.groups)
    counts = {key: row["count"] for key, row in found.profile.rows.items()}
    assert counts == {key: len(group) for key, group in found.groups.items()}
    assert all(row["window.end"] == key.end for key, row in found.profile.rows.items())
    assert found.profile.column_counts == dict.fromkeys(names_of_rows(found), len(found.groups))
    windows = {(key.granularity, key.start) for key in found.groups}
    slices = {(key.slice_key, key.slice_value) for key in found.groups if key.slice_key is not None}
    record_property(
        str(found.case),
        f"{len(windows):,} windows, {len(slices):,} slices, {len(found.groups):,} windows of the table and its slices",
    )


def test_every_aggregate_metric_equals_its_definition_over_the_rows(
    found: Monitored, record_property: Say
) -> None:
    comparison = Comparison()
    for metric in of_kind(found, Kind.AGGREGATE):
        expected = AggregateMetric(metric.definition, found.columns, found.rows)
        for key, row in found.profile.rows.items():
            comparison.add(metric, key, row[metric.name], expected.of(found.groups.get(key, [])))
    comparison.check()
    record_property(str(found.case), f"{comparison.count:,} aggregate")


def test_every_derived_metric_equals_its_definition_over_the_aggregates(
    found: Monitored, record_property: Say
) -> None:
    names = [metric.name for metric in found.domain.profile_metrics]
    values = {key: [row[name] for name in names] for key, row in found.profile.rows.items()}
    comparison = Comparison()
    for metric in of_kind(found, Kind.DERIVED):
        expected = compiled(parsed(metric.definition), names)
        for key, row in found.profile.rows.items():
            comparison.add(metric, key, row[metric.name], expected(values[key]))
    comparison.check()
    record_property(str(found.case), f"{comparison.count:,} derived")


def test_drift_is_there_exactly_where_the_window_directly_before_is(found: Monitored) -> None:
    compared = {key for key in found.groups if key.before in found.groups}
    assert set(found.drift.rows) == compared
    assert {key: row["count_delta"] for key, row in found.drift.rows.items()} == {
        key: len(found.groups[key]) - len(found.groups[key.before]) for key in compared
    }
    for key, row in found.drift.rows.items():
        assert row["drift_type"] == "CONSECUTIVE"
        assert (row["window.end"], row["window_cmp.start"], row["window_cmp.end"]) == (
            key.end,
            key.before.start,
            key.start,
        )
    rows = dict.fromkeys(names_of_rows(found), len(compared)) if compared else {}
    assert found.drift.column_counts == rows


def test_every_drift_metric_equals_its_definition_over_two_windows(
    found: Monitored, record_property: Say
) -> None:
    names = [metric.name for metric in found.domain.profile_metrics]
    values = {key: [row[name] for name in names] for key, row in found.profile.rows.items()}
    frames = [f"{frame}.{name}" for frame in ("current_df", "base_df") for name in names]
    comparison = Comparison()
    for metric in of_kind(found, Kind.DRIFT):
        expected = compiled(parsed(metric.definition), frames)
        for key, row in found.drift.rows.items():
            if key in values and key.before in values:
                comparison.add(metric, key, row[metric.name], expected(values[key] + values[key.before]))
    comparison.check()
    report = found.report["report"]
    record_property(
        str(found.case),
        f"{comparison.count:,} drift values; refresh {report['seconds']:.1f} s, "
        f"{report['profile_rows']:,} profile and {report['drift_rows']:,} drift rows",
    )
