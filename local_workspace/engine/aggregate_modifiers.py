"""What follows an aggregate: FILTER, WITHIN GROUP and OVER; and the items of an ORDER BY."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlglot import exp

from local_workspace.engine.comparisons import condition
from local_workspace.engine.dialect_errors import UnsupportedSQLError, mismatch, shown
from local_workspace.engine.invocation import CALL_NAMES, invoke, name_and_arguments

if TYPE_CHECKING:
    from local_workspace.engine.coercion import Typed
    from local_workspace.engine.expressions import Translator


def _inner_call(translator: Translator, node: exp.Expr, tail: str, kept: Typed | None = None) -> Typed:
    if isinstance(node, exp.Filter):
        if tail:
            raise UnsupportedSQLError(
                f"{shown(node)}: FILTER with OVER is not supported; write CASE WHEN instead"
            )
        test = condition(translator, node.expression.this)
        return _inner_call(translator, node.this, f" FILTER (WHERE {test.sql}){tail}", test)
    if isinstance(node, exp.WithinGroup):
        ordered = node.expression.expressions
        if len(ordered) != 1 or ordered[0].args.get("desc"):
            raise UnsupportedSQLError("WITHIN GROUP takes one ascending ORDER BY")
        _refuse_other_than_call(node.this)
        name, arguments = name_and_arguments(node.this)
        return invoke(translator, name, arguments, tail, translator.translate(ordered[0].this), kept)
    _refuse_other_than_call(node)
    name, arguments = name_and_arguments(node)
    return invoke(translator, name, arguments, tail, kept=kept)


def _refuse_other_than_call(node: exp.Expr) -> None:
    if not isinstance(node, exp.Anonymous) and type(node) not in CALL_NAMES:
        raise UnsupportedSQLError(f"{shown(node)} is not supported here")


def modified_call(translator: Translator, node: exp.Expr) -> Typed:
    """An aggregate with FILTER or WITHIN GROUP."""
    return _inner_call(translator, node, "")


def ordering(translator: Translator, node: exp.Expr) -> Typed:
    """One item of an ORDER BY: NULLs first when ascending, last when descending, unless said otherwise."""
    value = translator.translate(node.this)
    if value.type.name == "MAP":
        raise mismatch("ORDER BY", f'"{value.type.text}" has no order.')
    first = bool(node.args.get("nulls_first"))
    words = f"{'DESC' if node.args.get('desc') else 'ASC'} NULLS {'FIRST' if first else 'LAST'}"
    return replace(value, sql=f"{value.sql} {words}")


def window(translator: Translator, node: exp.Expr) -> Typed:
    """A function OVER a window."""
    if node.args.get("alias") or node.args.get("first") or node.args.get("this") is None:
        raise UnsupportedSQLError("named windows are not supported; write OVER (…)")
    pieces = []
    partition = [translator.translate(each).sql for each in node.args.get("partition_by") or []]
    if partition:
        pieces.append(f"PARTITION BY {', '.join(partition)}")
    order = node.args.get("order")
    if order is not None:
        pieces.append(f"ORDER BY {', '.join(ordering(translator, each).sql for each in order.expressions)}")
    spec = node.args.get("spec")
    if spec is not None:
        pieces.append(_frame(spec))
    made = _inner_call(translator, node.this, f" OVER ({' '.join(pieces)})")
    return replace(made, aggregate=False)


def _frame(spec: exp.Expr) -> str:
    kind = str(spec.args.get("kind") or "").upper()
    bounds = []
    for side in ("start", "end"):
        value = spec.args.get(side)
        text = value if isinstance(value, str) else None
        if isinstance(value, exp.Literal) and not value.is_string and value.name.isdigit():
            text = value.name
        if text is None or kind not in {"ROWS", "RANGE"}:
            raise UnsupportedSQLError(
                "a window frame takes ROWS or RANGE BETWEEN n PRECEDING, CURRENT ROW … only"
            )
        bounds.append(f"{text} {spec.args.get(side + '_side') or ''}".strip())
    return f"{kind} BETWEEN {bounds[0]} AND {bounds[1]}"
