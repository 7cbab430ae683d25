"""The order of a job's tasks: which may run, which is passed over, and what becomes of the run."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from local_workspace.store import Document

RUN = "RUN"
"""The verdict on a task whose turn it is; every other verdict is the result of passing it over."""
INTERNAL_ERROR = "INTERNAL_ERROR"
_SUCCEEDED = frozenset({"SUCCESS", "DISABLED"})
_FAILED = frozenset({"FAILED", "TIMEDOUT", "UPSTREAM_FAILED", INTERNAL_ERROR})
_CANCELED = frozenset({"CANCELED", "UPSTREAM_CANCELED"})


def verdict(task: Document, results: Mapping[str, str]) -> str | None:
    """What happens to a task now, given the results of those that are over.

    Gives:
        None while a task it depends on is not over; `RUN`; or its result when it is passed over:
        UPSTREAM_FAILED, UPSTREAM_CANCELED, EXCLUDED or DISABLED.
    """
    above = [results.get(one["task_key"]) for one in task.get("depends_on", [])]
    ended = [result for result in above if result is not None]
    if len(ended) < len(above):
        return None
    if task.get("disabled"):
        return "DISABLED"
    if not ended or _condition(task.get("run_if", "ALL_SUCCESS"), ended):
        return RUN
    if any(result in _CANCELED for result in ended):
        return "UPSTREAM_CANCELED"
    if any(result in _FAILED for result in ended):
        return "UPSTREAM_FAILED"
    return "EXCLUDED"


def run_result(tasks: Sequence[Document], results: Mapping[str, str]) -> str:
    """The result of a run whose tasks are all over: its last tasks decide."""
    needed = {one["task_key"] for task in tasks for one in task.get("depends_on", [])}
    last = [results[task["task_key"]] for task in tasks if task["task_key"] not in needed]
    if INTERNAL_ERROR in results.values() and any(result in _FAILED for result in last):
        return INTERNAL_ERROR
    if any(result in _FAILED for result in last):
        return "FAILED"
    if any(result in _CANCELED for result in last):
        return "CANCELED"
    if any(result in _FAILED for result in results.values()):
        return "SUCCESS_WITH_FAILURES"
    return "SUCCESS"


def cycle(tasks: Sequence[Document]) -> list[str]:
    """Keys of tasks that wait for each other, the first one again at the end; empty when none do."""
    above = {task["task_key"]: [one["task_key"] for one in task.get("depends_on", [])] for task in tasks}
    try:
        TopologicalSorter(above).prepare()
    except CycleError as error:
        found: list[str] = error.args[1]
        return found[::-1]
    return []


def _condition(run_if: str, above: Sequence[str]) -> bool:
    succeeded = [result in _SUCCEEDED for result in above]
    failed = [result in _FAILED for result in above]
    match run_if:
        case "ALL_DONE":
            return True
        case "AT_LEAST_ONE_SUCCESS":
            return any(succeeded)
        case "NONE_FAILED":
            return any(succeeded) and not any(failed)
        case "AT_LEAST_ONE_FAILED":
            return any(failed)
        case "ALL_FAILED":
            return all(failed)
        case _:
            return all(succeeded)
