"""Runs statements whose text comes again without parsing it again.

Refreshes of small tables ask for the same over their temporary tables again and again, and a third of what such a statement
takes is to parse it.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb

_MOST: Final = 2_000
"""Statements that are kept: those that ran last."""
_LONGEST: Final = 20_000
"""Characters of a statement that is kept; as parsed it takes twenty bytes for each."""

_kept: OrderedDict[str, duckdb.Statement] = OrderedDict()
_lock = threading.Lock()


def run(
    connection: duckdb.DuckDBPyConnection, text: str, values: Sequence[object] | None = None
) -> duckdb.DuckDBPyConnection:
    """Run one statement, as `connection.execute` does.

    Args:
        connection: runs it.
        text: one statement.
        values: of its parameters.

    Raises:
        duckdb.Error: as `connection.execute` does.
    """
    if len(text) > _LONGEST:
        return connection.execute(text, values)
    with _lock:
        statement = _kept.get(text)
        if statement is not None:
            _kept.move_to_end(text)
    if statement is None:
        (statement,) = connection.extract_statements(text)
        with _lock:
            _kept[text] = statement
            if len(_kept) > _MOST:
                _kept.popitem(last=False)
    return connection.execute(statement, values)
