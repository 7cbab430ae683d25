"""Monitors and their refreshes, in the same words whichever API the stack keeps them through."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Protocol

from databricks.sdk.errors import NotFound

from monitoring.api import Api

if TYPE_CHECKING:
    from enum import Enum

    from databricks.sdk import WorkspaceClient
    from databricks.sdk.service.catalog import MonitorRefreshInfo
    from databricks.sdk.service.dataquality import Refresh as V1Refresh

PENDING = "PENDING"
ACTIVE = "ACTIVE"
"""Statuses of a monitor that is being set up, and of one that is."""
SUCCESS = "SUCCESS"
"""State of a refresh that has ended well."""
UNFINISHED = frozenset({"PENDING", "RUNNING"})
"""States of a refresh that is still to end."""
OVER = frozenset({SUCCESS, "FAILED", "CANCELED"})
"""States of a refresh that has ended."""


@dataclass(frozen=True)
class MonitorStatus:
    """How a monitor is."""

    status: str
    """``PENDING``, ``ACTIVE``, ``ERROR``, ``FAILED``, ``DELETE_PENDING`` or ``UNKNOWN``."""
    failure: str = ""
    """The service's reason for the last failure; empty without one."""


@dataclass(frozen=True)
class Refresh:
    """One refresh of a monitor."""

    id: int
    state: str
    """``PENDING``, ``RUNNING``, ``SUCCESS``, ``FAILED``, ``CANCELED`` or ``UNKNOWN``."""
    message: str = ""


class MonitorApi(Protocol):
    """Monitors by the full name of their table. Each call raises ``DatabricksError`` when it is refused."""

    def status(self, table: str) -> MonitorStatus:
        """How the monitor of ``table`` is."""

    def run_refresh(self, table: str) -> Refresh:
        """Start a refresh."""

    def refresh(self, table: str, refresh_id: int) -> Refresh:
        """How a refresh is."""

    def newest_refresh(self, table: str) -> Refresh | None:
        """The refresh that was asked for last; None when there was none yet."""


class LegacyMonitorApi:
    """The API by table name."""

    def __init__(self, client: WorkspaceClient) -> None:
        self._monitors = client.quality_monitors

    def status(self, table: str) -> MonitorStatus:
        """How the monitor of ``table`` is."""
        monitor = self._monitors.get(table)
        return MonitorStatus(
            _bare(monitor.status, "MONITOR_STATUS_"), monitor.latest_monitor_failure_msg or ""
        )

    def run_refresh(self, table: str) -> Refresh:
        """Start a refresh."""
        return _refresh(self._monitors.run_refresh(table))

    def refresh(self, table: str, refresh_id: int) -> Refresh:
        """How a refresh is."""
        return _refresh(self._monitors.get_refresh(table, refresh_id))

    def newest_refresh(self, table: str) -> Refresh | None:
        """The refresh that was asked for last."""
        refreshes = self._monitors.list_refreshes(table).refreshes or []
        return _refresh(refreshes[0]) if refreshes else None


class V1MonitorApi:
    """The API by UUID."""

    def __init__(self, client: WorkspaceClient) -> None:
        self._client = client
        self._monitors = client.data_quality
        # A table keeps its UUID for life, and a refresh is asked after many times.
        self._id = cache(lambda table: table_id(client, table))

    def status(self, table: str) -> MonitorStatus:
        """How the monitor of ``table`` is."""
        config = self._monitors.get_monitor("table", self._id(table)).data_profiling_config
        if config is None:
            return MonitorStatus("UNKNOWN")
        return MonitorStatus(
            _bare(config.status, "DATA_PROFILING_STATUS_"), config.latest_monitor_failure_message or ""
        )

    def run_refresh(self, table: str) -> Refresh:
        """Start a refresh."""
        # Only here: the oldest client that the jobs may run with knows the legacy API alone.
        from databricks.sdk.service.dataquality import Refresh as V1Refresh  # noqa: PLC0415

        id_ = self._id(table)
        return _refresh(self._monitors.create_refresh("table", id_, V1Refresh("table", id_)))

    def refresh(self, table: str, refresh_id: int) -> Refresh:
        """How a refresh is."""
        return _refresh(self._monitors.get_refresh("table", self._id(table), refresh_id))

    def newest_refresh(self, table: str) -> Refresh | None:
        """The refresh that was asked for last."""
        newest = next(iter(self._monitors.list_refresh("table", self._id(table), page_size=1)), None)
        return None if newest is None else _refresh(newest)


def monitor_api(client: WorkspaceClient, api: Api) -> MonitorApi:
    """The monitors of a workspace, asked through ``api``."""
    return LegacyMonitorApi(client) if api is Api.LEGACY else V1MonitorApi(client)


def monitor_exists(monitors: MonitorApi, table: str) -> bool:
    """Whether ``table`` has a monitor, in whatever state."""
    try:
        monitors.status(table)
    except NotFound:
        return False
    return True


def table_id(client: WorkspaceClient, table: str) -> str:
    """UUID of the table ``catalog.schema.table``."""
    return client.tables.get(table).table_id or ""


def _refresh(refresh: MonitorRefreshInfo | V1Refresh) -> Refresh:
    state = _bare(refresh.state, "MONITOR_REFRESH_STATE_")
    return Refresh(refresh.refresh_id or 0, state, refresh.message or "")


def _bare(value: Enum | None, prefix: str) -> str:
    return "UNKNOWN" if value is None else str(value.value).removeprefix(prefix)
