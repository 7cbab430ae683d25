"""Whether two ways to compute the custom metrics gave the same values, window by window and slice by slice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Self

import duckdb

from benchmarks import job_monitor
from benchmarks.naive import plain_queries
from benchmarks.processes.plain_queries import SCHEMA
from benchmarks.spark_queries import spark_queries
from local_workspace.engine.coercion import identifier
from local_workspace.engine.custom_metric import TABLE_ROW
from local_workspace.names import TableName
from monitoring.domains.job import DOMAIN
from monitoring.metrics import Kind

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.datasets import Dataset
    from monitoring.metrics import Metric

_TOLERANCE: Final = 1e-9
"""Relative; sums of floating-point numbers depend on the order of the rows."""


class Engine:
    """What a refresh of kind `custom` left in a data file, to compare with."""

    def __init__(self, dataset: Dataset) -> None:
        definition = job_monitor.complete("main.custom")
        self.connection = duckdb.connect()
        self.connection.execute(f"ATTACH '{dataset.data_file}' AS data (READ_ONLY)")
        self.connection.execute("USE data")
        for name, table in (("profile", definition.profile_table), ("drift", definition.drift_table)):
            self.connection.execute(
                f"CREATE TEMP VIEW {name} AS SELECT * FROM {TableName.parse(table).relation} "
                f"WHERE column_name = '{TABLE_ROW}'"
            )

    def __enter__(self) -> Self:
        """The connection is open."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.connection.close()

    def differences_of_queries(self) -> list[str]:
        """Where the naive plan gave something else."""
        found = []
        for number, query in enumerate(plain_queries(self.connection)):
            relation = (
                f"(SELECT start, slice_value, value AS {query.metric.name} FROM {SCHEMA}.query_{number})"
            )
            found += self._differences(
                relation, [query.metric], query.granularity, query.slice_key, "the naive plan"
            )
        return found

    def differences_of_spark(self, results: Path) -> list[str]:
        """Where Spark gave something else.

        Args:
            results: the folder with its results.
        """
        found = []
        for each in spark_queries():
            for kind, metrics in (("windows", DOMAIN.profile_metrics), ("drift", DOMAIN.drift_metrics)):
                relation = f"read_parquet('{results}/{kind}_{each.number}/*.parquet')"
                found += self._differences(relation, list(metrics), each.granularity, each.slice_key, "Spark")
        return found

    def _differences(
        self, relation: str, metrics: list[Metric], granularity: str, slice_key: str | None, whose: str
    ) -> list[str]:
        table = "drift" if metrics[0].kind is Kind.DRIFT else "profile"
        key = f"slice_key = '{slice_key}'" if slice_key else "slice_key IS NULL"
        counts = ", ".join(
            f"count(*) FILTER (WHERE {_differs(identifier(metric.name))})" for metric in metrics
        )
        row = self.connection.execute(
            f"""
            SELECT {counts} FROM (
                SELECT *, TRUE AS there, CAST("window".start AS TIMESTAMP) AS start
                FROM {table} WHERE granularity = '{granularity}' AND {key}
            ) AS ours FULL JOIN (
                SELECT * REPLACE (CAST(start AS TIMESTAMP) AS start), TRUE AS there FROM {relation}
            ) AS theirs
            ON ours.start = theirs.start AND ours.slice_value IS NOT DISTINCT FROM theirs.slice_value
            """
        ).fetchone()
        return [
            f"{metric.name}, {granularity}, {slice_key or 'whole table'}: {count} values are not those of {whose}"
            for metric, count in zip(metrics, row or (), strict=True)
            if count
        ]


def _differs(name: str) -> str:
    ours, theirs = f"ours.{name}", f"theirs.{name}"
    return (
        f"ours.there IS NULL OR theirs.there IS NULL OR ({ours} IS NULL) <> ({theirs} IS NULL) "
        f"OR abs({ours} - {theirs}) > {_TOLERANCE} * greatest(abs({ours}), abs({theirs}), 1)"
    )
