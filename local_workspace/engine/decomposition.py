"""Takes aggregate expressions apart into what can be added up, what needs the values in order, and the rest.

Counts, sums, extremes, averages and deviations of a coarse group follow from those of the finer groups it consists of, so
the rows are read once for all granularities. Different values and percentiles do not follow; they are computed from codes
(`ordered_groups`). Anything else is left to DuckDB, over the rows of each group.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final, TypeVar

import duckdb
import sqlglot
from sqlglot import exp

from local_workspace.engine.coercion import identifier
from local_workspace.engine.dialect import PlainDuckDB, to_duckdb_sql

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_VARIANCES: Final = {
    "var_pop": "({deviations}) / nullif({count}, 0)",
    "var_samp": "CASE WHEN {count} > 1 THEN ({deviations}) / ({count} - 1) END",
    "stddev_pop": "sqrt(({deviations}) / nullif({count}, 0))",
    "stddev_samp": "CASE WHEN {count} > 1 THEN sqrt(({deviations}) / ({count} - 1)) END",
}
"""Function -> DuckDB SQL over the squared deviations from the mean and the number of values."""
_Part = TypeVar("_Part")
_SAME_AGAIN: Final = ("bool_and", "bool_or")
_QUANTILE: Final = "quantile_cont"


@cache
def aggregate_functions() -> frozenset[str]:
    """The names of DuckDB's aggregate functions; asked for once, for no statement can add to them."""
    with duckdb.connect() as connection:
        found = connection.execute(
            "SELECT DISTINCT function_name FROM duckdb_functions() WHERE function_type = 'aggregate'"
        ).fetchall()
    return frozenset(name for (name,) in found)


@dataclass(frozen=True)
class Ordered:
    """What needs the values of a group in order.

    Attributes:
        value: DuckDB SQL of a row's value.
        share: the quantile that is asked for, from 0 for the smallest to 1; None for the number of different values.
    """

    value: str
    share: float | None


@dataclass(frozen=True)
class Combined:
    """What follows from the finest groups that a group consists of.

    Attributes:
        together: DuckDB aggregate over `Decomposition.partials`.
        alone: DuckDB SQL of the same value of a group that is one finest group.
    """

    together: str
    alone: str


@dataclass
class Decomposition:
    """The parts of aggregate expressions; equal parts are there once.

    Attributes:
        functions: names of DuckDB's aggregate functions.
        irregular: DuckDB SQL of values that may be NaN or infinite; their quantiles are left to DuckDB.
        partials: name -> DuckDB aggregate over the rows of the finest groups.
        deviations: name -> DuckDB SQL of a finest group's mean over `partials`; in its place `combined` finds by how much
            the mean is above the least one of the group.
        combined: name -> what follows from `partials`.
        ordered: name -> what needs the values in order.
        direct: name -> DuckDB aggregate over the rows of a group.
        finished: expression -> DuckDB SQL over the names of `combined`, `ordered` and `direct`.
    """

    functions: frozenset[str]
    irregular: frozenset[str] = frozenset()
    partials: dict[str, str] = field(default_factory=dict)
    deviations: dict[str, str] = field(default_factory=dict)
    combined: dict[str, Combined] = field(default_factory=dict)
    ordered: dict[str, Ordered] = field(default_factory=dict)
    direct: dict[str, str] = field(default_factory=dict)
    finished: dict[str, str] = field(default_factory=dict)
    _names: dict[tuple[str, object], str] = field(default_factory=dict)

    def add(self, expressions: Mapping[str, str]) -> None:
        """Take apart expressions: name -> DuckDB SQL over aggregates of rows."""
        for name, sql in expressions.items():
            tree = _parsed(sql).copy()
            parts = list(_aggregates(tree))
            if self._is_known(tree, parts):
                for part in parts:
                    made = exp.column(self._part(part), quoted=True)
                    tree = made if part is tree else (part.replace(made) and tree)
                self.finished[name] = to_duckdb_sql(tree)
            else:
                self.finished[name] = identifier(self._name("direct", sql, self.direct, sql))

    def order(self, name: str, ordered: Ordered) -> None:
        """Add what needs the values in order, under a name of its own."""
        key = f"{ordered.share} of {ordered.value}"
        self.finished[name] = identifier(self._name("ordered", key, self.ordered, ordered))

    def _is_known(self, tree: exp.Expr, parts: list[exp.Expr]) -> bool:
        """Whether nothing but the parts reads rows."""
        inside = {id(node) for part in parts for node in part.walk()}
        return not any(
            isinstance(node, exp.Column | exp.Filter | exp.Window | exp.Query)
            or (isinstance(node, exp.Anonymous) and node.name.lower() in self.functions)
            or isinstance(node, exp.AggFunc)
            for node in tree.walk()
            if id(node) not in inside
        )

    def _part(self, part: exp.Expr) -> str:
        """The name of the value of a part."""
        sql, ordered = to_duckdb_sql(part), _ordered(part)
        if ordered is not None:
            if ordered.share is not None and ordered.value in self.irregular:
                return self._name("direct", sql, self.direct, sql)
            key = f"{ordered.share} of {ordered.value}"
            return self._name("ordered", key, self.ordered, ordered)
        name = part.name.lower() if isinstance(part, exp.Anonymous) else part.key
        if name in _VARIANCES:
            return self._variance(name, sql, part.expressions[0])
        if name == "avg":
            value = to_duckdb_sql(part.this)
            mean = Combined(
                "CAST(sum({0}) AS DOUBLE) / nullif(sum({1}), 0)", "CAST({0} AS DOUBLE) / nullif({1}, 0)"
            )
            return self._combined(sql, mean, f"SUM({value})", f"COUNT({_null_as_often(part.this)})")
        again = "CAST(sum({0}) AS BIGINT)" if name == "count" else f"{name}({{0}})"
        return self._combined(sql, Combined(again, "{0}"), sql)

    def _variance(self, function: str, sql: str, of: exp.Expr) -> str:
        value = to_duckdb_sql(of)
        count = identifier(self._partial(f"COUNT({_null_as_often(of)})"))
        total, spread = (
            identifier(self._partial(f"{aggregate}({value})")) for aggregate in ("SUM", "VAR_POP")
        )
        away = identifier(
            self._name("away", value, self.deviations, f"CAST({total} AS DOUBLE) / nullif({count}, 0)")
        )
        # Of numbers above the least mean, so that no digits are lost far from 0.
        between = f"sum({count} * {away} * {away}) - pow(sum({count} * {away}), 2) / nullif(sum({count}), 0)"
        least, greatest = (identifier(self._partial(f"{aggregate}({value})")) for aggregate in ("MIN", "MAX"))
        # The means of equal values may differ in their last digits.
        together = (
            f"CASE WHEN min({least}) = max({greatest}) THEN 0 "
            f"ELSE sum({spread} * {count}) + greatest({between}, 0) END"
        )
        alone = f"CASE WHEN {least} = {greatest} THEN 0 ELSE {spread} * {count} END"
        form = _VARIANCES[function]
        made = Combined(
            form.format(deviations=together, count=f"sum({count})"),
            form.format(deviations=alone, count=count),
        )
        return self._name("combined", sql, self.combined, made)

    def _combined(self, sql: str, form: Combined, *partials: str) -> str:
        names = [identifier(self._partial(each)) for each in partials]
        made = Combined(form.together.format(*names), form.alone.format(*names))
        return self._name("combined", sql, self.combined, made)

    def _partial(self, sql: str) -> str:
        return self._name("partial", sql, self.partials, sql)

    def _name(self, kind: str, key: object, held: dict[str, _Part], value: _Part) -> str:
        """The name of a part; a new one for one that is not there yet."""
        name = self._names.setdefault((kind, key), f"{kind} {len(held)}")
        held.setdefault(name, value)
        return name


