"""Translates queries: SELECT, set operations, WITH, VALUES and sub-queries."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from sqlglot import exp

from local_workspace.engine.aggregate_modifiers import ordering
from local_workspace.engine.coercion import coerce, identifier, typed, unified
from local_workspace.engine.dialect_errors import AnalysisError, UnsupportedSQLError, unknown_table
from local_workspace.engine.expressions import Translator
from local_workspace.engine.query import Query, as_types, position_of, refuse_other_parts, renamed
from local_workspace.engine.relations import Relation, Resolver, Source, SourceScope
from local_workspace.engine.select import SelectTranslator

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from local_workspace.engine.column_scope import Scope
    from local_workspace.engine.types import SparkType

_SET_PARTS: Final = {"this", "expression", "distinct", "order", "limit", "offset", "with_"}
_SET_WORDS: Final = {exp.Union: "UNION", exp.Except: "EXCEPT", exp.Intersect: "INTERSECT"}
_FILE_FORMATS: Final = {
    "avro",
    "binaryfile",
    "csv",
    "delta",
    "iceberg",
    "json",
    "orc",
    "parquet",
    "text",
    "xml",
}


@dataclass(frozen=True)
class QueryTranslator:
    """Translates queries against the tables of one workspace.

    Attributes:
        tables: finds tables.
        catalog: catalog of names without one.
        schema: schema of names without one.
        now: the workspace's clock, UTC; None leaves it to DuckDB's.
        named: common table expressions in sight, by lower-case name.
    """

    tables: Resolver
    catalog: str
    schema: str
    now: datetime | None = None
    named: dict[str, tuple[tuple[str, SparkType], ...]] = field(default_factory=dict)

    def query(self, node: exp.Expr, outer: Scope | None = None) -> Query:
        """The translated query.

        Raises:
            UnsupportedSQLError: it holds something that is not translated, or a name that is not there.
        """
        with_ = node.args.get("with_")
        if with_ is not None:
            return self._with(node, with_, outer)
        if isinstance(node, exp.Select):
            return SelectTranslator(self, node, outer).query()
        if isinstance(node, exp.SetOperation):
            return self._set_operation(node, outer)
        if isinstance(node, exp.Subquery | exp.Paren):
            return self._parenthesised(node, outer)
        if isinstance(node, exp.Values):
            return self.values(node)
        raise UnsupportedSQLError(f"{type(node).__name__.upper()} is not supported as a query")

    def translator(self, scope: Scope) -> Translator:
        """The translator of expressions in a scope."""

        def subquery(node: exp.Expr) -> tuple[str, list[SparkType]]:
            made = self.query(node, scope)
            return made.sql, [kind for _, kind in made.columns]

        return Translator(scope, self.now, subquery)

    def _with(self, node: exp.Expr, with_: exp.Expr, outer: Scope | None) -> Query:
        if with_.args.get("recursive"):
            raise UnsupportedSQLError("WITH RECURSIVE is not supported")
        named = dict(self.named)
        parts: list[str] = []
        for cte in with_.expressions:
            made = replace(self, named=named).query(cte.this, outer)
            made = renamed(made, cte.args["alias"])
            named = {**named, cte.alias.lower(): made.columns}
            parts.append(f"{identifier(cte.alias)} AS ({made.sql})")
        rest = node.copy()
        rest.set("with_", None)
        inner = replace(self, named=named).query(rest, outer)
        return Query(f"WITH {', '.join(parts)} {inner.sql}", inner.columns)

    def _parenthesised(self, node: exp.Expr, outer: Scope | None) -> Query:
        inner = self.query(node.this, outer)
        return self._modified(inner, node, outer)

    def _set_operation(self, node: exp.SetOperation, outer: Scope | None) -> Query:
        refuse_other_parts(node, _SET_PARTS)
        sides = [self.query(node.this, outer), self.query(node.expression, outer)]
        if len(sides[0].columns) != len(sides[1].columns):
            counts = [len(side.columns) for side in sides]
            raise AnalysisError(
                f"[NUM_COLUMNS_MISMATCH] {type(node).__name__.upper()} can only be performed on inputs with the same "
                f"number of columns, but the first input has {counts[0]} columns and the second input has "
                f"{counts[1]} columns. SQLSTATE: 42826"
            )
        kinds = [
            unified(type(node).__name__.upper(), [typed("NULL", a[1]), typed("NULL", b[1])])[1]
            for a, b in zip(sides[0].columns, sides[1].columns, strict=True)
        ]
        word = _SET_WORDS[type(node)] + ("" if node.args.get("distinct") else " ALL")
        left, right = (as_types(side, kinds) for side in sides)
        columns = tuple((name, kind) for (name, _), kind in zip(sides[0].columns, kinds, strict=True))
        return self._modified(Query(f"({left}) {word} ({right})", columns), node, outer)

    def _modified(self, query: Query, node: exp.Expr, outer: Scope | None) -> Query:
        """ORDER BY, LIMIT and OFFSET after a set operation or parentheses."""
        if not any(node.args.get(part) for part in ("order", "limit", "offset")):
            return query
        source = Source("q", query.columns)
        scope = SourceScope([source], outer=outer)
        sql = f"SELECT * FROM ({query.sql}) AS {identifier('q')}"
        sql += self.order(node, query.columns, scope) + self.limit(node)
        return Query(sql, query.columns)

    def order(self, node: exp.Expr, columns: Sequence[tuple[str, SparkType]], scope: Scope) -> str:
        """` ORDER BY …`, positions and output names first."""
        order = node.args.get("order")
        if order is None:
            return ""
        items = []
        translator = self.translator(scope)
        for item in order.expressions:
            position = position_of(item.this, [name for name, _ in columns])
            if position is not None:
                words = "DESC" if item.args.get("desc") else "ASC"
                items.append(
                    f"{position} {words} NULLS {'FIRST' if item.args.get('nulls_first') else 'LAST'}"
                )
            elif isinstance(item.this, exp.Var):
                raise UnsupportedSQLError("ORDER BY ALL is not supported; name the columns")
            else:
                items.append(ordering(translator, item).sql)
        return f" ORDER BY {', '.join(items)}"

    def limit(self, node: exp.Expr) -> str:
        """` LIMIT n OFFSET m`."""
        text = ""
        for part in ("limit", "offset"):
            found = node.args.get(part)
            if found is None:
                continue
            count = found.expression
            count = count.this if isinstance(count, exp.Cast) else count
            if not isinstance(count, exp.Literal) or not count.name.isdigit():
                raise UnsupportedSQLError(f"{part.upper()} takes a whole number")
            text += f" {part.upper()} {count.name}"
        return text

    def values(self, node: exp.Expr) -> Query:
        """`VALUES (1, 'a'), …`: columns `col1`, `col2` …, each of one type."""
        translator = self.translator(SourceScope([]))
        rows = [
            [
                translator.translate(each)
                for each in (row.expressions if isinstance(row, exp.Tuple) else [row.unnest()])
            ]
            for row in node.expressions
        ]
        if len({len(row) for row in rows}) != 1:
            raise AnalysisError(
                "[INVALID_INLINE_TABLE.NUM_COLUMNS_MISMATCH] rows differ in length. SQLSTATE: 42000"
            )
        columns = [unified("VALUES", list(column)) for column in zip(*rows, strict=True)]
        settled = [[coerce(value, kind) for value in values] for values, kind in columns]
        lines = ", ".join(f"({', '.join(value.sql for value in row)})" for row in zip(*settled, strict=True))
        names = [f"col{at}" for at in range(1, len(columns) + 1)]
        listed = ", ".join(identifier(name) for name in names)
        made = Query(
            f"SELECT * FROM (VALUES {lines}) AS {identifier('v')}({listed})",
            tuple((name, kind) for name, (_, kind) in zip(names, columns, strict=True)),
        )
        alias = node.args.get("alias")
        return made if alias is None else renamed(made, alias)

    def relation(self, parts: list[str]) -> tuple[Relation, tuple[str, ...]]:
        """The relation of a table name of one to three parts, and its full name.

        Raises:
            AnalysisError: there is no such table.
        """
        if len(parts) == 2 and parts[0].lower() in _FILE_FORMATS:  # noqa: PLR2004 - format and path
            raise UnsupportedSQLError(
                f"reading files ({parts[0]}.`…`) is not supported; load them into a table first"
            )
        full = ((self.catalog, self.schema)[: max(3 - len(parts), 0)] + tuple(parts))[-max(3, len(parts)) :]
        if len(full) != 3:  # noqa: PLR2004 - catalog, schema, table
            raise unknown_table(parts)
        found = self.tables(*full)
        if found is None:
            raise unknown_table(full)
        return found, full
