"""Rules of the kind of analysis: time series, snapshot, log of inferences, and the baseline they are compared with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from local_workspace.engine.baseline import baseline_problem
from local_workspace.engine.definition_check import Check, repeated
from local_workspace.engine.metric_rules import column_named
from local_workspace.engine.output_columns import RESERVED
from local_workspace.engine.types import parse_type
from local_workspace.engine.windows import Granularity, UnknownGranularityError

if TYPE_CHECKING:
    from local_workspace.engine.types import SparkType

ANALYSIS_KINDS: Final = ("time_series", "snapshot", "inference_log")
"""Kinds of analysis; a body has exactly one."""

CLASSIFICATION: Final = "PROBLEM_TYPE_CLASSIFICATION"
REGRESSION: Final = "PROBLEM_TYPE_REGRESSION"
_TIMESTAMP_TYPES: Final = {"TIMESTAMP", "TIMESTAMP_NTZ", "DATE", "STRING"}


def kind_rules(check: Check) -> None:
    """Exactly one kind."""
    given = [kind for kind in ANALYSIS_KINDS if check.body.get(kind) is not None]
    if len(given) != 1:
        named = " and ".join(given) if given else "none"
        check.say(
            f"exactly one of time_series, snapshot and inference_log is needed, but {named} was given; send one"
        )


def time_series_rules(check: Check) -> None:
    """Timestamp column and granularities."""
    series = check.section("time_series")
    if series is not None:
        _windows(check, series, "time_series")


def snapshot_rules(check: Check) -> None:
    """An empty object."""
    snapshot = check.section("snapshot")
    for name in snapshot or {}:
        check.say(f"snapshot.{name} is unknown; a snapshot has no settings, send {{}}")
    if snapshot is None or check.body.get("baseline_table_name"):
        return
    if check.switches.snapshot_custom_drift == "refused":
        for entry in check.items("custom_metrics", check.body, ""):
            if isinstance(entry, Mapping) and entry.get("type") == "CUSTOM_METRIC_TYPE_DRIFT":
                check.say(
                    f"custom metric '{entry.get('name')}': a snapshot without a baseline table has no DRIFT metrics "
                    "(switch snapshot_custom_drift); name a baseline_table_name"
                )


def inference_rules(check: Check) -> None:
    """Windows, and the columns of predictions, models and labels."""
    log = check.section("inference_log")
    if log is None:
        return
    _windows(check, log, "inference_log")
    problem = log.get("problem_type")
    if problem not in {CLASSIFICATION, REGRESSION}:
        check.say(f"inference_log.problem_type {problem!r} is unknown; use {CLASSIFICATION} or {REGRESSION}")
    check.column("inference_log.model_id_col", log.get("model_id_col"), "tells models apart")
    if str(log.get("model_id_col")).lower() in RESERVED:
        check.say(
            f"inference_log.model_id_col '{log['model_id_col']}' is the name of a column of the output tables "
            "already; monitor a view in which it has another name"
        )
    check.column("inference_log.prediction_col", log.get("prediction_col"), "holds the predictions")
    for name in ("label_col", "prediction_proba_col"):
        if log.get(name):
            check.column(f"inference_log.{name}", log[name], "")
    if problem == REGRESSION:
        _numbers(check, log)
    _probabilities(check, log)


def _numbers(check: Check, log: Mapping[str, object]) -> None:
    for name in ("prediction_col", "label_col"):
        kind = _type_of(check, log.get(name))
        if kind is not None and not kind.is_numeric:
            check.say(
                f"inference_log.{name} '{log[name]}' has type {kind.text}; a regression predicts numbers, "
                "cast it in a view"
            )


def _probabilities(check: Check, log: Mapping[str, object]) -> None:
    kind = _type_of(check, log.get("prediction_proba_col"))
    if kind is None:
        return
    is_map = kind.name == "MAP" and kind.parts[0].name == "STRING" and kind.parts[1].is_numeric
    if not is_map:
        check.say(
            f"inference_log.prediction_proba_col '{log['prediction_proba_col']}' has type {kind.text}; "
            "it must be a MAP<STRING, DOUBLE> from class to probability"
        )


def _type_of(check: Check, name: object) -> SparkType | None:
    column = column_named(check.columns, name) if isinstance(name, str) else None
    return None if column is None else parse_type(check.columns[column])


def _windows(check: Check, section: Mapping[str, object], path: str) -> None:
    name = section.get("timestamp_col")
    column = check.column(f"{path}.timestamp_col", name, "says when a row happened")
    if column is not None and check.columns[column].upper() not in _TIMESTAMP_TYPES:
        check.say(
            f"{path}.timestamp_col '{name}' has type {check.columns[column]}; use a TIMESTAMP or DATE column, "
            "or a STRING that can be cast to a timestamp"
        )
    granularities = check.items("granularities", section, f"{path}.")
    if not granularities:
        check.say(f"{path}.granularities is empty; name at least one granularity, such as '1 day'")
    for text in granularities:
        try:
            Granularity.parse(str(text))
        except UnknownGranularityError as error:
            check.say(f"{path}.granularities: {error}")
    for text in repeated(granularities):
        check.say(f"{path}.granularities: '{text}' is listed twice; list it once")


def baseline_rules(check: Check) -> None:
    """A full name, and columns that fit those of the monitored table."""
    name = check.body.get("baseline_table_name")
    if not name:
        return
    parts = str(name).split(".")
    if len(parts) < len(("catalog", "schema", "table")) or not all(parts):
        check.say(f"baseline_table_name '{name}' is not a full table name; write it as catalog.schema.table")
        return
    if check.baseline is None:
        return
    log = check.section("inference_log")
    model_id = log.get("model_id_col") if log else None
    reason = baseline_problem(check.columns, check.baseline, str(model_id) if model_id else None)
    if reason:
        check.say(f"baseline_table_name '{name}': {reason}")
