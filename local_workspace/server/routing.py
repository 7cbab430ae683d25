"""A route, the request that a handler is given, and how a path finds its route."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from local_workspace.errors import InvalidParameterError, MalformedRequestError
from local_workspace.names import SchemaName, TableName
from local_workspace.server.bodies import Body, check

if TYPE_CHECKING:
    from local_workspace.server.state import ServerState
    from local_workspace.workspace import Workspace


@dataclass(frozen=True)
class Request:
    """What a handler may know of a request.

    Attributes:
        workspace: the state behind the API.
        server: the state of the server itself: faults, log.
        method: GET, POST …
        path: raw path, as sent.
        parts: values of the `{…}` in the route's path, decoded.
        query: parameters of the query, the first of each name.
        headers: headers by lower-case name.
        content: the body, unread.
        base_url: the server's own address.
    """

    workspace: Workspace
    server: ServerState
    method: str
    path: str
    parts: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    content: bytes
    base_url: str

    def json(self) -> dict[str, Any]:
        """The body as an object; an empty body is an empty object.

        Raises:
            MalformedRequestError: it is not the JSON of an object.
        """
        if not self.content.strip():
            return {}
        try:
            body = json.loads(self.content)
        except ValueError as error:
            raise MalformedRequestError(
                f"The body of {self.method} {self.path} is not JSON: {error}"
            ) from error
        if not isinstance(body, dict):
            raise MalformedRequestError(f"The body of {self.method} {self.path} must be a JSON object")
        return body

    def body(self, shape: type[Body]) -> dict[str, Any]:
        """The body exactly as sent, once it has the shape.

        Raises:
            MalformedRequestError: a field is unknown or of the wrong type.
            InvalidParameterError: a field is missing or its value is not among the allowed ones.
        """
        body = self.json()
        check(shape, body)
        return body

    def number(self, name: str, default: int = 0) -> int:
        """A whole number of the query or path, at least 0."""
        text = self.parts.get(name) or self.query.get(name) or str(default)
        if not text.isdecimal():
            raise InvalidParameterError(f"{name}: '{text}' is not a whole number")
        return int(text)

    def flag(self, name: str) -> bool:
        """A boolean of the query, false when missing."""
        text = self.query.get(name, "false")
        if text not in {"true", "false"}:
            raise InvalidParameterError(f"{name}: '{text}' is not allowed; expected true or false")
        return text == "true"

    @property
    def table(self) -> TableName:
        """The table that `{table}` of the path names."""
        try:
            return TableName.parse(self.parts["table"])
        except ValueError as error:
            raise InvalidParameterError(str(error)) from error

    @property
    def schema(self) -> SchemaName:
        """The schema that `{schema}` of the path names."""
        try:
            return SchemaName.parse(self.parts["schema"])
        except ValueError as error:
            raise InvalidParameterError(str(error)) from error


@dataclass(frozen=True)
class Answer:
    """A handler's answer when it is more than a JSON object with status 200."""

    body: Any
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


Handler = Callable[[Request], "Answer | dict[str, Any] | list[Any] | None"]


@dataclass(frozen=True)
class Route:
    """One method and path.

    Attributes:
        method: GET, POST …
        path: segments after slashes; `{name}` stands for one segment.
        handler: carries the request out; its docstring's first line says what, the rest what to know about
        it. query: parameters that the query may have. open: whether it is answered without a token.
    """

    method: str
    path: str
    handler: Handler
    query: tuple[str, ...] = ()
    open: bool = False


class Router:
    """Finds the route of a request."""

    def __init__(self, routes: Sequence[Route]) -> None:
        self._routes: dict[tuple[str, int], list[tuple[tuple[str, ...], Route]]] = {}
        for route in routes:
            segments = tuple(route.path.strip("/").split("/"))
            self._routes.setdefault((route.method, len(segments)), []).append((segments, route))

    def find(self, method: str, raw_path: str) -> tuple[Route, dict[str, str]] | None:
        """The route and the values of its `{…}`; None when there is none. A slash at the end is ignored."""
        given = raw_path.strip("/").split("/")
        for segments, route in self._routes.get((method, len(given)), []):
            parts = _match(segments, given)
            if parts is not None:
                return route, parts
        return None


def _match(segments: tuple[str, ...], given: list[str]) -> dict[str, str] | None:
    parts: dict[str, str] = {}
    for segment, value in zip(segments, given, strict=True):
        if segment.startswith("{"):
            parts[segment[1:-1]] = unquote(value)
        elif segment != unquote(value):
            return None
    return None if "" in parts.values() else parts
