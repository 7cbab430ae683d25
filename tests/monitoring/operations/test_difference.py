from typing import Any

import pytest
from databricks.sdk.service.catalog import MonitorInfo

from monitoring.domains import DOMAINS
from monitoring.operations.definition import monitor_definition
from monitoring.operations.difference import Difference, field_differences
from monitoring.settings import Settings

SETTINGS = Settings.from_stack(
    "dev", {"catalog": "main", "gold_schema": "gold", "host": "https://workspace.example.com"}, {}
)


@pytest.fixture
def definition() -> dict[str, Any]:
    return monitor_definition(SETTINGS, DOMAINS[0])


@pytest.fixture
def live() -> dict[str, Any]:
    """What the workspace says of the monitor that the definition made."""
    added = {"table_name": "main.gold.fact_usage", "status": "MONITOR_STATUS_ACTIVE", "monitor_version": 3}
    return monitor_definition(SETTINGS, DOMAINS[0]) | added


def differences(definition: dict[str, Any], live: dict[str, Any]) -> list[Difference]:
    return field_differences(definition, MonitorInfo.from_dict(live))


def test_a_monitor_as_it_was_defined_has_no_differences(
    definition: dict[str, Any], live: dict[str, Any]
) -> None:
    live["schedule"]["pause_status"] = "UNPAUSED"
    assert differences(definition, live) == []


def test_a_field_inside_another_is_named_by_its_path(
    definition: dict[str, Any], live: dict[str, Any]
) -> None:
    live["schedule"]["timezone_id"] = "Europe/Berlin"
    assert differences(definition, live) == [
        Difference("schedule.timezone_id", "Europe/Berlin", "UTC", replaces=False)
    ]


def test_a_changed_metric_is_named_with_its_field(definition: dict[str, Any], live: dict[str, Any]) -> None:
    metric = live["custom_metrics"][4]
    wanted = metric["definition"]
    metric["definition"] = "COUNT(*)"
    assert differences(definition, live) == [
        Difference(f"custom_metrics.{metric['name']}.definition", "COUNT(*)", wanted, replaces=False)
    ]


def test_a_metric_that_only_one_side_has_is_one_difference(
    definition: dict[str, Any], live: dict[str, Any]
) -> None:
    lost = live["custom_metrics"].pop()
    live["custom_metrics"].append({**lost, "name": "own", "definition": "1"})
    assert differences(definition, live) == [
        Difference(f"custom_metrics.{lost['name']}", None, lost["definition"], replaces=False),
        Difference("custom_metrics.own", "1", None, replaces=False),
    ]


def test_another_order_of_the_metrics_is_told_once(definition: dict[str, Any], live: dict[str, Any]) -> None:
    metrics = live["custom_metrics"]
    second, third = metrics[1]["name"], metrics[2]["name"]
    metrics[1], metrics[2] = metrics[2], metrics[1]
    assert differences(definition, live) == [Difference("custom_metrics[2]", third, second, replaces=False)]


@pytest.mark.parametrize(
    ("field", "value"),
    [("assets_dir", "/Shared/other"), ("snapshot", {}), ("inference_log", {"model_id_col": "m"})],
)
def test_what_an_update_cannot_change_is_marked(
    definition: dict[str, Any], live: dict[str, Any], field: str, value: object
) -> None:
    live[field] = value
    found = differences(definition, live)
    assert found
    assert all(difference.replaces for difference in found)


def test_a_field_that_the_program_leaves_out_is_a_difference(
    definition: dict[str, Any], live: dict[str, Any]
) -> None:
    live["baseline_table_name"] = "main.gold.baseline"
    live["slicing_exprs"] = None
    slices = definition["slicing_exprs"]
    assert differences(definition, live) == [
        Difference("slicing_exprs", None, slices, replaces=False),
        Difference("baseline_table_name", "main.gold.baseline", None, replaces=False),
    ]
