"""Translates one SELECT, clause by clause.

Every clause that is translated is named in `_SELECT_PARTS`; a SELECT with any other is refused by the clause's name.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from sqlglot import exp

from local_workspace.engine.coercion import Typed, coerce, identifier
from local_workspace.engine.comparisons import condition
from local_workspace.engine.dialect_errors import AnalysisError, UnsupportedSQLError
from local_workspace.engine.from_clause import FromClause
from local_workspace.engine.query import Query, output_name, position_of, refuse_other_parts
from local_workspace.engine.relations import SourceScope
from local_workspace.engine.types import VOID

if TYPE_CHECKING:
    from collections.abc import Sequence

    from local_workspace.engine.column_scope import Scope
    from local_workspace.engine.expressions import Translator
    from local_workspace.engine.statements import QueryTranslator

_SELECT_PARTS: Final = {
    "distinct",
    "expressions",
    "from_",
    "group",
    "having",
    "hint",
    "joins",
    "kind",
    "laterals",
    "limit",
    "offset",
    "operation_modifiers",
    "order",
    "qualify",
    "where",
    "with_",
}


@dataclass
class SelectTranslator:
    """Translates one SELECT, clause by clause."""

    queries: QueryTranslator
    node: exp.Select
    outer: Scope | None
    scope: SourceScope = field(init=False)
    items: list[tuple[str, Typed]] = field(init=False, default_factory=list)

    def query(self) -> Query:
        """The translated SELECT.

        Raises:
            UnsupportedSQLError: it holds something that is not translated, or a name that is not there.
        """
        refuse_other_parts(self.node, _SELECT_PARTS)
        if self.node.args.get("kind"):
            raise UnsupportedSQLError(f"SELECT AS {self.node.args['kind']} is not supported")
        self.scope = SourceScope([], outer=self.outer)
        from_ = FromClause(self.queries, self.scope).text(self.node)
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
        refuse_other_parts(group, {"expressions", "all"})
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
            position = position_of(node, [name for name, _ in self.items])
            if position is None:
                raise UnsupportedSQLError("GROUP BY a text literal is not supported")
            return str(position)
        value = translator.translate(node)
        return str(texts.index(value.sql) + 1) if value.sql in texts else value.sql
