"""A second opinion on Databricks SQL: expressions evaluated in Python, value by value, with ANSI semantics.

Shares nothing with the engine but sqlglot's parser. It knows what the metrics of the eight domains use and refuses
everything else. A value is None, bool, int (BIGINT), float (DOUBLE), Decimal, str, date or datetime.
"""

from __future__ import annotations

import operator
import re
from datetime import date, datetime
from decimal import Context, Decimal
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import sqlglot
from sqlglot import exp

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Row = Sequence[Any]
    Evaluate = Callable[[Row], Any]

EXACT: Final = Context(prec=100)
"""Decimals are not rounded. Databricks keeps ten digits or more after the point of the metrics' quotients, so that
percentages from 0.05 on agree to nine digits."""


def parsed(definition: str) -> exp.Expr:
    """The tree of an expression; a template such as `{{current_df}}` becomes a plain name."""
    return sqlglot.parse_one(re.sub(r"\{\{\s*(\w+)\s*\}\}", r"\1", definition), read="databricks")


def compiled(tree: exp.Expr, columns: Sequence[str]) -> Evaluate:
    """What evaluates an expression on a row.

    Args:
        tree: without aggregates.
        columns: names of the row's values, a frame in front where there are two: `current_df.total_runs`.

    Raises:
        NotImplementedError: the expression uses something that is not known here.
    """
    return _build(tree, {name: place for place, name in enumerate(columns)})


def _build(node: exp.Expr, places: Mapping[str, int]) -> Evaluate:
    if isinstance(node, exp.Column):
        return operator.itemgetter(places[f"{node.table}.{node.name}" if node.table else node.name])
    if isinstance(node, exp.Literal | exp.Boolean | exp.Null):
        constant = _constant(node)
        return lambda _: constant
    if isinstance(node, exp.Paren):
        return _build(node.this, places)
    if type(node) in _LAZY:
        return _LAZY[type(node)](node, lambda part: _build(part, places))
    if type(node) in _STRICT:
        return _strict(_STRICT[type(node)], [_build(part, places) for part in _operands(node)])
    raise NotImplementedError(f"{type(node).__name__} in {node.sql('databricks')}")


def _constant(node: exp.Expr) -> object:
    if isinstance(node, exp.Null):
        return None
    if isinstance(node, exp.Boolean):
        return bool(node.this)
    text = str(node.this)
    if node.is_string:
        return text
    return int(text) if text.isdigit() else Decimal(text)


def _operands(node: exp.Expr) -> list[exp.Expr]:
    parts = [node.args.get("this"), node.args.get("expression"), *node.expressions]
    return [part for part in parts if part is not None]


# ---- NULL when an operand is NULL ----


def _strict(function: Callable[..., Any], operands: list[Evaluate]) -> Evaluate:
    def evaluate(row: Row) -> object:
        values = [operand(row) for operand in operands]
        return None if None in values else function(*values)

    return evaluate


def _on_numbers(of_floats: Callable[..., Any], of_decimals: Callable[..., Any]) -> Callable[[Any, Any], Any]:
    """A DOUBLE beside a DECIMAL makes it a DOUBLE; whole numbers stay whole."""

    def apply(one: Any, other: Any) -> Any:  # noqa: ANN401 - any number
        if isinstance(one, float) or isinstance(other, float):
            return of_floats(float(one), float(other))
        if isinstance(one, Decimal) or isinstance(other, Decimal):
            return of_decimals(Decimal(one), Decimal(other))
        return of_floats(one, other)

    return apply


def _divided(one: Any, other: Any) -> Any:  # noqa: ANN401 - any number
    """`/`: never a whole-number division; by 0 it is an error, as with ANSI mode on."""
    if isinstance(other, Decimal):
        raise NotImplementedError("a quotient by a DECIMAL, whose digits depend on the declared types")
    if isinstance(one, Decimal):
        return EXACT.divide(one, Decimal(other)) if isinstance(other, int) else float(one) / other
    return one / other


