"""The verdict of an alert on the rows of its query: pure, without store, clock or HTTP."""

from __future__ import annotations

import operator
import statistics
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from local_workspace.engine.types import SparkType
    from local_workspace.sql.cells import Rows
    from local_workspace.store import Document

Value = float | bool | str

_NO_VALUE = ("IS_NULL", "IS_NOT_NULL")
"""Operators that ask whether there is a value, and need no threshold."""
_COMPARISONS: dict[str, Callable[[Value, Value], bool]] = {
    "EQUAL": operator.eq,
    "NOT_EQUAL": operator.ne,
    "GREATER_THAN": operator.gt,
    "GREATER_THAN_OR_EQUAL": operator.ge,
    "LESS_THAN": operator.lt,
    "LESS_THAN_OR_EQUAL": operator.le,
}
_NUMBERS: dict[str, Callable[[Sequence[float]], float]] = {
    "AVG": statistics.fmean,
    "MEDIAN": statistics.median,
    "STDDEV": statistics.stdev,
    "SUM": sum,
}
_LEAST_VALUES = {"STDDEV": 2}


class EvaluationError(Exception):
    """The rows cannot be held against the condition; the text says why."""


def verdict(evaluation: Document, rows: Rows) -> str:
    """The state that the rows put an alert into: OK or TRIGGERED, or what it has for an empty result.

    Args:
        evaluation: the alert's `evaluation` as the client sent it.
        rows: the result of its query.

    Raises:
        EvaluationError: a column is missing, or the two sides cannot be compared.
    """
    if not rows.cells:
        return str(evaluation.get("empty_result_state", "UNKNOWN"))
    found = _value(evaluation["source"], rows)
    name = evaluation["comparison_operator"]
    if name in _NO_VALUE:
        holds = (found is None) == (name == "IS_NULL")
    else:
        wanted = _threshold(evaluation["threshold"], rows)
        # As in SQL: a comparison with NULL does not hold.
        holds = found is not None and wanted is not None and _compared(name, found, wanted)
    return "TRIGGERED" if holds else "OK"


def _threshold(threshold: Document, rows: Rows) -> Value | None:
    if "column" in threshold:
        return _value(threshold["column"], rows)
    value: Value = next(iter(threshold["value"].values()))
    return value


def _value(operand: Document, rows: Rows) -> Value | None:
    """The value of a column: aggregated, or that of the first row."""
    names = [name for name, _ in rows.columns]
    places = [at for at, name in enumerate(names) if name.lower() == operand["name"].lower()]
    if not places:
        raise EvaluationError(
            f"the result has no column '{operand['name']}'; its columns are {', '.join(names)}"
        )
    kind = rows.columns[places[0]][1]
    values = [_read(row[places[0]], kind) for row in rows.cells]
    aggregation = operand.get("aggregation")
    if aggregation is None:
        return values[0]
    return _aggregated(operand["name"], aggregation, [value for value in values if value is not None])


def _aggregated(name: str, aggregation: str, values: list[Value]) -> Value | None:
    if aggregation == "COUNT":
        return float(len(values))
    if aggregation == "COUNT_DISTINCT":
        return float(len(set(values)))
    if aggregation in {"MIN", "MAX"}:
        least_or_most = min if aggregation == "MIN" else max
        # The values of one column are of one type.
        return least_or_most(cast("list[float]", values)) if values else None
    numbers = [value for value in values if isinstance(value, float)]
    if len(numbers) != len(values):
        raise EvaluationError(f"{aggregation} needs numbers; column '{name}' holds text")
    return _NUMBERS[aggregation](numbers) if len(numbers) >= _LEAST_VALUES.get(aggregation, 1) else None


def _read(cell: str | None, kind: SparkType) -> Value | None:
    if cell is None:
        return None
    if kind.is_numeric:
        return float(cell)
    return cell == "true" if kind.name == "BOOLEAN" else cell


def _compared(name: str, left: Value, right: Value) -> bool:
    if type(left) is not type(right):
        left, right = _alike(left, right)
    return _COMPARISONS[name](left, right)


def _alike(left: Value, right: Value) -> tuple[Value, Value]:
    if not isinstance(left, str | bool) and not isinstance(right, str | bool):
        return float(left), float(right)
    raise EvaluationError(f"{left!r} and {right!r} cannot be compared")
