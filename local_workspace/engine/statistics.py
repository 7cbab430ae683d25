"""The built-in statistics of one column, in three steps of DuckDB SQL.

`aggregates` read a group's rows, `finished` turns their values into what is kept of a group, and `profile` writes the
profile columns. What needs a group's values in order, `ordered`, and the counts of its values are computed for all groups
at once and not in SQL.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from local_workspace.engine.decomposition import Ordered
from local_workspace.engine.number_lists import Points
from local_workspace.engine.output_columns import SKETCH, SKETCH_SIZE
from local_workspace.engine.quantiles import POINTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from local_workspace.engine.switches import Switches
    from local_workspace.engine.types import SparkType


FREQUENT_ITEMS: Final = "frequent_items"
"""Name of the list of the most frequent values."""
_SHARES: Final = {"min": 0.0, "max": 1.0, "median": 0.5}
"""Statistic that is a quantile -> its share."""


class Family(StrEnum):
    """What statistics a column has."""

    NUMBER = "number"
    MOMENT = "moment"
    """TIMESTAMP and DATE: minimum, maximum and median as seconds since 1970."""
    TEXT = "text"
    BOOLEAN = "boolean"
    SCALAR = "scalar"
    """Binary and intervals: counted, and their different values."""
    NESTED = "nested"
    """Arrays, structs, maps: counted only."""


def family_of(kind: SparkType, switches: Switches) -> Family:
    """The family of a Databricks type."""
    if kind.is_numeric:
        return Family.NUMBER
    if kind.is_timestamp or (kind.name == "DATE" and switches.date_like_timestamp):
        return Family.MOMENT
    if kind.name in {"ARRAY", "MAP", "STRUCT"}:
        return Family.SCALAR if switches.complex_distinct else Family.NESTED
    return {"STRING": Family.TEXT, "BOOLEAN": Family.BOOLEAN}.get(kind.name, Family.SCALAR)


@dataclass(frozen=True)
class Wanted:
    """What is wanted of a group beyond counts, ranges and averages.

    Attributes:
        quantiles: the array of quantiles.
        frequent_items: the most frequent values.
        distribution: what the comparison of two distributions needs.
    """

    quantiles: bool
    frequent_items: bool
    distribution: bool


@dataclass(frozen=True)
class ColumnStatistics:
    """The statistics of one column.

    Attributes:
        name: the column.
        type: its Databricks type.
        family: what statistics it has.
        value: DuckDB SQL of its value.
        number: DuckDB SQL of its value as a DOUBLE without NaN; seconds for a moment.
        text: DuckDB SQL of its value as a text; of no use for a column whose values are not counted.
        is_categorical: it is compared by the shares of its values, not as a number.
        switches: what to do where nothing is published.
        unbounded: it holds infinities, or numbers so large that the distance of two may be no DOUBLE.
        not_a_number: it holds NaN.
    """

    name: str
    type: SparkType
    family: Family
    value: str
    number: str
    text: str
    is_categorical: bool
    switches: Switches
    unbounded: bool = False
    not_a_number: bool = False

    # ---- over a group's rows ----

    def aggregates(self, wanted: Wanted) -> dict[str, str]:
        """Name -> DuckDB aggregate over the rows of a group."""
        found = {"filled": f"count({self.value})"}
        is_estimated = self.switches.distinct_mode == "approximate" and not self._counts_distinct(wanted)
        if is_estimated and self.family is not Family.NESTED:
            found["distinct"] = f"least(approx_count_distinct({self.value}), count({self.value}))"
        if self.family is Family.NUMBER:
            found |= self._number_aggregates()
        if self.family is Family.TEXT:
            length = f"length({self.value})"
            found |= {
                "min_length": f"min({length})",
                "max_length": f"max({length})",
                "avg_length": f"avg({length})",
            }
        return found

    def ordered(self, wanted: Wanted) -> dict[str, Ordered]:
        """Name -> what is computed of each group's values in order."""
        found = {}
        is_counted = self._counts_distinct(wanted)
        if self.family is not Family.NESTED and (is_counted or self.switches.distinct_mode == "exact"):
            found["distinct"] = Ordered(self.text if is_counted else self.value, None)
        if self.family in {Family.MOMENT, Family.NUMBER}:
            found |= {name: Ordered(self.value, share) for name, share in _SHARES.items()}
        return found

    def _counts_distinct(self, wanted: Wanted) -> bool:
        """Whether the different values are those whose occurrences are counted anyway."""
        return self.family is not Family.NUMBER and (
            self.lists_items(wanted) or self.compares_categories(wanted)
        )

    def lists_items(self, wanted: Wanted) -> bool:
        """Whether the most frequent values are listed."""
        is_number = self.switches.frequent_items_numeric and self.family is Family.NUMBER
        return wanted.frequent_items and (self.is_categorical or is_number)

    def compares_categories(self, wanted: Wanted) -> bool:
        """Whether it is compared by the shares of its values."""
        return wanted.distribution and self.is_categorical

    def points(self, wanted: Wanted) -> dict[str, Points]:
        """Name of a list of numbers -> what it holds of each group's numbers."""
        found = {}
        is_number = self.family is Family.NUMBER
        if wanted.quantiles and (is_number or self._has_moments_quantiles):
            found["quantiles"] = Points(self.value, self.switches.quantile_points, is_limit=False)
        if wanted.distribution and is_number and not self.is_categorical:
            every = self.switches.wasserstein_basis == "values"
            found[SKETCH] = Points(self.value, None if every else POINTS, is_limit=True)
        return found

    @property
    def _has_moments_quantiles(self) -> bool:
        return self.family is Family.MOMENT and self.switches.timestamp_quantiles

    def _number_aggregates(self) -> dict[str, str]:
        found = {
            "avg": f"avg({self.number})",
            "stddev": f"stddev_samp({self.number})",
            "zeros": f"count(CASE WHEN {self.number} = 0 THEN 1 END)",
        }
        if self.unbounded:
            finite = f"CASE WHEN isfinite({self.number}) THEN {self.number} END"
            found["stddev"] = (
                f"CASE WHEN bool_or(isinf({self.number})) THEN 'NaN'::DOUBLE ELSE stddev_samp({finite}) END"
            )
        if self.not_a_number:
            found["nan"] = f"count({self.value}) - count({self.number})"
        return found

    # ---- what is kept of a group ----

    def finished(self, made: Mapping[str, str]) -> dict[str, str]:
        """Name -> DuckDB SQL over the values of `aggregates` and what was computed beside them.

        Args:
            made: the names of `aggregates`, `ordered` and of lists -> the columns that hold their values.
        """
        nan = made.get("nan", "0")
        size = {SKETCH_SIZE: f"nullif({made['filled']} - {nan}, 0)"} if SKETCH in made else {}
        return {**made, **size}

    # ---- columns of the profile table ----

    def profile(self, stored: Mapping[str, str]) -> dict[str, str]:
        """Profile column -> DuckDB SQL; what is left out is NULL.

        Args:
            stored: the names of `finished` and `rows` -> the columns that hold their values.
        """
        filled, rows = stored["filled"], stored["rows"]
        non_null = self.switches.column_count_basis == "non_null"
        found = {
            "count": filled if non_null else rows,
            "num_nulls": f"{rows} - {filled}",
            "percent_null": percent(f"{rows} - {filled}", rows),
        }
        if "distinct" in stored:
            found["distinct_count"] = stored["distinct"]
            found["percent_distinct"] = percent(stored["distinct"], filled)
        found |= {name: stored[name] for name in _PLAIN if name in stored}
        if self.family is Family.NUMBER:
            nan = stored.get("nan", "0")
            found |= {
                "num_zeros": stored["zeros"],
                "percent_zeros": percent(stored["zeros"], filled),
                "num_nan": nan,
                "percent_nan": percent(nan, filled),
            }
        return found


_PLAIN = (
    "min",
    "max",
    "median",
    "avg",
    "stddev",
    "min_length",
    "max_length",
    "avg_length",
    "quantiles",
    FREQUENT_ITEMS,
    SKETCH,
    SKETCH_SIZE,
)
"""Statistics that stand in the profile as they are kept of a group."""


def percent(part: str, whole: str) -> str:
    """DuckDB SQL of a share on the scale 0-100; NULL of nothing."""
    return f"100.0::DOUBLE * ({part}) / nullif({whole}, 0)"
