"""Incidents are found whenever the sample data ends and whatever its seed is, as `make local` looks for them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import duckdb
import pytest

from local_workspace.deploy.evidence import STANDS_OUT
from local_workspace.sample_data import generate
from local_workspace.sample_data.incidents import plans
from monitoring.domains import DOMAINS
from tests.local_workspace.sample_data.incident_windows import (
    first_of,
    incident_changes,
    metrics_that_hardly_move,
)
from tests.local_workspace.sample_data.plain_metrics import MINIMUM_VOLUME, Change

if TYPE_CHECKING:
    from collections.abc import Mapping

    from local_workspace.sample_data import Incident

DOMAIN_OF = {domain.name: domain for domain in DOMAINS}
DAYS = 35
SEVEN_ENDS = [
    (datetime(2026, 3, 2, 1, 5, tzinfo=UTC), 1),
    (datetime(2025, 12, 30, 6, 0, tzinfo=UTC), 7),
    (datetime(2026, 7, 29, 12, 59, tzinfo=UTC), 42),
    (datetime(2027, 1, 7, 23, 30, tzinfo=UTC), 1),
    (datetime(2026, 10, 30, 9, 15, tzinfo=UTC), 7),
    (datetime(2028, 3, 4, 17, 0, tzinfo=UTC), 42),
    (datetime(2026, 5, 31, 0, 0, tzinfo=UTC), 7),
]
"""From Monday to Sunday, at other hours, with three seeds, around the ends of months and years."""


@pytest.fixture(
    scope="module", params=SEVEN_ENDS, ids=[f"{end:%a-%Hh}-seed-{seed}" for end, seed in SEVEN_ENDS]
)
def found(request: pytest.FixtureRequest) -> Mapping[Incident, list[Change]]:
    """The changes of each incident's slice, as the first refresh after the end finds them."""
    end, seed = request.param
    sample = generate(end, DAYS, seed)
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        sample.create_in(connection, {table: table for table in sample.tables})
        return {
            incident: incident_changes(connection, DOMAIN_OF[incident.domain], incident, end)
            for incident in sample.incidents
        }


def test_every_incident_is_among_the_three_greatest_changes_of_its_slice(
    found: Mapping[Incident, list[Change]],
) -> None:
    ranks = {incident.name: _rank(changes, incident) for incident, changes in found.items()}
    assert ranks.keys() == plans().keys()
    assert {name: rank for name, rank in ranks.items() if rank > STANDS_OUT} == {}


def test_every_drift_metric_moves_in_the_direction_of_its_label(
    found: Mapping[Incident, list[Change]],
) -> None:
    drifts = {
        incident: first_of(changes, incident).move(incident.drift_metric)
        for incident, changes in found.items()
    }
    assert {i.name: drift for i, drift in drifts.items() if (drift > 0) != (i.direction == "up")} == {}


def test_all_metrics_of_the_labels_move(found: Mapping[Incident, list[Change]]) -> None:
    resting = {
        incident.name: metrics_that_hardly_move(changes, incident) for incident, changes in found.items()
    }
    assert {name: metrics for name, metrics in resting.items() if metrics} == {}


def test_no_incident_hangs_on_a_handful_of_rows(found: Mapping[Incident, list[Change]]) -> None:
    firsts = {incident.name: first_of(changes, incident) for incident, changes in found.items()}
    rows = {name: min(first.rows, first.rows_before) for name, first in firsts.items()}
    assert {name: count for name, count in rows.items() if count < MINIMUM_VOLUME} == {}


def _rank(changes: list[Change], incident: Incident) -> int:
    sign = 1 if incident.direction == "up" else -1
    drift = sign * first_of(changes, incident).move(incident.drift_metric)
    return 1 + sum(sign * change.move(incident.drift_metric) > drift for change in changes)
