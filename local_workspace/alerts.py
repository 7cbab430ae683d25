"""SQL alerts: their definition, their schedule, and what their last evaluation found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfoNotFoundError

from local_workspace.alert_evaluation import EvaluationError, verdict
from local_workspace.catalog import OWNER
from local_workspace.engine.dialect import UnsupportedSQLError, parse_statement
from local_workspace.errors import InvalidParameterError, NotFoundError
from local_workspace.schedule import Schedule, ScheduleError
from local_workspace.sql.runner import StatementError

if TYPE_CHECKING:
    from local_workspace.clock import Clock
    from local_workspace.sql.cells import Row, Rows
    from local_workspace.store import Document, Store
    from local_workspace.warehouse import Warehouses

KIND = "alert"
_FIRST_ID = 10**15
_KEPT_ROWS = 100

Query = Callable[[str, datetime | None], "Rows"]
"""Runs a query at a moment, or now; raises `StatementError`."""


@dataclass(frozen=True)
class Found:
    """What an evaluation found.

    Attributes:
        alert: id of the alert.
        name: its display name.
        state: OK, TRIGGERED, ERROR or UNKNOWN.
        evaluated_at: the moment that the query took for the present, as ISO text; None before the first time.
        message: what went wrong, in the state ERROR.
        columns: names of the result's columns.
        rows: the first rows of the result, every cell as text.
        row_count: how many there were.
    """

    alert: str
    name: str
    state: str
    evaluated_at: str | None = None
    message: str | None = None
    columns: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    row_count: int = 0


class Alerts:
    """Keeps alerts and evaluates them. Notifies nobody: the state is all that comes of an alarm.

    Args:
        store: holds the alerts.
        clock: the workspace's time.
        warehouses: where the warehouse of an alert must be.
        query: runs queries.
    """

    def __init__(self, store: Store, clock: Clock, warehouses: Warehouses, query: Query) -> None:
        self._store = store
        self._clock = clock
        self._warehouses = warehouses
        self._query = query
        self.restart()

    def create(self, definition: Document) -> Document:
        """Make an alert.

        Raises:
            InvalidParameterError: the definition cannot work.
        """
        self._check(definition)
        with self._store.transaction():
            number = _FIRST_ID + self._store.next_number(KIND)
            record: Document = {
                "id": str(number),
                "definition": definition,
                "create_time": self._now(),
                "lifecycle_state": "ACTIVE",
                "state": "UNKNOWN",
            }
            self._put(record)
        return self.get(record["id"])

    def get(self, alert_id: str) -> Document:
        """The record of an alert, also of one in the trash.

        Raises:
            NotFoundError: there is none.
        """
        record = self._store.get(KIND, alert_id)
        if record is None:
            raise NotFoundError(f"Alert {alert_id} does not exist.")
        return record

    def all(self) -> list[Document]:
        """Records of all alerts that are not in the trash, oldest first."""
        return [record for _, record in self._store.all(KIND) if record["lifecycle_state"] == "ACTIVE"]

    def update(self, alert_id: str, definition: Document) -> Document:
        """Replace the definition; what the last evaluation found stays until the next one.

        Raises:
            NotFoundError: there is no such alert.
            InvalidParameterError: the definition cannot work.
        """
        self._check(definition)
        with self._store.transaction():
            self._put({**self.get(alert_id), "definition": definition})
        return self.get(alert_id)

    def trash(self, alert_id: str, *, purge: bool) -> None:
        """Put an alert into the trash, where it is not evaluated; or remove it.

        Raises:
            NotFoundError: there is no such alert.
        """
        with self._store.transaction():
            record = self.get(alert_id)
            if purge:
                self._store.delete(KIND, alert_id)
            else:
                self._put({**record, "lifecycle_state": "DELETED"})

    def evaluate(self, alert_id: str) -> Found:
        """Evaluate an alert now and keep what is found.

        Raises:
            NotFoundError: there is no such alert.
        """
        found = self._found(self.get(alert_id), None)
        with self._store.transaction():
            record = self._store.get(KIND, alert_id)
            if record is not None:
                kept = {"columns": found.columns, "rows": found.rows, "row_count": found.row_count}
                self._store.put(
                    KIND,
                    alert_id,
                    {**record, "state": found.state, "evaluated_at": found.evaluated_at}
                    | {"message": found.message, **kept},
                )
        return found

    def would_find(self, moment: datetime) -> list[Found]:
        """What every alert would have found at a moment, with the tables as they are now. Nothing is kept."""
        return [self._found(record, moment) for record in self.all()]

    def found(self) -> list[Found]:
        """What the last evaluation of every alert found."""
        return [
            Found(
                record["id"],
                record["definition"]["display_name"],
                record["state"],
                record.get("evaluated_at"),
                record.get("message"),
                tuple(record.get("columns", ())),
                tuple(tuple(row) for row in record.get("rows", ())),
                record.get("row_count", 0),
            )
            for record in self.all()
        ]

    def restart(self) -> None:
        """Work out again when each alert runs next: the workspace has started, or the clock went back."""
        with self._store.transaction():
            for record in self.all():
                self._put(record)

    def due(self) -> list[str]:
        """Alerts whose schedule fires now; each counts as fired, and those passed over several times fire once."""
        now = self._clock.now().timestamp()
        with self._store.transaction():
            fired = [record for record in self.all() if record["next_run"] is not None]
            fired = [record for record in fired if record["next_run"] <= now]
            for record in fired:
                self._put(record)
        return [record["id"] for record in fired]

    def next_run(self) -> float | None:
        """Seconds since 1970 of the next run of any alert."""
        runs = (record["next_run"] for record in self.all())
        return min((moment for moment in runs if moment is not None), default=None)

    def _found(self, record: Document, moment: datetime | None) -> Found:
        definition = record["definition"]
        at = self._now() if moment is None else _iso(moment)
        try:
            rows = self._query(definition["query_text"], moment)
            state = verdict(definition["evaluation"], rows)
        except (StatementError, EvaluationError) as error:
            return Found(record["id"], definition["display_name"], "ERROR", at, str(error))
        columns = tuple(name for name, _ in rows.columns)
        kept = rows.cells[:_KEPT_ROWS]
        name = definition["display_name"]
        return Found(record["id"], name, state, at, None, columns, kept, len(rows.cells))

    def _put(self, record: Document) -> None:
        changed = {**record, "update_time": record.get("update_time", record["create_time"])}
        before = self._store.get(KIND, record["id"])
        if before is None or before["definition"] != record["definition"]:
            changed["update_time"] = self._now()
        self._store.put(KIND, record["id"], {**changed, "next_run": self._next(record)})

    def _next(self, record: Document) -> float | None:
        schedule = record["definition"]["schedule"]
        if schedule.get("pause_status") == "PAUSED" or record["lifecycle_state"] != "ACTIVE":
            return None
        runs = _parsed(schedule).after(self._clock.now())
        return None if runs is None else runs.timestamp()

    def _check(self, definition: Document) -> None:
        warehouse_id = definition["warehouse_id"]
        try:
            self._warehouses.get(warehouse_id)
        except NotFoundError as error:
            raise InvalidParameterError(f"warehouse_id: {error}") from error
        try:
            parse_statement(definition["query_text"])
        except UnsupportedSQLError as error:
            raise InvalidParameterError(f"query_text: {error}") from error
        _parsed(definition["schedule"])

    def _now(self) -> str:
        return _iso(self._clock.now())


def owner() -> str:
    """Who owns the alerts, and as whom they run."""
    return OWNER


def _parsed(schedule: Document) -> Schedule:
    try:
        return Schedule.parse(schedule["quartz_cron_schedule"], schedule["timezone_id"])
    except ScheduleError as error:
        raise InvalidParameterError(f"schedule.quartz_cron_schedule: {error}") from error
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise InvalidParameterError(
            f"schedule.timezone_id: '{schedule['timezone_id']}' is no time zone; write it like UTC"
        ) from error


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
