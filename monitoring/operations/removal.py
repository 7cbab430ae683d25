"""Removes monitors and what they made. Output tables go only when asked: nobody can compute their history again.

"Not found" is fine everywhere; any other error is a failure, and what would have followed it is not done. All
of it can be repeated: a run that was interrupted is finished by the next one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from databricks.sdk.errors import NotFound, PermissionDenied
from databricks.sdk.errors.base import DatabricksError

from monitoring.disposal import Disposal
from monitoring.operations.adopt import live_monitor
from monitoring.operations.comments import quoted
from monitoring.operations.statements import NoWarehouseError, StatementFailedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from databricks.sdk import WorkspaceClient

    from monitoring.operations.statements import Warehouse

_COPY = re.compile(r".+_kept_until_(\d{8})")


class Kind(StrEnum):
    """What kind of thing a step is about."""

    MONITOR = "monitor"
    TABLE = "table"
    COPY = "copy"
    DASHBOARD = "dashboard"
    FOLDER = "folder"
    SCHEMA = "schema"


class Outcome(StrEnum):
    """What became of a thing."""

    REMOVED = "removed"
    COPIED = "copied"
    KEPT = "kept"
    ABSENT = "not there"
    FAILED = "failed"


@dataclass(frozen=True)
class Step:
    """What was done with one thing."""

    kind: Kind
    name: str
    outcome: Outcome
    message: str = ""


class CopyNotEqualError(Exception):
    """A copy does not hold what its table holds, so the table stays."""


@dataclass(frozen=True)
class Remover:
    """Removes things of one workspace.

    Attributes:
        client: the workspace.
        warehouse: where tables are copied; looked up when there is one to copy.
        disposal: what becomes of output tables.
        days: how long copies are to be kept.
        today: the day from which they count.
        report: called with each step as soon as it is done.
    """

    client: WorkspaceClient
    warehouse: Callable[[], Warehouse]
    disposal: Disposal = Disposal.KEEP
    days: int = 30
    today: date = field(default_factory=lambda: datetime.now(UTC).date())
    report: Callable[[Step], None] = lambda _step: None

    def delete_monitor_if_exists(self, table: str, output_tables: Sequence[str]) -> list[Step]:
        """Remove the monitor of a table, its dashboard, and its output tables as the disposal says.

        Args:
            table: full name of the monitored table.
            output_tables: full names of its output tables, for when no monitor says its own.
        """
        return self._done(self._delete_monitor(table, output_tables))

    def remove_table(self, full_name: str) -> list[Step]:
        """Remove an output table as the disposal says."""
        return self._done(self._remove_table(full_name))

    def remove(self, kind: Kind, name: str, remove: Callable[[str], object]) -> Step:
        """Remove a thing that needs no care."""
        (step,) = self._done(iter([self._removed(kind, name, remove)]))
        return step

    def _delete_monitor(self, table: str, output_tables: Sequence[str]) -> Iterator[Step]:
        names, dashboard = list(output_tables), None
        try:
            # Before it is deleted: afterwards nobody knows its tables and its dashboard.
            live = live_monitor(self.client, table)
        except DatabricksError as error:
            yield Step(Kind.MONITOR, table, Outcome.FAILED, str(error))
            return
        if live is not None:
            own = (live.profile_metrics_table_name, live.drift_metrics_table_name)
            names, dashboard = [name for name in own if name] or names, live.dashboard_id
        if self.disposal is Disposal.COPY:
            # The copies come first, so that a failure leaves everything as it was.
            for name in names:
                step = self._copied(name)
                yield step
                if step.outcome is Outcome.FAILED:
                    return
        step = self._removed(Kind.MONITOR, table, self.client.quality_monitors.delete)
        yield step
        if step.outcome is Outcome.FAILED:
            return
        for name in names:
            # Until the monitor was gone, a refresh may have added to what was copied.
            copied = self._copied(name) if self.disposal is Disposal.COPY else None
            if copied is not None and copied.outcome is Outcome.FAILED:
                yield copied
            else:
                yield self._kept_or_dropped(name)
        if dashboard:
            yield self._removed(Kind.DASHBOARD, dashboard, self.client.lakeview.trash)

    def _remove_table(self, full_name: str) -> Iterator[Step]:
        if self.disposal is Disposal.COPY:
            step = self._copied(full_name)
            yield step
            if step.outcome is not Outcome.COPIED:
                return
        yield self._kept_or_dropped(full_name)

    def _kept_or_dropped(self, full_name: str) -> Step:
        if self.disposal is Disposal.KEEP:
            return Step(Kind.TABLE, full_name, Outcome.KEPT)
        return self._removed(Kind.TABLE, full_name, self.client.tables.delete)

    def _copied(self, full_name: str) -> Step:
        copy = copy_name(full_name, self.today + timedelta(days=self.days))
        try:
            if not self._is_there(full_name):
                return Step(Kind.COPY, copy, Outcome.ABSENT, f"{full_name} is not there")
            warehouse = self.warehouse()
            if not self._is_there(copy):
                warehouse.run(f"CREATE TABLE {quoted(copy)} AS SELECT * FROM {quoted(full_name)}")
            rows = _same_rows(warehouse, full_name, copy)
        except (DatabricksError, NoWarehouseError, StatementFailedError, CopyNotEqualError) as error:
            return Step(Kind.COPY, copy, Outcome.FAILED, str(error))
        return Step(Kind.COPY, copy, Outcome.COPIED, f"{rows} rows of {full_name}")

    def _removed(self, kind: Kind, name: str, remove: Callable[[str], object]) -> Step:
        try:
            remove(name)
        except NotFound:
            return Step(kind, name, Outcome.ABSENT)
        except DatabricksError as error:
            return Step(kind, name, Outcome.FAILED, _reason(error))
        return Step(kind, name, Outcome.REMOVED)

    def _is_there(self, full_name: str) -> bool:
        try:
            self.client.tables.get(full_name)
        except NotFound:
            return False
        return True

    def _done(self, steps: Iterator[Step]) -> list[Step]:
        done = []
        for step in steps:
            self.report(step)
            done.append(step)
        return done


def _reason(error: DatabricksError) -> str:
    if isinstance(error, PermissionDenied):
        return f"you may not remove it; that takes its owner, or MANAGE on it or on what holds it ({error})"
    return str(error)


def copy_name(full_name: str, until: date) -> str:
    """The name of a copy that is to be kept until a day."""
    return f"{full_name}_kept_until_{until:%Y%m%d}"


def kept_until(full_name: str) -> date | None:
    """The last day for which a copy is to be kept; None for a table that is no copy."""
    found = _COPY.fullmatch(full_name)
    try:
        return datetime.strptime(found.group(1), "%Y%m%d").replace(tzinfo=UTC).date() if found else None
    except ValueError:
        return None


def _same_rows(warehouse: Warehouse, full_name: str, copy: str) -> int:
    counts = [
        int(warehouse.query(f"SELECT COUNT(*) AS row_count FROM {quoted(name)}")[0]["row_count"] or 0)
        for name in (full_name, copy)
    ]
    if counts[0] != counts[1]:
        raise CopyNotEqualError(
            f"{copy} has {counts[1]} rows, {full_name} has {counts[0]}; look at the copy, drop it, and try again"
        )
    return counts[0]
