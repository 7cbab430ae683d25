"""Aggregate expressions evaluated in Python over any number of groups of the same rows."""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from sqlglot import exp

from tests.local_workspace.real_data.expressions import EXACT, compiled, parsed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from tests.local_workspace.real_data.expressions import Evaluate, Row

    Finish = Callable[[list[Any]], Any]


@dataclass(frozen=True)
class _Aggregate:
    """An aggregate call: its argument on every row, NULL where the row does not count, and what becomes of them."""

    values: Sequence[Any]
    finish: Finish

    def of(self, group: Iterable[int]) -> Any:  # noqa: ANN401 - whatever the function gives
        values = self.values
        return self.finish([value for row in group if (value := values[row]) is not None])


class AggregateMetric:
    """An AGGREGATE metric over rows.

    Args:
        definition: Databricks SQL.
        columns: names of the rows' values.
        rows: all rows that a group can hold.
    """

    def __init__(self, definition: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
        tree = parsed(definition)
        calls: dict[str, _Aggregate] = {}

        def replaced(node: exp.Expr) -> exp.Expr:
            if not isinstance(node, exp.AggFunc):
                return node
            name = node.sql("databricks")
            calls[name] = _aggregate(node, columns, rows)
            return exp.column(name)

        outer = tree.transform(replaced)
        self._calls = calls
        self._outer: Evaluate = compiled(outer, list(calls))

    def of(self, group: Sequence[int]) -> Any:  # noqa: ANN401 - any number
        """The metric of the rows with these numbers."""
        return self._outer([call.of(group) for call in self._calls.values()])


def _aggregate(node: exp.AggFunc, columns: Sequence[str], rows: Sequence[Row]) -> _Aggregate:
    if isinstance(node, exp.Count):
        return _count(node, columns, rows)
    argument = compiled(node.this, columns)
    if isinstance(node, exp.CountIf):
        return _Aggregate([argument(row) or None for row in rows], len)
    values = [argument(row) for row in rows]
    if isinstance(node, exp.Quantile):
        share = float(node.args["quantile"].name)
        return _Aggregate(values, lambda found: _percentile(found, share))
    if type(node) in _FINISHES:
        return _Aggregate(values, _FINISHES[type(node)])
    raise NotImplementedError(node.sql("databricks"))


def _count(node: exp.Count, columns: Sequence[str], rows: Sequence[Row]) -> _Aggregate:
    counted = node.this
    if isinstance(counted, exp.Star):
        return _Aggregate([1] * len(rows), len)
    distinct = isinstance(counted, exp.Distinct)
    parts = [compiled(part, columns) for part in (counted.expressions if distinct else [counted])]
    values = []
    for row in rows:
        value = tuple(part(row) for part in parts)
        values.append(None if None in value else value)
    return _Aggregate(values, (lambda found: len(set(found))) if distinct else len)


def _sum(values: list[Any]) -> Any:  # noqa: ANN401 - any number
    if not values:
        return None
    if any(isinstance(value, float) for value in values):
        return math.fsum(values)
    if any(isinstance(value, Decimal) for value in values):
        total = Decimal(0)
        for value in values:
            total = EXACT.add(total, Decimal(value))
        return total
    return sum(values)


def _average(values: list[Any]) -> float | None:
    if any(isinstance(value, Decimal) for value in values):
        raise NotImplementedError("AVG of a DECIMAL, whose digits depend on the declared type")
    total = _sum(values)
    return None if total is None else float(total / len(values))


def _percentile(values: list[Any], share: float) -> float | None:
    """Between the two nearest values, in proportion."""
    if not values:
        return None
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    below = math.floor(place)
    above = math.ceil(place)
    if below == above:
        return float(ordered[below])
    return float((above - place) * ordered[below] + (place - below) * ordered[above])


def _deviation(values: list[Any]) -> float | None:
    """Of the sample; NULL for a single value."""
    return statistics.stdev(values) if len(values) > 1 else None


_FINISHES: Final[dict[type[exp.Expr], Finish]] = {
    exp.Sum: _sum,
    exp.Avg: _average,
    exp.Min: lambda values: min(values, default=None),
    exp.Max: lambda values: max(values, default=None),
    exp.Stddev: _deviation,
}
