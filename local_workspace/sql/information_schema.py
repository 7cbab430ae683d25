"""`information_schema` of each catalog, and `system.information_schema` over all of them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from local_workspace.engine.dialect import Relation
from local_workspace.names import SchemaName, TableName

if TYPE_CHECKING:
    from collections.abc import Callable

    from local_workspace.catalog import Catalog

_TIMES = {
    "created": "TIMESTAMP",
    "created_by": "STRING",
    "last_altered": "TIMESTAMP",
    "last_altered_by": "STRING",
}
_TABLE = {"table_catalog": "STRING", "table_schema": "STRING", "table_name": "STRING"}

_CATALOGS = {"catalog_name": "STRING", "catalog_owner": "STRING", "comment": "STRING", **_TIMES}
_SCHEMATA = {
    "catalog_name": "STRING",
    "schema_name": "STRING",
    "schema_owner": "STRING",
    "comment": "STRING",
    **_TIMES,
}
_TABLES = {
    **_TABLE,
    "table_type": "STRING",
    "is_insertable_into": "STRING",
    "commit_action": "STRING",
    "table_owner": "STRING",
    "comment": "STRING",
    **_TIMES,
    "data_source_format": "STRING",
    "storage_path": "STRING",
}
_COLUMNS = {
    **_TABLE,
    "column_name": "STRING",
    "ordinal_position": "INT",
    "column_default": "STRING",
    "is_nullable": "STRING",
    "full_data_type": "STRING",
    "data_type": "STRING",
    "comment": "STRING",
}
_VIEWS = {**_TABLE, "view_definition": "STRING", "is_updatable": "STRING"}

Rows = list[dict[str, Any]]


def relation(
    catalog: Catalog, name: str, table: str, seen: Callable[[TableName], bool] = lambda _table: True
) -> Relation | None:
    """The relation that stands for `name.information_schema.table`; None when there is none of that name.

    Args:
        catalog: what there is.
        name: the catalog, or `system` for all of them.
        table: name in the schema.
        seen: whether the reader may see a table.
    """
    known = _TABLES_OF_THE_SCHEMA.get(table)
    names = [document["name"] for document in catalog.catalogs()]
    if known is None or (name != "system" and name not in names):
        return None
    columns, rows = known
    wanted = names if name == "system" else [name]
    found = [row for one in wanted for row in rows(catalog, one) if _visible(row, seen)]
    return Relation(_inline(found, columns), columns)


def _visible(row: dict[str, Any], seen: Callable[[TableName], bool]) -> bool:
    return "table_name" not in row or seen(TableName(*(row[field] for field in _TABLE)))


def _inline(rows: Rows, columns: dict[str, str]) -> str:
    duckdb_types = {"STRING": "VARCHAR", "INT": "INTEGER", "TIMESTAMP": "TIMESTAMP"}
    shape = json.dumps([{column: duckdb_types[kind] for column, kind in columns.items()}])
    text = json.dumps([{column: row.get(column) for column in columns} for row in rows]).replace("'", "''")
    return f"(SELECT found.* FROM (SELECT unnest(from_json('{text}', '{shape}')) AS found))"


def _times(document: dict[str, Any]) -> dict[str, Any]:
    def moment(milliseconds: int) -> str:
        return datetime.fromtimestamp(milliseconds / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S.%f")

    return {
        "created": moment(document["created_at"]),
        "created_by": document["created_by"],
        "last_altered": moment(document["updated_at"]),
        "last_altered_by": document["updated_by"],
    }


def _catalogs(catalog: Catalog, name: str) -> Rows:
    found = catalog.catalog(name)
    return [
        {
            "catalog_name": name,
            "catalog_owner": found["owner"],
            "comment": found.get("comment"),
            **_times(found),
        }
    ]


def _schemata(catalog: Catalog, name: str) -> Rows:
    return [
        {
            "catalog_name": name,
            "schema_name": schema["name"],
            "schema_owner": schema["owner"],
            "comment": schema.get("comment"),
            **_times(schema),
        }
        for schema in catalog.schemas(name)
    ]


def _documents(catalog: Catalog, name: str) -> list[dict[str, Any]]:
    return [
        table
        for schema in catalog.schemas(name)
        for table in catalog.tables(SchemaName(name, schema["name"]))
    ]


def _keys(table: dict[str, Any]) -> dict[str, str]:
    return {
        "table_catalog": table["catalog_name"],
        "table_schema": table["schema_name"],
        "table_name": table["name"],
    }


def _tables(catalog: Catalog, name: str) -> Rows:
    return [
        {
            **_keys(table),
            "table_type": table["table_type"],
            "is_insertable_into": "NO" if table["table_type"] == "VIEW" else "YES",
            "commit_action": "PRESERVE",
            "table_owner": table["owner"],
            "comment": table.get("comment"),
            **_times(table),
            "data_source_format": table.get("data_source_format"),
            "storage_path": table.get("storage_location"),
        }
        for table in _documents(catalog, name)
    ]


def _columns(catalog: Catalog, name: str) -> Rows:
    return [
        {
            **_keys(table),
            "column_name": column["name"],
            "ordinal_position": column["position"],
            "is_nullable": "YES" if column["nullable"] else "NO",
            "full_data_type": column["type_text"],
            "data_type": column["type_name"],
            "comment": column.get("comment"),
        }
        for table in _documents(catalog, name)
        for column in table["columns"]
    ]


def _views(catalog: Catalog, name: str) -> Rows:
    return [
        {**_keys(table), "view_definition": table["view_definition"], "is_updatable": "NO"}
        for table in _documents(catalog, name)
        if table["table_type"] == "VIEW"
    ]


_TABLES_OF_THE_SCHEMA: dict[str, tuple[dict[str, str], Callable[[Catalog, str], Rows]]] = {
    "catalogs": (_CATALOGS, _catalogs),
    "schemata": (_SCHEMATA, _schemata),
    "tables": (_TABLES, _tables),
    "columns": (_COLUMNS, _columns),
    "views": (_VIEWS, _views),
}
