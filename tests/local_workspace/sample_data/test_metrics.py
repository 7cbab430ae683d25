"""Every metric says something about the sample data."""

from __future__ import annotations

import statistics
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from local_workspace.sample_data import incidents_before
from monitoring.domains import DOMAINS
from monitoring.metrics import Kind
from tests.local_workspace.sample_data.conftest import END
from tests.local_workspace.sample_data.plain_metrics import (
    MINIMUM_VOLUME,
    Change,
    Slice,
    changes,
    first_refresh_since,
    whole,
)

if TYPE_CHECKING:
    import duckdb

    from monitoring.domain import Domain

LAST_30_DAYS = first_refresh_since(END)
every_domain = pytest.mark.parametrize("domain", DOMAINS, ids=lambda domain: domain.name)
every_hourly_domain = pytest.mark.parametrize(
    "domain", [each for each in DOMAINS if "1 hour" in each.granularities], ids=lambda domain: domain.name
)
VOLUME_DRIFTS = {"run_count_drift_pct", "query_volume_drift_pct", "event_volume_drift_pct"}


@every_domain
def test_no_metric_is_empty_or_0_over_the_last_30_days(
    loaded: duckdb.DuckDBPyConnection, domain: Domain
) -> None:
    values = whole(
        loaded, domain, f"CAST({domain.timestamp_column} AS TIMESTAMP) >= TIMESTAMP '{LAST_30_DAYS}'"
    )
    # The shortest of thousands of runs is one that was skipped: it took no time at all.
    may_be_0 = {"min_duration_minutes"}
    silent = {m.name for m in domain.profile_metrics if m.name not in may_be_0 and not values[m.name]}
    assert silent == set()


@every_domain
def test_every_drift_metric_has_values_in_all_windows_of_the_whole_table(
    loaded: duckdb.DuckDBPyConnection, domain: Domain
) -> None:
    for granularity in domain.granularities:
        found = changes(loaded, domain, Slice(), granularity, LAST_30_DAYS)
        assert len(found) >= (29 if granularity == "1 day" else 700)
        for metric in domain.drift_metrics:
            assert [change.window for change in found if change.drifts[metric.name] is None] == [], (
                metric.name
            )


@every_domain
def test_rates_and_shares_stay_between_0_and_100(loaded: duckdb.DuckDBPyConnection, domain: Domain) -> None:
    values = whole(loaded, domain, "TRUE")
    percentages = [m.name for m in domain.metrics if m.kind is Kind.DERIVED and m.unit == "percent"]
    beyond = {name: values[name] for name in percentages if not 0 <= float(values[name] or 0) <= 100}
    assert beyond == {}


@every_domain
def test_a_day_without_incident_is_no_alarm_for_the_whole_table(
    loaded: duckdb.DuckDBPyConnection, domain: Domain
) -> None:
    quiet = _quiet(changes(loaded, domain, Slice(), "1 day", LAST_30_DAYS), domain)
    assert len(quiet) > 12
    for metric in _relative(domain):
        moves = [abs(change.move(metric)) for change in quiet]
        assert statistics.median(moves) < 30, metric
        # A p99 of a thousand statements is the time of its ten heaviest.
        assert max(moves) < (300 if metric.startswith("p99") else 100), metric


@every_hourly_domain
def test_no_hour_of_enough_rows_triples_the_volume_without_an_incident(
    loaded: duckdb.DuckDBPyConnection, domain: Domain
) -> None:
    quiet = _quiet(changes(loaded, domain, Slice(), "1 hour", LAST_30_DAYS), domain)
    assert len(quiet) > 300
    enough = [change for change in quiet if min(change.rows, change.rows_before) >= MINIMUM_VOLUME]
    for metric in VOLUME_DRIFTS.intersection(_relative(domain)):
        assert max(abs(change.move(metric)) for change in enough) < 200, metric


@every_hourly_domain
def test_most_hours_without_incident_do_not_double_a_time_or_volume_of_the_whole_table(
    loaded: duckdb.DuckDBPyConnection, domain: Domain
) -> None:
    quiet = _quiet(changes(loaded, domain, Slice(), "1 hour", LAST_30_DAYS), domain)
    for metric in _relative(domain):
        assert statistics.median(abs(change.move(metric)) for change in quiet) < 80, metric


def _relative(domain: Domain) -> list[str]:
    return [metric.name for metric in domain.drift_metrics if metric.unit == "percent change"]


def _quiet(found: list[Change], domain: Domain) -> list[Change]:
    """Changes between windows of whole days that no incident of the table touches."""
    one_day = timedelta(days=1)
    touched = {END.date(), datetime.fromisoformat(LAST_30_DAYS).date()}
    for incident in incidents_before(END):
        if incident.table == domain.gold_table:
            days = max(1, incident.lasts // one_day)
            touched |= {incident.start.date() + number * one_day for number in range(days)}
    return [each for each in found if not {each.window.date(), (each.window - one_day).date()} & touched]
