"""Where the time of a run goes: named steps, timed and printed."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console


@dataclass(frozen=True)
class TimedStep:
    """One finished step and its seconds."""

    title: str
    seconds: float


@dataclass
class Steps:
    """Announces each step when it starts and keeps how long it took."""

    console: Console
    finished: list[TimedStep] = field(default_factory=list)

    @contextmanager
    def step(self, title: str, command: str | None = None) -> Iterator[None]:
        """Run the body as a step; `command` is what a person would type to do the same."""
        self.console.print(f"\n[bold]{len(self.finished) + 1}. {title}[/bold]")
        if command:
            self.console.print(f"   [dim]$ {command}[/dim]", highlight=False)
        started = time.monotonic()
        yield
        self.finished.append(TimedStep(title, time.monotonic() - started))

    def table(self) -> Table:
        """All finished steps with seconds and share of the whole."""
        whole = sum(step.seconds for step in self.finished)
        table = Table(title="\nWhere the time went", title_justify="left")
        table.add_column("step")
        table.add_column("seconds", justify="right")
        table.add_column("share", justify="right")
        for step in self.finished:
            table.add_row(step.title, f"{step.seconds:.1f}", f"{100 * step.seconds / whole:.0f} %")
        table.add_section()
        table.add_row("all", f"{whole:.1f}", "")
        return table
