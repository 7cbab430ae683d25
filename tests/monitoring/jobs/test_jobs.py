"""The entry points against a simulated service: what they do, print, and call a failure."""

import sys
from collections.abc import Iterator
from types import ModuleType

import pytest

from monitoring.domains import DOMAINS
from monitoring.gold import GOLD_TABLES
from monitoring.jobs import document, refresh, setup
from monitoring.jobs.parameters import DOCUMENT, REFRESH, SETUP, JobParameters
from monitoring.jobs.status import JobFailedError
from monitoring.operations.watched import Watched
from monitoring.settings import Settings
from tests.monitoring.workspace_stub import StubTable, WorkspaceStub, serving

PARAMETERS: dict[ModuleType, JobParameters] = {setup: SETUP, document: DOCUMENT, refresh: REFRESH}
JOB = DOMAINS[1]


@pytest.fixture
def workspace() -> WorkspaceStub:
    """Two gold tables; refreshes succeed at once."""
    stub = WorkspaceStub()
    stub.first_refresh["state"] = "SUCCESS"
    for domain in (DOMAINS[0], JOB):
        columns = dict.fromkeys(GOLD_TABLES[domain.gold_table].column_types, "")
        stub.tables[f"main.gold.{domain.gold_table}"] = StubTable("", columns)
    return stub


@pytest.fixture
def settings(workspace: WorkspaceStub, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """A stack with the domains cost and job on the simulated service."""
    with serving(workspace) as host:
        for name, value in {
            "HOST": host,
            "TOKEN": "t",
            "AUTH_TYPE": "pat",
            "CONFIG_FILE": "/dev/null",
        }.items():
            monkeypatch.setenv(f"DATABRICKS_{name}", value)
        values = {"catalog": "main", "gold_schema": "gold", "host": host, "domains": ["cost", "job"]}
        yield Settings.from_stack("dev", values, {})


def make_tables(workspace: WorkspaceStub, settings: Settings) -> None:
    """The output tables, as a refresh leaves them."""
    for one in Watched.from_settings(settings):
        for name, text in one.output_tables.items():
            workspace.tables[name] = StubTable("", dict.fromkeys(text.columns, ""))


def run(job: ModuleType, settings: Settings, **changes: str) -> None:
    values = PARAMETERS[job].defaults(settings) | changes
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["job", *(f"--{name}={value}" for name, value in values.items())])
        job.main()


def failed(job: ModuleType, settings: Settings, **changes: str) -> str:
    with pytest.raises(JobFailedError) as raised:
        run(job, settings, **changes)
    return str(raised.value)


def test_setup_creates_waits_and_documents(
    workspace: WorkspaceStub, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    make_tables(workspace, settings)
    run(setup, settings)
    assert capsys.readouterr().out.splitlines() == [
        "output schema main.gold_monitoring: created",
        "setting up 2 monitors",
        "waiting for 2 monitors, at most 30 minutes",
        "  cost: comments to write",
        "  job: comments to write",
        "  cost: created",
        "  job: created",
        "documenting 4 tables",
        "  cost: documented",
        "  job: documented",
        "setup SUCCEEDED; 2 domains: 2 created, 2 documented",
    ]
    assert all(table.comment for name, table in workspace.tables.items() if ".gold_monitoring." in name)


def test_setup_that_does_not_wait_does_not_document(
    workspace: WorkspaceStub, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    run(setup, settings, wait_minutes="0")
    assert capsys.readouterr().out.splitlines()[-1] == "setup SUCCEEDED; 2 domains: 2 created"
    assert workspace.statements == []


def test_setup_goes_on_after_a_failed_monitor_documents_what_exists_and_names_it(
    workspace: WorkspaceStub, settings: Settings
) -> None:
    make_tables(workspace, settings)
    del workspace.tables["main.gold.fact_usage"]
    line = failed(setup, settings)
    assert line.startswith(
        "setup FAILED; 2 domains: 1 failed, 1 created, 2 documented; cost: the gold table "
    )
    assert workspace.tables[settings.drift_table_name(JOB)].comment


def test_setup_fails_with_the_message_of_a_failed_refresh(
    workspace: WorkspaceStub, settings: Settings
) -> None:
    make_tables(workspace, settings)
    workspace.first_refresh |= {"state": "FAILED", "message": "[DIVIDE_BY_ZERO] Division by zero"}
    reason = "created, but failed: refresh 1 ended as FAILED: [DIVIDE_BY_ZERO] Division by zero"
    assert f"cost: {reason}; job: {reason}" in failed(setup, settings)


def test_setup_stops_when_the_output_schema_cannot_be_created(
    workspace: WorkspaceStub, settings: Settings
) -> None:
    denied = {"error_code": "PERMISSION_DENIED", "message": "no CREATE SCHEMA", "details": []}
    workspace.refusals["POST .*/schemas"] = (403, denied)
    assert failed(setup, settings).startswith("setup FAILED; 0 domains; setup: no CREATE SCHEMA")
    assert workspace.monitors == {}


def test_document_fails_while_tables_are_missing_so_that_it_can_be_tried_again(
    workspace: WorkspaceStub, settings: Settings
) -> None:
    make_tables(workspace, settings)
    missing = settings.drift_table_name(JOB)
    del workspace.tables[missing]
    assert failed(document, settings) == (
        "document FAILED; 2 domains: 1 documented, 1 not ready; "
        f"job: {missing} is not there yet: the first refresh makes it"
    )


@pytest.mark.parametrize(("verbose", "lines"), [("true", 8), ("false", 4)])
def test_document_says_more_when_asked(
    workspace: WorkspaceStub,
    settings: Settings,
    capsys: pytest.CaptureFixture[str],
    verbose: str,
    lines: int,
) -> None:
    make_tables(workspace, settings)
    run(document, settings, verbose=verbose)
    assert len(capsys.readouterr().out.splitlines()) == lines


def test_refresh_of_a_table_without_monitor_is_a_failure(
    workspace: WorkspaceStub, settings: Settings
) -> None:
    workspace.monitors["main.gold.fact_usage"] = {"table_name": "main.gold.fact_usage"}
    line = failed(refresh, settings, wait_minutes="0")
    assert line.startswith("refresh FAILED; 2 domains: 1 started, 1 failed; job: NOT_STARTED: ")
    assert "main.gold.fact_job_run_timeline has no monitor" in line


def test_wrong_parameters_are_named_before_anything_is_asked(
    workspace: WorkspaceStub, settings: Settings
) -> None:
    assert failed(refresh, settings, wait_minutes="soon") == (
        "refresh FAILED; 0 domains; refresh: wait_minutes: 'soon' is not allowed; give whole minutes, 0 or more"
    )
    assert [path for _, path, _ in workspace.requests if path.startswith("/api/")] == []
