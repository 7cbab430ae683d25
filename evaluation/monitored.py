"""A local workspace in this process: gold tables are loaded, monitored, and asked what the alerts would have said."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from evaluation.firing import Firing, Slice
from evaluation.labels import LABELS_FILE, LabelError
from evaluation.matching import Judged
from evaluation.watched import as_alerts_read_it, columns_read
from local_workspace.clock import Clock
from local_workspace.loader import load
from local_workspace.monitoring_engine import local_engine, memory_need
from local_workspace.names import TableName
from local_workspace.schedule import Schedule
from local_workspace.sql.runner import StatementError, run
from local_workspace.workspace import Workspace
from monitoring.alerts import alerts
from monitoring.deviations import Scale
from monitoring.gold import GOLD_TABLES, create_table_sql
from monitoring.gold.table import quote_text
from monitoring.operations.definition import monitor_definition
from monitoring.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local_workspace.sample_data import SampleData
    from local_workspace.sql.cells import Cell
    from monitoring.alerts import Alert
    from monitoring.domain import Domain

LOOK_BACK = timedelta(days=30)
"""Rows so long before the creation of a monitor are read by its first refresh."""
PIECE, OVERLAP = timedelta(days=28), timedelta(days=2)
_SETTINGS = Settings.from_stack(
    "evaluation",
    {"catalog": "main", "gold_schema": "watched", "output_schema": "output", "host": "http://localhost"},
    {},
)
_LOADED = "loaded"
"""Schema of the whole gold tables; the monitored schema has views of the columns that alerts read."""


class MonitoredTable:
    """The gold table of one domain with its monitor, in a workspace whose clock stands still.

    Args:
        folder: an empty folder for the workspace.
        domain: what is monitored.
    """

    def __init__(self, folder: Path, domain: Domain) -> None:
        self._domain = domain
        self._workspace = Workspace(folder, Clock(lambda: 0.0))
        for schema in (_LOADED, _SETTINGS.gold_schema, _SETTINGS.output_schema):
            self._sql(f"CREATE SCHEMA main.{schema}")
        self._gold = TableName("main", _LOADED, domain.gold_table)
        self._sql(create_table_sql(GOLD_TABLES[domain.gold_table], "main", _LOADED))

    def close(self) -> None:
        """Release the files."""
        self._workspace.close()

    def fill(self, sample: SampleData) -> None:
        """Put generated rows into the gold table."""
        with self._workspace.data.transaction() as cursor:
            sample.insert_into(cursor, {self._domain.gold_table: self._gold.relation})

    def load(self, file: Path) -> None:
        """Put the rows of a file into the gold table."""
        load(self._workspace, self._gold, file)

    def monitor(self) -> None:
        """Refresh a monitor that reads every row; the clock then stands at the newest row.

        The monitor is made when the look-back reaches the oldest row, and has the metrics that alerts read only.
        """
        narrow = as_alerts_read_it(self._domain)
        table = TableName.parse(_SETTINGS.gold_table_name(self._domain))
        self._sql(f"CREATE VIEW {table} AS SELECT {', '.join(columns_read(narrow))} FROM {self._gold}")
        first, last = self._period()
        self._workspace.clock.set(first + LOOK_BACK)
        record = self._workspace.monitors.create(table, str(table), monitor_definition(_SETTINGS, narrow))
        self._workspace.clock.set(last)
        need = memory_need(self._workspace, table, record)
        local_engine().refresh(self._workspace, table, record, need, lambda: False)

    def firings(self) -> list[Firing]:
        """What the alerts would have said of every window that has closed, each judged when it closed.

        Asked piece by piece, which needs little memory. Pieces overlap, as a window is also judged by the one before.
        """
        first, last = self._period()
        ends = [last - number * PIECE for number in range((last - first) // PIECE + 1)]
        found = {
            self._firing(alert, row)
            for alert in self._alerts()
            for end in ends
            for row in self._sql(alert.replayed((PIECE + OVERLAP).days).text, end)
        }
        return sorted(
            found,
            key=lambda each: (each.start, each.end, each.alert, each.part or Slice("", ""), each.metric),
        )

    def judged(self) -> Judged | None:
        """From when to when windows of the whole table had enough history; None where none had."""
        first, last = [], []
        for alert in self._alerts():
            totals = replace(alert.replayed(self._days), totals_only=True)
            (row,) = self._sql(totals.coverage_text)
            if row["first"] is not None and row["last"] is not None:
                first.append(_moment(row["first"]))
                last.append(_moment(row["last"]))
        return Judged(min(first), max(last)) if first else None

    def touched(self, part: Slice | None) -> frozenset[Slice]:
        """The slices that share rows with a slice, itself among them; none for the whole table.

        Raises:
            LabelError: the slice's key is no expression over the gold table.
        """
        if part is None:
            return frozenset()
        found = {part}
        for key in self._domain.slices:
            try:
                rows = self._sql(
                    f"SELECT DISTINCT CAST({key} AS STRING) AS value FROM {self._gold} "
                    f"WHERE CAST({part.key} AS STRING) = {quote_text(part.value)}"
                )
            except StatementError as error:
                raise LabelError(
                    f"{LABELS_FILE}: slice_key '{part.key}' cannot be computed from "
                    f"{self._domain.gold_table}: {error}; give one of its columns or leave it empty"
                ) from error
            found |= {Slice(key, row["value"]) for row in rows if row["value"] is not None}
        return frozenset(found)

    def _alerts(self) -> tuple[Alert, ...]:
        return alerts(self._domain, _SETTINGS.profile_table_name(self._domain))

    @property
    def _days(self) -> int:
        first, last = self._period()
        return (last - first).days + 1

    def _period(self) -> tuple[datetime, datetime]:
        column = f"CAST({self._domain.timestamp_column} AS TIMESTAMP)"
        (row,) = self._sql(f"SELECT MIN({column}) AS first, MAX({column}) AS last FROM {self._gold}")
        if row["first"] is None or row["last"] is None:
            raise ValueError(f"{self._domain.gold_table} has no row with a {self._domain.timestamp_column}")
        return _moment(row["first"]), _moment(row["last"])

    def _firing(self, alert: Alert, row: dict[str, Cell]) -> Firing:
        cells = {name: cell for name, cell in row.items() if cell is not None}
        end, score = _moment(cells["window_end"]), float(cells["score"])
        scales = {watch.metric.name: watch.scale for watch in alert.query.watches}
        falls = scales[cells["metric"]] is Scale.RELATIVE and score < 0
        arrived = end + timedelta(hours=self._domain.late_hours if falls else 0)
        is_slice = "slice_key" in cells
        return Firing(
            alert=alert.name,
            granularity=cells["granularity"],
            start=_moment(cells["window_start"]),
            end=end,
            part=Slice(cells["slice_key"], cells["slice_value"]) if is_slice else None,
            metric=cells["metric"],
            value=float(cells["value"]),
            usual_value=float(cells["usual_value"]),
            score=score,
            row_count=int(cells["row_count"]),
            heard=_first_run(alert, arrived),
        )

    def _sql(self, statement: str, now: datetime | None = None) -> list[dict[str, Cell]]:
        session = self._workspace.session()
        if now is not None:
            session = replace(session, clock=Clock(now.timestamp))
        rows = run(session, statement)
        names = [name for name, _ in rows.columns]
        return [dict(zip(names, cells, strict=True)) for cells in rows.cells]


@contextmanager
def monitored_table(domain: Domain) -> Iterator[MonitoredTable]:
    """A gold table in a workspace in a temporary folder, which is removed at the end."""
    with tempfile.TemporaryDirectory(prefix="evaluation-") as folder:
        table = MonitoredTable(Path(folder), domain)
        try:
            yield table
        finally:
            table.close()


def _first_run(alert: Alert, moment: datetime) -> datetime:
    schedule = Schedule.parse(alert.schedule.quartz, alert.schedule.timezone)
    return schedule.after(moment) or moment


def _moment(cell: str) -> datetime:
    moment = datetime.fromisoformat(cell)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