@lru_cache(maxsize=256)
def decomposed(
    expressions: tuple[tuple[str, str], ...],
    ordered: tuple[tuple[str, Ordered], ...] = (),
    irregular: frozenset[str] = frozenset(),
) -> Decomposition:
    """The parts of some expressions; kept for the next refresh, so that nobody may change them.

    Args:
        expressions: names, each with DuckDB SQL over aggregates of rows.
        ordered: further names, each with what needs the values in order.
        irregular: as in `Decomposition`.
    """
    made = Decomposition(aggregate_functions(), irregular)
    made.add(dict(expressions))
    for name, each in ordered:
        made.order(name, each)
    return made


@lru_cache(maxsize=4096)
def _parsed(sql: str) -> exp.Expr:
    """The tree of DuckDB SQL, kept for the next refresh; whoever changes it takes a copy."""
    return sqlglot.parse_one(sql, dialect=PlainDuckDB)


def _aggregates(tree: exp.Expr) -> Iterable[exp.Expr]:
    """The outermost aggregates that are known how to be taken apart; none within a FILTER."""
    return [
        node
        for node in tree.walk(prune=lambda node: isinstance(node, exp.Filter) or _can_be_taken_apart(node))
        if _can_be_taken_apart(node)
    ]


def _can_be_taken_apart(node: exp.Expr) -> bool:
    if isinstance(node, exp.Count | exp.Sum | exp.Avg | exp.Min | exp.Max):
        return not isinstance(node.this, exp.Distinct) or _is_distinct_count(node)
    if not isinstance(node, exp.Anonymous):
        return False
    name = node.name.lower()
    if name == _QUANTILE:
        return len(node.expressions) == 2 and isinstance(node.expressions[1], exp.Literal)  # noqa: PLR2004
    return name in {*_VARIANCES, *_SAME_AGAIN} and len(node.expressions) == 1


def _ordered(part: exp.Expr) -> Ordered | None:
    """What a part needs the values in order for, if it does."""
    if _is_distinct_count(part):
        return Ordered(to_duckdb_sql(part.this.expressions[0]), None)
    if isinstance(part, exp.Anonymous) and part.name.lower() == _QUANTILE:
        value, share = part.expressions
        return Ordered(to_duckdb_sql(value), float(share.name))
    return None


def _null_as_often(value: exp.Expr) -> str:
    """DuckDB SQL of the simplest that is NULL where a value is, which is computed anyway."""
    while True:
        if isinstance(value, exp.Paren) or type(value) is exp.Cast:
            value = value.this
        elif isinstance(value, exp.Anonymous) and value.name.lower() == "length":
            (value,) = value.expressions
        else:
            return to_duckdb_sql(value)


def _is_distinct_count(node: exp.Expr) -> bool:
    return (
        isinstance(node, exp.Count)
        and isinstance(node.this, exp.Distinct)
        and len(node.this.expressions) == 1
    )
