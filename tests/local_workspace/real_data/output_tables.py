"""The `:table` rows of an output table, read with statements as a user would."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from tests.local_workspace.real_data.groups import Key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tests.local_workspace.target import Target

_PAGE: Final = 20_000
"""Rows of a statement: the widest of them stay below the 25 MiB at which a result is cut."""
_KEY: Final = ("granularity", "slice_key", "slice_value", "window.start")


@dataclass(frozen=True)
class OutputTable:
    """What an output table holds.

    Attributes:
        rows: the table-level rows: values by column name.
        column_counts: number of rows by `column_name`, also of the rows of single columns.
    """

    rows: dict[Key, dict[str, Any]]
    column_counts: dict[str, int]


def output_table(target: Target, table: str, columns: Sequence[str]) -> OutputTable:
    """Read the key, `window.end` and some columns of the table-level rows."""
    counted = _rows(target, f"SELECT column_name, COUNT(*) FROM {table} GROUP BY column_name")
    return OutputTable(dict(_table_rows(target, table, columns)), dict(counted))


def _table_rows(target: Target, table: str, columns: Sequence[str]) -> Iterator[tuple[Key, dict[str, Any]]]:
    order = ", ".join(_KEY)
    seen: set[Key] = set()
    for offset in range(0, 2**40, _PAGE):
        page = _rows(
            target,
            f"SELECT {', '.join([*_KEY, *columns])} FROM {table} WHERE column_name = ':table' "
            f"ORDER BY {order} LIMIT {_PAGE} OFFSET {offset}",
        )
        for row in page:
            key = Key(*row[: len(_KEY)])
            assert key not in seen, f"two rows of {table} are about {key}"
            seen.add(key)
            yield key, dict(zip(columns, row[len(_KEY) :], strict=True))
        if len(page) < _PAGE:
            return


def _rows(target: Target, sql: str) -> list[list[Any]]:
    answer = target.statement(sql, wait_timeout="50s")
    assert answer.status is not None
    assert answer.status.error is None, answer.status.error.message
    assert answer.manifest is not None
    assert answer.manifest.schema is not None
    assert not answer.manifest.truncated, sql
    read = [_READERS[str(column.type_text)] for column in answer.manifest.schema.columns or []]
    cells: list[list[str]] = []
    chunk = answer.result
    while chunk is not None and chunk.data_array:
        cells += chunk.data_array
        if chunk.next_chunk_index is None:
            break
        chunk = target.sdk.statement_execution.get_statement_result_chunk_n(
            answer.statement_id or "", chunk.next_chunk_index
        )
    return [
        [None if cell is None else one(cell) for one, cell in zip(read, row, strict=True)] for row in cells
    ]


def _moment(cell: str) -> datetime:
    return datetime.fromisoformat(cell).replace(tzinfo=None)


_READERS: Final[dict[str, Callable[[str], Any]]] = {
    "STRING": str,
    "BIGINT": int,
    "DOUBLE": float,
    "TIMESTAMP": _moment,
}
