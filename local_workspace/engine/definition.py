"""A monitor's definition as the engine reads it, made from the body of the monitor API."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from local_workspace.engine.custom_metric import LABEL, PREDICTION, CustomMetric, MetricKind, texts
from local_workspace.engine.definition_rules import problems
from local_workspace.engine.switches import DEFAULT, Switches


class Problem(StrEnum):
    """What a model predicts."""

    CLASSIFICATION = "PROBLEM_TYPE_CLASSIFICATION"
    REGRESSION = "PROBLEM_TYPE_REGRESSION"


@dataclass(frozen=True)
class InferenceLog:
    """What the columns of a log of inferences mean.

    Attributes:
        problem: what the model predicts.
        prediction: the column of the predictions.
        model_id: the column that tells models apart; the output tables have a column of this name.
        label: the column of what turned out to be true, or None.
        probabilities: the column with a map from class to predicted probability, or None.
    """

    problem: Problem
    prediction: str
    model_id: str
    label: str | None = None
    probabilities: str | None = None


@dataclass(frozen=True)
class MonitorDefinition:
    """What to compute: the profile of one table, by windows of time or as it is at each refresh.

    Attributes:
        table: `catalog.schema.table`.
        timestamp_column: places a row in a window; None for a snapshot.
        granularities: as the API writes them, such as `1 hour`; none for a snapshot.
        slicing_exprs: SQL expressions, each grouped on its own.
        custom_metrics: in the order they were given.
        output_schema: `catalog.schema` of the two output tables.
        baseline_table: `catalog.schema.table` that windows are compared with, or None.
        inference: what the columns of a log of inferences mean; None for other tables.
    """

    table: str
    timestamp_column: str | None
    granularities: tuple[str, ...]
    slicing_exprs: tuple[str, ...]
    custom_metrics: tuple[CustomMetric, ...]
    output_schema: str
    baseline_table: str | None = None
    inference: InferenceLog | None = None

    @classmethod
    def from_legacy(cls, table: str, body: Mapping[str, object]) -> MonitorDefinition:
        """Read a body of the monitor API that `validate` has no objection to."""
        log = _section(body, "inference_log")
        series = log or _section(body, "time_series")
        metrics = body.get("custom_metrics") or ()
        if not isinstance(metrics, list | tuple):
            raise TypeError(f"the body was not validated: custom_metrics must be a list, not {metrics!r}")
        baseline = body.get("baseline_table_name")
        return cls(
            table=table,
            timestamp_column=str(series["timestamp_col"]) if series else None,
            granularities=texts(series["granularities"]) if series else (),
            slicing_exprs=texts(body.get("slicing_exprs") or ()),
            custom_metrics=tuple(CustomMetric.from_legacy(metric) for metric in metrics),
            output_schema=str(body["output_schema_name"]),
            baseline_table=str(baseline).lower() if baseline else None,
            inference=_inference_log(log) if log else None,
        )

    @property
    def is_snapshot(self) -> bool:
        """Whether each refresh describes the table as a whole."""
        return self.timestamp_column is None

    @property
    def disputed_metrics(self) -> tuple[CustomMetric, ...]:
        """DRIFT metrics of a snapshot without a baseline table: sources disagree whether the service computes them."""
        disputed = self.is_snapshot and self.baseline_table is None
        return self.metrics(MetricKind.DRIFT) if disputed else ()

    @property
    def is_classification(self) -> bool:
        """Whether it watches a model that predicts classes."""
        return self.inference is not None and self.inference.problem is Problem.CLASSIFICATION

    @property
    def profile_table(self) -> str:
        """Full name of the profile table."""
        return f"{self.output_schema}.{self._table_name}_profile_metrics"

    @property
    def drift_table(self) -> str:
        """Full name of the drift table."""
        return f"{self.output_schema}.{self._table_name}_drift_metrics"

    @property
    def _table_name(self) -> str:
        return self.table.split(".", 2)[2]

    def metrics(self, *kinds: MetricKind) -> tuple[CustomMetric, ...]:
        """Metrics of the given kinds, in order."""
        return tuple(metric for metric in self.custom_metrics if metric.kind in kinds)

    @property
    def template_columns(self) -> dict[str, str]:
        """Template of an AGGREGATE metric -> the column it stands for, beside the input column."""
        log = self.inference
        named = {PREDICTION: log.prediction, LABEL: log.label} if log else {}
        return {template: column for template, column in named.items() if column}


def _section(body: Mapping[str, object], name: str) -> Mapping[str, object] | None:
    value = body.get(name)
    if value is not None and not isinstance(value, Mapping):
        raise TypeError(f"the body was not validated: {name} must be an object, not {value!r}")
    return value


def _inference_log(section: Mapping[str, object]) -> InferenceLog:
    def column(name: str) -> str | None:
        value = section.get(name)
        return str(value) if value else None

    return InferenceLog(
        problem=Problem(str(section["problem_type"])),
        prediction=str(section["prediction_col"]),
        model_id=str(section["model_id_col"]),
        label=column("label_col"),
        probabilities=column("prediction_proba_col"),
    )


def validate(
    body: Mapping[str, object],
    columns: Mapping[str, str],
    baseline: Mapping[str, str] | None = None,
    switches: Switches = DEFAULT,
) -> list[str]:
    """Everything that is wrong with the body of a create or update call, as sentences; empty when it is fine.

    Args:
        body: the JSON body of the legacy monitor API.
        columns: columns of the monitored table in order, with their Databricks types.
        baseline: columns of the baseline table, when the body names one.
        switches: what to do where nothing is published.
    """
    return problems(body, columns, baseline, switches)
