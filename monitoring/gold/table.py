"""What a gold table is: columns that explain themselves, a key, a time column, and its DDL."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Flag, auto


class Role(Flag):
    """Why a column is there. A column may have several roles."""

    TIME = auto()
    """Timestamp column of the monitor."""
    SLICE = auto()
    """Slicing expression of the monitor."""
    METRIC = auto()
    """Read by at least one metric."""
    CONTEXT = auto()
    """Key, join or drill-down column; no metric reads it."""


TIME = Role.TIME
SLICE = Role.SLICE
METRIC = Role.METRIC
CONTEXT = Role.CONTEXT


@dataclass(frozen=True)
class Column:
    """A column of a gold table."""

    name: str
    type: str
    """Databricks SQL type, such as ``DECIMAL(38,18)`` or ``ARRAY<STRING>``."""
    comment: str
    role: Role
    nullable: bool = True
    """False: the load fills it always. The DDL does not enforce it."""


@dataclass(frozen=True)
class GoldTable:
    """A gold table that one monitor reads."""

    name: str
    comment: str
    key: tuple[str, ...]
    """Columns that together occur once."""
    columns: tuple[Column, ...]

    @property
    def time_column(self) -> Column:
        """The column that places a row in a window; the table is clustered by it."""
        return next(column for column in self.columns if Role.TIME in column.role)

    @property
    def column_types(self) -> dict[str, str]:
        """Databricks SQL type by column name, in table order."""
        return {column.name: column.type for column in self.columns}


def quote_identifier(name: str) -> str:
    """One part of a name in back-ticks."""
    return "`" + name.replace("`", "``") + "`"


def quote_text(text: str) -> str:
    r"""A Databricks SQL string literal, escaped with backslashes: a doubled quote is no escape there."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def create_table_sql(table: GoldTable, catalog: str, schema: str) -> str:
    """The statement that creates ``table`` if it is not there, comments included, without a semicolon.

    Change data feed lets a refresh read only what changed; without it every refresh reads the whole table.
    """
    full_name = ".".join(quote_identifier(part) for part in (catalog, schema, table.name))
    columns = ",\n".join(
        f"  {quote_identifier(column.name)} {column.type} COMMENT {quote_text(column.comment)}"
        for column in table.columns
    )
    return (
        f"CREATE TABLE IF NOT EXISTS {full_name} (\n{columns}\n)\n"
        "USING DELTA\n"
        f"CLUSTER BY ({quote_identifier(table.time_column.name)})\n"
        f"COMMENT {quote_text(table.comment)}\n"
        "TBLPROPERTIES ('delta.enableChangeDataFeed' = 'true')"
    )
