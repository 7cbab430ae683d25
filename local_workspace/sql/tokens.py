"""Tokens of a Databricks SQL statement, with Spark's rules for texts and quoted names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto

from local_workspace.engine.dialect import AnalysisError


class Kind(Enum):
    """What a token is."""

    WORD = auto()
    NAME = auto()
    """A name in back-ticks; its text is the name without them."""
    STRING = auto()
    NUMBER = auto()
    SYMBOL = auto()


@dataclass(frozen=True)
class Token:
    """One token: its meaning, and where it stands in the statement."""

    kind: Kind
    text: str
    start: int
    end: int


_PATTERN = re.compile(
    r"""
      (?P<space> \s+ | --[^\n]* | /\*.*?\*/ )
    | (?P<raw> [rR](?:'[^']*'|"[^"]*") )
    | (?P<string> '(?:[^'\\]|\\.)*' | "(?:[^"\\]|\\.)*" )
    | (?P<name> `(?:[^`]|``)*` )
    | (?P<number> \d+\.?\d*(?:[eE][+-]?\d+)?(?![\w]) )
    | (?P<word> \w+ )
    | (?P<symbol> [^\s'"`] )
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|[01][0-7]{2}|.)", re.DOTALL)
_ESCAPED = {"0": "\0", "b": "\b", "n": "\n", "r": "\r", "t": "\t", "Z": "\x1a", "%": "\\%", "_": "\\_"}


def tokens_of(sql: str) -> list[Token]:
    """The tokens of a statement, comments and blanks left out.

    Raises:
        AnalysisError: a text or a quoted name has no end.
    """
    found: list[Token] = []
    position = 0
    while position < len(sql):
        match = _PATTERN.match(sql, position)
        if match is None:
            raise syntax_error(sql[position : position + 20], "a quote is not closed")
        group, text = str(match.lastgroup), match.group()
        if group != "space":
            found.append(Token(_KINDS[group], _meaning(group, text), match.start(), match.end()))
        position = match.end()
    return found


def syntax_error(near: str, reason: str) -> AnalysisError:
    """The error for a text that is no statement."""
    return AnalysisError(f"[PARSE_SYNTAX_ERROR] Syntax error at or near '{near}': {reason}. SQLSTATE: 42601")


def unescaped(text: str) -> str:
    r"""What Spark reads between two quotes: `\'`, `\\`, `\n`, `\u0041`, `\101`; `\%` and `\_` stay."""

    def character(match: re.Match[str]) -> str:
        code = match.group(1)
        if code[0] in "uU" and len(code) > 1:
            return chr(int(code[1:], 16))
        if len(code) == len("101"):
            return chr(int(code, 8))
        return _ESCAPED.get(code, code)

    return _ESCAPE.sub(character, text)


_KINDS = {
    "raw": Kind.STRING,
    "string": Kind.STRING,
    "name": Kind.NAME,
    "number": Kind.NUMBER,
    "word": Kind.WORD,
    "symbol": Kind.SYMBOL,
}


def _meaning(group: str, text: str) -> str:
    if group == "raw":
        return text[2:-1]
    if group == "string":
        return unescaped(text[1:-1])
    if group == "name":
        return text[1:-1].replace("``", "`")
    return text
