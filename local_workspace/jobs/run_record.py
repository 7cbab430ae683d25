"""The record of a run of a job: made, changed step by step, and shown as the service shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from local_workspace.catalog import OWNER
from local_workspace.jobs.graph import INTERNAL_ERROR

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from local_workspace.store import Document

OVER = frozenset({"TERMINATED", "SKIPPED", "INTERNAL_ERROR"})
"""Life-cycle states in which nothing happens any more."""
ACTIVE = frozenset({"PENDING", "RUNNING"})
"""Life-cycle states that count for the limit of concurrent runs."""
_NOT_RUN = frozenset(
    {"UPSTREAM_FAILED", "UPSTREAM_CANCELED", "EXCLUDED", "DISABLED", "MAXIMUM_CONCURRENT_RUNS_REACHED"}
)
"""Results of runs and tasks that never began."""
_CODES = {
    "SUCCESS": ("SUCCESS", "SUCCESS"),
    "SUCCESS_WITH_FAILURES": ("SUCCESS_WITH_FAILURES", "SUCCESS"),
    "FAILED": ("RUN_EXECUTION_ERROR", "CLIENT_ERROR"),
    "TIMEDOUT": ("CANCELED", "CLIENT_ERROR"),
    "CANCELED": ("USER_CANCELED", "SUCCESS"),
    "MAXIMUM_CONCURRENT_RUNS_REACHED": ("MAX_CONCURRENT_RUNS_EXCEEDED", "CLIENT_ERROR"),
}
"""Code and type of the termination by result; all others were skipped."""


def key_of(run_id: int) -> str:
    """The key of a run in the store; keys sort as the numbers do."""
    return f"{run_id:012d}"


def new_run(run_id: int, job: Document, parameters: Mapping[str, str], trigger: str, now: int) -> Document:
    """The record of a run that waits; it keeps the settings that the job has now."""
    return {
        "run_id": run_id,
        "job_id": job["job_id"],
        "settings": job["settings"],
        "parameters": dict(parameters),
        "trigger": trigger,
        "life_cycle_state": "PENDING",
        "state_message": "",
        "start_time": now,
        "attempts": {},
    }


def ended(part: Mapping[str, Any], result: str, message: str, now: int) -> Document:
    """A run or an attempt that is over now with this result."""
    state = "SKIPPED" if result in _NOT_RUN else "TERMINATED"
    if result == INTERNAL_ERROR:
        state, result = INTERNAL_ERROR, "FAILED"
    return {
        **part,
        "life_cycle_state": state,
        "result_state": result,
        "state_message": message,
        "end_time": now,
    }


def may_repeat(task: Document, attempts: Sequence[Document]) -> bool:
    """Whether a task is tried again after these attempts, the last of which is over."""
    newest = attempts[-1]
    if newest["result_state"] not in {"FAILED", "TIMEDOUT"}:
        return False
    if newest["result_state"] == "TIMEDOUT" and not task.get("retry_on_timeout"):
        return False
    most: int = task.get("max_retries", 0)
    return most < 0 or len(attempts) <= most


def task_results(run: Mapping[str, Any]) -> dict[str, str]:
    """Result by key of the tasks that are over and not tried again."""
    results = {}
    for task in run["settings"]["tasks"]:
        attempts = run["attempts"].get(task["task_key"], [])
        if attempts and attempts[-1]["life_cycle_state"] in OVER and not may_repeat(task, attempts):
            broken = attempts[-1]["life_cycle_state"] == INTERNAL_ERROR
            results[task["task_key"]] = INTERNAL_ERROR if broken else attempts[-1]["result_state"]
    return results


def shown_run(run: Document, address: str, *, tasks: bool) -> Document:
    """A run as the service shows it; the newest attempt of each task, if tasks are wanted."""
    settings = run["settings"]
    defaults = {one["name"]: one["default"] for one in settings.get("parameters", [])}
    shown = {
        **_identity(run, address),
        "run_name": settings.get("name", "Untitled"),
        "number_in_job": run["run_id"],
        "format": "MULTI_TASK",
        "job_parameters": [
            {"name": name, "default": defaults[name], "value": value}
            for name, value in run["parameters"].items()
        ],
        **_progress(run),
    }
    if tasks:
        shown["tasks"] = [_shown_task(task, run, address) for task in settings.get("tasks", [])]
    return shown


def shown_attempt(run: Document, attempt: Document, address: str) -> Document:
    """An attempt at a task as a run of its own."""
    return {
        **_identity(run, address),
        "run_id": attempt["run_id"],
        "job_run_id": run["run_id"],
        "run_name": attempt["task_key"],
        "attempt_number": attempt["attempt_number"],
        **_progress(attempt),
    }


def _identity(run: Document, address: str) -> Document:
    return {
        "job_id": run["job_id"],
        "run_id": run["run_id"],
        "creator_user_name": OWNER,
        "run_type": "JOB_RUN",
        "trigger": run["trigger"],
        "run_page_url": f"{address}/#job/{run['job_id']}/run/{run['run_id']}",
    }


def _shown_task(task: Document, run: Document, address: str) -> Document:
    attempts = run["attempts"].get(task["task_key"], [])
    if not attempts:
        waiting = {"life_cycle_state": "BLOCKED" if task.get("depends_on") else "PENDING"}
        return {**task, **_progress(waiting)}
    newest = attempts[-1]
    own = {"run_id": newest["run_id"], "attempt_number": newest["attempt_number"]}
    page = f"{address}/#job/{run['job_id']}/run/{newest['run_id']}"
    return {**task, **own, "run_page_url": page, **_progress(newest)}


def _progress(part: Mapping[str, Any]) -> Document:
    """State and times of a run or an attempt."""
    state = {"life_cycle_state": part["life_cycle_state"], "state_message": part.get("state_message", "")}
    status: Document = {
        "state": "TERMINATED" if part["life_cycle_state"] in OVER else part["life_cycle_state"]
    }
    if "result_state" in part:
        result = part["result_state"]
        state |= {
            "result_state": result,
            "user_cancelled_or_timedout": result in {"CANCELED", "TIMEDOUT"},
        }
        code, kind = _CODES.get(result, ("SKIPPED", "SUCCESS"))
        if part["life_cycle_state"] == INTERNAL_ERROR:
            code, kind = INTERNAL_ERROR, INTERNAL_ERROR
        status["termination_details"] = {"code": code, "type": kind, "message": part["state_message"]}
    times = {field: part[field] for field in ("start_time", "end_time") if field in part}
    if "end_time" in part:
        took = part["end_time"] - part["start_time"]
        times |= {
            "run_duration": took,
            "execution_duration": took,
            "setup_duration": 0,
            "cleanup_duration": 0,
        }
    return {"state": state, "status": status, **times}
