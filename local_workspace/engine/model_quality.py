"""How good a model is: the columns that a log of inferences adds to the table rows of the profile.

Scores are defined as in scikit-learn, whose names most of them have.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from local_workspace.engine.classification import classification_aggregates, count_classes, scores_query
from local_workspace.engine.fairness import fairness_query
from local_workspace.engine.output_columns import CLASSIFICATION_COLUMNS, REGRESSION_COLUMNS
from local_workspace.engine.regression import regression_aggregates, regression_query
from local_workspace.engine.roc_auc import compute_roc_auc
from local_workspace.engine.statement_cache import run
from local_workspace.engine.temporary import GROUPS, QUALITY, ROC_AUC, create_temporary

if TYPE_CHECKING:
    import duckdb

    from local_workspace.engine.definition import InferenceLog, MonitorDefinition
    from local_workspace.engine.groups import Groups
    from local_workspace.engine.source import Source
    from local_workspace.engine.switches import Switches

OWNER: Final = "model quality"
"""What a failure is laid to."""


def quality_columns(definition: MonitorDefinition) -> dict[str, str]:
    """Column -> DuckDB type; none unless the monitor watches a log of inferences."""
    if definition.inference is None:
        return {}
    return CLASSIFICATION_COLUMNS if definition.is_classification else REGRESSION_COLUMNS


def quality_aggregates(definition: MonitorDefinition, source: Source) -> dict[str, str]:
    """Column of the table of groups -> DuckDB aggregate over a group's rows."""
    if definition.inference is None:
        return {}
    of_kind = classification_aggregates if definition.is_classification else regression_aggregates
    return of_kind(definition.inference, source)


def compute_quality(
    connection: duckdb.DuckDBPyConnection, definition: MonitorDefinition, groups: Groups, switches: Switches
) -> None:
    """Fill `QUALITY` from the table of groups, of a log of inferences: one row for each of its rows, `place` its number."""
    if definition.inference is None:
        return
    create_temporary(connection, QUALITY, {"place": "BIGINT"} | quality_columns(definition))
    if not definition.is_classification:
        run(connection, f"INSERT INTO {QUALITY} BY NAME {regression_query(definition.inference)}")
        return
    count_classes(connection, definition.inference)
    compute_roc_auc(connection, definition.inference, groups)
    run(
        connection, f"INSERT INTO {QUALITY} BY NAME {_classification(definition.inference, groups, switches)}"
    )


def _classification(log: InferenceLog, groups: Groups, switches: Switches) -> str:
    area = "struct_pack(one_vs_one := struct_pack(macro := macro, weighted := weighted))"
    return (
        f"SELECT groups.rowid AS place, scores.* EXCLUDE (place), fairness.* EXCLUDE (place), "
        f"CASE WHEN areas.place IS NOT NULL THEN {area} END AS roc_auc_score "
        f"FROM {GROUPS} AS groups "
        f"LEFT JOIN ({scores_query(log)}) AS scores ON scores.place = groups.rowid "
        f"LEFT JOIN ({fairness_query(log, groups.source, switches)}) AS fairness ON fairness.place = groups.rowid "
        f"LEFT JOIN {ROC_AUC} AS areas ON areas.place = groups.rowid"
    )
