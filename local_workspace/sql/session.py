"""Where a statement runs: data, catalog, and the default catalog and schema of its names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from local_workspace.engine.dialect import AnalysisError, Relation
from local_workspace.engine.dialect_errors import unknown_table
from local_workspace.names import SchemaName, TableName

if TYPE_CHECKING:
    from datetime import datetime

    from local_workspace.catalog import Catalog
    from local_workspace.clock import Clock
    from local_workspace.data import Data
    from local_workspace.permissions import Permissions
    from local_workspace.sql.commands import Name


@dataclass(frozen=True)
class Session:
    """One statement's surroundings.

    Attributes:
        data: the data file.
        catalog: what the workspace knows of schemas and tables.
        clock: what CURRENT_TIMESTAMP() reads.
        permissions: what the sender of the statement may do.
        default_catalog: catalog of names without one.
        default_schema: schema of names without one.
    """

    data: Data
    catalog: Catalog
    clock: Clock
    permissions: Permissions
    default_catalog: str = "main"
    default_schema: str = "default"

    @property
    def now(self) -> datetime:
        """The workspace's time, UTC."""
        return self.clock.now()

    def schema_name(self, name: Name) -> SchemaName:
        """The full name of a schema.

        Raises:
            AnalysisError: it has more than two parts.
        """
        if len(name) > 2:  # noqa: PLR2004 - catalog and schema
            raise _too_long(name, "schema")
        parts = [part.lower() for part in name] or [self.default_schema]
        return SchemaName(*([self.default_catalog.lower(), *parts][-2:]))

    def table_name(self, name: Name) -> TableName:
        """The full name of a table.

        Raises:
            AnalysisError: it has more than three parts.
        """
        if len(name) > 3:  # noqa: PLR2004 - catalog, schema and table
            raise _too_long(name, "table")
        missing = (self.default_catalog, self.default_schema)[: 3 - len(name)]
        return TableName(*(part.lower() for part in (*missing, *name)))

    def existing(self, name: Name) -> TableName:
        """The full name of a table or view that is there.

        Raises:
            AnalysisError: it is not.
        """
        table = self.table_name(name)
        if not self.catalog.exists(table):
            raise unknown_table(name)
        return table

    def relation(self, catalog: str, schema: str, table: str) -> Relation | None:
        """What the translation of a query asks for each table name in it."""
        if schema.lower() == "information_schema":
            from local_workspace.sql.information_schema import relation  # noqa: PLC0415 - loaded when it is needed

            self.permissions.on_catalog("USE_CATALOG", catalog.lower())
            return relation(self.catalog, catalog.lower(), table.lower(), self.permissions.see)
        name = TableName(catalog.lower(), schema.lower(), table.lower())
        self.permissions.on_table("SELECT", name)
        columns = self.catalog.databricks_columns(name)
        return Relation(name.relation, columns) if columns else None


def missing_schema(name: SchemaName) -> AnalysisError:
    """The error for a schema that is not there."""
    return AnalysisError(
        f"[SCHEMA_NOT_FOUND] The schema `{name.catalog}`.`{name.schema}` cannot be found. "
        "Verify the spelling and correctness of the schema and catalog. SQLSTATE: 42704"
    )


def _too_long(name: Name, kind: str) -> AnalysisError:
    return AnalysisError(f"'{'.'.join(name)}' has too many parts for the name of a {kind}")
