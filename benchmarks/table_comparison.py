"""Whether two output tables hold the same rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from local_workspace.names import TableName, quoted

if TYPE_CHECKING:
    import duckdb

_DIGITS: Final = 9
"""That count in floating-point numbers: sums depend on the order of the rows."""


def different_rows(connection: duckdb.DuckDBPyConnection, one: str, other: str) -> int:
    """How many rows of two tables with the same columns are in one of them only.

    Args:
        connection: has both.
        one: full name of a table.
        other: full name of the other.
    """
    first, second = TableName.parse(one).relation, TableName.parse(other).relation
    described = connection.execute(f"DESCRIBE {first}").fetchall()
    listed = ", ".join(_comparable(name, kind) for name, kind, *_ in described)
    left, right = (f"SELECT {listed} FROM {relation}" for relation in (first, second))
    row = connection.execute(
        f"SELECT (SELECT count(*) FROM ({left} EXCEPT ALL {right})) + (SELECT count(*) FROM ({right} EXCEPT ALL {left}))"
    ).fetchone()
    return int(row[0]) if row else 0


def _comparable(name: str, kind: str) -> str:
    column = quoted(name)
    if kind != "DOUBLE":
        return f"CAST({column} AS VARCHAR) AS {column}"
    return f"format('{{:.{_DIGITS - 1}e}}', {column} + 0.0) AS {column}"
