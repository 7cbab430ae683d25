"""One run of the benchmark: its sizes, its folder, and how it starts what it measures."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from benchmarks.datasets import Dataset, make_dataset
from benchmarks.job_runs import DAYS, JobRuns
from benchmarks.results import BenchError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


_ROOT: Final = Path(__file__).resolve().parent.parent


@dataclass
class Bench:
    """What all parts share.

    Attributes:
        folder: for data and results; the caller removes it.
        rows: numbers of job runs, ascending.
        runs: how often each thing is measured.
        days: how many days the job runs span.
        monitors: how many monitors the workspace with many monitors has.
        is_quick: small sizes, and only what needs no other packages.
        say: takes a line about the progress.
    """

    folder: Path
    rows: tuple[int, ...]
    runs: int
    say: Callable[[str], None]
    days: int = DAYS
    monitors: int = 1000
    is_quick: bool = False
    _datasets: dict[int, Dataset] = field(default_factory=dict)
    _refreshes: dict[tuple[int, str], list[dict[str, Any]]] = field(default_factory=dict)

    def dataset(self, rows: int) -> Dataset:
        """That many job runs, made when they are asked for first."""
        if rows not in self._datasets:
            began = time.perf_counter()
            self._datasets[rows] = make_dataset(self.folder / str(rows), JobRuns(rows, self.days))
            self.say(f"made {rows:,} job runs in {time.perf_counter() - began:.1f} s")
        return self._datasets[rows]

    def runs_of(self, rows: int) -> int:
        """How often something is measured over that many job runs: on the larger ones once."""
        return self.runs if rows == self.rows[0] else 1

    def refreshes(self, rows: int, kind: str) -> list[dict[str, Any]]:
        """Refreshes of a monitor over that many job runs, measured when they are asked for first.

        The output of the last one stays in the data file.

        Args:
            rows: how many.
            kind: what `processes/refresh.py` can refresh.
        """
        if (rows, kind) not in self._refreshes:
            state, found = self.dataset(rows).state, []
            runs = self.runs_of(rows)
            for number in range(runs):
                keep = ("--keep",) if number == runs - 1 else ()
                found.append(self.ask_own("refresh", state, kind, self.days, *keep))
                self.say(f"refresh of kind '{kind}', {rows:,} job runs: {found[-1]['seconds']:.1f} s")
            self._refreshes[rows, kind] = found
        return self._refreshes[rows, kind]

    def seconds(self, rows: int, kind: str) -> list[float]:
        """How long each of these refreshes took."""
        return [float(each["seconds"]) for each in self.refreshes(rows, kind)]

    def ask(self, command: Sequence[str | Path], what: str, limit: float | None = None) -> dict[str, Any]:
        """Run a program and read the JSON object in its last line.

        Args:
            command: the program with its arguments.
            what: names it in messages.
            limit: seconds after which it is ended.

        Raises:
            BenchError: it failed; the text ends with what it said last.
            TimeoutExpired: it took longer than the limit.
        """
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=_ROOT, timeout=limit)
        lines = done.stdout.strip().splitlines()
        if done.returncode or not lines:
            said = "\n".join(done.stderr.strip().splitlines()[-8:])
            raise BenchError(f"{what} ended with exit code {done.returncode}: {said}")
        found: dict[str, Any] = json.loads(lines[-1])
        return found

    def ask_own(self, module: str, *arguments: object, limit: float | None = None) -> dict[str, Any]:
        """Run a module of this package in a process of its own, as `ask`."""
        return self.ask(
            (sys.executable, "-m", f"benchmarks.processes.{module}", *map(str, arguments)),
            f"the {module} process",
            limit,
        )
