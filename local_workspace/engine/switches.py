"""Choices where the service's behaviour is not published; each has one default and can be changed in tests."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class CountBasis(StrEnum):
    """What `count` means on a column's row."""

    NON_NULL = "non_null"
    ROWS = "rows"


@dataclass(frozen=True)
class Switches:
    """What a refresh does where nobody published what the service does.

    Attributes:
        column_count_basis: `count` of a column's row: its non-null values (documentation) or the group's rows.
        look_back_days: days before the monitor's creation from which rows are read (documented: 30).
        slice_values: slice values kept per expression, most frequent first (documented: 100).
        frequent_values: values kept in `frequent_items` (documented: 100).
        quantile_points: points of `quantiles` on whole-table rows; first = minimum, last = maximum; between two
            values they are interpolated linearly. 0 leaves `quantiles` NULL.
        slice_quantile_points: the same for slice rows; 0, because 1000 points on each of them make the profile
            table a hundred times larger, and nothing reads them yet.
        slice_frequent_items: whether slice rows get `frequent_items`; off for the same reason.
    """

    column_count_basis: CountBasis = CountBasis.NON_NULL
    look_back_days: int = 30
    slice_values: int = 100
    frequent_values: int = 100
    quantile_points: int = 1000
    slice_quantile_points: int = 0
    slice_frequent_items: bool = False


DEFAULT = Switches()
"""What the local workspace runs with."""
