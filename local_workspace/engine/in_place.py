"""Rows that are read in place may change while they are read; then what was made of them is worth nothing."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from local_workspace.engine.failures import RefreshCancelled, RefreshExhausted
from local_workspace.engine.progress import was_rewritten

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import duckdb

    from local_workspace.engine.source import Extent, Source


class RowsChanged(Exception):  # noqa: N818 - it says what happened; whoever catches it begins again
    """Rows were changed or removed while they were read in place."""


@contextmanager
def watched(
    connection: duckdb.DuckDBPyConnection, table: str, source: Source, extent: Extent
) -> Iterator[Callable[[], None]]:
    """Watch the rows of a table while the block reads them; it calls what is given before it keeps what it made of them.

    Args:
        connection: of the data file.
        table: `catalog.schema.table`.
        source: says whether they are read in place; copied rows are not watched.
        extent: up to where they are read.

    Raises:
        RowsChanged: they changed; whatever else went wrong in the block may be due to that.
    """
    read = extent.read if source.is_in_place else None

    def confirm() -> None:
        if read is not None and was_rewritten(connection, table, read):
            raise RowsChanged(table)

    try:
        yield confirm
    except (RefreshCancelled, RefreshExhausted):
        raise
    except Exception:
        confirm()
        raise
