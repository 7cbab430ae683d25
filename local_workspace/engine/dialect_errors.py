"""What is said when a piece of SQL cannot be run, and how DuckDB's run-time failures are worded."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlglot import exp

DIVIDE_BY_ZERO: Final = (
    "[DIVIDE_BY_ZERO] Division by zero. Use `try_divide` to tolerate divisor being 0 and return NULL instead. "
    "SQLSTATE: 22012"
)
REMAINDER_BY_ZERO: Final = (
    "[REMAINDER_BY_ZERO] Remainder by zero. Use `try_mod` to tolerate divisor being 0 and return NULL instead. "
    "SQLSTATE: 22012"
)


class UnsupportedSQLError(ValueError):
    """SQL that is not run: its text names the function or construct and, where there is one, the way out."""


class AnalysisError(UnsupportedSQLError):
    """SQL that Databricks refuses too; the text carries Databricks' error class and SQLSTATE."""


def shown(node: exp.Expr) -> str:
    """The Databricks SQL of a tree, cut to what fits into a message."""
    text = node.sql(dialect="databricks")
    return text if len(text) <= 80 else text[:77] + "..."  # noqa: PLR2004 - one line of a message


def nearest(name: str, known: Iterable[str]) -> str:
    """`; did you mean X?` when a known name is near, else an empty text."""
    by_lower = {each.lower(): each for each in known}
    found = get_close_matches(name.lower(), by_lower, n=1, cutoff=0.75)
    return f"; did you mean {by_lower[found[0]]}?" if found else ""


def _quoted(parts: Iterable[str]) -> str:
    return ".".join("`" + part.replace("`", "``") + "`" for part in parts)


def unknown_column(parts: list[str], known: Iterable[str]) -> AnalysisError:
    """The error for a name that no column in scope has; `known` are the columns in scope."""
    by_lower = {name.lower(): name for name in known}
    near = get_close_matches(parts[-1].lower(), by_lower, n=5, cutoff=0.4)
    suggestions = [by_lower[name] for name in near] or sorted(by_lower.values())[:5]
    head = f"A column, variable, or function parameter with name {_quoted(parts)} cannot be resolved."
    if not suggestions:
        return AnalysisError(f"[UNRESOLVED_COLUMN.WITHOUT_SUGGESTION] {head} SQLSTATE: 42703")
    listed = ", ".join(_quoted([name]) for name in suggestions)
    return AnalysisError(
        f"[UNRESOLVED_COLUMN.WITH_SUGGESTION] {head} Did you mean one of the following? [{listed}]. SQLSTATE: 42703"
    )


def unknown_table(parts: Iterable[str]) -> AnalysisError:
    """The error for a table or view that is not there."""
    return AnalysisError(
        f"[TABLE_OR_VIEW_NOT_FOUND] The table or view {_quoted(parts)} cannot be found. "
        "Verify the spelling and correctness of the schema and catalog. SQLSTATE: 42P01"
    )


def raise_error(message: str) -> str:
    """DuckDB SQL that fails with the message when it is evaluated."""
    return "error('" + message.replace("'", "''") + "')"


def mismatch(what: str, reason: str) -> AnalysisError:
    """The error for arguments whose types do not fit."""
    return AnalysisError(
        f'[DATATYPE_MISMATCH] Cannot resolve "{what}" due to data type mismatch: {reason} SQLSTATE: 42K09'
    )


def wrong_arguments(name: str, expected: str, actual: int) -> AnalysisError:
    """The error for a call with too few or too many arguments."""
    return AnalysisError(
        f"[WRONG_NUM_ARGS.WITHOUT_SUGGESTION] The `{name.lower()}` requires {expected} parameters "
        f"but the actual number is {actual}. SQLSTATE: 42605"
    )


_RUN_TIME: Final = (
    (
        re.compile(
            r"Could not convert string \S+ to DECIMAL|Could not cast value \S+ to DECIMAL|to type DECIMAL"
        ),
        "[NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION]",
        "22003",
    ),
    (re.compile(r"of DECIMAL\(\d+\)"), "[NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION]", "22003"),
    (re.compile(r"Type INT128 with value"), "[ARITHMETIC_OVERFLOW]", "22003"),
    (
        re.compile(r"Type \w+ with value \S+ can't be cast|Failed to cast decimal value"),
        "[CAST_OVERFLOW]",
        "22003",
    ),
    (re.compile(r"Date out of range"), "[DATETIME_FIELD_OUT_OF_BOUNDS.WITH_SUGGESTION]", "22023"),
    (re.compile(r"Conversion Error"), "[CAST_INVALID_INPUT]", "22018"),
    (re.compile(r"Overflow in \w+ of INT(8|16) "), "[BINARY_ARITHMETIC_OVERFLOW]", "22003"),
    (re.compile(r"Out of Range Error|out of range|Overflow"), "[ARITHMETIC_OVERFLOW]", "22003"),
)


def databricks_message(error: BaseException) -> str:
    """The text of a failure at run time, with Databricks' error class where one is known.

    Errors raised by translated SQL already carry their Databricks text; DuckDB's own overflow and conversion errors
    get the error class in front. Anything else keeps its text.
    """
    text = str(error).strip()
    carried = re.search(r"\[[A-Z_.]+\] .*SQLSTATE: \w{5}", text, re.DOTALL)
    if carried:
        return carried.group(0)
    first = text.split("\n", 1)[0]
    for pattern, error_class, state in _RUN_TIME:
        if pattern.search(text):
            return f"{error_class} {first.split(': ', 1)[-1]} SQLSTATE: {state}"
    return first
