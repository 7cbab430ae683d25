"""Choices where the service's behaviour is not published: one switch each, with the likeliest answer as default.

The documented limits (30 days, 100 slice values, 100 frequent items, 1000 quantiles) are here too: smaller ones make small
tables, and tests of small ones. docs/switches.md lists them all.
"""

from __future__ import annotations

import zoneinfo
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field


def _time_zone(name: str) -> str:
    if name not in zoneinfo.available_timezones():
        raise ValueError(f"'{name}' is not a time zone; write it like 'UTC' or 'Europe/Berlin'")
    return name


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise ValueError(f"'{text}' is not a day; write it like '1970-01-05'") from error


class Switches(BaseModel):
    """What a refresh does where nobody published what the service does; each field says what it decides."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    # ---- profile ----

    column_count_basis: Annotated[
        Literal["non_null", "rows"],
        Field(description="count of a column's row: its non-null values, or the rows of the group"),
    ] = "non_null"
    distinct_mode: Annotated[
        Literal["exact", "approximate"],
        Field(description="distinct_count exactly, or estimated within a few percent as the service does"),
    ] = "exact"
    complex_distinct: Annotated[
        bool, Field(description="whether arrays, structs and maps get a distinct_count")
    ] = False
    quantile_method: Annotated[
        Literal["linear", "nearest"],
        Field(description="quantiles and median between two values: on the line between them, or the nearer"),
    ] = "linear"
    quantile_points: Annotated[
        int,
        Field(
            ge=2,
            le=1000,
            description="points of quantiles (documented: 1000); fewer keep the table small, drift tests stay the same",
        ),
    ] = 1000
    timestamp_quantiles: Annotated[
        bool, Field(description="whether timestamps get quantiles, in seconds since 1970")
    ] = False
    date_like_timestamp: Annotated[
        bool, Field(description="whether DATE columns get minimum, maximum and median as timestamps do")
    ] = True
    frequent_items_numeric: Annotated[bool, Field(description="whether numbers get frequent_items")] = False
    frequent_values: Annotated[
        int, Field(ge=1, le=100_000, description="values kept in frequent_items (documented: 100)")
    ] = 100
    fairness: Annotated[
        Literal["difference", "ratio", "none"],
        Field(description="the two groups of a predicate: difference or ratio of their rates, or nothing"),
    ] = "difference"

    # ---- drift ----

    wasserstein_basis: Annotated[
        Literal["sketch", "values"],
        Field(description="wasserstein_distance of two arrays of 1000 quantiles, or of all values"),
    ] = "sketch"
    psi_bins: Annotated[
        int,
        Field(
            ge=2,
            le=1000,
            description="bins of population_stability_index, equally high in the compared window",
        ),
    ] = 10
    psi_floor: Annotated[
        float, Field(gt=0, lt=1, description="smallest share that such a bin is taken to have")
    ] = 1e-4
    js_base: Annotated[
        float, Field(gt=1, description="base of the logarithm of js_distance; with 2 it lies between 0 and 1")
    ] = 2.0
    js_root: Annotated[
        bool, Field(description="whether js_distance is the root of the Jensen-Shannon divergence")
    ] = True
    chi2_categories: Annotated[
        Literal["union", "both"],
        Field(
            description="categories of chi_squared_test: seen in either window, or only those seen in both"
        ),
    ] = "union"
    null_is_category: Annotated[bool, Field(description="whether nulls are a category of their own")] = False

    # ---- slices ----

    null_slice: Annotated[
        bool, Field(description="whether rows whose slicing expression is NULL make a slice, its value NULL")
    ] = False
    slice_values: Annotated[
        int, Field(ge=1, description="slices kept of an expression, most frequent first (documented: 100)")
    ] = 100
    slice_drift_tests: Annotated[
        bool, Field(description="whether slices get the statistics that compare two distributions")
    ] = False
    slice_quantiles: Annotated[bool, Field(description="whether slices get quantiles")] = False
    slice_frequent_items: Annotated[bool, Field(description="whether slices get frequent_items")] = False

    # ---- windows ----

    look_back_days: Annotated[
        int,
        Field(ge=0, description="days before the monitor's creation whose rows are read (documented: 30)"),
    ] = 30
    window_timezone: Annotated[
        str,
        AfterValidator(_time_zone),
        Field(description="time zone whose midnight windows of days, weeks, months and years begin at"),
    ] = "UTC"
    week_start: Annotated[
        Literal["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"],
        Field(description="first day of windows of one week"),
    ] = "MONDAY"
    multi_week_anchor: Annotated[
        str, AfterValidator(_day), Field(description="a day on which windows of 2 to 4 weeks begin")
    ] = "1970-01-05"
    snapshot_window: Annotated[
        Literal["equal", "since_previous"],
        Field(description="where a snapshot's window begins: at its end, or at the end of the one before"),
    ] = "equal"
    snapshot_custom_drift: Annotated[
        Literal["computed", "empty", "refused"],
        Field(description="what becomes of DRIFT metrics of a snapshot without a baseline table"),
    ] = "computed"

    # ---- tables ----

    refresh_keeps_comments: Annotated[
        bool, Field(description="whether comments of the output tables survive a refresh")
    ] = True


DEFAULT = Switches()
"""What the engine runs with until a switch is set."""
