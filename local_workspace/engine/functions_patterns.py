"""Functions of regular expressions: name -> entry. Patterns are literals, so that each can be read beforehand."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from sqlglot import exp

from local_workspace.engine.calls import Call, Function
from local_workspace.engine.coercion import Typed, coerce, text_literal, typed
from local_workspace.engine.dialect_errors import UnsupportedSQLError
from local_workspace.engine.regular_expressions import Pattern, read_pattern
from local_workspace.engine.types import BOOLEAN, INT, STRING

if TYPE_CHECKING:
    from local_workspace.engine.expressions import Translator

_NOTE: Final = "the pattern is a literal; look-around, `\\b`, `\\p`, back references and possessive quantifiers are refused"


def _literal(name: str, what: str, node: exp.Expr) -> str:
    node = node.unnest()
    if not isinstance(node, exp.Literal) or not node.is_string:
        raise UnsupportedSQLError(f"{name}: the {what} must be a text literal, not {node.sql('databricks')}")
    return str(node.name)


def _matching(name: str, value: Typed, node: exp.Expr) -> Typed:
    text, pattern = coerce(value, STRING), read_pattern(name, _literal(name, "pattern", node))
    return typed(f"regexp_matches({text.sql}, {text_literal(pattern.text)})", BOOLEAN, [text])


def matches_pattern(translator: Translator, node: exp.Expr) -> Typed:
    """`text RLIKE pattern`, also REGEXP: whether a part of the text matches."""
    return _matching("RLIKE", translator.translate(node.this), node.expression)


def _like(call: Call) -> Typed:
    return _matching(call.name, call.args[0], call.nodes[1])


def _exact(call: Call) -> Pattern:
    """A pattern of which also the place and length of each match are Java's."""
    pattern = read_pattern(call.name, _literal(call.name, "pattern", call.nodes[1]))
    if pattern.may_be_empty or pattern.has_end or pattern.repeats_empty:
        raise UnsupportedSQLError(
            f"{call.name} is not supported with '$', nor with a pattern that may match an empty text"
        )
    return pattern


def _extract(call: Call) -> Typed:
    """The group of the first match; an empty text where there is no match, or the group is not in it."""
    text = coerce(call.args[0], STRING)
    pattern = read_pattern(call.name, _literal(call.name, "pattern", call.nodes[1]))
    group = call.nodes[2].sql("databricks") if len(call.nodes) > 2 else "1"  # noqa: PLR2004 - optional third argument
    if not group.isdigit() or int(group) > pattern.groups:
        raise UnsupportedSQLError(
            f"{call.name}: group {group} is not one of the {pattern.groups} groups of the pattern"
        )
    if pattern.repeats_empty or (pattern.has_end and group == "0"):
        raise UnsupportedSQLError(
            f"{call.name} is not supported for the whole match of a pattern with '$', nor with a repeated group "
            "that may match an empty text"
        )
    sql = f"regexp_extract({text.sql}, {text_literal(pattern.text)}, {group})"
    return typed(sql, STRING, [text])


def _replace(call: Call) -> Typed:
    """Every match replaced; `$1` stands for a group."""
    text, pattern = coerce(call.args[0], STRING), _exact(call)
    given = _literal(call.name, "replacement", call.nodes[2])
    numbers = [int(digit) for digit in re.findall(r"\$(\d)", given)]
    if re.search(r"\\|\$(?!\d)|\$\d\d", given) or any(number > pattern.groups for number in numbers):
        raise UnsupportedSQLError(
            f"{call.name}: the replacement '{given}' takes $0 to $9 for groups, no backslash"
        )
    replacement = re.sub(r"\$(\d)", r"\\\1", given)
    sql = f"regexp_replace({text.sql}, {text_literal(pattern.text)}, {text_literal(replacement)}, 'g')"
    return typed(sql, STRING, [text])


def _count(call: Call) -> Typed:
    text, pattern = coerce(call.args[0], STRING), _exact(call)
    sql = f"CAST(len(regexp_extract_all({text.sql}, {text_literal(pattern.text)})) AS INTEGER)"
    return typed(sql, INT, [text])


PATTERN_FUNCTIONS: Final[dict[str, Function]] = {
    "REGEXP": Function(_like, 2, 2, note=_NOTE),
    "REGEXP_COUNT": Function(_count, 2, 2, note=f"{_NOTE}; so are `$` and what may match nothing"),
    "REGEXP_EXTRACT": Function(_extract, 2, 3, note=_NOTE),
    "REGEXP_LIKE": Function(_like, 2, 2, note=_NOTE),
    "REGEXP_REPLACE": Function(_replace, 3, 3, note=f"{_NOTE}; so are `$` and what may match nothing"),
    "RLIKE": Function(_like, 2, 2, note=_NOTE),
}
