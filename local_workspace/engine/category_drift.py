"""How far two windows of a categorical column lie apart, from the shares of its values.

The service documents the names of the statistics and what two of the distances are. That a category which one window
lacks counts, and the base and the root of the Jensen-Shannon distance, are switches.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.special import chdtrc

from local_workspace.engine.coercion import identifier
from local_workspace.engine.compared_distributions import parts
from local_workspace.engine.output_columns import CATEGORIES
from local_workspace.engine.temporary import (
    CATEGORY_TESTS,
    COMPARISONS,
    DISTRIBUTIONS,
    create_temporary,
    registered,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    import duckdb
    import numpy.typing as npt

    from local_workspace.engine.switches import Switches

_AT_ONCE: Final = 1_000_000
"""Categories that are compared at once, those of both windows counted."""
_COLUMNS: Final = {
    "comparison": "BIGINT",
    "statistic": "DOUBLE",
    "freedom": "BIGINT",
    "pvalue": "DOUBLE",
    "total_variation": "DOUBLE",
    "l_infinity": "DOUBLE",
    "jensen_shannon": "DOUBLE",
}
_PVALUES: Final = "refresh_chi_squared_pvalues"


def compare_categorical_columns(
    connection: duckdb.DuckDBPyConnection, switches: Switches, proceed: Callable[[], None]
) -> None:
    """Fill `CATEGORY_TESTS`, one row for each of `COMPARISONS` in which both windows have values.

    Args:
        connection: holds `COMPARISONS` and `DISTRIBUTIONS`.
        switches: what to do where nothing is published.
        proceed: called between steps; may raise.
    """
    one, other = (f"{side}.{identifier(CATEGORIES)}" for side in ("one", "other"))
    create_temporary(connection, CATEGORY_TESTS, _COLUMNS)
    both = f"{one} IS NOT NULL AND {other} IS NOT NULL"
    size = f"cardinality({one}) + cardinality({other})"
    for which in parts(connection, both, size, at_once=_AT_ONCE):
        proceed()
        connection.execute(f"INSERT INTO {CATEGORY_TESTS} BY NAME {_tests(which, switches)}")
    found = connection.execute(f"SELECT comparison, statistic, freedom FROM {CATEGORY_TESTS}").fetchnumpy()
    pvalues = chi_squared_pvalues(found["statistic"], found["freedom"])
    with registered(connection, _PVALUES, {"comparison": found["comparison"], "pvalue": pvalues}):
        connection.execute(
            f"UPDATE {CATEGORY_TESTS} AS tests SET pvalue = found.pvalue FROM {_PVALUES} AS found "
            "WHERE tests.comparison = found.comparison"
        )


def chi_squared_pvalues(
    statistic: npt.NDArray[np.float64], freedom: npt.NDArray[np.int64]
) -> npt.NDArray[np.float64]:
    """The chance of a greater statistic; 1 where there is one category only."""
    return np.where(freedom > 0, chdtrc(np.maximum(freedom, 1), statistic), 1.0)


def _tests(which: str, switches: Switches) -> str:
    """One row a comparison; sums go in the order of the categories, so that the order of rows changes nothing."""
    summed = {
        "statistic": "CASE WHEN tested THEN (a * tm - b * tn) * (a * tm - b * tn) / (tn * tm * (a + b)) END",
        "total_variation": "abs(a / n - b / m) / 2",
        "divergence": f"({_divergence('a / n')} + {_divergence('b / m')}) / 2 / ln({switches.js_base!r})",
    }
    sums = ", ".join(f"sum({sql} ORDER BY category) AS {name}" for name, sql in summed.items())
    distance = "greatest(divergence, 0.0)"
    return (
        "SELECT comparison, statistic, freedom, total_variation, l_infinity, "
        f"{f'sqrt({distance})' if switches.js_root else distance} AS jensen_shannon FROM ("
        "SELECT comparison, count(*) FILTER (WHERE tested) - 1 AS freedom, max(abs(a / n - b / m)) AS l_infinity, "
        f"{sums} FROM ({_counts(which, switches)}) GROUP BY comparison)"
    )


def _divergence(share: str) -> str:
    """Of a share from the middle of the shares of both windows."""
    return f"CASE WHEN {share} > 0 THEN {share} * ln({share} / ((a / n + b / m) / 2)) ELSE 0 END"


def _counts(which: str, switches: Switches) -> str:
    """One row a comparison and category: its counts a and b in the two windows, whether it is tested, and four sums.

    n and m are the sums over all categories of the windows, tn and tm those over the tested ones.
    """
    sides = " UNION ALL ".join(
        f"SELECT comparison, category, {one} AS a, {other} AS b FROM ({_side(row, which, switches)})"
        for row, one, other in (("current_row", "found", "0"), ("compared_row", "0", "found"))
    )
    each = f"SELECT comparison, category, sum(a)::DOUBLE AS a, sum(b)::DOUBLE AS b FROM ({sides}) GROUP BY comparison, category"
    tested = "a > 0 AND b > 0" if switches.chi2_categories == "both" else "TRUE"
    return (
        "SELECT *, sum(a) OVER windows AS n, sum(b) OVER windows AS m, sum(a) FILTER (tested) OVER windows AS tn, "
        f"sum(b) FILTER (tested) OVER windows AS tm FROM (SELECT *, {tested} AS tested FROM ({each})) "
        "WINDOW windows AS (PARTITION BY comparison) QUALIFY n > 0 AND m > 0"
    )


def _side(row: str, which: str, switches: Switches) -> str:
    """The counted categories of one of the two sides of each comparison."""
    counts = identifier(CATEGORIES)
    rows = f"FROM {COMPARISONS} AS comparisons JOIN {DISTRIBUTIONS} AS distributions ON distributions.rowid = comparisons.{row} WHERE {which}"
    query = f"SELECT comparison, unnest(map_keys({counts})) AS category, unnest(map_values({counts})) AS found {rows}"
    if not switches.null_is_category:
        return query
    return f"{query} UNION ALL SELECT comparison, NULL, num_nulls {rows} AND num_nulls > 0 AND {counts} IS NOT NULL"
