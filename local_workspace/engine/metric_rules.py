"""Rules of custom metrics; every broken one gives a sentence that begins with the metric's name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlglot import exp

from local_workspace.engine.calls import Function, Kind
from local_workspace.engine.custom_metric import (
    BASE,
    CURRENT,
    INPUT_COLUMN,
    TABLE_ROW,
    MetricKind,
    fill_template,
    output_type,
    template_names,
)
from local_workspace.engine.dialect import UnsupportedSQLError, expression_type, parse_expression
from local_workspace.engine.dialect_errors import nearest
from local_workspace.engine.invocation import entry_of, name_and_arguments
from local_workspace.engine.output_columns import RESERVED

if TYPE_CHECKING:
    from local_workspace.engine.types import SparkType

_FIELDS: Final = ("name", "type", "definition", "input_columns", "output_data_type")
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_KINDS: Final = ", ".join(f"CUSTOM_METRIC_TYPE_{kind}" for kind in MetricKind)
_TEMPLATES: Final = {
    MetricKind.AGGREGATE: (INPUT_COLUMN,),
    MetricKind.DERIVED: (),
    MetricKind.DRIFT: (CURRENT, BASE),
}
_EXAMPLE_TYPE: Final = '{"metadata":{},"name":"output","nullable":true,"type":"double"}'


@dataclass(frozen=True)
class _Metric:
    """A metric whose fields are present."""

    name: str
    kind: MetricKind
    definition: str
    input_columns: tuple[str, ...]
    type: SparkType | None


@dataclass(frozen=True)
class _Table:
    """What an AGGREGATE metric may name: columns with their types, and columns by template."""

    columns: Mapping[str, str]
    templates: Mapping[str, str]


def metric_problems(
    entries: Sequence[object], columns: Mapping[str, str], templates: Mapping[str, str]
) -> list[str]:
    """Everything that is wrong with the list `custom_metrics`.

    Args:
        entries: the list.
        columns: columns of the monitored table, with their Databricks types.
        templates: templates of AGGREGATE metrics beside the input column -> the columns they stand for.
    """
    found: list[str] = []
    earlier: list[_Metric] = []
    all_names = _names(entries)
    for position, entry in enumerate(entries):
        shape = list(_shape_problems(entry, f"custom_metrics[{position}]"))
        if shape or not isinstance(entry, Mapping):
            found += shape
            continue
        metric = _read(entry)
        sentences = [
            *_name_problems(metric, earlier),
            *_type_problems(metric, str(entry["output_data_type"])),
            *_input_problems(metric, columns),
            *_template_problems(metric, templates),
        ]
        sentences += (
            [] if sentences else _definition_problems(metric, earlier, _Table(columns, templates), all_names)
        )
        found += [f"custom metric '{metric.name}': {sentence}" for sentence in sentences]
        earlier.append(metric)
    return found


def _names(entries: Sequence[object]) -> list[str]:
    return [str(entry["name"]) for entry in entries if isinstance(entry, Mapping) and "name" in entry]


def _shape_problems(entry: object, where: str) -> Iterator[str]:
    if not isinstance(entry, Mapping):
        yield f"{where}: an object is expected, not {entry!r}"
        return
    shown = f"custom metric '{entry['name']}'" if entry.get("name") else where
    for name in _FIELDS:
        if not entry.get(name):
            yield f"{shown}: {name} is missing; a custom metric needs {', '.join(_FIELDS)}"
    kind = entry.get("type")
    if kind and str(kind).removeprefix("CUSTOM_METRIC_TYPE_") not in list(MetricKind):
        yield f"{shown}: type '{kind}' is unknown; use one of: {_KINDS}"
    listed = entry.get("input_columns")
    if listed and not isinstance(listed, list | tuple):
        yield f"{shown}: input_columns must be a list, such as ['{TABLE_ROW}'], not {listed!r}"


def _read(entry: Mapping[str, object]) -> _Metric:
    listed = entry["input_columns"]
    try:
        kind: SparkType | None = output_type(str(entry["output_data_type"]))
    except ValueError:
        kind = None
    return _Metric(
        name=str(entry["name"]),
        kind=MetricKind(str(entry["type"]).removeprefix("CUSTOM_METRIC_TYPE_")),
        definition=str(entry["definition"]),
        input_columns=tuple(str(name) for name in listed) if isinstance(listed, list | tuple) else (),
        type=kind,
    )


def _name_problems(metric: _Metric, earlier: Sequence[_Metric]) -> Iterator[str]:
    if not _NAME.fullmatch(metric.name):
        yield "the name becomes a column; use letters, digits and _, beginning with a letter or _"
    if metric.name.lower() in RESERVED:
        yield "the name is a column of the output tables already; choose another"
    same = next((other.name for other in earlier if other.name.lower() == metric.name.lower()), None)
    if same is not None:
        yield f"the name is taken by an earlier metric, '{same}' (case does not count); choose another"


def _type_problems(metric: _Metric, text: str) -> Iterator[str]:
    if metric.type is None:
        yield (
            f"output_data_type '{text}' is not the JSON of a StructField with a simple type; "
            f"write it as {_EXAMPLE_TYPE}"
        )


def _input_problems(metric: _Metric, columns: Mapping[str, str]) -> Iterator[str]:
    for name in metric.input_columns:
        if name != TABLE_ROW and column_named(columns, name) is None:
            yield (
                f"input column '{name}' is not a column of the table{nearest(name, columns)}; "
                f"use a column, or '{TABLE_ROW}' for a metric of the whole table"
            )
    lower = [name.lower() for name in metric.input_columns]
    for name in dict.fromkeys(name for name in lower if lower.count(name) > 1):
        yield f"input column '{name}' is listed twice; list it once"


def _template_problems(metric: _Metric, templates: Mapping[str, str]) -> Iterator[str]:
    used = template_names(metric.definition)
    allowed = _TEMPLATES[metric.kind]
    if metric.kind is MetricKind.AGGREGATE:
        allowed = (*allowed, *templates)
    unknown = [name for name in dict.fromkeys(used) if name not in allowed]
    if metric.kind is MetricKind.DRIFT:
        for name in unknown or [frame for frame in allowed if frame not in used]:
            yield (
                f"[INVALID_DRIFT_METRIC] UNDEFINED_TEMPLATE_VARIABLE: {name}. Please specify: [{BASE}, {CURRENT}]"
                if unknown
                else f"[INVALID_DRIFT_METRIC] {{{{{name}}}}} is not used; a drift metric compares "
                f"{{{{{CURRENT}}}}}.metric with {{{{{BASE}}}}}.metric"
            )
        return
    for name in unknown:
        hint = f"use {{{{{INPUT_COLUMN}}}}} or columns by name" if allowed else "name earlier metrics plainly"
        yield f"[INVALID_{metric.kind}_METRIC] UNDEFINED_TEMPLATE_VARIABLE: {name}; {hint}"
    if INPUT_COLUMN in used and TABLE_ROW in metric.input_columns:
        yield f"{{{{{INPUT_COLUMN}}}}} has no meaning for '{TABLE_ROW}'; list the columns in input_columns"


def _definition_problems(
    metric: _Metric, earlier: Sequence[_Metric], table: _Table, all_names: Sequence[str]
) -> list[str]:
    try:
        if metric.kind is MetricKind.AGGREGATE:
            return list(_aggregate_problems(metric, table))
        return list(_reference_problems(metric, earlier, all_names))
    except UnsupportedSQLError as error:
        return [f"definition '{metric.definition}': {error}"]


def _aggregate_problems(metric: _Metric, table: _Table) -> Iterator[str]:
    for name in metric.input_columns:
        column = column_named(table.columns, name) or name
        tree = parse_expression(fill_template(metric.definition, {**table.templates, INPUT_COLUMN: column}))
        refuse_parts(tree)
        bare = next(columns_outside_aggregates(tree), None)
        if bare is not None:
            yield f"column '{bare}' stands outside of an aggregate; write SUM({bare}), MAX({bare}) or the like"
            return
        yield from _result_problems(metric, tree, table.columns)
        if INPUT_COLUMN not in template_names(metric.definition):
            return


def _reference_problems(
    metric: _Metric, earlier: Sequence[_Metric], all_names: Sequence[str]
) -> Iterator[str]:
    frames = {CURRENT: CURRENT, BASE: BASE}
    tree = parse_expression(fill_template(metric.definition, frames))
    refuse_parts(tree)
    if any(is_aggregate(node) for node in tree.walk()):
        yield f"a {metric.kind} metric reads finished metrics, so it cannot hold an aggregate; make an AGGREGATE metric"
        return
    usable = [other for other in earlier if other.kind is not MetricKind.DRIFT]
    complaints = list(_unresolved(metric, tree, usable, all_names))
    yield from complaints
    if complaints:
        return
    known = {other.name: other.type.text for other in usable if other.type is not None}
    scope = {CURRENT: known, BASE: known} if metric.kind is MetricKind.DRIFT else known
    yield from _result_problems(metric, tree, scope)


def _unresolved(
    metric: _Metric, tree: exp.Expr, usable: Sequence[_Metric], all_names: Sequence[str]
) -> Iterator[str]:
    by_name = {other.name.lower(): other for other in usable}
    for column in dict.fromkeys(tree.find_all(exp.Column)):
        if metric.kind is MetricKind.DRIFT and column.table.lower() not in {CURRENT, BASE}:
            yield f"'{column.name}' has no frame; write {{{{{CURRENT}}}}}.{column.name} or {{{{{BASE}}}}}.{column.name}"
            continue
        other = by_name.get(column.name.lower())
        if other is None:
            later = column.name.lower() in {name.lower() for name in all_names}
            hint = "; list it before this one" if later else nearest(column.name, [m.name for m in usable])
            yield f"'{column.name}' is not an earlier AGGREGATE or DERIVED metric{hint}"
        elif other.input_columns != metric.input_columns:
            yield (
                f"metric '{other.name}' has input_columns {list(other.input_columns)}, not "
                f"{list(metric.input_columns)}; give both the same input_columns"
            )


def _result_problems(
    metric: _Metric, tree: exp.Expr, scope: Mapping[str, str] | Mapping[str, Mapping[str, str]]
) -> Iterator[str]:
    if metric.type is None:
        return
    kind = expression_type(tree, scope)
    target = exp.DataType.build(metric.type.text, dialect="databricks")
    try:
        expression_type(exp.Cast(this=exp.Paren(this=tree), to=target), scope)
    except UnsupportedSQLError:
        yield f"the definition gives {kind}, which does not fit output_data_type {metric.type.text}"


# ---- what an expression holds ----------------------------------------------------------------------------------


def column_named(columns: Mapping[str, str], name: str) -> str | None:
    """The column of this name, ignoring case."""
    return next((known for known in columns if known.lower() == name.lower()), None)


def _entry(node: exp.Expr) -> tuple[Function, list[exp.Expr]] | None:
    """The function that a node calls, and its arguments; None where it calls none that is known."""
    if not isinstance(node, exp.Func):
        return None
    try:
        name, arguments = name_and_arguments(node)
        return entry_of(name), arguments
    except (UnsupportedSQLError, KeyError):
        return None


def is_aggregate(node: exp.Expr) -> bool:
    """Whether a node is the call of an aggregate function."""
    called = _entry(node)
    return isinstance(node, exp.Filter | exp.WithinGroup) or (
        called is not None and called[0].kind is Kind.AGGREGATE
    )


def columns_outside_aggregates(node: exp.Expr) -> Iterator[str]:
    """Names of columns that no aggregate encloses; unit words such as DAY are not columns."""
    if is_aggregate(node):
        return
    if isinstance(node, exp.Column):
        yield node.name
        return
    called = _entry(node)
    words = [] if called is None else [called[1][at] for at in called[0].words if at < len(called[1])]
    for child in node.iter_expressions():
        if not any(child is word for word in words):
            yield from columns_outside_aggregates(child)


def refuse_parts(tree: exp.Expr) -> None:
    """Refuse sub-queries and window functions.

    Raises:
        UnsupportedSQLError: there is one.
    """
    if next(tree.find_all(exp.Query), None) is not None:
        raise UnsupportedSQLError("a sub-query is not allowed here; use columns of the monitored table")
    if next(tree.find_all(exp.Window), None) is not None:
        raise UnsupportedSQLError("a window function (OVER) is not allowed here")
