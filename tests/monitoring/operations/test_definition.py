from dataclasses import replace
from typing import Any

import pulumi
import pytest
from databricks.sdk.service.catalog import MonitorInfo

from monitoring.domain import Domain
from monitoring.domains import DOMAINS
from monitoring.operations.definition import differences, monitor_definition
from monitoring.resources.domain_monitor import DomainMonitor, DomainMonitorArgs
from monitoring.resources.workspace import workspace_provider
from monitoring.settings import Settings
from tests.monitoring.resources.recording import record

HOST = "http://127.0.0.1:8080"
SETTINGS = Settings.from_stack(
    "dev", {"catalog": "main", "gold_schema": "gold", "host": HOST, "failure_emails": ["a@example.com"]}, {}
)
COST = DOMAINS[0]
JOB = DOMAINS[1]


def snake_case(value: Any) -> Any:  # noqa: ANN401 - JSON holds any value
    """The provider's names in the service's spelling."""
    if isinstance(value, dict):
        return {
            "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in key): snake_case(item)
            for key, item in value.items()
        }
    return [snake_case(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize(
    "domain", [*DOMAINS, replace(COST, schedule=None, slices=())], ids=lambda domain: domain.name
)
def test_the_job_and_the_program_define_the_same_monitor(domain: Domain) -> None:
    def program() -> None:
        args = DomainMonitorArgs.from_settings(SETTINGS, domain, SETTINGS.output_schema_name)
        options = pulumi.ResourceOptions(providers=[workspace_provider(HOST)])
        DomainMonitor(domain.name, args, options)

    declared = snake_case(
        record(program).inputs("databricks:index/qualityMonitor:QualityMonitor", domain.name)
    )
    assert declared == {
        **monitor_definition(SETTINGS, domain),
        "table_name": SETTINGS.gold_table_name(domain),
        "skip_builtin_dashboard": True,
    }


def live(**changes: object) -> MonitorInfo:
    """A monitor as the service gives it: with what was asked for, and what it adds."""
    schedule = {"quartz_cron_expression": "0 0 * * * ?", "timezone_id": "UTC", "pause_status": "UNPAUSED"}
    answer = {
        **monitor_definition(SETTINGS, JOB),
        "schedule": schedule,
        "table_name": "main.gold.t",
        "status": "MONITOR_STATUS_ACTIVE",
        "monitor_version": 3,
        "dashboard_id": "d",
        **changes,
    }
    return MonitorInfo.from_dict({key: value for key, value in answer.items() if value is not None})


def wanted(**changes: object) -> dict[str, Any]:
    schedule = {"quartz_cron_expression": "0 0 * * * ?", "timezone_id": "UTC"}
    return monitor_definition(SETTINGS, JOB) | {"schedule": schedule} | changes


def test_what_the_service_adds_is_no_difference() -> None:
    assert differences(wanted(), live()) == []
    assert differences(wanted(), live(assets_dir="/elsewhere")) == []


def test_nothing_and_an_empty_list_are_the_same() -> None:
    definition = {field: value for field, value in wanted().items() if field != "slicing_exprs"}
    assert differences(definition, live(slicing_exprs=[])) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("output_schema_name", "main.other"),
        ("slicing_exprs", ["job_name"]),
        ("custom_metrics", []),
        ("schedule", None),
        ("notifications", None),
        ("data_classification_config", {"enabled": True}),
        ("baseline_table_name", "main.gold.b"),
    ],
)
def test_a_field_that_is_otherwise_or_too_much_is_named(field: str, value: object) -> None:
    assert differences(wanted(), live(**{field: value})) == [field]
