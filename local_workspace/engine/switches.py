"""Choices where the service's behaviour is not published: one switch each, with the likeliest answer as default.

The documented limits (30 days, 100 slice values, 100 frequent items) are here too, so that tests can make them small.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class Switches(BaseModel):
    """What a refresh does where nobody published what the service does.

    Attributes:
        column_count_basis: `count` of a column's row: its non-null values (documentation) or the group's rows.
        distinct_mode: `distinct_count` counted exactly, or estimated within a few percent as the service does.
        quantile_method: `quantiles` and `median` between two values: on the line between them, or the nearer one.
        wasserstein_basis: the distance of the two arrays of 1000 quantiles, or of all values.
        psi_bins: bins of the population stability index, equally high in the compared window.
        psi_floor: smallest share that a bin is taken to have.
        js_base: base of the logarithm of the Jensen-Shannon divergence; with 2 the distance lies between 0 and 1.
        js_root: whether `js_distance` is the root of the divergence.
        chi2_categories: categories of the chi-squared test: seen in either window, or only those seen in both.
        null_is_category: whether nulls count as a category of their own.
        fairness: how the two groups of a predicate are compared: difference or ratio of their rates, or not at all.
        complex_distinct: whether arrays, structs and maps get a `distinct_count`.
        date_like_timestamp: whether DATE columns have minimum, maximum and median as timestamps have.
        timestamp_quantiles: whether timestamps get `quantiles`, in seconds since 1970.
        frequent_items_numeric: whether numbers get `frequent_items`.
        snapshot_window: where the window of a snapshot's refresh begins: at its end, the instant of the refresh, or at
            that of the refresh before.
        snapshot_custom_drift: what becomes of DRIFT metrics of a snapshot without a baseline table.
        look_back_days: days before the monitor's creation from which rows are read (documented: 30).
        slice_values: slice values kept per expression, most frequent first (documented: 100).
        frequent_values: values kept in `frequent_items` (documented: 100).
        slice_drift_tests: whether the rows of slices get the statistics that compare two distributions.
        slice_quantiles: whether the rows of slices get `quantiles`.
        slice_frequent_items: whether the rows of slices get `frequent_items`.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    column_count_basis: Literal["non_null", "rows"] = "non_null"
    distinct_mode: Literal["exact", "approximate"] = "exact"
    quantile_method: Literal["linear", "nearest"] = "linear"
    wasserstein_basis: Literal["sketch", "values"] = "sketch"
    psi_bins: Annotated[int, Field(ge=2, le=1000)] = 10
    psi_floor: Annotated[float, Field(gt=0, lt=1)] = 1e-4
    js_base: Annotated[float, Field(gt=1)] = 2.0
    js_root: bool = True
    chi2_categories: Literal["union", "both"] = "union"
    null_is_category: bool = False
    fairness: Literal["difference", "ratio", "none"] = "difference"
    complex_distinct: bool = False
    date_like_timestamp: bool = True
    timestamp_quantiles: bool = False
    frequent_items_numeric: bool = False
    snapshot_window: Literal["equal", "since_previous"] = "equal"
    snapshot_custom_drift: Literal["computed", "empty", "refused"] = "computed"
    look_back_days: Annotated[int, Field(ge=0)] = 30
    slice_values: Annotated[int, Field(ge=1)] = 100
    frequent_values: Annotated[int, Field(ge=1)] = 100
    slice_drift_tests: bool = False
    slice_quantiles: bool = False
    slice_frequent_items: bool = False


DEFAULT = Switches()
"""What the local workspace runs with until a switch is set."""
