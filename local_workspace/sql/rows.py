"""Changes the rows of a table: INSERT, DELETE, UPDATE, TRUNCATE."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local_workspace.engine.dialect import (
    AnalysisError,
    Parameter,
    parse_expression,
    to_duckdb_sql,
    translate,
)
from local_workspace.engine.dialect_errors import unknown_column
from local_workspace.engine.progress import record_rewrite
from local_workspace.engine.types import BIGINT
from local_workspace.names import TableName, quoted
from local_workspace.sql.cells import Rows
from local_workspace.sql.queries import translated

if TYPE_CHECKING:
    from local_workspace.sql import commands
    from local_workspace.sql.session import Session


def insert(session: Session, command: commands.Insert, parameters: tuple[Parameter, ...]) -> Rows:
    """INSERT: the query's values are cast to the table's types as Databricks casts them."""
    table = existing_table(session, command.name)
    types = session.catalog.databricks_columns(table)
    targets = [_known(column, types) for column in command.columns] or list(types)
    query = translated(session, command.query, parameters)
    if len(query.columns) != len(targets):
        raise AnalysisError(
            f"[INSERT_COLUMN_ARITY_MISMATCH] Cannot write to `{table}`: {len(targets)} columns are wanted "
            f"({', '.join(targets)}), the query gives {len(query.columns)}. SQLSTATE: 21S01"
        )
    inputs = [f"c{position}" for position in range(len(targets))]
    given = {
        name: kind.text for name, (_, kind) in zip(inputs, query.columns, strict=True) if kind.name != "VOID"
    }
    values = [
        _cast(f"`{name}`", types[target], given) if name in given else "NULL"
        for name, target in zip(inputs, targets, strict=True)
    ]
    source = f"SELECT {', '.join(values)} FROM ({query.sql}) AS given({', '.join(inputs)})"
    replaced = _where(session, table, command.replaced, parameters)
    with session.data.transaction() as cursor:
        if command.overwrite or command.replaced:
            record_rewrite(cursor, table)
            cursor.execute(f"DELETE FROM {table.relation}{replaced}")
        cursor.execute(f"INSERT INTO {table.relation} ({', '.join(map(quoted, targets))}) {source}")
        changed = _changed(cursor.fetchall())
        if command.replaced:
            fitting = cursor.execute(f"SELECT count(*) FROM {table.relation}{replaced}").fetchall()
            if _changed(fitting) != changed:
                raise AnalysisError(
                    "[DELTA_REPLACE_WHERE_MISMATCH] Written data does not conform to partial table overwrite "
                    f"condition or constraint '{command.replaced}'. SQLSTATE: 44000"
                )
    session.catalog.touch(table)
    return _counted(num_affected_rows=changed, num_inserted_rows=changed)


def delete(session: Session, command: commands.Delete, parameters: tuple[Parameter, ...]) -> Rows:
    """DELETE."""
    table = existing_table(session, command.name)
    where = _where(session, table, command.condition, parameters)
    with session.data.transaction() as cursor:
        record_rewrite(cursor, table)
        changed = _changed(cursor.execute(f"DELETE FROM {table.relation}{where}").fetchall())
    session.catalog.touch(table)
    return _counted(num_affected_rows=changed)


def update(session: Session, command: commands.Update, parameters: tuple[Parameter, ...]) -> Rows:
    """UPDATE."""
    table = existing_table(session, command.name)
    types = session.catalog.databricks_columns(table)
    settings: list[str] = []
    for column, expression in command.values:
        target = _known(column, types)
        settings.append(f"{quoted(target)} = {_cast(expression, types[target], types, parameters)}")
    where = _where(session, table, command.condition, parameters)
    with session.data.transaction() as cursor:
        record_rewrite(cursor, table)
        statement = f"UPDATE {table.relation} SET {', '.join(settings)}{where}"
        changed = _changed(cursor.execute(statement).fetchall())
    session.catalog.touch(table)
    return _counted(num_affected_rows=changed)


def truncate(session: Session, command: commands.Truncate) -> Rows:
    """TRUNCATE TABLE."""
    table = existing_table(session, command.name)
    with session.data.transaction() as cursor:
        record_rewrite(cursor, table)
        cursor.execute(f"DELETE FROM {table.relation}")
    session.catalog.touch(table)
    return Rows()


def existing_table(session: Session, name: commands.Name) -> TableName:
    """The full name of a table whose rows can be changed.

    Raises:
        AnalysisError: it is not there, or it is a view.
    """
    table = session.existing(name)
    stored = session.data.table(table)
    if stored is not None and stored.view_sql is not None:
        raise AnalysisError(
            f"[EXPECT_TABLE_NOT_VIEW.NO_ALTERNATIVE] A table is expected, but `{table}` is a view. "
            "SQLSTATE: 42809"
        )
    return table


def _where(
    session: Session, table: TableName, condition: str | None, parameters: tuple[Parameter, ...]
) -> str:
    if condition is None:
        return ""
    return f" WHERE {_expression(f'({condition})', session.catalog.databricks_columns(table), parameters)}"


def _cast(expression: str, kind: str, columns: dict[str, str], parameters: tuple[Parameter, ...] = ()) -> str:
    return _expression(f"CAST(({expression}) AS {kind})", columns, parameters)


def _expression(sql: str, columns: dict[str, str], parameters: tuple[Parameter, ...]) -> str:
    from local_workspace.engine.dialect import bind  # noqa: PLC0415 - loaded when it is needed

    return to_duckdb_sql(translate(bind(parse_expression(sql), parameters), columns))


def _known(column: str, types: dict[str, str]) -> str:
    by_lower = {name.lower(): name for name in types}
    if column.lower() not in by_lower:
        raise unknown_column([column], types)
    return by_lower[column.lower()]


def _changed(rows: list[tuple[int, ...]]) -> int:
    return int(rows[0][0]) if rows else 0


def _counted(**counts: int) -> Rows:
    return Rows(tuple((name, BIGINT) for name in counts), (tuple(str(count) for count in counts.values()),))
