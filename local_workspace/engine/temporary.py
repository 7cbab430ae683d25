"""The temporary tables of a refresh; they are private to its cursor and go with it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from local_workspace.engine.coercion import identifier
from local_workspace.engine.statement_cache import run

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import duckdb
    import numpy.typing as npt

TOUCHED: Final = 'temp.main."refresh touched"'
"""The windows that received rows since the last refresh."""
SOURCE: Final = 'temp.main."refresh source"'
"""The rows that are read, with their windows and slice values: a table, or a view where they are read in place."""
ORDERED: Final = 'temp.main."refresh ordered"'
"""What needs the values of each group in order, for the groups of one grouping."""
DICTIONARY: Final = 'temp.main."refresh dictionary"'
"""The different values of one column of `SOURCE`, with their codes; of one that nobody asks for later."""
NUMBER_LISTS: Final = 'temp.main."refresh number lists"'
"""Lists of the numbers of columns, of the groups of all groupings."""
CELLS: Final = 'temp.main."refresh cells"'
"""The finest groups: rows that lie in the same windows of all granularities, the same slice and model."""
GROUPS: Final = 'temp.main."refresh groups"'
"""One row for each window and slice, with the aggregates of all columns side by side."""
PLACE: Final = "profile place"
"""Column that tells the profile rows of one `column_name` apart: the row number of their group; negative for those of
`OTHERS`."""
ROWS: Final = '"rows"'
"""Column of `GROUPS` with the number of source rows."""
NUMBER: Final = "number"
"""Column of `GROUPS` that counts the groups in which values are counted; NULL in the others."""
BASELINE_GROUPS: Final = 'temp.main."refresh baseline groups"'
"""The groups of the baseline table, when rows are counted that a refresh would write."""
CLASSES: Final = 'temp.main."refresh classes"'
"""How often each class was predicted, true, and both, in each group of a classification."""
ROC_AUC: Final = 'temp.main."refresh roc auc"'
"""Areas under ROC curves, one row for each group of a classification with probabilities."""
QUALITY: Final = 'temp.main."refresh quality"'
"""The columns of model quality, one row for each group."""
WINDOWS: Final = 'temp.main."refresh windows"'
"""The windows of the monitored table that this refresh computes."""
OTHERS: Final = 'temp.main."refresh other rows"'
"""Profile rows beside those of the monitored table's groups: of the baseline, and of earlier refreshes."""
PAIRS: Final = 'temp.main."refresh pairs"'
"""Which places are compared: groups, and rows of `OTHERS`."""
DISTRIBUTIONS: Final = 'temp.main."refresh distributions"'
"""The distribution of each number column in each place that has one."""
COMPARISONS: Final = 'temp.main."refresh comparisons"'
"""Which rows of `DISTRIBUTIONS` are compared, by their row numbers."""
NUMBER_TESTS: Final = 'temp.main."refresh number tests"'
"""Distances and tests of comparisons of number columns."""
CATEGORY_ITEMS: Final = 'temp.main."refresh category items"'
"""How often each value of the categorical columns of the baseline occurs."""
CATEGORY_TESTS: Final = 'temp.main."refresh category tests"'
"""Distances and tests of comparisons of categorical columns."""


def key_dictionary(number: int) -> str:
    """The values of one part of the groups' keys, with their codes."""
    return f'temp.main."refresh key {number}"'


def category_dictionary(number: int) -> str:
    """The different values of one column whose values are counted, with their codes."""
    return f'temp.main."refresh categories {number}"'


def create_temporary(connection: duckdb.DuckDBPyConnection, table: str, columns: Mapping[str, str]) -> None:
    """Make an empty temporary table, in place of one of that name: column -> DuckDB type."""
    listed = ", ".join(f"{identifier(name)} {kind}" for name, kind in columns.items())
    run(connection, f"CREATE OR REPLACE TEMP TABLE {table} ({listed})")


def count_rows(connection: duckdb.DuckDBPyConnection, relation: str) -> int:
    """How many rows a relation has."""
    ((rows,),) = run(connection, f"SELECT count(*) FROM {relation}").fetchall()
    return int(rows)


def rows_made(connection: duckdb.DuckDBPyConnection, statement: str) -> int:
    """How many rows a CREATE TABLE AS or an INSERT gives."""
    made = run(connection, statement).fetchall()
    return int(made[0][0]) if made else 0


@contextmanager
def registered(
    connection: duckdb.DuckDBPyConnection, name: str, columns: Mapping[str, npt.NDArray[Any]]
) -> Iterator[None]:
    """Let statements read arrays as the columns of a relation, for one piece of work."""
    connection.register(name, dict(columns))
    try:
        yield
    finally:
        connection.unregister(name)
