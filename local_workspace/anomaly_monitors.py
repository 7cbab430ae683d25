"""Monitors that look for anomalies in a whole schema: kept as they were sent; nothing is computed for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local_workspace.errors import AlreadyExistsError, NotFoundError

if TYPE_CHECKING:
    from local_workspace.names import SchemaName
    from local_workspace.store import Document, Store

KIND = "anomaly_monitor"
"""What their documents are called in the store."""


class AnomalyMonitors:
    """Creates, reads, changes and removes the anomaly monitors of schemas, one for each."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def create(self, schema: SchemaName, schema_id: str, config: Document) -> None:
        """Keep the configuration of a schema's anomaly detection.

        Raises:
            AlreadyExistsError: the schema has a monitor.
        """
        with self._store.transaction():
            if self._store.get(KIND, schema_id) is not None:
                raise AlreadyExistsError(f"Data Monitor '{schema}' already exists")
            self._store.put(KIND, schema_id, config)

    def get(self, schema_id: str) -> Document:
        """The configuration.

        Raises:
            NotFoundError: the schema has no monitor.
        """
        config = self._store.get(KIND, schema_id)
        if config is None:
            place = f"/metastores:{self._store.metastore_id}/schemas:{schema_id}/"
            raise NotFoundError(f"Cannot find Monitor with ID: {place}")
        return config

    def update(self, schema_id: str, config: Document) -> None:
        """Replace the configuration.

        Raises:
            NotFoundError: the schema has no monitor.
        """
        with self._store.transaction():
            self.get(schema_id)
            self._store.put(KIND, schema_id, config)

    def delete(self, schema_id: str) -> None:
        """Remove the monitor.

        Raises:
            NotFoundError: the schema has no monitor.
        """
        with self._store.transaction():
            self.get(schema_id)
            self._store.delete(KIND, schema_id)
