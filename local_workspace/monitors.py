"""Monitors: one per table; their definition, state and output tables' names."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from local_workspace.catalog import OWNER
from local_workspace.errors import (
    AlreadyExistsError,
    InvalidParameterError,
    NotFoundError,
    SchemaNotFoundError,
    TableNotFoundError,
)
from local_workspace.names import SchemaName, TableName
from local_workspace.schedule import ScheduleError
from local_workspace.schedules import next_fire

if TYPE_CHECKING:
    from local_workspace.catalog import Catalog
    from local_workspace.clock import Clock
    from local_workspace.engine.switches import Switches
    from local_workspace.refreshes import Refreshes
    from local_workspace.store import Document, Store
    from local_workspace.switches import SwitchBoard

DASHBOARD_CHOICES = ("warehouse_id", "skip_builtin_dashboard")
"""Fields about the dashboard; kept apart from the definition, because only one of the APIs shows them."""

KINDS = ("snapshot", "time_series", "inference_log")

Columns = Mapping[str, str]
"""Column -> Databricks type."""

Validate = Callable[[Mapping[str, object], Columns, Columns | None, "Switches"], list[str]]
"""Gives every objection to a monitor's body, given the columns of the table and those of its baseline table, if any."""


@dataclass
class Transitions:
    """How slowly a monitor comes to life; a knob for tests.

    Attributes:
        pending_reads: how many reads of a new or changed monitor still say PENDING.
        pending_seconds: how long it says PENDING at least, by the workspace's clock.
        tables_after_seconds: how long the first refresh waits once the monitor is active.
    """

    pending_reads: int = 0
    pending_seconds: float = 0.0
    tables_after_seconds: float = 0.0


