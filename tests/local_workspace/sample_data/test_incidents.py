"""The incidents can be found: each stands out in the drift metric, slice and window that its label names."""

from __future__ import annotations

import statistics
from datetime import timedelta
from functools import cache
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pytest

from local_workspace.sample_data import SampleData, generation, incidents_before
from local_workspace.sample_data.incidents import cost_spike, plans
from local_workspace.sample_data.organisation import JOBS, job_id
from local_workspace.sample_data.period import Period
from monitoring.domains import DOMAINS
from monitoring.gold import GOLD_TABLES
from tests.local_workspace.sample_data.conftest import END
from tests.local_workspace.sample_data.incident_windows import (
    first_of,
    incident_changes,
    metrics_that_hardly_move,
)
from tests.local_workspace.sample_data.plain_metrics import MINIMUM_VOLUME, Change, Slice

if TYPE_CHECKING:
    import duckdb

    from local_workspace.sample_data.incident import Incident, Plan
    from local_workspace.sample_data.rows import Rows

INCIDENTS = {incident.name: incident for incident in incidents_before(END)}
DOMAIN_OF = {domain.name: domain for domain in DOMAINS}
SOURCE_TIME = {
    "fact_usage": "usage_start_time",
    "fact_job_run_timeline": "start_time",
    "fact_query_history": "start_time",
    "fact_node_timeline": "start_time",
    "fact_audit_logs": "event_time",
    "fact_table_quality": "check_time",
    "fact_governance_metrics": "metric_date",
    "fact_model_serving": "request_time",
}

every_incident = pytest.mark.parametrize("incident", INCIDENTS.values(), ids=INCIDENTS)
every_plan = pytest.mark.parametrize(("name", "plan"), plans().items(), ids=plans())


@cache
def _changes(connection: duckdb.DuckDBPyConnection, incident: Incident) -> list[Change]:
    return incident_changes(connection, DOMAIN_OF[incident.domain], incident, END)


@every_incident
def test_the_drift_metric_is_greatest_where_the_incident_starts(
    loaded: duckdb.DuckDBPyConnection, incident: Incident
) -> None:
    found = _changes(loaded, incident)
    sign = 1 if incident.direction == "up" else -1
    drift = first_of(found, incident).move(incident.drift_metric)
    drifts = [change.move(incident.drift_metric) for change in found]
    assert sign * drift > 0
    assert sum(sign * other > sign * drift for other in drifts) == 0
    assert sum(abs(other) > abs(drift) for other in drifts) <= 2


@every_incident
def test_the_drift_is_beyond_its_threshold_and_far_beyond_the_usual_noise(
    loaded: duckdb.DuckDBPyConnection, incident: Incident
) -> None:
    found = _changes(loaded, incident)
    drift = first_of(found, incident).move(incident.drift_metric)
    threshold = DOMAIN_OF[incident.domain].metric(incident.drift_metric).threshold
    if threshold is not None and threshold.target is not None:
        assert not threshold.target.holds(drift)
    if threshold is not None and threshold.critical is not None:
        assert threshold.critical.holds(drift)
    usual = statistics.median(abs(change.move(incident.drift_metric)) for change in found)
    assert abs(drift) > 5 * usual


@every_incident
def test_the_slice_has_enough_rows_to_be_believed(
    loaded: duckdb.DuckDBPyConnection, incident: Incident
) -> None:
    first = first_of(_changes(loaded, incident), incident)
    assert min(first.rows, first.rows_before) >= MINIMUM_VOLUME


@every_incident
def test_the_metrics_that_should_move_move(loaded: duckdb.DuckDBPyConnection, incident: Incident) -> None:
    assert metrics_that_hardly_move(_changes(loaded, incident), incident) == []


def test_all_domains_have_incidents_and_there_are_many() -> None:
    assert {incident.domain for incident in INCIDENTS.values()} == set(DOMAIN_OF)
    assert len(INCIDENTS) == len(plans()) >= 14


@every_plan
def test_labels_name_things_that_exist(name: str, plan: Plan) -> None:
    domain = DOMAIN_OF[plan.domain]
    assert name.replace("_", "").islower()
    assert plan.table == domain.gold_table
    assert plan.granularity in domain.granularities
    assert plan.slice_key is None or plan.slice_key in domain.slices
    assert (plan.slice_key is None) == (plan.slice_value is None)
    assert plan.drift_metric in {metric.name for metric in domain.drift_metrics}
    assert set(plan.metrics) <= {metric.name for metric in domain.metrics}
    assert plan.drift_metric not in plan.metrics
    assert plan.story.endswith(".")
    assert ". " not in plan.story


