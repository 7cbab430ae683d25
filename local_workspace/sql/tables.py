"""Creates, alters and drops schemas, tables and views, and writes comments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local_workspace.engine import types
from local_workspace.engine.dialect import AnalysisError, UnsupportedSQLError
from local_workspace.engine.dialect_errors import unknown_column, unknown_table
from local_workspace.engine.progress import record_rewrite
from local_workspace.names import TableName, quoted
from local_workspace.sql import commands
from local_workspace.sql.commands import ColumnDefinition
from local_workspace.sql.queries import translated
from local_workspace.sql.session import Session, missing_schema

if TYPE_CHECKING:
    import duckdb


def text(value: str | None) -> str:
    """A DuckDB text literal, or NULL."""
    return "NULL" if value is None else "'" + value.replace("'", "''") + "'"


def create_schema(session: Session, command: commands.CreateSchema) -> None:
    """CREATE SCHEMA."""
    name = session.schema_name(command.name)
    if session.data.schema_exists(name):
        if command.if_not_exists:
            return
        raise AnalysisError(
            f"[SCHEMA_ALREADY_EXISTS] Cannot create schema `{name.catalog}`.`{name.schema}` because it "
            "already "
            "exists. SQLSTATE: 42P06"
        )
    body: dict[str, object] = {"properties": command.properties} if command.properties else {}
    if command.comment is not None:
        body["comment"] = command.comment
    session.catalog.create_schema(name, body)


def drop_schema(session: Session, command: commands.DropSchema) -> None:
    """DROP SCHEMA."""
    name = session.schema_name(command.name)
    if not session.data.schema_exists(name):
        if command.if_exists:
            return
        raise missing_schema(name)
    if session.data.tables(name) and not command.cascade:
        raise AnalysisError(
            f"[SCHEMA_NOT_EMPTY] Cannot drop a schema `{name.catalog}`.`{name.schema}` because it "
            "contains objects. "
            "Use DROP SCHEMA ... CASCADE to drop the schema and all its objects. SQLSTATE: 2BP01"
        )
    session.catalog.drop_schema(name, force=True)


def create_table(session: Session, command: commands.CreateTable) -> None:
    """CREATE TABLE and CREATE TABLE AS SELECT."""
    name = session.table_name(command.name)
    if not _room(session, name, if_not_exists=command.if_not_exists, or_replace=command.or_replace):
        return
    query = translated(session, command.query) if command.query is not None else None
    columns = command.columns
    if query is not None:
        for column, kind in query.columns:
            if kind == types.VOID:
                raise UnsupportedSQLError(f"column {column} has no type; write CAST({column} AS …)")
        columns = tuple(ColumnDefinition(column, kind.text) for column, kind in query.columns)
    _check_names(columns)
    for column in (*command.clustering, *command.partitioning):
        _check_known(column, [known.name for known in columns])
    with session.data.transaction() as cursor:
        _drop_old(cursor, session, name)
        record_rewrite(cursor, name)
        cursor.execute(f"CREATE TABLE {name.relation} ({', '.join(map(_column_sql, columns))})")
        cursor.execute(f"COMMENT ON TABLE {name.relation} IS {text(command.comment)}")
        _comment_columns(cursor, name, [(column.name, column.comment) for column in columns])
        if query is not None:
            cursor.execute(f"INSERT INTO {name.relation} {query.sql}")
        session.catalog.new_table(
            name,
            properties=command.properties,
            clustering=command.clustering,
            partitioning=command.partitioning,
        )


def create_view(session: Session, command: commands.CreateView) -> None:
    """CREATE VIEW; the query is translated now and keeps the columns it has now."""
    name = session.table_name(command.name)
    if not _room(session, name, if_not_exists=command.if_not_exists, or_replace=command.or_replace):
        return
    query = translated(session, command.query, stored=True)
    names = [column for column, _ in command.columns] or [column for column, _ in query.columns]
    if len(names) != len(query.columns):
        raise AnalysisError(
            f"[CREATE_VIEW_COLUMN_ARITY_MISMATCH] Cannot create view `{name}`: {len(names)} columns are "
            "named, "
            f"the query gives {len(query.columns)}. SQLSTATE: 21S01"
        )
    listed = ", ".join(map(quoted, names))
    with session.data.transaction() as cursor:
        _drop_old(cursor, session, name)
        cursor.execute(f"CREATE VIEW {name.relation} ({listed}) AS {query.sql}")
        cursor.execute(f"COMMENT ON VIEW {name.relation} IS {text(command.comment)}")
        _comment_columns(cursor, name, list(command.columns))
        session.catalog.new_table(name, properties=command.properties, view_text=command.query)


def drop_table(session: Session, command: commands.DropTable) -> None:
    """DROP TABLE and DROP VIEW."""
    name = session.table_name(command.name)
    stored = session.data.table(name)
    if stored is None:
        if command.if_exists:
            return
        raise unknown_table(command.name)
    if command.view != (stored.view_sql is not None):
        wanted, is_now = ("a view", "a table") if command.view else ("a table", "a view")
        raise AnalysisError(
            f"[WRONG_COMMAND_FOR_OBJECT_TYPE] `{name}` is {is_now}, not {wanted}. SQLSTATE: 42809"
        )
    session.catalog.drop_table(name)


def comment_on(session: Session, command: commands.CommentOn) -> None:
    """COMMENT ON CATALOG, SCHEMA, TABLE or COLUMN."""
    if command.kind == "CATALOG":
        session.catalog.comment_catalog(".".join(command.name), command.text)
    elif command.kind == "SCHEMA":
        name = session.schema_name(command.name)
        if not session.data.schema_exists(name):
            raise missing_schema(name)
        session.catalog.update_schema(name, {"comment": command.text})
    elif command.kind == "TABLE":
        table = session.existing(command.name)
        with session.data.transaction() as cursor:
            cursor.execute(f"COMMENT ON {_kind(session, table)} {table.relation} IS {text(command.text)}")
    else:
        table = session.existing(command.name[:-1])
        comment_columns(session, table, [(command.name[-1], command.text)])


def comment_columns(session: Session, table: TableName, comments: list[tuple[str, str | None]]) -> None:
    """Write the comments of several columns together."""
    known = session.catalog.databricks_columns(table)
    for column, _ in comments:
        _check_known(column, known)
    with session.data.transaction() as cursor:
        _comment_columns(cursor, table, comments)


def alter_table(session: Session, command: commands.AlterTable) -> None:
    """ALTER TABLE."""
    table = session.existing(command.name)
    change = command.change
    if isinstance(
        change, commands.SetProperties | commands.UnsetProperties | commands.SetOwner | commands.ClusterBy
    ):
        _alter_document(session, table, change)
        return
    if _kind(session, table) == "VIEW":
        raise AnalysisError(
            f"[EXPECT_TABLE_NOT_VIEW.NO_ALTERNATIVE] 'ALTER TABLE' expects a table but `{table}` is a view. "
            "SQLSTATE: 42809"
        )
    if isinstance(change, commands.CommentColumns):
        comment_columns(session, table, [(name, comment) for name, comment in change.comments])
    elif isinstance(change, commands.RenameTable):
        _rename_table(session, table, session.table_name(change.new))
    else:
        _alter_columns(session, table, change)


def _alter_document(
    session: Session,
    table: TableName,
    change: commands.SetProperties | commands.UnsetProperties | commands.SetOwner | commands.ClusterBy,
) -> None:
    if isinstance(change, commands.SetOwner):
        session.catalog.set_table_owner(table, change.owner)
    elif isinstance(change, commands.ClusterBy):
        for column in change.columns:
            _check_known(column, session.catalog.databricks_columns(table))
        session.catalog.change_table(table, {"clustering": list(change.columns)})
    elif isinstance(change, commands.SetProperties):
        properties = dict(change.properties)
        if "comment" in properties:
            comment_on(
                session, commands.CommentOn("TABLE", tuple(str(table).split(".")), properties.pop("comment"))
            )
        session.catalog.set_table_properties(table, properties)
    else:
        session.catalog.unset_table_properties(table, change.names)


def _alter_columns(
    session: Session,
    table: TableName,
    change: commands.AddColumns | commands.DropColumns | commands.RenameColumn | commands.RequireValues,
) -> None:
    known = session.catalog.databricks_columns(table)
    alter = f"ALTER TABLE {table.relation}"
    with session.data.transaction() as cursor:
        record_rewrite(cursor, table)
        if isinstance(change, commands.AddColumns):
            _check_names(change.columns, known)
            for column in change.columns:
                cursor.execute(f"{alter} ADD COLUMN {quoted(column.name)} {types.to_duckdb(column.type)}")
            _comment_columns(cursor, table, [(column.name, column.comment) for column in change.columns])
        elif isinstance(change, commands.RenameColumn):
            _check_known(change.old, known)
            _check_names((ColumnDefinition(change.new, "STRING"),), known)
            cursor.execute(f"{alter} RENAME COLUMN {quoted(change.old)} TO {quoted(change.new)}")
        elif isinstance(change, commands.RequireValues):
            _check_known(change.column, known)
            action = "SET" if change.required else "DROP"
            cursor.execute(f"{alter} ALTER COLUMN {quoted(change.column)} {action} NOT NULL")
        else:
            for name in change.names:
                if not change.if_exists:
                    _check_known(name, known)
                cursor.execute(f"{alter} DROP COLUMN IF EXISTS {quoted(name)}")


def _rename_table(session: Session, old: TableName, new: TableName) -> None:
    if old.in_schema != new.in_schema:
        raise UnsupportedSQLError(f"RENAME TO another schema is not supported: {old} to {new}")
    _room(session, new, if_not_exists=False, or_replace=False)
    session.catalog.rename_table(old, new)


def _room(session: Session, name: TableName, *, if_not_exists: bool, or_replace: bool) -> bool:
    """Whether a table is to be made; False when it may stay as it is."""
    if not session.data.schema_exists(name.in_schema):
        raise missing_schema(name.in_schema)
    if or_replace or not session.catalog.exists(name):
        return True
    if if_not_exists:
        return False
    raise AnalysisError(
        "[TABLE_OR_VIEW_ALREADY_EXISTS] Cannot create table or view "
        f"`{name.catalog}`.`{name.schema}`.`{name.table}` "
        "because it already exists. SQLSTATE: 42P07"
    )


def _drop_old(cursor: duckdb.DuckDBPyConnection, session: Session, name: TableName) -> None:
    if session.catalog.exists(name):
        cursor.execute(f"DROP {_kind(session, name)} {name.relation}")


def _kind(session: Session, name: TableName) -> str:
    stored = session.data.table(name)
    return "VIEW" if stored is not None and stored.view_sql is not None else "TABLE"


def _column_sql(column: ColumnDefinition) -> str:
    required = "" if column.nullable else " NOT NULL"
    return f"{quoted(column.name)} {types.to_duckdb(column.type)}{required}"


def _comment_columns(
    cursor: duckdb.DuckDBPyConnection, table: TableName, comments: list[tuple[str, str | None]]
) -> None:
    for column, comment in comments:
        cursor.execute(f"COMMENT ON COLUMN {table.relation}.{quoted(column)} IS {text(comment)}")


def _check_known(column: str, known: object) -> None:
    names = list(known) if isinstance(known, dict | list) else []
    if column.lower() not in {name.lower() for name in names}:
        raise unknown_column([column], names)


def _check_names(columns: tuple[ColumnDefinition, ...], known: object = ()) -> None:
    seen = {name.lower() for name in known} if isinstance(known, dict) else set()
    for column in columns:
        if column.name.lower() in seen:
            raise AnalysisError(
                f"[COLUMN_ALREADY_EXISTS] The column `{column.name}` already exists. "
                "Choose another name or rename the existing column. SQLSTATE: 42711"
            )
        seen.add(column.name.lower())
