"""Output tables with hand-made rows in a real local workspace: what a monitor would have written."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from monitoring.settings import Settings
from tests.local_workspace.target import CATALOG

if TYPE_CHECKING:
    from monitoring.domain import Domain
    from tests.local_workspace.target import Target

SETTINGS = Settings.from_stack(
    "dev", {"catalog": "main", "gold_schema": "gold", "host": "https://workspace.example.com"}, {}
)
STANDARD = (
    "window STRUCT<start: TIMESTAMP, end: TIMESTAMP>, granularity STRING, monitor_version BIGINT, "
    "slice_key STRING, slice_value STRING, column_name STRING"
)


@dataclass
class OutputTables:
    """The profile and the drift table of a domain, with columns for some of its metrics."""

    target: Target
    domain: Domain
    profile_metrics: tuple[str, ...]
    drift_metrics: tuple[str, ...]
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __post_init__(self) -> None:
        profile = "".join(f", {name} DOUBLE" for name in self.profile_metrics)
        drift = "".join(f", {name} DOUBLE" for name in self.drift_metrics)
        self.target.post(f"{CATALOG}/schemas", {"name": "gold_monitoring", "catalog_name": "main"})
        self.target.rows(f"CREATE TABLE {self.profile} ({STANDARD}, log_type STRING, count BIGINT{profile})")
        self.target.rows(
            f"CREATE TABLE {self.drift} ({STANDARD}, drift_type STRING, "
            f"window_cmp STRUCT<start: TIMESTAMP, end: TIMESTAMP>{drift})"
        )

    @property
    def profile(self) -> str:
        return SETTINGS.profile_table_name(self.domain)

    @property
    def drift(self) -> str:
        return SETTINGS.drift_table_name(self.domain)

    def day(self, ago: int) -> datetime:
        """Midnight so many days ago; 0 is the window that is still filling."""
        return self.now.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=ago)

    def add_profile(
        self, ago: int, rows: int = 100, *, version: int = 0, slice_key: str | None = None, **values: float
    ) -> None:
        """A row of the profile table for the day so many days ago."""
        self._insert(self.profile, ago, version, slice_key, f"'INPUT', {rows}", self.profile_metrics, values)

    def add_drift(self, ago: int, *, version: int = 0, slice_key: str | None = None, **values: float) -> None:
        """A row of the drift table: the day so many days ago against the day before."""
        compared = f"'CONSECUTIVE', {self._window(ago + 1)}"
        self._insert(self.drift, ago, version, slice_key, compared, self.drift_metrics, values)

    def _insert(
        self,
        table: str,
        ago: int,
        version: int,
        slice_key: str | None,
        own: str,
        metrics: tuple[str, ...],
        values: dict[str, float],
    ) -> None:
        slices = "NULL, NULL" if slice_key is None else f"'{slice_key}', 'x'"
        written = "".join(f", {values.get(name, 'NULL')}" for name in metrics)
        self.target.rows(
            f"INSERT INTO {table} SELECT {self._window(ago)}, '1 day', {version}, {slices}, ':table', "
            f"{own}{written}"
        )

    def _window(self, ago: int) -> str:
        start, end = (f"TIMESTAMP '{self.day(day):%Y-%m-%d %H:%M:%S}'" for day in (ago, ago - 1))
        return f"named_struct('start', {start}, 'end', {end})"