def _compared(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def apply(one: Any, other: Any) -> bool:  # noqa: ANN401 - any value
        if isinstance(one, str) != isinstance(other, str):
            raise NotImplementedError(f"{one!r} compared with {other!r}")
        return bool(_on_numbers(compare, compare)(one, other))

    return apply


@cache
def _pattern(text: str) -> re.Pattern[str]:
    if "\\" in text:
        raise NotImplementedError(f"LIKE {text!r}: an escape")
    return re.compile("".join({"%": ".*", "_": "."}.get(one, re.escape(one)) for one in text), re.DOTALL)


def _like(text: str, *patterns: str) -> bool:
    return any(_pattern(pattern).fullmatch(text) for pattern in patterns)


def _seconds_between(later: datetime, earlier: datetime) -> int:
    return int((later - earlier).total_seconds())


_STRICT: Final[dict[type[exp.Expr], Callable[..., Any]]] = {
    exp.Add: _on_numbers(operator.add, EXACT.add),
    exp.Sub: _on_numbers(operator.sub, EXACT.subtract),
    exp.Mul: _on_numbers(operator.mul, EXACT.multiply),
    exp.Div: _divided,
    exp.Pow: lambda one, other: float(one) ** float(other),
    exp.EQ: _compared(operator.eq),
    exp.GT: _compared(operator.gt),
    exp.GTE: _compared(operator.ge),
    exp.LT: _compared(operator.lt),
    exp.LTE: _compared(operator.le),
    exp.In: lambda value, *allowed: any(_compared(operator.eq)(value, each) for each in allowed),
    exp.Not: operator.not_,
    exp.Lower: str.lower,
    exp.Concat: lambda *texts: "".join(texts),
    exp.Hour: lambda moment: moment.hour,
}


# ---- NULL has a meaning ----


def _and(node: exp.Expr, build: Callable[[exp.Expr], Evaluate]) -> Evaluate:
    one, other = build(node.this), build(node.args["expression"])

    def evaluate(row: Row) -> bool | None:
        values = (one(row), other(row))
        return False if False in values else None if None in values else True

    return evaluate


def _or(node: exp.Expr, build: Callable[[exp.Expr], Evaluate]) -> Evaluate:
    one, other = build(node.this), build(node.args["expression"])

    def evaluate(row: Row) -> bool | None:
        values = (one(row), other(row))
        return True if True in values else None if None in values else False

    return evaluate


def _if(node: exp.Expr, build: Callable[[exp.Expr], Evaluate]) -> Evaluate:
    condition, yes, no = build(node.this), build(node.args["true"]), build(node.args["false"])
    return lambda row: yes(row) if condition(row) is True else no(row)


def _is(node: exp.Expr, build: Callable[[exp.Expr], Evaluate]) -> Evaluate:
    value, expected = build(node.this), build(node.args["expression"])
    return lambda row: value(row) is expected(row)


def _coalesce(node: exp.Expr, build: Callable[[exp.Expr], Evaluate]) -> Evaluate:
    parts = [build(part) for part in _operands(node)]
    return lambda row: next((value for part in parts if (value := part(row)) is not None), None)


def _null_if(node: exp.Expr, build: Callable[[exp.Expr], Evaluate]) -> Evaluate:
    value, hidden = build(node.this), build(node.args["expression"])
    return lambda row: None if (found := value(row)) == hidden(row) else found


def _between(node: exp.Expr, build: Callable[[exp.Expr], Evaluate]) -> Evaluate:
    low = exp.GTE(this=node.this.copy(), expression=node.args["low"].copy())
    high = exp.LTE(this=node.this.copy(), expression=node.args["high"].copy())
    return build(exp.And(this=low, expression=high))


def _greatest(node: exp.Expr, build: Callable[[exp.Expr], Evaluate]) -> Evaluate:
    parts = [build(part) for part in _operands(node)]

    def evaluate(row: Row) -> object:
        return max((value for part in parts if (value := part(row)) is not None), default=None)

    return evaluate


def _like_one_or_any(node: exp.Expr, build: Callable[[exp.Expr], Evaluate]) -> Evaluate:
    pattern = node.args["expression"]
    patterns = pattern.this.expressions if isinstance(pattern, exp.Any) else [pattern]
    return _strict(_like, [build(node.this), *(build(each) for each in patterns)])


def _timestamp_difference(node: exp.Expr, build: Callable[[exp.Expr], Evaluate]) -> Evaluate:
    if node.text("unit").upper() != "SECOND":
        raise NotImplementedError(node.sql("databricks"))
    return _strict(_seconds_between, [build(node.this), build(node.args["expression"])])


_LAZY: Final[dict[type[exp.Expr], Callable[[Any, Callable[[exp.Expr], Evaluate]], Evaluate]]] = {
    exp.And: _and,
    exp.Or: _or,
    exp.If: _if,
    exp.Is: _is,
    exp.Coalesce: _coalesce,
    exp.Nullif: _null_if,
    exp.Between: _between,
    exp.Greatest: _greatest,
    exp.Like: _like_one_or_any,
    exp.TimestampDiff: _timestamp_difference,
}


def as_text(value: object) -> str | None:
    """A value as CAST(… AS STRING) writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None or isinstance(value, str):
        return value
    raise NotImplementedError(f"{value!r} as text")


def as_moment(value: date | datetime | None) -> datetime | None:
    """A DATE is the midnight it begins with."""
    if value is None or isinstance(value, datetime):
        return value
    return datetime(value.year, value.month, value.day)  # noqa: DTZ001 - UTC without a zone, as in the files
