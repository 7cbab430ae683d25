"""Where the loads run in the tests: hand-made system tables, and the rows that a load makes of them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Final, Protocol

from monitoring.gold.loads import LOADS, DayRange, LoadSettings
from monitoring.gold.loads.load import quote_name
from tests.monitoring.gold.loads.system_tables import SYSTEM_TABLES, Row, rows_sql
from tests.spark import collected

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyspark.sql import SparkSession

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
        """Fill system tables, named ``schema__table``; all others are empty."""
        ...

    def loaded(self, table: str, *columns: str, days: DayRange = DAYS, **settings: Any) -> Cells:  # noqa: ANN401 - any field
        """The rows that the load of a gold table gives, as texts, ordered by these columns."""
        ...


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
        texts = ", ".join(f"CAST(`{column}` AS STRING)" for column in columns)
        query = LOADS[table].select(replace(SPARK_SETTINGS, **settings), days)
        return sorted(collected(self.session.sql(f"SELECT {texts} FROM ({query})")), key=str)
