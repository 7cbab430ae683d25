import runpy
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pulumi
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from monitoring import settings as settings_module
from monitoring.descriptions import table_comments
from monitoring.domain import Domain
from monitoring.domains import DOMAINS
from monitoring.resources.program import check_before_registering, read_settings, stack_values
from monitoring.settings import Settings
from tests.monitoring.resources.recording import Recording, record
from tests.monitoring.workspace_stub import WorkspaceStub, serving

PROGRAM = Path(__file__).parents[3] / "__main__.py"
MONITOR = "databricks:index/qualityMonitor:QualityMonitor"
V1_MONITOR = "databricks:index/dataQualityMonitor:DataQualityMonitor"
COMMENTS = "pulumi-python:dynamic/lakehouse:TableComments"
HISTORY = "pulumi-python:dynamic/lakehouse:KeptHistory"
SCHEMA = "databricks:index/schema:Schema"
FILE = "databricks:index/workspaceFile:WorkspaceFile"
JOB = "databricks:index/job:Job"
JOBS = "lakehouse:index:MonitoringJobs"
NAMES = sorted(domain.name for domain in DOMAINS)


@pytest.fixture(scope="module")
def host() -> Iterator[str]:
    with serving(WorkspaceStub()) as url:
        yield url


@pytest.fixture(scope="module")
def usual(host: str) -> Recording:
    """What the program registers with nothing but what every stack needs."""
    return run(host)


def run(host: str, stack: str = "local", **configuration: str) -> Recording:
    values = {"catalog": "main", "gold_schema": "gold", "host": host} | configuration
    return record(lambda: runpy.run_path(str(PROGRAM)), stack=stack, configuration=values)


def test_the_program_declares_provider_schema_history_jobs_and_eight_domains(host: str) -> None:
    assert run(host).names == sorted(
        [
            ("pulumi:providers:databricks", "workspace"),
            (SCHEMA, "output-schema"),
            (HISTORY, "kept-history"),
            (JOBS, "jobs"),
            (FILE, "jobs-wheel"),
            *((JOB, f"jobs-{name}") for name in ("setup", "document", "refresh")),
            *(("lakehouse:index:DomainMonitor", name) for name in NAMES),
            *((MONITOR, name) for name in NAMES),
            *((COMMENTS, f"{name}-{which}-comments") for name in NAMES for which in ("profile", "drift")),
        ]
    )


def test_all_225_metrics_are_deployed(host: str) -> None:
    recording = run(host)
    assert sum(len(recording.inputs(MONITOR, name)["customMetrics"]) for name in NAMES) == 225


def test_v1_keeps_all_monitors_when_the_stack_says_so(host: str) -> None:
    recording = run(host, api="v1")
    assert [name for type_, name in recording.names if type_ == V1_MONITOR] == NAMES
    assert MONITOR not in [type_ for type_, _ in recording.names]
    for name in NAMES:
        config = recording.inputs(V1_MONITOR, name)["dataProfilingConfig"]
        assert config["outputSchemaId"] == "uuid-of-gold_monitoring"


@pytest.mark.parametrize("api", ["legacy", "v1"])
def test_no_resource_is_without_the_explicit_provider(host: str, api: str) -> None:
    recording = run(host, api=api)
    providers = {
        request.provider.split("::")[-2] if request.provider else ""
        for request in recording.requests
        if request.type.startswith("databricks:")
    }
    assert providers == {"workspace"}


def test_the_provider_gets_address_and_limits_but_no_credentials(host: str) -> None:
    inputs = run(host).inputs("pulumi:providers:databricks", "workspace")
    assert inputs == {
        "host": host,
        "authType": "pat",
        "httpTimeoutSeconds": "60",
        "retryTimeoutSeconds": "30",
    }


def test_comments_and_provider_speak_to_the_same_workspace(host: str) -> None:
    recording = run(host)
    hosts = {recording.inputs(request.type, request.name).get("host") for request in recording.requests}
    assert hosts - {None} == {host}


def test_the_output_schema_is_named_kept_and_looked_for_first(host: str) -> None:
    recording = run(host)
    request = recording.request(SCHEMA, "output-schema")
    assert recording.inputs(SCHEMA, "output-schema") == {
        "catalogName": "main",
        "name": "gold_monitoring",
        "comment": "Profile and drift tables of the monitors of main.gold.",
    }
    assert request.retainOnDelete
    assert list(request.hooks.before_create) == ["adopt-output-schema"]


def test_every_monitor_writes_into_the_output_schema_and_waits_for_it(host: str) -> None:
    recording = run(host)
    for name in NAMES:
        assert recording.inputs(MONITOR, name)["outputSchemaName"] == "main.gold_monitoring"
        dependencies = recording.request(MONITOR, name).dependencies
        assert [urn.split("::")[-1] for urn in dependencies] == ["output-schema"]


