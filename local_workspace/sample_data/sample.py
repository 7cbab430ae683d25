"""The generated tables, and how they get into a database or into files."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb

from local_workspace.engine.types import to_duckdb
from local_workspace.sample_data.facts import (
    audit,
    governance,
    job_runs,
    nodes,
    quality,
    queries,
    serving,
    usage,
)
from monitoring.gold import GOLD_TABLES, GoldTable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from local_workspace.sample_data.incident import Incident
    from local_workspace.sample_data.period import Period
    from local_workspace.sample_data.rows import Rows

_GOLD_EXPRESSIONS: dict[str, dict[str, str]] = {
    "fact_usage": usage.GOLD,
    "fact_job_run_timeline": job_runs.GOLD,
    "fact_query_history": queries.GOLD,
    "fact_node_timeline": nodes.GOLD,
    "fact_audit_logs": audit.GOLD,
    "fact_table_quality": quality.GOLD,
    "fact_governance_metrics": governance.GOLD,
    "fact_model_serving": serving.GOLD,
}
_SOURCE = "sample_data_source_rows"


@dataclass(frozen=True)
class SampleData:
    """Source facts of all eight gold tables, with the incidents that were hidden in them.

    Attributes:
        period: the generated days.
        tables: source columns by gold table; some gold columns are computed from them when they are loaded.
        incidents: what was hidden, oldest first.
    """

    period: Period
    tables: Mapping[str, Rows]
    incidents: tuple[Incident, ...]

    @property
    def row_count(self) -> int:
        """Rows of all tables together."""
        return sum(rows.count for rows in self.tables.values())

    def insert_into(self, connection: duckdb.DuckDBPyConnection, relations: Mapping[str, str]) -> None:
        """Insert every table by column name, in the caller's transaction.

        Args:
            connection: a DuckDB connection or cursor.
            relations: DuckDB relation by gold table, quoted as SQL needs it: ``'"main.gold"."fact_usage"'``.
                Tables that are not named are left out.
        """
        for table, relation in relations.items():
            with _registered(connection, self.tables[table]):
                connection.execute(f"INSERT INTO {relation} BY NAME {select_gold(GOLD_TABLES[table])}")

    def create_in(self, connection: duckdb.DuckDBPyConnection, relations: Mapping[str, str]) -> None:
        """Like `insert_into`, into relations that are made with the types of the gold tables."""
        for table, relation in relations.items():
            with _registered(connection, self.tables[table]):
                connection.execute(f"CREATE TABLE {relation} AS {select_gold(GOLD_TABLES[table])}")

    def write_parquet(self, folder: Path) -> dict[str, Path]:
        """Write one file per table, named after it, and give their paths by table; the folder must exist."""
        files = {table: folder / f"{table}.parquet" for table in self.tables}
        with duckdb.connect() as connection:
            connection.execute("SET TimeZone = 'UTC'")
            for table, file in files.items():
                with _registered(connection, self.tables[table]):
                    target = str(file).replace("'", "''")
                    connection.execute(
                        f"COPY ({select_gold(GOLD_TABLES[table])}) TO '{target}' (FORMAT parquet)"
                    )
        return files


def select_gold(table: GoldTable) -> str:
    """The query that makes a gold table's columns, in order and with their types, from its source columns."""
    computed = _GOLD_EXPRESSIONS[table.name]
    columns = ", ".join(
        f"CAST({computed.get(column.name, column.name)} AS {to_duckdb(column.type)}) AS {column.name}"
        for column in table.columns
    )
    return f"SELECT {columns} FROM {_SOURCE}"


@contextmanager
def _registered(connection: duckdb.DuckDBPyConnection, rows: Rows) -> Iterator[None]:
    # DuckDB reads the arrays where they are; this works in a database that is closed to files as well.
    connection.register(_SOURCE, dict(rows))
    try:
        yield
    finally:
        connection.unregister(_SOURCE)
