"""Jobs: what they are made of, and what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from local_workspace.catalog import OWNER
from local_workspace.errors import InvalidParameterError, NotFoundError
from local_workspace.jobs.rules import problems
from local_workspace.schedules import next_fire

if TYPE_CHECKING:
    from local_workspace.clock import Clock
    from local_workspace.store import Document, Store

_DEFAULTS: dict[str, Any] = {
    "name": "Untitled",
    "email_notifications": {},
    "webhook_notifications": {},
    "timeout_seconds": 0,
    "max_concurrent_runs": 1,
    "format": "MULTI_TASK",
}
"""What the service adds to the settings of a job."""
_TASK_SOURCES = ("notebook_task", "spark_python_task")


class Jobs:
    """Creates, shows, changes and removes jobs."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def create(self, settings: Document) -> int:
        """Make a job; gives its id.

        Raises:
            InvalidParameterError: the settings cannot work.
        """
        _check(settings)
        with self._store.transaction():
            job_id = self._store.next_number("job")
            record = {"job_id": job_id, "settings": settings, "created_time": self._clock.now_ms()}
            self._put(record)
        return job_id

    def get(self, job_id: int) -> Document:
        """A job as it is shown, with what the service adds.

        Raises:
            NotFoundError: it is not there.
        """
        return _shown(self.record(job_id))

    def record(self, job_id: int) -> Document:
        """A job with its settings as they were sent.

        Raises:
            NotFoundError: it is not there.
        """
        record = self._store.get("job", _key(job_id))
        if record is None:
            raise NotFoundError(f"Job {job_id} does not exist.")
        return record

    def all(self, name: str | None = None) -> list[Document]:
        """Jobs as they are shown, the newest first; only those of a name, whatever its case."""
        records = [record for _, record in reversed(self._store.all("job"))]
        shown = [_shown(record) for record in records]
        return [job for job in shown if name is None or job["settings"]["name"].lower() == name.lower()]

    def reset(self, job_id: int, settings: Document) -> None:
        """Replace all settings.

        Raises:
            NotFoundError: the job is not there.
            InvalidParameterError: the settings cannot work.
        """
        with self._store.transaction():
            record = self.record(job_id)
            _check(settings)
            self._put({**record, "settings": settings})

    def update(self, job_id: int, changed: Document, removed: list[str]) -> None:
        """Change some settings: lists of tasks, environments and parameters by key, others as a whole.

        Raises:
            NotFoundError: the job is not there.
            InvalidParameterError: the settings cannot work, or a field to be removed is not named right.
        """
        with self._store.transaction():
            record = self.record(job_id)
            settings = dict(record["settings"])
            for place in removed:
                _remove(settings, place)
            for field, value in changed.items():
                settings[field] = _merged(field, settings.get(field), value)
            _check(settings)
            self._put({**record, "settings": settings})

    def delete(self, job_id: int) -> None:
        """Remove a job.

        Raises:
            NotFoundError: it is not there.
        """
        with self._store.transaction():
            self.record(job_id)
            self._store.delete("job", _key(job_id))

    def _put(self, record: Document) -> None:
        fires = next_fire(record["settings"], self._clock)
        self._store.put("job", _key(record["job_id"]), {**record, "next_fire": fires})


def _check(settings: Document) -> None:
    found = problems(settings)
    if found:
        raise InvalidParameterError("; ".join(found))


def _key(job_id: int) -> str:
    return f"{job_id:012d}"


def _shown(record: Document) -> Document:
    settings = record["settings"]
    run_as = settings.get("run_as", {})
    shown = {field: value for field, value in settings.items() if field != "run_as"}
    if "tasks" in shown:
        shown["tasks"] = [_shown_task(task) for task in shown["tasks"]]
    return {
        "job_id": record["job_id"],
        "creator_user_name": OWNER,
        "run_as_user_name": run_as.get("user_name") or run_as.get("service_principal_name") or OWNER,
        "created_time": record["created_time"],
        "settings": _DEFAULTS | shown,
    }


def _shown_task(task: Document) -> Document:
    shown = {"run_if": "ALL_SUCCESS", **task}
    for field in _TASK_SOURCES:
        if field in shown:
            shown[field] = {"source": "WORKSPACE", **shown[field]}
    return shown


_KEYS = {"tasks": "task_key", "environments": "environment_key", "parameters": "name"}
"""Lists whose entries an update changes one by one, and what tells the entries apart."""


def _merged(field: str, old: Any, new: Any) -> Any:  # noqa: ANN401 - JSON holds any value
    if field not in _KEYS or not isinstance(old, list) or not isinstance(new, list):
        return new
    entries = {entry[_KEYS[field]]: entry for entry in [*old, *new]}
    return list(entries.values())


def _remove(settings: Document, place: str) -> None:
    field, _, key = place.partition("/")
    if not key:
        settings.pop(field, None)
    elif field in _KEYS:
        settings[field] = [entry for entry in settings.get(field, []) if entry[_KEYS[field]] != key]
    else:
        raise InvalidParameterError(
            f"fields_to_remove: '{place}' is not allowed; expected a field, or tasks/KEY, environments/KEY, "
            "parameters/NAME"
        )
