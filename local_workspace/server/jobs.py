"""Jobs and their runs."""

from __future__ import annotations

from typing import Any

from local_workspace.errors import InvalidParameterError
from local_workspace.jobs.run_record import OVER
from local_workspace.server.job_bodies import (
    JobReference,
    ResetJob,
    RunNow,
    RunReference,
    Settings,
    UpdateJob,
)
from local_workspace.server.paging import page
from local_workspace.server.routing import Request, Route

_TASKS_PER_PAGE = 100
_FIRST_PAGE_ONLY = ("environments", "parameters", "job_clusters", "job_parameters")


def create_job(request: Request) -> dict[str, Any]:
    """Make a job.

    E-mails and webhooks are kept and never sent. A job starts by its schedule or on request; `trigger` and
    `continuous` are refused. Whoever it runs as, its code has the rights of the user who runs the workspace.
    """
    return {"job_id": request.workspace.jobs.create(_without_nulls(request.body(Settings)))}


def get_job(request: Request) -> dict[str, Any]:
    """A job with at most 100 of its tasks, and the token of the next page."""
    job = request.workspace.jobs.get(_required(request, "job_id"))
    return _paged(request, job, job["settings"])


def list_jobs(request: Request) -> dict[str, Any]:
    """Jobs, the newest first, without their tasks unless `expand_tasks` is true."""
    jobs = request.workspace.jobs.all(request.query.get("name"))
    if not request.flag("expand_tasks"):
        for job in jobs:
            for field in ("tasks", "environments", "parameters", "job_clusters"):
                job["settings"].pop(field, None)
    answer = page(request, "jobs", jobs, size_parameter="limit", default=20, largest=100)
    return {**answer, "has_more": "next_page_token" in answer}


def reset_job(request: Request) -> None:
    """Replace all settings of a job; runs that were started keep theirs."""
    body = _without_nulls(request.body(ResetJob))
    request.workspace.jobs.reset(body["job_id"], body["new_settings"])
    request.workspace.runs.wake()


def update_job(request: Request) -> None:
    """Change some settings of a job: tasks, environments and parameters by key, others as a whole."""
    body = _without_nulls(request.body(UpdateJob))
    changed, removed = body.get("new_settings", {}), body.get("fields_to_remove", [])
    request.workspace.jobs.update(body["job_id"], changed, removed)
    request.workspace.runs.wake()


def delete_job(request: Request) -> None:
    """Remove a job and stop its runs; what is known of its runs stays."""
    job_id = request.body(JobReference)["job_id"]
    request.workspace.jobs.delete(job_id)
    request.workspace.runs.cancel_job(job_id)


def run_now(request: Request) -> dict[str, Any]:
    """Start a run of a job.

    Python tasks (`python_wheel_task`, and `spark_python_task` with a workspace file) run in a process of
    their own **on this machine, with the rights of the user who runs the workspace**: run jobs only whose code
    you would run yourself. Their code comes from wheels and files in the workspace; nothing is installed, other
    packages are those of the workspace's Python. The process gets the workspace's address and token. SQL tasks
    with a workspace file run on the warehouse. Tasks of other kinds fail and say so.
    """
    body = _without_nulls(request.body(RunNow))
    run_id = request.workspace.runs.run_now(
        body["job_id"],
        body.get("job_parameters", {}),
        queued=body.get("queue", {}).get("enabled"),
        idempotency_token=body.get("idempotency_token", ""),
    )
    return {"run_id": run_id, "number_in_job": run_id}


def get_run(request: Request) -> dict[str, Any]:
    """A run of a job with the newest attempt at each task, or one attempt as a run of its own.

    A run that the end of the workspace interrupted goes on at the next start: the interrupted attempt is an
    INTERNAL_ERROR and is repeated when `max_retries` allows it, else the run ends as INTERNAL_ERROR.
    """
    run = request.workspace.runs.get(_required(request, "run_id"), request.base_url)
    return _paged(request, run, run)


def get_run_output(request: Request) -> dict[str, Any]:
    """What an attempt at a task printed, the last 5 MB, and how it failed."""
    return request.workspace.runs.output(_required(request, "run_id"), request.base_url)


def list_runs(request: Request) -> dict[str, Any]:
    """Runs, the newest first."""
    active, completed = request.flag("active_only"), request.flag("completed_only")
    if active and completed:
        raise InvalidParameterError("active_only and completed_only cannot both be true")
    job_id = request.number("job_id") if "job_id" in request.query else None
    runs = request.workspace.runs.all(request.base_url, tasks=request.flag("expand_tasks"), job_id=job_id)
    first, last = request.number("start_time_from"), request.number("start_time_to", 2**63)
    wanted = [
        run
        for run in runs
        if first <= run["start_time"] <= last
        and (run["state"]["life_cycle_state"] in OVER or not completed)
        and (run["state"]["life_cycle_state"] not in OVER or not active)
    ]
    answer = page(request, "runs", wanted, size_parameter="limit", default=20, largest=25)
    return {**answer, "has_more": "next_page_token" in answer}


def cancel_run(request: Request) -> None:
    """Stop a run with all its processes; nothing happens to one that is over."""
    request.workspace.runs.cancel(request.body(RunReference)["run_id"])


def _without_nulls(value: Any) -> Any:  # noqa: ANN401 - JSON holds any value
    """A JSON value whose objects have no fields without a value: such a field counts as left out."""
    if isinstance(value, dict):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    return [_without_nulls(item) for item in value] if isinstance(value, list) else value


def _required(request: Request, name: str) -> int:
    if name not in request.query:
        raise InvalidParameterError(f"query parameter '{name}' is missing")
    return request.number(name)


def _paged(request: Request, answer: dict[str, Any], holder: dict[str, Any]) -> dict[str, Any]:
    """The answer with one page of the tasks that `holder`, a part of it, has.

    The other lists are short enough for the first page; clients add the pages up.
    """
    if request.query.get("page_token"):
        for field in _FIRST_PAGE_ONLY:
            holder.pop(field, None)
    tasks = page(request, "tasks", holder.get("tasks", []), largest=_TASKS_PER_PAGE)
    holder["tasks"] = tasks.pop("tasks")
    return answer | tasks


_BASE = "/api/2.2/jobs"

ROUTES = (
    Route("POST", f"{_BASE}/create", create_job),
    Route("GET", f"{_BASE}/get", get_job, query=("job_id", "page_token")),
    Route("GET", f"{_BASE}/list", list_jobs, query=("limit", "page_token", "name", "expand_tasks")),
    Route("POST", f"{_BASE}/reset", reset_job),
    Route("POST", f"{_BASE}/update", update_job),
    Route("POST", f"{_BASE}/delete", delete_job),
    Route("POST", f"{_BASE}/run-now", run_now),
    Route("GET", f"{_BASE}/runs/get", get_run, query=("run_id", "page_token")),
    Route("GET", f"{_BASE}/runs/get-output", get_run_output, query=("run_id",)),
    Route(
        "GET",
        f"{_BASE}/runs/list",
        list_runs,
        query=(
            "job_id",
            "active_only",
            "completed_only",
            "expand_tasks",
            "limit",
            "page_token",
            "start_time_from",
            "start_time_to",
        ),
    ),
    Route("POST", f"{_BASE}/runs/cancel", cancel_run),
)
