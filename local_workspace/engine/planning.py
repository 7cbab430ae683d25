"""Statements over few values are carried out as they are written: to plan them better would take longer than it saves."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from local_workspace.engine.statement_cache import run

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb

CHANGED_SETTING: Final = "enable_optimizer"
"""DuckDB's setting that is changed, for one connection; a locked configuration has to allow that."""
_FEW_VALUES: Final = 60_000
"""Up to so many values; with four times as many it took less time too, see `docs/decisions/few-values-as-written.md`."""


def _is_worth_planning(values: int) -> bool:
    return values > _FEW_VALUES


@contextmanager
def as_written(connection: duckdb.DuckDBPyConnection, values: int) -> Iterator[bool]:
    """Leave out DuckDB's optimizer for statements of one connection that read few values, and say whether it is.

    Without it a join is a join only where it is written as one, and all columns of a table are read: nothing for output
    tables, which may be large whatever the refresh reads (`planned` is for those). It stays left out when a statement
    fails: such a refresh is over.

    Args:
        connection: the refresh's own.
        values: how many the refresh reads; with many nothing is left out.
    """
    if _is_worth_planning(values):
        yield False
        return
    run(connection, "PRAGMA disable_optimizer")
    yield True
    run(connection, "PRAGMA enable_optimizer")


@contextmanager
def planned(connection: duckdb.DuckDBPyConnection, values: int, stored: int) -> Iterator[None]:
    """Let DuckDB's optimizer plan some statements within `as_written` that read output tables.

    Args:
        connection: the refresh's own.
        values: as in `as_written`.
        stored: how many values the output tables hold; with few nothing is planned either.
    """
    if _is_worth_planning(values) or not _is_worth_planning(stored):
        yield
        return
    run(connection, "PRAGMA enable_optimizer")
    yield
    run(connection, "PRAGMA disable_optimizer")
