"""Compares windows by the shares of the values of categorical columns: counts of this refresh and of earlier ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.sparse import coo_array, csr_array, hstack, vstack

from local_workspace.engine.category_distances import compare_categories
from local_workspace.engine.coercion import identifier, text_literal
from local_workspace.engine.output_columns import CATEGORIES
from local_workspace.engine.statement_cache import run
from local_workspace.engine.temporary import (
    CATEGORY_TESTS,
    GROUPS,
    NUMBER,
    OTHERS,
    PAIRS,
    ROWS,
    create_temporary,
    registered,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import duckdb
    import numpy.typing as npt

    from local_workspace.engine.categories import CountedColumn
    from local_workspace.engine.switches import Switches

    Integers = npt.NDArray[np.int64]

_MEASURES: Final = ("statistic", "pvalue", "total_variation", "l_infinity", "jensen_shannon")
_RESULTS: Final = "refresh_category_results"


def compare_categorical_columns(
    connection: duckdb.DuckDBPyConnection,
    columns: Mapping[str, CountedColumn],
    switches: Switches,
    proceed: Callable[[], None],
    *,
    others: int,
) -> None:
    """Fill `CATEGORY_TESTS`, one row for each pair and column of which both windows have values.

    Args:
        connection: holds `PAIRS`, `GROUPS` and `OTHERS`.
        columns: the counts of the groups; by name.
        switches: what to do where nothing is published.
        proceed: called between steps; may raise.
        others: how many rows `OTHERS` has.
    """
    create_temporary(
        connection,
        CATEGORY_TESTS,
        {"pair": "BIGINT", "column_name": "VARCHAR"} | dict.fromkeys(_MEASURES, "DOUBLE"),
    )
    if not columns:
        return
    (groups,) = {column.counts.shape[0] for column in columns.values()}
    pairs, current, compared = _pairs(connection, groups)
    for name, column in columns.items():
        counts = column.counts
        if others:
            counts = _with_others(connection, column, name, others)
        if switches.null_is_category:
            counts = _with_nulls(connection, counts, name, groups)
        for tests in compare_categories(counts, current, compared, switches):
            proceed()
            found = {"pair": pairs[tests.pairs]} | {name: getattr(tests, name) for name in _MEASURES}
            with registered(connection, _RESULTS, found):
                run(
                    connection,
                    f"INSERT INTO {CATEGORY_TESTS} BY NAME SELECT * REPLACE ("
                    f"CASE WHEN NOT isnan(statistic) THEN statistic END AS statistic), "
                    f"{text_literal(name)} AS column_name FROM {_RESULTS}",
                )


def _pairs(connection: duckdb.DuckDBPyConnection, groups: int) -> tuple[Integers, Integers, Integers]:
    """The numbers of the pairs whose values are counted, and the rows of their windows in the counts.

    Args:
        connection: holds `PAIRS` and `GROUPS`.
        groups: how many groups are numbered; a row of `OTHERS` comes after them.
    """
    sides = {"current": "one", "compared": "other"}
    rows = ", ".join(
        f"CASE WHEN {side}_place < 0 THEN {groups} - 1 - {side}_place ELSE {alias}.{NUMBER} END AS {side}"
        for side, alias in sides.items()
    )
    joined = " ".join(
        f"LEFT JOIN {GROUPS} AS {alias} ON {alias}.rowid = {side}_place" for side, alias in sides.items()
    )
    found = run(
        connection,
        f"SELECT pair, current, compared FROM (SELECT pair, {rows} FROM {PAIRS} {joined}) "
        "WHERE current IS NOT NULL AND compared IS NOT NULL",
    ).fetchnumpy()
    return found["pair"], found["current"], found["compared"]


def _with_others(
    connection: duckdb.DuckDBPyConnection, column: CountedColumn, name: str, others: int
) -> csr_array:
    """The counts of a column, with those of the rows of `OTHERS` under them.

    Args:
        connection: holds `OTHERS`.
        column: the counts of the groups.
        name: the column's.
        others: how many rows `OTHERS` has.
    """
    entries = (
        f"SELECT rowid AS place, unnest({identifier(CATEGORIES)}, recursive := true) "
        f"FROM {OTHERS} WHERE column_name = {text_literal(name)}"
    )
    # A value that the source rows lack gets a code behind theirs.
    found = run(
        connection,
        f"SELECT place, count, coalesce(code, {column.counts.shape[1]} - 1 + "
        "dense_rank() OVER (PARTITION BY code IS NULL ORDER BY item)) AS code "
        f"FROM ({entries}) LEFT JOIN {column.dictionary} ON item = value",
    ).fetchnumpy()
    width = max(column.counts.shape[1], int(found["code"].max(initial=-1)) + 1)
    added = coo_array(
        (found["count"], (found["place"], found["code"])), shape=(others, width), dtype=np.int32
    )
    known = csr_array(
        (column.counts.data, column.counts.indices, column.counts.indptr),
        shape=(column.counts.shape[0], width),
    )
    return vstack((known, added.tocsr()), format="csr")


def _with_nulls(
    connection: duckdb.DuckDBPyConnection, counts: csr_array, name: str, groups: int
) -> csr_array:
    """The counts of a column, with one more category for rows without a value, where there are rows with one."""
    nulls = np.zeros(counts.shape[0], dtype=np.int32)
    found = run(
        connection, f"SELECT {NUMBER}, {ROWS} AS size FROM {GROUPS} WHERE {NUMBER} IS NOT NULL"
    ).fetchnumpy()
    nulls[found[NUMBER]] = found["size"] - counts.sum(axis=1)[found[NUMBER]]
    kept = run(
        connection,
        f"SELECT {groups} + rowid AS place, num_nulls FROM {OTHERS} WHERE column_name = {text_literal(name)}",
    ).fetchnumpy()
    nulls[kept["place"]] = kept["num_nulls"]
    nulls[np.diff(counts.indptr) == 0] = 0
    return hstack((counts, csr_array(nulls[:, None])), format="csr")
