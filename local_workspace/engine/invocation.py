"""Calls of functions by name: which entry of the tables, which arguments."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from sqlglot import exp

from local_workspace.engine.calls import Call, Function, Kind
from local_workspace.engine.dialect_errors import UnsupportedSQLError, nearest, shown
from local_workspace.engine.functions import FUNCTIONS
from local_workspace.engine.literals import current_date, current_timestamp
from local_workspace.engine.refused_functions import REFUSED
from local_workspace.engine.types import STRING

if TYPE_CHECKING:
    from local_workspace.engine.coercion import Typed
    from local_workspace.engine.expressions import Translator


CLOCK: Final = {
    "NOW": current_timestamp,
    "CURRENT_TIMESTAMP": current_timestamp,
    "GETDATE": current_timestamp,
    "CURDATE": current_date,
    "CURRENT_DATE": current_date,
}

CALL_NAMES: Final[dict[type[exp.Expr], str]] = {
    exp.Coalesce: "COALESCE",
    exp.Count: "COUNT",
    exp.If: "IF",
    exp.Nullif: "NULLIF",
    exp.StrPosition: "POSITION",
    exp.Substring: "SUBSTRING",
    exp.Trim: "TRIM",
}


def name_and_arguments(node: exp.Expr) -> tuple[str, list[exp.Expr]]:
    """The Databricks name of a call in upper case, and its arguments in Databricks' order."""
    if isinstance(node, exp.Anonymous):
        return node.name.upper(), list(node.expressions)
    name = CALL_NAMES[type(node)]
    if isinstance(node, exp.If):
        return name, [node.this, node.args["true"], node.args.get("false") or exp.Null()]
    if isinstance(node, exp.Trim):
        position = str(node.args.get("position") or "BOTH").upper()
        name = {"LEADING": "LTRIM", "TRAILING": "RTRIM"}.get(position, "TRIM")
        return name, [each for each in (node.expression, node.this) if each is not None]
    keys: dict[type[exp.Expr], tuple[str, ...]] = {
        exp.StrPosition: ("substr", "this", "position"),
        exp.Substring: ("this", "start", "length"),
    }
    order = keys.get(type(node), ("this", "expression"))
    arguments = [node.args[key] for key in order if node.args.get(key) is not None]
    return name, [*arguments, *node.expressions]


def call(translator: Translator, node: exp.Expr) -> Typed:
    """A call that nothing follows."""
    if isinstance(node, exp.Anonymous) and node.name.upper() in CLOCK and not node.expressions:
        return CLOCK[node.name.upper()](translator, node)
    name, arguments = name_and_arguments(node)
    return invoke(translator, name, arguments)


def entry_of(name: str) -> Function:
    """The table's entry of a function.

    Raises:
        UnsupportedSQLError: the function is not supported; the text says why, or names the nearest that is.
    """
    entry = FUNCTIONS.get(name)
    if entry is None:
        why = f": {REFUSED[name]}" if name in REFUSED else nearest(name, FUNCTIONS)
        raise UnsupportedSQLError(f"function {name} is not supported{why}")
    return entry


def invoke(
    translator: Translator,
    name: str,
    arguments: list[exp.Expr],
    tail: str = "",
    first: Typed | None = None,
    kept: Typed | None = None,
) -> Typed:
    """The call of a function by name.

    Args:
        translator: gives the arguments.
        name: the function's name, upper case.
        arguments: the arguments as parsed.
        tail: what follows an aggregate: ` FILTER (…)`, ` OVER (…)`.
        first: an argument given apart, in front (WITHIN GROUP).
        kept: the condition of FILTER: on other rows no argument may fail.
    """
    entry = entry_of(name)
    distinct = len(arguments) > 0 and isinstance(arguments[0], exp.Distinct)
    if distinct:
        if not entry.takes_distinct:
            raise UnsupportedSQLError(f"{name}(DISTINCT …) is not supported")
        listed = arguments[0].expressions
        row = listed[0] if len(listed) == 1 else None
        arguments = [*(row.expressions if isinstance(row, exp.Tuple) else listed), *arguments[1:]]
    if entry.takes_order != (first is not None):
        raise UnsupportedSQLError(
            f"{name} {'needs' if entry.takes_order else 'takes no'} WITHIN GROUP (ORDER BY x)"
        )
    entry.check(name, len(arguments) if first is None else len(arguments) + 1)
    unexpected = next(
        (each for each in arguments if isinstance(each, exp.Kwarg | exp.PropertyEQ | exp.Lambda)), None
    )
    if unexpected is not None:
        raise UnsupportedSQLError(f"{name}: {shown(unexpected)} is not supported as an argument")
    star = any(isinstance(each, exp.Star) for each in arguments)
    if star and (name != "COUNT" or distinct or len(arguments) > 1):
        raise UnsupportedSQLError(f"{name} of * is not supported here; name the columns")
    if entry.kind is Kind.SCALAR and tail:
        raise UnsupportedSQLError(f"{name} is not an aggregate: FILTER and OVER cannot follow it")
    words, rest = _words(entry, arguments)
    args = [translator.translate(each) for each in rest if not isinstance(each, exp.Star)]
    if first is not None:
        args, arguments = [first], [exp.Null(), *arguments]
    if kept is not None:
        args = [_only_where(kept, arg) for arg in args]
    if entry.kind is Kind.AGGREGATE and not tail.startswith(" OVER") and any(arg.aggregate for arg in args):
        raise UnsupportedSQLError(
            f"[NESTED_AGGREGATE_FUNCTION] {name}: an aggregate inside an aggregate is not allowed. SQLSTATE: 42607"
        )
    return entry.build(Call(name, tuple(args), words, tuple(arguments), distinct, tail))


def _only_where(kept: Typed, argument: Typed) -> Typed:
    """The argument, NULL on other rows where it may fail, be it by the cast of a text that follows."""
    if not argument.can_raise and argument.type != STRING:
        return argument
    return replace(argument, sql=f"CASE WHEN {kept.sql} THEN {argument.sql} END", atomic=True, literal=None)


def _words(entry: Function, arguments: list[exp.Expr]) -> tuple[tuple[str, ...], list[exp.Expr]]:
    """The unit words of a call and its other arguments; `DATE_ADD(date, n)` has none."""
    if not entry.words or (
        (entry.least < entry.most if entry.most is not None else False) and len(arguments) == entry.least
    ):
        return (), arguments
    words = []
    for position in entry.words:
        node = arguments[position]
        simple_name = isinstance(node, exp.Column) and len(node.parts) == 1
        if not (
            simple_name or isinstance(node, exp.Var) or (isinstance(node, exp.Literal) and node.is_string)
        ):
            raise UnsupportedSQLError(f"a unit such as DAY is expected, not {shown(node)}")
        words.append(node.name.upper())
    return tuple(words), [each for at, each in enumerate(arguments) if at not in entry.words]
