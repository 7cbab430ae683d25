"""What the output tables say now against the thresholds of the metrics, and whether they are fresh.

Looks at totals of closed windows in their newest version. A window with few rows is left out, and so is a
change from or to one: small numbers jump.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from databricks.sdk.errors import NotFound
from databricks.sdk.errors.base import DatabricksError

from monitoring.gold.table import quote_text
from monitoring.metrics import Kind
from monitoring.operations.comments import quoted
from monitoring.operations.failures import explain
from monitoring.operations.statements import NoWarehouseError, StatementFailedError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from databricks.sdk import WorkspaceClient

    from monitoring.domain import Domain
    from monitoring.metrics import Metric
    from monitoring.operations.statements import Warehouse
    from monitoring.settings import Settings
    from monitoring.thresholds import Condition

AT_ONCE = 8
MINIMUM_ROWS = 20
"""Rows of the gold table that a window needs before its values count."""
MOST_HOURS_BEHIND = {"hourly": 3, "daily": 30}
"""Hours between the end of the newest window and now before a monitor counts as late."""
CRITICAL, WARNING = "critical", "warning"
_HOUR_FIELD = 2


@dataclass(frozen=True)
class Finding:
    """A value beyond a threshold of its metric."""

    domain: str
    table: str
    """Full name of the output table that holds the value."""
    metric: str
    granularity: str
    window_start: str
    """UTC, as SQL writes it."""
    compared_with: str | None
    """Start of the window that a drift metric compares with; None for metrics of one window."""
    value: float
    severity: str
    """``critical`` or ``warning``."""
    condition: str
    """The condition that the value fulfils, in words."""
    rows: int
    """Rows of the gold table in the window."""
    meaning: str


@dataclass(frozen=True)
class DomainFindings:
    """What was looked at in one domain, and what was found."""

    domain: str
    findings: tuple[Finding, ...] = ()
    windows: int = 0
    """Windows that were held against the thresholds."""
    small_windows: int = 0
    """Windows that were left out for their few rows."""
    hours_behind: int | None = None
    """Hours from the end of the newest window to now; negative while that window fills, None without rows."""
    most_hours_behind: int = MOST_HOURS_BEHIND["daily"]
    problem: str = ""
    """Why nothing could be said; empty when something was."""

    @property
    def is_late(self) -> bool:
        """Whether the monitor has fallen behind its schedule, or never computed a window."""
        return not self.problem and (self.hours_behind is None or self.hours_behind > self.most_hours_behind)

    @property
    def is_good(self) -> bool:
        """Whether there is nothing that somebody should look at."""
        return not (self.findings or self.problem or self.is_late)


@dataclass(frozen=True)
class IncidentSearch:
    """Holds the output tables of a stack against the thresholds.

    Attributes:
        client: the workspace.
        warehouse: where the queries run; looked up when there is one to run.
        settings: the stack.
        since: look at every closed window that starts then or later; the newest one only when None.
        minimum_rows: fewer rows in a window say nothing.
    """

    client: WorkspaceClient
    warehouse: Callable[[], Warehouse]
    settings: Settings
    since: datetime | None = None
    minimum_rows: int = MINIMUM_ROWS

    def search_all(self, domains: Sequence[Domain]) -> list[DomainFindings]:
        """Search the domains; one that cannot be read does not stop the others."""
        with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
            return list(pool.map(self.search, domains))

    def search(self, domain: Domain) -> DomainFindings:
        """Search one domain; a failure is a result."""
        try:
            return self._search(domain)
        except NotFound as error:
            problem = f"the output tables are not there yet; see: python -m monitoring wait ({error})"
        except (NoWarehouseError, StatementFailedError) as error:
            problem = str(error)
        except DatabricksError as error:
            problem = explain(error, self.settings.gold_table_name(domain))
        return DomainFindings(domain.name, problem=problem)

    def _search(self, domain: Domain) -> DomainFindings:
        profile, drift = (
            self.settings.profile_table_name(domain),
            self.settings.drift_table_name(domain),
        )
        profile_metrics = self._watched(profile, domain.profile_metrics)
        drift_metrics = self._watched(drift, domain.drift_metrics)
        warehouse = self.warehouse()
        rows = warehouse.query(profile_query(profile, profile_metrics, self.since))
        moves = (
            warehouse.query(drift_query(drift, profile, drift_metrics, self.since)) if drift_metrics else []
        )
        large = [row for row in rows if self._is_large(row, "row_count")]
        fair = [row for row in moves if self._is_large(row, "row_count", "compared_count")]
        found = [
            *(finding for row in large for finding in _findings(domain, profile, profile_metrics, row)),
            *(finding for row in fair for finding in _findings(domain, drift, drift_metrics, row)),
        ]
        (freshness,) = warehouse.query(freshness_query(profile))
        behind = freshness["hours_behind"]
        return DomainFindings(
            domain.name,
            tuple(sorted(found, key=lambda one: (one.severity, one.window_start, one.metric))),
            windows=len(large),
            small_windows=len(rows) - len(large),
            hours_behind=None if behind is None else int(behind),
            most_hours_behind=most_hours_behind(domain),
        )

    def _watched(self, full_name: str, metrics: Sequence[Metric]) -> list[Metric]:
        """The metrics with a warning or critical threshold whose column is there: new ones come later."""
        there = {(column.name or "").casefold() for column in self.client.tables.get(full_name).columns or []}
        return [metric for metric in metrics if metric.name in there and _alerts(metric)]

    def _is_large(self, row: dict[str, str | None], *names: str) -> bool:
        return all(int(row[name] or 0) >= self.minimum_rows for name in names)


def most_hours_behind(domain: Domain) -> int:
    """After how many hours the monitor of a domain is late; without a schedule as if it ran daily."""
    hour = domain.schedule.quartz.split()[_HOUR_FIELD] if domain.schedule else ""
    return MOST_HOURS_BEHIND["hourly" if hour.startswith("*") else "daily"]


def profile_query(table: str, metrics: Sequence[Metric], since: datetime | None) -> str:
    """The SQL for the metrics of closed windows: the newest of each granularity, or all since a moment."""
    return (
        f"WITH {_newest_version('closed', table, PROFILE_ROWS)} "
        f"SELECT granularity, CAST(window.start AS STRING) AS window_start, "
        f"{', '.join(['`count` AS row_count', *(f'`{metric.name}`' for metric in metrics)])} "
        f"FROM closed WHERE {_wanted('closed', since)} ORDER BY granularity, window_start"
    )


def drift_query(table: str, profile_table: str, metrics: Sequence[Metric], since: datetime | None) -> str:
    """The SQL for the drift metrics of closed windows, with the rows of both windows that they compare."""
    names = ", ".join(f"closed.`{metric.name}`" for metric in metrics)
    return (
        f"WITH {_newest_version('closed', table, DRIFT_ROWS)}, "
        f"{_newest_version('volume', profile_table, PROFILE_ROWS)} "
        "SELECT closed.granularity, CAST(closed.window.start AS STRING) AS window_start, "
        "CAST(closed.window_cmp.start AS STRING) AS compared_with, "
        f"now.`count` AS row_count, before.`count` AS compared_count, {names} "
        "FROM closed "
        "LEFT JOIN volume now ON now.granularity = closed.granularity "
        "AND now.window.start = closed.window.start "
        "LEFT JOIN volume before ON before.granularity = closed.granularity "
        "AND before.window.start = closed.window_cmp.start "
        f"WHERE {_wanted('closed', since)} ORDER BY closed.granularity, window_start"
    )


def freshness_query(table: str) -> str:
    """The SQL for the hours between the end of the newest window and now."""
    return (
        "SELECT TIMESTAMPDIFF(HOUR, MAX(window.end), CURRENT_TIMESTAMP()) AS hours_behind "
        f"FROM {quoted(table)} WHERE {PROFILE_ROWS}"
    )


PROFILE_ROWS = "column_name = ':table' AND log_type = 'INPUT' AND slice_key IS NULL"
DRIFT_ROWS = "column_name = ':table' AND drift_type = 'CONSECUTIVE' AND slice_key IS NULL"


def _newest_version(name: str, table: str, rows: str) -> str:
    """A common table expression of closed windows, each in the newest version that computed it."""
    return (
        f"{name} AS (SELECT * FROM (SELECT t.*, "
        "MAX(monitor_version) OVER (PARTITION BY window.start, granularity) AS newest_version, "
        "MAX(window.start) OVER (PARTITION BY granularity) AS newest_start "
        f"FROM {quoted(table)} t WHERE {rows} AND window.end <= CURRENT_TIMESTAMP()) v "
        "WHERE monitor_version = newest_version)"
    )


def _wanted(name: str, since: datetime | None) -> str:
    if since is None:
        return f"{name}.window.start = {name}.newest_start"
    return f"{name}.window.start >= CAST({quote_text(since.isoformat(sep=' '))} AS TIMESTAMP)"


def _alerts(metric: Metric) -> list[tuple[str, Condition]]:
    """The alerting conditions of a metric with their severity, the graver one first."""
    threshold = metric.threshold
    if threshold is None:
        return []
    pairs = ((CRITICAL, threshold.critical), (WARNING, threshold.warning))
    return [(severity, condition) for severity, condition in pairs if condition is not None]


def _findings(
    domain: Domain, table: str, metrics: Sequence[Metric], row: dict[str, str | None]
) -> list[Finding]:
    found = (_finding(domain, table, metric, row) for metric in metrics)
    return [finding for finding in found if finding is not None]


def _finding(domain: Domain, table: str, metric: Metric, row: dict[str, str | None]) -> Finding | None:
    """The gravest finding of a metric in a row. NULL is none: there was nothing to divide or to compare."""
    text = row[metric.name]
    if text is None:
        return None
    value = float(text)
    for severity, condition in _alerts(metric):
        if condition.holds(value):
            return Finding(
                domain.name,
                table,
                metric.name,
                row["granularity"] or "",
                row["window_start"] or "",
                row["compared_with"] if metric.kind is Kind.DRIFT else None,
                value,
                severity,
                condition.in_words(metric.unit),
                int(row["row_count"] or 0),
                metric.meaning,
            )
    return None
