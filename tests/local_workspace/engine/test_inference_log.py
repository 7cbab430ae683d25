"""Logs of inferences: rows by model, model quality, fairness. Expected scores were computed with scikit-learn 1.9.1."""

from __future__ import annotations

from typing import Any, Final

import pytest

from local_workspace.engine.definition import validate
from local_workspace.engine.output_columns import (
    CLASSIFICATION_COLUMNS,
    DRIFT_COLUMNS,
    PROFILE_COLUMNS,
    REGRESSION_COLUMNS,
)
from local_workspace.engine.switches import Switches
from tests.local_workspace.engine.monitored import DRIFT, PROFILE, Monitored, inference_log, metric, monitored

CLASSIFIED: Final = """
    SELECT TIMESTAMP '2026-03-17' AS at, * FROM (VALUES
        ('v1', 'cat', 'cat', MAP {'bird': 0.1, 'cat': 0.7, 'dog': 0.2}, TRUE),
        ('v1', 'dog', 'cat', MAP {'bird': 0.1, 'cat': 0.4, 'dog': 0.5}, TRUE),
        ('v1', 'dog', 'dog', MAP {'bird': 0.2, 'cat': 0.2, 'dog': 0.6}, FALSE),
        ('v1', 'dog', 'dog', MAP {'bird': 0.1, 'cat': 0.3, 'dog': 0.6}, FALSE),
        ('v2', 'cat', 'bird', MAP {'bird': 0.3, 'cat': 0.6, 'dog': 0.1}, TRUE),
        ('v2', 'cat', 'cat', MAP {'bird': 0.05, 'cat': 0.9, 'dog': 0.05}, FALSE),
        ('v2', 'cat', 'dog', MAP {'bird': 0.2, 'cat': 0.5, 'dog': 0.3}, TRUE),
        ('v2', 'bird', 'bird', MAP {'bird': 0.8, 'cat': 0.1, 'dog': 0.1}, FALSE)
    ) AS t(model, prediction, label, probability, minor)
"""
MEASURED: Final = """
    SELECT TIMESTAMP '2026-03-17' AS at, * FROM (VALUES
        (7, 2.5, 3.0), (7, 0.0, -0.5), (7, 2.0, 2.0), (8, 8.0, 7.0), (8, 1.0, NULL), (NULL, NULL, 1.0)
    ) AS t(model, prediction, label)
"""


def classified(select: str = CLASSIFIED, **settings: Any) -> Monitored:  # noqa: ANN401 - whatever `monitored` takes
    return monitored(
        select, analysis=inference_log("CLASSIFICATION", prediction_proba_col="probability"), **settings
    )


def of(monitor: Monitored, what: str, model: str = "*", where: str = "slice_key IS NULL") -> tuple[Any, ...]:
    return monitor.row(":table", what, f"model = '{model}' AND {where}")


def test_every_row_is_there_for_all_models_and_for_each() -> None:
    monitor = classified(slices=["minor"])
    monitor.refresh()
    found = monitor.rows(
        f"SELECT model, slice_value, count(*), count(DISTINCT column_name) FROM {PROFILE} GROUP BY ALL ORDER BY ALL"
    )
    assert found == [(model, value, 7, 7) for model in ("*", "v1", "v2") for value in ("false", "true", None)]


def test_the_model_column_stands_behind_the_base_columns_of_both_tables() -> None:
    total = metric("aggregate", "runs", "COUNT(*)", type_name="long")
    change = metric("drift", "more", "{{current_df}}.runs - {{base_df}}.runs")
    monitor = classified(metrics=[total, change])
    monitor.refresh()
    profile = [name for name, *_ in monitor.rows(f"DESCRIBE {PROFILE}")]
    assert profile == [*PROFILE_COLUMNS, "model", *CLASSIFICATION_COLUMNS, "runs"]
    assert [name for name, *_ in monitor.rows(f"DESCRIBE {DRIFT}")] == [*DRIFT_COLUMNS, "model", "more"]


