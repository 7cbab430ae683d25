"""Jobs for tests: uploaded code, a job that runs it, and the end of its run."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any

from databricks.sdk.service.workspace import ImportFormat

from tests.local_workspace.target import until

if TYPE_CHECKING:
    from databricks.sdk.service.jobs import Run, RunOutput

    from tests.local_workspace.target import Target

API = "/api/2.2/jobs"
OVER = {"TERMINATED", "SKIPPED", "INTERNAL_ERROR"}
ENVIRONMENT = {"environment_key": "default", "spec": {"environment_version": "4"}}
WHEEL = "/Workspace/Shared/greeting-1.0-py3-none-any.whl"


def upload(target: Target, path: str, content: str | bytes) -> str:
    """Bring a file in; gives its path."""
    data = content.encode() if isinstance(content, str) else content
    target.sdk.workspace.upload(path, io.BytesIO(data), format=ImportFormat.RAW, overwrite=True)
    return path


def file_task(target: Target, key: str, code: str, **settings: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """A task that runs a Python file with this code."""
    path = upload(target, f"/Shared/{key}.py", code)
    return {
        "task_key": key,
        "environment_key": "default",
        "spark_python_task": {"python_file": path},
        **settings,
    }


def wheel(files: dict[str, str], requires: tuple[str, ...] = ()) -> bytes:
    """A wheel of the package `greeting` whose entry point `greet` is `greeting:main`."""
    information = "greeting-1.0.dist-info"
    metadata = "Metadata-Version: 2.1\nName: greeting\nVersion: 1.0\n"
    content = {
        **files,
        f"{information}/METADATA": metadata + "".join(f"Requires-Dist: {text}\n" for text in requires),
        f"{information}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{information}/entry_points.txt": "[console_scripts]\ngreet = greeting:main\n",
        f"{information}/RECORD": "",
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in content.items():
            archive.writestr(name, text)
    return buffer.getvalue()


def wheel_job(dependencies: list[str], **task: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """A job with one task that calls the wheel's entry point."""
    call = {"package_name": "greeting", "entry_point": "greet", **task}
    return {
        "tasks": [{"task_key": "greet", "environment_key": "default", "python_wheel_task": call}],
        "environments": [{"environment_key": "default", "spec": {"dependencies": dependencies}}],
    }


def create(target: Target, *tasks: dict[str, Any], **settings: Any) -> int:  # noqa: ANN401 - JSON
    """Make a job; gives its id."""
    body = {"name": "a job", "environments": [ENVIRONMENT], "tasks": list(tasks), **settings}
    answer = target.post(f"{API}/create", body)
    assert answer.status_code == 200, answer.json()
    return int(answer.json()["job_id"])


def start(target: Target, job_id: int, **parameters: str) -> int:
    """Start a run; gives its id."""
    body = {"job_id": job_id, "job_parameters": parameters} if parameters else {"job_id": job_id}
    answer = target.post(f"{API}/run-now", body)
    assert answer.status_code == 200, answer.json()
    return int(answer.json()["run_id"])


def state(target: Target, run_id: int) -> str:
    """The life-cycle state of a run."""
    answer = target.get(f"{API}/runs/get", run_id=str(run_id)).json()
    return str(answer["state"]["life_cycle_state"])


def finished(target: Target, run_id: int, seconds: float = 30) -> Run:
    """A run once it is over."""
    until(lambda: state(target, run_id), lambda found: found in OVER, seconds=seconds)
    return target.sdk.jobs.get_run(run_id)


def result(run: Run) -> str:
    """The result of a run."""
    assert run.state is not None
    assert run.state.result_state is not None
    return run.state.result_state.value


def results(run: Run) -> dict[str, str]:
    """Result by task."""
    return {
        task.task_key: task.state.result_state.value
        for task in run.tasks or []
        if task.state and task.state.result_state
    }


def output(target: Target, run: Run, key: str) -> RunOutput:
    """What a task of a run printed, and how it failed."""
    (task,) = [task for task in run.tasks or [] if task.task_key == key]
    return target.sdk.jobs.get_run_output(task.run_id or 0)


def run_to_end(target: Target, *tasks: dict[str, Any], **settings: Any) -> Run:  # noqa: ANN401 - JSON
    """The run of a new job, once it is over."""
    return finished(target, start(target, create(target, *tasks, **settings)))
