"""What column names mean where an expression stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from local_workspace.engine.coercion import Typed, identifier, text_literal, typed
from local_workspace.engine.dialect_errors import UnsupportedSQLError, mismatch, unknown_column

if TYPE_CHECKING:
    from collections.abc import Mapping

    from local_workspace.engine.types import SparkType


class Scope(Protocol):
    """What column names mean where an expression stands."""

    def column(self, parts: list[str]) -> Typed:
        """The column (and field) of a dotted name.

        Raises:
            AnalysisError: no column has this name.
        """
        ...


@dataclass(frozen=True)
class ColumnScope:
    """Columns of tables: table name (or "" for none) -> column -> Databricks type."""

    tables: Mapping[str, Mapping[str, SparkType]]

    def column(self, parts: list[str]) -> Typed:
        """The column of `[table.]column[.field …]`, ignoring case."""
        if len(parts) > 1:
            for table, columns in self.tables.items():
                if table and table.lower() == parts[0].lower():
                    return column_of(columns, parts, 1, f"{identifier(table)}.")
        found = [(table, columns) for table, columns in self.tables.items() if _named(columns, parts[0])]
        if len(found) > 1:
            raise UnsupportedSQLError(
                f"[AMBIGUOUS_REFERENCE] Reference `{parts[0]}` is ambiguous. SQLSTATE: 42704"
            )
        if not found:
            raise unknown_column(parts, [name for columns in self.tables.values() for name in columns])
        table, columns = found[0]
        return column_of(columns, parts, 0, f"{identifier(table)}." if table else "")


def _named(columns: Mapping[str, SparkType], name: str) -> str | None:
    if name in columns:
        return name
    return next((known for known in columns if known.lower() == name.lower()), None)


def column_of(columns: Mapping[str, SparkType], parts: list[str], at: int, prefix: str) -> Typed:
    """The column `parts[at]` of a table and the fields after it."""
    name = _named(columns, parts[at])
    if name is None:
        raise unknown_column(parts, columns)
    value = typed(prefix + identifier(name), columns[name])
    for field in parts[at + 1 :]:
        value = field_of(value, field)
    return value


def field_of(value: Typed, name: str) -> Typed:
    """The field of a STRUCT."""
    field = value.type.field(name)
    if field is None:
        if value.type.fields:
            raise unknown_column([name], [each.name for each in value.type.fields])
        raise mismatch(value.sql, f'"{value.type.text}" has no field `{name}`.')
    return typed(f"struct_extract({value.sql}, {text_literal(field.name)})", field.type, [value])
