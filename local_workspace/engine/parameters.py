"""Parameters of a statement: `:name` markers become typed literals."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlglot import exp

from local_workspace.engine.dialect_errors import AnalysisError, UnsupportedSQLError
from local_workspace.engine.types import UnknownTypeError, parse_type

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True)
class Parameter:
    """One parameter as the statement API sends it.

    Attributes:
        name: without the colon.
        value: its text, or None for NULL.
        type: Databricks type text.
    """

    name: str
    value: str | None
    type: str = "STRING"


def _literal(parameter: Parameter) -> exp.Expr:
    try:
        kind = parse_type(parameter.type)
    except UnknownTypeError as error:
        raise UnsupportedSQLError(
            f"parameter '{parameter.name}': type '{parameter.type}' is not known"
        ) from error
    if kind.parts or kind.fields:
        raise UnsupportedSQLError(
            f"parameter '{parameter.name}': type {kind.text} is not supported; pass a simple value"
        )
    target = exp.DataType.build(kind.text, dialect="databricks")
    if parameter.value is None:
        return exp.Cast(this=exp.Null(), to=target)
    if kind.name == "STRING":
        return exp.Literal.string(parameter.value)
    text = parameter.value.strip()
    if kind.is_integral and not re.fullmatch(r"[+-]?[0-9]+", text):
        raise AnalysisError(
            f"[CAST_INVALID_INPUT] The value '{parameter.value}' of the type \"STRING\" cannot be cast to "
            f'"{kind.text}" because it is malformed. SQLSTATE: 22018'
        )
    if kind.name == "INT" and text.isdigit():
        return exp.Literal.number(text)
    return exp.Cast(this=exp.Literal.string(parameter.value), to=target)


def bind(expression: exp.Expr, parameters: Iterable[Parameter]) -> exp.Expr:
    """The tree with each `:name` replaced by the parameter's typed literal; the tree given stays as it is.

    Raises:
        AnalysisError: a marker has no parameter, or a value does not fit its type.
        UnsupportedSQLError: a type is not known, or a marker is positional (`?`).
    """
    given = {parameter.name.lower(): parameter for parameter in parameters}

    def replace(node: exp.Expr) -> exp.Expr:
        if not isinstance(node, exp.Placeholder):
            return node
        if not isinstance(node.this, str):
            raise UnsupportedSQLError("positional parameters (?) are not supported; use :name")
        found = given.get(node.name.lower())
        if found is None:
            raise AnalysisError(
                f"[UNBOUND_SQL_PARAMETER] Found the unbound parameter: {node.name}. Please, fix `args` and provide a "
                "mapping of the parameter to a SQL literal. SQLSTATE: 42P02"
            )
        return _literal(found)

    return expression.copy().transform(replace)
