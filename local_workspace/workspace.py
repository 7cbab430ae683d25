"""The workspace: its state folder opened, its parts put together."""

from __future__ import annotations

import os
import secrets
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from local_workspace import anomaly_monitors
from local_workspace.alert_runs import AlertRuns
from local_workspace.alerts import KIND as ALERT
from local_workspace.alerts import Alerts
from local_workspace.anomaly_monitors import AnomalyMonitors
from local_workspace.catalog import Catalog
from local_workspace.clock import Clock
from local_workspace.dashboards import Dashboards
from local_workspace.data import Data
from local_workspace.engine.progress import forget_everything
from local_workspace.files import WorkspaceFiles
from local_workspace.genie_spaces import GenieSpaces
from local_workspace.grants import Grants
from local_workspace.identities import Identities
from local_workspace.jobs.definitions import Jobs
from local_workspace.jobs.python_tasks import Address, PythonTasks
from local_workspace.jobs.runs import Runs
from local_workspace.jobs.sql_tasks import SqlTasks
from local_workspace.jobs.tasks import Tasks
from local_workspace.monitoring_engine import Engine, local_engine, memory_need
from local_workspace.monitors import Monitors
from local_workspace.names import TableName
from local_workspace.object_permissions import ObjectPermissions
from local_workspace.permissions import Permissions
from local_workspace.principals import THE_OWNER, Caller, Principals
from local_workspace.refreshes import Refreshes
from local_workspace.schedules import Schedules
from local_workspace.sql.runner import run
from local_workspace.sql.session import Session
from local_workspace.statement_threads import StatementThreads
from local_workspace.store import Document, Store
from local_workspace.switches import SwitchBoard
from local_workspace.warehouse import Statements, Warehouses

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from local_workspace.sql.cells import Rows
    from local_workspace.working_memory import MemoryNeed

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
        self.principals = Principals(self.store)
        self.object_permissions = ObjectPermissions(self.store)
        self.warehouses = Warehouses(self.store)
        self.files = WorkspaceFiles(self.store, self.clock, folder / "files")
        self.dashboards = Dashboards(self.store, self.clock)
        self.genie_spaces = GenieSpaces(self.store, self.catalog, self.clock)
        self.statements = Statements()
        self._engine = engine or local_engine()
        self._schedules = Schedules(self.store, self.clock, "monitor", "definition")
        self._statement_threads = StatementThreads(self.data)
        self.refreshes = Refreshes(
            self.store,
            self.clock,
            self._refresh,
            self._schedules,
            self._need,
            self._statement_threads.be_one,
        )
        self.switches = SwitchBoard(
            self.store, lambda switches: self.data.limit(switches.memory_limit, switches.spill_limit)
        )
        self.monitors = Monitors(
            self.store, self.catalog, self.refreshes, self.clock, self._engine.validate, self.switches
        )
        self.anomaly_monitors = AnomalyMonitors(self.store)
        self.identities = Identities(self.store, self.catalog)
        self.jobs = Jobs(self.store, self.clock)
        self._python_tasks = PythonTasks(self.files)
        sql_tasks = SqlTasks(self.files, self.warehouses, self.statements, self.session)
        tasks = Tasks(
            folder / "jobs",
            {
                "python_wheel_task": self._python_tasks,
                "spark_python_task": self._python_tasks,
                "sql_task": sql_tasks,
            },
        )
        self.alerts = Alerts(self.store, self.clock, self.warehouses, self._query_at)
        self.alert_runs = AlertRuns(self.alerts, self.clock, self.refreshes.idle)
        self._job_schedules = Schedules(self.store, self.clock, "job", "settings")
        self.runs = Runs(self.store, self.clock, self.jobs, tasks, self._job_schedules)

    def start(self, address: Address | None = None) -> None:
        """Start carrying out refreshes and runs of jobs.

        Args:
            address: where the code of jobs reaches the workspace; None when no server listens.
        """
        self._python_tasks.address = address
        self.refreshes.start()
        self.runs.start()
        self.alert_runs.start()

    def close(self) -> None:
        """Stop everything and release the files."""
        self.alert_runs.close()
        self.runs.close()
        self.refreshes.close()
        self._statement_threads.close()
        self.statements.close()
        self.data.close()
        self.store.close()

    def session(
        self, catalog: str | None = None, schema: str | None = None, caller: Caller = THE_OWNER
    ) -> Session:
        """What a statement runs in, with the permissions of the caller."""
        permissions = self.permissions(caller)
        return Session(
            self.data, self.catalog, self.clock, permissions, catalog or "main", schema or "default"
        )

    def permissions(self, caller: Caller) -> Permissions:
        """What a caller may do."""
        return Permissions(self.grants, self.catalog, caller)

    def set_clock(self, offset_seconds: float) -> None:
        """Put the clock so many seconds ahead of the machine's, for good; what is due then happens."""
        back = offset_seconds < self.clock.offset_seconds
        self.clock.offset_seconds = offset_seconds
        self.store.set_fact("clock_offset", str(offset_seconds))
        if back:
            self._schedules.restart()
            self._job_schedules.restart()
            self.alerts.restart()
        self.refreshes.wake()
        self.runs.wake()
        self.alert_runs.wake()

    def clear(self) -> None:
        """Make it a fresh workspace again; its number and its token stay."""
        self.runs.clear()
        for monitor_id, _ in self.store.all("monitor"):
            self.refreshes.forget(monitor_id)
        self.store.delete_all(
            ALERT,
            "principal_token",
            "object_permissions",
            "genie_space",
            "dashboard",
            "job",
            "monitor",
            anomaly_monitors.KIND,
            "refresh",
            "grant",
            "warehouse",
        )
        for catalog in self.catalog.catalogs():
            for schema in self.data.schemas(catalog["name"]):
                self.catalog.drop_schema(schema, force=True)
        with self.data.transaction() as cursor:
            forget_everything(cursor)
        self.store.delete_all("table", "schema", "catalog")
        for fact in ("first_catalog", "first_warehouse"):
            self.store.set_fact(fact, "due")
        self.catalog.make_first()
        self.warehouses.make_first()
        self.files.clear()
        self.set_clock(0.0)

    def _query_at(self, sql: str, moment: datetime | None) -> Rows:
        """The result of a query for which a moment, or now, is the present."""
        session = self.session()
        return run(session if moment is None else replace(session, clock=Clock(moment.timestamp)), sql)

    def _refresh(self, monitor: Document, need: MemoryNeed, cancelled: Callable[[], bool]) -> Any:  # noqa: ANN401 - the engine's report
        return self._engine.refresh(self, TableName.parse(monitor["table"]), monitor, need, cancelled)

    def _need(self, monitor: Document) -> MemoryNeed:
        return memory_need(self, TableName.parse(monitor["table"]), monitor)


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
