"""Values as the statement API writes them: every cell is text or null."""

from __future__ import annotations

import base64
import json
import math
import struct
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from local_workspace.engine.types import SparkType

Cell = str | None
Row = tuple[Cell, ...]


@dataclass(frozen=True)
class Rows:
    """What a statement answers.

    Attributes:
        columns: (name, type) in order; none for statements that answer nothing.
        cells: rows of text.
        truncated: more rows were there than were asked for.
    """

    columns: tuple[tuple[str, SparkType], ...] = ()
    cells: tuple[Row, ...] = ()
    truncated: bool = False


def renderer(kind: SparkType) -> Callable[[Any], Cell]:
    """What turns a Python value of a column into its cell."""
    write = _WRITERS.get(kind.name)
    if write is not None:
        return lambda value: None if value is None else write(value)
    if kind.name in {"ARRAY", "MAP", "STRUCT"}:
        return lambda value: None if value is None else json.dumps(_plain(value, kind), ensure_ascii=False)
    return lambda value: None if value is None else str(value)


def _timestamp(value: datetime) -> str:
    fraction = f"{value.microsecond:06d}"
    return f"{value:%Y-%m-%dT%H:%M:%S}.{fraction[:3] if fraction.endswith('000') else fraction}Z"


def _double(value: float) -> str:
    """A DOUBLE as Java writes it: `1.0`, `1.0E10`, `NaN`, `Infinity`."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if value == 0 or 1e-3 <= abs(value) < 1e7:  # noqa: PLR2004 - Java's bounds of plain notation
        return format(Decimal(repr(value)), "f") if "e" in repr(value) else repr(value)
    sign, digits, exponent = Decimal(repr(value)).normalize().as_tuple()
    text = "".join(map(str, digits))
    power = len(digits) - 1 + int(exponent)
    return f"{'-' if sign else ''}{text[0]}.{text[1:] or '0'}E{power}"


def _shortest(value: float) -> float:
    """The number with the fewest digits that is the same FLOAT: 0.1 rather than 0.10000000149."""
    if not math.isfinite(value):
        return value
    single = struct.pack("f", value)
    digits = (float(f"{value:.{count}g}") for count in range(1, 10))
    return next((number for number in digits if struct.pack("f", number) == single), value)


_WRITERS: dict[str, Callable[[Any], str]] = {
    "BOOLEAN": lambda value: "true" if value else "false",
    "TIMESTAMP": _timestamp,
    "TIMESTAMP_NTZ": lambda value: _timestamp(value).removesuffix("Z"),
    "DATE": lambda value: value.isoformat(),
    "DOUBLE": _double,
    "FLOAT": lambda value: _double(_shortest(value)),
    "DECIMAL": lambda value: format(value, "f"),
    "BINARY": lambda value: base64.b64encode(value).decode("ascii"),
}


def _plain(value: Any, kind: SparkType) -> Any:  # noqa: ANN401, PLR0911 - JSON holds any value
    if value is None:
        return None
    if kind.name == "ARRAY":
        return [_plain(item, kind.parts[0]) for item in value]
    if kind.name == "STRUCT":
        return {field.name: _plain(value[field.name], field.type) for field in kind.fields}
    if kind.name == "MAP":
        key, item = kind.parts
        return {str(renderer(key)(each)): _plain(one, item) for each, one in value.items()}
    if isinstance(value, float) and math.isfinite(value):
        return value
    if isinstance(value, bool | int | str):
        return value
    if isinstance(value, Decimal | date | bytes | float):
        return renderer(kind)(value)
    return str(value)
