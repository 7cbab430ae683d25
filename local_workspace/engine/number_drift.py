"""Compares the number columns of the pairs of rows: distributions out of DuckDB, results back in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from local_workspace.engine.coercion import identifier
from local_workspace.engine.distances import compare_numbers
from local_workspace.engine.output_columns import SKETCH, SKETCH_SIZE
from local_workspace.engine.temporary import NUMBER_PAIRS, NUMBER_TESTS, PAIRS, PROFILE

if TYPE_CHECKING:
    from collections.abc import Callable

    import duckdb

    from local_workspace.engine.switches import Switches

_AT_ONCE: Final = 4096
"""Pairs whose distributions are held outside DuckDB at once, at most 16 KB each."""

_RESULTS: Final = "refresh_number_results"
_MEASURES: Final = ("statistic", "pvalue", "wasserstein", "stability_index")


def compare_number_columns(
    connection: duckdb.DuckDBPyConnection, switches: Switches, proceed: Callable[[], None]
) -> None:
    """Fill `NUMBER_TESTS`, one row for each pair of `PAIRS` in which both windows have values.

    Args:
        connection: holds `PAIRS` and `PROFILE`.
        switches: what to do where nothing is published.
        proceed: called between steps; may raise.
    """
    size = identifier(SKETCH_SIZE)
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {NUMBER_PAIRS} AS SELECT row_number() OVER (ORDER BY compared_row) AS place, "
        f"pair, current_row, compared_row FROM {PAIRS} AS pairs "
        f"JOIN {PROFILE} AS one ON one.rowid = pairs.current_row "
        f"JOIN {PROFILE} AS other ON other.rowid = pairs.compared_row WHERE one.{size} > 0 AND other.{size} > 0"
    )
    measures = ", ".join(f"{name} DOUBLE" for name in _MEASURES)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {NUMBER_TESTS} (pair BIGINT, {measures})")
    (pairs,) = connection.execute(f"SELECT count(*) FROM {NUMBER_PAIRS}").fetchone() or (0,)
    for first in range(1, pairs + 1, _AT_ONCE):
        proceed()
        _compare(connection, switches, f"place BETWEEN {first} AND {first + _AT_ONCE - 1}")


def _compare(connection: duckdb.DuckDBPyConnection, switches: Switches, which: str) -> None:
    sketch, size = identifier(SKETCH), identifier(SKETCH_SIZE)
    found = connection.execute(
        f"SELECT pair, one.{sketch} AS current, other.{sketch} AS compared, one.{size} AS current_size, "
        f"other.{size} AS compared_size FROM {NUMBER_PAIRS} AS pairs "
        f"JOIN {PROFILE} AS one ON one.rowid = pairs.current_row "
        f"JOIN {PROFILE} AS other ON other.rowid = pairs.compared_row WHERE {which}"
    ).fetchnumpy()
    sizes = found["current_size"], found["compared_size"]
    tests = compare_numbers(list(found["current"]), list(found["compared"]), sizes, switches)
    connection.register(
        _RESULTS, {"pair": found["pair"], **{name: getattr(tests, name) for name in _MEASURES}}
    )
    try:
        connection.execute(f"INSERT INTO {NUMBER_TESTS} BY NAME SELECT * FROM {_RESULTS}")
    finally:
        connection.unregister(_RESULTS)
