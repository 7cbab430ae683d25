"""Columns, fields of structs, elements of arrays and maps, and the syntax that makes structs and arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from local_workspace.engine.column_scope import field_of
from local_workspace.engine.dialect_errors import UnsupportedSQLError, mismatch, shown
from local_workspace.engine.functions_collections import index_array, index_map, make_struct
from local_workspace.engine.invocation import invoke

if TYPE_CHECKING:
    from local_workspace.engine.coercion import Typed
    from local_workspace.engine.expressions import Translator


def name_parts(node: exp.Expr) -> list[str] | None:
    """The parts of a dotted name; None when it is more than a name."""
    if isinstance(node, exp.Column):
        return [part.name for part in node.parts]
    if isinstance(node, exp.Dot) and isinstance(node.expression, exp.Identifier):
        before = name_parts(node.this)
        return None if before is None else [*before, node.expression.name]
    return None


def column(translator: Translator, node: exp.Expr) -> Typed:
    """A column by its (dotted) name."""
    if isinstance(node.this, exp.Star):
        raise UnsupportedSQLError("* is not supported here")
    return translator.scope.column(name_parts(node) or [])


def dot(translator: Translator, node: exp.Expr) -> Typed:
    """A column of a table, or a field of a value."""
    parts = name_parts(node)
    if parts is not None:
        return translator.scope.column(parts)
    if not isinstance(node.expression, exp.Identifier):
        raise UnsupportedSQLError(f"{shown(node)} is not supported")
    return field_of(translator.translate(node.this), node.expression.name)


def element(translator: Translator, node: exp.Expr) -> Typed:
    """`array[i]` or `map[key]`."""
    value = translator.translate(node.this)
    if len(node.expressions) != 1 or isinstance(node.expressions[0], exp.Slice):
        raise UnsupportedSQLError(f"{shown(node)} is not supported")
    index = translator.translate(node.expressions[0])
    if value.type.name == "ARRAY":
        return index_array(value, index)
    if value.type.name == "MAP":
        return index_map(value, index)
    raise mismatch(shown(node), f'an "ARRAY" or "MAP" is required, "{value.type.text}" was given.')


def struct(translator: Translator, node: exp.Expr) -> Typed:
    """`STRUCT(a, b AS name)`."""
    names: list[str] = []
    values: list[Typed] = []
    for position, each in enumerate(node.expressions, start=1):
        named = isinstance(each, exp.PropertyEQ | exp.Alias)
        value = each.expression if isinstance(each, exp.PropertyEQ) else each.this if named else each
        names.append(
            each.this.name if isinstance(each, exp.PropertyEQ) else each.alias_or_name or f"col{position}"
        )
        values.append(translator.translate(value))
    return make_struct(names, values)


def array(translator: Translator, node: exp.Expr) -> Typed:
    """`ARRAY(a, b)`."""
    if node.args.get("value_constructor") is False or not node.expressions:
        raise UnsupportedSQLError(
            "ARRAY needs at least one element here; a column named `array` needs back-ticks"
        )
    return invoke(translator, "ARRAY", node.expressions)
