"""Carries out one run: its tasks in their order, several at a time, each as often as it may be tried."""

from __future__ import annotations

import time
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, Any

from local_workspace.jobs import references
from local_workspace.jobs.attempt import CLOSED, Attempt, Outcome
from local_workspace.jobs.graph import RUN, run_result, verdict
from local_workspace.jobs.run_record import ended, key_of, may_repeat, task_results

if TYPE_CHECKING:
    from collections.abc import Callable

    from local_workspace.clock import Clock
    from local_workspace.jobs.attempt import Stop
    from local_workspace.jobs.tasks import Tasks
    from local_workspace.store import Document, Store

_TASKS_AT_ONCE = 8


class Execution:
    """One run, from where its record stands to its end."""

    def __init__(self, run_id: int, store: Store, clock: Clock, tasks: Tasks, stop: Stop) -> None:
        self._run_id = run_id
        self._store = store
        self._clock = clock
        self._tasks = tasks
        self._stop = stop

    def carry_out(self) -> None:
        """Work until every task is over, or until asked to stop; each step is in the store at once."""
        run = self._begin()
        pending: dict[Future[None], str] = {}
        with ThreadPoolExecutor(_TASKS_AT_ONCE, thread_name_prefix=f"run-{self._run_id}") as pool:
            while True:
                if not self._stop.reason:
                    for task in self._due(set(pending.values())):
                        pending[pool.submit(self._carry_out_task, task)] = task["task_key"]
                if not pending:
                    break
                limit = run.get("deadline")
                remaining = None if limit is None else max(limit - time.time(), 0.0)
                over, _ = wait(pending, remaining, FIRST_COMPLETED)
                if not over:
                    self._stop.ask("TIMEDOUT")
                    over, _ = wait(pending)
                for future in over:
                    del pending[future]
                    future.result()
        if self._stop.reason != CLOSED:
            self._finish()

    def _begin(self) -> Document:
        with self._store.transaction():
            run = self._read()
            if run.get("canceled"):
                self._stop.ask("CANCELED")
            if run["life_cycle_state"] == "PENDING":
                run |= {"life_cycle_state": "RUNNING", "start_time": self._clock.now_ms()}
                seconds = run["settings"].get("timeout_seconds", 0)
                if seconds:
                    # By the machine's clock: the workspace's may be set.
                    run["deadline"] = time.time() + seconds
                self._put(run)
        return run

    def _due(self, pending: set[str]) -> list[Document]:
        """Tasks whose turn it is; those that are passed over get their result."""
        with self._store.transaction():
            run = self._read()
            while True:
                verdicts = self._verdicts(run, pending)
                passed = [(task["task_key"], result) for task, result in verdicts if result != RUN]
                if not passed:
                    return [task for task, _ in verdicts]
                for key, result in passed:
                    self._pass_over(run, key, result)
                self._put(run)

    def _verdicts(self, run: Document, pending: set[str]) -> list[tuple[Document, str]]:
        results = task_results(run)
        left = [
            task
            for task in run["settings"]["tasks"]
            if task["task_key"] not in results and task["task_key"] not in pending
        ]
        return [(task, decided) for task in left if (decided := verdict(task, results)) is not None]

    def _pass_over(self, run: Document, key: str, result: str) -> None:
        now = self._clock.now_ms()
        attempt = self._new_attempt(run, key, now)
        run["attempts"].setdefault(key, []).append(ended(attempt, result, "The task was not run.", now))

    def _carry_out_task(self, task: Document) -> None:
        while True:
            outcome = self._carry_out_attempt(task)
            attempts = self._read()["attempts"][task["task_key"]]
            if outcome.result == CLOSED or not may_repeat(task, attempts):
                return
            if self._stop.wait(task.get("min_retry_interval_millis", 0) / 1000):
                return

    def _carry_out_attempt(self, task: Document) -> Outcome:
        key = task["task_key"]
        with self._store.transaction():
            run = self._read()
            started = self._new_attempt(run, key, self._clock.now_ms())
            run["attempts"].setdefault(key, []).append(started)
            self._put(run)
        outcome = self._tasks.carry_out(self._attempt(run, task, started["run_id"]))
        if outcome.result != CLOSED:
            self._change(lambda run: self._note(run["attempts"][key], outcome))
        return outcome

    def _attempt(self, run: Document, task: Document, attempt_id: int) -> Attempt:
        settings = run["settings"]
        stand_for = references.values(
            run["parameters"],
            run["job_id"],
            settings.get("name", "Untitled"),
            run["run_id"],
            (task["task_key"], attempt_id),
        )
        environments = {
            one["environment_key"]: one.get("spec", {}) for one in settings.get("environments", [])
        }
        seconds = task.get("timeout_seconds", 0)
        return Attempt(
            task=references.resolved(task, stand_for),
            environment=environments.get(task.get("environment_key")),
            parameters=run["parameters"],
            log=self._tasks.log_file(attempt_id),
            folder=self._tasks.work_folder(attempt_id),
            stop=self._stop,
            deadline=time.monotonic() + seconds if seconds else None,
        )

    def _note(self, attempts: list[Document], outcome: Outcome) -> None:
        over = ended(attempts[-1], outcome.result, outcome.message, self._clock.now_ms())
        attempts[-1] = {**over, "error": outcome.error, "trace": outcome.trace}

    def _new_attempt(self, run: Document, key: str, now: int) -> Document:
        run_id = self._store.next_number("job_run")
        self._store.put("task_run", key_of(run_id), {"job_run_id": run["run_id"]})
        return {
            "run_id": run_id,
            "task_key": key,
            "attempt_number": len(run["attempts"].get(key, [])),
            "life_cycle_state": "RUNNING",
            "start_time": now,
        }

    def _finish(self) -> None:
        with self._store.transaction():
            run = self._read()
            tasks, reason = run["settings"]["tasks"], self._stop.reason
            now = self._clock.now_ms()
            for task in tasks:
                if task["task_key"] not in task_results(run):
                    self._pass_over(run, task["task_key"], reason or "CANCELED")
            results = task_results(run)
            result = reason if reason in results.values() else run_result(tasks, results)
            self._put(ended(run, result, _message(run, result), now))

    def _change(self, change: Callable[[Document], None]) -> None:
        with self._store.transaction():
            run = self._read()
            change(run)
            self._put(run)

    def _read(self) -> dict[str, Any]:
        run = self._store.get("job_run", key_of(self._run_id))
        if run is None:
            raise LookupError(f"run {self._run_id} was forgotten while it was carried out")
        return run

    def _put(self, run: Document) -> None:
        self._store.put("job_run", key_of(self._run_id), run)


def _message(run: Document, result: str) -> str:
    """Why a run did not succeed: in the words of its first task that did not."""
    if result in {"SUCCESS", "CANCELED", "TIMEDOUT"}:
        return {"CANCELED": "Run cancelled.", "TIMEDOUT": "Run timed out."}.get(result, "")
    for key, attempts in run["attempts"].items():
        newest = attempts[-1]
        if newest["result_state"] in {"FAILED", "TIMEDOUT"}:
            return f"Task {key} failed with message: {newest['state_message']}"
    return ""