def test_a_regression_has_its_own_columns() -> None:
    monitor = monitored(MEASURED, analysis=inference_log("REGRESSION"))
    monitor.refresh()
    described = {name: kind for name, kind, *_ in monitor.rows(f"DESCRIBE {PROFILE}")}
    assert described == {**PROFILE_COLUMNS, "model": "VARCHAR", **REGRESSION_COLUMNS}


def test_a_row_without_a_model_counts_for_all_models_only() -> None:
    monitor = monitored(MEASURED, analysis=inference_log("REGRESSION"))
    monitor.refresh()
    found = monitor.rows(f"SELECT model, count FROM {PROFILE} WHERE column_name = ':table' ORDER BY model")
    assert found == [("*", 6), ("7", 3), ("8", 2)]


def test_classification_scores_are_those_of_scikit_learn() -> None:
    monitor = classified()
    monitor.refresh()
    accuracy, precision, recall, f1, loss, area = of(
        monitor, "accuracy_score, precision, recall, f1_score, log_loss, roc_auc_score"
    )
    assert accuracy == 0.625
    assert precision == {
        "one_vs_all": {"bird": 1.0, "cat": 0.5, "dog": pytest.approx(2 / 3)},
        "macro": pytest.approx(0.7222222222222222),
        "weighted": pytest.approx(0.6875),
    }
    assert recall == {
        "one_vs_all": {"bird": 0.5, "cat": pytest.approx(2 / 3), "dog": pytest.approx(2 / 3)},
        "macro": pytest.approx(0.611111111111111),
        "weighted": pytest.approx(0.625),
    }
    assert f1 == {
        "one_vs_all": {
            "bird": pytest.approx(2 / 3),
            "cat": pytest.approx(0.5714285714285714),
            "dog": pytest.approx(2 / 3),
        },
        "macro": pytest.approx(0.6349206349206349),
        "weighted": pytest.approx(0.6309523809523809),
    }
    assert loss == pytest.approx(0.6288833248710972)
    assert area == {
        "one_vs_one": {
            "macro": pytest.approx(0.9351851851851851),
            "weighted": pytest.approx(0.9322916666666666),
        }
    }


def test_the_confusion_matrix_lists_what_was_predicted_for_what() -> None:
    monitor = classified()
    monitor.refresh()
    (matrix,) = of(monitor, "confusion_matrix", "v1")
    assert matrix == [
        {"prediction": "cat", "label": "cat", "count": 1},
        {"prediction": "dog", "label": "cat", "count": 1},
        {"prediction": "dog", "label": "dog", "count": 2},
    ]


def test_scores_of_a_model_are_of_its_own_rows() -> None:
    monitor = classified()
    monitor.refresh()
    assert of(monitor, "accuracy_score, recall.one_vs_all", "v1") == (0.75, {"cat": 0.5, "dog": 1.0})
    assert of(monitor, "accuracy_score, precision.one_vs_all", "v2") == (
        0.5,
        {"bird": 1.0, "cat": pytest.approx(1 / 3), "dog": 0.0},
    )


def test_equal_probabilities_count_half_in_the_area() -> None:
    rows = ", ".join(
        f"('v', '{label}', MAP {{'no': {1 - p}, 'yes': {p}}})"
        for label, p in (("no", 0.1), ("no", 0.4), ("yes", 0.35), ("yes", 0.8), ("yes", 0.4))
    )
    monitor = classified(
        f"SELECT TIMESTAMP '2026-03-17' AS at, *, 'yes' AS prediction FROM (VALUES {rows}) AS t(model, label, probability)"
    )
    monitor.refresh()
    assert of(monitor, "roc_auc_score.one_vs_one") == ({"macro": 0.75, "weighted": 0.75},)


