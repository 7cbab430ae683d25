"""Compares the distributions of number columns: out of DuckDB, results back in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from local_workspace.engine.coercion import identifier
from local_workspace.engine.distances import compare_numbers
from local_workspace.engine.output_columns import SKETCH, SKETCH_SIZE
from local_workspace.engine.temporary import COMPARISONS, DISTRIBUTIONS, NUMBER_COMPARISONS, NUMBER_TESTS

if TYPE_CHECKING:
    from collections.abc import Callable

    import duckdb

    from local_workspace.engine.switches import Switches

_AT_ONCE: Final = 4096
"""Comparisons whose distributions are held outside DuckDB at once, at most 16 KB each."""

_RESULTS: Final = "refresh_number_results"
_MEASURES: Final = ("statistic", "pvalue", "wasserstein", "stability_index")


def compare_number_columns(
    connection: duckdb.DuckDBPyConnection, switches: Switches, proceed: Callable[[], None]
) -> None:
    """Fill `NUMBER_TESTS`, one row for each of `COMPARISONS` in which both windows have values.

    Args:
        connection: holds `COMPARISONS` and `DISTRIBUTIONS`.
        switches: what to do where nothing is published.
        proceed: called between steps; may raise.
    """
    size = identifier(SKETCH_SIZE)
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {NUMBER_COMPARISONS} AS SELECT row_number() OVER (ORDER BY compared_row) AS place, "
        f"comparison, current_row, compared_row FROM {COMPARISONS} AS pairs "
        f"JOIN {DISTRIBUTIONS} AS one ON one.rowid = pairs.current_row "
        f"JOIN {DISTRIBUTIONS} AS other ON other.rowid = pairs.compared_row WHERE one.{size} > 0 AND other.{size} > 0"
    )
    measures = ", ".join(f"{name} DOUBLE" for name in _MEASURES)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {NUMBER_TESTS} (comparison BIGINT, {measures})")
    (pairs,) = connection.execute(f"SELECT count(*) FROM {NUMBER_COMPARISONS}").fetchone() or (0,)
    for first in range(1, pairs + 1, _AT_ONCE):
        proceed()
        _compare(connection, switches, f"place BETWEEN {first} AND {first + _AT_ONCE - 1}")


def _compare(connection: duckdb.DuckDBPyConnection, switches: Switches, which: str) -> None:
    sketch, size = identifier(SKETCH), identifier(SKETCH_SIZE)
    found = connection.execute(
        f"SELECT comparison, one.{sketch} AS current, other.{sketch} AS compared, one.{size} AS current_size, "
        f"other.{size} AS compared_size FROM {NUMBER_COMPARISONS} AS pairs "
        f"JOIN {DISTRIBUTIONS} AS one ON one.rowid = pairs.current_row "
        f"JOIN {DISTRIBUTIONS} AS other ON other.rowid = pairs.compared_row WHERE {which}"
    ).fetchnumpy()
    sizes = found["current_size"], found["compared_size"]
    tests = compare_numbers(list(found["current"]), list(found["compared"]), sizes, switches)
    connection.register(
        _RESULTS, {"comparison": found["comparison"], **{name: getattr(tests, name) for name in _MEASURES}}
    )
    try:
        connection.execute(f"INSERT INTO {NUMBER_TESTS} BY NAME SELECT * FROM {_RESULTS}")
    finally:
        connection.unregister(_RESULTS)
