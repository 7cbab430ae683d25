"""Translates queries: SELECT, set operations, WITH, VALUES and sub-queries.

Every clause that is translated is named in `_SELECT_PARTS`; a query with any other is refused by the clause's name.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from sqlglot import exp

from local_workspace.engine.aggregate_modifiers import ordering
from local_workspace.engine.coercion import Typed, coerce, identifier, typed, unified
from local_workspace.engine.comparisons import comparable, condition
from local_workspace.engine.dialect_errors import AnalysisError, UnsupportedSQLError, unknown_table
from local_workspace.engine.expressions import Translator
from local_workspace.engine.relations import Relation, Resolver, Source, SourceScope
from local_workspace.engine.types import VOID, SparkType, parse_type

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from local_workspace.engine.column_scope import Scope

_SELECT_PARTS: Final = {
    "distinct",
    "expressions",
    "from_",
    "group",
    "having",
    "hint",
    "joins",
    "kind",
    "limit",
    "offset",
    "operation_modifiers",
    "order",
    "qualify",
    "where",
    "with_",
}
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
_JOINS: Final = {
    ("", ""): "JOIN",
    ("", "INNER"): "JOIN",
    ("", "CROSS"): "CROSS JOIN",
    ("LEFT", ""): "LEFT JOIN",
    ("LEFT", "OUTER"): "LEFT JOIN",
    ("RIGHT", ""): "RIGHT JOIN",
    ("RIGHT", "OUTER"): "RIGHT JOIN",
    ("FULL", ""): "FULL JOIN",
    ("FULL", "OUTER"): "FULL JOIN",
    ("LEFT", "SEMI"): "SEMI JOIN",
    ("", "SEMI"): "SEMI JOIN",
    ("LEFT", "ANTI"): "ANTI JOIN",
    ("", "ANTI"): "ANTI JOIN",
}


@dataclass(frozen=True)
class Query:
    """A translated query: DuckDB text and its output columns (name, type) in order."""

    sql: str
    columns: tuple[tuple[str, SparkType], ...]


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
            return _SelectTranslator(self, node, outer).query()
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
            made = _renamed(made, cte.args["alias"])
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
        _refuse_other_parts(node, _SET_PARTS)
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
        left, right = (_as_types(side, kinds) for side in sides)
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
            position = _position(item.this, [name for name, _ in columns])
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
        return made if alias is None else _renamed(made, alias)

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


def _refuse_other_parts(node: exp.Expr, known: set[str]) -> None:
    for part, value in node.args.items():
        if value and part not in known:
            raise UnsupportedSQLError(f"{part.strip('_').upper()} is not supported in a query")


def _renamed(query: Query, alias: exp.Expr) -> Query:
    """The query with the column names of `t(a, b)`."""
    names = [column.name for column in alias.args.get("columns") or []]
    if not names:
        return query
    if len(names) != len(query.columns):
        raise AnalysisError(
            f"[ASSIGNMENT_ARITY_MISMATCH] {len(names)} names were given for {len(query.columns)} columns. SQLSTATE: 42802"
        )
    listed = ", ".join(identifier(name) for name in names)
    columns = tuple((name, kind) for name, (_, kind) in zip(names, query.columns, strict=True))
    return Query(f"SELECT * FROM ({query.sql}) AS {identifier('r')}({listed})", columns)


def _as_types(query: Query, kinds: list[SparkType]) -> str:
    if [kind for _, kind in query.columns] == kinds:
        return query.sql
    names = [f"c{at}" for at in range(len(kinds))]
    casts = ", ".join(
        f"{coerce(typed(identifier(name), column[1]), kind).sql} AS {identifier(name)}"
        for name, column, kind in zip(names, query.columns, kinds, strict=True)
    )
    outputs = ", ".join(identifier(name) for name in names)
    return f"SELECT {casts} FROM ({query.sql}) AS {identifier('u')}({outputs})"


def _position(node: exp.Expr, names: list[str]) -> int | None:
    """The position that a literal or the name of an output column stands for."""
    if isinstance(node, exp.Literal) and not node.is_string and node.name.isdigit():
        position = int(node.name)
        if not 1 <= position <= len(names):
            raise AnalysisError(
                f"[ORDER_BY_POS_OUT_OF_RANGE] ORDER BY position {position} is not in select list "
                f"(valid range is [1, {len(names)}]). SQLSTATE: 42805"
            )
        return position
    if isinstance(node, exp.Column) and len(node.parts) == 1:
        found = [at for at, name in enumerate(names, start=1) if name.lower() == node.name.lower()]
        return found[0] if len(found) == 1 else None
    return None


def output_name(node: exp.Expr) -> str:
    """The name Spark gives a select item."""
    if isinstance(node, exp.Alias):
        return str(node.alias)
    if isinstance(node, exp.Column):
        return node.name
    if isinstance(node, exp.Dot):
        return str(node.expression.name)
    if isinstance(node, exp.Literal):
        return node.name
    if isinstance(node, exp.Count) and isinstance(node.this, exp.Star):
        return "count(1)"
    text = node.sql(dialect="databricks", normalize_functions="lower").replace("`", "")
    return f"({text})" if isinstance(node, exp.Binary) and not isinstance(node, exp.Dot) else text


@dataclass
class _SelectTranslator:
    """Translates one SELECT, clause by clause."""

    queries: QueryTranslator
    node: exp.Select
    outer: Scope | None
    scope: SourceScope = field(init=False)
    items: list[tuple[str, Typed]] = field(init=False, default_factory=list)

    def query(self) -> Query:
        _refuse_other_parts(self.node, _SELECT_PARTS)
        if self.node.args.get("kind"):
            raise UnsupportedSQLError(f"SELECT AS {self.node.args['kind']} is not supported")
        self.scope = SourceScope([], outer=self.outer)
        from_ = self._from()
        translator = self.queries.translator(self.scope)
        self._select_list(translator)
        where = self.node.args.get("where")
        plain = SourceScope(self.scope.sources, self.scope.merged, outer=self.outer)
        sql = f"SELECT {self._distinct()}{', '.join(f'{v.sql} AS {identifier(n)}' for n, v in self.items)}{from_}"
        if where is not None:
            sql += f" WHERE {condition(self.queries.translator(plain), where.this).sql}"
        sql += self._group(translator)
        for part in ("having", "qualify"):
            clause = self.node.args.get(part)
            if clause is not None:
                sql += f" {part.upper()} {condition(translator, clause.this).sql}"
        columns = tuple((name, value.type) for name, value in self.items)
        ordered = replace(self.scope, aliases_first=True)
        sql += self.queries.order(self.node, columns, ordered) + self.queries.limit(self.node)
        return Query(sql, columns)

    def _distinct(self) -> str:
        distinct = self.node.args.get("distinct")
        if distinct is None:
            return ""
        if distinct.args.get("on"):
            raise UnsupportedSQLError("DISTINCT ON is not supported")
        return "DISTINCT "

    # ---- FROM

    def _from(self) -> str:
        from_ = self.node.args.get("from_")
        if from_ is None:
            return ""
        text, source = self._source(from_.this)
        self.scope.sources.append(source)
        return f" FROM {text}{''.join(self._join(join) for join in self.node.args.get('joins') or [])}"

    def _source(self, node: exp.Expr) -> tuple[str, Source]:
        if isinstance(node, exp.Table):
            return self._table(node)
        if isinstance(node, exp.Subquery):
            _refuse_other_parts(node, {"this", "alias", "order", "limit", "offset", "with_"})
            inner = node.copy()
            inner.set("alias", None)
            made = self.queries.query(inner, None)
            return self._derived(made, node.args.get("alias"))
        if isinstance(node, exp.Values):
            made = self.queries.values(node)
            return self._derived(
                made, exp.TableAlias(this=node.args["alias"].this) if node.args.get("alias") else None
            )
        raise UnsupportedSQLError(f"{type(node).__name__.upper()} is not supported in FROM")

    def _derived(self, made: Query, alias: exp.Expr | None) -> tuple[str, Source]:
        if alias is not None:
            made = _renamed(made, alias)
        name = self._unique(alias.name if alias is not None and alias.name else "subquery")
        return f"({made.sql}) AS {identifier(name)}", Source(name, made.columns)

    def _unique(self, alias: str) -> str:
        used = {source.alias.lower() for source in self.scope.sources}
        name, number = alias, 1
        while name.lower() in used:
            number += 1
            name = f"{alias} {number}"
        return name

    def _table(self, node: exp.Table) -> tuple[str, Source]:
        _refuse_other_parts(node, {"this", "db", "catalog", "alias", "joins"})
        if node.args.get("joins"):
            raise UnsupportedSQLError("joins in parentheses are not supported")
        parts = self._table_parts(node)
        alias_node = node.args.get("alias")
        alias = alias_node.name if alias_node is not None and alias_node.name else ""
        if len(parts) == 1 and parts[0].lower() in self.queries.named:
            columns, sql = self.queries.named[parts[0].lower()], identifier(parts[0])
            path: tuple[str, ...] = ()
        else:
            found, path = self.queries.relation(parts)
            columns, sql = tuple((name, parse_type(kind)) for name, kind in found.columns.items()), found.sql
        if alias_node is not None and alias_node.args.get("columns"):
            names = ", ".join(identifier(name) for name, _ in columns)
            return self._derived(Query(f"SELECT {names} FROM {sql}", columns), alias_node)
        name = self._unique(alias or parts[-1])
        return f"{sql} AS {identifier(name)}", Source(name, columns, () if alias else path)

    def _table_parts(self, node: exp.Table) -> list[str]:
        if isinstance(node.this, exp.Anonymous) and node.this.name.upper() == "IDENTIFIER":
            argument = node.this.expressions[0] if node.this.expressions else None
            if not isinstance(argument, exp.Literal) or not argument.is_string:
                raise UnsupportedSQLError("IDENTIFIER(…) takes one text")
            return [part.name for part in exp.to_table(argument.name, dialect="databricks").parts]
        if not isinstance(node.this, exp.Identifier | exp.Dot):
            raise UnsupportedSQLError(
                f"table function {node.this.name or type(node.this).__name__} is not supported"
            )
        return [part.name for part in node.parts]

    def _join(self, join: exp.Expr) -> str:
        _refuse_other_parts(join, {"this", "on", "using", "side", "kind"})
        key = (str(join.args.get("side") or "").upper(), str(join.args.get("kind") or "").upper())
        if key not in _JOINS:
            raise UnsupportedSQLError(f"{' '.join(key).strip()} JOIN is not supported")
        left = list(self.scope.sources)
        text, source = self._source(join.this)
        self.scope.sources.append(source)
        clause = ""
        if join.args.get("on") is not None:
            clause = f" ON {condition(self.queries.translator(self.scope), join.args['on']).sql}"
        if join.args.get("using"):
            clause = self._using([each.name for each in join.args["using"]], left, source)
        word = _JOINS[key]
        if not clause and word != "CROSS JOIN":
            if word != "JOIN":
                raise UnsupportedSQLError(f"{word} needs ON or USING")
            word = "CROSS JOIN"
        if word in {"SEMI JOIN", "ANTI JOIN"}:
            self.scope.sources.remove(source)
        return f" {word} {text}{clause}"

    def _using(self, names: list[str], left: list[Source], right: Source) -> str:
        for name in names:
            if not right.has(name):
                right_scope = SourceScope([right])
                right_scope.column([name])
            before = self.scope.merged.get(name.lower()) or SourceScope(left).column([name])
            after = right.column(name)
            comparable(f"USING ({name})", before, after)
            if before.type != after.type:
                raise UnsupportedSQLError(
                    f"USING ({name}) with different types is not supported; use ON with a cast"
                )
            self.scope.merged[name.lower()] = typed(identifier(name), before.type)
        return f" USING ({', '.join(identifier(name) for name in names)})"

    # ---- the select list

    def _select_list(self, translator: Translator) -> None:
        for node in self.node.expressions:
            star = node if isinstance(node, exp.Star) else node.this if isinstance(node, exp.Column) else None
            if isinstance(star, exp.Star):
                self._star(star, node.parts[:-1] if isinstance(node, exp.Column) else [])
                continue
            value = translator.translate(node.this if isinstance(node, exp.Alias) else node)
            value = value if value.type == VOID else coerce(value, value.type)
            name = output_name(node)
            self.items.append((name, value))
            if isinstance(node, exp.Alias):
                self.scope.aliases.setdefault(name.lower(), value)

    def _star(self, star: exp.Star, qualifier: Sequence[exp.Expr]) -> None:
        if star.args.get("replace") or star.args.get("rename"):
            raise UnsupportedSQLError("* REPLACE and * RENAME are not supported")
        left_out = {each.name.lower() for each in star.args.get("except_") or []}
        parts = [part.name for part in qualifier]
        sources = [source for source in self.scope.sources if not parts or source.named(parts)]
        if parts and not sources:
            raise AnalysisError(
                f"[CANNOT_RESOLVE_STAR_EXPAND] Cannot resolve {'.'.join(parts)}.*. SQLSTATE: 42704"
            )
        merged = self.scope.merged if not parts else {}
        found = [(source, name) for source in sources for name, _ in source.columns]
        for key, value in merged.items():
            name = next(name for _, name in found if name.lower() == key)
            if key not in left_out:
                self.items.append((name, value))
        for source, name in found:
            if name.lower() not in left_out and name.lower() not in merged:
                self.items.append((name, source.column(name)))

    # ---- GROUP BY

    def _group(self, translator: Translator) -> str:
        group = self.node.args.get("group")
        if group is None:
            return ""
        _refuse_other_parts(group, {"expressions", "all"})
        if group.args.get("all"):
            return " GROUP BY ALL"
        texts = [value.sql for _, value in self.items]
        return (
            f" GROUP BY {', '.join(self._group_item(translator, each, texts) for each in group.expressions)}"
        )

    def _group_item(self, translator: Translator, node: exp.Expr, texts: list[str]) -> str:
        """A grouping key: by position where it is an item of the select list, so that DuckDB sees them as one."""
        if isinstance(node, exp.GroupingSets | exp.Rollup | exp.Cube):
            raise UnsupportedSQLError(f"{type(node).__name__.upper()} is not supported")
        if isinstance(node, exp.Literal):
            position = _position(node, [name for name, _ in self.items])
            if position is None:
                raise UnsupportedSQLError("GROUP BY a text literal is not supported")
            return str(position)
        value = translator.translate(node)
        return str(texts.index(value.sql) + 1) if value.sql in texts else value.sql
