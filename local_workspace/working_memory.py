"""How much memory a refresh is given: as much as its rows call for, not all that is allowed.

DuckDB keeps what it has read for as long as it may, so that a refresh takes whatever the limit is, needed or not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from local_workspace.data import Data
    from local_workspace.engine.refresh import RefreshReport
    from local_workspace.names import TableName

_LEAST: Final = 300 * 10**6
"""Bytes for groups and hash tables, however few the rows."""

_BYTES_OF_VALUE: Final = 8
"""For each value of the monitored table, read and grouped; what does not fit is spilled. Found by measuring, see
`docs/decisions/memory-by-rows.md`."""

FEW: Final = 1_000_000
"""Values up to which a refresh takes little in any case."""


@dataclass(frozen=True)
class MemoryNeed:
    """What is known of the memory that a refresh needs.

    Attributes:
        values: how many it reads, as `count_values` gives them.
        is_all: whether it may be much of what is allowed, so that it has to run alone.
    """

    values: int | None
    is_all: bool


def count_values(data: Data, tables: Iterable[TableName]) -> int | None:
    """Rows times columns of tables, those that are not there left out; None when one is a view, whose rows are not known."""
    values = 0
    for name in tables:
        columns = data.column_types(name)
        rows = data.count_rows(name)
        if columns and rows is None:
            return None
        values += len(columns) * (rows or 0)
    return values


def refresh_within(data: Data, values: int | None, refresh: Callable[[], RefreshReport]) -> RefreshReport:
    """Carry a refresh out that reads so many values, in little memory; again in all that is allowed when that is not enough.

    Raises:
        RefreshFailed: as `refresh` does; and both tables are as they were.
    """
    from local_workspace.engine.failures import RefreshExhausted  # noqa: PLC0415 - loaded when it is needed

    if values is None or values <= FEW:
        return refresh()
    with data.within(_LEAST + values * _BYTES_OF_VALUE) as is_less:
        try:
            return refresh()
        except RefreshExhausted:
            if not is_less:
                raise
    return refresh()
