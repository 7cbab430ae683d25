"""References in a task's texts: `{{job.parameters.x}}` stands for a value of the run."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from local_workspace.store import Document

_REFERENCE = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
_PARAMETER = "job.parameters."
_RUN_VALUES = ("job.id", "job.name", "job.run_id", "task.name", "task.run_id")


def values(
    parameters: Mapping[str, str], job_id: int, job_name: str, run_id: int, task: tuple[str, int]
) -> dict[str, str]:
    """What each reference stands for.

    Args:
        parameters: the run's parameters.
        job_id: of the job.
        job_name: of the job.
        run_id: of the run of the job.
        task: key of the task, and id of its attempt.
    """
    own = (job_id, job_name, run_id, *task)
    named = {f"{_PARAMETER}{name}": value for name, value in parameters.items()}
    return named | {name: str(value) for name, value in zip(_RUN_VALUES, own, strict=True)}


def known_references(parameters: Iterable[str]) -> list[str]:
    """Every reference that a job with these parameters may make, sorted."""
    return sorted([*_RUN_VALUES, *(f"{_PARAMETER}{name}" for name in parameters)])


def unknown_references(task: Document, parameters: Iterable[str]) -> list[str]:
    """References in a task that stand for nothing, sorted."""
    return sorted(set(_REFERENCE.findall(json.dumps(task))).difference(known_references(parameters)))


def resolved(value: Any, stand_for: Mapping[str, str]) -> Any:  # noqa: ANN401 - JSON holds any value
    """A JSON value with every reference in its texts replaced.

    Raises:
        KeyError: a reference stands for nothing.
    """
    if isinstance(value, str):
        return _REFERENCE.sub(lambda match: stand_for[match.group(1)], value)
    if isinstance(value, list):
        return [resolved(item, stand_for) for item in value]
    if isinstance(value, dict):
        return {key: resolved(item, stand_for) for key, item in value.items()}
    return value
