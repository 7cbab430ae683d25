"""Tables and sub-queries in a FROM clause, and what column names mean beside them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from local_workspace.engine.coercion import Typed, identifier, typed
from local_workspace.engine.column_scope import Scope, field_of
from local_workspace.engine.dialect_errors import AnalysisError, unknown_column

if TYPE_CHECKING:
    from local_workspace.engine.types import SparkType


@dataclass(frozen=True)
class Relation:
    """What a resolver answers for a table or view.

    Attributes:
        sql: DuckDB text that stands for it in FROM: `"main.gold"."fact_usage"`, or `(SELECT …)`.
        columns: column -> Databricks type text, in order.
    """

    sql: str
    columns: Mapping[str, str]


Resolver = Callable[[str, str, str], Relation | None]
"""Gives the relation of (catalog, schema, name), or None when there is none; names come as they were written."""


@dataclass(frozen=True)
class Source:
    """One item of a FROM clause.

    Attributes:
        alias: the name its columns are qualified with in DuckDB.
        columns: (name, type) in order; names may repeat in a sub-query.
        path: catalog, schema and table where it is a table without alias, else ().
    """

    alias: str
    columns: tuple[tuple[str, SparkType], ...]
    path: tuple[str, ...] = ()

    def has(self, name: str) -> bool:
        """Whether a column has this name, ignoring case."""
        return any(known.lower() == name.lower() for known, _ in self.columns)

    def column(self, name: str) -> Typed:
        """The column of this name.

        Raises:
            AnalysisError: two columns have it.
        """
        found = [(known, kind) for known, kind in self.columns if known.lower() == name.lower()]
        if len(found) > 1:
            raise ambiguous(name)
        known, kind = found[0]
        return typed(f"{identifier(self.alias)}.{identifier(known)}", kind)

    def named(self, qualifier: list[str]) -> bool:
        """Whether a qualifier (`t`, `schema.t`, `catalog.schema.t`) means this source."""
        wanted = [part.lower() for part in qualifier]
        if len(wanted) == 1 and wanted[0] == self.alias.lower():
            return True
        return bool(self.path) and [part.lower() for part in self.path[-len(wanted) :]] == wanted


def ambiguous(name: str) -> AnalysisError:
    """The error for a name that several columns have."""
    return AnalysisError(f"[AMBIGUOUS_REFERENCE] Reference `{name}` is ambiguous. SQLSTATE: 42704")


@dataclass
class SourceScope:
    """Names of a SELECT: its sources, columns merged by USING, aliases of its own list, and the outer query.

    Attributes:
        sources: what can be named, in order.
        merged: columns of JOIN … USING, which need no qualifier.
        aliases: names of the select list, looked up after the sources (before them when `aliases_first`).
        outer: the scope around a sub-query.
        aliases_first: ORDER BY looks at the select list before the tables.
    """

    sources: list[Source]
    merged: dict[str, Typed] = field(default_factory=dict)
    aliases: dict[str, Typed] = field(default_factory=dict)
    outer: Scope | None = None
    aliases_first: bool = False

    def column(self, parts: list[str]) -> Typed:
        """The column (and field) of a dotted name.

        Raises:
            AnalysisError: no column or several columns have this name.
        """
        found = self._find(parts)
        if found is not None:
            return found
        if self.outer is not None:
            try:
                return self.outer.column(parts)
            except AnalysisError:
                pass
        known = [name for source in self.sources for name, _ in source.columns]
        raise unknown_column(parts, [*known, *self.aliases])

    def _find(self, parts: list[str]) -> Typed | None:
        for length in range(min(3, len(parts) - 1), 0, -1):
            for source in self.sources:
                if source.named(parts[:length]) and source.has(parts[length]):
                    return _with_fields(source.column(parts[length]), parts[length + 1 :])
        name = parts[0].lower()
        first = self.aliases.get(name) if self.aliases_first else None
        value = first or self.merged.get(name) or self._unqualified(parts[0]) or self.aliases.get(name)
        return None if value is None else _with_fields(value, parts[1:])

    def _unqualified(self, name: str) -> Typed | None:
        holders = [source for source in self.sources if source.has(name)]
        if len(holders) > 1:
            raise ambiguous(name)
        return holders[0].column(name) if holders else None


def _with_fields(value: Typed, names: list[str]) -> Typed:
    for name in names:
        value = field_of(value, name)
    return value
