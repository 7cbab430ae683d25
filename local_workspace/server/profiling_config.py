"""The two ways in which the monitor APIs write one definition: the legacy one, and `data_profiling_config` of v1.

A definition is stored as the legacy API writes it. To read it as v1 writes it and to write that back changes
nothing. The pairs of names and values are those of Databricks' two API references.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Fields = dict[str, Any]
Words = dict[str, "Callable[[Any], Any]"]

_NAMES = {
    "notifications": "notification_settings",
    "timestamp_col": "timestamp_column",
    "prediction_col": "prediction_column",
    "label_col": "label_column",
    "model_id_col": "model_id_column",
    "prediction_proba_col": "prediction_probability_column",
}
_LEGACY_NAMES = {new: old for old, new in _NAMES.items()}

_ONLY_LEGACY = "data_classification_config"
_ONLY_LEGACY_EVENT = "on_new_classification_tag_detected"
"""What v1 has no field for."""

_GRANULARITY = "AGGREGATION_GRANULARITY_"
_METRIC_TYPE = "DATA_PROFILING_"
_PROBLEM_TYPE = "INFERENCE_"


def to_config(definition: Mapping[str, Any]) -> Fields:
    """A legacy definition as v1 writes it, without the output schema and what v1 has no field for."""
    fields = {
        field: value
        for field, value in definition.items()
        if field not in {"output_schema_name", _ONLY_LEGACY}
    }
    events = fields.get("notifications")
    if events and _ONLY_LEGACY_EVENT in events:
        fields["notifications"] = {name: told for name, told in events.items() if name != _ONLY_LEGACY_EVENT}
        if not fields["notifications"]:
            del fields["notifications"]
    return _rewritten(fields, _NAMES, _NEW_WORDS)


def to_definition(config: Mapping[str, Any], output_schema: str, before: Mapping[str, Any]) -> Fields:
    """A v1 configuration as the legacy API writes it.

    Args:
        config: what a client may set of `data_profiling_config`, without `output_schema_id`.
        output_schema: the `catalog.schema` that its `output_schema_id` stands for.
        before: the definition that is replaced, empty for a new monitor. What v1 has no field for stays as it
            was, and so does the wording of every field that says the same as before.
    """
    known = to_config(before)
    definition = _rewritten(config, _LEGACY_NAMES, _OLD_WORDS)
    for field in definition:
        name = _NAMES.get(field, field)
        if field in before and name in known and known[name] == config[name]:
            definition[field] = before[field]
    written = before.get("output_schema_name", output_schema)
    definition["output_schema_name"] = written if written.lower() == output_schema else output_schema
    if _ONLY_LEGACY in before:
        definition[_ONLY_LEGACY] = before[_ONLY_LEGACY]
    event = (before.get("notifications") or {}).get(_ONLY_LEGACY_EVENT)
    if event is not None:
        definition["notifications"] = {**(definition.get("notifications") or {}), _ONLY_LEGACY_EVENT: event}
    return definition


def new_granularity(text: str) -> str:
    """`2 weeks` as v1 writes it."""
    number, unit = text.split(" ")
    ending = "" if number == "1" else "S"
    return f"{_GRANULARITY}{number}_{unit.removesuffix('s').upper()}{ending}"


def old_granularity(name: str) -> str:
    """`AGGREGATION_GRANULARITY_2_WEEKS` as the legacy API writes it."""
    return name.removeprefix(_GRANULARITY).replace("_", " ").lower()


def _rewritten(fields: Mapping[str, Any], names: Mapping[str, str], words: Words) -> Fields:
    """The same fields under other names, and the values of an enum in other words, at any depth."""

    def value(field: str, old: Any) -> Any:  # noqa: ANN401 - JSON holds any value
        if field in words:
            return words[field](old)
        if isinstance(old, dict):
            return _rewritten(old, names, words)
        if isinstance(old, list):
            return [value("", item) for item in old]
        return old

    return {names.get(field, field): value(field, old) for field, old in fields.items()}


_NEW_WORDS: Words = {
    "granularities": lambda texts: [new_granularity(text) for text in texts],
    "problem_type": lambda text: f"{_PROBLEM_TYPE}{text}",
    "type": lambda text: f"{_METRIC_TYPE}{text}",
}
_OLD_WORDS: Words = {
    "granularities": lambda names: [old_granularity(name) for name in names],
    "problem_type": lambda name: name.removeprefix(_PROBLEM_TYPE),
    "type": lambda name: name.removeprefix(_METRIC_TYPE),
}
