"""Reads one Databricks SQL expression, and says in words why a text is none."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from monitoring.nearest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

DIALECT = "databricks"
LONGEST = 20_000
"""Characters; no sensible definition comes near, and the parser recurses."""
_NEEDED: dict[type[exp.Expr], tuple[str, str]] = {
    exp.Count: ("COUNT", "this"),
    exp.Distinct: ("DISTINCT", "expressions"),
    exp.Quantile: ("PERCENTILE", "quantile"),
    exp.RegexpReplace: ("REGEXP_REPLACE", "replacement"),
}
"""The functions whose missing argument the parser lets pass, and where the argument would stand."""
_NOT_ALLOWED: dict[type[exp.Expr], tuple[str, str]] = {
    exp.Max: ("MAX", "expressions"),
    exp.Min: ("MIN", "expressions"),
    exp.CountIf: ("COUNT_IF", "zero_on_all_null"),
}
"""The functions that other dialects give more arguments, and where the first surplus one stands."""


class ExpressionError(ValueError):
    """The text is not one SQL expression; the message says why."""


def parse(text: str) -> exp.Expr:
    """The one expression in ``text``.

    Raises:
        ExpressionError: nothing, more than one statement, not an expression, or not SQL.
    """
    if not text.strip():
        raise ExpressionError("is empty; write one SQL expression")
    if len(text) > LONGEST:
        raise ExpressionError(f"is {len(text)} characters long; {LONGEST} are allowed")
    try:
        tokens = sqlglot.tokenize(text, read=DIALECT)
        with _without_warnings():
            statements = sqlglot.parse(text, read=DIALECT)
    except SqlglotError as error:
        raise ExpressionError(f"cannot be read as SQL: {_first_line(error)}") from None
    except (RecursionError, ValueError, TypeError, AttributeError, LookupError, AssertionError) as error:
        # The parser itself stumbles over some texts; to an author it is the same finding.
        raise ExpressionError(f"cannot be read as SQL ({type(error).__name__} in the parser)") from None
    if any(token.comments for token in tokens):
        raise ExpressionError("holds a comment, which would swallow the SQL around it; say it in meaning")
    if any(token.token_type is sqlglot.TokenType.SEMICOLON for token in tokens):
        raise ExpressionError("holds a ';'; write exactly one expression")
    if len(statements) != 1 or statements[0] is None:
        raise ExpressionError("is empty; write one SQL expression")
    expression = _only_an_expression(statements[0])
    _check_arguments(expression)
    return expression


@contextmanager
def _without_warnings() -> Iterator[None]:
    """The parser logs a warning about commands that it only knows by name; here they are a finding anyway."""
    logger = logging.getLogger("sqlglot")
    before = logger.disabled
    logger.disabled = True
    try:
        yield
    finally:
        logger.disabled = before


def _only_an_expression(statement: exp.Expr) -> exp.Expr:
    if isinstance(statement, exp.Query | exp.Values):
        raise ExpressionError("is a query; write one expression without SELECT")
    if isinstance(statement, exp.Alias | exp.Aliases):
        raise ExpressionError(f"names its result '{statement.alias}'; the column is named after the metric")
    if isinstance(statement, exp.Star | exp.Tuple | exp.Command | exp.DDL | exp.DML) or not isinstance(
        statement, exp.Condition | exp.Filter | exp.WithinGroup | exp.Interval
    ):
        raise ExpressionError("is not an expression")
    return statement


def _check_arguments(expression: exp.Expr) -> None:
    for node in expression.walk():
        name, argument = _NEEDED.get(type(node), ("", ""))
        if name and not node.args.get(argument):
            raise ExpressionError(f"gives {name} too few arguments")
        name, argument = _NOT_ALLOWED.get(type(node), ("", ""))
        if name and node.args.get(argument):
            raise ExpressionError(f"gives {name} too many arguments")


def _first_line(error: Exception) -> str:
    lines = str(error).replace("\x1b[4m", "").replace("\x1b[0m", "").splitlines()
    return lines[0].rstrip(".") if lines else type(error).__name__


def unknown_column(name: str, table: str, columns: Iterable[str]) -> str:
    """The reason for a name that is no column of ``table``."""
    return f"unknown column '{name}' in {table}{did_you_mean(name, columns)}"
