"""Reads a Java regular expression and writes the one that means the same to DuckDB.

Databricks uses `java.util.regex`, DuckDB RE2. Both find the leftmost match and try alternatives in order, but differ in
what a dot, a blank and the end of a text are, in what is a letter's boundary, and in what RE2 does not have. What is
written the same and means the same is kept, a little is rewritten, everything else is refused by name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from local_workspace.engine.dialect_errors import UnsupportedSQLError

_BLANKS: Final = r"\t\n\x0B\f\r "
_LINE_ENDS: Final = r"\n\r\x{85}\x{2028}\x{2029}"
_SAME_CLASSES: Final = frozenset("dDwW")
_SAME_CONTROLS: Final = frozenset("tnrf")
_COUNTED: Final = re.compile(r"\{(\d{1,4})(,(\d{1,4})?)?\}")
_MOST_TIMES: Final = 1000
"""RE2 repeats no more often."""
_END: Final = rf"(?:\r\n|[{_LINE_ENDS}])?\z"
"""Java's `$`: the end, or before the line end that ends the text."""


@dataclass(frozen=True)
class Pattern:
    """A regular expression for DuckDB.

    Attributes:
        text: as RE2 reads it.
        groups: how many groups it captures.
        may_be_empty: it may match an empty text.
        has_end: a `$` stands in it, so that the match found may be longer than Java's by a line end.
        repeats_empty: a group that may be empty is repeated, so that what the group holds may differ.
    """

    text: str
    groups: int
    may_be_empty: bool
    has_end: bool
    repeats_empty: bool


def read_pattern(name: str, pattern: str) -> Pattern:
    """The regular expression of a function.

    Args:
        name: the function, for the message.
        pattern: as Java reads it.

    Raises:
        UnsupportedSQLError: it holds something that is not known to mean the same to DuckDB; the text names it.
    """
    return _Reader(name, pattern).read()


