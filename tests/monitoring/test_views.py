"""The three views of a domain, made and read on a local workspace."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from monitoring.domains import DOMAINS, cost
from monitoring.views import FINGERPRINT, drift_view, slices_view, totals_view, views
from tests.monitoring.output_tables import SCHEMA, add_drift, add_profile, output_tables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitoring.domain import Domain
    from tests.local_workspace.target import Target

COST = cost.DOMAIN
USD = "total_daily_cost"
DAY, NEXT = "2026-01-01", "2026-01-02"


@pytest.fixture(scope="module")
def every_domain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    with output_tables(tmp_path_factory.mktemp("workspace")) as target:
        yield target


@pytest.fixture
def cost_tables(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    with output_tables(tmp_path_factory.mktemp("workspace"), (COST,)) as target:
        for view in views(COST, SCHEMA):
            target.rows(view.statement)
        yield target


def read(target: Target, view: str, columns: str) -> list[list[str | None]]:
    return sorted(target.rows(f"SELECT {columns} FROM {SCHEMA}.{view}"), key=str)


@pytest.mark.parametrize("domain", DOMAINS, ids=lambda domain: domain.name)
def test_every_view_is_made_with_a_text_for_each_column(every_domain: Target, domain: Domain) -> None:
    for view in views(domain, SCHEMA):
        every_domain.rows(view.statement)
        assert every_domain.rows(f"SELECT * FROM {view.full_name}") == []
        assert every_domain.column_comments(view.full_name) == view.columns
        made = every_domain.sdk.tables.get(view.full_name)
        assert (made.comment, made.properties) == (view.comment, {FINGERPRINT: view.fingerprint})


@pytest.mark.parametrize("domain", DOMAINS, ids=lambda domain: domain.name)
def test_the_views_hold_all_metrics(domain: Domain) -> None:
    totals, slices, drift = views(domain, SCHEMA)
    profile = [metric.name for metric in domain.profile_metrics]
    assert list(totals.columns) == ["window_start", "window_end", "granularity", "monitor_version", *profile]
    assert list(slices.columns)[4:] == ["slice_key", "slice_value", *profile]
    assert list(drift.columns)[6:] == [metric.name for metric in domain.drift_metrics]


def test_totals_keep_the_newest_version_of_each_window_and_nothing_of_slices(cost_tables: Target) -> None:
    add_profile(cost_tables, COST, DAY, {USD: 1}, version=1)
    add_profile(cost_tables, COST, NEXT, {USD: 2}, version=1)
    add_profile(cost_tables, COST, NEXT, {USD: 3}, version=2)
    add_profile(cost_tables, COST, NEXT, {USD: 4}, version=3, of=("cloud", "AWS"))
    add_profile(cost_tables, COST, NEXT, {USD: 5}, version=3, column="usage_date")
    add_profile(cost_tables, COST, NEXT, {USD: 6}, version=3, log_type="BASELINE")
    assert read(cost_tables, "fact_usage_totals", f"CAST(window_start AS DATE), {USD}") == [
        [DAY, "1.0"],
        [NEXT, "3.0"],
    ]


def test_slices_keep_the_newest_version_of_each_value_and_no_totals(cost_tables: Target) -> None:
    add_profile(cost_tables, COST, DAY, {USD: 1}, version=9)
    add_profile(cost_tables, COST, DAY, {USD: 2}, version=1, of=("cloud", "AWS"))
    add_profile(cost_tables, COST, DAY, {USD: 3}, version=2, of=("cloud", "AWS"))
    add_profile(cost_tables, COST, DAY, {USD: 4}, version=1, of=("cloud", "GCP"))
    assert read(cost_tables, "fact_usage_slices", f"slice_key, slice_value, {USD}") == [
        ["cloud", "AWS", "3.0"],
        ["cloud", "GCP", "4.0"],
    ]


def test_drift_holds_totals_and_slices_against_the_previous_window(cost_tables: Target) -> None:
    add_drift(cost_tables, COST, DAY, {"cost_drift_pct": 1}, version=1)
    add_drift(cost_tables, COST, DAY, {"cost_drift_pct": 2}, version=2)
    add_drift(cost_tables, COST, DAY, {"cost_drift_pct": 3}, of=("cloud", "AWS"))
    add_drift(cost_tables, COST, DAY, {"cost_drift_pct": 4}, version=3, drift_type="BASELINE")
    add_drift(cost_tables, COST, DAY, {"cost_drift_pct": 5}, version=3, column="usage_date")
    columns = "CAST(compared_with AS DATE), slice_value, cost_drift_pct"
    assert read(cost_tables, "fact_usage_drift", columns) == [
        ["2000-01-01", "AWS", "3.0"],
        ["2000-01-01", None, "2.0"],
    ]


def test_granularities_do_not_hide_each_other(cost_tables: Target) -> None:
    add_profile(cost_tables, COST, DAY, {USD: 1}, version=1, granularity="1 day")
    add_profile(cost_tables, COST, DAY, {USD: 2}, version=2, granularity="1 hour")
    assert read(cost_tables, "fact_usage_totals", f"granularity, {USD}") == [
        ["1 day", "1.0"],
        ["1 hour", "2.0"],
    ]


def test_the_fingerprint_tells_statements_apart_and_nothing_else() -> None:
    view = totals_view(COST, SCHEMA)
    assert view.fingerprint == totals_view(COST, SCHEMA).fingerprint
    other = replace(view, comment="another text")
    assert len({view.fingerprint, other.fingerprint, slices_view(COST, SCHEMA).fingerprint}) == 3
    assert view.fingerprint in view.statement


def test_the_statement_reads_as_it_is_documented() -> None:
    few = replace(COST, metrics=tuple(m for m in COST.metrics if m.name == "cost_drift_pct"))
    assert drift_view(few, SCHEMA).query == (
        "SELECT window.start AS window_start, window.end AS window_end, window_cmp.start AS compared_with, "
        "granularity, slice_key, slice_value, cost_drift_pct\n"
        "FROM (SELECT s.*, MAX(monitor_version) OVER "
        "(PARTITION BY window.start, granularity, slice_key, slice_value) AS newest_version\n"
        "      FROM `main`.`gold_monitoring`.`fact_usage_drift_metrics` s\n"
        "      WHERE column_name = ':table' AND drift_type = 'CONSECUTIVE') t\n"
        "WHERE monitor_version = newest_version"
    )