class Monitors:
    """Creates, reads, changes and removes monitors.

    A monitor is one record, whichever API it was made through: `definition` in the words of the legacy API,
    `dashboard_choices`, and what the service knows of it. How a record is shown is up to each API.
    """

    def __init__(
        self,
        store: Store,
        catalog: Catalog,
        refreshes: Refreshes,
        clock: Clock,
        validate: Validate,
        switches: SwitchBoard,
    ) -> None:
        self._store = store
        self._switches = switches
        self._catalog = catalog
        self._refreshes = refreshes
        self._clock = clock
        self._validate = validate
        self.transitions = Transitions()
        self._note_outputs()

    def create(self, table: TableName, written: str, body: Document) -> Document:
        """Make a monitor; its first refresh is queued. Gives its record.

        Args:
            table: the monitored table.
            written: its name as the client wrote it.
            body: the definition and the choices about the dashboard, as the client sent them.

        Raises:
            NotFoundError: table, baseline table or output schema is not there.
            AlreadyExistsError: the table has a monitor.
            InvalidParameterError: the definition cannot work.
        """
        with self._store.transaction():
            table_id = self._table_id(table)
            if self._store.get("monitor", table_id) is not None:
                raise AlreadyExistsError(f"Data Monitor '{table}' already exists")
            self._forget_dropped(table)
            definition = {field: value for field, value in body.items() if field not in DASHBOARD_CHOICES}
            self._check(table, table_id, definition)
            now, switches = self._clock.now().timestamp(), self._switches.current
            record: Document = {
                "table": str(table),
                "table_name": written,
                "definition": definition,
                "dashboard_choices": {field: body[field] for field in DASHBOARD_CHOICES if field in body},
                "output": _output(table, definition),
                "output_schema_id": self._schema_id(definition),
                "version": switches.version_start,
                "created_at": now,
                "pending_reads": self.transitions.pending_reads,
                "pending_until": now + self.transitions.pending_seconds,
                "status": "MONITOR_STATUS_PENDING",
                "next_fire": next_fire(definition, self._clock),
            }
            self._store.put("monitor", table_id, record)
            delay = self.transitions.pending_seconds + self.transitions.tables_after_seconds
            delay += switches.tables_after_active_s
            trigger = switches.first_refresh_trigger
            self._refreshes.add(table_id, not_before=now + delay, trigger=trigger)
        return record

    def get(self, table: TableName) -> Document:
        """The monitor's record; counts as a read for the PENDING knob.

        Raises:
            NotFoundError: table or monitor is not there.
        """
        table_id, record = self._record(table)
        if record["status"] == "MONITOR_STATUS_PENDING":
            with self._store.transaction():
                table_id, record = self._record(table)
                self._move_on(table_id, record)
        return record

    def record(self, table: TableName) -> Document:
        """The monitor's record, without counting as a read.

        Raises:
            NotFoundError: table or monitor is not there.
        """
        return self._record(table)[1]

    def update(self, table: TableName, body: Document, dashboard_choices: Document | None = None) -> Document:
        """Replace the definition; what is left out is removed, but `assets_dir` and the dashboard stay.

        Args:
            table: the monitored table.
            body: the new definition.
            dashboard_choices: the new choices about the dashboard; None leaves them as they are.

        Raises:
            NotFoundError: table, monitor, baseline table or output schema is not there.
            InvalidParameterError: the definition cannot work, or is of another kind.
        """
        with self._store.transaction():
            table_id, record = self._record(table)
            old = record["definition"]
            definition = {
                field: value for field, value in body.items() if field not in {"dashboard_id", "assets_dir"}
            }
            if "assets_dir" in old:
                definition = {"assets_dir": old["assets_dir"], **definition}
            before, after = _kind(old), _kind(definition)
            fixed = self._switches.current.kind_change_on_put == "refuse"
            if fixed and before is not None and after is not None and before != after:
                raise InvalidParameterError(
                    f"The monitor of '{table}' is a {before} profile and cannot become a {after} profile; "
                    "delete it and create it anew"
                )
            self._check(table, table_id, definition)
            record |= {
                "definition": definition,
                "output": _output(table, definition),
                "output_schema_id": self._schema_id(definition),
                "version": record["version"] + 1,
                "next_fire": next_fire(definition, self._clock),
            }
            if dashboard_choices is not None:
                record["dashboard_choices"] = dashboard_choices
                if record["status"] == "MONITOR_STATUS_ACTIVE":
                    _make_wanted_dashboard(record)
            if body.get("dashboard_id"):
                record["dashboard_id"] = body["dashboard_id"]
            self._store.put("monitor", table_id, record)
        self._refreshes.wake()
        return record

    def delete(self, table: TableName) -> None:
        """Remove the monitor and stop its refreshes; its output tables stay.

        Raises:
            NotFoundError: table or monitor is not there.
        """
        with self._store.transaction():
            table_id, _ = self._record(table)
            self._store.delete("monitor", table_id)
            self._refreshes.forget(table_id)

    def regenerate_dashboard(self, table: TableName) -> Document:
        """Give the monitor a new dashboard; gives its id and folder."""
        with self._store.transaction():
            table_id, record = self._record(table)
            record["dashboard_id"] = uuid.uuid4().hex
            self._store.put("monitor", table_id, record)
        assets = record["definition"].get("assets_dir") or f"/Users/{OWNER}/databricks_lakehouse_monitoring"
        folder = f"{assets.rstrip('/')}/{record['table_name']}"
        return {"dashboard_id": record["dashboard_id"], "parent_folder": folder}

    def run_refresh(self, table: TableName) -> Document:
        """Queue a refresh."""
        with self._store.transaction():
            table_id, _ = self._record(table)
            return self._refreshes.add(table_id)

    def refreshes(self, table: TableName) -> list[Document]:
        """All refreshes, newest first."""
        table_id, _ = self._record(table)
        return self._refreshes.of(table_id)

    def refresh(self, table: TableName, refresh_id: int) -> Document:
        """One refresh."""
        table_id, _ = self._record(table)
        return self._refreshes.get(table_id, refresh_id)

    def cancel_refresh(self, table: TableName, refresh_id: int) -> None:
        """Stop a refresh."""
        table_id, _ = self._record(table)
        self._refreshes.cancel(table_id, refresh_id)

    def reports(self) -> list[Document]:
        """Every refresh of every monitor with its sizes and seconds, oldest first."""
        tables = {monitor_id: record["table"] for monitor_id, record in self._store.all("monitor")}
        return [
            {"table": tables.get(report.pop("monitor")), **report} for report in self._refreshes.reports()
        ]

    def tables(self) -> list[str]:
        """Names of the tables that have a monitor, sorted."""
        return sorted(record["table"] for _, record in self._store.all("monitor"))

    def _note_outputs(self) -> None:
        """Note in records of earlier versions where their monitors write."""
        with self._store.transaction():
            for table_id, record in self._store.all("monitor"):
                if "output" not in record:
                    output = _output(TableName.parse(record["table"]), record["definition"])
                    self._store.put("monitor", table_id, {**record, "output": output})

    def _move_on(self, table_id: str, record: Document) -> None:
        if record["pending_reads"] > 0:
            record["pending_reads"] -= 1
        elif self._clock.now().timestamp() >= record["pending_until"]:
            record["status"] = "MONITOR_STATUS_ACTIVE"
            _make_wanted_dashboard(record)
        self._store.put("monitor", table_id, record)

    def _table_id(self, table: TableName) -> str:
        if not self._catalog.exists(table):
            raise TableNotFoundError(f"Table '{table}' does not exist.")
        return self._catalog.table_id(table)

    def _record(self, table: TableName) -> tuple[str, Document]:
        table_id = self._table_id(table)
        record = self._store.get("monitor", table_id)
        if record is None:
            place = f"/metastores:{self._store.metastore_id}/tables:{table_id}/"
            raise NotFoundError(f"Cannot find Monitor with ID: {place}")
        return table_id, record

    def _forget_dropped(self, table: TableName) -> None:
        """Remove the monitor of a dropped table whose name another table has now."""
        for other_id, _ in self._store.with_field("monitor", "table", str(table)):
            if other_id != self._catalog.table_id(table):
                self._store.delete("monitor", other_id)
                self._refreshes.forget(other_id)

    def _schema_id(self, definition: Document) -> str:
        schema = self._catalog.schema(SchemaName.parse(definition["output_schema_name"]))
        return str(schema["schema_id"])

    def _check(self, table: TableName, table_id: str, definition: Document) -> None:
        schema = SchemaName.parse(definition["output_schema_name"])
        if not self._catalog.schema_exists(schema):
            raise SchemaNotFoundError(f"Schema '{schema}' does not exist.")
        for other_id, other in self._store.with_field("monitor", "output", _output(table, definition)):
            if other_id != table_id:
                raise InvalidParameterError(
                    f"The monitor of '{other['table']}' already writes to "
                    f"{schema}.{table.table}_profile_metrics; "
                    f"choose another output_schema_name for '{table}'"
                )
        problems = self._validate(
            definition,
            self._catalog.databricks_columns(table),
            self._baseline_columns(definition),
            self._switches.current,
        )
        if not problems:
            try:
                next_fire(definition, self._clock)
            except ScheduleError as error:
                problems = [f"schedule.quartz_cron_expression: {error}"]
        if problems:
            further = len(problems) - 1
            more = f" ({further} more problem{'s' if further > 1 else ''})" if further else ""
            raise InvalidParameterError(f"{problems[0]}{more}")

    def _baseline_columns(self, definition: Document) -> Columns | None:
        """Columns of the baseline table; None without one, and for a name that is none, which is objected to."""
        written = definition.get("baseline_table_name")
        try:
            name = TableName.parse(written) if written else None
        except ValueError:
            return None
        if name is None:
            return None
        if not self._catalog.exists(name):
            raise TableNotFoundError(f"Table '{name}' does not exist.")
        return self._catalog.databricks_columns(name)


def _output(table: TableName, definition: Document) -> str:
    """What the names of the output tables begin with."""
    return f"{SchemaName.parse(definition['output_schema_name'])}.{table.table}"


def _make_wanted_dashboard(record: Document) -> None:
    """Give the record the id of a dashboard, unless it has one or none is wanted."""
    if not record["dashboard_choices"].get("skip_builtin_dashboard"):
        record.setdefault("dashboard_id", uuid.uuid4().hex)


def _kind(definition: Document) -> str | None:
    return next((kind for kind in KINDS if kind in definition), None)
