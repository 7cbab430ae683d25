"""Why a refresh ends without a result, and which metric or slice is to blame."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import duckdb

from local_workspace.engine.dialect import databricks_message

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator


class RefreshFailed(Exception):  # noqa: N818 - the state's name on the service
    """A refresh that failed; its text is the refresh's message. The output tables are as they were."""


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
        RefreshFailed: the statement failed.
        RefreshCancelled: it was interrupted.
    """
    try:
        yield
    except duckdb.InterruptException as error:
        raise RefreshCancelled("the refresh was interrupted") from error
    except duckdb.Error as error:
        for what, query in attempts():
            reason = _reason(connection, query)
            if reason:
                raise RefreshFailed(f"{what}: {reason}") from error
        raise RefreshFailed(databricks_message(error)) from error


def _reason(connection: duckdb.DuckDBPyConnection, query: str) -> str | None:
    try:
        connection.execute(query).fetchall()
    except duckdb.InterruptException:
        raise
    except duckdb.Error as error:
        return databricks_message(error)
    return None
