"""The baseline table: which of its columns stand for which of the monitored table.

It has the columns of the monitored table; the documentation promises "best effort" for missing ones. A missing column is
NULL here: it has no rows of its own, and metrics that name it are computed of NULLs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from local_workspace.engine.coercion import identifier
from local_workspace.engine.metric_rules import column_named
from local_workspace.engine.types import INTEGRAL_DIGITS, parse_type

if TYPE_CHECKING:
    from collections.abc import Mapping

    from local_workspace.engine.types import SparkType


def baseline_problem(
    columns: Mapping[str, str], baseline: Mapping[str, str], model_id: str | None
) -> str | None:
    """Why a baseline table cannot be compared with; None when it can.

    Args:
        columns: columns of the monitored table, with their Databricks types.
        baseline: those of the baseline table.
        model_id: the column that tells models apart, which the baseline table must have.
    """
    common = common_columns(columns, baseline)
    if not common:
        return "it has no column of the monitored table"
    if model_id is not None and column_named(common, model_id) is None:
        return f"it has no column '{model_id}', which tells models apart"
    for name, there in common.items():
        if not _fits(parse_type(baseline[there]), parse_type(columns[name])):
            return (
                f"column '{there}' has type {baseline[there]} there and {columns[name]} in the monitored table; "
                "give both the same type"
            )
    return None


def common_columns(columns: Mapping[str, str], baseline: Mapping[str, str]) -> dict[str, str]:
    """Column of the monitored table -> its column in the baseline table, ignoring case."""
    found = {name: column_named(baseline, name) for name in columns}
    return {name: there for name, there in found.items() if there is not None}


def baseline_query(columns: Mapping[str, str], baseline: Mapping[str, str], relation: str) -> str:
    """DuckDB query of the baseline table with the columns of the monitored table."""
    common = common_columns(columns, baseline)
    values = (
        f"CAST({identifier(common[name]) if name in common else 'NULL'} AS {parse_type(kind).duckdb}) AS {identifier(name)}"
        for name, kind in columns.items()
    )
    return f"SELECT {', '.join(values)} FROM {relation}"


def _fits(kind: SparkType, target: SparkType) -> bool:
    """Whether every value of a type has a place in another one."""
    if kind == target or (kind.is_timestamp and target.is_timestamp):
        return True
    if kind.is_numeric and target.is_floating:
        return target.name == "DOUBLE" or not (kind.name == "DOUBLE" or kind.is_decimal)
    if kind.is_integral and target.is_integral:
        return INTEGRAL_DIGITS[kind.name] <= INTEGRAL_DIGITS[target.name]
    if kind.is_decimal and target.is_decimal:
        whole = target.precision - target.scale >= kind.precision - kind.scale
        return whole and target.scale >= kind.scale
    return False
