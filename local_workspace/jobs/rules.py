"""What the settings of a job must fulfil before they are kept."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from local_workspace.jobs.graph import cycle
from local_workspace.jobs.references import known_references, unknown_references
from local_workspace.schedule import Schedule, ScheduleError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local_workspace.store import Document

TASK_KINDS = (
    "alert_task",
    "clean_rooms_notebook_task",
    "condition_task",
    "dashboard_task",
    "dbt_cloud_task",
    "dbt_platform_task",
    "dbt_task",
    "for_each_task",
    "gen_ai_compute_task",
    "notebook_task",
    "pipeline_task",
    "power_bi_task",
    "python_wheel_task",
    "run_job_task",
    "spark_jar_task",
    "spark_python_task",
    "spark_submit_task",
    "sql_task",
)
"""Fields of a task of which exactly one says what is done."""
UNFIRED = ("trigger", "continuous")
"""Ways to start a job that the local workspace does not know."""
_MOST_TASKS = 1000
_MOST_CONCURRENT_RUNS = 1000


def problems(settings: Document) -> list[str]:
    """Everything that is wrong with the settings of a job."""
    tasks = settings.get("tasks", [])
    return [
        *_doubles("tasks", [task["task_key"] for task in tasks]),
        *_doubles("environments", [one["environment_key"] for one in settings.get("environments", [])]),
        *_doubles("parameters", [one["name"] for one in settings.get("parameters", [])]),
        *_limits(settings, len(tasks)),
        *_schedule(settings.get("schedule")),
        *(problem for task in tasks for problem in _task(task, settings)),
        *_dependencies(tasks),
    ]


def _doubles(field: str, keys: list[str]) -> Iterator[str]:
    for key, count in Counter(keys).items():
        if count > 1:
            yield f"{field}: '{key}' is given {count} times"


def _limits(settings: Document, tasks: int) -> Iterator[str]:
    if not 1 <= tasks <= _MOST_TASKS:
        yield f"tasks: {tasks} entries; a job has 1 to {_MOST_TASKS}"
    runs = settings.get("max_concurrent_runs", 1)
    if not 0 <= runs <= _MOST_CONCURRENT_RUNS:
        yield f"max_concurrent_runs: {runs} is not allowed; expected 0 to {_MOST_CONCURRENT_RUNS}"
    if settings.get("timeout_seconds", 0) < 0:
        yield f"timeout_seconds: {settings['timeout_seconds']} is not allowed; expected at least 0"
    for field in UNFIRED:
        if field in settings:
            yield f"{field}: the local workspace starts jobs by schedule and on request only"


def _schedule(schedule: Document | None) -> Iterator[str]:
    if schedule is None:
        return
    try:
        ZoneInfo(schedule["timezone_id"])
    except (KeyError, ValueError, OSError):
        yield f"schedule.timezone_id: '{schedule['timezone_id']}' is no time zone; write one like UTC"
        return
    try:
        Schedule.parse(schedule["quartz_cron_expression"], schedule["timezone_id"])
    except ScheduleError as error:
        yield f"schedule.quartz_cron_expression: {error}"


def _task(task: Document, settings: Document) -> Iterator[str]:
    place = f"tasks.{task['task_key']}"
    kinds = [kind for kind in TASK_KINDS if kind in task]
    if len(kinds) != 1:
        yield f"{place}: exactly one of the fields that end in _task is expected, got {', '.join(kinds) or 'none'}"
    key = task.get("environment_key")
    known = [one["environment_key"] for one in settings.get("environments", [])]
    if key is not None and key not in known:
        yield f"{place}.environment_key: unknown environment '{key}'; known: {', '.join(known) or 'none'}"
    parameters = [one["name"] for one in settings.get("parameters", [])]
    for reference in unknown_references(task, parameters):
        yield f"{place}: unknown reference '{{{{{reference}}}}}'; known: {', '.join(known_references(parameters))}"
    if task.get("max_retries", 0) < -1:
        yield f"{place}.max_retries: {task['max_retries']} is not allowed; expected -1 or more"
    for field in ("timeout_seconds", "min_retry_interval_millis"):
        if task.get(field, 0) < 0:
            yield f"{place}.{field}: {task[field]} is not allowed; expected at least 0"


def _dependencies(tasks: list[Document]) -> Iterator[str]:
    keys = {task["task_key"] for task in tasks}
    for task in tasks:
        for dependency in task.get("depends_on", []):
            if dependency["task_key"] not in keys:
                yield f"tasks.{task['task_key']}.depends_on: unknown task '{dependency['task_key']}'"
    circle = cycle(tasks)
    if circle:
        yield f"tasks: {' -> '.join(circle)} wait for each other"
