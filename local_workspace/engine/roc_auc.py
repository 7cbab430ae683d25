"""The area under the ROC curve of a classification, one class against one, as in scikit-learn (Hand and Till)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local_workspace.engine.coercion import identifier
from local_workspace.engine.statement_cache import run
from local_workspace.engine.temporary import GROUPS, ROC_AUC

if TYPE_CHECKING:
    import duckdb

    from local_workspace.engine.definition import InferenceLog
    from local_workspace.engine.groups import Groups


def compute_roc_auc(connection: duckdb.DuckDBPyConnection, log: InferenceLog, groups: Groups) -> None:
    """Fill `ROC_AUC`, one row for each group that has labels of at least two classes, and probabilities."""
    run(connection, f"CREATE OR REPLACE TEMP TABLE {ROC_AUC} (place BIGINT, macro DOUBLE, weighted DOUBLE)")
    if log.label is None or log.probabilities is None:
        return
    label, given = groups.source.label, identifier(log.probabilities)
    keys = ", ".join(identifier(name) for name in groups.keys)
    for selection in groups.selections:
        rows = (
            f"SELECT {selection.keys}, {label} AS label, {given} AS given {selection.rows} "
            f"AND {label} IS NOT NULL AND {given} IS NOT NULL"
        )
        run(connection, f"INSERT INTO {ROC_AUC} BY NAME {_query(rows, keys, groups)}")


def _query(rows: str, keys: str, groups: Groups) -> str:
    """Each row is a positive of its own class, and a negative of each other class of its group.

    The area is the share of pairs of a positive and a negative in which the positive has the higher probability (equal
    ones count half), read off the ranks. `weighted` weighs each pair of classes by the rows that it has.
    """
    same = " AND ".join(
        f"found.{identifier(name)} IS NOT DISTINCT FROM classes.{identifier(name)}" for name in groups.keys
    )
    located = " AND ".join(
        f"groups.{identifier(name)} IS NOT DISTINCT FROM areas.{identifier(name)}" for name in groups.keys
    )
    listed = ", ".join(f"found.{identifier(name)}" for name in groups.keys)
    roles = (("found.label", "classes.label", "TRUE"), ("classes.label", "found.label", "FALSE"))
    scored = " UNION ALL ".join(
        f"SELECT {listed}, {positive} AS positive, {negative} AS negative, {is_positive} AS is_positive, "
        f"coalesce(CAST(given[{positive}] AS DOUBLE), 0) AS score "
        f"FROM found JOIN classes ON {same} AND classes.label <> found.label"
        for positive, negative, is_positive in roles
    )
    task = f"PARTITION BY {keys}, positive, negative"
    rank = f"rank() OVER ({task} ORDER BY score) + (count(*) OVER ({task}, score) - 1) / 2"
    positives, negatives = (f"count(*) FILTER ({test})" for test in ("is_positive", "NOT is_positive"))
    area = f"(sum(rank) FILTER (is_positive) - {positives} * ({positives} + 1) / 2) / ({positives} * {negatives})"
    return (
        f"WITH found AS ({rows}), classes AS (SELECT DISTINCT {keys}, label FROM found), "
        f"scored AS ({scored}), "
        f"areas AS (SELECT {keys}, positive, negative, {area} AS area, count(*) AS pair_rows FROM ("
        f"SELECT *, {rank} AS rank FROM scored) GROUP BY {keys}, positive, negative) "
        "SELECT groups.rowid AS place, avg(area) AS macro, sum(area * pair_rows) / sum(pair_rows) AS weighted "
        f"FROM areas JOIN {GROUPS} AS groups ON {located} GROUP BY groups.rowid"
    )
