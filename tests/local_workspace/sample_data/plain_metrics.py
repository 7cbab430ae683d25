"""The metrics of a domain on one slice, computed by one plain DuckDB query over the gold table.

Knows nothing of the local workspace's engine: only sqlglot's own translation from Databricks to DuckDB.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import sqlglot

from monitoring.metrics import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    import duckdb

    from monitoring.domain import Domain

MINIMUM_VOLUME = 20
"""Rows that both windows need before a change says something, as in the query for drift with its level."""


@dataclass(frozen=True)
class Slice:
    """One slice of a domain's table, or the whole table where the key is None."""

    key: str | None = None
    value: str | None = None

    @property
    def condition(self) -> str:
        """The slice as a WHERE condition; values are compared as text, as the output tables write them."""
        return "TRUE" if self.key is None else f"CAST({self.key} AS VARCHAR) = '{self.value}'"


def duckdb_sql(definition: str) -> str:
    """A Databricks expression as DuckDB writes it."""
    return sqlglot.transpile(definition, read="databricks", write="duckdb")[0]


def profile_sql(domain: Domain, where: str, window: str) -> str:
    """One row per window: its start, `rows`, every aggregate and every derived metric."""
    metrics = domain.ordered_metrics
    aggregates = ", ".join(
        f"{duckdb_sql(m.definition)} AS {m.name}" for m in metrics if m.kind is Kind.AGGREGATE
    )
    derived = ", ".join(f"{duckdb_sql(m.definition)} AS {m.name}" for m in metrics if m.kind is Kind.DERIVED)
    return (
        f"SELECT *, {derived} FROM (SELECT {window} AS window_start, COUNT(*) AS rows_in_window, {aggregates} "
        f"FROM {domain.gold_table} WHERE {where} GROUP BY ALL)"
    )


def whole(connection: duckdb.DuckDBPyConnection, domain: Domain, where: str) -> dict[str, float | None]:
    """Every aggregate and derived metric over all rows of the condition."""
    cursor = connection.execute(profile_sql(domain, where, "0"))
    values = cursor.fetchone()
    assert values is not None
    return dict(zip([column[0] for column in cursor.description], values, strict=True))


@dataclass(frozen=True)
class Change:
    """One window and the window directly before it: rows, every profile metric, every drift metric."""

    window: datetime
    rows: int
    rows_before: int
    values: Mapping[str, float | None]
    values_before: Mapping[str, float | None]
    drifts: Mapping[str, float | None]

    def move(self, metric: str) -> float:
        """How far a metric moved: a drift metric's own value, else the difference; what is empty counts as 0."""
        if metric in self.drifts:
            return float(self.drifts[metric] or 0)
        return float(self.values[metric] or 0) - float(self.values_before[metric] or 0)


def changes(
    connection: duckdb.DuckDBPyConnection, domain: Domain, part: Slice, granularity: str, since: str
) -> list[Change]:
    """Every window of the slice that has a window directly before it, oldest first."""
    unit = granularity.removeprefix("1 ")
    time = f"CAST({domain.timestamp_column} AS TIMESTAMP)"
    profile = profile_sql(
        domain, f"{time} >= TIMESTAMP '{since}' AND {part.condition}", f"date_trunc('{unit}', {time})"
    )
    drifts = ", ".join(
        f"{duckdb_sql(m.definition.replace('{{current_df}}', 'now_').replace('{{base_df}}', 'base_'))} AS {m.name}"
        for m in domain.drift_metrics
    )
    cursor = connection.execute(
        f"WITH profile AS ({profile}) SELECT now_, base_, {drifts} "
        f"FROM profile AS now_ JOIN profile AS base_ ON base_.window_start = now_.window_start - INTERVAL 1 {unit} "
        "ORDER BY now_.window_start"
    )
    names = [metric.name for metric in domain.drift_metrics]
    return [
        Change(
            now["window_start"],
            now["rows_in_window"],
            base["rows_in_window"],
            now,
            base,
            dict(zip(names, values, strict=True)),
        )
        for now, base, *values in cursor.fetchall()
    ]


def first_refresh_since(end: datetime) -> str:
    """Where the first refresh of a monitor begins that is created when the sample data ends."""
    return (end - timedelta(days=30)).strftime("%Y-%m-%d %H:%M:%S")
