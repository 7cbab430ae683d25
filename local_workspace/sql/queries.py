"""Runs queries: translated, executed, their cells written as text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from local_workspace.engine.dialect import Parameter, bind, parse_statement
from local_workspace.engine.statements import QueryTranslator
from local_workspace.sql.cells import Row, Rows, renderer

if TYPE_CHECKING:
    from collections.abc import Iterable

    import duckdb

    from local_workspace.engine.query import Query
    from local_workspace.sql.session import Session

_FETCHED_AT_ONCE = 5_000


@dataclass(frozen=True)
class Limits:
    """How much of a result is kept; None keeps all."""

    rows: int | None = None
    bytes: int | None = None


def translated(
    session: Session, sql: str, parameters: Iterable[Parameter] = (), *, stored: bool = False
) -> Query:
    """The DuckDB query for a Databricks query; `stored` ones read the time whenever they run.

    Raises:
        UnsupportedSQLError: it cannot be translated; the text says why.
    """
    tree = bind(parse_statement(sql), parameters)
    now = None if stored else session.now.replace(tzinfo=None)
    translator = QueryTranslator(session.relation, session.default_catalog, session.default_schema, now)
    return translator.query(tree)


def run_query(cursor: duckdb.DuckDBPyConnection, query: Query, limits: Limits) -> Rows:
    """Execute a translated query and keep as many rows as the limits allow."""
    result = cursor.execute(query.sql)
    write = [renderer(kind) for _, kind in query.columns]
    cells: list[Row] = []
    size = 0
    while batch := result.fetchmany(_FETCHED_AT_ONCE):
        for values in batch:
            if limits.rows is not None and len(cells) == limits.rows:
                return Rows(query.columns, tuple(cells), truncated=True)
            row = tuple(one(value) for one, value in zip(write, values, strict=True))
            size += sum(len(cell) for cell in row if cell is not None)
            if limits.bytes is not None and size > limits.bytes:
                return Rows(query.columns, tuple(cells), truncated=True)
            cells.append(row)
    return Rows(query.columns, tuple(cells))
