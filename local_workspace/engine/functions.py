"""The table of scalar functions: name -> entry. A name that is not here is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from local_workspace.engine.aggregates import AGGREGATES, WINDOWS
from local_workspace.engine.arithmetic import divide, remainder
from local_workspace.engine.calls import ANY, NUMBER, Call, Function, simple
from local_workspace.engine.coercion import Typed, coerce, typed, unified
from local_workspace.engine.functions_collections import COLLECTION_FUNCTIONS
from local_workspace.engine.functions_number import NUMBER_FUNCTIONS
from local_workspace.engine.functions_text import TEXT_FUNCTIONS
from local_workspace.engine.functions_time import TIME_FUNCTIONS
from local_workspace.engine.types import BOOLEAN

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


CONDITIONALS: Final[dict[str, Function]] = {
    "COALESCE": Function(_unifying("coalesce({0})"), 1, None),
    "GREATEST": Function(
        _unifying("greatest({0})"), 2, None, note="NULLs are skipped; NaN is the largest value"
    ),
    "IF": Function(_if, 3, 3),
    "IFF": Function(_if, 3, 3),
    "IFNULL": Function(_unifying("coalesce({0})"), 2, 2),
    "ISNOTNULL": simple("({0} IS NOT NULL)", [ANY], BOOLEAN),
    "ISNULL": simple("({0} IS NULL)", [ANY], BOOLEAN),
    "LEAST": Function(_unifying("least({0})"), 2, None, note="NULLs are skipped"),
    "NULLIF": Function(_nullif, 2, 2),
    "NULLIFZERO": simple("NULLIF({0}, 0)", [NUMBER], lambda args: args[0].type),
    "NVL": Function(_unifying("coalesce({0})"), 2, 2),
    "NVL2": Function(_nvl2, 3, 3),
    "TRY_DIVIDE": Function(
        lambda call: divide(call.args[0], call.args[1], tolerant=True),
        2,
        2,
        note="NULL for a division by zero",
    ),
    "TRY_MOD": Function(
        lambda call: remainder(call.args[0], call.args[1], tolerant=True),
        2,
        2,
        note="NULL for a division by zero",
    ),
    "MOD": Function(
        lambda call: remainder(call.args[0], call.args[1], call.nodes[1]), 2, 2, note="by zero is an error"
    ),
    "ZEROIFNULL": simple("coalesce({0}, 0)", [NUMBER], lambda args: args[0].type),
}

SCALARS: Final[dict[str, Function]] = {
    **CONDITIONALS,
    **NUMBER_FUNCTIONS,
    **TEXT_FUNCTIONS,
    **TIME_FUNCTIONS,
    **COLLECTION_FUNCTIONS,
}

FUNCTIONS: Final[dict[str, Function]] = {**SCALARS, **AGGREGATES, **WINDOWS}
"""Every function that is supported, by its Databricks name."""
