"""Removes a monitor with all it has made. Its history is lost; a new monitor looks back a month only."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from databricks.sdk.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from databricks.sdk import WorkspaceClient


def clean_up(client: WorkspaceClient, table: str, output_tables: Sequence[str]) -> None:
    """Remove the monitor of a table, its output tables and its dashboard; what is not there is fine.

    Args:
        client: the workspace.
        table: full name of the monitored table.
        output_tables: the tables that go when no monitor says its own.

    Raises:
        DatabricksError: anything but "not found".
    """
    names, dashboard = list(output_tables), None
    try:
        # Before it is deleted: afterwards nobody knows the names and the dashboard.
        live = client.quality_monitors.get(table)
    except NotFound:
        pass
    else:
        own = (live.profile_metrics_table_name, live.drift_metrics_table_name)
        names, dashboard = [name for name in own if name], live.dashboard_id
    _remove(client.quality_monitors.delete, table)
    for name in names:
        _remove(client.tables.delete, name)
    if dashboard:
        _remove(client.lakeview.trash, dashboard)


def _remove(remove: Callable[[str], object], name: str) -> None:
    with suppress(NotFound):
        remove(name)
