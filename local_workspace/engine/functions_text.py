"""Functions of text: name -> entry. Positions count from 1, lengths are in characters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from local_workspace.engine.calls import TEXT, Call, Function, fit, simple
from local_workspace.engine.coercion import Typed, coerce, typed
from local_workspace.engine.dialect_errors import UnsupportedSQLError
from local_workspace.engine.types import BOOLEAN, INT, STRING

if TYPE_CHECKING:
    from collections.abc import Callable


def _concat(call: Call) -> Typed:
    """NULL when any part is NULL, unlike DuckDB's own concat."""
    if any(value.type.name == "ARRAY" for value in call.args):
        raise UnsupportedSQLError(f"{call.name} of arrays is not supported; of texts it is")
    parts = [coerce(value, STRING) for value in call.args]
    if not parts:
        return typed("''", STRING)
    if len(parts) == 1:
        return parts[0]
    return typed(" || ".join(str(part) for part in parts), STRING, parts, atomic=False)


def _concat_ws(call: Call) -> Typed:
    if any(value.type.name == "ARRAY" for value in call.args):
        raise UnsupportedSQLError(f"{call.name} of arrays is not supported; use ARRAY_JOIN")
    values = [coerce(value, STRING) for value in call.args]
    if len(values) == 1:
        return typed(f"CASE WHEN {values[0]} IS NOT NULL THEN '' END", STRING, values)
    return typed(f"concat_ws({', '.join(value.sql for value in values)})", STRING, values)


def _substring(call: Call) -> Typed:
    """Position 0 counts as 1; a negative position counts from the end."""
    text = coerce(call.args[0], STRING)
    start = coerce(call.args[1], INT)
    length = coerce(call.args[2], INT) if len(call.args) > 2 else None  # noqa: PLR2004 - optional third argument
    parts = [text, start, *([length] if length else [])]
    first = f"CASE WHEN {start} IS NULL THEN NULL WHEN {start} > 0 THEN {start} - 1 WHEN {start} < 0 THEN length({text.sql}) + {start} ELSE 0 END"
    if start.literal is not None and not start.sql.startswith("-"):
        first = str(max(int(start.literal) - 1, 0))
    begin = first if first.isdigit() else f"(CASE WHEN {first} < 0 THEN 0 ELSE {first} END)"
    if length is None:
        return typed(f"substring({text.sql}, {begin} + 1)", STRING, parts)
    if first.isdigit():
        return typed(f"substring({text.sql}, {begin} + 1, greatest({length.sql}, 0))", STRING, parts)
    count = f"greatest(({first}) + {length} - {begin}, 0)"
    return typed(f"substring({text.sql}, {begin} + 1, {count})", STRING, parts)


def _trim(function: str) -> Callable[[Call], Typed]:
    """Blanks only, or the characters given first (`TRIM(BOTH 'x' FROM s)`, `LTRIM('x', s)`)."""

    def build(call: Call) -> Typed:
        values = [coerce(value, STRING) for value in call.args]
        characters = values[0].sql if len(values) > 1 else "' '"
        return typed(f"{function}({values[-1].sql}, {characters})", STRING, values)

    return build


def _pad(function: str) -> Callable[[Call], Typed]:
    def build(call: Call) -> Typed:
        text, width = coerce(call.args[0], STRING), coerce(call.args[1], INT)
        fill = coerce(call.args[2], STRING).sql if len(call.args) > 2 else "' '"  # noqa: PLR2004 - optional argument
        if fill != "' '":
            cut = f"CASE WHEN {width} < 0 THEN 0 ELSE {width} END"
            sql = f"CASE WHEN {fill} = '' THEN left({text.sql}, {cut}) ELSE {function}({text.sql}, {width.sql}, {fill}) END"
            return typed(sql, STRING, call.args)
        return typed(f"{function}({text.sql}, {width.sql}, {fill})", STRING, call.args)

    return build


