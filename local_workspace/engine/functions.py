"""The table of scalar functions: name -> entry. A name that is not here is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from local_workspace.engine.aggregates import AGGREGATES
from local_workspace.engine.arithmetic import divide, remainder
from local_workspace.engine.calls import ANY, Call, Function, simple
from local_workspace.engine.coercion import Typed, coerce, typed, unified
from local_workspace.engine.dialect_errors import UnsupportedSQLError, mismatch
from local_workspace.engine.functions_collections import COLLECTION_FUNCTIONS
from local_workspace.engine.functions_number import NUMBER_FUNCTIONS
from local_workspace.engine.functions_patterns import PATTERN_FUNCTIONS
from local_workspace.engine.functions_text import TEXT_FUNCTIONS
from local_workspace.engine.functions_time import TIME_FUNCTIONS
from local_workspace.engine.functions_windows import WINDOWS
from local_workspace.engine.types import BOOLEAN, INT, STRING

if TYPE_CHECKING:
    from collections.abc import Callable


def _unifying(template: str) -> Callable[[Call], Typed]:
    """A function of values that are brought to one type; `{0}` is the list of them."""

    def build(call: Call) -> Typed:
        values, kind = unified(call.name.lower(), call.args)
        return typed(template.format(", ".join(value.sql for value in values)), kind, values)

    return build


def _if(call: Call) -> Typed:
    condition = coerce(call.args[0], BOOLEAN)
    (then, otherwise), kind = unified("if", call.args[1:])
    sql = f"CASE WHEN {condition.sql} THEN {then.sql} ELSE {otherwise.sql} END"
    return typed(sql, kind, [condition, then, otherwise])


def _nvl2(call: Call) -> Typed:
    (then, otherwise), kind = unified("nvl2", call.args[1:])
    sql = f"CASE WHEN {call.args[0]} IS NOT NULL THEN {then.sql} ELSE {otherwise.sql} END"
    return typed(sql, kind, [call.args[0], then, otherwise])


def _nullif(call: Call) -> Typed:
    left, right = call.args
    (a, b), _ = unified("nullif", call.args)
    if left.type.is_numeric and right.type.is_numeric:
        return typed(f"NULLIF({left.sql}, {right.sql})", left.type, call.args)
    return typed(f"CASE WHEN {a} = {b} THEN NULL ELSE {left.sql} END", left.type, [a, b])


def _nullif_zero(call: Call) -> Typed:
    value = call.args[0]
    if not value.type.is_numeric:
        raise UnsupportedSQLError(f"NULLIFZERO of {value.type.text} is not supported; cast it to a number")
    return typed(f"NULLIF({value.sql}, 0)", value.type, [value])


def _zero_if_null(call: Call) -> Typed:
    """COALESCE(value, 0) with its type, which is INT for TINYINT."""
    values, kind = unified("zeroifnull", [call.args[0], Typed("0", INT, literal="0")])
    return typed(f"coalesce({values[0].sql}, {values[1].sql})", kind, values)


def _extreme_of(function: str) -> Callable[[Call], Typed]:
    """GREATEST and LEAST read no text as a number or a time."""

    def build(call: Call) -> Typed:
        kinds = {value.type.name for value in call.args} - {"VOID"}
        if "STRING" in kinds and len(kinds) > 1:
            listed = ", ".join(f'"{value.type.text}"' for value in call.args)
            raise mismatch(call.name.lower(), f"the values should have one type, but they are [{listed}].")
        return _unifying(f"{function}({{0}})")(call)

    return build


def _tolerant(operation: Callable[..., Typed]) -> Callable[[Call], Typed]:
    """A division that gives NULL where it would fail."""

    def build(call: Call) -> Typed:
        left, right = call.args
        if STRING in (left.type, right.type):
            raise UnsupportedSQLError(f"{call.name} of STRING is not supported; cast it to a number")
        return operation(left, right, tolerant=True)

    return build


CONDITIONALS: Final[dict[str, Function]] = {
    "COALESCE": Function(_unifying("coalesce({0})"), 1, None),
    "GREATEST": Function(
        _extreme_of("greatest"), 2, None, note="NULLs are skipped; NaN is the largest value"
    ),
    "IF": Function(_if, 3, 3),
    "IFF": Function(_if, 3, 3),
    "IFNULL": Function(_unifying("coalesce({0})"), 2, 2),
    "ISNOTNULL": simple("({0} IS NOT NULL)", [ANY], BOOLEAN),
    "ISNULL": simple("({0} IS NULL)", [ANY], BOOLEAN),
    "LEAST": Function(_extreme_of("least"), 2, None, note="NULLs are skipped"),
    "NULLIF": Function(_nullif, 2, 2),
    "NULLIFZERO": Function(_nullif_zero, 1, 1, note="numbers only"),
    "NVL": Function(_unifying("coalesce({0})"), 2, 2),
    "NVL2": Function(_nvl2, 3, 3),
    "TRY_DIVIDE": Function(
        _tolerant(divide),
        2,
        2,
        note="NULL for a division by zero",
    ),
    "TRY_MOD": Function(
        _tolerant(remainder),
        2,
        2,
        note="NULL for a division by zero",
    ),
    "MOD": Function(
        lambda call: remainder(call.args[0], call.args[1], call.nodes[1]), 2, 2, note="by zero is an error"
    ),
    "ZEROIFNULL": Function(_zero_if_null, 1, 1),
}

SCALARS: Final[dict[str, Function]] = {
    **CONDITIONALS,
    **NUMBER_FUNCTIONS,
    **TEXT_FUNCTIONS,
    **PATTERN_FUNCTIONS,
    **TIME_FUNCTIONS,
    **COLLECTION_FUNCTIONS,
}

FUNCTIONS: Final[dict[str, Function]] = {**SCALARS, **AGGREGATES, **WINDOWS}
"""Every function that is supported, by its Databricks name."""
