"""SHOW and DESCRIBE."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from local_workspace.engine.dialect import AnalysisError, UnsupportedSQLError
from local_workspace.engine.types import BOOLEAN, STRING
from local_workspace.sql.cells import Row, Rows
from local_workspace.sql.session import Session, missing_schema

if TYPE_CHECKING:
    from local_workspace.names import SchemaName
    from local_workspace.sql import commands


def show(session: Session, command: commands.Show) -> Rows:
    """SHOW CATALOGS, SCHEMAS, TABLES, VIEWS, COLUMNS, TBLPROPERTIES."""
    if command.what == "CATALOGS":
        names = [document["name"] for document in session.catalog.catalogs()]
        return _names("catalog", _matching(names, command.pattern))
    if command.what == "SCHEMAS":
        catalog = command.within[0] if command.within else session.default_catalog
        names = [document["name"] for document in session.catalog.schemas(catalog)]
        return _names("databaseName", _matching(names, command.pattern))
    if command.what in {"TABLES", "VIEWS"}:
        return _show_tables(session, command)
    document = session.catalog.table(session.existing(command.within))
    if command.what == "COLUMNS":
        return _names("col_name", [column["name"] for column in document["columns"]])
    cells = tuple(sorted(document["properties"].items()))
    return Rows((("key", STRING), ("value", STRING)), cells)


def _show_tables(session: Session, command: commands.Show) -> Rows:
    schema: SchemaName = session.schema_name(command.within)
    if not session.data.schema_exists(schema):
        raise missing_schema(schema)
    tables = session.data.tables(schema)
    tables = [table for table in tables if session.permissions.see(table.name)]
    names = [table.name.table for table in tables if command.what == "TABLES" or table.view_sql is not None]
    shown = _matching(names, command.pattern)
    first = ("database", STRING) if command.what == "TABLES" else ("namespace", STRING)
    last = "tableName" if command.what == "TABLES" else "viewName"
    return Rows(
        (first, (last, STRING), ("isTemporary", BOOLEAN)),
        tuple((schema.schema, name, "false") for name in shown),
    )


def describe(session: Session, command: commands.Describe) -> Rows:
    """DESCRIBE TABLE, EXTENDED, DETAIL."""
    document = session.catalog.table(session.existing(command.name))
    if command.detail:
        return _detail(document)
    cells: list[Row] = [
        (column["name"], column["type_text"], column.get("comment")) for column in document["columns"]
    ]
    for title, names in (
        ("# Partition Information", "partitioning"),
        ("# Clustering Information", "clustering"),
    ):
        if names in document:
            kinds = {column["name"].lower(): column for column in document["columns"]}
            cells += [(title, "", ""), ("# col_name", "data_type", "comment")]
            for name in document[names]:
                column = kinds[name.lower()]
                cells.append((column["name"], column["type_text"], column.get("comment")))
    if command.extended:
        cells += [("", "", ""), ("# Detailed Table Information", "", ""), *_details(document)]
    return Rows((("col_name", STRING), ("data_type", STRING), ("comment", STRING)), tuple(cells))


def _details(document: dict[str, Any]) -> list[Row]:
    properties = ",".join(f"{key}={value}" for key, value in sorted(document["properties"].items()))
    wanted = {
        "Catalog": document["catalog_name"],
        "Database": document["schema_name"],
        "Table": document["name"],
        "Type": document["table_type"],
        "Comment": document.get("comment"),
        "Owner": document["owner"],
        "Provider": document.get("data_source_format", "").lower() or None,
        "View Text": document.get("view_definition"),
        "Table Properties": f"[{properties}]",
    }
    return [(name, value, "") for name, value in wanted.items() if value is not None]


def _detail(document: dict[str, Any]) -> Rows:
    if document["table_type"] == "VIEW":
        raise AnalysisError(
            "[EXPECT_TABLE_NOT_VIEW.NO_ALTERNATIVE] DESCRIBE DETAIL expects a table but "
            f"`{document['full_name']}` "
            "is a view. SQLSTATE: 42809"
        )
    names = ("format", "id", "name", "description")
    cells = ("delta", document["table_id"], document["full_name"], document.get("comment"))
    return Rows(tuple((name, STRING) for name in names), (cells,))


def _names(heading: str, names: list[str]) -> Rows:
    return Rows(((heading, STRING),), tuple((name,) for name in names))


def _matching(names: list[str], pattern: str | None) -> list[str]:
    """Names that a SHOW pattern fits: `*` stands for any text, `|` between alternatives, case is ignored."""
    if pattern is None:
        return names
    if "%" in pattern:
        raise UnsupportedSQLError(
            f"the pattern of SHOW takes * for any text and | between alternatives, not %: {pattern}"
        )
    choices = "|".join(
        ".*".join(re.escape(part) for part in choice.strip().split("*")) for choice in pattern.split("|")
    )
    return [name for name in names if re.fullmatch(choices, name, re.IGNORECASE)]