def test_the_history_knows_all_output_tables(host: str) -> None:
    tables = run(host).inputs(HISTORY, "kept-history")["tables"]
    assert tables[:2] == [
        "main.gold_monitoring.fact_usage_profile_metrics",
        "main.gold_monitoring.fact_usage_drift_metrics",
    ]
    assert len(tables) == 16


def test_a_protected_stack_protects_schema_monitors_and_comments(host: str) -> None:
    recording = run(host, stack="prod")
    unprotected = {request.type for request in recording.requests if not request.protect}
    assert unprotected == {"pulumi:providers:databricks", HISTORY, JOBS, JOB, FILE}


def test_the_local_stack_protects_nothing(host: str) -> None:
    assert not any(request.protect for request in run(host).requests)


def test_a_stack_may_do_without_jobs(host: str) -> None:
    types = {type_ for type_, _ in run(host, jobs="false").names}
    assert not types & {JOBS, JOB, FILE}


def test_chosen_domains_are_the_only_ones(host: str) -> None:
    recording = run(host, domains='{"job": {"schedule": null}, "cost": null}')
    assert [name for type_, name in recording.names if type_ == MONITOR] == ["cost", "job"]
    assert "schedule" not in recording.inputs(MONITOR, "job")


@examples(max_examples=3, deadline=None)
@given(st.permutations(DOMAINS))
def test_the_order_of_the_domains_changes_no_name_and_no_input(
    host: str, usual: Recording, order: list[Domain]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings_module, "DOMAINS", tuple(order))
        other = run(host)
    assert other.names == usual.names
    for type_, name in usual.names:
        if type_ != HISTORY:
            assert other.inputs(type_, name) == usual.inputs(type_, name)


def test_the_program_fits_on_one_screen() -> None:
    assert len(PROGRAM.read_text().splitlines()) <= 40


def test_wrong_configuration_stops_before_anything_is_registered(host: str) -> None:
    with pytest.raises(pulumi.RunError) as raised:
        run(host, catlog="x", comment_wait_seconds="soon", failure_emails='["a"]')
    assert str(raised.value) == (
        "configuration of stack 'local' has 3 mistakes:\n"
        "  catlog: unknown key; did you mean 'catalog'?\n"
        "  failure_emails: ['a'] is not allowed; give a list of at most 5 e-mail addresses\n"
        "  comment_wait_seconds: 'soon' is not allowed; give a whole number of seconds from 0 to 120"
    )


def test_a_wrong_metric_stops_before_anything_is_registered(host: str) -> None:
    cost = DOMAINS[0]
    wrong = replace(cost.metrics[0], definition="SUM(list_csot)")
    broken = replace(cost, metrics=(wrong, *cost.metrics[1:]))
    settings = Settings.from_stack("dev", {"catalog": "main", "gold_schema": "gold", "host": host}, {})
    with pytest.raises(pulumi.RunError) as raised:
        check_before_registering(settings.model_copy(update={"domains": (broken,)}))
    assert "cost.total_daily_cost: unknown column 'list_csot' in fact_usage" in str(raised.value)


def test_a_workspace_that_does_not_answer_stops_before_anything_is_registered() -> None:
    with pytest.raises(pulumi.RunError) as raised:
        run("http://127.0.0.1:9")
    assert str(raised.value) == (
        "the workspace http://127.0.0.1:9 does not answer ([Errno 111] Connection refused); "
        "start the local workspace: python -m local_workspace start"
    )


def test_configuration_is_read_as_python_values_and_empty_means_not_given() -> None:
    configuration = {
        "p:catalog": "123",
        "p:output_schema": "",
        "p:protect": "true",
        "p:comment_wait_seconds": "5",
        "p:domains": '["cost"]',
        "p:failure_emails": "not json",
        "databricks:host": "x",
    }
    assert stack_values("p", configuration) == {
        "catalog": "123",
        "protect": True,
        "comment_wait_seconds": 5,
        "domains": ["cost"],
        "failure_emails": "not json",
    }


def test_the_settings_are_those_of_the_selected_stack(host: str) -> None:
    seen: list[Settings] = []
    record(
        lambda: seen.append(read_settings()),
        stack="prod",
        configuration={"catalog": "main", "gold_schema": "gold", "host": host},
    )
    assert (seen[0].stack, seen[0].protect) == ("prod", True)


def test_every_comment_fits_what_the_service_keeps() -> None:
    longest = max(
        len(text)
        for domain in DOMAINS
        for texts in table_comments(domain).values()
        for text in (texts.table, *texts.columns.values())
    )
    assert longest <= 1000