def test_a_probability_of_nothing_has_a_finite_loss() -> None:
    monitor = classified(
        "SELECT TIMESTAMP '2026-03-17' AS at, 'v' AS model, 'a' AS prediction, 'b' AS label, MAP {'a': 1.0} AS probability"
    )
    monitor.refresh()
    assert of(monitor, "log_loss, roc_auc_score") == (pytest.approx(36.04365338911715), None)


def test_without_probabilities_loss_and_area_are_null() -> None:
    monitor = monitored(CLASSIFIED, analysis=inference_log("CLASSIFICATION"))
    monitor.refresh()
    assert of(monitor, "accuracy_score, log_loss, roc_auc_score") == (0.625, None, None)


def test_rows_without_a_label_are_left_out_of_the_scores() -> None:
    monitor = classified(
        f"{CLASSIFIED} UNION ALL BY NAME SELECT TIMESTAMP '2026-03-17' AS at, 'v1' AS model, 'cat' AS prediction"
    )
    monitor.refresh()
    assert of(monitor, "count, accuracy_score") == (9, 0.625)


def test_without_any_label_the_scores_are_null_and_the_prediction_has_drift() -> None:
    later = CLASSIFIED.replace("03-17", "03-18").replace("'dog', 'dog'", "'cat', 'dog'")
    monitor = monitored(
        f"{CLASSIFIED} UNION ALL {later}",
        analysis=inference_log("CLASSIFICATION", label_col=None),
    )
    monitor.refresh()
    found = monitor.rows(
        f"SELECT DISTINCT accuracy_score, precision, confusion_matrix, log_loss FROM {PROFILE}"
    )
    assert found == [(None,) * 4]
    (drift,) = monitor.rows(
        f"SELECT tv_distance FROM {DRIFT} WHERE column_name = 'prediction' AND model = '*'"
    )
    assert drift == (pytest.approx(0.25),)


def test_scores_stand_on_the_table_row_only() -> None:
    monitor = classified()
    monitor.refresh()
    listed = ", ".join(f'count("{name}")' for name in CLASSIFICATION_COLUMNS)
    assert monitor.rows(f"SELECT {listed} FROM {PROFILE} WHERE column_name <> ':table'") == [(0,) * 11]


def test_regression_scores_are_those_of_scikit_learn() -> None:
    monitor = monitored(MEASURED, analysis=inference_log("REGRESSION"))
    monitor.refresh()
    names = "mean_squared_error, root_mean_squared_error, mean_average_error, mean_absolute_percentage_error, r2_score"
    assert of(monitor, names) == pytest.approx(
        (0.375, 0.6123724356957945, 0.5, 0.3273809523809524, 0.9486081370449679)
    )


@pytest.mark.parametrize(
    ("rows", "score"),
    [("(1.0, 1.0)", None), ("(1.0, 1.0), (1.0, 1.0)", 1.0), ("(1.0, 1.0), (2.0, 1.0)", 0.0)],
)
def test_r2_of_constant_labels_is_one_or_nothing(rows: str, score: float | None) -> None:
    monitor = monitored(
        f"SELECT TIMESTAMP '2026-03-17' AS at, 'v' AS model, * FROM (VALUES {rows}) AS t(prediction, label)",
        analysis=inference_log("REGRESSION"),
    )
    monitor.refresh()
    assert of(monitor, "r2_score") == (score,)


def test_a_regression_without_labels_has_no_scores() -> None:
    monitor = monitored(MEASURED, analysis=inference_log("REGRESSION", label_col=None))
    monitor.refresh()
    assert of(monitor, "mean_squared_error, r2_score") == (None, None)


