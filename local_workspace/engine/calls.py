"""What a function of Databricks SQL is here: an entry that checks arguments and writes the DuckDB SQL."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from local_workspace.engine.coercion import Typed, coerce, typed
from local_workspace.engine.dialect_errors import AnalysisError, mismatch, wrong_arguments
from local_workspace.engine.types import BIGINT, BOOLEAN, DOUBLE, STRING, TIMESTAMP, SparkType

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlglot import exp


class Kind(StrEnum):
    """Where a function may stand."""

    SCALAR = "scalar"
    AGGREGATE = "aggregate"
    WINDOW = "window"


@dataclass(frozen=True)
class Call:
    """One call of a function, its arguments translated.

    Attributes:
        name: the function's name in upper case.
        args: translated arguments; those listed in `Function.words` are left out.
        words: the arguments that are words (units), upper case.
        nodes: all arguments as parsed.
        distinct: `DISTINCT` was written.
        tail: DuckDB text that follows an aggregate: ` FILTER (WHERE …)`, ` OVER (…)`.
    """

    name: str
    args: tuple[Typed, ...]
    words: tuple[str, ...] = ()
    nodes: tuple[exp.Expr, ...] = ()
    distinct: bool = False
    tail: str = ""

    def aggregate(self, function: str, *arguments: object) -> str:
        """The call of a DuckDB aggregate with this call's DISTINCT, FILTER and OVER."""
        distinct = "DISTINCT " if self.distinct else ""
        return f"{function}({distinct}{', '.join(str(each) for each in arguments)}){self.tail}"


@dataclass(frozen=True)
class Function:
    """An entry of the tables of functions.

    Attributes:
        build: writes the DuckDB SQL of a call.
        least: fewest arguments.
        most: most arguments; None = any number.
        kind: scalar, aggregate or window.
        words: positions of arguments that are bare words, such as a unit.
        note: what to know about it; goes to the list of functions.
        takes_distinct: it may be called with DISTINCT.
        takes_order: it is called with WITHIN GROUP (ORDER BY …), and only so.
    """

    build: Callable[[Call], Typed]
    least: int
    most: int | None
    kind: Kind = Kind.SCALAR
    words: tuple[int, ...] = ()
    note: str = ""
    takes_distinct: bool = False
    takes_order: bool = False

    def check(self, name: str, count: int) -> None:
        """Refuse a wrong number of arguments."""
        if count < self.least or (self.most is not None and count > self.most):
            if self.most is None:
                expected = f"> {self.least - 1}"
            else:
                expected = str(self.least) if self.least == self.most else f"[{self.least}, {self.most}]"
            raise wrong_arguments(name, expected, count)


ANY: Final = SparkType("ANY")
"""Parameter that takes a value of any type as it is."""

NUMBER: Final = SparkType("NUMBER")
"""Parameter that takes any number; text is read as DOUBLE."""

WHOLE: Final = SparkType("WHOLE")
"""Parameter that takes TINYINT, SMALLINT, INT or BIGINT only."""

TEXT: Final = SparkType("TEXT")
"""Parameter that takes STRING only; nothing is cast to it."""

INSTANT: Final = SparkType("INSTANT")
"""Parameter that takes a DATE or a timestamp; text is read as TIMESTAMP."""

_READ_AS: Final = {NUMBER: DOUBLE, INSTANT: TIMESTAMP}
_UNCAST: Final[dict[SparkType, tuple[str, SparkType, Callable[[SparkType], bool]]]] = {
    WHOLE: ("INTEGRAL", BIGINT, lambda kind: kind.is_integral),
    TEXT: ("STRING", STRING, lambda kind: kind == STRING),
}
"""Parameters that nothing is cast to: how they are called, the type of NULL, what they accept."""


def fit(name: str, value: Typed, parameter: SparkType) -> Typed:
    """The argument as the parameter wants it.

    Raises:
        AnalysisError: Databricks would refuse it too.
    """
    if parameter == ANY or (
        parameter == INSTANT and value.type.name in {"DATE", "TIMESTAMP", "TIMESTAMP_NTZ"}
    ):
        return value
    void = value.type.name == "VOID"
    if parameter in _UNCAST:
        wanted, default, accepted = _UNCAST[parameter]
        if not void and not accepted(value.type):
            raise _unfit(name, value, wanted)
        return coerce(value, default) if void else value
    if parameter == NUMBER:
        if value.type.is_numeric:
            return value
        if value.type != STRING and not void:
            raise _unfit(name, value, "NUMERIC")
    if parameter == BOOLEAN and value.type.is_numeric:
        raise _unfit(name, value, "BOOLEAN")
    return coerce(value, _READ_AS.get(parameter, parameter))


def _unfit(name: str, value: Typed, wanted: str) -> AnalysisError:
    return mismatch(f"{name.lower()}({value.sql})", f'"{wanted}" is required, "{value.type.text}" was given.')


def simple(
    template: str,
    parameters: Sequence[SparkType],
    returns: SparkType | Callable[[Sequence[Typed]], SparkType],
    *,
    least: int | None = None,
    note: str = "",
    can_raise: bool = False,
) -> Function:
    """A scalar function whose DuckDB SQL is a text with `{0}`, `{1}` … for its arguments."""

    def build(call: Call) -> Typed:
        args = [
            fit(call.name, value, parameter) for value, parameter in zip(call.args, parameters, strict=False)
        ]
        kind = returns if isinstance(returns, SparkType) else returns(args)
        return typed(template.format(*args), kind, args, can_raise=can_raise)

    return Function(build, len(parameters) if least is None else least, len(parameters), note=note)


def same(args: Sequence[Typed]) -> SparkType:
    """The result has the type of the first argument."""
    return args[0].type
