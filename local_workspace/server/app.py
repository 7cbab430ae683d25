"""The application: every route, and what happens to a request around its handler."""

from __future__ import annotations

import json
import logging
import secrets
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.routing import Route as AnyPath

from local_workspace.errors import InvalidParameterError, WorkspaceError
from local_workspace.principals import THE_OWNER, Caller
from local_workspace.server import (
    alerts,
    catalogs,
    control,
    dashboards,
    data_quality,
    genie,
    grants,
    identity,
    jobs,
    monitors,
    object_permissions,
    schemas,
    statements,
    tables,
    warehouses,
    workspace_files,
)
from local_workspace.server.authorisation import authorise
from local_workspace.server.errors import answer_of, error_body
from local_workspace.server.routing import Answer, Request, Route, Router
from local_workspace.server.state import Fault, ServerState, label_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request as HttpRequest

    from local_workspace.workspace import Workspace

log = logging.getLogger(__name__)

AREAS = (
    identity,
    monitors,
    data_quality,
    catalogs,
    schemas,
    tables,
    grants,
    object_permissions,
    statements,
    warehouses,
    workspace_files,
    jobs,
    dashboards,
    genie,
    alerts,
    control,
)
"""One module per area of the API; each lists its `ROUTES`."""

ROUTES: tuple[Route, ...] = tuple(route for area in AREAS for route in area.ROUTES)

_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
_LOGGED_BODY = 200_000


def create_app(workspace: Workspace, token: str) -> Starlette:
    """The application that serves a workspace to clients that send the token."""
    service = _Service(workspace, token)

    async def endpoint(request: HttpRequest) -> Response:
        content = await request.body()
        return await run_in_threadpool(service.answer, request, content)

    app = Starlette(routes=[AnyPath("/{path:path}", endpoint, methods=_METHODS)])
    app.state.server = service.state
    return app


class _Service:
    def __init__(self, workspace: Workspace, token: str) -> None:
        self.state = ServerState()
        self._workspace = workspace
        self._token = token.encode()
        self._router = Router(ROUTES)

    def answer(self, http: HttpRequest, content: bytes) -> Response:
        started = time.monotonic()
        path = http.scope["raw_path"].decode("ascii", "replace").split("?", 1)[0]
        answer = self._answer(http, path, content)
        if not path.startswith("/__local/"):
            self._log(http, path, content, answer.status, time.monotonic() - started)
        headers = {"X-Databricks-Org-Id": str(self._workspace.store.workspace_id), **answer.headers}
        body, media_type = _encoded(answer.body)
        return Response(b"" if http.method == "HEAD" else body, answer.status, headers, media_type=media_type)

    def _answer(self, http: HttpRequest, path: str, content: bytes) -> Answer:
        found = self._router.find(http.method, path)
        caller = THE_OWNER if found and found[0].open else self._caller(http)
        if caller is None:
            return _error(
                401, "UNAUTHENTICATED", "Credential was not sent or was of an unsupported type for this API."
            )
        if found is None:
            return _error(
                501, "NOT_IMPLEMENTED", f"The local workspace does not implement {http.method} {path}"
            )
        route, parts = found
        fault = None if path.startswith("/__local/") else self.state.fault_for(http.method, path)
        if fault is not None and not fault.after_handler:
            return _faulty(fault)
        answer = _carried_out(lambda: self._handle(http, route, parts, path, content, caller))
        return _faulty(fault) if fault is not None else answer

    def _handle(
        self,
        http: HttpRequest,
        route: Route,
        parts: dict[str, str],
        path: str,
        content: bytes,
        caller: Caller,
    ) -> Answer:
        query = dict(parse_qsl(http.scope["query_string"].decode(), keep_blank_values=True))
        unknown = sorted(set(query) - set(route.query))
        if unknown:
            raise InvalidParameterError(
                f"unknown query parameter '{unknown[0]}' of {route.method} {route.path}; "
                f"known: {', '.join(route.query) or 'none'}"
            )
        address = f"http://{http.headers.get('host', '127.0.0.1')}"
        request = Request(
            self._workspace,
            self.state,
            http.method,
            path,
            parts,
            query,
            dict(http.headers),
            content,
            address,
            caller,
        )
        authorise(route, request)
        result = route.handler(request)
        if isinstance(result, Answer):
            return result
        return Answer({} if result is None else result)

    def _caller(self, http: HttpRequest) -> Caller | None:
        """Who holds the token of a request; None when nobody does."""
        kind, _, value = http.headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer":
            return None
        if secrets.compare_digest(value.strip().encode(), self._token):
            return THE_OWNER
        return self._workspace.principals.caller(value.strip())

    def _log(self, http: HttpRequest, path: str, content: bytes, status: int, seconds: float) -> None:
        agent = http.headers.get("user-agent", "")
        self.state.log(
            {
                "time_ms": int(time.time() * 1000),
                "method": http.method,
                "path": path,
                "query": http.scope["query_string"].decode(),
                "status": status,
                "milliseconds": round(seconds * 1000, 1),
                "label": label_of(agent),
                "user_agent": agent,
                "body": _logged(content),
            }
        )


def _carried_out(handle: Callable[[], Answer]) -> Answer:
    try:
        return handle()
    except WorkspaceError as error:
        status, body = answer_of(error)
        return Answer(body, status)
    except Exception as error:
        log.exception("a request failed")
        return _error(500, "INTERNAL_ERROR", f"{type(error).__name__}: {error}")


def _error(status: int, code: str, message: str) -> Answer:
    return Answer(error_body(code, message), status)


def _encoded(body: Any) -> tuple[bytes, str]:  # noqa: ANN401 - JSON holds any value
    if isinstance(body, bytes):
        return body, "application/octet-stream"
    return json.dumps(body, ensure_ascii=False).encode(), "application/json"


def _faulty(fault: Fault) -> Answer:
    return Answer(fault.body, fault.status)


def _logged(content: bytes) -> Any:  # noqa: ANN401 - JSON holds any value
    if not content or len(content) > _LOGGED_BODY:
        return None
    try:
        return json.loads(content)
    except ValueError:
        return None
