"""Case files: SQL expressions and what Databricks makes of them, read by the tests of DuckDB's side and of Spark's.

One case a line, its parts separated by `; ` from the right; a value `!CLASS` is a failure with that error class. The
tables that the expressions read are written in Databricks SQL too, so that both engines are given the same text.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent / "cases"

ONE_ROW: Final = """
    SELECT * FROM VALUES (
        CAST(7 AS TINYINT), 7, CAST(10 AS BIGINT), 0, CAST(0.5 AS FLOAT), 2.5D, 1e10, CAST(1.50 AS DECIMAL(10,2)),
        CAST('0.123456789012345678' AS DECIMAL(38,18)), 'Word', '12', CAST(NULL AS INT), TRUE, DATE '2024-02-29',
        TIMESTAMP '2024-02-29 13:14:15.25', ARRAY('x', 'y', NULL), MAP('k', 1),
        NAMED_STRUCT('start', TIMESTAMP '2024-02-29 00:00:00', 'end', TIMESTAMP '2024-03-01 00:00:00')
    ) AS v(t, i, l, z, f, x, big, d, w, s, num, n, b, day, ts, a, m, `window`)
"""
"""One row with a column of each type."""

THREE_ROWS: Final = """
    SELECT * FROM VALUES
        (1, CAST(1 AS BIGINT), 1.5D, CAST(1.50 AS DECIMAL(10,2)), 'a', 'p', TRUE, CAST(0.5 AS FLOAT), '1', 4,
            DATE '2024-01-01', TIMESTAMP '2024-01-01 00:00:00', CAST('NaN' AS DOUBLE)),
        (2, CAST(2 AS BIGINT), 2.5D, CAST(2.25 AS DECIMAL(10,2)), 'b', 'p', FALSE, CAST(0.5 AS FLOAT), '2', 4,
            DATE '2024-01-02', TIMESTAMP '2024-01-02 12:00:00', 1.0D),
        (NULL, CAST(3 AS BIGINT), NULL, NULL, 'b', NULL, NULL, NULL, '3', 4, NULL, NULL, NULL)
    AS v(i, l, x, d, s, u, b, f, num, same, day, ts, nan)
"""
"""Rows to aggregate, with NULLs, equal values and a NaN."""

NO_ROWS: Final = f"SELECT * FROM ({THREE_ROWS}) WHERE FALSE"

TABLES: Final = {"one_row": ONE_ROW, "three_rows": THREE_ROWS, "no_rows": NO_ROWS}


@dataclass(frozen=True)
class Outcome:
    """What an engine makes of an expression.

    Attributes:
        type: Databricks type of the value, such as `DECIMAL(10,2)`; VOID for a bare NULL; "" when it is refused.
        value: what CAST(… AS STRING) gives, "NULL", or "!" and the error class of the failure.
    """

    type: str
    value: str

    def agrees(self, kind: str, value: str) -> bool:
        """Whether type and value are these; FLOAT and DOUBLE may differ by one part in a billion."""
        if self.type != kind or self.value == value or kind not in {"FLOAT", "DOUBLE"}:
            return (self.type, self.value) == (kind, value)
        try:
            return math.isclose(_number(self.value), _number(value), rel_tol=1e-9)
        except ValueError:
            return False


def _number(text: str) -> float:
    return float(text.replace("Infinity", "inf"))


def cases(name: str, parts: int) -> list[list[str]]:
    """The cases of `cases/{name}.sql`; lines that begin with `--` are comments."""
    found = []
    for line in (FOLDER / f"{name}.sql").read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("--"):
            pieces = line.rsplit("; ", parts - 1) if parts > 2 else line.split("; ", 1)
            assert len(pieces) == parts, f"{name}.sql: {line}"
            found.append(pieces)
    return found


def scalar_cases() -> list[list[str]]:
    """Expression, type and value over `one_row`, of all files but those of aggregates and refusals."""
    names = sorted(file.stem for file in FOLDER.glob("*.sql") if file.stem not in {"aggregates", "refused"})
    return [case for name in names for case in cases(name, 3)]


def text_of(value: object) -> str:
    """The text of a value that is a text already, "NULL" for none."""
    return "NULL" if value is None else str(value)


def error_class(message: str) -> str:
    """`!DIVIDE_BY_ZERO` of a message that carries an error class."""
    found = re.search(r"\[([A-Z][A-Z0-9_.]+)\]", message)
    assert found is not None, message
    return f"!{found.group(1)}"
