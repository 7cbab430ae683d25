"""What a job prints: its steps, one status per domain, and one line at the end that says how it went."""

from __future__ import annotations

import traceback
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class JobFailedError(Exception):
    """The job failed; the text is its status line."""


class CannotBeginError(Exception):
    """The run cannot do anything as it was started; the text says all there is to know."""


class JobStatus:
    """Statuses of the domains, printed as they come."""

    def __init__(self, job: str, say: Callable[[str], None]) -> None:
        self._job = job
        self._say = say
        self._failures: dict[str, str] = {}
        self._domains: set[str] = set()
        self._counts: Counter[str] = Counter()

    def step(self, text: str) -> None:
        """Say what is done next."""
        self._say(text)

    def domain(self, domain: str, status: str, message: str = "", *, failed: bool) -> None:
        """Note the status of a domain after a step."""
        self._domains.add(domain)
        self._counts[status] += 1
        if failed:
            self._failures.setdefault(domain, message)
        self._say(f"  {domain}: {status}{f': {message}' if message else ''}")

    def broke(self, error: Exception) -> None:
        """Note what stopped the job as a whole."""
        if not isinstance(error, CannotBeginError):
            self._say("".join(traceback.format_exception(error)).rstrip())
        self._failures.setdefault(self._job, str(error) or type(error).__name__)

    def finish(self) -> None:
        """Say how the job went.

        Raises:
            JobFailedError: something failed.
        """
        counted = ", ".join(f"{count} {status}" for status, count in self._counts.items())
        summary = f"{len(self._domains)} domains{f': {counted}' if counted else ''}"
        if not self._failures:
            self._say(f"{self._job} SUCCEEDED; {summary}")
            return
        reasons = "; ".join(f"{name}: {reason}" for name, reason in self._failures.items())
        line = f"{self._job} FAILED; {summary}; {reasons}".replace("\n", " ")
        self._say(line)
        raise JobFailedError(line) from None


@contextmanager
def job_status(job: str, say: Callable[[str], None] = print) -> Iterator[JobStatus]:
    """Statuses for the steps of a job; its last line is printed however the steps end.

    Raises:
        JobFailedError: something failed, or the steps raised an error.
    """
    status = JobStatus(job, say)
    try:
        yield status
    except Exception as error:  # noqa: BLE001 - whatever stopped the job belongs into its last line
        status.broke(error)
    status.finish()
