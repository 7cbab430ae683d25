"""The generated dashboard: what it shows, and that each of its queries runs on a local workspace."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from monitoring.dashboard import COLUMNS, dashboard, serialized_dashboard
from monitoring.domains import DOMAINS, cost, query
from monitoring.views import totals_view
from tests.monitoring.output_tables import SCHEMA, add_drift, add_profile, output_tables

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.local_workspace.target import Target

Json = dict[str, Any]
EVERYTHING = dashboard(DOMAINS, SCHEMA, shared_totals=True)
DATASETS = {one["name"]: one for one in EVERYTHING["datasets"]}


def widgets(page: Json) -> list[Json]:
    return [entry["widget"] for entry in page["layout"]]


def charts(content: Json, kind: str) -> list[Json]:
    found = [widget for page in content["pages"] for widget in widgets(page)]
    return [one for one in found if one.get("spec", {}).get("widgetType") == kind]


def shown(page: str, kind: str) -> set[str]:
    """Names of the metrics in the charts of a kind on a page."""
    (found,) = [one for one in EVERYTHING["pages"] if one["displayName"] == page]
    encodings = [
        one["spec"]["encodings"] for one in widgets(found) if one.get("spec", {}).get("widgetType") == kind
    ]
    axis = {"counter": "value", "line": "y", "bar": "x"}[kind]
    return {each[axis]["fieldName"] for each in encodings}


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    with output_tables(tmp_path_factory.mktemp("workspace")) as target:
        for domain in DOMAINS:
            target.rows(totals_view(domain, SCHEMA).statement)
        yield target


def sql(dataset: Json) -> str:
    return "".join(dataset["queryLines"])


@pytest.mark.parametrize("shared", [True, False], ids=["shared totals", "tables only"])
def test_every_query_runs_and_gives_the_fields_that_its_widgets_read(target: Target, shared: bool) -> None:
    content = dashboard(DOMAINS, SCHEMA, shared_totals=shared)
    columns: dict[str, set[str]] = {}
    for dataset in content["datasets"]:
        answer = target.statement(sql(dataset))
        assert answer.status is not None
        assert answer.status.error is None, f"{dataset['displayName']}: {answer.status.error.message}"
        assert answer.manifest is not None
        assert answer.manifest.schema is not None
        columns[dataset["name"]] = {column.name or "" for column in answer.manifest.schema.columns or []}
    for page in content["pages"]:
        for widget in widgets(page):
            for one in widget.get("queries", []):
                read = {each["name"] for each in one["query"]["fields"]}
                assert read <= columns[one["query"]["datasetName"]]


def test_there_is_an_overview_and_one_page_per_agent_domain() -> None:
    assert [page["displayName"] for page in EVERYTHING["pages"]] == [
        "Overview",
        "Cost",
        "Reliability",
        "Performance",
        "Security",
        "Quality",
        "ML",
    ]
    assert shown("Overview", "line") == {"cost_drift_pct", "p95_duration_drift_pct", "success_rate_drift"}


@pytest.mark.parametrize(
    ("page", "metrics"),
    [
        ("Performance", {"avg_duration_sec", "p95_duration_sec", "query_success_rate", "spill_rate"}),
        (
            "Security",
            {
                "total_events",
                "distinct_users",
                "sensitive_action_count",
                "failed_action_count",
                "permission_change_count",
                "sensitive_action_rate",
                "failure_rate",
                "event_volume_drift_pct",
                "sensitive_action_drift",
            },
        ),
        (
            "Quality",
            {
                "avg_quality_score",
                "critical_violation_count",
                "active_assets",
                "governance_score",
                "quality_drift",
                "governance_drift",
            },
        ),
    ],
)
def test_what_a_page_needs_at_least_is_on_it(page: str, metrics: set[str]) -> None:
    assert metrics <= shown(page, "line")


def test_every_domain_shows_its_main_metrics_as_numbers_and_all_its_drift_over_time() -> None:
    numbers = {one["spec"]["encodings"]["value"]["fieldName"] for one in charts(EVERYTHING, "counter")}
    lines = {one["spec"]["encodings"]["y"]["fieldName"] for one in charts(EVERYTHING, "line")}
    for domain in DOMAINS:
        assert set(domain.main_metrics) <= numbers & lines
        assert {metric.name for metric in domain.drift_metrics} <= lines


def test_no_chart_is_by_a_slice_with_personal_values() -> None:
    text = json.dumps(EVERYTHING)
    for name in ("executed_by", "user_identity_email", "created_by"):
        assert f"slice_key = '{name}'" not in text


def test_rates_are_not_shown_by_a_slice_that_they_test() -> None:
    titles = {one["displayName"] for one in EVERYTHING["datasets"]}
    assert "Data quality: by has_critical_violations" not in titles
    assert any(title.endswith(": by result_state") for title in titles)


def test_no_number_is_formatted_as_a_percentage() -> None:
    assert "percent" not in json.dumps([one["spec"].get("format") for one in charts(EVERYTHING, "counter")])
    assert "number-percent" not in json.dumps(EVERYTHING)


def test_labels_are_the_texts_of_the_metrics() -> None:
    titles = {one["spec"]["frame"]["title"] for one in charts(EVERYTHING, "counter")}
    assert titles == {domain.metric(name).meaning for domain in DOMAINS for name in domain.main_metrics}


def test_names_are_unique_and_every_dataset_is_read() -> None:
    names = [widget["name"] for page in EVERYTHING["pages"] for widget in widgets(page)]
    names += [*DATASETS, *(page["name"] for page in EVERYTHING["pages"])]
    assert len(names) == len(set(names))
    read = {
        one["query"]["datasetName"]
        for page in EVERYTHING["pages"]
        for widget in widgets(page)
        for one in widget.get("queries", [])
    }
    assert read == DATASETS.keys()


def test_the_service_takes_so_many_datasets_and_widgets() -> None:
    assert len(EVERYTHING["datasets"]) <= 100
    assert max(len(page["layout"]) for page in EVERYTHING["pages"]) <= 100


@pytest.mark.parametrize("page", EVERYTHING["pages"], ids=lambda page: page["displayName"])
def test_widgets_stay_on_the_page_and_do_not_overlap(page: Json) -> None:
    places = [entry["position"] for entry in page["layout"]]
    assert all(place["x"] + place["width"] <= COLUMNS for place in places)
    cells = [
        cell
        for place in places
        for cell in itertools.product(
            range(place["x"], place["x"] + place["width"]), range(place["y"], place["y"] + place["height"])
        )
    ]
    assert len(cells) == len(set(cells))


def test_totals_come_from_the_shared_view_where_readers_get_nothing_else() -> None:
    def latest(shared: bool) -> str:
        return sql(dashboard((query.DOMAIN,), SCHEMA, shared_totals=shared)["datasets"][0])

    assert "FROM `main`.`gold_monitoring`.`fact_query_history_totals` v" in latest(shared=True)
    assert "fact_query_history_profile_metrics" not in latest(shared=True)
    assert "fact_query_history_profile_metrics" in latest(shared=False)


def test_a_metric_more_changes_no_name_of_another_widget() -> None:
    fewer = replace(cost.DOMAIN, main_metrics=cost.DOMAIN.main_metrics[:-1])
    before = dashboard((fewer,), SCHEMA, shared_totals=False)
    after = dashboard((cost.DOMAIN,), SCHEMA, shared_totals=False)
    assert {one["name"] for one in charts(before, "line")} < {one["name"] for one in charts(after, "line")}


def test_the_text_is_the_same_every_time() -> None:
    first = serialized_dashboard(DOMAINS, SCHEMA, shared_totals=True)
    assert first == serialized_dashboard(DOMAINS, SCHEMA, shared_totals=True)
    assert json.loads(first) == EVERYTHING


def test_the_numbers_are_those_of_the_newest_closed_window(tmp_path: Path) -> None:
    domain = cost.DOMAIN
    latest, trend, drift, by_workspace = dashboard((domain,), SCHEMA, shared_totals=False)["datasets"][:4]
    with output_tables(tmp_path, (domain,)) as target:
        target.post("/__local/clock", {"now": "2026-03-10T12:00:00Z"})
        add_profile(target, domain, "2026-03-08", {"total_daily_cost": 1})
        add_profile(target, domain, "2026-03-09", {"total_daily_cost": 2})
        add_profile(target, domain, "2026-03-10", {"total_daily_cost": 9})
        for day, team, value in (("2026-03-08", "a", 5), ("2026-03-09", "a", 6), ("2026-03-09", "b", 7)):
            add_profile(target, domain, day, {"total_daily_cost": value}, of=("workspace_id", team))
        add_drift(target, domain, "2026-03-09", {"cost_drift_pct": 100})
        add_drift(target, domain, "2026-03-09", {"cost_drift_pct": 200}, of=("workspace_id", "a"))
        assert [row[1] for row in target.rows(sql(latest))] == ["2.0"]
        assert [row[1] for row in target.rows(sql(trend))] == ["1.0", "2.0"]
        assert [row[1] for row in target.rows(sql(drift))] == ["100.0"]
        assert target.rows(sql(by_workspace)) == [["b", "7.0"], ["a", "6.0"]]
