"""What a refresh did, step by step, in words: what `python -m local_workspace explain` prints."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from local_workspace.engine.custom_metric import MetricKind
from local_workspace.engine.source import INPUT

if TYPE_CHECKING:
    from datetime import datetime

    from local_workspace.engine.definition import MonitorDefinition
    from local_workspace.engine.plan import Plan
    from local_workspace.engine.source import Source
    from local_workspace.engine.writing import Written


@dataclass(frozen=True)
class Step:
    """One step of a refresh.

    Attributes:
        what: what was done, beginning with a verb in the past.
        rows: rows that it gave; None where it gives none.
        seconds: how long it took.
    """

    what: str
    rows: int | None
    seconds: float


class Journal:
    """Writes down the steps of one refresh, which began at a `time.monotonic()`; each takes the time since the one before it."""

    def __init__(self, definition: MonitorDefinition, began: float) -> None:
        self._definition = definition
        self._steps: list[Step] = []
        self._last = began

    @property
    def steps(self) -> tuple[Step, ...]:
        """What is written down."""
        return tuple(self._steps)

    def begun_again(self) -> None:
        """What was read in place is worth nothing."""
        self._add("began again with a copy: rows changed while they were read in place", None)

    def planned(self, plan: Plan) -> None:
        """It was decided what to read."""
        before, now = plan.extent.since, plan.extent.read
        if before is not None and now is not None:
            found = f"{now.rows - before.rows:,} rows were added since the last refresh"
        else:
            found = "everything is computed"
        self._add(f"compared the tables with what the last refresh noted: {found}", None)

    def read(self, source: Source, plan: Plan, first: datetime) -> None:
        """The rows of a table can be read."""
        definition = self._definition
        if source.log_type != INPUT:
            self._add(f"read the baseline table {definition.baseline_table}", source.size)
            return
        among = "" if plan.extent.read is None else f" {plan.extent.read.rows:,} rows of"
        if definition.is_snapshot:
            which = "all rows"
        elif plan.extent.since is not None and plan.extent.slices == source.kept:
            which = "the rows of windows that received rows"
        else:
            which = f"the rows from {first:%Y-%m-%d %H:%M} UTC on"
        read = "read in place" if source.is_in_place else "read"
        self._add(f"{read} {which}, of{among} {definition.table}", source.size)

    def grouped(self, source: Source, groups: int, passes: int) -> None:
        """The aggregates of all groups are computed, in that many passes over the rows."""
        frames = [frame.granularity for frame in source.frames if frame.granularity is not None]
        by = f" by {listed(frames)}" if frames else ""
        slices = counted(len(source.slices), "slicing expression")
        models = ", all models together and each alone" if self._definition.inference else ""
        metrics = counted(len(self._definition.metrics(MetricKind.AGGREGATE)), "aggregate metric")
        self._add(
            f"grouped them{by} in {counted(passes, 'pass', 'passes')}: the whole table and {slices}{models}; computed "
            f"{metrics} and the statistics of {counted(len(source.described), 'column')} of each group",
            groups,
        )

    def judged(self) -> None:
        """The columns of model quality are computed."""
        if self._definition.inference is not None:
            self._add("compared predictions with labels", None)

    def recalled(self, rows: int) -> None:
        """Rows of earlier refreshes are there to compare with."""
        self._add("took rows of earlier refreshes to compare with", rows)

    def compared(self, pairs: int) -> None:
        """Windows are paired, and their distributions compared."""
        with_baseline = " and with the baseline" if self._definition.baseline_table else ""
        self._add(
            f"compared each group with that of the window before{with_baseline}: tests and distances",
            pairs,
        )

    def written(self, written: Written) -> None:
        """Both tables have changed."""
        derived, drift = (
            counted(len(self._definition.metrics(kind)), f"{kind.value.lower()} metric")
            for kind in (MetricKind.DERIVED, MetricKind.DRIFT)
        )
        tables = f"{self._definition.profile_table} and {self._definition.drift_table}"
        self._add(
            "made a row of each group, of each comparison, and of each of their columns; "
            f"computed {derived} and {drift}; wrote {tables} in one transaction",
            written.profile_rows + written.drift_rows,
        )

    def _add(self, what: str, rows: int | None) -> None:
        now = time.monotonic()
        self._steps.append(Step(what, rows, now - self._last))
        self._last = now


def counted(number: int, thing: str, things: str | None = None) -> str:
    """`1 column`, `22 columns`; `things` says what is more than an s longer."""
    return f"{number:,} {thing if number == 1 else things or thing + 's'}"


def listed(items: list[str]) -> str:
    """`a, b and c`."""
    return " and ".join(([", ".join(items[:-1])] if len(items) > 1 else []) + items[-1:])
