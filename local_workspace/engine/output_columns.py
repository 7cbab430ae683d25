"""The columns that every output table begins with, in the service's order, with the DuckDB types that hold them.

Order and types were published as three dumps of live tables that agree.
"""

from __future__ import annotations

from typing import Final

WINDOW: Final = 'STRUCT("start" TIMESTAMP, "end" TIMESTAMP)'
_ITEMS: Final = "STRUCT(item VARCHAR, count BIGINT)[]"
_TEST: Final = "STRUCT(statistic DOUBLE, pvalue DOUBLE)"

PROFILE_COLUMNS: Final[dict[str, str]] = {
    "window": WINDOW,
    "log_type": "VARCHAR",
    "logging_table_commit_version": "INTEGER",
    "monitor_version": "BIGINT",
    "granularity": "VARCHAR",
    "slice_key": "VARCHAR",
    "slice_value": "VARCHAR",
    "column_name": "VARCHAR",
    "count": "BIGINT",
    "data_type": "VARCHAR",
    "num_nulls": "BIGINT",
    "avg": "DOUBLE",
    "quantiles": "DOUBLE[]",
    "min": "DOUBLE",
    "max": "DOUBLE",
    "stddev": "DOUBLE",
    "num_zeros": "BIGINT",
    "num_nan": "BIGINT",
    "min_length": "DOUBLE",
    "max_length": "DOUBLE",
    "avg_length": "DOUBLE",
    "non_null_columns": "VARCHAR[]",
    "frequent_items": _ITEMS,
    "median": "DOUBLE",
    "distinct_count": "BIGINT",
    "percent_nan": "DOUBLE",
    "percent_null": "DOUBLE",
    "percent_zeros": "DOUBLE",
    "percent_distinct": "DOUBLE",
}
"""Column -> DuckDB type of the profile table."""

DRIFT_COLUMNS: Final[dict[str, str]] = {
    "window": WINDOW,
    "granularity": "VARCHAR",
    "monitor_version": "BIGINT",
    "slice_key": "VARCHAR",
    "slice_value": "VARCHAR",
    "column_name": "VARCHAR",
    "data_type": "VARCHAR",
    "window_cmp": WINDOW,
    "drift_type": "VARCHAR",
    "count_delta": "BIGINT",
    "avg_delta": "DOUBLE",
    "percent_null_delta": "DOUBLE",
    "percent_zeros_delta": "DOUBLE",
    "percent_distinct_delta": "DOUBLE",
    "non_null_columns_delta": "STRUCT(added INTEGER, missing INTEGER)",
    "js_distance": "DOUBLE",
    "ks_test": _TEST,
    "wasserstein_distance": "DOUBLE",
    "population_stability_index": "DOUBLE",
    "chi_squared_test": _TEST,
    "tv_distance": "DOUBLE",
    "l_infinity_distance": "DOUBLE",
}
"""Column -> DuckDB type of the drift table."""

SKETCH: Final = "sketch values"
"""The sorted values of a number column in a group; of more than 1000 their quantiles."""
SKETCH_SIZE: Final = "sketch size"
"""How many values the sketch stands for."""
CATEGORIES: Final = "category counts"
"""The values of a categorical column in a group, and how often each occurs."""
SKETCH_COLUMNS: Final[dict[str, str]] = {SKETCH: "DOUBLE[]", SKETCH_SIZE: "BIGINT"}
"""Column -> DuckDB type of what is kept of a number column."""
DISTRIBUTION_COLUMNS: Final[dict[str, str]] = SKETCH_COLUMNS | {CATEGORIES: _ITEMS}
"""Column -> DuckDB type of what a later refresh compares with. No output table has them: a custom metric's name cannot
hold a space, so that they may stand beside metrics."""

_BY_CLASS: Final = "MAP(VARCHAR, DOUBLE)"
_SCORE: Final = f"STRUCT(one_vs_all {_BY_CLASS}, macro DOUBLE, weighted DOUBLE)"

CLASSIFICATION_COLUMNS: Final[dict[str, str]] = {
    "accuracy_score": "DOUBLE",
    "confusion_matrix": "STRUCT(prediction VARCHAR, label VARCHAR, count BIGINT)[]",
    "precision": _SCORE,
    "recall": _SCORE,
    "f1_score": _SCORE,
    "log_loss": "DOUBLE",
    "roc_auc_score": "STRUCT(one_vs_one STRUCT(macro DOUBLE, weighted DOUBLE))",
    "predictive_parity": _BY_CLASS,
    "predictive_equality": _BY_CLASS,
    "equal_opportunity": _BY_CLASS,
    "statistical_parity": _BY_CLASS,
}
"""Column -> DuckDB type of what a log of a classification adds to the profile table.

Names are documented. Of `roc_auc_score` two public notebooks read `one_vs_one.weighted`; that fairness is said per class
is documented, its type is not.
"""

REGRESSION_COLUMNS: Final[dict[str, str]] = {
    "mean_squared_error": "DOUBLE",
    "root_mean_squared_error": "DOUBLE",
    "mean_average_error": "DOUBLE",
    "mean_absolute_percentage_error": "DOUBLE",
    "r2_score": "DOUBLE",
}
"""Column -> DuckDB type of what a log of a regression adds to the profile table."""

RESERVED: Final[frozenset[str]] = (
    frozenset(PROFILE_COLUMNS)
    | frozenset(DRIFT_COLUMNS)
    | frozenset(CLASSIFICATION_COLUMNS)
    | frozenset(REGRESSION_COLUMNS)
)
"""Names that a custom metric cannot have."""
