"""SQL warehouses and the statements that run on them.

A statement runs in a thread of its own; its result is kept for an hour, or until the workspace stops.
"""

from __future__ import annotations

import threading
import time
import uuid
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import duckdb

from local_workspace.catalog import OWNER
from local_workspace.errors import InvalidParameterError, NotFoundError
from local_workspace.sql.cells import Rows
from local_workspace.sql.queries import Limits
from local_workspace.sql.runner import StatementError, run

if TYPE_CHECKING:
    from local_workspace.engine.dialect import Parameter
    from local_workspace.sql.session import Session
    from local_workspace.store import Document, Store

_KEPT_SECONDS = 3600
_KEPT_STATEMENTS = 500
_THREADS = 4

FIRST_ID = "local-warehouse"
"""Id of the warehouse that a fresh workspace has; known, so that a stack's configuration can name it."""
_INTERRUPT_SECONDS = 0.01

FINISHED = frozenset({"SUCCEEDED", "FAILED", "CANCELED", "CLOSED"})


class Warehouses:
    """The SQL warehouses: documents with a state; all run on the same engine."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.make_first()

    def make_first(self) -> None:
        """Make the warehouse that a fresh workspace has."""
        with self._store.transaction():
            if self._store.fact("first_warehouse", "due") == "due":
                self.create({"name": "Local warehouse"}, FIRST_ID)
                self._store.set_fact("first_warehouse", "made")

    def all(self) -> list[Document]:
        """Every warehouse, oldest first."""
        return sorted(
            (document for _, document in self._store.all("warehouse")), key=lambda one: one["number"]
        )

    def get(self, warehouse_id: str) -> Document:
        """One warehouse.

        Raises:
            NotFoundError: it is not there.
        """
        document = self._store.get("warehouse", warehouse_id)
        if document is None:
            raise NotFoundError(f"SQL warehouse {warehouse_id} does not exist.")
        return document

    def create(self, settings: Document, warehouse_id: str | None = None) -> str:
        """Make a running warehouse; gives its id, a new one unless it is given.

        Raises:
            InvalidParameterError: another one has its name.
        """
        with self._store.transaction():
            self._check_name(settings.get("name"), "")
            warehouse_id = warehouse_id or uuid.uuid4().hex[:16]
            number = self._store.next_number("warehouse")
            document = {
                "auto_stop_mins": 0,
                "cluster_size": "2X-Small",
                "creator_name": OWNER,
                "enable_photon": True,
                "enable_serverless_compute": False,
                "max_num_clusters": 1,
                "min_num_clusters": 1,
                "spot_instance_policy": "COST_OPTIMIZED",
                "warehouse_type": "PRO",
                **settings,
                "id": warehouse_id,
                "number": number,
                "state": "RUNNING",
            }
            self._store.put("warehouse", warehouse_id, document)
        return warehouse_id

    def edit(self, warehouse_id: str, settings: Document) -> None:
        """Change settings of a warehouse."""
        with self._store.transaction():
            self._check_name(settings.get("name"), warehouse_id)
            self._store.put("warehouse", warehouse_id, {**self.get(warehouse_id), **settings})

    def set_state(self, warehouse_id: str, state: str) -> None:
        """Start (`RUNNING`) or stop (`STOPPED`) a warehouse."""
        self.edit(warehouse_id, {"state": state})

    def delete(self, warehouse_id: str) -> None:
        """Remove a warehouse."""
        self.get(warehouse_id)
        self._store.delete("warehouse", warehouse_id)

    def _check_name(self, name: object, own_id: str) -> None:
        for other in self.all():
            if name is not None and other.get("name") == name and other["id"] != own_id:
                raise InvalidParameterError(f"SQL warehouse with name `{name}` already exists")


@dataclass
class Statement:
    """One statement, from the moment it was sent."""

    id: str
    session: Session
    sql: str
    parameters: tuple[Parameter, ...]
    limits: Limits
    sent_at: float
    state: str = "PENDING"
    rows: Rows = field(default_factory=Rows)
    error: str | None = None
    cursor: duckdb.DuckDBPyConnection | None = None
    over: threading.Event = field(default_factory=threading.Event)


class Statements:
    """Runs statements, several at a time, and keeps what they answered."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, Statement] = OrderedDict()
        self._lock = threading.Lock()
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="statement")

    def close(self) -> None:
        """Interrupt what runs and stop the threads."""
        with self._lock:
            known = list(self._known.values())
        for statement in known:
            self._cancel(statement)
        self._threads.shutdown(wait=True, cancel_futures=True)

    def submit(
        self, session: Session, sql: str, parameters: tuple[Parameter, ...] = (), limits: Limits | None = None
    ) -> Statement:
        """Send a statement; it runs by itself."""
        now = time.monotonic()
        statement = Statement(str(uuid.uuid4()), session, sql, parameters, limits or Limits(), now)
        with self._lock:
            self._known[statement.id] = statement
            self._forget_old(now)
        self._threads.submit(self._run, statement)
        return statement

    def get(self, statement_id: str) -> Statement:
        """A statement sent within the last hour.

        Raises:
            NotFoundError: it is not known.
        """
        with self._lock:
            self._forget_old(time.monotonic())
            statement = self._known.get(statement_id)
        if statement is None:
            raise NotFoundError(f"The statement {statement_id} was not found; results are kept for one hour.")
        return statement

    def cancel(self, statement_id: str) -> None:
        """Stop a statement; nothing happens to one that is over."""
        self._cancel(self.get(statement_id))

    def _cancel(self, statement: Statement) -> None:
        with self._lock:
            if statement.state in FINISHED:
                return
            statement.state = "CANCELED"
        # Repeated, because an interrupt is lost that comes before DuckDB has begun with the query.
        while (cursor := statement.cursor) is not None and not statement.over.is_set():
            with suppress(duckdb.ConnectionException):  # closed meanwhile: the query is over
                cursor.interrupt()
            statement.over.wait(_INTERRUPT_SECONDS)
        statement.over.set()

    def _run(self, statement: Statement) -> None:
        with self._lock:
            if statement.state != "PENDING":
                return
            statement.state = "RUNNING"

        def watch(cursor: duckdb.DuckDBPyConnection) -> None:
            with self._lock:
                if statement.state == "CANCELED":
                    raise duckdb.InterruptException("cancelled before it began")
                statement.cursor = cursor

        try:
            rows = run(statement.session, statement.sql, statement.parameters, statement.limits, watch)
            self._finish(statement, "SUCCEEDED", rows=rows)
        except duckdb.InterruptException:
            self._finish(statement, "CANCELED")
        except StatementError as error:
            self._finish(statement, "FAILED", error=str(error))
        except Exception as error:
            self._finish(
                statement, "FAILED", error=f"[INTERNAL_ERROR] {type(error).__name__}: {error} SQLSTATE: XX000"
            )
            raise
        finally:
            statement.cursor = None
            statement.over.set()

    def _finish(
        self, statement: Statement, state: str, *, rows: Rows | None = None, error: str | None = None
    ) -> None:
        with self._lock:
            if statement.state == "CANCELED":
                return
            statement.rows, statement.error, statement.state = rows or Rows(), error, state

    def _forget_old(self, now: float) -> None:
        finished = [one for one in self._known.values() if one.over.is_set()]
        surplus = len(self._known) - _KEPT_STATEMENTS
        for place, statement in enumerate(finished):
            if place < surplus or now - statement.sent_at > _KEPT_SECONDS:
                del self._known[statement.id]
