"""The FROM clause of a SELECT: tables, sub-queries, VALUES, joins and lateral views."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlglot import exp

from local_workspace.engine.coercion import identifier, typed
from local_workspace.engine.comparisons import comparable, condition
from local_workspace.engine.dialect_errors import UnsupportedSQLError
from local_workspace.engine.query import Query, refuse_other_parts, renamed
from local_workspace.engine.relations import Source, SourceScope
from local_workspace.engine.types import parse_type

if TYPE_CHECKING:
    from local_workspace.engine.statements import QueryTranslator

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


@dataclass
class FromClause:
    """Translates one FROM clause and notes what can be named after it.

    Attributes:
        queries: translates sub-queries and finds tables.
        scope: gets the sources.
    """

    queries: QueryTranslator
    scope: SourceScope

    def text(self, node: exp.Select) -> str:
        """` FROM …` of a SELECT, "" where it has none; its sources are in `scope` afterwards.

        Raises:
            UnsupportedSQLError: it holds something that is not translated, or a table that is not there.
        """
        from_ = node.args.get("from_")
        if from_ is None:
            return ""
        text, source = self._source(from_.this)
        self.scope.sources.append(source)
        joins = "".join(self._join(join) for join in node.args.get("joins") or [])
        views = "".join(self._lateral_view(view) for view in node.args.get("laterals") or [])
        return f" FROM {text}{joins}{views}"

    def _source(self, node: exp.Expr) -> tuple[str, Source]:
        if isinstance(node, exp.Table):
            return self._table(node)
        if isinstance(node, exp.Subquery):
            refuse_other_parts(node, {"this", "alias", "order", "limit", "offset", "with_"})
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
            made = renamed(made, alias)
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
        refuse_other_parts(node, {"this", "db", "catalog", "alias", "joins"})
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
        refuse_other_parts(join, {"this", "on", "using", "side", "kind"})
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

    def _lateral_view(self, view: exp.Expr) -> str:
        """LATERAL VIEW EXPLODE of an array: a row for each element, none where there is no element."""
        refuse_other_parts(view, {"this", "view", "alias"})
        call, alias = view.this, view.args["alias"]
        if (
            not isinstance(call, exp.Anonymous)
            or call.name.upper() != "EXPLODE"
            or len(call.expressions) != 1
        ):
            name = call.name or type(call).__name__
            raise UnsupportedSQLError(f"LATERAL VIEW {name.upper()} is not supported; EXPLODE of an array is")
        array = self.queries.translator(self.scope).translate(call.expressions[0])
        if array.type.name != "ARRAY" or array.type.parts[0].name == "STRUCT":
            raise UnsupportedSQLError(f"LATERAL VIEW EXPLODE of {array.type.text} is not supported")
        names = [column.name for column in alias.args.get("columns") or []] or ["col"]
        if len(names) != 1:
            raise UnsupportedSQLError(f"LATERAL VIEW EXPLODE of an array gives one column, not {len(names)}")
        source = Source(self._unique(alias.name), ((names[0], array.type.parts[0]),))
        self.scope.sources.append(source)
        return f" CROSS JOIN UNNEST({array.sql}) AS {identifier(source.alias)}({identifier(names[0])})"

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
