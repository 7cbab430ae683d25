"""Finds divisions that can meet a zero: under ANSI rules one of them fails the whole refresh."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

if TYPE_CHECKING:
    from collections.abc import Callable


def division_reasons(expression: exp.Expr) -> list[str]:
    """One reason per division whose denominator is not known to differ from 0."""
    divisions = expression.find_all(exp.Div, exp.Mod, exp.IntDiv)
    reasons = (_reason(division.expression.unnest()) for division in divisions)
    return list(dict.fromkeys(reason for reason in reasons if reason))


def _reason(denominator: exp.Expr) -> str | None:
    if _never_zero(denominator):
        return None
    text = denominator.sql(dialect="databricks")
    if _number(denominator) == 0:
        return "division by 0 always fails"
    return f"division by {text} fails at 0; write NULLIF({text}, 0)"


def _never_zero(node: exp.Expr) -> bool:
    """Whether the value is NULL or differs from 0 whatever the data is."""
    number = _number(node)
    if number is not None:
        return number != 0
    proof = next((proof for kind, proof in _PROOFS.items() if isinstance(node, kind)), None)
    return proof is not None and proof(node)


def _number(node: exp.Expr) -> float | None:
    if isinstance(node, exp.Paren):
        return _number(node.this)
    if isinstance(node, exp.Neg):
        inner = _number(node.this)
        return None if inner is None else -inner
    if isinstance(node, exp.Literal) and not node.is_string:
        try:
            return float(node.name)
        except ValueError:
            return None
    return None


def _greatest(node: exp.Expr) -> bool:
    numbers = [_number(value) for value in (node.this, *node.expressions)]
    return any(number is not None and number > 0 for number in numbers)


def _coalesce(node: exp.Expr) -> bool:
    return all(_never_zero(value) for value in (node.this, *node.expressions))


_PROOFS: dict[type[exp.Expr], Callable[[exp.Expr], bool]] = {
    exp.Nullif: lambda node: _number(node.expression) == 0,
    exp.Null: lambda _: True,
    exp.Paren: lambda node: _never_zero(node.this),
    exp.Abs: lambda node: _never_zero(node.this),
    exp.Neg: lambda node: _never_zero(node.this),
    exp.Mul: lambda node: _never_zero(node.this) and _never_zero(node.expression),
    exp.Pow: lambda node: bool(_number(node.this)) and _number(node.expression) is not None,
    exp.Greatest: _greatest,
    exp.Coalesce: _coalesce,
}
"""How each kind of expression can be seen not to be 0; what is not listed cannot."""
