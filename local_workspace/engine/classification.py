"""Quality of a classification: what was predicted against what turned out to be true, over the rows that have both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from local_workspace.engine.coercion import identifier
from local_workspace.engine.statement_cache import run
from local_workspace.engine.temporary import CLASSES, GROUPS

if TYPE_CHECKING:
    import duckdb

    from local_workspace.engine.definition import InferenceLog
    from local_workspace.engine.source import Source

_CELLS: Final = "quality cells"
_PREDICTIONS: Final = "quality predictions"
_LOSS: Final = "quality loss"
_SMALLEST: Final = "2.220446049250313e-16::DOUBLE"
"""The least probability that a logarithm is taken of, as in scikit-learn."""


def classification_aggregates(log: InferenceLog, source: Source) -> dict[str, str]:
    """Column of the table of groups -> DuckDB aggregate over a group's rows."""
    found = {_PREDICTIONS: f"histogram({source.prediction})"}
    if log.label is None:
        return found
    found[_CELLS] = (
        f"histogram(struct_pack(prediction := {source.prediction}, label := {source.label})) "
        f"FILTER (WHERE {source.prediction} IS NOT NULL AND {source.label} IS NOT NULL)"
    )
    if log.probabilities is not None:
        given = identifier(log.probabilities)
        probability = f"coalesce(CAST({given}[{source.label}] AS DOUBLE), 0)"
        found[_LOSS] = (
            f"avg(-ln(greatest(least({probability}, 1 - {_SMALLEST}), {_SMALLEST}))) "
            f"FILTER (WHERE {given} IS NOT NULL AND {source.label} IS NOT NULL)"
        )
    return found


def count_classes(connection: duckdb.DuckDBPyConnection, log: InferenceLog) -> None:
    """Fill `CLASSES`: how often each class occurs in each row of the table of groups.

    `accepted` counts all predictions of a class; `predicted`, `actual` and `hits` only the rows that have a label too.
    """
    predictions = identifier(_PREDICTIONS)
    every = (
        f"SELECT rowid AS place, unnest(map_keys({predictions})) AS class, "
        f"unnest(map_values({predictions})) AS accepted, 0 AS predicted, 0 AS actual, 0 AS hits FROM {GROUPS}"
    )
    counted = [every]
    if log.label is not None:
        cells = (
            f"(SELECT rowid AS place, unnest(map_keys({identifier(_CELLS)})) AS cell, "
            f"unnest(map_values({identifier(_CELLS)})) AS rows FROM {GROUPS})"
        )
        hits = "CASE WHEN cell.prediction = cell.label THEN rows ELSE 0 END"
        counted += [
            f"SELECT place, cell.prediction, 0, rows, 0, {hits} FROM {cells}",
            f"SELECT place, cell.label, 0, 0, rows, 0 FROM {cells}",
        ]
    sums = ", ".join(f"sum({name})::BIGINT AS {name}" for name in ("accepted", "predicted", "actual", "hits"))
    run(
        connection,
        f"CREATE OR REPLACE TEMP TABLE {CLASSES} AS SELECT place, class, {sums} FROM ({' UNION ALL '.join(counted)}) "
        "GROUP BY place, class",
    )


def scores_query(log: InferenceLog) -> str:
    """DuckDB query of accuracy, confusion matrix, precision, recall, F1 and log loss, one row a group with labels.

    A class that is never predicted has precision 0, one that never occurs recall 0; macro is the plain mean over the
    classes, weighted the mean by how often they occur.
    """
    if log.label is None:
        return f"SELECT rowid AS place FROM {GROUPS} LIMIT 0"
    scores = {
        "precision": "coalesce(hits / nullif(predicted, 0), 0.0)",
        "recall": "coalesce(hits / nullif(actual, 0), 0.0)",
        "f1_score": "2 * hits / (predicted + actual)",
    }
    listed = ", ".join(f"{_averaged(sql)} AS {identifier(name)}" for name, sql in scores.items())
    matrix = (
        f"list_sort(list_transform(map_entries({identifier(_CELLS)}), lambda cell: {{'prediction': cell.key.prediction, "
        "'label': cell.key.label, 'count': CAST(cell.value AS BIGINT)}))"
    )
    loss = f"{identifier(_LOSS)}" if log.probabilities is not None else "NULL"
    return (
        f"SELECT scores.*, {matrix} AS confusion_matrix, {loss} AS log_loss FROM ("
        f"SELECT place, sum(hits) / sum(actual) AS accuracy_score, {listed} FROM {CLASSES} "
        f"WHERE predicted + actual > 0 GROUP BY place) AS scores JOIN {GROUPS} AS groups ON groups.rowid = scores.place"
    )


def _averaged(score: str) -> str:
    """A score for each class, and its means."""
    return (
        f"struct_pack(one_vs_all := map_from_entries(list(struct_pack(k := class, v := {score}) ORDER BY class)), "
        f"macro := avg({score}), weighted := sum(({score}) * actual) / sum(actual))"
    )
