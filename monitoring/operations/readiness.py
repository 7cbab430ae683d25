"""How far each monitor is: created, refreshed, tables there, comments written."""

from __future__ import annotations

import time
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from databricks.sdk.errors.base import DatabricksError
from databricks.sdk.service.catalog import MonitorInfoStatus, MonitorRefreshInfoState

from monitoring.operations.comments import plan
from monitoring.operations.failures import explain

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from databricks.sdk import WorkspaceClient
    from databricks.sdk.service.catalog import MonitorInfo

    from monitoring.operations.comments import Catalog
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


def inspect(client: WorkspaceClient, catalog: Catalog, watched: Watched) -> Readiness:
    """Look at one monitor, its newest refresh, its tables and their comments; changes nothing."""
    try:
        monitor = client.quality_monitors.get(watched.table)
        stage, detail = _of_monitor(monitor)
        if stage is None:
            stage, detail = _of_refreshes(client, watched.table)
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


def _of_monitor(monitor: MonitorInfo) -> tuple[Stage | None, str]:
    if monitor.status is MonitorInfoStatus.MONITOR_STATUS_PENDING:
        return Stage.CREATING, "the monitor is being set up"
    if monitor.status is not MonitorInfoStatus.MONITOR_STATUS_ACTIVE:
        status = monitor.status.value if monitor.status else "unknown"
        reason = monitor.latest_monitor_failure_msg or "no reason given"
        return Stage.FAILED, f"the monitor is {status}: {reason}"
    return None, ""


def _of_refreshes(client: WorkspaceClient, table: str) -> tuple[Stage | None, str]:
    refreshes = client.quality_monitors.list_refreshes(table).refreshes or []
    if not refreshes:
        return Stage.REFRESHING, "the first refresh has not started"
    newest = refreshes[0]
    if newest.state in {MonitorRefreshInfoState.PENDING, MonitorRefreshInfoState.RUNNING}:
        return Stage.REFRESHING, f"refresh {newest.refresh_id} is {newest.state.value}"
    if newest.state is not MonitorRefreshInfoState.SUCCESS:
        state = newest.state.value if newest.state else "UNKNOWN"
        reason = newest.message or "no reason given"
        return Stage.FAILED, f"refresh {newest.refresh_id} ended as {state}: {reason}"
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