@pytest.mark.parametrize("days_later", range(9))
@pytest.mark.parametrize("hour", [0, 11, 23])
def test_incidents_are_recent_but_not_of_the_newest_day_whatever_the_end(days_later: int, hour: int) -> None:
    end = END.replace(hour=hour) + timedelta(days=days_later)
    found = incidents_before(end)
    assert len(found) == len(plans())
    for incident in found:
        assert incident.window_before >= end - timedelta(days=30), incident.name
        assert incident.end <= end - timedelta(hours=24), incident.name
        midnight = incident.start.replace(hour=0, minute=0, second=0, microsecond=0)
        assert (incident.start - midnight) % incident.window_length == timedelta(0), incident.name
        assert incident.start.weekday() == plans()[incident.name].starts.day


def test_incidents_that_do_not_fit_into_the_days_are_left_out_whole() -> None:
    period = Period(END, 10)
    some = incidents_before(END, 10)
    assert 0 < len(some) < len(plans())
    assert all(incident.window_before >= period.start for incident in some)


def test_incidents_that_meet_in_time_share_no_rows_whatever_the_end(
    loaded: duckdb.DuckDBPyConnection,
) -> None:
    meeting = {
        (one.table, one.name, other.name)
        for hours in range(7 * 24)
        for one, other in combinations(incidents_before(END + timedelta(hours=hours)), 2)
        if one.table == other.table and one.window_before < other.end and other.window_before < one.end
    }
    shared = {
        (one, other): loaded.execute(
            f"SELECT COUNT(*) FROM {table} WHERE {_slice(one).condition} AND {_slice(other).condition}"
        ).fetchone()
        for table, one, other in meeting
    }
    assert {pair: count for pair, count in shared.items() if count != (0,)} == {}


def _slice(name: str) -> Slice:
    return Slice(plans()[name].slice_key, plans()[name].slice_value)


def test_incidents_come_oldest_first() -> None:
    starts = [incident.start for incident in INCIDENTS.values()]
    assert starts == sorted(starts)


@every_incident
def test_a_change_touches_only_its_slice_and_its_time_and_not_the_rows_it_is_given(
    sample: SampleData, incident: Incident
) -> None:
    rows = sample.tables[incident.table]
    before = {name: values.copy() for name, values in rows.items()}
    changed = plans()[incident.name].change(rows, incident, np.random.Generator(np.random.PCG64(1)))
    assert all(_same(before[name], rows[name]) for name in before)
    left, right = _outside(rows, incident), _outside(changed, incident)
    assert left.count == right.count > 0
    assert all(_same(left[name], right[name]) for name in left)


def test_the_sweep_of_the_cost_spike_is_priced_even_where_the_first_record_of_its_job_is_not(
    sample: SampleData,
) -> None:
    rows = sample.tables["fact_usage"]
    training = next(job_id(job) for job in JOBS if job.name == "train_demand_model")
    first = np.arange(rows.count) == np.flatnonzero(rows["usage_metadata_job_id"] == training)[0]
    unpriced = rows.where(first, list_price=np.nan, sku_name=None)
    changed = cost_spike.PLAN.change(unpriced, INCIDENTS["cost_spike"], np.random.default_rng(1))
    sweep = changed.take(np.arange(changed.count) >= rows.count)
    assert sweep.count == 72
    assert not np.isnan(sweep["list_price"]).any()
    assert set(sweep["sku_name"]) == {"PREMIUM_JOBS_COMPUTE"}


def _outside(rows: Rows, incident: Incident) -> Rows:
    inside = rows.within(SOURCE_TIME[incident.table], incident.start, incident.end)
    if incident.slice_key is not None and incident.slice_key in rows:
        inside &= rows[incident.slice_key] == incident.slice_value
    return rows.take(~inside)


def _same(
    left: np.ndarray[tuple[int], np.dtype[np.generic]], right: np.ndarray[tuple[int], np.dtype[np.generic]]
) -> bool:
    return np.array_equal(left, right, equal_nan=left.dtype.kind == "f")


def test_a_file_without_a_plan_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(cost_spike, "PLAN")
    plans.cache_clear()
    with pytest.raises(TypeError) as raised:
        plans()
    monkeypatch.undo()
    assert str(raised.value) == (
        "incidents/cost_spike.py has no PLAN; give it PLAN = Plan(...), as the files beside it do"
    )
    assert "cost_spike" in plans()


def test_an_incident_draws_its_own_random_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    complete = generation.generate(END, 35)
    fewer = {name: plan for name, plan in plans().items() if name != "schema_break"}
    monkeypatch.setattr(generation, "plans", lambda: fewer)
    without = generation.generate(END, 35)
    for table in GOLD_TABLES:
        left, right = complete.tables[table], without.tables[table]
        same = left.count == right.count and all(_same(left[name], right[name]) for name in left)
        assert same == (table != "fact_table_quality"), table
