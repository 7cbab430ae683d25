"""The list of functions in docs/sql-functions.md, made from the tables that the translator itself goes by."""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING, Final

from local_workspace.engine.aggregates import AGGREGATES
from local_workspace.engine.dialect import expression_type, parse_expression, to_duckdb_sql, translate
from local_workspace.engine.dialect_errors import UnsupportedSQLError
from local_workspace.engine.functions import CONDITIONALS
from local_workspace.engine.functions_collections import COLLECTION_FUNCTIONS
from local_workspace.engine.functions_number import NUMBER_FUNCTIONS
from local_workspace.engine.functions_patterns import PATTERN_FUNCTIONS
from local_workspace.engine.functions_text import TEXT_FUNCTIONS
from local_workspace.engine.functions_time import TIME_FUNCTIONS
from local_workspace.engine.functions_windows import WINDOWS
from local_workspace.engine.refused_functions import REFUSED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from local_workspace.engine.calls import Function

_HEAD: Final = """# Functions of Databricks SQL in the local workspace

Generated from the tables of the translator by `python -m local_workspace functions`; do not edit by hand.

Metrics, slices and statements are written in Databricks SQL and translated to DuckDB, function by function. What is not
known to mean the same is refused by name before anything runs. Each function below is compared with Spark, type, value
and error, by the cases in `tests/local_workspace/engine/cases/`. Literals, operators, CASE, CAST, TRY_CAST, `::`,
EXTRACT, LIKE, IN, BETWEEN and FILTER are translated too; the clock's functions (CURRENT_DATE, CURRENT_TIMESTAMP, NOW,
GETDATE, CURDATE) give the time of the workspace.

The third column is the translation of the call in the first; its columns are {columns}.
Implicit casts and the errors of ANSI mode are part of a translation, so other types of arguments give other texts.
"""

COLUMNS: Final = {
    "x": "DOUBLE",
    "y": "DOUBLE",
    "n": "INT",
    "m": "INT",
    "s": "STRING",
    "t": "STRING",
    "ts": "TIMESTAMP",
    "day": "DATE",
    "flag": "BOOLEAN",
    "list": "ARRAY<STRING>",
    "lists": "ARRAY<ARRAY<INT>>",
    "map": "MAP<STRING, INT>",
}
_NUMBERS: Final = ("x", "y", "n", "m", "s")
_TEXTS: Final = ("s", "t", "'a'", "n", "256")
_TIMES: Final = ("ts", "n", "m", "day", "'yyyy-MM'", "MONTH", "1")
_COLLECTIONS: Final = ("list", "map", "lists", "'a'", "n")
_AGGREGATED: Final = ("x", "y", "0.5", "n", "flag", "s")

SECTIONS: Final[tuple[tuple[str, Mapping[str, Function], Sequence[str], str], ...]] = (
    ("Aggregates", AGGREGATES, _AGGREGATED, ""),
    ("Functions over a window", WINDOWS, ("x", "n"), " OVER (ORDER BY n)"),
    ("Conditions", CONDITIONALS, ("flag", "x", "y"), ""),
    ("Numbers", NUMBER_FUNCTIONS, _NUMBERS, ""),
    ("Text", TEXT_FUNCTIONS, _TEXTS, ""),
    ("Regular expressions", PATTERN_FUNCTIONS, ("s", "'(a+)b'", "'$1'"), ""),
    ("Time", TIME_FUNCTIONS, _TIMES, ""),
    ("Arrays, maps and structs", COLLECTION_FUNCTIONS, _COLLECTIONS, ""),
)
"""Title, functions, arguments to make examples of, and what follows a call."""


def functions_page() -> str:
    """The page, in Markdown."""
    columns = ", ".join(f"`{name}` {kind}" for name, kind in COLUMNS.items())
    parts = [_HEAD.format(columns=columns)]
    for title, table, arguments, tail in SECTIONS:
        parts.append(f"\n## {title}\n\n| call | type | in DuckDB | to know |\n|---|---|---|---|\n")
        parts.extend(_row(name, table[name], arguments, tail) for name in sorted(table))
    parts.append(
        "\n## Refused\n\nThe message names the function and says why. Any other name is refused too.\n\n"
        "| why | functions |\n|---|---|\n"
    )
    reasons: dict[str, list[str]] = {}
    for name, reason in REFUSED.items():
        reasons.setdefault(reason, []).append(f"`{name}`")
    parts.extend(f"| {reason} | {', '.join(names)} |\n" for reason, names in reasons.items())
    return "".join(parts)


def example(name: str, entry: Function, arguments: Sequence[str], tail: str = "") -> tuple[str, str, str]:
    """A call, its Databricks type, and its translation: the plainest of those with different arguments.

    Raises:
        LookupError: no choice among the arguments is accepted.
    """
    count = max(entry.least, 2) if entry.most is None else entry.least
    accepted = []
    for repeats, call in _calls(name, count, arguments, tail):
        try:
            accepted.append((repeats, call, to_duckdb_sql(translate(parse_expression(call), COLUMNS))))
        except UnsupportedSQLError:
            continue
    if not accepted:
        raise LookupError(
            f"{name}: none of the arguments {', '.join(arguments)} is accepted; add one to its section"
        )
    _, call, sql = min(accepted, key=lambda made: (made[0], len(made[2])))
    return call, expression_type(parse_expression(call), COLUMNS) or "", sql


def _calls(name: str, count: int, arguments: Sequence[str], tail: str) -> Iterator[tuple[bool, str]]:
    """The calls to try, and whether an argument stands in two places of them."""
    choices = [*permutations(arguments, count), *((each,) * count for each in arguments)]
    for chosen in choices:
        yield len(set(chosen)) < count, f"{name}({', '.join(chosen)}){tail}"
    yield False, f"{name}(0.5) WITHIN GROUP (ORDER BY {arguments[0]})"


def _row(name: str, entry: Function, arguments: Sequence[str], tail: str) -> str:
    call, kind, sql = example(name, entry, arguments, tail)
    cells = (f"`{call}`", kind, f"`{sql}`", entry.note)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"
