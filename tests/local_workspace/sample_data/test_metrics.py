"""Every metric says something about the sample data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from monitoring.domains import DOMAINS
from monitoring.metrics import Kind
from tests.local_workspace.sample_data.conftest import END
from tests.local_workspace.sample_data.plain_metrics import Slice, changes, first_refresh_since, whole

if TYPE_CHECKING:
    import duckdb

    from monitoring.domain import Domain

LAST_30_DAYS = first_refresh_since(END)
every_domain = pytest.mark.parametrize("domain", DOMAINS, ids=lambda domain: domain.name)


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
