"""The table of functions over a window: name -> entry. Aggregates can stand over a window too."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from local_workspace.engine.calls import WHOLE, Call, Function, Kind, fit
from local_workspace.engine.coercion import Typed, coerce, typed
from local_workspace.engine.dialect_errors import UnsupportedSQLError
from local_workspace.engine.types import DOUBLE, SparkType

if TYPE_CHECKING:
    from collections.abc import Sequence


def _over(sql: str, kind: SparkType, args: Sequence[Typed]) -> Typed:
    return replace(typed(sql, kind, args), aggregate=True)


def _refuse_without_window(call: Call) -> None:
    if not call.tail.startswith(" OVER"):
        raise UnsupportedSQLError(f"{call.name} needs OVER (…)")


def _ranking(function: str, kind: SparkType) -> Function:
    def build(call: Call) -> Typed:
        _refuse_without_window(call)
        sql = call.aggregate(function)
        return _over(f"CAST({sql} AS {kind.duckdb})", kind, [])

    return Function(build, 0, 0, Kind.WINDOW)


def _neighbour(function: str) -> Function:
    def build(call: Call) -> Typed:
        _refuse_without_window(call)
        value, *rest = call.args
        more = [fit(call.name, each, WHOLE) for each in rest[:1]] + [
            coerce(each, value.type) for each in rest[1:]
        ]
        return _over(call.aggregate(function, value.sql, *(each.sql for each in more)), value.type, call.args)

    return Function(build, 1, 3, Kind.WINDOW)


def _ntile(call: Call) -> Typed:
    _refuse_without_window(call)
    buckets = fit(call.name, call.args[0], WHOLE)
    return _over(f"CAST({call.aggregate('ntile', buckets.sql)} AS INTEGER)", SparkType("INT"), [buckets])


WINDOWS: Final[dict[str, Function]] = {
    "CUME_DIST": _ranking("cume_dist", DOUBLE),
    "DENSE_RANK": _ranking("dense_rank", SparkType("INT")),
    "LAG": _neighbour("lag"),
    "LEAD": _neighbour("lead"),
    "NTILE": Function(_ntile, 1, 1, Kind.WINDOW),
    "PERCENT_RANK": _ranking("percent_rank", DOUBLE),
    "RANK": _ranking("rank", SparkType("INT")),
    "ROW_NUMBER": _ranking("row_number", SparkType("INT")),
}
