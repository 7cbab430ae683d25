"""Functions of text: name -> entry. Positions count from 1, lengths are in characters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from local_workspace.engine.calls import TEXT, Call, Function, fit, simple
from local_workspace.engine.coercion import Typed, coerce, typed
from local_workspace.engine.dialect_errors import UnsupportedSQLError, raise_error
from local_workspace.engine.types import BOOLEAN, INT, STRING

if TYPE_CHECKING:
    from collections.abc import Callable

_ZERO_INDEX: Final = (
    "[INVALID_INDEX_OF_ZERO] The index 0 is invalid. An index shall be either < 0 or > 0 (the first element has index 1). "
    "SQLSTATE: 22003"
)


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


def _trim_after(call: Call) -> Typed:
    """BTRIM: the characters come second."""
    return _trim("trim")(Call(call.name, call.args[::-1]))


def _split_part(call: Call) -> Typed:
    """The part between separators; an empty separator leaves the text whole."""
    text, separator, number = (*(coerce(each, STRING) for each in call.args[:2]), coerce(call.args[2], INT))
    if not separator.sql.startswith("'") or separator.sql == "''":
        raise UnsupportedSQLError(f"{call.name}: the separator must be a text literal that is not empty")
    part = f"split_part({text.sql}, {separator.sql}, {number.sql})"
    sql = f"CASE WHEN {number} = 0 AND {text} IS NOT NULL THEN {raise_error(_ZERO_INDEX)} ELSE {part} END"
    return typed(sql, STRING, [text, number], can_raise=True)


def _translate(call: Call) -> Typed:
    text, old, new = (coerce(each, STRING) for each in call.args)
    if not all(each.sql.startswith("'") for each in (old, new)):
        raise UnsupportedSQLError(f"{call.name}: both lists of characters must be text literals")
    return typed(f"translate({text.sql}, {old.sql}, {new.sql})", STRING, [text])


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
    "BIT_LENGTH": simple("CAST(strlen({0}) * 8 AS INTEGER)", [STRING], INT, note="of the UTF-8 text"),
    "BTRIM": Function(_trim_after, 1, 2),
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
    "OCTET_LENGTH": simple("CAST(strlen({0}) AS INTEGER)", [STRING], INT, note="of the UTF-8 text"),
    "POSITION": Function(_locate, 2, 3),
    "REPEAT": simple("repeat({0}, CASE WHEN {1} < 0 THEN 0 ELSE {1} END)", [STRING, INT], STRING),
    "REPLACE": Function(_replace, 2, 3),
    "REVERSE": simple("reverse({0})", [STRING], STRING, note="text only"),
    "RIGHT": simple("right({0}, CASE WHEN {1} < 0 THEN 0 ELSE {1} END)", [STRING, INT], STRING),
    "RPAD": Function(_pad("rpad"), 2, 3),
    "RTRIM": Function(_trim("rtrim"), 1, 2),
    "SHA": simple("sha1({0})", [TEXT], STRING),
    "SHA1": simple("sha1({0})", [TEXT], STRING),
    "SHA2": Function(_sha2, 2, 2, note="256 bits only"),
    "SPACE": simple("repeat(' ', CASE WHEN {0} < 0 THEN 0 ELSE {0} END)", [INT], STRING),
    "SPLIT_PART": Function(_split_part, 3, 3, note="part 0 is an error; none is an empty text"),
    "STARTSWITH": simple("prefix({0}, {1})", [STRING, STRING], BOOLEAN),
    "SUBSTR": Function(_substring, 2, 3, note="position 0 counts as 1"),
    "SUBSTRING": Function(_substring, 2, 3, note="position 0 counts as 1"),
    "TRANSLATE": Function(_translate, 3, 3, note="both lists of characters are literals"),
    "TRIM": Function(_trim("trim"), 1, 2),
    "TYPEOF": Function(lambda call: typed(f"'{call.args[0].type.short}'", STRING), 1, 1),
    "UCASE": _text(_UPPER),
    "UPPER": _text(_UPPER),
}
