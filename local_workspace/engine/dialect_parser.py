"""Reads Databricks SQL.

sqlglot's own Databricks reader rewrites many function calls while it reads them (it swaps arguments, merges functions
that differ in detail). Here a call keeps its name and its arguments as they were written, so that the tables of
`functions.py` and `aggregates.py` decide what it means, and a call they do not know is refused by its own name.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any, ClassVar, Final

from sqlglot import TokenType, exp
from sqlglot.dialects.databricks import Databricks
from sqlglot.errors import ParseError, TokenError
from sqlglot.parsers.databricks import DatabricksParser

from local_workspace.engine.dialect_errors import UnsupportedSQLError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlglot import Token

_KEPT_TREES: Final = 1024
"""Expressions whose trees are kept, some kilobytes each: reading a metric again takes ten times as long as its copy."""
_KEPT_FUNCTIONS: Final = (
    "ARRAY",
    "COALESCE",
    "COUNT",
    "IF",
    "NULLIF",
    "STRUCT",
)
_KEPT_PARSERS: Final = (
    "CAST",
    "EXTRACT",
    "POSITION",
    "SUBSTRING",
    "SUBSTR",
    "TRIM",
    "TRY_CAST",
)


class LakehouseDatabricks(Databricks):
    """Databricks SQL in which a function call keeps its written name and arguments."""

    class Parser(DatabricksParser):
        """The parser; only syntax that is special to one function is parsed specially."""

        FUNCTIONS: ClassVar[dict[str, Any]] = {
            name: DatabricksParser.FUNCTIONS[name] for name in _KEPT_FUNCTIONS
        }
        FUNCTION_PARSERS: ClassVar[dict[str, Any]] = {
            name: DatabricksParser.FUNCTION_PARSERS[name] for name in _KEPT_PARSERS
        }
        NO_PAREN_FUNCTION_PARSERS: ClassVar[dict[str, Any]] = {
            name: DatabricksParser.NO_PAREN_FUNCTION_PARSERS[name] for name in ("ANY", "CASE", "IF")
        }


def _fold_adjacent_literals(tree: exp.Expr) -> exp.Expr:
    """Adjacent string literals are one literal: `'it''s'` is `its` in Databricks."""

    def fold(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.RawString):
            return exp.Literal.string(node.name)
        if isinstance(node, exp.Concat):
            return exp.Literal.string(
                "".join(_fold_adjacent_literals(part).name for part in node.expressions)
            )
        return node

    return tree.transform(fold)


def parse_statement(sql: str) -> exp.Expr:
    """The tree of exactly one Databricks statement.

    Raises:
        UnsupportedSQLError: the text is empty, is not SQL, or holds more than one statement.
    """
    dialect = LakehouseDatabricks()
    try:
        tokens = dialect.tokenize(sql)
        _refuse_doubled_quotes(tokens)
        trees = [tree for tree in dialect.parser().parse(tokens, sql) if tree is not None]
    except (ParseError, TokenError) as error:
        raise UnsupportedSQLError(_syntax_message(error)) from error
    trees = [tree for tree in trees if not isinstance(tree, exp.Semicolon)]
    if not trees:
        raise UnsupportedSQLError(
            "[PARSE_EMPTY_STATEMENT] Syntax error, unexpected empty statement. SQLSTATE: 42617"
        )
    if len(trees) > 1:
        raise UnsupportedSQLError(f"one statement expected, {len(trees)} found; send them one by one")
    return _fold_adjacent_literals(trees[0])


def _refuse_doubled_quotes(tokens: Sequence[Token]) -> None:
    """Up to Spark 4.0 `'it''s'` is two texts side by side, `its`; from 4.1 on it is one, `it's`."""
    texts = (TokenType.STRING, TokenType.RAW_STRING)
    for before, after in pairwise(tokens):
        if before.token_type in texts and after.token_type in texts and before.end + 1 == after.start:
            raise UnsupportedSQLError(
                f"a doubled quote inside a text ('{before.text}''{after.text}') means different things in different "
                "runtimes; write \\' for a quote, or a blank between two texts"
            )


def _syntax_message(error: ParseError | TokenError) -> str:
    details = error.errors[0] if isinstance(error, ParseError) and error.errors else {}
    near = details.get("highlight") or "end of input"
    reason = str(details.get("description") or error).split("\n", 1)[0].rstrip(".")
    return f"[PARSE_SYNTAX_ERROR] Syntax error at or near '{near}': {reason}. SQLSTATE: 42601"


def parse_expression(sql: str) -> exp.Expr:
    """The tree of one Databricks SQL expression, such as a metric definition or a slice.

    Raises:
        UnsupportedSQLError: the text is not exactly one expression.
    """
    return _parsed(sql).copy()


@lru_cache(_KEPT_TREES)
def _parsed(sql: str) -> exp.Expr:
    if not sql.strip():
        raise UnsupportedSQLError("an expression is expected, an empty text was given")
    statement = parse_statement(f"SELECT (\n{sql}\n)")
    inner = statement.expressions[0] if isinstance(statement, exp.Select) and statement.expressions else None
    alone = isinstance(statement, exp.Select) and not any(
        value
        for key, value in statement.args.items()
        if key not in {"expressions", "kind", "operation_modifiers"}
    )
    if not alone or not isinstance(inner, exp.Paren) or len(statement.expressions) != 1:
        raise UnsupportedSQLError(f"one SQL expression is expected, not: {sql.strip()}")
    found: exp.Expr = inner.this
    return found.pop() if found.parent else found
