"""The columns that the service makes: 29 in a profile table, 22 in a drift table, 7 in both."""

from __future__ import annotations

import re

import pytest

from monitoring.standard_columns import (
    DRIFT_COLUMNS,
    PROFILE_COLUMNS,
    QUALITY_NAMES,
    STANDARD_NAMES,
    StandardColumn,
)

WINDOW = "STRUCT<start: TIMESTAMP, end: TIMESTAMP>"
TEST = "STRUCT<statistic: DOUBLE, pvalue: DOUBLE>"
ALL = {column.name: column for column in (*PROFILE_COLUMNS, *DRIFT_COLUMNS)}


def test_a_profile_table_has_29_columns_of_the_service() -> None:
    assert {column.name: column.type for column in PROFILE_COLUMNS} == {
        "window": WINDOW,
        **dict.fromkeys(("granularity", "slice_key", "slice_value", "column_name", "data_type"), "STRING"),
        "monitor_version": "BIGINT",
        "log_type": "STRING",
        "logging_table_commit_version": "INT",
        **dict.fromkeys(("count", "num_nulls", "num_zeros", "num_nan", "distinct_count"), "BIGINT"),
        **dict.fromkeys(("avg", "min", "max", "stddev", "median"), "DOUBLE"),
        **dict.fromkeys(("min_length", "max_length", "avg_length"), "DOUBLE"),
        **dict.fromkeys(("percent_nan", "percent_null", "percent_zeros", "percent_distinct"), "DOUBLE"),
        "quantiles": "ARRAY<DOUBLE>",
        "frequent_items": "ARRAY<STRUCT<item: STRING, count: BIGINT>>",
        "non_null_columns": "ARRAY<STRING>",
    }
    assert len(PROFILE_COLUMNS) == 29


def test_a_drift_table_has_22_columns_of_the_service_and_no_log_type() -> None:
    assert {column.name: column.type for column in DRIFT_COLUMNS} == {
        **dict.fromkeys(("window", "window_cmp"), WINDOW),
        **dict.fromkeys(("granularity", "slice_key", "slice_value", "column_name", "data_type"), "STRING"),
        "monitor_version": "BIGINT",
        "drift_type": "STRING",
        "count_delta": "BIGINT",
        **dict.fromkeys(
            ("avg_delta", "percent_null_delta", "percent_zeros_delta", "percent_distinct_delta"), "DOUBLE"
        ),
        "non_null_columns_delta": "STRUCT<added: INT, missing: INT>",
        **dict.fromkeys(("ks_test", "chi_squared_test"), TEST),
        **dict.fromkeys(("wasserstein_distance", "population_stability_index"), "DOUBLE"),
        **dict.fromkeys(("js_distance", "tv_distance", "l_infinity_distance"), "DOUBLE"),
    }
    assert len(DRIFT_COLUMNS) == 22


def test_seven_columns_are_in_both_tables_with_one_text() -> None:
    both = set(PROFILE_COLUMNS) & set(DRIFT_COLUMNS)
    assert {column.name for column in both} == {
        "window",
        "granularity",
        "monitor_version",
        "slice_key",
        "slice_value",
        "column_name",
        "data_type",
    }


def test_the_44_names_are_reserved() -> None:
    assert ALL.keys() == STANDARD_NAMES
    assert len(STANDARD_NAMES) == 44


def test_the_16_names_of_model_quality_are_reserved_too() -> None:
    assert len(QUALITY_NAMES) == 16
    assert QUALITY_NAMES.isdisjoint(STANDARD_NAMES)
    assert {"precision", "recall", "f1_score", "r2_score", "confusion_matrix", "log_loss"} <= QUALITY_NAMES


@pytest.mark.parametrize("column", ALL.values(), ids=lambda column: column.name)
def test_every_column_has_a_complete_text(column: StandardColumn) -> None:
    assert re.fullmatch(r"[A-Z][^\n]*[^.\s]\. Technical: [^\n]*[^.\s]\.", column.text)
    assert len(column.text) < 1000


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("column_name", "':table' is the row with the custom metrics"),
        ("log_type", "filter log_type = 'INPUT'"),
        ("drift_type", "filter drift_type = 'CONSECUTIVE'"),
        ("granularity", "filter on one value"),
        ("slice_key", "NULL for the whole table"),
        ("slice_value", "only the 100 most frequent values exist"),
        ("monitor_version", "take the newest per window and slice"),
        ("window", "the newest is still filling"),
        ("frequent_items", "may hold personal data"),
        ("avg_delta", "always NULL where column_name = ':table'"),
    ],
)
def test_a_text_says_what_a_query_gets_wrong_without_it(name: str, hint: str) -> None:
    assert hint in ALL[name].text
