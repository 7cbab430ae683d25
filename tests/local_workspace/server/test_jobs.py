"""Jobs as definitions: made, shown, changed, removed, listed, and what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from databricks.sdk.errors import InvalidParameterValue, NotFound
from databricks.sdk.service import compute, jobs

from tests.local_workspace.job_target import API, create

if TYPE_CHECKING:
    from tests.local_workspace.target import Target

FILE: dict[str, Any] = {"spark_python_task": {"python_file": "/Shared/x.py"}}
TASK: dict[str, Any] = {"task_key": "a", "environment_key": "default", **FILE}


def settings_of(target: Target, job_id: int) -> dict[str, Any]:
    answer: dict[str, Any] = target.get(f"{API}/get", job_id=str(job_id)).json()["settings"]
    return answer


def test_sdk_makes_and_reads_a_job(workspace: Target) -> None:
    made = workspace.sdk.jobs.create(
        name="refresh",
        tasks=[
            jobs.Task(
                "refresh",
                environment_key="default",
                python_wheel_task=jobs.PythonWheelTask("package", "entry", named_parameters={"a": "b"}),
            )
        ],
        environments=[
            jobs.JobEnvironment("default", compute.Environment(environment_version="4", dependencies=["x"]))
        ],
        parameters=[jobs.JobParameterDefinition("catalog", "main")],
        schedule=jobs.CronSchedule("0 0 6 * * ?", "UTC", jobs.PauseStatus.PAUSED),
    )
    job = workspace.sdk.jobs.get(made.job_id or 0)
    assert job.creator_user_name == job.run_as_user_name == "local.user@example.com"
    assert job.created_time
    assert job.settings is not None
    assert job.settings.name == "refresh"
    assert job.settings.schedule == jobs.CronSchedule("0 0 6 * * ?", "UTC", jobs.PauseStatus.PAUSED)
    assert job.settings.tasks is not None
    assert job.settings.tasks[0].run_if is jobs.RunIf.ALL_SUCCESS


def test_what_was_sent_comes_back_and_the_service_adds_defaults_only(workspace: Target) -> None:
    sent = {
        "name": "a job",
        "tasks": [TASK],
        "environments": [{"environment_key": "default", "spec": {"dependencies": []}}],
        "queue": {"enabled": False},
        "tags": {"a": ""},
    }
    shown = settings_of(workspace, create(workspace, **sent))
    task = {
        **TASK,
        "run_if": "ALL_SUCCESS",
        "spark_python_task": {"python_file": "/Shared/x.py", "source": "WORKSPACE"},
    }
    assert shown == {
        **sent,
        "tasks": [task],
        "email_notifications": {},
        "webhook_notifications": {},
        "timeout_seconds": 0,
        "max_concurrent_runs": 1,
        "format": "MULTI_TASK",
    }


def test_user_that_a_job_runs_as_is_shown_beside_the_settings(workspace: Target) -> None:
    job_id = create(workspace, TASK, run_as={"service_principal_name": "robot"})
    answer = workspace.get(f"{API}/get", job_id=str(job_id)).json()
    assert answer["run_as_user_name"] == "robot"
    assert "run_as" not in answer["settings"]


def test_reset_replaces_all_settings(workspace: Target) -> None:
    job_id = create(workspace, TASK, tags={"a": "b"})
    settings = {"name": "new", "tasks": [{"task_key": "b", **FILE}]}
    assert workspace.post(f"{API}/reset", {"job_id": job_id, "new_settings": settings}).status_code == 200
    shown = settings_of(workspace, job_id)
    assert shown["name"] == "new"
    assert [task["task_key"] for task in shown["tasks"]] == ["b"]
    assert "tags" not in shown


def test_update_changes_lists_by_key_and_removes_what_is_named(workspace: Target) -> None:
    job_id = create(workspace, TASK, tags={"a": "b"}, parameters=[{"name": "p", "default": "1"}])
    body = {
        "job_id": job_id,
        "new_settings": {"tasks": [{"task_key": "b", **FILE}], "parameters": [{"name": "p", "default": "2"}]},
        "fields_to_remove": ["tags", "tasks/a"],
    }
    assert workspace.post(f"{API}/update", body).status_code == 200
    shown = settings_of(workspace, job_id)
    assert [task["task_key"] for task in shown["tasks"]] == ["b"]
    assert shown["parameters"] == [{"name": "p", "default": "2"}]
    assert "tags" not in shown
    assert shown["name"] == "a job"


def test_removed_job_is_gone_for_every_request(workspace: Target) -> None:
    job_id = create(workspace, TASK)
    workspace.sdk.jobs.delete(job_id)
    message = f"Job {job_id} does not exist."
    with pytest.raises(NotFound, match=message):
        workspace.sdk.jobs.get(job_id)
    with pytest.raises(NotFound, match=message):
        workspace.sdk.jobs.delete(job_id)
    with pytest.raises(NotFound, match=message):
        workspace.sdk.jobs.run_now(job_id)
    answer = workspace.post(f"{API}/reset", {"job_id": job_id, "new_settings": {"tasks": [TASK]}})
    assert (answer.status_code, answer.json()["message"]) == (404, message)


def test_jobs_are_listed_newest_first_and_by_name(workspace: Target) -> None:
    ids = [create(workspace, TASK, name=name) for name in ("One", "two", "one")]
    assert [job.job_id for job in workspace.sdk.jobs.list()] == ids[::-1]
    assert [job.job_id for job in workspace.sdk.jobs.list(name="ONE")] == [ids[2], ids[0]]
    first = workspace.get(f"{API}/list", limit="2").json()
    assert (len(first["jobs"]), first["has_more"]) == (2, True)
    assert "tasks" not in first["jobs"][0]["settings"]
    assert [job.job_id for job in workspace.sdk.jobs.list(limit=2)] == ids[::-1]


def test_more_than_a_hundred_tasks_come_in_pages(workspace: Target) -> None:
    tasks = [{"task_key": f"t{number:03}", **FILE} for number in range(150)]
    job_id = create(workspace, *tasks, parameters=[{"name": "p", "default": ""}])
    assert len(settings_of(workspace, job_id)["tasks"]) == 100
    settings = workspace.sdk.jobs.get(job_id).settings
    assert settings is not None
    assert [task.task_key for task in settings.tasks or []] == [task["task_key"] for task in tasks]
    assert [parameter.name for parameter in settings.parameters or []] == ["p"]
    assert [one.environment_key for one in settings.environments or []] == ["default"]


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"tasks": []}, "tasks: 0 entries; a job has 1 to 1000"),
    ({"tasks": [TASK, TASK]}, "tasks: 'a' is given 2 times"),
    (
        {"tasks": [{"task_key": "a"}]},
        "tasks.a: exactly one of the fields that end in _task is expected, got none",
    ),
    (
        {"tasks": [{**TASK, "notebook_task": {}}]},
        (
            "tasks.a: exactly one of the fields that end in _task is expected, "
            "got notebook_task, spark_python_task"
        ),
    ),
    (
        {"tasks": [{**TASK, "environment_key": "e"}]},
        "tasks.a.environment_key: unknown environment 'e'; known: default",
    ),
    ({"tasks": [{**TASK, "depends_on": [{"task_key": "z"}]}]}, "tasks.a.depends_on: unknown task 'z'"),
    ({"tasks": [{**TASK, "depends_on": [{"task_key": "a"}]}]}, "tasks: a -> a wait for each other"),
    (
        {
            "tasks": [
                {
                    "task_key": "a",
                    "spark_python_task": {"python_file": "/x", "parameters": ["{{job.parameters.b}}"]},
                }
            ],
            "parameters": [{"name": "c", "default": ""}],
        },
        (
            "tasks.a: unknown reference '{{job.parameters.b}}'; "
            "known: job.id, job.name, job.parameters.c, job.run_id, task.name, task.run_id"
        ),
    ),
    (
        {"tasks": [TASK], "schedule": {"quartz_cron_expression": "0 0 6 * *", "timezone_id": "UTC"}},
        "schedule.quartz_cron_expression: cron '0 0 6 * *' has 5 fields; expected 6 or 7, seconds first",
    ),
    (
        {"tasks": [TASK], "schedule": {"quartz_cron_expression": "0 0 6 * * ?", "timezone_id": "Mars"}},
        "schedule.timezone_id: 'Mars' is no time zone; write one like UTC",
    ),
    (
        {"tasks": [TASK], "continuous": {}},
        "continuous: the local workspace starts jobs by schedule and on request only",
    ),
    (
        {"tasks": [TASK], "max_concurrent_runs": -1},
        "max_concurrent_runs: -1 is not allowed; expected 0 to 1000",
    ),
    ({"tasks": [{**TASK, "max_retries": -2}]}, "tasks.a.max_retries: -2 is not allowed; expected -1 or more"),
    ({"tasks": [TASK], "colour": "red"}, "unknown field 'colour'"),
    ({"tasks": [{**TASK, "colour": "red"}]}, "unknown field 'tasks.0.colour'"),
    (
        {"tasks": [{**TASK, "run_if": "SOMETIMES"}]},
        (
            "tasks.0.run_if: 'SOMETIMES' is not allowed; expected 'ALL_SUCCESS', 'ALL_DONE', 'NONE_FAILED', "
            "'AT_LEAST_ONE_SUCCESS', 'ALL_FAILED' or 'AT_LEAST_ONE_FAILED'"
        ),
    ),
]


@pytest.mark.parametrize(("settings", "message"), REFUSED, ids=[message for _, message in REFUSED])
def test_job_that_cannot_work_is_refused(local: Target, settings: dict[str, Any], message: str) -> None:
    environments = [{"environment_key": "default"}]
    answer = local.post(f"{API}/create", {"environments": environments, **settings})
    assert (answer.status_code, answer.json()["message"]) == (400, message)


def test_refused_change_leaves_the_job_as_it_was(local: Target) -> None:
    job_id = create(local, TASK)
    before = settings_of(local, job_id)
    body = {"job_id": job_id, "fields_to_remove": ["tasks/a"]}
    assert local.post(f"{API}/update", body).json()["message"] == "tasks: 0 entries; a job has 1 to 1000"
    body = {"job_id": job_id, "fields_to_remove": ["tags/a"]}
    assert local.post(f"{API}/update", body).json()["message"] == (
        "fields_to_remove: 'tags/a' is not allowed; expected a field, or tasks/KEY, environments/KEY, parameters/NAME"
    )
    assert settings_of(local, job_id) == before


def test_fields_without_a_value_count_as_left_out(local: Target) -> None:
    job_id = create(local, {**TASK, "max_retries": None}, queue=None)
    assert "queue" not in settings_of(local, job_id)


def test_parameter_that_the_job_does_not_declare_is_refused(local: Target) -> None:
    job_id = create(local, TASK, parameters=[{"name": "catalog", "default": "main"}])
    with pytest.raises(InvalidParameterValue) as raised:
        local.sdk.jobs.run_now(job_id, job_parameters={"catalogue": "x"})
    assert str(raised.value) == (
        f"job_parameters: job {job_id} declares no parameter 'catalogue'; known: catalog"
    )
