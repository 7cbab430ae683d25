"""Switches of a workspace: read, set, refused, kept over a restart, and what those of the monitors' life change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from local_workspace.workspace import Workspace
from tests.local_workspace.target import (
    CATALOG,
    MONITOR,
    SMALLEST_MONITOR,
    USAGE,
    Target,
    in_process,
)

if TYPE_CHECKING:
    from pathlib import Path

SWITCHES = "/__local/switches"


def value(target: Target, name: str) -> Any:  # noqa: ANN401 - values of switches are of several types
    return target.get(SWITCHES).json()["switches"][name]["value"]


def test_each_switch_says_its_value_its_default_and_what_it_decides(workspace: Target) -> None:
    assert workspace.get(SWITCHES).json()["switches"]["column_count_basis"] == {
        "value": "non_null",
        "default": "non_null",
        "decides": "count of a column's row: its non-null values, or the rows of the group",
    }


def test_every_unknown_of_the_service_has_its_default(workspace: Target) -> None:
    found = {name: each["value"] for name, each in workspace.get(SWITCHES).json()["switches"].items()}
    expected = {
        "column_count_basis": "non_null",
        "distinct_mode": "exact",
        "quantile_method": "linear",
        "wasserstein_basis": "sketch",
        "psi_bins": 10,
        "psi_floor": 1e-4,
        "js_base": 2.0,
        "js_root": True,
        "chi2_categories": "union",
        "null_is_category": False,
        "null_slice": False,
        "frequent_items_numeric": False,
        "timestamp_quantiles": False,
        "date_like_timestamp": True,
        "complex_distinct": False,
        "snapshot_window": "equal",
        "snapshot_custom_drift": "computed",
        "window_timezone": "UTC",
        "week_start": "MONDAY",
        "multi_week_anchor": "1970-01-05",
        "first_refresh_trigger": "MANUAL",
        "version_start": 0,
        "kind_change_on_put": "refuse",
        "refresh_keeps_comments": True,
        "tables_after_active_s": 0.0,
    }
    assert {name: found[name] for name in expected} == expected


def test_a_switch_that_is_set_goes_into_the_next_refresh(usage: Target) -> None:
    usage.rows(f"INSERT INTO {USAGE} SELECT current_timestamp() - INTERVAL 1 DAY, 'a', NULL, 3")
    answer = usage.post(SWITCHES, {"column_count_basis": "rows"})
    assert answer.status_code == 200
    assert answer.json()["switches"]["column_count_basis"]["value"] == "rows"
    usage.post(MONITOR, SMALLEST_MONITOR)
    assert usage.wait_for_refresh()["state"] == "SUCCESS"
    count = "SELECT count FROM main.gold_monitoring.usage_profile_metrics WHERE column_name = 'cost'"
    assert usage.rows(count) == [["1"]]


def test_null_gives_a_switch_its_default_again(workspace: Target) -> None:
    workspace.post(SWITCHES, {"psi_bins": 20, "js_base": 3})
    workspace.post(SWITCHES, {"psi_bins": None})
    assert (value(workspace, "psi_bins"), value(workspace, "js_base")) == (10, 3.0)


def test_an_unknown_switch_is_named_and_nothing_is_set(workspace: Target) -> None:
    answer = workspace.post(SWITCHES, {"js_base": 3.0, "psi_bin": 20})
    assert answer.status_code == 400
    assert answer.json()["error_code"] == "INVALID_PARAMETER_VALUE"
    assert answer.json()["message"] == "unknown switch 'psi_bin'; did you mean psi_bins?"
    assert value(workspace, "js_base") == 2.0


def test_a_name_like_no_switch_is_answered_with_all_of_them(workspace: Target) -> None:
    message = workspace.post(SWITCHES, {"colour": 1}).json()["message"]
    assert message.startswith("unknown switch 'colour'; the switches are column_count_basis, distinct_mode, ")


def test_a_value_of_another_switch_is_refused_with_the_allowed_ones(workspace: Target) -> None:
    answer = workspace.post(SWITCHES, {"distinct_mode": "guessed"})
    assert answer.status_code == 400
    assert answer.json()["message"] == (
        "distinct_mode: 'guessed' is not allowed; expected 'exact' or 'approximate'"
    )


def test_switches_survive_a_restart(tmp_path: Path) -> None:
    with in_process(Workspace(tmp_path / "state")) as target:
        target.post(SWITCHES, {"week_start": "SUNDAY"})
    with in_process(Workspace(tmp_path / "state")) as target:
        assert value(target, "week_start") == "SUNDAY"


def test_a_reset_gives_all_their_defaults(workspace: Target) -> None:
    workspace.post(SWITCHES, {"week_start": "SUNDAY"})
    workspace.post("/__local/reset")
    assert value(workspace, "week_start") == "MONDAY"


def test_first_version_and_first_trigger_can_be_set(usage: Target) -> None:
    usage.post(SWITCHES, {"version_start": 1, "first_refresh_trigger": "SCHEDULE"})
    assert usage.post(MONITOR, SMALLEST_MONITOR).json()["monitor_version"] == 1
    assert usage.wait_for_refresh()["trigger"] == "SCHEDULE"


def test_tables_may_come_seconds_after_a_monitor_is_active(usage: Target) -> None:
    usage.post(SWITCHES, {"tables_after_active_s": 60})
    usage.post(MONITOR, SMALLEST_MONITOR)
    assert usage.get(MONITOR).json()["status"] == "MONITOR_STATUS_ACTIVE"
    assert usage.get(f"{CATALOG}/tables/main.gold_monitoring.usage_profile_metrics").status_code == 404
    usage.post("/__local/clock", {"advance_seconds": 61})
    assert usage.wait_for_refresh()["state"] == "SUCCESS"


def test_the_kind_of_analysis_may_be_allowed_to_change(usage: Target) -> None:
    usage.post(SWITCHES, {"kind_change_on_put": "allow"})
    usage.post(MONITOR, SMALLEST_MONITOR)
    usage.wait_for_refresh()
    body = {"output_schema_name": "main.gold_monitoring", "snapshot": {}}
    assert usage.put(MONITOR, body).json()["snapshot"] == {}
    usage.rows(f"INSERT INTO {USAGE} SELECT current_timestamp(), 'a', 1, 3")
    usage.post(f"{MONITOR}/refreshes")
    assert usage.wait_for_refresh()["state"] == "SUCCESS"
    rows = "SELECT granularity, count FROM main.gold_monitoring.usage_profile_metrics WHERE column_name = ':table'"
    assert usage.rows(rows) == [[None, "1"]]


def test_a_refused_metric_of_a_snapshot_is_said_when_the_monitor_is_made(usage: Target) -> None:
    usage.post(SWITCHES, {"snapshot_custom_drift": "refused"})
    field = '{"metadata":{},"name":"output","nullable":true,"type":"long"}'
    metrics = [
        {
            "name": name,
            "type": f"CUSTOM_METRIC_TYPE_{kind}",
            "definition": definition,
            "input_columns": [":table"],
            "output_data_type": field,
        }
        for name, kind, definition in (
            ("runs", "AGGREGATE", "COUNT(*)"),
            ("more", "DRIFT", "{{current_df}}.runs - {{base_df}}.runs"),
        )
    ]
    body = {"assets_dir": "/a", "output_schema_name": "main.gold_monitoring", "snapshot": {}}
    answer = usage.post(MONITOR, {**body, "custom_metrics": metrics})
    assert answer.status_code == 400
    assert answer.json()["message"] == (
        "custom metric 'more': a snapshot without a baseline table has no DRIFT metrics (switch "
        "snapshot_custom_drift); name a baseline_table_name"
    )
