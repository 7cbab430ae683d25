"""Reads the text of a type of either engine, token by token."""

from __future__ import annotations

import re


class TypeSyntaxError(ValueError):
    """A text that is not written like a type."""


class TypeTokens:
    """The tokens of one type text, left to right."""

    _TOKEN = re.compile(r"""\s*("(?:[^"]|"")*"|`(?:[^`]|``)*`|'(?:[^']|'')*'|[\w]+|[<>(),:\[\]])""")

    def __init__(self, text: str) -> None:
        self.tokens: list[str] = []
        self.at = 0
        position = 0
        stripped = text.rstrip()
        while position < len(stripped):
            match = self._TOKEN.match(stripped, position)
            if match is None:
                raise TypeSyntaxError(text)
            self.tokens.append(match.group(1))
            position = match.end()

    def peek(self) -> str:
        """The next token, "" at the end."""
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self) -> str:
        """The next token, and go past it."""
        token = self.peek()
        self.at += 1
        return token

    def name(self) -> str:
        """The next token as a name, without quotes."""
        token = self.take()
        if token[:1] in {'"', "`"}:
            return token[1:-1].replace(token[0] * 2, token[0])
        return token

    def expect(self, token: str) -> None:
        """Go past a token that must stand here.

        Raises:
            TypeSyntaxError: another one does.
        """
        if self.take() != token:
            raise TypeSyntaxError(token)

    def accept(self, *tokens: str) -> bool:
        """Go past these tokens (upper case) if they come next."""
        if [each.upper() for each in self.tokens[self.at : self.at + len(tokens)]] == list(tokens):
            self.at += len(tokens)
            return True
        return False

    def numbers(self) -> list[int]:
        """`(10, 2)` as [10, 2]; nothing there: [].

        Raises:
            TypeSyntaxError: something else stands between the parentheses.
        """
        found: list[int] = []
        if self.accept("("):
            while not self.accept(")"):
                token = self.take()
                if not token.isdigit():
                    raise TypeSyntaxError(token)
                found.append(int(token))
                self.accept(",")
        return found

    def expect_end(self) -> None:
        """Refuse more tokens.

        Raises:
            TypeSyntaxError: there are some.
        """
        if self.at != len(self.tokens):
            raise TypeSyntaxError(self.peek())
