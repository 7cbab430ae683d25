"""The built-in statistics of one column: aggregates over a group's rows, and the profile columns made of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from local_workspace.engine.switches import CountBasis, Switches

if TYPE_CHECKING:
    from collections.abc import Mapping

    from local_workspace.engine.types import SparkType


class Family(StrEnum):
    """What statistics a column has."""

    NUMBER = "number"
    MOMENT = "moment"
    """TIMESTAMP and DATE: minimum, maximum and median as seconds since 1970."""
    TEXT = "text"
    BOOLEAN = "boolean"
    OTHER = "other"
    """Arrays, structs, maps, binary: counted only."""


def family_of(kind: SparkType) -> Family:
    """The family of a Databricks type."""
    if kind.is_numeric:
        return Family.NUMBER
    if kind.is_timestamp or kind.name == "DATE":
        return Family.MOMENT
    return {"STRING": Family.TEXT, "BOOLEAN": Family.BOOLEAN}.get(kind.name, Family.OTHER)


@dataclass(frozen=True)
class ColumnStatistics:
    """The statistics of one column.

    Attributes:
        name: the column.
        type: its Databricks type.
        family: what statistics it has.
        value: DuckDB SQL of its value.
        number: DuckDB SQL of its value as a DOUBLE without NaN; seconds for a moment.
        distinct: DuckDB SQL of the aggregate that counts its different values.
        unbounded: it holds an infinity, so it has no standard deviation that DuckDB can compute.
        not_a_number: it holds NaN.
    """

    name: str
    type: SparkType
    family: Family
    value: str
    number: str
    distinct: str
    unbounded: bool = False
    not_a_number: bool = False

    def aggregates(self, points: int, values: int) -> dict[str, str]:
        """Name -> DuckDB aggregate over the rows of a group.

        Args:
            points: quantiles; 0 for none.
            values: most frequent values; 0 for none.
        """
        found = {"filled": f"count({self.value})"}
        if self.family is not Family.OTHER:
            found["distinct"] = self.distinct
        if self.family in {Family.NUMBER, Family.MOMENT}:
            found |= {
                "min": f"min({self.number})",
                "max": f"max({self.number})",
                "median": f"quantile_cont({self.number}, 0.5)",
            }
        if self.family is Family.NUMBER:
            found |= self._number_aggregates(points)
        if self.family is Family.TEXT:
            length = f"length({self.value})"
            found |= {
                "min_length": f"min({length})",
                "max_length": f"max({length})",
                "avg_length": f"avg({length})",
            }
        if values and self.family in {Family.TEXT, Family.BOOLEAN}:
            found["frequent_items"] = _frequent_items(self.value, values)
        return found

    def _number_aggregates(self, points: int) -> dict[str, str]:
        spread = f"stddev_samp({self.number})"
        if self.unbounded:
            finite = f"CASE WHEN isfinite({self.number}) THEN {self.number} END"
            spread = (
                f"CASE WHEN bool_or(isinf({self.number})) THEN 'NaN'::DOUBLE ELSE stddev_samp({finite}) END"
            )
        found = {
            "avg": f"avg({self.number})",
            "stddev": spread,
            "zeros": f"count(CASE WHEN {self.number} = 0 THEN 1 END)",
        }
        if self.not_a_number:
            found["nan"] = f"count({self.value}) - count({self.number})"
        if points:
            found["quantiles"] = f"quantile_cont({self.number}, {_shares(points)})"
        return found

    def profile(self, stored: Mapping[str, str], switches: Switches) -> dict[str, str]:
        """Profile column -> DuckDB SQL; what is left out is NULL.

        Args:
            stored: the names of `aggregates` and `rows` -> the columns that hold their values.
            switches: what to do where nothing is published.
        """
        filled, rows = stored["filled"], stored["rows"]
        non_null = switches.column_count_basis is CountBasis.NON_NULL
        found = {
            "count": filled if non_null else rows,
            "num_nulls": f"{rows} - {filled}",
            "percent_null": percent(f"{rows} - {filled}", rows),
        }
        if self.family is not Family.OTHER:
            found["distinct_count"] = stored["distinct"]
            found["percent_distinct"] = percent(stored["distinct"], filled)
        plain = (
            "min",
            "max",
            "median",
            "avg",
            "stddev",
            "min_length",
            "max_length",
            "avg_length",
            "quantiles",
            "frequent_items",
        )
        found |= {name: stored[name] for name in plain if name in stored}
        if self.family is Family.NUMBER:
            nan = stored.get("nan", "0")
            found |= {
                "num_zeros": stored["zeros"],
                "percent_zeros": percent(stored["zeros"], filled),
                "num_nan": nan,
                "percent_nan": percent(nan, filled),
            }
        return found


def _frequent_items(value: str, most: int) -> str:
    """The most frequent values with their counts; equally frequent ones in the order of their text."""
    ranked = (
        f"list_transform(map_entries(histogram(CAST({value} AS VARCHAR))), "
        "lambda entry: {'count': -CAST(entry.value AS BIGINT), 'item': entry.key})"
    )
    return (
        f"list_transform(list_sort({ranked})[:{most}], "
        "lambda entry: {'item': entry.item, 'count': -entry.count})"
    )


def percent(part: str, whole: str) -> str:
    """DuckDB SQL of a share on the scale 0-100; NULL of nothing."""
    return f"100.0::DOUBLE * ({part}) / nullif({whole}, 0)"


def _shares(points: int) -> str:
    last = points - 1
    return "[" + ", ".join(repr(at / last) if last else "0.0" for at in range(points)) + "]"
