"""What the drift tables say about a labelled incident."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from local_workspace.sample_data import Incident

Row = Mapping[str, str | None]
Query = Callable[[str], Sequence[Row]]
"""Runs one statement and gives its rows, every cell as text."""


STANDS_OUT = 3
"""An incident is found when its change is among so many greatest ones of its slice."""


@dataclass(frozen=True)
class Evidence:
    """The drift row of an incident's first window.

    Attributes:
        incident: what was hidden in the sample data.
        window: start of the incident's first window, UTC.
        metric: the profile metric whose change the drift metric tells.
        before: its value in the window compared with.
        after: its value in the incident's first window.
        drift: value of the drift metric.
        rank: place of this value among all windows of the slice, in the incident's direction; 1 = greatest.
        windows: how many windows of the slice have drift.
    """

    incident: Incident
    window: datetime
    metric: str
    before: float
    after: float
    drift: float
    rank: int
    windows: int

    @property
    def found(self) -> bool:
        """Among the greatest changes of its slice, in the expected direction."""
        moved_as_expected = self.drift > 0 if self.incident.direction == "up" else self.drift < 0
        return moved_as_expected and self.rank <= STANDS_OUT


def evidence_of(
    incident: Incident, metric: str, profile_table: str, drift_table: str, query: Query
) -> Evidence | None:
    """Read the incident's slice from both output tables; None where its first window has no drift row."""
    keys = _keys(incident)
    rows = query(
        f"SELECT CAST(window.start AS STRING) AS start, CAST(window_cmp.start AS STRING) AS compared, "
        f"{incident.drift_metric} AS drift FROM {drift_table} "
        f"WHERE column_name = ':table' AND drift_type = 'CONSECUTIVE' AND {keys} "
        f"AND {incident.drift_metric} IS NOT NULL"
    )
    first = incident.start.strftime("%Y-%m-%d %H:%M:%S")
    hit = next((row for row in rows if row["start"] == first), None)
    if hit is None or hit["drift"] is None:
        return None
    values = {
        row["start"]: float(row["value"] or "nan")
        for row in query(
            f"SELECT CAST(window.start AS STRING) AS start, {metric} AS value FROM {profile_table} "
            f"WHERE column_name = ':table' AND log_type = 'INPUT' AND {keys}"
        )
    }
    sign = 1 if incident.direction == "up" else -1
    drift = float(hit["drift"])
    greater = sum(sign * float(row["drift"] or 0) > sign * drift for row in rows)
    return Evidence(
        incident,
        incident.start,
        metric,
        values[hit["compared"]],
        values[first],
        drift,
        greater + 1,
        len(rows),
    )


def _keys(incident: Incident) -> str:
    def text(value: str | None) -> str:
        return "NULL" if value is None else "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"

    return (
        f"granularity = '{incident.granularity}' AND slice_key <=> {text(incident.slice_key)} "
        f"AND slice_value <=> {text(incident.slice_value)}"
    )
