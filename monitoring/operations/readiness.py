"""How far each monitor is: created, refreshed, tables there, comments written."""

from __future__ import annotations

import time
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from databricks.sdk.errors.base import DatabricksError

from monitoring.operations.comments import plan
from monitoring.operations.failures import explain
from monitoring.operations.monitor_apis import ACTIVE, PENDING, SUCCESS, UNFINISHED

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from monitoring.operations.comments import Catalog
    from monitoring.operations.monitor_apis import MonitorApi, MonitorStatus, Refresh
    from monitoring.operations.watched import Watched

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0


class Stage(StrEnum):
    """What a monitor waits for, or how the wait ended."""

    CREATING = "creating"
    """The service is still setting the monitor up."""
    REFRESHING = "refreshing"
    """The newest refresh is queued or running."""
    TABLES = "waiting for tables"
    """The refresh succeeded, but its tables are not in the catalog yet."""
    COMMENTS = "comments to write"
    READY = "ready"
    FAILED = "failed"


WAITING = frozenset({Stage.CREATING, Stage.REFRESHING, Stage.TABLES})
"""Stages that end by themselves."""


@dataclass(frozen=True)
class Readiness:
    """Where one monitor stands."""

    domain: str
    table: str
    stage: Stage
    detail: str = ""

    @property
    def waits(self) -> bool:
        """Whether time alone moves it on."""
        return self.stage in WAITING


def inspect(monitors: MonitorApi, catalog: Catalog, watched: Watched) -> Readiness:
    """Look at one monitor, its newest refresh, its tables and their comments; changes nothing."""
    try:
        stage, detail = _of_monitor(monitors.status(watched.table))
        if stage is None:
            stage, detail = _of_refresh(monitors.newest_refresh(watched.table))
        if stage is None:
            stage, detail = _of_tables(catalog, watched)
    except DatabricksError as error:
        stage, detail = Stage.FAILED, explain(error, watched.table)
    return Readiness(watched.domain, watched.table, stage, detail)


def wait(
    look: Callable[[Watched], Readiness],
    watched: Sequence[Watched],
    seconds: float,
    *,
    report: Callable[[Sequence[Readiness]], None] = lambda _states: None,
    pause: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> list[Readiness]:
    """Look again and again until nothing waits any more or ``seconds`` are over; gives the last look."""
    deadline = clock() + seconds
    states = {one.table: look(one) for one in watched}
    report(list(states.values()))
    length = FIRST_PAUSE
    while any(state.waits for state in states.values()) and clock() < deadline:
        pause(min(length, max(deadline - clock(), 0)))
        length = min(length * 1.5, LONGEST_PAUSE)
        states |= {one.table: look(one) for one in watched if states[one.table].waits}
        report(list(states.values()))
    return list(states.values())


def _of_monitor(monitor: MonitorStatus) -> tuple[Stage | None, str]:
    if monitor.status == PENDING:
        return Stage.CREATING, "the monitor is being set up"
    if monitor.status != ACTIVE:
        return Stage.FAILED, f"the monitor is {monitor.status}: {monitor.failure or 'no reason given'}"
    return None, ""


def _of_refresh(newest: Refresh | None) -> tuple[Stage | None, str]:
    if newest is None:
        return Stage.REFRESHING, "the first refresh has not started"
    if newest.state in UNFINISHED:
        return Stage.REFRESHING, f"refresh {newest.id} is {newest.state}"
    if newest.state != SUCCESS:
        return (
            Stage.FAILED,
            f"refresh {newest.id} ended as {newest.state}: {newest.message or 'no reason given'}",
        )
    return None, ""


def _of_tables(catalog: Catalog, watched: Watched) -> tuple[Stage, str]:
    absent, different, missing = [], 0, 0
    for full_name, desired in watched.output_tables.items():
        live = catalog.read(full_name)
        if live is None:
            absent.append(full_name)
            continue
        todo = plan(full_name, desired, live)
        different += len(todo.columns) + (todo.table is not None)
        missing += len(todo.missing)
    if absent:
        return Stage.TABLES, f"not there yet: {', '.join(absent)}"
    if missing:
        return Stage.COMMENTS, f"{missing} columns come with the next refresh, {different} comments differ"
    if different:
        return Stage.COMMENTS, f"{different} comments differ; write them: python -m monitoring comments"
    return Stage.READY, ""
