"""An incident is judged by the drift row of its first window, against all windows of its slice."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from local_workspace.deploy.evidence import Row, evidence_of
from local_workspace.sample_data import Incident

START = datetime(2026, 6, 10, tzinfo=UTC)
INCIDENT = Incident(
    name="cost_spike",
    domain="cost",
    table="fact_usage",
    start=START,
    end=START + timedelta(days=1),
    slice_key="owner",
    slice_value="it's",
    granularity="1 day",
    drift_metric="cost_drift_pct",
    direction="up",
    metrics=("total_daily_cost",),
    story="Somebody left it running.",
)


def day(number: int) -> str:
    return f"2026-06-{number:02} 00:00:00"


class Tables:
    """Answers the drift query with `drifts`, the profile query with `values`, both by day of June."""

    def __init__(self, drifts: dict[int, str | None], values: dict[int, str | None]) -> None:
        self.drifts, self.values = drifts, values
        self.asked: list[str] = []

    def query(self, statement: str) -> list[Row]:
        self.asked.append(statement)
        if "FROM drift" in statement:
            return [
                {"start": day(at), "compared": day(at - 1), "drift": drift}
                for at, drift in self.drifts.items()
            ]
        return [{"start": day(at), "value": value} for at, value in self.values.items()]


VALUES: dict[int, str | None] = {8: "90", 9: "100", 10: "400", 11: "380", 12: "90"}


def test_the_greatest_change_of_the_slice_is_found() -> None:
    tables = Tables({9: "11.1", 10: "300", 11: "-5", 12: "-76"}, VALUES)
    found = evidence_of(INCIDENT, "total_daily_cost", "profile", "drift", tables.query)
    assert found is not None
    assert (found.before, found.after, found.drift) == (100.0, 400.0, 300.0)
    assert (found.rank, found.windows, found.found) == (1, 4, True)


@pytest.mark.parametrize(("greater", "found"), [(2, True), (3, False)])
def test_an_incident_among_greater_changes_is_found_up_to_the_third_place(greater: int, found: bool) -> None:
    others: dict[int, str | None] = {20 + number: "301" for number in range(greater)}
    tables = Tables({10: "300", **others}, VALUES)
    evidence = evidence_of(INCIDENT, "total_daily_cost", "profile", "drift", tables.query)
    assert evidence is not None
    assert (evidence.rank, evidence.found) == (greater + 1, found)


def test_a_change_in_the_wrong_direction_is_not_found() -> None:
    tables = Tables({10: "-75"}, VALUES)
    evidence = evidence_of(INCIDENT, "total_daily_cost", "profile", "drift", tables.query)
    assert evidence is not None
    assert not evidence.found


def test_a_fall_is_ranked_among_falls() -> None:
    falling = replace(INCIDENT, direction="down")
    tables = Tables({9: "80", 10: "-75", 11: "-10"}, VALUES)
    evidence = evidence_of(falling, "total_daily_cost", "profile", "drift", tables.query)
    assert evidence is not None
    assert (evidence.rank, evidence.found) == (1, True)


def test_there_is_no_evidence_without_a_drift_row_of_the_first_window() -> None:
    tables = Tables({9: "11.1", 11: "-5"}, VALUES)
    assert evidence_of(INCIDENT, "total_daily_cost", "profile", "drift", tables.query) is None


def test_the_slice_is_quoted_as_databricks_reads_it() -> None:
    tables = Tables({10: "300"}, VALUES)
    evidence_of(INCIDENT, "total_daily_cost", "profile", "drift", tables.query)
    assert all(r"slice_key <=> 'owner' AND slice_value <=> 'it\'s'" in each for each in tables.asked)


def test_the_whole_table_is_asked_for_with_null() -> None:
    tables = Tables({10: "300"}, VALUES)
    whole = replace(INCIDENT, slice_key=None, slice_value=None)
    evidence_of(whole, "total_daily_cost", "profile", "drift", tables.query)
    assert all("slice_key <=> NULL AND slice_value <=> NULL" in each for each in tables.asked)