def _locate(call: Call) -> Typed:
    part, text = coerce(call.args[0], STRING), coerce(call.args[1], STRING)
    if len(call.args) == 2:  # noqa: PLR2004 - without a start
        return typed(f"CAST(strpos({text.sql}, {part.sql}) AS INTEGER)", INT, [part, text])
    start = coerce(call.args[2], INT)
    found = f"strpos(substring({text.sql}, {start.sql}), {part.sql})"
    sql = (
        f"CASE WHEN {start} IS NULL OR {start} < 1 THEN 0 WHEN {part} = '' AND {text} IS NOT NULL THEN 1 "
        f"WHEN {found} > 0 THEN {found} + {start} - 1 ELSE {found} END"
    )
    return typed(f"CAST({sql} AS INTEGER)", INT, [part, text, start])


def _replace(call: Call) -> Typed:
    """Without a third argument the found text is removed; an empty text to look for changes nothing."""
    text, old, *rest = (coerce(value, STRING) for value in call.args)
    new = rest[0].sql if rest else "''"
    return typed(f"replace({text.sql}, {old.sql}, {new})", STRING, call.args)


def _sha2(call: Call) -> Typed:
    bits = call.args[1].literal
    if bits not in {"0", "256"}:
        raise UnsupportedSQLError(f"SHA2 is supported with 256 bits, not {call.args[1].sql}")
    text = fit(call.name, call.args[0], TEXT)
    return typed(f"sha256({text.sql})", STRING, [text])


def _text(template: str, note: str = "") -> Function:
    return simple(template, [STRING], STRING, note=note)


def _length() -> Function:
    return simple("CAST(length({0}) AS INTEGER)", [STRING], INT, note="characters")


_UPPER: Final = "upper(replace({0}, 'ß', 'SS'))"

TEXT_FUNCTIONS: Final[dict[str, Function]] = {
    "ASCII": simple("CAST(ascii({0}) AS INTEGER)", [STRING], INT),
    "CHARACTER_LENGTH": _length(),
    "CHAR_LENGTH": _length(),
    "CONCAT": Function(_concat, 0, None, note="NULL when a part is NULL; text only, no arrays"),
    "CONCAT_WS": Function(_concat_ws, 1, None, note="NULLs are skipped; text only, no arrays"),
    "CONTAINS": simple("contains({0}, {1})", [STRING, STRING], BOOLEAN),
    "ENDSWITH": simple("suffix({0}, {1})", [STRING, STRING], BOOLEAN),
    "INSTR": simple("CAST(strpos({0}, {1}) AS INTEGER)", [STRING, STRING], INT),
    "LCASE": _text("lower({0})"),
    "LEFT": simple("left({0}, CASE WHEN {1} < 0 THEN 0 ELSE {1} END)", [STRING, INT], STRING),
    "LEN": _length(),
    "LENGTH": _length(),
    "LOCATE": Function(_locate, 2, 3),
    "LOWER": _text("lower({0})"),
    "LPAD": Function(_pad("lpad"), 2, 3),
    "LTRIM": Function(_trim("ltrim"), 1, 2),
    "MD5": simple("md5({0})", [TEXT], STRING),
    "POSITION": Function(_locate, 2, 3),
    "REPEAT": simple("repeat({0}, CASE WHEN {1} < 0 THEN 0 ELSE {1} END)", [STRING, INT], STRING),
    "REPLACE": Function(_replace, 2, 3),
    "REVERSE": simple("reverse({0})", [STRING], STRING, note="text only"),
    "RIGHT": simple("right({0}, CASE WHEN {1} < 0 THEN 0 ELSE {1} END)", [STRING, INT], STRING),
    "RPAD": Function(_pad("rpad"), 2, 3),
    "RTRIM": Function(_trim("rtrim"), 1, 2),
    "SHA2": Function(_sha2, 2, 2, note="256 bits only"),
    "STARTSWITH": simple("prefix({0}, {1})", [STRING, STRING], BOOLEAN),
    "SUBSTR": Function(_substring, 2, 3, note="position 0 counts as 1"),
    "SUBSTRING": Function(_substring, 2, 3, note="position 0 counts as 1"),
    "TRIM": Function(_trim("trim"), 1, 2),
    "TYPEOF": Function(lambda call: typed(f"'{call.args[0].type.short}'", STRING), 1, 1),
    "UCASE": _text(_UPPER),
    "UPPER": _text(_UPPER),
}
