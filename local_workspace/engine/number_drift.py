"""Compares the distributions of number columns: out of DuckDB, results back in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from local_workspace.engine.coercion import identifier
from local_workspace.engine.distances import compare_numbers
from local_workspace.engine.output_columns import SKETCH, SKETCH_SIZE
from local_workspace.engine.statement_cache import run
from local_workspace.engine.temporary import (
    COMPARISONS,
    DISTRIBUTIONS,
    NUMBER_TESTS,
    count_rows,
    create_temporary,
    registered,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    import duckdb

    from local_workspace.engine.switches import Switches

_AT_ONCE: Final = 4096
"""Comparisons whose distributions are held outside DuckDB at once, at most 16 KB each."""

_BOTH_SIDES: Final = (
    f"{COMPARISONS} AS comparisons "
    f"JOIN {DISTRIBUTIONS} AS one ON one.rowid = comparisons.current_row "
    f"JOIN {DISTRIBUTIONS} AS other ON other.rowid = comparisons.compared_row"
)
"""DuckDB relation of the comparisons, with the distribution of the current window, `one`, and that of the `other`."""
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
    one, other = (f"{side}.{identifier(SKETCH_SIZE)}" for side in ("one", "other"))
    create_temporary(connection, NUMBER_TESTS, {"comparison": "BIGINT"} | dict.fromkeys(_MEASURES, "DOUBLE"))
    both = f"{one} > 0 AND {other} > 0"
    for first in range(0, count_rows(connection, COMPARISONS), _AT_ONCE):
        proceed()
        part = f"comparison BETWEEN {first + 1} AND {first + _AT_ONCE}"
        _compare(connection, switches, f"{part} AND {both}")


def _compare(connection: duckdb.DuckDBPyConnection, switches: Switches, which: str) -> None:
    sketch, size = identifier(SKETCH), identifier(SKETCH_SIZE)
    found = run(
        connection,
        f"SELECT comparison, one.{sketch} AS current, other.{sketch} AS compared, one.{size} AS current_size, "
        f"other.{size} AS compared_size FROM {_BOTH_SIDES} WHERE {which}",
    ).fetchnumpy()
    if not len(found["comparison"]):
        return
    sizes = found["current_size"], found["compared_size"]
    tests = compare_numbers(list(found["current"]), list(found["compared"]), sizes, switches)
    columns = {"comparison": found["comparison"], **{name: getattr(tests, name) for name in _MEASURES}}
    with registered(connection, _RESULTS, columns):
        run(connection, f"INSERT INTO {NUMBER_TESTS} BY NAME SELECT * FROM {_RESULTS}")
