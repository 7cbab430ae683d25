"""What of a domain is computed for its alerts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evaluation.watched import as_alerts_read_it, columns_read
from monitoring.alerts import alerts
from monitoring.domains import DOMAINS, governance, job

if TYPE_CHECKING:
    from monitoring.domain import Domain


@pytest.mark.parametrize("domain", DOMAINS, ids=lambda domain: domain.name)
def test_the_alerts_find_every_metric_that_they_watch(domain: Domain) -> None:
    kept = {metric.name for metric in as_alerts_read_it(domain).metrics}
    assert {watch.metric.name for alert in alerts(domain, "c.s.t") for watch in alert.query.watches} <= kept


def test_what_a_watched_metric_is_derived_from_is_kept_and_nothing_else() -> None:
    names = {metric.name for metric in as_alerts_read_it(job.DOMAIN).metrics}
    assert {"duration_cv", "stddev_duration_minutes", "avg_duration_minutes"} <= names
    assert "p50_duration_minutes" not in names
    assert "duration_cv_drift" not in names


def test_the_columns_are_those_of_windows_slices_and_metrics() -> None:
    columns = columns_read(as_alerts_read_it(governance.DOMAIN))
    assert {"metric_date", "source_catalog_name", "has_documentation"} <= set(columns)
    assert "asset_full_name" not in columns
