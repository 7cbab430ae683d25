"""Functions of arrays, maps and structs: name -> entry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlglot import exp

from local_workspace.engine.calls import Call, Function
from local_workspace.engine.coercion import Typed, coerce, typed, unified
from local_workspace.engine.dialect_errors import UnsupportedSQLError, mismatch, raise_error
from local_workspace.engine.types import BOOLEAN, INT, STRING, VOID, Field, SparkType, array, map_of

if TYPE_CHECKING:
    from collections.abc import Callable

_OUT_OF_BOUNDS: Final = (
    "[INVALID_ARRAY_INDEX{0}] The index is out of bounds of the array. Use the SQL function `{1}` to tolerate "
    "accessing element at invalid index and return NULL instead. SQLSTATE: 22003"
)


def _want(call: Call, value: Typed, *names: str) -> Typed:
    if value.type == VOID:
        raise UnsupportedSQLError(f"{call.name} of a bare NULL is not supported; cast it")
    if value.type.name not in names:
        raise mismatch(
            call.name.lower(), f'"{" or ".join(names)}" is required, "{value.type.text}" was given.'
        )
    return value


def index_array(value: Typed, position: Typed) -> Typed:
    """`array[i]`: counted from 0; outside of the array is an error."""
    position = coerce(position, INT)
    error = raise_error(_OUT_OF_BOUNDS.format("", "get"))
    outside = f"{position} < 0 OR {position} >= len({value.sql})"
    sql = f"CASE WHEN {outside} THEN {error} ELSE list_extract({value.sql}, {position} + 1) END"
    return typed(sql, value.type.parts[0], [value, position], can_raise=True)


def index_map(value: Typed, key: Typed) -> Typed:
    """`map[key]`: NULL when the key is not there."""
    key = coerce(key, value.type.parts[0])
    return typed(f"map_extract_value({value.sql}, {key.sql})", value.type.parts[1], [value, key])


def _element_at(*, tolerant: bool) -> Callable[[Call], Typed]:
    def build(call: Call) -> Typed:
        value, position = _want(call, call.args[0], "ARRAY", "MAP"), call.args[1]
        if value.type.name == "MAP":
            return index_map(value, position)
        position = coerce(position, INT)
        element = f"list_extract({value.sql}, {position.sql})"
        if tolerant:
            return typed(element, value.type.parts[0], [value, position])
        error = raise_error(_OUT_OF_BOUNDS.format("_IN_ELEMENT_AT", "try_element_at"))
        sql = f"CASE WHEN {position} = 0 OR abs({position.sql}) > len({value.sql}) THEN {error} ELSE {element} END"
        return typed(sql, value.type.parts[0], [value, position], can_raise=True)

    return build


def _get(call: Call) -> Typed:
    value, position = _want(call, call.args[0], "ARRAY"), coerce(call.args[1], INT)
    sql = f"CASE WHEN {position} >= 0 THEN list_extract({value.sql}, {position} + 1) END"
    return typed(sql, value.type.parts[0], [value, position])


def _size(call: Call) -> Typed:
    value = _want(call, call.args[0], "ARRAY", "MAP")
    function = "len" if value.type.name == "ARRAY" else "cardinality"
    return typed(f"CAST({function}({value.sql}) AS INTEGER)", INT, [value])


def _array(call: Call) -> Typed:
    values, kind = unified("array", call.args)
    return typed(
        f"CAST([{', '.join(value.sql for value in values)}] AS {array(kind).duckdb})", array(kind), values
    )


def _map(call: Call) -> Typed:
    if not call.args or len(call.args) % 2:
        raise UnsupportedSQLError("MAP needs keys and values in turn, at least one pair")
    keys, key_type = unified("map", call.args[::2])
    values, value_type = unified("map", call.args[1::2])
    listed = [", ".join(each.sql for each in side) for side in (keys, values)]
    return typed(
        f"map([{listed[0]}], [{listed[1]}])", map_of(key_type, value_type), [*keys, *values], can_raise=True
    )


def make_struct(names: list[str], values: list[Typed]) -> Typed:
    """A STRUCT of named values."""
    kind = SparkType("STRUCT", fields=tuple(Field(n, v.type) for n, v in zip(names, values, strict=True)))
    settled = [coerce(value, value.type) for value in values]
    row = ", ".join(value.sql for value in settled)
    return typed(f"CAST(ROW({row}) AS {kind.duckdb})", kind, values)


def _named_struct(call: Call) -> Typed:
    if not call.args or len(call.args) % 2:
        raise UnsupportedSQLError("NAMED_STRUCT needs names and values in turn, at least one pair")
    names = [
        node.name if isinstance(node, exp.Literal) and node.is_string else "" for node in call.nodes[::2]
    ]
    if not all(names):
        raise UnsupportedSQLError("NAMED_STRUCT takes names that are text literals, not empty")
    return make_struct(names, list(call.args[1::2]))


def _contains(call: Call) -> Typed:
    """NULL when the element is absent and the array holds a NULL."""
    value = _want(call, call.args[0], "ARRAY")
    element = coerce(call.args[1], value.type.parts[0])
    found = f"list_contains({value.sql}, {element.sql})"
    nulls = f"list_position({value.sql}, NULL) IS NOT NULL"
    sql = f"CASE WHEN {element} IS NULL THEN NULL WHEN {found} THEN TRUE WHEN {nulls} THEN NULL ELSE {found} END"
    return typed(sql, BOOLEAN, [value, element])


def _of(template: str, returns: Callable[[SparkType], SparkType], *names: str) -> Function:
    def build(call: Call) -> Typed:
        value = _want(call, call.args[0], *names)
        return typed(template.format(value), returns(value.type), [value])

    return Function(build, 1, 1)


def _distinct(call: Call) -> Typed:
    """The first of equal elements stays, NULL too, where it is."""
    value = _want(call, call.args[0], "ARRAY")
    first = f"list_position({value.sql}, element) = place"
    return typed(f"list_filter({value.sql}, lambda element, place: {first})", value.type, [value])


def _flatten(call: Call) -> Typed:
    """NULL when one of the arrays is NULL."""
    value = _want(call, call.args[0], "ARRAY")
    inner = _want(call, Typed("", value.type.parts[0]), "ARRAY").type
    sql = f"CASE WHEN list_position({value.sql}, NULL) IS NULL THEN flatten({value.sql}) END"
    return typed(sql, inner, [value])


def _has_key(call: Call) -> Typed:
    value = _want(call, call.args[0], "MAP")
    key = coerce(call.args[1], value.type.parts[0])
    return typed(f"list_contains(map_keys({value.sql}), {key.sql})", BOOLEAN, [value, key])


def _join(call: Call) -> Typed:
    value, separator = _want(call, call.args[0], "ARRAY"), coerce(call.args[1], STRING)
    if value.type.parts[0] != STRING:
        raise UnsupportedSQLError(f"ARRAY_JOIN of {value.type.text} is not supported; of ARRAY<STRING> it is")
    return typed(f"array_to_string({value.sql}, {separator.sql})", STRING, [value, separator])


COLLECTION_FUNCTIONS: Final[dict[str, Function]] = {
    "ARRAY": Function(_array, 1, None),
    "ARRAY_CONTAINS": Function(_contains, 2, 2),
    "ARRAY_DISTINCT": Function(_distinct, 1, 1),
    "ARRAY_JOIN": Function(_join, 2, 2, note="of ARRAY<STRING>; NULLs are left out"),
    "ARRAY_MAX": _of("list_max({0})", lambda kind: kind.parts[0], "ARRAY"),
    "ARRAY_MIN": _of("list_min({0})", lambda kind: kind.parts[0], "ARRAY"),
    "ARRAY_SIZE": Function(_size, 1, 1, note="NULL for NULL"),
    "CARDINALITY": Function(_size, 1, 1, note="NULL for NULL"),
    "ELEMENT_AT": Function(
        _element_at(tolerant=False), 2, 2, note="outside of an array is an error; an absent key NULL"
    ),
    "FLATTEN": Function(_flatten, 1, 1, note="NULL when an inner array is NULL"),
    "GET": Function(_get, 2, 2, note="counted from 0; NULL outside of the array"),
    "MAP": Function(_map, 2, None),
    "MAP_CONTAINS_KEY": Function(_has_key, 2, 2),
    "MAP_KEYS": _of("map_keys({0})", lambda kind: array(kind.parts[0]), "MAP"),
    "MAP_VALUES": _of("map_values({0})", lambda kind: array(kind.parts[1]), "MAP"),
    "NAMED_STRUCT": Function(_named_struct, 2, None),
    "SIZE": Function(_size, 1, 1, note="NULL for NULL"),
    "SORT_ARRAY": _of("list_sort({0}, 'ASC', 'NULLS FIRST')", lambda kind: kind, "ARRAY"),
    "TRY_ELEMENT_AT": Function(_element_at(tolerant=True), 2, 2, note="NULL outside of the array"),
}
