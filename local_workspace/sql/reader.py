"""Walks over the tokens of one statement."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from local_workspace.engine.dialect import AnalysisError
from local_workspace.sql.tokens import Kind, Token, syntax_error, tokens_of

if TYPE_CHECKING:
    from collections.abc import Callable

Item = TypeVar("Item")
_OPENING = {"(": 1, "[": 1, ")": -1, "]": -1}


class Reader:
    """A place between two tokens of a statement; `accept…` moves on when the next tokens fit.

    Raises:
        AnalysisError: the statement is empty, or a text in it has no end.
    """

    def __init__(self, sql: str) -> None:
        self.sql = sql
        self._tokens = tokens_of(sql)
        while self._tokens and self._tokens[-1].text == ";" and self._tokens[-1].kind is Kind.SYMBOL:
            self._tokens.pop()
        if not self._tokens:
            raise AnalysisError(
                "[PARSE_EMPTY_STATEMENT] Syntax error, unexpected empty statement. SQLSTATE: 42617"
            )
        self._at = 0

    @property
    def next(self) -> Token | None:
        """The token ahead, or None at the end."""
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def ahead(self, *words: str) -> bool:
        """Whether the next tokens are these key words or symbols."""
        following = self._tokens[self._at : self._at + len(words)]
        return [token.text.upper() for token in following if token.kind in {Kind.WORD, Kind.SYMBOL}] == list(
            words
        )

    def accept(self, *words: str) -> bool:
        """Take these key words or symbols if they are next."""
        if self.ahead(*words):
            self._at += len(words)
            return True
        return False

    def expect(self, *words: str) -> None:
        """Take these key words or symbols, which must be next."""
        if not self.accept(*words):
            raise self.unexpected(" ".join(words))

    def one_of(self, *words: str) -> str:
        """Take one of these key words."""
        for word in words:
            if self.accept(word):
                return word
        raise self.unexpected(", ".join(words))

    def unexpected(self, wanted: str) -> AnalysisError:
        """The error for something else than what was wanted."""
        token = self.next
        near = "end of input" if token is None else self.sql[token.start : token.end]
        return syntax_error(near, f"{wanted} expected")

    def identifier(self) -> str:
        """Take one part of a name."""
        token = self.next
        if token is None or token.kind not in {Kind.WORD, Kind.NAME} or not token.text:
            raise self.unexpected("a name")
        self._at += 1
        return token.text

    def name(self) -> tuple[str, ...]:
        """Take a dotted name."""
        parts = [self.identifier()]
        while self.accept("."):
            parts.append(self.identifier())
        return tuple(parts)

    def string(self) -> str:
        """Take a text; adjacent texts are one, as in Spark."""
        token = self.next
        if token is None or token.kind is not Kind.STRING:
            raise self.unexpected("a text in quotes")
        parts: list[str] = []
        while token is not None and token.kind is Kind.STRING:
            parts.append(token.text)
            self._at += 1
            token = self.next
        return "".join(parts)

    def is_string(self) -> bool:
        """Whether a text is next."""
        return self.next is not None and self.next.kind is Kind.STRING

    def value(self) -> str:
        """Take a text, number or word as a property's value."""
        if self.is_string():
            return self.string()
        token = self.next
        if token is None or token.kind not in {Kind.NUMBER, Kind.WORD}:
            raise self.unexpected("a value")
        self._at += 1
        return token.text

    def type_text(self) -> str:
        """Take a type: a word with what follows it in brackets."""
        start = self.next
        self.identifier()
        depth = 0
        while (token := self.next) is not None and (depth or token.text in {"<", "("}):
            depth += {"<": 1, "(": 1, ">": -1, ")": -1}.get(token.text, 0)
            self._at += 1
        return self._between(start)

    def listed(self, item: Callable[[], Item]) -> tuple[Item, ...]:
        """Take `( item, item … )`."""
        self.expect("(")
        items = self.commas(item)
        self.expect(")")
        return items

    def commas(self, item: Callable[[], Item]) -> tuple[Item, ...]:
        """Take `item, item …`."""
        items = [item()]
        while self.accept(","):
            items.append(item())
        return tuple(items)

    def until(self, *words: str) -> str:
        """Take everything up to one of these key words or symbols outside brackets, as it is written."""
        start = self.next
        depth = 0
        while (token := self.next) is not None and (depth or not any(self.ahead(word) for word in words)):
            if token.kind is Kind.SYMBOL:
                depth += _OPENING.get(token.text, 0)
            self._at += 1
        text = self._between(start)
        if not text:
            raise self.unexpected("an expression")
        return text

    def rest(self) -> str:
        """Take everything that is left, as it is written."""
        start = self.next
        if start is None:
            raise self.unexpected("a query")
        self._at = len(self._tokens)
        return self._between(start)

    def finish(self) -> None:
        """Make sure that nothing is left."""
        if self.accept(";"):
            raise AnalysisError("one statement expected, more found after ';'; send them one by one")
        if self.next is not None:
            raise self.unexpected("the end of the statement")

    def _between(self, start: Token | None) -> str:
        if start is None or self._tokens[self._at - 1].start < start.start:
            return ""
        return self.sql[start.start : self._tokens[self._at - 1].end]
