"""Where the loads run in the tests: hand-made system tables, and the rows that a load makes of them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Final, Protocol

from monitoring.gold import GOLD_TABLES, create_table_sql
from monitoring.gold.loads import LOADS, DayRange, LoadSettings
from monitoring.gold.loads.load import quote_name
from tests.monitoring.gold.loads.system_tables import SYSTEM_TABLES, Row, rows_sql
from tests.spark import collected

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyspark.sql import SparkSession

    from tests.local_workspace.target import Target

DAYS: Final = DayRange(date(2026, 3, 2), date(2026, 3, 5))
"""The days that the tests load: 2, 3 and 4 March."""

SETTINGS: Final = LoadSettings("main", "gold", metastore_id="metastore")

SPARK_SETTINGS: Final = replace(SETTINGS, system_catalog="spark_catalog")

Cells = list[tuple[str | None, ...]]


class Engine(Protocol):
    """Something that runs the loads."""

    def named(self, schema: str, table: str) -> str:
        """The full name of a system table."""
        ...

    def sources(self, **tables: Sequence[Row]) -> None:
        """Fill system tables, named ``schema__table``; tables that a test never names are empty."""
        ...

    def loaded(self, table: str, *columns: str, days: DayRange = DAYS, **settings: Any) -> Cells:  # noqa: ANN401 - any field
        """The rows that the load of a gold table gives, as texts, ordered by these columns."""
        ...


LOCAL_SETTINGS: Final = replace(SETTINGS, system_catalog="main")


def as_text(table: str, column: str) -> str:
    """The SQL for a column as text; arrays have no text that all engines share."""
    kind = GOLD_TABLES[table].column_types[column]
    return f"ARRAY_JOIN(`{column}`, ', ')" if kind == "ARRAY<STRING>" else f"CAST(`{column}` AS STRING)"


@dataclass
class LocalEngine:
    """The local workspace runs the statements of the loads: its gold tables are written, then read."""

    workspace: Target

    filled: set[str] = field(default_factory=set)
    written: set[str] = field(default_factory=set)

    def create(self) -> None:
        """Make all tables, empty."""
        for schema in {"gold", *(name.split(".")[0] for name in SYSTEM_TABLES)} - {"information_schema"}:
            self.workspace.rows(f"CREATE SCHEMA main.{schema}")
        for table in GOLD_TABLES.values():
            self.workspace.rows(create_table_sql(table, "main", "gold"))
        for name in SYSTEM_TABLES:
            if not name.startswith("information_schema."):
                self._fill(name, [])

    def clear(self) -> None:
        """Empty all tables again."""
        while self.filled:
            self._fill(self.filled.pop(), [])
        while self.written:
            self.workspace.rows(f"TRUNCATE TABLE main.gold.{self.written.pop()}")

    def named(self, schema: str, table: str) -> str:
        """The full name of the table that stands for a system table."""
        return f"main.{schema}.{table}"

    def sources(self, **tables: Sequence[Row]) -> None:
        """Fill tables that stand for system tables."""
        for name, rows in tables.items():
            self._fill(name.replace("__", "."), rows)
            self.filled.add(name.replace("__", "."))

    def _fill(self, name: str, rows: Sequence[Row]) -> None:
        self.workspace.rows(f"CREATE OR REPLACE TABLE {quote_name(f'main.{name}')} AS {rows_sql(name, rows)}")

    def load(self, table: str, days: DayRange = DAYS, **settings: Any) -> int:  # noqa: ANN401 - any field
        """Load days of a gold table; the number of rows that were written or deleted."""
        self.written.add(table)
        counts = self.workspace.rows(LOADS[table].statement(replace(LOCAL_SETTINGS, **settings), days))
        return int(counts[0][0] or 0)

    def table(self, table: str, *columns: str) -> Cells:
        """The rows of a gold table, as texts."""
        texts = ", ".join(as_text(table, column) for column in columns)
        return sorted(
            (tuple(row) for row in self.workspace.rows(f"SELECT {texts} FROM main.gold.{table}")), key=str
        )

    def loaded(self, table: str, *columns: str, days: DayRange = DAYS, **settings: Any) -> Cells:  # noqa: ANN401 - any field
        """The rows of a gold table after its load."""
        self.load(table, days, **settings)
        return self.table(table, *columns)


@dataclass
class SparkEngine:
    """Spark runs the queries of the loads; it has no tables that can be rewritten by day or merged."""

    session: SparkSession
    filled: set[str] = field(default_factory=lambda: set(SYSTEM_TABLES))

    def named(self, schema: str, table: str) -> str:
        """The full name of the view that stands for a system table."""
        return f"spark_catalog.{schema}.{table}"

    def sources(self, **tables: Sequence[Row]) -> None:
        """Fill views that stand for system tables; all others are empty."""
        given = {name.replace("__", "."): rows for name, rows in tables.items()}
        assert given.keys() <= SYSTEM_TABLES.keys(), f"unknown: {sorted(given.keys() - SYSTEM_TABLES.keys())}"
        for name in self.filled | given.keys():
            view = quote_name(f"spark_catalog.{name}")
            self.session.sql(f"CREATE OR REPLACE VIEW {view} AS {rows_sql(name, given.get(name, []))}")
        self.filled = set(given)

    def loaded(self, table: str, *columns: str, days: DayRange = DAYS, **settings: Any) -> Cells:  # noqa: ANN401 - any field
        """The rows of the query of a load, as texts."""
        texts = ", ".join(as_text(table, column) for column in columns)
        query = LOADS[table].select(replace(SPARK_SETTINGS, **settings), days)
        return sorted(collected(self.session.sql(f"SELECT {texts} FROM ({query})")), key=str)
