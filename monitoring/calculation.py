"""Puts a metric's SQL into words, for comments that people and Genie read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlglot import exp

from monitoring.rules.expressions import ExpressionError, parse

if TYPE_CHECKING:
    from collections.abc import Callable

_ORDINALS = {"1": "st", "2": "nd", "3": "rd"}
_COMPARISONS: dict[type[exp.Expr], str] = {
    exp.EQ: "is",
    exp.NEQ: "is not",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.GT: ">",
    exp.GTE: ">=",
}
_ARITHMETIC: dict[type[exp.Expr], str] = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*", exp.Div: "/"}


def in_words(definition: str) -> str:
    """The formula in words: ``number of rows where is_success``, ``failure_count * 100 / total_runs``.

    Guards against an empty denominator are left out, since they do not change a value that exists. SQL that
    has no words here stays SQL, so the text is never wrong; so does a definition with templates.
    """
    if "{{" in definition:
        return definition
    try:
        return _words(parse(definition))
    except ExpressionError:
        return definition


def _words(node: exp.Expr) -> str:
    for kind, write in _WRITERS.items():
        if type(node) is kind:
            return write(node)
    return node.sql(dialect="databricks")


def _comparison(node: exp.Expr) -> str:
    return f"{_words(node.this)} {_COMPARISONS[type(node)]} {_words(node.expression)}"


def _arithmetic(node: exp.Expr) -> str:
    left, right = _operand(node.this), _operand(node.expression)
    if isinstance(node, exp.Mul) and right == "1":
        return left
    if isinstance(node, exp.Div):
        right = _divisor(node.expression)
    return f"{left} {_ARITHMETIC[type(node)]} {right}"


def _operand(node: exp.Expr) -> str:
    text = _words(node)
    return f"({text})" if isinstance(node, exp.AggFunc | exp.Coalesce) and " where " in text else text


def _divisor(node: exp.Expr) -> str:
    """The divisor without its guard: elsewhere ``NULLIF(x, 0)`` leaves zeros out and has to be seen."""
    guarded = node.unnest()
    if not (isinstance(guarded, exp.Nullif) and _words(guarded.expression) == "0"):
        return _operand(node)
    return f"({_words(guarded.this)})" if type(guarded.this) in _ARITHMETIC else _operand(guarded.this)


def _literal(node: exp.Expr) -> str:
    if node.is_string:
        return node.sql(dialect="databricks")
    whole, _, fraction = str(node.name).partition(".")
    return f"{whole}.{fraction}" if fraction.strip("0") else whole


def _conjunction(node: exp.Expr) -> str:
    word = "and" if isinstance(node, exp.And) else "or"
    return f"{_words(node.this)} {word} {_words(node.expression)}"


def _is(node: exp.Expr) -> str:
    if isinstance(node.expression, exp.Null):
        return f"{_words(node.this)} is empty"
    return f"{_words(node.this)} is {node.expression.sql().lower()}"


def _not(node: exp.Expr) -> str:
    if isinstance(node.this, exp.Is):
        if isinstance(node.this.expression, exp.Null):
            return f"{_words(node.this.this)} is filled"
        return f"{_words(node.this.this)} is not {node.this.expression.sql().lower()}"
    return f"not {_words(node.this)}"


def _in(node: exp.Expr) -> str:
    values = [_words(value) for value in node.expressions]
    return f"{_words(node.this)} is {_any_of(values)}" if values else node.sql(dialect="databricks")


def _any_of(values: list[str]) -> str:
    return values[0] if len(values) == 1 else f"{', '.join(values[:-1])} or {values[-1]}"


def _between(node: exp.Expr) -> str:
    return f"{_words(node.this)} is between {_words(node.args['low'])} and {_words(node.args['high'])}"


def _like(node: exp.Expr) -> str:
    pattern = node.expression
    if isinstance(pattern, exp.Any):
        inner = pattern.this.unnest()
        patterns = [_words(item) for item in (inner.expressions or [inner])]
        return f"{_words(node.this)} is like {_any_of(patterns)}"
    text = str(pattern.name)
    core = text.strip("%")
    if core and text == f"%{core}%" and "%" not in core:
        return f"{_words(node.this)} contains {_words(exp.Literal.string(core))}"
    return f"{_words(node.this)} is like {_words(pattern)}"


def _coalesce(node: exp.Expr) -> str:
    if len(node.expressions) != 1:
        return node.sql(dialect="databricks")
    fallback = _words(node.expressions[0])
    if isinstance(node.this, exp.Sum):
        return f"{_words(node.this)} ({fallback} when there is none)"
    return f"{_words(node.this)} (empty counts as {fallback})"


def _count(node: exp.Expr) -> str:
    counted = node.this
    if isinstance(counted, exp.Star):
        return "number of rows"
    if isinstance(counted, exp.Distinct):
        return _count_distinct(counted.expressions)
    filled = " and ".join(f"{_words(value)} is filled" for value in (counted, *node.expressions))
    return f"number of rows where {filled}"


def _count_distinct(values: list[exp.Expr]) -> str:
    if len(values) > 1:
        return f"number of different ({', '.join(_words(value) for value in values)}) pairs"
    if isinstance(values[0], exp.Star):
        return "number of different rows"
    condition, value = _conditional(values[0], without_effect=("NULL",))
    return f"number of different {_words(value)} values{condition}"


def _conditional(node: exp.Expr, without_effect: tuple[str, ...]) -> tuple[str, exp.Expr]:
    """A value that counts only under a condition: (`` where …``, value); no condition gives an empty text.

    Args:
        node: what an aggregate reads.
        without_effect: the values that change nothing in that aggregate.
    """
    if not isinstance(node, exp.If):
        return "", node
    yes, no = node.args["true"], node.args.get("false") or exp.Null()
    if _words(no) in without_effect:
        return f" where {_words(node.this)}", yes
    if _words(yes) in without_effect:
        return f" where {_condition(node.this)} is not true", no
    return "", node


def _condition(node: exp.Expr) -> str:
    """A condition that something is said about: ``and`` and ``or`` need their own bracket then."""
    return f"({_words(node)})" if isinstance(node, exp.And | exp.Or) else _words(node)


def _sum(node: exp.Expr) -> str:
    condition, value = _conditional(node.this, without_effect=("NULL", "0"))
    return f"sum of {_measured(value)}{condition}"


def _percentile(node: exp.Expr) -> str:
    share = node.args["quantile"]
    if not (isinstance(share, exp.Literal) and not share.is_string):
        return node.sql(dialect="databricks")
    percent = f"{float(share.name) * 100:.6g}"
    if percent == "50":
        return f"median of {_measured(node.this)}"
    regular = "." in percent or percent[-2:] in {"11", "12", "13"}
    ending = "th" if regular else _ORDINALS.get(percent[-1], "th")
    return f"{percent}{ending} percentile of {_measured(node.this)}"


def _timestamp_difference(node: exp.Expr) -> str:
    unit = node.args.get("unit")
    name = str(unit.name).lower() if unit is not None else "unit"
    return f"{name}s from {_words(node.expression)} to {_words(node.this)}"


def _greatest(node: exp.Expr) -> str:
    floor = node.expressions[-1] if node.expressions else None
    if len(node.expressions) == 1 and isinstance(floor, exp.Literal):
        return f"({_words(node.this)}, at least {_words(floor)})"
    return node.sql(dialect="databricks")


def _of(word: str) -> Callable[[Any], str]:
    return lambda node: f"{word} of {_measured(node.this)}"


def _measured(node: exp.Expr) -> str:
    return f"({_words(node)})" if type(node) in _ARITHMETIC else _words(node)


_WRITERS: dict[type[exp.Expr], Callable[[Any], str]] = {
    **dict.fromkeys(_COMPARISONS, _comparison),
    **dict.fromkeys(_ARITHMETIC, _arithmetic),
    exp.And: _conjunction,
    exp.Or: _conjunction,
    exp.Not: _not,
    exp.Is: _is,
    exp.In: _in,
    exp.Like: _like,
    exp.Between: _between,
    exp.Coalesce: _coalesce,
    exp.Column: lambda node: str(node.name),
    exp.Count: _count,
    exp.CountIf: lambda node: f"number of rows where {_words(node.this)}",
    exp.Avg: _of("average"),
    exp.Max: _of("maximum"),
    exp.Min: _of("minimum"),
    exp.Stddev: _of("sample standard deviation"),
    exp.StddevSamp: _of("sample standard deviation"),
    exp.Sum: _sum,
    exp.Quantile: _percentile,
    exp.Literal: _literal,
    exp.Lower: _of("lower case"),
    exp.Hour: _of("hour"),
    exp.Paren: lambda node: f"({_words(node.this)})",
    exp.Pow: lambda node: f"{_measured(node.this)}^{_measured(node.expression)}",
    exp.TimestampDiff: _timestamp_difference,
    exp.Greatest: _greatest,
}
