"""Hand-made profile tables, and what the alerts' queries say of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np

from local_workspace.engine.dialect import MACROS, RUNTIME_SETTINGS, parse_statement
from local_workspace.engine.relations import Relation
from local_workspace.engine.statements import QueryTranslator
from local_workspace.engine.types import to_databricks

if TYPE_CHECKING:
    from collections.abc import Mapping

    from monitoring.alert_query import AlertQuery
    from monitoring.domain import Domain

NOW = datetime(2026, 6, 24, 6, 30)  # noqa: DTZ001 - UTC without a zone, as DuckDB holds it; a Wednesday
TODAY = NOW.replace(hour=0, minute=0)
TABLE = "main.out.profile"
LENGTHS = {"5 minutes": timedelta(minutes=5), "1 hour": timedelta(hours=1), "1 day": timedelta(days=1)}
STANDARD = {
    "window": 'STRUCT("start" TIMESTAMP, "end" TIMESTAMP)',
    "granularity": "VARCHAR",
    "monitor_version": "BIGINT",
    "slice_key": "VARCHAR",
    "slice_value": "VARCHAR",
    "column_name": "VARCHAR",
    "log_type": "VARCHAR",
    "count": "BIGINT",
}
"""The standard columns that the queries read, with their DuckDB types."""


@dataclass
class ProfileTable:
    """A profile table under construction.

    Attributes:
        domain: whose metrics are columns.
    """

    domain: Domain
    rows: list[dict[str, Any]] = field(default_factory=list)

    def add(
        self,
        start: datetime,
        values: Mapping[str, float | None],
        *,
        rows: int = 1_000,
        granularity: str = "1 day",
        part: tuple[str, str] | None = None,
        version: int = 0,
    ) -> None:
        """One window of the whole table, or of a slice given as (key, value)."""
        self.rows.append(
            {
                "window": {"start": start, "end": start + LENGTHS[granularity]},
                "granularity": granularity,
                "monitor_version": version,
                "slice_key": part[0] if part else None,
                "slice_value": part[1] if part else None,
                "column_name": ":table",
                "log_type": "INPUT",
                "count": rows,
                **{metric.name: values.get(metric.name) for metric in self.domain.profile_metrics},
            }
        )

    def answer(self, query: AlertQuery, now: datetime = NOW) -> list[dict[str, Any]]:
        """The rows of an alert's query."""
        with duckdb.connect() as connection:
            for statement in (*RUNTIME_SETTINGS, *MACROS):
                connection.execute(statement)
            self._create(connection)
            columns = {
                name: to_databricks(kind)
                for name, kind, *_ in connection.execute("DESCRIBE profile").fetchall()
            }
            translator = QueryTranslator(
                lambda *_: Relation("profile", columns), catalog="main", schema="out", now=now
            )
            result = connection.execute(translator.query(parse_statement(query.text)).sql)
            names = [column[0] for column in result.description or ()]
            return [dict(zip(names, row, strict=True)) for row in result.fetchall()]

    def _create(self, connection: duckdb.DuckDBPyConnection) -> None:
        metrics = {metric.name: "DOUBLE" for metric in self.domain.profile_metrics}
        given = {name for row in self.rows for name in row} & metrics.keys()
        connection.register(
            "rows",
            {
                name: np.array([row.get(name) for row in self.rows], dtype=object)
                for name in [*STANDARD, *given]
            },
        )
        columns = ", ".join(
            f"CAST({_quoted(name) if name in STANDARD or name in given else 'NULL'} AS {kind}) AS {_quoted(name)}"
            for name, kind in (STANDARD | metrics).items()
        )
        connection.execute(f"CREATE TABLE profile AS SELECT {columns} FROM rows")


def _quoted(name: str) -> str:
    return f'"{name}"'
