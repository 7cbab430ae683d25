"""Full names of schemas and tables: lower case, two or three parts."""

from __future__ import annotations

from dataclasses import dataclass


def quoted(identifier: str) -> str:
    """An identifier in DuckDB's double quotes."""
    return '"' + identifier.replace('"', '""') + '"'


@dataclass(frozen=True, order=True)
class SchemaName:
    """`catalog.schema`; Unity Catalog ignores case, so names are kept in lower case."""

    catalog: str
    schema: str

    @classmethod
    def parse(cls, text: str) -> SchemaName:
        """Read `catalog.schema`.

        Raises:
            ValueError: there are not two parts.
        """
        parts = text.lower().split(".")
        if len(parts) != len(("catalog", "schema")) or not all(parts):
            raise ValueError(f"'{text}' is not a full schema name; write catalog.schema")
        return cls(*parts)

    def __str__(self) -> str:
        return f"{self.catalog}.{self.schema}"

    @property
    def relation(self) -> str:
        """The DuckDB schema that holds it, quoted."""
        return quoted(str(self))


@dataclass(frozen=True, order=True)
class TableName:
    """`catalog.schema.table`, in lower case."""

    catalog: str
    schema: str
    table: str

    @classmethod
    def parse(cls, text: str) -> TableName:
        """Read `catalog.schema.table`.

        Raises:
            ValueError: there are not three parts.
        """
        parts = text.lower().split(".", 2)
        if len(parts) != len(("catalog", "schema", "table")) or not all(parts):
            raise ValueError(f"'{text}' is not a full table name; write catalog.schema.table")
        return cls(*parts)

    def __str__(self) -> str:
        return f"{self.catalog}.{self.schema}.{self.table}"

    @property
    def in_schema(self) -> SchemaName:
        """The schema it is in."""
        return SchemaName(self.catalog, self.schema)

    @property
    def relation(self) -> str:
        """The DuckDB relation that holds it, quoted."""
        return f"{self.in_schema.relation}.{quoted(self.table)}"
