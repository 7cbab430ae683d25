"""What a load is: the days it covers, what a deployment says about its sources, and how rows reach the table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Protocol

from monitoring.gold.table import GoldTable, quote_identifier, quote_text

if TYPE_CHECKING:
    from collections.abc import Callable


REREAD_DAYS = 3
"""Billing and audit records arrive hours late, so each load reads the last days again."""


class DaysError(ValueError):
    """The days cannot be loaded."""


@dataclass(frozen=True)
class DayRange:
    """Days in UTC: ``start`` is the first, ``end`` is the first that is no longer loaded.

    Raises:
        DaysError: there is no day in it.
    """

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.start >= self.end:
            raise DaysError(
                f"no day from {self.start} to {self.end}: the end is not loaded; give a later one"
            )

    @property
    def last(self) -> DayRange:
        """The last day alone."""
        return DayRange(self.end - timedelta(days=1), self.end)

    def holds(self, column: str, kind: str) -> str:
        """The SQL condition that a DATE or TIMESTAMP ``column`` lies in these days, whatever the session's zone."""
        start, end = (day_literal(day, kind) for day in (self.start, self.end))
        return f"{column} >= {start} AND {column} < {end}"


def last_days(today: date) -> DayRange:
    """The days that a daily load reads: the last whole ones before ``today``."""
    return DayRange(today - timedelta(days=REREAD_DAYS), today)


@dataclass(frozen=True)
class LoadSettings:
    """Where the gold tables are, where their sources are, and what no system table says."""

    catalog: str
    schema: str
    system_catalog: str = "system"
    """Catalog of the system tables; another one where regions are brought together in views of the same names."""
    currency: str = "USD"
    """Currency of the list prices; without one, each price would match once per currency."""
    platform_identities: tuple[str, ...] = ()
    """Identities in the audit log that are the platform itself, beside ``System-…`` and ``DBX_…``."""
    table_health: bool = True
    """Whether ``data_quality_monitoring.table_results``, a preview, can be read."""
    rule_results: str | None = None
    """Full name of the table of rule results: check_time, catalog_name, schema_name, table_name, criticality,
    is_not_null_rule, passed. No system table holds them."""
    freshness_hours: float = 24.0
    """Hours after which a table counts as stale."""
    metastore_id: str | None = None
    """Part of the id of an asset; None asks the metastore that the load runs on."""
    classified_data: bool = True
    """Whether ``data_classification.results``, a preview, can be read."""
    sensitivity_tags: tuple[str, ...] = ("sensitivity",)
    """Tags whose presence on a table or a column says that its data is sensitive."""
    payload_tables: tuple[str, ...] = ()
    """Full names of the inference tables of the served models: they hold latency and answer."""

    def system(self, schema: str, table: str) -> str:
        """The quoted name of a system table."""
        return quote_name(f"{self.system_catalog}.{schema}.{table}")

    def gold(self, table: GoldTable) -> str:
        """The quoted name of a gold table."""
        return ".".join(quote_identifier(part) for part in (self.catalog, self.schema, table.name))


class Load(Protocol):
    """Brings days of one gold table to what the sources say; doing it again changes nothing."""

    @property
    def table(self) -> GoldTable:
        """The table that is loaded."""
        ...

    def select(self, settings: LoadSettings, days: DayRange) -> str:
        """The query of the rows, columns in the order of the table."""
        ...

    def statement(self, settings: LoadSettings, days: DayRange) -> str:
        """The statement that writes them, without a semicolon."""
        ...

    def refuse_lost(self, days: DayRange, today: date) -> None:
        """Nothing, when the sources still have the days, or rows that they have lost stay.

        Raises:
            DaysError: the load would empty days that only the gold table still has.
        """
        ...


