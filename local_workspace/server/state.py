"""What belongs to the server and not to the workspace: faults to inject, and a log of requests."""

from __future__ import annotations

import re
import threading
from collections import deque
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

_LOGGED = 10_000
_LABEL = re.compile(r"\b((?:resource|data)/[\w-]+)")


@dataclass
class Fault:
    """An error to answer instead of, or after, carrying out a request.

    Attributes:
        pattern: `METHOD /path`, `*` for any text.
        status: HTTP status of the answer.
        body: JSON of the answer.
        offset: how many fitting requests go through first.
        times: how many are answered with the error then.
        after_handler: carry the request out first.
    """

    pattern: str
    status: int
    body: dict[str, Any]
    offset: int = 0
    times: int = 1
    after_handler: bool = False

    def fits(self, method: str, path: str) -> bool:
        """Whether it concerns this request."""
        return fnmatchcase(f"{method} {path}", self.pattern)


@dataclass
class ServerState:
    """Faults and log; safe for several threads."""

    faults: list[Fault] = field(default_factory=list)
    requests: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=_LOGGED))
    lock: threading.Lock = field(default_factory=threading.Lock)

    def fault_for(self, method: str, path: str) -> Fault | None:
        """The fault that this request meets, counted as used."""
        with self.lock:
            for fault in self.faults:
                if not fault.fits(method, path):
                    continue
                if fault.offset > 0:
                    fault.offset -= 1
                    continue
                fault.times -= 1
                if fault.times <= 0:
                    self.faults.remove(fault)
                return fault
        return None

    def log(self, entry: dict[str, Any]) -> None:
        """Keep a request in the log."""
        with self.lock:
            self.requests.append(entry)

    def logged(self) -> list[dict[str, Any]]:
        """The requests in the log, oldest first."""
        with self.lock:
            return list(self.requests)

    def reset(self) -> None:
        """Forget faults and log."""
        with self.lock:
            self.faults.clear()
            self.requests.clear()


def label_of(user_agent: str) -> str | None:
    """The provider's own name for what it is working on: `resource/quality_monitor`."""
    found = _LABEL.search(user_agent)
    return found.group(1) if found else None
