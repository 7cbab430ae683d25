"""DuckDB's side of the case files: expressions are translated and run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import duckdb

from local_workspace.engine.dialect import (
    RUNTIME_SETTINGS,
    databricks_message,
    expression_type,
    parse_expression,
    parse_statement,
    to_duckdb_sql,
    translate,
    translate_statement,
)
from local_workspace.engine.types import to_databricks
from tests.local_workspace.engine.sql_cases import Outcome, error_class, text_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    Columns = Mapping[str, str] | Mapping[str, Mapping[str, str]]


@dataclass
class LocalEngine:
    """Tables in DuckDB, and expressions over them."""

    connection: duckdb.DuckDBPyConnection = field(default_factory=duckdb.connect)
    columns: dict[str, dict[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for setting in RUNTIME_SETTINGS:
            self.connection.execute(setting)

    def create(self, name: str, query: str) -> None:
        """Make a table of a Databricks query."""
        made = translate_statement(
            parse_statement(query), lambda *_: None, default_catalog="main", default_schema="default"
        )
        self.connection.execute(f"CREATE OR REPLACE TABLE {name} AS {to_duckdb_sql(made)}")
        self.describe(name)

    def describe(self, name: str) -> None:
        """Learn the columns of a table that is there."""
        described = self.connection.execute(f"DESCRIBE {name}").fetchall()
        self.columns[name] = {column: to_databricks(kind) for column, kind, *_ in described}

    def outcome(self, expression: str, table: str, now: datetime | None = None) -> Outcome:
        """What becomes of an expression over the only row, or over all rows, of a table.

        Raises:
            UnsupportedSQLError: it is refused.
        """
        found = self.outcomes(expression, table, self.columns[table], now)
        assert len(found) == 1, f"{expression} has {len(found)} values"
        return found[0]

    def outcomes(
        self, expression: str, source: str, columns: Columns, now: datetime | None = None
    ) -> list[Outcome]:
        """What becomes of an expression on each row of a FROM clause, in its order; one outcome for a failure.

        Raises:
            UnsupportedSQLError: it is refused.
        """
        tree = parse_expression(expression)
        kind = expression_type(tree, columns)
        plain = to_duckdb_sql(translate(tree, columns, now=now))
        text = parse_expression(f"CAST(({expression}) AS STRING)")
        sql = to_duckdb_sql(translate(text, columns, now=now))
        described = self.connection.execute(f"DESCRIBE SELECT {plain} FROM {source}").fetchall()[0][1]
        assert kind is None or to_databricks(described) == kind, f"{expression} is {described} in DuckDB"
        try:
            rows = self.connection.execute(f"SELECT {sql} FROM {source}").fetchall()
        except duckdb.Error as error:
            return [Outcome(kind or "VOID", error_class(databricks_message(error)))]
        return [Outcome(kind or "VOID", text_of(value)) for (value,) in rows]
