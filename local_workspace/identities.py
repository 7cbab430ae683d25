"""Finds tables and schemas by the UUID that the catalog gave them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local_workspace.errors import SchemaNotFoundError, TableNotFoundError
from local_workspace.names import SchemaName, TableName

if TYPE_CHECKING:
    from local_workspace.catalog import Catalog
    from local_workspace.store import Store


class Identities:
    """Looks up UUIDs; one that the catalog never showed to anybody is unknown."""

    def __init__(self, store: Store, catalog: Catalog) -> None:
        self._store = store
        self._catalog = catalog

    def table(self, table_id: str) -> TableName:
        """The table or view with this `table_id`.

        Raises:
            TableNotFoundError: there is none.
        """
        for key, identity in self._store.all("table"):
            if identity["table_id"] == table_id and self._catalog.exists(TableName.parse(key)):
                return TableName.parse(key)
        raise TableNotFoundError(f"Table with ID '{table_id}' does not exist.")

    def schema(self, schema_id: str) -> SchemaName:
        """The schema with this `schema_id`.

        Raises:
            SchemaNotFoundError: there is none.
        """
        for key, schema in self._store.all("schema"):
            if schema["schema_id"] == schema_id and self._catalog.schema_exists(SchemaName.parse(key)):
                return SchemaName.parse(key)
        raise SchemaNotFoundError(f"Schema with ID '{schema_id}' does not exist.")
