"""The columns that the service puts into every profile and drift table, in its order, with their texts.

29 in the profile table, 22 in the drift table, 7 of them in both. Custom metrics stand behind them.
"""

from __future__ import annotations

from dataclasses import dataclass

WINDOW_TYPE = "STRUCT<start: TIMESTAMP, end: TIMESTAMP>"
TEST_TYPE = "STRUCT<statistic: DOUBLE, pvalue: DOUBLE>"


@dataclass(frozen=True)
class StandardColumn:
    """A column of an output table that no metric makes."""

    name: str
    type: str
    meaning: str
    technical: str

    @property
    def text(self) -> str:
        """The column's comment."""
        return f"{self.meaning}. Technical: {self.technical}."


# fmt: off
WINDOW = StandardColumn(
    "window", WINDOW_TYPE, "Time window that the row describes",
    "half-open and aligned to the UTC clock; read window.start and window.end; the newest is still filling")
GRANULARITY = StandardColumn(
    "granularity", "STRING", "Length of the window, such as 1 hour or 1 day",
    "filter on one value, because every length has rows of its own")
MONITOR_VERSION = StandardColumn(
    "monitor_version", "BIGINT", "Version of the monitor's configuration that computed the row",
    "rises with every change; history keeps its versions, so take the newest per window and slice")
SLICE_KEY = StandardColumn(
    "slice_key", "STRING", "Dimension that the row is a part of",
    "text of the slicing expression; NULL for the whole table; one dimension per row, never two")
SLICE_VALUE = StandardColumn(
    "slice_value", "STRING", "Value of that dimension",
    "always text, also 'true' and 'false'; NULL for the whole table; only the 100 most frequent values exist")
COLUMN_NAME = StandardColumn(
    "column_name", "STRING", "What the row describes: the whole table or one column of the gold table",
    "':table' is the row with the custom metrics; other rows hold built-in statistics of that column")
DATA_TYPE = StandardColumn(
    "data_type", "STRING", "Type of the described column",
    "short lower-case name such as double or string; NULL where column_name = ':table'")

PROFILE_COLUMNS = (
    WINDOW,
    StandardColumn("log_type", "STRING", "Which data the row was computed from",
                   "INPUT is the gold table, BASELINE a baseline table; filter log_type = 'INPUT'"),
    StandardColumn("logging_table_commit_version", "INT", "Version of the gold table that was read",
                   "bookkeeping of the service; no report needs it"),
    MONITOR_VERSION,
    GRANULARITY,
    SLICE_KEY,
    SLICE_VALUE,
    COLUMN_NAME,
    StandardColumn("count", "BIGINT", "How many rows or values the row is made from",
                   "rows of the window where column_name = ':table', else values that are not NULL"),
    DATA_TYPE,
    StandardColumn("num_nulls", "BIGINT", "How many values are missing",
                   "NULL values of the column in the window"),
    StandardColumn("avg", "DOUBLE", "Mean value of the column",
                   "numeric columns; NULL and NaN left out"),
    StandardColumn("quantiles", "ARRAY<DOUBLE>", "Distribution of the column",
                   "1000 equally spaced points from the minimum to the maximum; numeric columns"),
    StandardColumn("min", "DOUBLE", "Smallest value of the column",
                   "numeric columns; seconds since 1970 for timestamps"),
    StandardColumn("max", "DOUBLE", "Largest value of the column",
                   "numeric columns; seconds since 1970 for timestamps"),
    StandardColumn("stddev", "DOUBLE", "Spread of the column around its mean",
                   "sample standard deviation; numeric columns"),
    StandardColumn("num_zeros", "BIGINT", "How many values are zero", "numeric columns"),
    StandardColumn("num_nan", "BIGINT", "How many values are not a number",
                   "NaN values; numeric columns"),
    StandardColumn("min_length", "DOUBLE", "Length of the shortest text", "characters; text columns"),
    StandardColumn("max_length", "DOUBLE", "Length of the longest text", "characters; text columns"),
    StandardColumn("avg_length", "DOUBLE", "Mean length of the texts", "characters; text columns"),
    StandardColumn("non_null_columns", "ARRAY<STRING>", "Columns of the gold table that hold any value",
                   "names with at least one value in the window; only where column_name = ':table'"),
    StandardColumn("frequent_items", "ARRAY<STRUCT<item: STRING, count: BIGINT>>",
                   "Most frequent values of the column with their counts",
                   "at most 100; text-like columns; may hold personal data when the gold column does"),
    StandardColumn("median", "DOUBLE", "Middle value of the column",
                   "numeric columns; seconds since 1970 for timestamps"),
    StandardColumn("distinct_count", "BIGINT", "How many different values the column has",
                   "an approximation on the service"),
    StandardColumn("percent_nan", "DOUBLE", "Share of values that are not a number",
                   "num_nan of the values, on the scale 0-100; numeric columns"),
    StandardColumn("percent_null", "DOUBLE", "Share of values that are missing",
                   "num_nulls * 100 / rows of the window, on the scale 0-100"),
    StandardColumn("percent_zeros", "DOUBLE", "Share of values that are zero",
                   "num_zeros * 100 / count, on the scale 0-100; numeric columns"),
    StandardColumn("percent_distinct", "DOUBLE", "Share of different values among all values",
                   "distinct_count * 100 / count, on the scale 0-100"),
)

