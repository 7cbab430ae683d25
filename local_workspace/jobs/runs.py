"""Runs of jobs: started by request or by schedule, queued, carried out, stopped; a kill loses none."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from local_workspace.errors import InvalidParameterError, NotFoundError
from local_workspace.jobs.attempt import CLOSED, Stop
from local_workspace.jobs.execution import Execution
from local_workspace.jobs.graph import INTERNAL_ERROR
from local_workspace.jobs.run_record import ACTIVE, OVER, ended, key_of, new_run, shown_attempt, shown_run

if TYPE_CHECKING:
    from collections.abc import Mapping

    from local_workspace.clock import Clock
    from local_workspace.jobs.definitions import Jobs
    from local_workspace.jobs.tasks import Tasks
    from local_workspace.schedules import Schedules
    from local_workspace.store import Document, Store

log = logging.getLogger(__name__)

_LONGEST_WAIT = 60.0
_LONGEST_LOG = 5 * 1024 * 1024
INTERRUPTED = "The workspace ended while the task ran."


class Runs:
    """Every run, and the threads that carry runs out.

    A run that was carried out when the workspace ended goes on at the next start: the attempt that was under
    way has the life-cycle state INTERNAL_ERROR, and is repeated when the task's `max_retries` allows it;
    otherwise the run ends with INTERNAL_ERROR. Runs that waited still wait.
    """

    def __init__(self, store: Store, clock: Clock, jobs: Jobs, tasks: Tasks, schedules: Schedules) -> None:
        self._store = store
        self._clock = clock
        self._jobs = jobs
        self._tasks = tasks
        self._schedules = schedules
        self._wake = threading.Event()
        self._stopping = False
        self._stops: dict[int, Stop] = {}
        self._threads: dict[int, threading.Thread] = {}
        self._thread = threading.Thread(target=self._loop, name="jobs", daemon=True)

    def start(self) -> None:
        """Start carrying out, first what was interrupted."""
        self._tasks.sweep()
        for _, run in self._store.all("job_run"):
            if run["life_cycle_state"] == "RUNNING":
                self._interrupt(run)
        self._thread.start()

    def close(self) -> None:
        """Stop; what is carried out goes on at the next start."""
        self._stopping = True
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join()
        for stop in list(self._stops.values()):
            stop.ask(CLOSED)
        for thread in list(self._threads.values()):
            thread.join()

    def wake(self) -> None:
        """Look at queue and schedules again: the clock or a job was changed."""
        self._wake.set()

    def run_now(
        self,
        job_id: int,
        parameters: Mapping[str, str],
        *,
        queued: bool | None = None,
        idempotency_token: str = "",
        trigger: str = "ONE_TIME",
    ) -> int:
        """Start a run of a job, or queue or skip it when too many run; gives its id.

        Args:
            job_id: of the job.
            parameters: values that differ from the defaults of the job's parameters.
            queued: whether it waits for its turn; None as the job says.
            idempotency_token: a second request with the same one gives the first one's run.
            trigger: why it is started.

        Raises:
            NotFoundError: the job is not there.
            InvalidParameterError: a parameter is not declared by the job.
        """
        with self._store.transaction():
            job = self._jobs.record(job_id)
            given = self._store.get("idempotency_token", idempotency_token) if idempotency_token else None
            if given is not None:
                return int(given["run_id"])
            settings = job["settings"]
            values = {one["name"]: one["default"] for one in settings.get("parameters", [])}
            unknown = sorted(set(parameters) - set(values))
            if unknown:
                raise InvalidParameterError(
                    f"job_parameters: job {job_id} declares no parameter '{unknown[0]}'; "
                    f"known: {', '.join(values) or 'none'}"
                )
            run_id = self._store.next_number("job_run")
            run = new_run(run_id, job, {**values, **parameters}, trigger, self._clock.now_ms())
            if not self._has_room(job):
                waits = settings.get("queue", {}).get("enabled", False) if queued is None else queued
                run = self._waiting(run) if waits else self._skipped(run)
            self._store.put("job_run", key_of(run_id), run)
            if idempotency_token:
                self._store.put("idempotency_token", idempotency_token, {"run_id": run_id})
        self.wake()
        return run_id

    def get(self, run_id: int, address: str) -> Document:
        """A run of a job, or an attempt at a task as a run of its own.

        Raises:
            NotFoundError: there is none of this id.
        """
        run, attempt = self._find(run_id)
        return (
            shown_run(run, address, tasks=True) if attempt is None else shown_attempt(run, attempt, address)
        )

    def all(self, address: str, *, tasks: bool = False, job_id: int | None = None) -> list[Document]:
        """Runs of jobs, the newest first; of one job only if it is given."""
        return [
            shown_run(run, address, tasks=tasks)
            for _, run in reversed(self._store.all("job_run"))
            if job_id in {None, run["job_id"]}
        ]

    def output(self, run_id: int, address: str) -> Document:
        """What an attempt printed and how it failed; of a run of a job with a single task, its newest.

        Raises:
            NotFoundError: there is none of this id.
            InvalidParameterError: it is a run with several tasks.
        """
        run, attempt = self._find(run_id)
        if attempt is None:
            tasks = run["settings"]["tasks"]
            if len(tasks) > 1:
                raise InvalidParameterError(
                    "Retrieving the output of runs with multiple tasks is not supported; "
                    "ask for the output of each task's run"
                )
            attempts = run["attempts"].get(tasks[0]["task_key"], [])
            if not attempts:
                return {"metadata": shown_run(run, address, tasks=True)}
            attempt = attempts[-1]
        output = {"metadata": shown_attempt(run, attempt, address), **self._logs(attempt["run_id"])}
        errors = {"error": attempt.get("error"), "error_trace": attempt.get("trace")}
        return {**output, **{field: text for field, text in errors.items() if text}}

    def cancel(self, run_id: int) -> None:
        """Stop a run; nothing happens to one that is over.

        Raises:
            NotFoundError: there is none of this id.
        """
        with self._store.transaction():
            run, _ = self._find(run_id)
            if run["life_cycle_state"] in OVER:
                return
            stop = self._stops.get(run["run_id"])
            if stop is None:
                self._put(ended(run, "CANCELED", "Run cancelled.", self._clock.now_ms()))
                return
            self._put({**run, "canceled": True})
        stop.ask("CANCELED")

    def cancel_job(self, job_id: int) -> None:
        """Stop all runs of a job."""
        for _, run in self._store.all("job_run"):
            if run["job_id"] == job_id:
                self.cancel(run["run_id"])

    def clear(self) -> None:
        """Stop and forget all runs."""
        with self._store.transaction():
            for _, run in self._store.all("job_run"):
                self.cancel(run["run_id"])
        for thread in list(self._threads.values()):
            thread.join()
        self._store.delete_all("job_run", "task_run", "idempotency_token")
        self._tasks.forget_logs()

    def _find(self, run_id: int) -> tuple[Document, Document | None]:
        """A run of a job, and the attempt when the id is that of one."""
        owner = self._store.get("task_run", key_of(run_id))
        run = self._store.get("job_run", key_of(owner["job_run_id"] if owner else run_id))
        if run is None:
            raise NotFoundError(f"Run {run_id} does not exist.")
        attempts = [one for of_task in run["attempts"].values() for one in of_task]
        return run, next((one for one in attempts if one["run_id"] == run_id), None)

    def _logs(self, run_id: int) -> Document:
        file = self._tasks.log_file(run_id)
        if not file.exists():
            return {}
        size = file.stat().st_size
        with file.open("rb") as log_:
            log_.seek(max(size - _LONGEST_LOG, 0))
            text = log_.read().decode("utf-8", "replace")
        return {"logs": text, "logs_truncated": size > _LONGEST_LOG}

    def _has_room(self, job: Document) -> bool:
        running = [
            run
            for _, run in self._store.all("job_run")
            if run["job_id"] == job["job_id"] and run["life_cycle_state"] in ACTIVE
        ]
        return len(running) < int(job["settings"].get("max_concurrent_runs", 1))

    def _waiting(self, run: Document) -> Document:
        return {
            **run,
            "life_cycle_state": "QUEUED",
            "state_message": "Queued: too many runs of the job are active.",
        }

    def _skipped(self, run: Document) -> Document:
        message = "Skipped: too many runs of the job are active."
        return ended(run, "MAXIMUM_CONCURRENT_RUNS_REACHED", message, self._clock.now_ms())

    def _interrupt(self, run: Document) -> None:
        for attempts in run["attempts"].values():
            if attempts[-1]["life_cycle_state"] not in OVER:
                attempts[-1] = ended(attempts[-1], INTERNAL_ERROR, INTERRUPTED, self._clock.now_ms())
        self._put(run)

    def _put(self, run: Document) -> None:
        self._store.put("job_run", key_of(run["run_id"]), run)

    def _loop(self) -> None:
        while not self._stopping:
            self._wake.clear()
            try:
                with self._store.transaction():
                    for job_id in self._schedules.due():
                        self.run_now(int(job_id), {}, trigger="PERIODIC")
                self._start_due()
            except Exception:
                log.exception("the queue of runs could not be worked on")
            fires = self._schedules.next()
            now = self._clock.now().timestamp()
            self._wake.wait(_LONGEST_WAIT if fires is None else min(max(fires - now, 0.01), _LONGEST_WAIT))

    def _start_due(self) -> None:
        for _, run in self._store.all("job_run"):
            if run["life_cycle_state"] == "QUEUED":
                self._admit(run["run_id"])
        with self._store.transaction():
            for _, run in self._store.all("job_run"):
                if run["life_cycle_state"] in ACTIVE and run["run_id"] not in self._threads:
                    self._begin(run["run_id"])

    def _admit(self, run_id: int) -> None:
        with self._store.transaction():
            run, _ = self._find(run_id)
            if run["life_cycle_state"] == "QUEUED" and self._has_room(run):
                self._put({**run, "life_cycle_state": "PENDING", "state_message": ""})

    def _begin(self, run_id: int) -> None:
        stop = Stop()
        execution = Execution(run_id, self._store, self._clock, self._tasks, stop)

        def carry_out() -> None:
            try:
                execution.carry_out()
            except Exception as error:
                log.exception("run %s failed", run_id)
                self._break_off(run_id, f"{type(error).__name__}: {error}")
            finally:
                with self._store.transaction():
                    del self._stops[run_id]
                    del self._threads[run_id]
                self.wake()

        thread = threading.Thread(target=carry_out, name=f"run-{run_id}", daemon=True)
        self._stops[run_id], self._threads[run_id] = stop, thread
        thread.start()

    def _break_off(self, run_id: int, message: str) -> None:
        with self._store.transaction():
            run, _ = self._find(run_id)
            self._put(ended(run, INTERNAL_ERROR, message, self._clock.now_ms()))
