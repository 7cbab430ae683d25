"""Quality of a regression: distances of predictions from labels, over the rows that have both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from local_workspace.engine.coercion import identifier
from local_workspace.engine.temporary import GROUPS

if TYPE_CHECKING:
    from local_workspace.engine.definition import InferenceLog
    from local_workspace.engine.source import Source

_SMALLEST: Final = "2.220446049250313e-16::DOUBLE"
"""What the error of a label of 0 is divided by, as in scikit-learn."""


def regression_aggregates(log: InferenceLog, source: Source) -> dict[str, str]:
    """Column of the table of groups -> DuckDB aggregate over a group's rows; none without labels."""
    if log.label is None:
        return {}
    prediction, label = source.number(log.prediction), source.number(log.label)
    both = f"FILTER (WHERE {prediction} IS NOT NULL AND {label} IS NOT NULL)"
    error = f"({prediction} - {label})"
    return {
        "quality rows": f"count(*) {both}",
        "quality squared": f"avg({error} * {error})",
        "quality absolute": f"avg(abs({error}))",
        "quality percentage": f"avg(abs({error}) / greatest(abs({label}), {_SMALLEST}))",
        "quality variance": f"var_pop({label}) {both}",
    }


def regression_query(log: InferenceLog) -> str:
    """DuckDB query of the quality columns: one row for each row of the table of groups, `place` its number.

    `r2_score` of constant labels is 1 when all predictions are right, else 0; of one row there is none.
    """
    if log.label is None:
        return f"SELECT rowid AS place FROM {GROUPS}"
    rows, squared, absolute, percentage, variance = (
        identifier(f"quality {name}") for name in ("rows", "squared", "absolute", "percentage", "variance")
    )
    return (
        f"SELECT rowid AS place, {squared} AS mean_squared_error, sqrt({squared}) AS root_mean_squared_error, "
        f"{absolute} AS mean_average_error, {percentage} AS mean_absolute_percentage_error, "
        f"CASE WHEN {rows} < 2 THEN NULL WHEN {variance} > 0 THEN 1 - {squared} / {variance} "
        f"WHEN {squared} = 0 THEN 1.0 ELSE 0.0 END AS r2_score FROM {GROUPS}"
    )