DRIFT_COLUMNS = (
    WINDOW,
    GRANULARITY,
    MONITOR_VERSION,
    SLICE_KEY,
    SLICE_VALUE,
    COLUMN_NAME,
    DATA_TYPE,
    StandardColumn("window_cmp", WINDOW_TYPE, "Window that the row is compared with",
                   "the window directly before, of equal granularity and slice; after a gap there is no row"),
    StandardColumn("drift_type", "STRING", "What the window is compared with",
                   "CONSECUTIVE is the window before, BASELINE a baseline table; "
                   "filter drift_type = 'CONSECUTIVE'"),
    StandardColumn("count_delta", "BIGINT", "Change in the number of rows or values",
                   "count minus count of the compared window"),
    StandardColumn("avg_delta", "DOUBLE", "Change of the column's mean",
                   "numeric columns; always NULL where column_name = ':table'"),
    StandardColumn("percent_null_delta", "DOUBLE", "Change in the share of missing values",
                   "points on the scale 0-100; NULL where column_name = ':table'"),
    StandardColumn("percent_zeros_delta", "DOUBLE", "Change in the share of zeros",
                   "points on the scale 0-100; numeric columns"),
    StandardColumn("percent_distinct_delta", "DOUBLE", "Change in the share of different values",
                   "points on the scale 0-100; NULL where column_name = ':table'"),
    StandardColumn("non_null_columns_delta", "STRUCT<added: INT, missing: INT>",
                   "How many columns began or ceased to hold values",
                   "added and missing against the compared window; only where column_name = ':table'"),
    StandardColumn("js_distance", "DOUBLE",
                   "How far the mix of values has moved, from 0 (same) to 1 (disjoint)",
                   "Jensen-Shannon distance of the shares of the values; text and boolean columns"),
    StandardColumn("ks_test", TEST_TYPE, "Whether the distribution has moved",
                   "Kolmogorov-Smirnov test; a small ks_test.pvalue means that it has; numeric columns"),
    StandardColumn("wasserstein_distance", "DOUBLE",
                   "How far the distribution has moved, in the column's unit",
                   "mean distance between the quantiles of both windows; numeric columns"),
    StandardColumn("population_stability_index", "DOUBLE",
                   "How much the distribution has moved; below 0.1 hardly, from 0.2 significantly",
                   "sum over bins of (share now - share before) * ln(share now / share before); "
                   "numeric columns"),
    StandardColumn("chi_squared_test", TEST_TYPE, "Whether the mix of values has moved",
                   "chi-square test; a small chi_squared_test.pvalue means that it has; "
                   "text and boolean columns"),
    StandardColumn("tv_distance", "DOUBLE", "How much of the mix of values has moved, from 0 to 1",
                   "total variation: half the sum of the absolute changes of the shares; "
                   "text and boolean columns"),
    StandardColumn("l_infinity_distance", "DOUBLE", "Largest change of the share of one value, from 0 to 1",
                   "largest absolute change among the shares; text and boolean columns"),
)
# fmt: on

STANDARD_NAMES = frozenset(column.name for column in PROFILE_COLUMNS + DRIFT_COLUMNS)
"""The 44 names that no metric may have."""

QUALITY_NAMES = frozenset(
    {
        "accuracy_score",
        "confusion_matrix",
        "equal_opportunity",
        "f1_score",
        "log_loss",
        "mean_absolute_percentage_error",
        "mean_average_error",
        "mean_squared_error",
        "precision",
        "predictive_equality",
        "predictive_parity",
        "r2_score",
        "recall",
        "roc_auc_score",
        "root_mean_squared_error",
        "statistical_parity",
    }
)
"""Columns that inference profiles add; kept free so that a monitor can become one."""
