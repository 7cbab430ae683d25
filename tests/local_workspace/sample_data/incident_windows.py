"""What the first refresh of a monitor finds about a labelled incident."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING

from tests.local_workspace.sample_data.plain_metrics import Change, Slice, changes, first_refresh_since

if TYPE_CHECKING:
    from datetime import datetime

    import duckdb

    from local_workspace.sample_data import Incident
    from monitoring.domain import Domain


def incident_changes(
    connection: duckdb.DuckDBPyConnection, domain: Domain, incident: Incident, end: datetime
) -> list[Change]:
    """What the first refresh finds in the slice and the windows that an incident's label names."""
    part = Slice(incident.slice_key, incident.slice_value)
    return changes(connection, domain, part, incident.granularity, first_refresh_since(end))


def first_of(found: list[Change], incident: Incident) -> Change:
    """The incident's first window among the changes of its slice."""
    return next(change for change in found if change.window == incident.start.replace(tzinfo=None))


def metrics_that_hardly_move(found: list[Change], incident: Incident) -> list[str]:
    """Metrics of the label that move in the first window no more than three times as far as they usually do."""
    first = first_of(found, incident)
    return [
        name
        for name in incident.metrics
        if abs(first.move(name)) <= 3 * statistics.median(abs(change.move(name)) for change in found)
    ]
