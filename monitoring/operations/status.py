"""Everything that can be said about a deployed monitor in one look; changes nothing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from databricks.sdk.errors.base import DatabricksError

from monitoring.operations.comments import plan
from monitoring.operations.failures import explain
from monitoring.operations.incidents import AT_ONCE, DomainFindings, IncidentSearch
from monitoring.operations.monitor_apis import monitor_api
from monitoring.operations.readiness import Stage, inspect

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitoring.domain import Domain
    from monitoring.operations.comments import Catalog
    from monitoring.operations.watched import Watched


@dataclass(frozen=True)
class MonitorStatus:
    """How one monitor stands."""

    domain: str
    table: str
    """Full name of the monitored table."""
    stage: Stage
    detail: str
    refresh: str
    """State of the newest refresh, such as ``SUCCESS``; empty without one."""
    refreshed_at: str
    """When it ended, or began if it is not over; ISO 8601 in UTC, empty without one."""
    tables: dict[str, bool]
    """Whether each output table is there, by full name."""
    comments_missing: int
    """Comments that are not as they should be, those of columns that are not there yet included."""
    found: DomainFindings
    """What the output tables say against the thresholds."""

    @property
    def is_good(self) -> bool:
        """Whether nothing is left to do or to look at."""
        return self.stage is Stage.READY and self.found.is_good


@dataclass(frozen=True)
class StatusLook:
    """Looks at the monitors of a stack.

    Attributes:
        catalog: reads tables and comments.
        search: holds values against thresholds.
    """

    catalog: Catalog
    search: IncidentSearch

    def look_at_all(self, domains: Sequence[Domain], watched: Sequence[Watched]) -> list[MonitorStatus]:
        """Look at the monitors, domain by domain; one that cannot be seen does not stop the others."""
        with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
            return list(pool.map(self.look_at, domains, watched))

    def look_at(self, domain: Domain, watched: Watched) -> MonitorStatus:
        """Look at one monitor; what cannot be seen is said in the result."""
        monitors = monitor_api(self.search.client, self.search.settings.api)
        readiness = inspect(monitors, self.catalog, watched)
        status = MonitorStatus(
            domain.name,
            watched.table,
            readiness.stage,
            readiness.detail,
            "",
            "",
            dict.fromkeys(watched.output_tables, False),
            sum(1 + len(text.columns) for text in watched.output_tables.values()),
            DomainFindings(domain.name),
        )
        try:
            status = self._with_tables(status, watched)
            status = self._with_refresh(status)
        except DatabricksError as error:
            detail = status.detail if status.stage is Stage.FAILED else explain(error, watched.table)
            return replace(status, stage=Stage.FAILED, detail=detail)
        if all(status.tables.values()):
            return replace(status, found=self.search.search(domain))
        return status

    def _with_tables(self, status: MonitorStatus, watched: Watched) -> MonitorStatus:
        there, missing = {}, 0
        for full_name, desired in watched.output_tables.items():
            live = self.catalog.read(full_name)
            there[full_name] = live is not None
            if live is None:
                missing += 1 + len(desired.columns)
                continue
            todo = plan(full_name, desired, live)
            missing += len(todo.columns) + len(todo.missing) + (todo.table is not None)
        return replace(status, tables=there, comments_missing=missing)

    def _with_refresh(self, status: MonitorStatus) -> MonitorStatus:
        refreshes = self.search.client.quality_monitors.list_refreshes(status.table).refreshes or []
        if not refreshes:
            return status
        newest = refreshes[0]
        moment = newest.end_time_ms or newest.start_time_ms
        return replace(
            status,
            refresh=newest.state.value if newest.state else "UNKNOWN",
            refreshed_at=_written(moment) if moment else "",
        )


def _written(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat(timespec="seconds")