@dataclass(frozen=True)
class DayRewrite:
    """Replaces whole days: what a source has corrected or dropped in them is corrected or dropped."""

    table: GoldTable
    rows: Callable[[LoadSettings, DayRange], str]
    kept_days: int
    """How far back the sources tell what was; older days are only in the gold table."""
    only_last_day: bool = False
    """Whether the sources know the present only, so that one snapshot, of the last day, is all they give."""

    def select(self, settings: LoadSettings, days: DayRange) -> str:
        """The query of the rows, columns in the order of the table."""
        return self.rows(settings, self._days(days))

    def statement(self, settings: LoadSettings, days: DayRange) -> str:
        """INSERT … REPLACE WHERE: the days go and come in one transaction."""
        time = self.table.time_column
        condition = self._days(days).holds(quote_identifier(time.name), time.type)
        return (
            f"INSERT INTO {settings.gold(self.table)}\nREPLACE WHERE {condition}\n"
            f"{self.select(settings, days)}"
        )

    def refuse_lost(self, days: DayRange, today: date) -> None:
        """Nothing, when the sources still have the days.

        Raises:
            DaysError: they no longer have the first of them; the load would leave it empty.
        """
        oldest = today - timedelta(days=self.kept_days - 1)
        start = self._days(days).start
        if start < oldest:
            raise DaysError(
                f"{self.table.name}: the sources tell the last {self.kept_days} days only, so the load would destroy "
                f"what the gold table has of {start}; load from {oldest} on"
            )

    def _days(self, days: DayRange) -> DayRange:
        return days.last if self.only_last_day else days


@dataclass(frozen=True)
class Merge:
    """Updates and inserts by key; rows that the sources no longer have stay, and equal rows are not written."""

    table: GoldTable
    rows: Callable[[LoadSettings, DayRange], str]
    needs: str | None = None
    """Column without which a row must not be in the table: one that is there already is deleted."""

    def select(self, settings: LoadSettings, days: DayRange) -> str:
        """The query of the rows, columns in the order of the table."""
        return self.rows(settings, days)

    def statement(self, settings: LoadSettings, days: DayRange) -> str:
        """MERGE on the key of the table; an equal row is left alone, so that no window is computed again for it."""
        key = " AND ".join(self._equal(name, "=") for name in self.table.key)
        others = [column.name for column in self.table.columns if column.name not in self.table.key]
        same = " AND ".join(self._equal(name, "<=>") for name in others)
        needed = f"new.{quote_identifier(self.needs)}" if self.needs else ""
        delete = f"WHEN MATCHED AND {needed} IS NULL THEN DELETE\n" if needed else ""
        wanted = f" AND {needed} IS NOT NULL" if needed else ""
        return (
            f"MERGE INTO {settings.gold(self.table)} AS old\n"
            f"USING (\n{self.select(settings, days)}\n) AS new\n"
            f"ON {key}\n"
            f"{delete}"
            f"WHEN MATCHED AND NOT ({same}) THEN UPDATE SET *\n"
            f"WHEN NOT MATCHED{wanted} THEN INSERT *"
        )

    def refuse_lost(self, days: DayRange, today: date) -> None:
        """Nothing: rows that the source has lost stay in the table."""

    def _equal(self, column: str, operator: str) -> str:
        name = quote_identifier(column)
        return f"old.{name} {operator} new.{name}"


def day_literal(day: date, kind: str) -> str:
    """The start of a UTC day as a literal of type DATE or TIMESTAMP."""
    return f"DATE '{day.isoformat()}'" if kind == "DATE" else f"TIMESTAMP '{day.isoformat()} 00:00:00+00:00'"


def utc_day(timestamp: str) -> str:
    """The SQL for the UTC day of a timestamp: ``CAST(… AS DATE)`` would take the day in the session's zone."""
    return f"DATE_FROM_UNIX_DATE(CAST(FLOOR(UNIX_SECONDS({timestamp}) / 86400) AS INT))"


def quote_name(full_name: str) -> str:
    """A dotted name with each part in back-ticks."""
    return ".".join(quote_identifier(part) for part in full_name.split("."))


def quote_list(texts: tuple[str, ...]) -> str:
    """Texts for ``IN (…)``; NULL, which equals nothing, when there is none."""
    return ", ".join(quote_text(text) for text in texts) or "NULL"