@pytest.mark.parametrize(("problem", "categorical"), [("CLASSIFICATION", True), ("REGRESSION", False)])
def test_numbers_that_stand_for_classes_have_the_drift_of_categories(problem: str, categorical: bool) -> None:
    rows = "SELECT TIMESTAMP '2026-03-{}' AS at, 'v' AS model, {} AS prediction, 1 AS label, 3 AS other"
    monitor = monitored(
        f"{rows.format(17, 0)} UNION ALL {rows.format(18, 1)}", analysis=inference_log(problem)
    )
    monitor.refresh()
    found = dict(
        monitor.rows(
            f"SELECT column_name, (js_distance IS NOT NULL, ks_test IS NOT NULL) FROM {DRIFT} WHERE model = '*'"
        )
    )
    assert found["prediction"] == found["label"] == (categorical, not categorical)
    assert found["other"] == (False, True)
    assert monitor.rows(
        f"SELECT count(avg) FROM {PROFILE} WHERE column_name = 'prediction' AND model = '*'"
    ) == [(2,)]


def test_numbers_that_stand_for_classes_are_named_as_databricks_writes_them() -> None:
    monitor = monitored(
        "SELECT TIMESTAMP '2026-03-17' AS at, 'v' AS model, 1e7::DOUBLE AS prediction, 1e7::DOUBLE AS label",
        analysis=inference_log("CLASSIFICATION"),
    )
    monitor.refresh()
    assert of(monitor, "confusion_matrix[1].prediction, accuracy_score") == ("1.0E7", 1.0)
    (items,) = monitor.row("prediction", "frequent_items", "model = '*'")
    assert items == [{"item": "1.0E7", "count": 1}]


def test_a_model_is_compared_with_itself() -> None:
    later = CLASSIFIED.replace("03-17", "03-18")
    monitor = classified(f"{CLASSIFIED} UNION ALL {later} UNION ALL {later} ")
    monitor.refresh()
    found = monitor.rows(
        f"SELECT model, count_delta FROM {DRIFT} WHERE column_name = ':table' ORDER BY model"
    )
    assert found == [("*", 8), ("v1", 4), ("v2", 4)]


def test_metrics_may_name_prediction_and_label_by_template() -> None:
    wrong = metric("aggregate", "wrong", "COUNT_IF({{prediction_col}} <> `{{label_col}}`)", type_name="long")
    monitor = classified(metrics=[wrong])
    monitor.refresh()
    assert [of(monitor, "wrong", model) for model in ("*", "v1", "v2")] == [(3,), (1,), (2,)]


def test_the_baseline_is_compared_model_by_model() -> None:
    monitor = classified(
        baseline="SELECT 'v1' AS model, 'cat' AS prediction, 'cat' AS label UNION ALL SELECT 'v1', 'cat', 'dog'"
    )
    monitor.refresh()
    assert of(monitor, "accuracy_score, count", "v1", "log_type = 'BASELINE'") == (0.5, 2)
    found = monitor.rows(
        f"SELECT model, round(tv_distance, 9) FROM {DRIFT} WHERE column_name = 'prediction' AND drift_type = 'BASELINE' "
        "ORDER BY model"
    )
    assert found == [("*", 0.5), ("v1", 0.75)]


# ---- fairness ----


FAIRNESS: Final = "predictive_parity, predictive_equality, equal_opportunity, statistical_parity"


def test_fairness_is_the_group_of_the_predicate_against_the_others() -> None:
    monitor = classified(slices=["minor"])
    monitor.refresh()
    found = of(monitor, FAIRNESS, where="slice_value = 'true'")
    parity, equality, opportunity, acceptance = found
    # minor: predictions cat dog cat cat, labels cat cat bird dog; others: dog dog cat bird, all of them right
    assert parity == {"bird": None, "cat": pytest.approx(1 / 3 - 1), "dog": -1.0}
    assert equality == {"bird": 0.0, "cat": 1.0, "dog": pytest.approx(1 / 3)}
    assert opportunity == {"bird": -1.0, "cat": -0.5, "dog": -1.0}
    assert acceptance == {"bird": -0.25, "cat": 0.5, "dog": -0.25}


def test_fairness_may_be_a_ratio_or_nothing() -> None:
    monitor = classified(slices=["minor"])
    monitor.refresh(switches=Switches(fairness="ratio"))
    (acceptance,) = of(monitor, "statistical_parity", where="slice_value = 'true'")
    assert acceptance == {"bird": 0.0, "cat": 3.0, "dog": 0.5}
    monitor.refresh(switches=Switches(fairness="none"))
    assert of(monitor, FAIRNESS, where="slice_value = 'true'") == (None,) * 4