class _Reader:
    """Reads one pattern from left to right."""

    def __init__(self, name: str, pattern: str) -> None:
        self.name = name
        self.pattern = pattern
        self.at = 0
        self.groups = 0
        self.depth = 0
        self.has_end = False
        self.may_take_carriage_return = False
        self.repeats_empty = False

    def read(self) -> Pattern:
        text, empty = self._alternatives()
        if self.at < len(self.pattern):
            raise self._refusal("')' without '('")
        if self.has_end and self.may_take_carriage_return:
            raise self._refusal("'$' beside something that takes a carriage return")
        return Pattern(text, self.groups, empty, self.has_end, self.repeats_empty)

    def _refusal(self, what: str) -> UnsupportedSQLError:
        return UnsupportedSQLError(
            f"{self.name}: {what} in the pattern '{self.pattern}' is not supported; "
            "it is not known to mean the same here"
        )

    def _next(self) -> str:
        return self.pattern[self.at : self.at + 1]

    def _alternatives(self) -> tuple[str, bool]:
        made, empty = self._sequence()
        while self._next() == "|":
            self.at += 1
            other, other_empty = self._sequence()
            made, empty = f"{made}|{other}", empty or other_empty
        return made, empty

    def _sequence(self) -> tuple[str, bool]:
        made, empty = "", True
        while self._next() not in {"", "|", ")"}:
            atom, atom_empty, is_group = self._atom()
            times, may_skip = self._times()
            if times and is_group and atom_empty:
                self.repeats_empty = True
            made += atom + times
            empty = empty and (atom_empty or may_skip)
        return made, empty

    def _atom(self) -> tuple[str, bool, bool]:
        """The next thing that can be repeated, whether it may be empty, and whether it is a group."""
        character = self._next()
        self.at += 1
        if character in "*+?{}":
            raise self._refusal(f"'{character}'")
        if character == "(":
            return (*self._group(), True)
        if character in "^$":
            return self._edge(character), True, False
        return self._character(character), False, False

    def _character(self, character: str) -> str:
        """What matches one character."""
        if character == "[":
            return self._class()
        if character == "\\":
            return self._escape()
        if character == ".":
            return f"[^{_LINE_ENDS}]"
        return "\\]" if character == "]" else character

    def _edge(self, character: str) -> str:
        """The beginning or the end of the text."""
        if character == "^":
            if self._next() in {"*", "+", "?", "{"}:
                raise self._refusal("a repeated '^'")
            return "^"
        if self.depth or self._next() not in {"", "|"}:
            raise self._refusal("'$' before the end")
        self.has_end = True
        return _END

    def _group(self) -> tuple[str, bool]:
        opening = "("
        if self._next() == "?":
            if self.pattern[self.at : self.at + 2] != "?:":
                raise self._refusal(f"'({self.pattern[self.at : self.at + 3]}'")
            self.at += 2
            opening = "(?:"
        else:
            self.groups += 1
        self.depth += 1
        inner, empty = self._alternatives()
        self.depth -= 1
        if self._next() != ")":
            raise self._refusal("'(' without ')'")
        self.at += 1
        return f"{opening}{inner})", empty

    def _times(self) -> tuple[str, bool]:
        """The quantifier that follows, and whether it allows none."""
        character, made, may_skip = self._next(), "", False
        if character and character in "*+?":
            self.at += 1
            made, may_skip = character, character != "+"
        elif character == "{":
            found = _COUNTED.match(self.pattern, self.at)
            if found is None or any(int(each) > _MOST_TIMES for each in (found[1], found[3]) if each):
                raise self._refusal("'{'")
            self.at = found.end()
            made, may_skip = found[0], int(found[1]) == 0
        if made and self._next() and self._next() in "?+*{":
            if self._next() != "?":
                raise self._refusal(f"'{made}{self._next()}'")
            self.at += 1
            made += "?"
            if self._next() and self._next() in "?+*{":
                raise self._refusal(f"'{made}{self._next()}'")
        return made, may_skip

    def _escape(self) -> str:
        character = self._next()
        self.at += 1
        if character in _SAME_CLASSES:
            self.may_take_carriage_return |= character in "DW"
            return f"\\{character}"
        if character == "s":
            self.may_take_carriage_return = True
            return f"[{_BLANKS}]"
        if character == "S":
            return f"[^{_BLANKS}]"
        return self._escaped_character(character)

    def _escaped_character(self, character: str) -> str:
        """A control character or a sign that stands for itself."""
        if character in _SAME_CONTROLS:
            self.may_take_carriage_return |= character == "r"
            return f"\\{character}"
        if character and character.isascii() and not character.isalnum() and character.isprintable():
            return f"\\{character}" if character not in {" ", "_"} else character
        raise self._refusal(f"'\\{character}'")

    def _class(self) -> str:
        """What stands between brackets."""
        made = "["
        if self._next() == "^":
            self.at += 1
            self.may_take_carriage_return = True
            made += "^"
        first = True
        while (character := self._next()) != "]" or first:
            if character in {"", "[", "]"} or self.pattern[self.at : self.at + 2] == "&&":
                raise self._refusal("'[' without ']', '[' or '&&' inside brackets")
            made += self._member(character)
            first = False
        self.at += 1
        return made + "]"

    def _member(self, character: str) -> str:
        self.at += 1
        if character != "\\":
            return f"\\{character}" if character == "^" else character
        escaped = self._next()
        self.at += 1
        if escaped and escaped in "dDwWs" and re.match("-[^]]", self.pattern[self.at :]):
            raise self._refusal(f"'\\{escaped}-' inside brackets")
        if escaped in _SAME_CLASSES:
            self.may_take_carriage_return |= escaped in "DW"
            return f"\\{escaped}"
        if escaped == "s":
            self.may_take_carriage_return = True
            return _BLANKS
        return self._escaped_character(escaped)
