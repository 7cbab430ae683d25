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
from tests.local_workspace.engine.sql_cases import Outcome, error_class

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime


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
        columns = self.columns[table]
        tree = parse_expression(expression)
        kind = expression_type(tree, columns)
        plain = to_duckdb_sql(translate(tree, columns, now=now))
        text = parse_expression(f"CAST(({expression}) AS STRING)")
        sql = to_duckdb_sql(translate(text, columns, now=now))
        described = self.connection.execute(f"DESCRIBE SELECT {plain} FROM {table}").fetchall()[0][1]
        assert kind is None or to_databricks(described) == kind, f"{expression} is {described} in DuckDB"
        return Outcome(kind or "VOID", self._value(f"SELECT {sql} FROM {table}"))

    def outcomes(self, expressions: Iterable[str], table: str) -> list[Outcome]:
        """What becomes of each expression."""
        return [self.outcome(expression, table) for expression in expressions]

    def _value(self, query: str) -> str:
        try:
            row = self.connection.execute(query).fetchone()
        except duckdb.Error as error:
            return error_class(databricks_message(error))
        assert row is not None
        return "NULL" if row[0] is None else str(row[0])
