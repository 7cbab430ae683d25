"""The workspace: its state folder opened, its parts put together."""

from __future__ import annotations

import os
import secrets
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from local_workspace.alert_runs import AlertRuns
from local_workspace.alerts import KIND as ALERT
from local_workspace.alerts import Alerts
from local_workspace.catalog import Catalog
from local_workspace.clock import Clock
from local_workspace.data import Data
from local_workspace.grants import Grants
from local_workspace.monitoring_engine import Engine, local_engine
from local_workspace.monitors import Monitors
from local_workspace.names import TableName
from local_workspace.refreshes import Refreshes
from local_workspace.schedules import Schedules
from local_workspace.sql.runner import run
from local_workspace.sql.session import Session
from local_workspace.store import Document, Store
from local_workspace.warehouse import Statements, Warehouses

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from local_workspace.sql.cells import Rows

TOKEN_VARIABLE = "LOCAL_WORKSPACE_TOKEN"  # noqa: S105 - the name of the variable


class Workspace:
    """Everything behind the API; knows nothing of HTTP.

    Args:
        folder: state folder; made when missing.
        clock: the workspace's time.
        engine: what checks definitions and computes refreshes.

    Raises:
        DataFileBusyError: another process uses the folder.
    """

    def __init__(self, folder: Path, clock: Clock | None = None, engine: Engine | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.clock = clock or Clock()
        self.data = Data(folder)
        self.store = Store(folder / "state.sqlite")
        self.clock.offset_seconds = float(self.store.fact("clock_offset", "0"))
        self.catalog = Catalog(self.store, self.data, self.clock)
        self.grants = Grants(self.store, self.catalog)
        self.warehouses = Warehouses(self.store)
        self.statements = Statements()
        self._engine = engine or local_engine()
        self._schedules = Schedules(self.store, self.clock)
        self.refreshes = Refreshes(self.store, self.clock, self._refresh, self._schedules)
        self.monitors = Monitors(self.store, self.catalog, self.refreshes, self.clock, self._engine.validate)
        self.alerts = Alerts(self.store, self.clock, self.warehouses, self._query_at)
        self.alert_runs = AlertRuns(self.alerts, self.clock, self.refreshes.idle)

    def start(self) -> None:
        """Start carrying out refreshes and evaluating alerts."""
        self.refreshes.start()
        self.alert_runs.start()

    def close(self) -> None:
        """Stop everything and release the files."""
        self.alert_runs.close()
        self.refreshes.close()
        self.statements.close()
        self.data.close()
        self.store.close()

    def session(self, catalog: str | None = None, schema: str | None = None) -> Session:
        """What a statement runs in."""
        return Session(self.data, self.catalog, self.clock, catalog or "main", schema or "default")

    def set_clock(self, offset_seconds: float) -> None:
        """Put the clock so many seconds ahead of the machine's, for good; what is due then happens."""
        back = offset_seconds < self.clock.offset_seconds
        self.clock.offset_seconds = offset_seconds
        self.store.set_fact("clock_offset", str(offset_seconds))
        if back:
            self._schedules.restart()
            self.alerts.restart()
        self.refreshes.wake()
        self.alert_runs.wake()

    def clear(self) -> None:
        """Make it a fresh workspace again; its number and its token stay."""
        for monitor_id, _ in self.store.all("monitor"):
            self.refreshes.forget(monitor_id)
        self.store.delete_all("monitor", "refresh", "grant", "warehouse", ALERT)
        for catalog in self.catalog.catalogs():
            for schema in self.data.schemas(catalog["name"]):
                self.catalog.drop_schema(schema, force=True)
        self.store.delete_all("table", "schema", "catalog")
        for fact in ("first_catalog", "first_warehouse"):
            self.store.set_fact(fact, "due")
        self.catalog.make_first()
        self.warehouses.make_first()
        self.set_clock(0.0)

    def _query_at(self, sql: str, moment: datetime | None) -> Rows:
        """The result of a query for which a moment, or now, is the present."""
        session = self.session()
        return run(session if moment is None else replace(session, clock=Clock(moment.timestamp)), sql)

    def _refresh(self, monitor: Document, cancelled: Callable[[], bool]) -> Any:  # noqa: ANN401 - the engine's report
        return self._engine.refresh(self, TableName.parse(monitor["table"]), monitor, cancelled)


def token_of(folder: Path) -> str:
    """The token that clients must send: from the environment, else from the folder, made when missing."""
    given = os.environ.get(TOKEN_VARIABLE)
    if given:
        return given
    path = folder / "token"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(f"local-{secrets.token_hex(16)}\n")
    return path.read_text().strip()
