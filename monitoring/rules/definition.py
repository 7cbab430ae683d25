"""Rules on the definition of one metric: what it reads, whether it can fail, which type it gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlglot import exp

from monitoring.metrics import Kind, Metric, OutputType
from monitoring.nearest import did_you_mean
from monitoring.rules.divisions import division_reasons
from monitoring.rules.expressions import ExpressionError, parse, unknown_column
from monitoring.rules.functions import function_reasons
from monitoring.rules.templates import FRAMES, fill, frame_of, unfill
from monitoring.rules.types import TypingError, annotated, is_number, result_type, type_reasons

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from monitoring.domain import Domain
    from monitoring.gold import GoldTable

SQL_TYPES = {OutputType.DOUBLE: "DOUBLE", OutputType.LONG: "BIGINT"}


@dataclass(frozen=True)
class Scope:
    """The names that definitions of one domain may read, in lower case."""

    table: GoldTable
    columns: Mapping[str, str]
    metrics: Mapping[str, Metric]

    @classmethod
    def of(cls, domain: Domain, table: GoldTable) -> Scope:
        """The scope of a domain whose gold table is known."""
        columns = {name.lower(): kind for name, kind in table.column_types.items()}
        return cls(table, columns, {metric.name.lower(): metric for metric in domain.metrics})

    def names(self, *kinds: Kind) -> list[str]:
        """The names of the metrics of these kinds."""
        return [metric.name for metric in self.metrics.values() if metric.kind in kinds]


def definition_reasons(metric: Metric, scope: Scope) -> list[str]:
    """What is wrong with the definition of ``metric``; empty when it is right."""
    filled = fill(metric.definition, metric.kind)
    if filled.reasons:
        return list(filled.reasons)
    try:
        expression = parse(filled.text)
    except ExpressionError as error:
        return [unfill(f"definition {error}")]
    misshapen = list(_shape_reasons(expression)) + function_reasons(filled.text)
    # Names inside a sub-query or an unknown function cannot be judged, so what they read is left alone.
    misread = [] if misshapen else list(_READS[metric.kind](expression, scope))
    reasons = misshapen + misread
    if metric.kind is Kind.DRIFT:
        reasons += [
            f"does not read {{{{{frame}}}}}; a DRIFT metric reads both frames"
            for frame in FRAMES
            if frame not in filled.frames
        ]
    reasons += division_reasons(expression)
    if not misshapen and not misread:
        reasons += _typing_reasons(metric, expression, scope)
    return [unfill(reason) for reason in dict.fromkeys(reasons)]


def _shape_reasons(expression: exp.Expr) -> Iterator[str]:
    if expression.find(exp.Query):
        yield "holds a sub-query; one expression over one table is allowed"
    if expression.find(exp.Window):
        yield "holds a window function (OVER); a metric sees the rows of one window and slice only"
    for parameter in expression.find_all(exp.Placeholder, exp.Parameter, exp.SessionParameter):
        yield f"holds the parameter {parameter.sql(dialect='databricks')}, which nobody fills in"
    for inner in _aggregates(expression):
        outer = _enclosing_aggregate(inner)
        if outer is not None:
            yield f"has {_function(inner)} inside {_function(outer)}; an aggregate cannot hold another one"


def _aggregate_reads(expression: exp.Expr, scope: Scope) -> Iterator[str]:
    if next(_aggregates(expression), None) is None:
        yield "has no aggregate function; an AGGREGATE metric gives one value per window, such as SUM(x)"
    for column in expression.find_all(exp.Column):
        name = _full_name(column)
        if column.parts[0].name.lower() not in scope.columns or column.table:
            yield _not_a_column(name, scope)
        elif next(_aggregates(expression), None) is not None and _enclosing_aggregate(column) is None:
            yield f"column '{name}' stands outside an aggregate function; it has one value per row"


def _not_a_column(name: str, scope: Scope) -> str:
    if name.lower() in scope.metrics:
        kind = scope.metrics[name.lower()].kind
        return f"reads the {kind} metric '{name}'; an AGGREGATE metric reads columns of {scope.table.name}"
    return unknown_column(name, scope.table.name, scope.table.column_types)


def _derived_reads(expression: exp.Expr, scope: Scope) -> Iterator[str]:
    for aggregate in _aggregates(expression):
        yield f"uses {_function(aggregate)}; a DERIVED metric reads finished metrics of one row"
    columns = list(expression.find_all(exp.Column))
    if not columns:
        yield "reads no metric; a DERIVED metric reads AGGREGATE metrics"
    for column in columns:
        name = _full_name(column)
        found = scope.metrics.get(name.lower())
        if found is None and name.lower() in scope.columns:
            yield f"reads the column '{name}'; a DERIVED metric reads AGGREGATE metrics only"
        elif found is None:
            yield f"unknown metric '{name}'{did_you_mean(name, scope.names(Kind.AGGREGATE))}"
        elif found.kind is not Kind.AGGREGATE:
            yield f"reads the {found.kind} metric '{name}'; a DERIVED metric reads AGGREGATE metrics only"


def _drift_reads(expression: exp.Expr, scope: Scope) -> Iterator[str]:
    for aggregate in _aggregates(expression):
        yield f"uses {_function(aggregate)}; a DRIFT metric reads finished metrics of two rows"
    for column in expression.find_all(exp.Column):
        frame, name = frame_of(column.table), str(column.name)
        found = scope.metrics.get(name.lower())
        if frame is None and frame_of(name):
            yield f"reads {name} without a metric; write {name}.metric"
        elif frame is None:
            choices = f"{{{{current_df}}}}.{name} or {{{{base_df}}}}.{name}"
            yield f"reads '{_full_name(column)}' without a frame; write {choices}"
        elif found is None:
            near = did_you_mean(name, scope.names(Kind.AGGREGATE, Kind.DERIVED))
            yield f"unknown metric '{name}'{near}"
        elif found.kind is Kind.DRIFT:
            yield f"reads the DRIFT metric '{name}'; a DRIFT metric reads AGGREGATE and DERIVED metrics only"


_READS = {Kind.AGGREGATE: _aggregate_reads, Kind.DERIVED: _derived_reads, Kind.DRIFT: _drift_reads}


def _typing_reasons(metric: Metric, expression: exp.Expr, scope: Scope) -> list[str]:
    if metric.kind is Kind.AGGREGATE:
        columns = dict(scope.columns)
    else:
        columns = {name: SQL_TYPES.get(found.output_type, "DOUBLE") for name, found in scope.metrics.items()}
    try:
        typed = annotated(expression, columns)
    except TypingError as error:
        return [f"definition {error}"]
    return type_reasons(typed) or list(_result_reasons(metric, typed))


def _result_reasons(metric: Metric, typed: exp.Expr) -> Iterator[str]:
    found = result_type(typed)
    if found is None:
        return
    if metric.output_type == OutputType.LONG and found != "BIGINT":
        yield f"gives {found}, but the output type is LONG; make it a BIGINT or declare DOUBLE"
    elif metric.output_type == OutputType.DOUBLE and not is_number(typed):
        yield f"gives {found}, but the output type is DOUBLE; a number is needed"


def _aggregates(expression: exp.Expr) -> Iterator[exp.Expr]:
    yield from expression.find_all(exp.AggFunc)


def _enclosing_aggregate(node: exp.Expr) -> exp.Expr | None:
    """The aggregate that ``node`` is an argument, a filter or an order of."""
    child: exp.Expr = node
    parent = node.parent
    while parent is not None:
        if isinstance(parent, exp.AggFunc):
            return parent
        # FILTER (WHERE …) and WITHIN GROUP (ORDER BY …) wrap the aggregate instead of standing inside it.
        if isinstance(parent, exp.Filter | exp.WithinGroup) and parent.this is not child:
            return parent
        child, parent = parent, parent.parent
    return None


def _function(node: exp.Expr) -> str:
    """The name of an aggregate, as Databricks writes it."""
    return node.sql(dialect="databricks").partition("(")[0]


def _full_name(column: exp.Column) -> str:
    return ".".join(str(part.name) for part in column.parts)
