"""Why a refresh ends without a result, and which metric or slice is to blame."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import duckdb

from local_workspace.engine.dialect import databricks_message

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator


_FULL_DISK: Final = ("No space left on device", "File too large", "Disk quota exceeded")
"""What the operating system says when no more can be written."""
_SMALLER: Final = "Fewer slices, columns or granularities need less. Both tables are as they were."


class RefreshFailed(Exception):  # noqa: N818 - the state's name on the service
    """A refresh that failed; its text is the refresh's message. The output tables are as they were."""


class RefreshExhausted(RefreshFailed):
    """A refresh for which memory or disk was not enough."""


class RefreshCancelled(Exception):  # noqa: N818 - the state's name on the service
    """A refresh that was asked to stop. The output tables are as they were."""


@contextmanager
def failing(
    attempts: Callable[[], Iterable[tuple[str, str]]], connection: duckdb.DuckDBPyConnection
) -> Iterator[None]:
    """Turn a failure of DuckDB into `RefreshFailed`.

    Args:
        attempts: gives (what, query) of the parts of the failed statement; the first that fails alone is named.
        connection: runs them.

    Raises:
        RefreshExhausted: memory or disk was not enough.
        RefreshFailed: the statement failed for another reason.
        RefreshCancelled: it was interrupted.
    """
    try:
        yield
    except duckdb.InterruptException as error:
        raise RefreshCancelled("the refresh was interrupted") from error
    except duckdb.Error as error:
        exhausted = _exhausted(error, connection)
        if exhausted:
            raise RefreshExhausted(exhausted) from error
        for what, query in attempts():
            reason = _reason(connection, query)
            if reason:
                raise RefreshFailed(f"{what}: {reason}") from error
        raise RefreshFailed(databricks_message(error)) from error


def _exhausted(error: duckdb.Error, connection: duckdb.DuckDBPyConnection) -> str | None:
    """What ran out, memory or disk, and what to do; None for any other failure."""
    first = str(error).split("\n", 1)[0]
    if any(sign in first for sign in _FULL_DISK):
        return f"The disk is full: {first}. Make room beside the workspace's folder and refresh again. {_SMALLER}"
    if not isinstance(error, duckdb.OutOfMemoryException):
        return None
    settings = dict(
        connection.execute(
            "SELECT name, value FROM duckdb_settings() WHERE name IN ('memory_limit', 'max_temp_directory_size')"
        ).fetchall()
    )
    memory, disk = settings["memory_limit"], settings["max_temp_directory_size"]
    beside = "nothing may go to disk" if disk == "0 bytes" else f"at most {disk} may go to disk"
    return (
        f"The memory is not enough: its limit is {memory}, and {beside} ({first}). "
        f"Raise the switches memory_limit or spill_limit and refresh again. {_SMALLER}"
    )


def _reason(connection: duckdb.DuckDBPyConnection, query: str) -> str | None:
    try:
        connection.execute(query).fetchall()
    except duckdb.InterruptException:
        raise
    except duckdb.Error as error:
        return databricks_message(error)
    return None
