"""Waits for the refreshes of the deployed monitors and shows how far they are."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from databricks.sdk.service.catalog import MonitorRefreshInfo, MonitorRefreshInfoState
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from databricks.sdk import WorkspaceClient
    from rich.console import Console

OVER = frozenset(
    {MonitorRefreshInfoState.SUCCESS, MonitorRefreshInfoState.FAILED, MonitorRefreshInfoState.CANCELED}
)


@dataclass(frozen=True)
class FinishedRefresh:
    """The newest refresh of a monitor, when it is over."""

    table: str
    state: MonitorRefreshInfoState
    seconds: float
    message: str


def wait_for_refreshes(
    client: WorkspaceClient,
    tables: Sequence[str],
    console: Console,
    pause: Callable[[float], None] = time.sleep,
) -> list[FinishedRefresh]:
    """Follow the newest refresh of each monitored table until all are over."""
    columns = (TextColumn("   {task.description}"), BarColumn(), TextColumn("{task.completed}/{task.total}"))
    over: dict[str, FinishedRefresh] = {}
    with Progress(*columns, TimeElapsedColumn(), console=console, transient=True) as progress:
        task = progress.add_task("refreshes", total=len(tables))
        while len(over) < len(tables):
            for table in tables:
                if table not in over and (refresh := _newest(client, table)) is not None:
                    over[table] = refresh
            progress.update(task, completed=len(over))
            if len(over) < len(tables):
                pause(0.3)
    return [over[table] for table in tables]


def _newest(client: WorkspaceClient, table: str) -> FinishedRefresh | None:
    refreshes = client.quality_monitors.list_refreshes(table).refreshes or []
    newest: MonitorRefreshInfo | None = refreshes[0] if refreshes else None
    if newest is None or newest.state not in OVER:
        return None
    seconds = ((newest.end_time_ms or 0) - (newest.start_time_ms or 0)) / 1000
    return FinishedRefresh(table, newest.state, seconds, newest.message or "")
