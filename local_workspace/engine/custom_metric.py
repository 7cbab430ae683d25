"""Custom metrics of a monitor: kinds, templates, output types."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from local_workspace.engine.types import SparkType, UnknownTypeError, parse_type

if TYPE_CHECKING:
    from collections.abc import Mapping

TABLE_ROW: Final = ":table"
"""`column_name` of the row that speaks of the whole table, and the `input_columns` entry that asks for it."""

CURRENT: Final = "current_df"
BASE: Final = "base_df"
INPUT_COLUMN: Final = "input_column"
PREDICTION: Final = "prediction_col"
LABEL: Final = "label_col"
"""Templates of AGGREGATE metrics; the last two for logs of inferences."""

_TEMPLATE: Final = re.compile(r"`?\{\{\s*(\w+)\s*\}\}`?")


class MetricKind(StrEnum):
    """What a custom metric is computed from."""

    AGGREGATE = "AGGREGATE"
    """Columns of the monitored table."""
    DERIVED = "DERIVED"
    """Metrics of the same row of the profile table."""
    DRIFT = "DRIFT"
    """Metrics of two rows of the profile table."""


def fill_template(definition: str, values: Mapping[str, str]) -> str:
    """The SQL of a definition: each `{{name}}`, with or without backticks around it, becomes a quoted name.

    >>> fill_template("avg(`{{input_column}}`)", {"input_column": "run minutes"})
    'avg(`run minutes`)'
    """
    return _TEMPLATE.sub(lambda found: "`" + values[found.group(1)].replace("`", "``") + "`", definition)


def template_names(definition: str) -> list[str]:
    """Names of the `{{…}}` of a definition, in order."""
    return _TEMPLATE.findall(definition)


def output_type(data_type: str) -> SparkType:
    """The type of a metric, from the JSON text of its StructField.

    Raises:
        ValueError: it is not the JSON of a StructField of a simple type.
    """
    field = json.loads(data_type)
    if not isinstance(field, dict) or not isinstance(field.get("type"), str):
        raise UnknownTypeError(f"'{data_type}' is not the JSON of a StructField with a simple type")
    return parse_type(field["type"])


@dataclass(frozen=True)
class CustomMetric:
    """One custom metric; its name is the name of its column.

    Attributes:
        name: column of the profile table (AGGREGATE, DERIVED) or of the drift table (DRIFT).
        kind: what it is computed from.
        definition: one SQL expression, with templates.
        input_columns: rows it is computed for: names of columns, or `:table`.
        output_type: type of its column.
    """

    name: str
    kind: MetricKind
    definition: str
    input_columns: tuple[str, ...]
    output_type: SparkType

    @classmethod
    def from_legacy(cls, body: Mapping[str, object]) -> CustomMetric:
        """Read an entry of `custom_metrics` that `validate` has no objection to."""
        return cls(
            name=str(body["name"]),
            kind=MetricKind(str(body["type"]).removeprefix("CUSTOM_METRIC_TYPE_")),
            definition=str(body["definition"]),
            input_columns=texts(body["input_columns"]),
            output_type=output_type(str(body["output_data_type"])),
        )


def texts(values: object) -> tuple[str, ...]:
    """A list of a validated body, as a tuple of texts."""
    if not isinstance(values, list | tuple):
        raise TypeError(f"the body was not validated: a list is expected, not {values!r}")
    return tuple(str(value) for value in values)
