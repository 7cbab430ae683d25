"""Catalogs, schemas and tables: what the data file holds plus what only the control state knows.

The data file says which schemas, tables and columns exist. Identity, owner and times come from the store and
are made when a table is first looked at, so a kill between the two never leaves one without the other.
"""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING, Any

from local_workspace.engine import catalog_types, types
from local_workspace.engine.progress import forget_gone_tables
from local_workspace.errors import (
    AlreadyExistsError,
    BadRequestError,
    InvalidParameterError,
    NotFoundError,
    SchemaNotFoundError,
    TableNotFoundError,
)
from local_workspace.names import SchemaName, TableName, quoted

if TYPE_CHECKING:
    from local_workspace.clock import Clock
    from local_workspace.data import Data, StoredColumn, StoredTable
    from local_workspace.store import Document, Store

OWNER = "local.user@example.com"
"""The one user of a local workspace."""

_LONGEST_NAME = 255
_FORBIDDEN_IN_NAMES = re.compile(r"[./\s\x00-\x1f\x7f]")


class Catalog:
    """Reads and changes catalogs, schemas and tables."""

    def __init__(self, store: Store, data: Data, clock: Clock) -> None:
        self._store = store
        self._data = data
        self._clock = clock
        self.make_first()

    def make_first(self) -> None:
        """Make what a fresh workspace has: the catalog `main` with a schema `default`."""
        if self._store.fact("first_catalog", "due") == "due":
            if self._store.get("catalog", "main") is None:
                self._put_catalog("main", None)
            if not self._data.schema_exists(SchemaName("main", "default")):
                self.create_schema(SchemaName("main", "default"), {})
            self._store.set_fact("first_catalog", "made")

    def comment_catalog(self, name: str, comment: str | None) -> None:
        """Write or remove the comment of a catalog."""
        with self._store.transaction():
            self._store.put(
                "catalog", name.lower(), _without_none({**self.catalog(name), "comment": comment})
            )

    def catalogs(self) -> list[Document]:
        """All catalogs by name."""
        return [document for _, document in self._store.all("catalog")]

    def catalog(self, name: str) -> Document:
        """One catalog.

        Raises:
            NotFoundError: it is not there.
        """
        document = self._store.get("catalog", name.lower())
        if document is None:
            raise NotFoundError(f"Catalog '{name}' does not exist.")
        return document

    def create_catalog(self, name: str, comment: str | None = None) -> Document:
        """Make a catalog with a schema `default`.

        Raises:
            AlreadyExistsError: it is there.
        """
        name = _checked_name("catalog", name)
        with self._data.defining:
            if name == "system" or self._store.get("catalog", name) is not None:
                raise AlreadyExistsError(f"Catalog '{name}' already exists")
            document = self._put_catalog(name, comment)
            self.create_schema(SchemaName(name, "default"), {})
        return document

    def _put_catalog(self, name: str, comment: str | None) -> Document:
        document = {
            "name": name,
            "full_name": name,
            "catalog_type": "MANAGED_CATALOG",
            "metastore_id": self._store.metastore_id,
            "id": str(uuid.uuid4()),
            **self._authorship(),
        }
        if comment is not None:
            document["comment"] = comment
        self._store.put("catalog", name, document)
        return document

    def schemas(self, catalog: str) -> list[Document]:
        """Schemas of a catalog by name."""
        self.catalog(catalog)
        return [self.schema(name) for name in self._data.schemas(catalog.lower())]

    def schema_exists(self, name: SchemaName) -> bool:
        """Whether the schema is there."""
        return self._data.schema_exists(name)

    def schema(self, name: SchemaName) -> Document:
        """One schema.

        Raises:
            SchemaNotFoundError: it is not there.
        """
        if not self._data.schema_exists(name):
            raise SchemaNotFoundError(f"Schema '{name}' does not exist.")
        known = self._store.get("schema", str(name))
        if known is None:
            known = self._new_schema(name, {})
            self._store.put("schema", str(name), known)
        return known

    def create_schema(self, name: SchemaName, body: Document) -> Document:
        """Make a schema; `body` may carry `comment`, `properties` and `storage_root`."""
        _checked_name("schema", name.schema)
        self.catalog(name.catalog)
        with self._data.defining:
            if self._data.schema_exists(name):
                raise AlreadyExistsError(f"Schema '{name}' already exists")
            document = self._new_schema(name, body)
            self._store.put("schema", str(name), document)
            with self._data.transaction() as cursor:
                cursor.execute(f"CREATE SCHEMA {name.relation}")
        return document

    def update_schema(self, name: SchemaName, changes: Document) -> Document:
        """Write `changes` over the schema's fields; None removes one."""
        changed = {**changes, "updated_at": self._clock.now_ms(), "updated_by": OWNER}
        with self._store.transaction():
            document = _without_none({**self.schema(name), **changed})
            self._store.put("schema", str(name), document)
        return document

    def drop_schema(self, name: SchemaName, *, force: bool = False) -> None:
        """Remove a schema; with `force` also what is in it.

        Raises:
            BadRequestError: it holds tables and `force` is not set.
        """
        with self._data.defining:
            self.schema(name)
            tables = self._data.tables(name)
            if tables and not force:
                raise BadRequestError(
                    f"Schema '{name}' is not empty. The schema has {len(tables)} tables(s), 0 "
                    "functions(s), 0 volumes(s)"
                )
            with self._data.transaction() as cursor:
                cursor.execute(f"DROP SCHEMA {name.relation} CASCADE")
                forget_gone_tables(cursor)
            with self._store.transaction():
                self._store.delete("schema", str(name))
                for table in tables:
                    self.forget_table(table.name)

    def tables(self, schema: SchemaName) -> list[Document]:
        """Tables and views of a schema by name."""
        self.schema(schema)
        return [self._table_document(table) for table in self._data.tables(schema)]

    def table(self, name: TableName) -> Document:
        """One table or view with its columns.

        Raises:
            TableNotFoundError: it is not there.
        """
        stored = self._data.table(name)
        if stored is None:
            raise TableNotFoundError(f"Table '{name}' does not exist.")
        return self._table_document(stored)

    def exists(self, name: TableName) -> bool:
        """Whether a table or view of that name is there."""
        return self._data.exists(name)

    def databricks_columns(self, name: TableName) -> dict[str, str]:
        """Databricks type text by column name, in order; empty when the table is not there."""
        return {column: types.to_databricks(kind) for column, kind in self._data.column_types(name).items()}

    def drop_table(self, name: TableName) -> None:
        """Remove a table or view."""
        with self._data.defining:
            stored = self._data.table(name)
            if stored is None:
                raise TableNotFoundError(f"Table '{name}' does not exist.")
            kind = "TABLE" if stored.view_sql is None else "VIEW"
            with self._data.transaction() as cursor:
                cursor.execute(f"DROP {kind} {name.relation}")
                forget_gone_tables(cursor)
            self.forget_table(name)

    def forget_table(self, name: TableName) -> None:
        """Drop what the store knows of a table: a later one of the same name has an identity of its own."""
        with self._store.transaction():
            self._store.delete("table", str(name))
            self._store.delete("grant", f"table/{name}")

    def new_table(
        self,
        name: TableName,
        *,
        properties: dict[str, str],
        clustering: tuple[str, ...] = (),
        partitioning: tuple[str, ...] = (),
        view_text: str | None = None,
    ) -> None:
        """Note a table or view that is being made; one that replaces another keeps its identity and owner."""
        with self._store.transaction():
            kept = self._identity(name) if self.exists(name) else self._new_identity()
            described = {
                "properties": properties,
                "clustering": list(clustering) or None,
                "partitioning": list(partitioning) or None,
                "view_text": view_text,
            }
            self._store.put("table", str(name), _without_none({**kept, **described}))

    def rename_table(self, old: TableName, new: TableName) -> None:
        """Give a table another name in its schema; identity and grants stay."""
        with self._store.transaction():
            self._store.put("table", str(new), self._identity(old))
            grants = self._store.get("grant", f"table/{old}")
            if grants is not None:
                self._store.put("grant", f"table/{new}", grants)
        with self._data.transaction() as cursor:
            cursor.execute(f"ALTER TABLE {old.relation} RENAME TO {quoted(new.table)}")
        self.forget_table(old)

    def set_table_properties(self, name: TableName, properties: dict[str, str]) -> None:
        """Add to the properties of a table."""
        with self._store.transaction():
            self.change_table(name, {"properties": {**self._identity(name)["properties"], **properties}})

    def unset_table_properties(self, name: TableName, keys: tuple[str, ...]) -> None:
        """Remove properties of a table."""
        with self._store.transaction():
            known = self._identity(name)["properties"]
            self.change_table(name, {"properties": {key: known[key] for key in known if key not in keys}})

    def set_table_owner(self, name: TableName, owner: str) -> None:
        """Change the owner of a table.

        Raises:
            TableNotFoundError: it is not there.
        """
        self.table(name)
        self.change_table(name, {"owner": owner})

    def change_table(self, name: TableName, changes: Document) -> None:
        """Write `changes` over what the store knows of a table."""
        with self._store.transaction():
            self._store.put("table", str(name), {**self._identity(name), **changes})

    def touch(self, name: TableName) -> int:
        """Note that a table's rows changed; gives its new version (making it was version 0, as in a Delta table)."""
        with self._store.transaction():
            identity = self._identity(name)
            identity["version"] = identity.get("version", 0) + 1
            identity["updated_at"] = self._clock.now_ms()
            self._store.put("table", str(name), identity)
            return int(identity["version"])

    def version(self, name: TableName) -> int:
        """How often the rows of a table have changed, from 0."""
        return int(self._identity(name).get("version", 0))

    def table_id(self, name: TableName) -> str:
        """UUID of a table, the same for all its life."""
        return str(self._identity(name)["table_id"])

    def _identity(self, name: TableName) -> Document:
        known = self._store.get("table", str(name))
        if known is not None:
            return known
        with self._store.transaction():
            known = self._store.get("table", str(name))
            if known is None:
                known = self._new_identity()
                self._store.put("table", str(name), known)
            return known

    def _new_identity(self) -> Document:
        return {"table_id": str(uuid.uuid4()), "properties": {}, **self._authorship()}

    def _table_document(self, stored: StoredTable) -> Document:
        name, identity = stored.name, self._identity(stored.name)
        document: dict[str, Any] = {
            "name": name.table,
            "catalog_name": name.catalog,
            "schema_name": name.schema,
            "full_name": str(name),
            "table_id": identity["table_id"],
            "table_type": "MANAGED" if stored.view_sql is None else "VIEW",
            "columns": [_column_document(column) for column in self._data.columns(name)],
            "properties": identity["properties"],
            "metastore_id": self._store.metastore_id,
            **{
                field: identity[field]
                for field in ("owner", "created_at", "created_by", "updated_at", "updated_by")
            },
        }
        if stored.view_sql is None:
            document["data_source_format"] = "DELTA"
            document["storage_location"] = f"local:/{identity['table_id']}"
        else:
            document["view_definition"] = identity.get("view_text", stored.view_sql)
        if stored.comment is not None:
            document["comment"] = stored.comment
        document.update(
            {field: identity[field] for field in ("clustering", "partitioning") if field in identity}
        )
        return document

    def _new_schema(self, name: SchemaName, body: Document) -> Document:
        return {
            "name": name.schema,
            "catalog_name": name.catalog,
            "full_name": str(name),
            "schema_id": str(uuid.uuid4()),
            "catalog_type": "MANAGED_CATALOG",
            "metastore_id": self._store.metastore_id,
            **self._authorship(),
            **body,
        }

    def _authorship(self) -> Document:
        now = self._clock.now_ms()
        return {
            "owner": OWNER,
            "created_at": now,
            "created_by": OWNER,
            "updated_at": now,
            "updated_by": OWNER,
        }


def _checked_name(kind: str, name: str) -> str:
    if not name or len(name) > _LONGEST_NAME or _FORBIDDEN_IN_NAMES.search(name):
        raise InvalidParameterError(
            f"Invalid {kind} name '{name}'; a name has 1 to {_LONGEST_NAME} characters "
            "and no dot, slash, space or control character"
        )
    return name.lower()


def _without_none(document: Document) -> Document:
    return {field: value for field, value in document.items() if value is not None}


def _column_document(column: StoredColumn) -> Document:
    document = {
        "name": column.name,
        "type_text": types.spark_name(column.type),
        "type_name": catalog_types.catalog_name(column.type),
        "type_json": catalog_types.type_json(column.type, column.name, nullable=column.nullable),
        "position": column.position,
        "nullable": column.nullable,
    }
    if column.comment is not None:
        document["comment"] = column.comment
    return document