def test_only_the_true_group_of_a_predicate_has_fairness() -> None:
    monitor = classified(slices=["minor", "label"])
    monitor.refresh()
    found = monitor.rows(
        f"SELECT DISTINCT slice_key, slice_value FROM {PROFILE} WHERE statistical_parity IS NOT NULL"
    )
    assert found == [("minor", "true")]


def test_fairness_without_labels_is_the_acceptance_rate_alone() -> None:
    monitor = monitored(
        CLASSIFIED, analysis=inference_log("CLASSIFICATION", label_col=None), slices=["minor"]
    )
    monitor.refresh()
    assert of(monitor, FAIRNESS, where="slice_value = 'true'") == (
        *(None, None, None),
        {"bird": -0.25, "cat": 0.5, "dog": -0.25},
    )


# ---- what is refused ----


COLUMNS: Final = {
    "at": "TIMESTAMP",
    "model": "STRING",
    "prediction": "STRING",
    "label": "STRING",
    "probability": "DOUBLE",
    "window": "STRING",
}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"problem_type": "GUESS"},
            (
                "inference_log.problem_type 'GUESS' is unknown; use PROBLEM_TYPE_CLASSIFICATION or "
                "PROBLEM_TYPE_REGRESSION"
            ),
        ),
        (
            {"model_id_col": ""},
            "inference_log.model_id_col is missing; name the column that tells models apart",
        ),
        (
            {"prediction_col": ""},
            "inference_log.prediction_col is missing; name the column that holds the predictions",
        ),
        (
            {"label_col": "labels"},
            "inference_log.label_col 'labels' is not a column of the table; did you mean label?",
        ),
        (
            {"problem_type": "PROBLEM_TYPE_REGRESSION"},
            (
                "inference_log.prediction_col 'prediction' has type STRING; a regression predicts numbers, "
                "cast it in a view"
            ),
        ),
        (
            {"prediction_proba_col": "probability"},
            (
                "inference_log.prediction_proba_col 'probability' has type DOUBLE; it must be a MAP<STRING, DOUBLE> "
                "from class to probability"
            ),
        ),
        (
            {"model_id_col": "window"},
            (
                "inference_log.model_id_col 'window' is the name of a column of the output tables already; monitor a "
                "view in which it has another name"
            ),
        ),
        (
            {"timestamp_col": "model_"},
            "inference_log.timestamp_col 'model_' is not a column of the table; did you mean model?",
        ),
        (
            {"granularities": []},
            "inference_log.granularities is empty; name at least one granularity, such as '1 day'",
        ),
    ],
)
def test_a_mistake_gets_its_sentence(changes: dict[str, object], sentence: str) -> None:
    section = inference_log("CLASSIFICATION")["inference_log"]
    assert isinstance(section, dict)
    body = {"output_schema_name": "main.out", "inference_log": {**section, **changes}}
    assert sentence in validate(body, COLUMNS)


def test_a_metric_cannot_have_the_name_of_the_model_column() -> None:
    body = {
        "output_schema_name": "main.out",
        **inference_log("CLASSIFICATION"),
        "custom_metrics": [metric("aggregate", "Model", "COUNT(*)")],
    }
    assert validate(body, COLUMNS) == [
        (
            "custom metric 'Model': the name is the model_id_col's, which is a column of the output tables; "
            "choose another"
        )
    ]


def test_a_baseline_needs_the_model_column() -> None:
    body = {
        "output_schema_name": "main.out",
        **inference_log("CLASSIFICATION"),
        "baseline_table_name": "main.gold.old",
    }
    assert validate(body, COLUMNS, {"prediction": "STRING"}) == [
        "baseline_table_name 'main.gold.old': it has no column 'model', which tells models apart"
    ]
