"""Carries out one attempt at a task, whatever its kind, and keeps what it printed."""

from __future__ import annotations

import logging
import shutil
from typing import TYPE_CHECKING, Protocol

from local_workspace.jobs.attempt import Outcome, StoppedError, TaskNotRunnableError
from local_workspace.jobs.graph import INTERNAL_ERROR
from local_workspace.jobs.rules import TASK_KINDS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from local_workspace.jobs.attempt import Attempt

log = logging.getLogger(__name__)

_STOPPED = {"CANCELED": "Run cancelled.", "TIMEDOUT": "Timed out.", "CLOSED": "The workspace ended."}


class Runner(Protocol):
    """Carries out tasks of one kind."""

    def carry_out(self, attempt: Attempt) -> Outcome:
        """Work until the task is over; may raise TaskNotRunnableError and StoppedError."""
        ...


class Tasks:
    """Hands attempts to the runner of their kind.

    Args:
        folder: holds the logs, and while an attempt runs its working folder.
        runners: by kind of task; a task of another kind fails.
    """

    def __init__(self, folder: Path, runners: Mapping[str, Runner]) -> None:
        self._logs = folder / "logs"
        self._work = folder / "work"
        self._runners = runners

    def sweep(self) -> None:
        """Remove working folders that a kill has left."""
        shutil.rmtree(self._work, ignore_errors=True)

    def forget_logs(self) -> None:
        """Remove what every attempt printed."""
        shutil.rmtree(self._logs, ignore_errors=True)

    def log_file(self, run_id: int) -> Path:
        """The file that holds what an attempt printed; it may not exist."""
        return self._logs / f"{run_id}.log"

    def work_folder(self, run_id: int) -> Path:
        """The working folder of an attempt; it exists while the attempt runs."""
        return self._work / str(run_id)

    def carry_out(self, attempt: Attempt) -> Outcome:
        """Work until the attempt is over; whatever goes wrong is its outcome."""
        (kind,) = (kind for kind in TASK_KINDS if kind in attempt.task)
        attempt.log.parent.mkdir(parents=True, exist_ok=True)
        attempt.folder.mkdir(parents=True)
        try:
            if kind not in self._runners:
                raise TaskNotRunnableError(
                    f"the local workspace does not run {kind}; it runs {', '.join(sorted(self._runners))}"
                )
            return self._runners[kind].carry_out(attempt)
        except TaskNotRunnableError as error:
            return Outcome("FAILED", str(error), str(error))
        except StoppedError as error:
            return Outcome(error.reason, _STOPPED[error.reason])
        except Exception as error:
            log.exception("task %s failed", attempt.task["task_key"])
            return Outcome(INTERNAL_ERROR, message := f"{type(error).__name__}: {error}", message)
        finally:
            shutil.rmtree(attempt.folder, ignore_errors=True)
