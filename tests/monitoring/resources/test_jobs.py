import json
from pathlib import Path
from typing import Any

import pulumi
import pytest

from monitoring.resources import jobs as resource
from monitoring.resources.jobs import TYPE, MonitoringJobs, MonitoringJobsArgs, workspace_path
from monitoring.resources.workspace import workspace_provider
from monitoring.settings import Settings
from monitoring.wheel import Wheel
from tests.monitoring.resources.recording import Recording, record

FILE = "databricks:index/workspaceFile:WorkspaceFile"
JOB = "databricks:index/job:Job"
HOST = "http://127.0.0.1:8080"
WHEEL = Wheel("lakehouse_monitors-0.1.0+abc-py3-none-any.whl", b"content")
UPLOADED = f"/Workspace/Shared/monitoring/{WHEEL.name}"


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own for the wheel."""
    monkeypatch.setattr(resource, "PROJECT", tmp_path)
    return tmp_path


def arguments(**changes: object) -> MonitoringJobsArgs:
    values: dict[str, Any] = {
        "gold_schema": "main.gold",
        "assets_dir": "/Workspace/Shared/monitoring",
        "wheel": WHEEL,
        "parameters": {
            "setup": {"catalog": "main", "recreate": "false"},
            "document": {"catalog": "main"},
            "refresh": {"catalog": "main", "wait_minutes": "25"},
        },
    }
    return MonitoringJobsArgs(**values | changes)


def recorded(args: MonitoringJobsArgs) -> Recording:
    def program() -> None:
        provider = workspace_provider(HOST)
        MonitoringJobs("jobs", args, pulumi.ResourceOptions(providers=[provider]))

    return record(program)


def test_the_jobs_are_a_component_with_a_wheel_and_three_jobs() -> None:
    recording = recorded(arguments())
    assert recording.names == sorted(
        [
            ("pulumi:providers:databricks", "workspace"),
            (TYPE, "jobs"),
            (FILE, "jobs-wheel"),
            (JOB, "jobs-document"),
            (JOB, "jobs-refresh"),
            (JOB, "jobs-setup"),
        ]
    )
    urn = f"urn:pulumi:local::lakehouse-monitors::{TYPE}::jobs"
    assert {request.name for request in recording.requests if request.parent == urn} == {
        "jobs-wheel",
        "jobs-setup",
        "jobs-document",
        "jobs-refresh",
    }
    assert TYPE == "lakehouse:index:MonitoringJobs"


def test_the_refresh_job_gets_exactly_this() -> None:
    assert recorded(arguments(failure_emails=("a@example.com",))).inputs(JOB, "jobs-refresh") == {
        "name": "Lakehouse monitors of main.gold: refresh",
        "description": "Refreshes all monitors and waits for them. Paused: each monitor has its own schedule.",
        "parameters": [
            {"name": "catalog", "default": "main"},
            {"name": "wait_minutes", "default": "25"},
        ],
        "environments": [
            {
                "environmentKey": "default",
                "spec": {
                    "environmentVersion": "4",
                    "dependencies": [
                        UPLOADED,
                        "databricks-sdk>=0.28.0",
                        "pydantic==2.14.4",
                        "sqlglot==30.30.0",
                    ],
                },
            }
        ],
        "tasks": [
            {
                "taskKey": "refresh",
                "environmentKey": "default",
                "pythonWheelTask": {
                    "packageName": "lakehouse_monitors",
                    "entryPoint": "lakehouse_monitors_refresh",
                    "namedParameters": {
                        "catalog": "{{job.parameters.catalog}}",
                        "wait_minutes": "{{job.parameters.wait_minutes}}",
                    },
                },
            }
        ],
        "schedule": {
            "quartzCronExpression": "0 0 6 * * ?",
            "timezoneId": "UTC",
            "pauseStatus": "PAUSED",
        },
        "timeoutSeconds": 1800,
        "maxConcurrentRuns": 1,
        "queue": {"enabled": True},
        "emailNotifications": {"onFailures": ["a@example.com"]},
    }


@pytest.mark.parametrize(("name", "seconds"), [("setup", 3600), ("document", 900)])
def test_setup_and_document_run_by_hand_with_their_own_limits(name: str, seconds: int) -> None:
    inputs = recorded(arguments()).inputs(JOB, f"jobs-{name}")
    assert inputs["name"] == f"Lakehouse monitors of main.gold: {name}"
    assert inputs["timeoutSeconds"] == seconds
    assert inputs["tasks"][0]["pythonWheelTask"]["entryPoint"] == f"lakehouse_monitors_{name}"
    assert not {"schedule", "emailNotifications", "runAs"} & inputs.keys()


def test_one_schedule_is_enough_so_the_only_one_is_paused() -> None:
    recording = recorded(arguments())
    schedules = [
        recording.inputs(JOB, f"jobs-{name}").get("schedule") for name in ("setup", "document", "refresh")
    ]
    assert [schedule["pauseStatus"] for schedule in schedules if schedule] == ["PAUSED"]


def test_the_wheel_is_built_before_it_is_uploaded_and_named_relative_to_the_project(project: Path) -> None:
    inputs = recorded(arguments()).inputs(FILE, "jobs-wheel")
    assert inputs == {"path": UPLOADED, "source": f"dist/{WHEEL.name}", "md5": WHEEL.md5}
    assert (project / inputs["source"]).read_bytes() == b"content"


def test_every_job_waits_for_the_wheel() -> None:
    recording = recorded(arguments())
    for name in ("setup", "document", "refresh"):
        dependencies = recording.request(JOB, f"jobs-{name}").dependencies
        assert [urn.split("::")[-1] for urn in dependencies] == ["jobs-wheel"]


def test_everything_uses_the_explicit_provider() -> None:
    recording = recorded(arguments())
    requests = [request for request in recording.requests if request.type.startswith("databricks:")]
    assert {request.provider.split("::")[-2] for request in requests} == {"workspace"}


def test_the_component_gives_the_ids() -> None:
    recording = recorded(arguments())
    (outputs,) = [found for urn, found in recording.outputs.items() if urn.endswith("::jobs")]
    assert outputs["ids"] == {name: f"id-of-jobs-{name}" for name in ("setup", "document", "refresh")}


def test_parameters_are_those_of_the_stack() -> None:
    values = {"catalog": "main", "gold_schema": "gold", "host": HOST, "failure_emails": ["a@example.com"]}
    args = MonitoringJobsArgs.from_settings(
        Settings.from_stack("dev", {**values, "domains": {"job": {"schedule": None}}}, {})
    )
    assert args.gold_schema == "main.gold"
    assert args.failure_emails == ("a@example.com",)
    assert args.parameters["setup"] == {
        "catalog": "main",
        "gold_schema": "gold",
        "output_schema": "gold_monitoring",
        "assets_dir": "/Workspace/Shared/monitoring/main/gold",
        "warehouse_id": "",
        "domains": json.dumps({"job": {"schedule": None}}),
        "failure_emails": '["a@example.com"]',
        "api": "legacy",
        "wait_minutes": "30",
        "recreate": "false",
    }
    assert list(args.parameters["document"]) == [
        "catalog",
        "gold_schema",
        "output_schema",
        "warehouse_id",
        "domains",
        "api",
        "verbose",
    ]
    assert args.parameters["refresh"] == {
        "catalog": "main",
        "gold_schema": "gold",
        "domains": json.dumps({"job": {"schedule": None}}),
        "api": "legacy",
        "wait_minutes": "25",
    }


@pytest.mark.parametrize(
    ("path", "expected"), [("/Shared/x.whl", "/Workspace/Shared/x.whl"), ("/Workspace/x", "/Workspace/x")]
)
def test_environments_name_files_below_workspace(path: str, expected: str) -> None:
    assert workspace_path(path) == expected
