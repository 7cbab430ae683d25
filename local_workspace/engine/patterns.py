"""LIKE and ILIKE with ANY, ALL and ESCAPE."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from local_workspace.engine.coercion import Typed, coerce, text_literal, typed
from local_workspace.engine.dialect_errors import UnsupportedSQLError, shown
from local_workspace.engine.types import BOOLEAN, STRING

if TYPE_CHECKING:
    from local_workspace.engine.expressions import Translator


def _like_pattern(node: exp.Expr, pattern: Typed, escape: str) -> str:
    """` ESCAPE …` where the pattern may need it.

    Raises:
        UnsupportedSQLError: an escape stands before another character, which Databricks refuses.
    """
    if not isinstance(node, exp.Literal):
        return f" ESCAPE {text_literal(escape)}"
    text, at = node.name, 0
    while (at := text.find(escape, at)) >= 0:
        if text[at + 1 : at + 2] not in {"%", "_", escape}:
            raise UnsupportedSQLError(
                f"[INVALID_FORMAT.ESC_IN_THE_MIDDLE] The format is invalid: {pattern.sql}. The escape character "
                f"is not allowed to precede '{text[at + 1 : at + 2]}'. SQLSTATE: 42601"
            )
        at += 2
    return f" ESCAPE {text_literal(escape)}" if escape in text else ""


def like(translator: Translator, node: exp.Expr, escape: str = "\\") -> Typed:
    """`text [NOT] LIKE pattern`, also ILIKE; NOT LIKE ANY is true when one pattern does not match."""
    word = "ILIKE" if isinstance(node, exp.ILike) else "LIKE"
    value = coerce(translator.translate(node.this), STRING)
    pattern = node.expression
    if isinstance(pattern, exp.Any | exp.All):
        joined = " OR " if isinstance(pattern, exp.Any) else " AND "
        listed = pattern.this.unnest()
        patterns = listed.expressions if isinstance(listed, exp.Tuple) else [listed]
    else:
        joined, patterns = " OR ", [pattern]
    texts = [(each, coerce(translator.translate(each), STRING)) for each in patterns]
    if node.args.get("negate"):
        word = f"NOT {word}"
    tests = [f"{value} {word} {text}{_like_pattern(each, text, escape)}" for each, text in texts]
    sql = tests[0] if len(tests) == 1 else joined.join(f"({test})" for test in tests)
    return typed(sql, BOOLEAN, [value, *(text for _, text in texts)], atomic=False)


def escaped(translator: Translator, node: exp.Expr) -> Typed:
    """`text LIKE pattern ESCAPE character`."""
    if not isinstance(node.this, exp.Like | exp.ILike) or len(node.expression.name) != 1:
        raise UnsupportedSQLError(f"{shown(node)} is not supported: ESCAPE takes one character")
    return like(translator, node.this, node.expression.name)
