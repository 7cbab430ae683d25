"""A workspace under test, in this process or behind a socket, asked by raw requests and by the SDK."""

from __future__ import annotations

import asyncio
import io
import os
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeVar, cast

import httpx
import pytest
import requests
from databricks.sdk import WorkspaceClient
from databricks.sdk.core import Config
from requests.adapters import BaseAdapter

from local_workspace.server.app import create_app

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from databricks.sdk.service.sql import StatementResponse
    from starlette.applications import Starlette

    from local_workspace.workspace import Workspace

Seen = TypeVar("Seen")

TOKEN = "local-test-token"
CATALOG = "/api/2.1/unity-catalog"
USAGE = "main.gold.usage"
MONITOR = f"{CATALOG}/tables/{USAGE}/monitor"

SMALLEST_MONITOR: dict[str, Any] = {
    "assets_dir": "/Shared/monitors",
    "output_schema_name": "main.gold_monitoring",
    "time_series": {"timestamp_col": "happened_at", "granularities": ["1 day"]},
}


@dataclass(frozen=True)
class Target:
    """A workspace under test.

    Attributes:
        raw: sends requests with the token.
        sdk: the official client.
    """

    raw: httpx.Client
    sdk: WorkspaceClient

    def get(self, path: str, /, **parameters: str) -> httpx.Response:
        """GET with a query."""
        return self.raw.get(path, params=parameters)

    def post(self, path: str, body: Mapping[str, Any] | None = None) -> httpx.Response:
        """POST with a JSON body."""
        return self.raw.post(path, json=body or {})

    def put(self, path: str, body: Mapping[str, Any]) -> httpx.Response:
        """PUT with a JSON body."""
        return self.raw.put(path, json=body)

    def patch(self, path: str, body: Mapping[str, Any]) -> httpx.Response:
        """PATCH with a JSON body."""
        return self.raw.patch(path, json=body)

    def delete(self, path: str, /, **parameters: str) -> httpx.Response:
        """DELETE with a query."""
        return self.raw.delete(path, params=parameters)

    def principal(self, name: str, *groups: str) -> Target:
        """The same workspace, asked with a token of a principal in these groups."""
        token = self.post("/__local/token", {"principal": name, "groups": list(groups)}).json()["token"]
        raw = httpx.Client(
            transport=self.raw._transport,
            base_url=self.raw.base_url,
            headers={"Authorization": f"Bearer {token}"},
            timeout=30,
        )
        return Target(raw, sdk_client(str(self.raw.base_url), token))

    @property
    def warehouse_id(self) -> str:
        """Id of the first warehouse."""
        return next(iter(self.sdk.warehouses.list())).id or ""

    def statement(self, sql: str, **settings: Any) -> StatementResponse:  # noqa: ANN401 - whatever the SDK takes
        """Run a statement through the SDK."""
        return self.sdk.statement_execution.execute_statement(sql, self.warehouse_id, **settings)

    def rows(self, sql: str, **settings: Any) -> list[list[str | None]]:  # noqa: ANN401 - whatever the SDK takes
        """Rows of a statement that succeeds."""
        answer = self.statement(sql, **settings)
        assert answer.status is not None
        assert answer.status.error is None, answer.status.error.message
        return cast("list[list[str | None]]", (answer.result.data_array if answer.result else None) or [])

    def failure(self, sql: str, **settings: Any) -> str:  # noqa: ANN401 - whatever the SDK takes
        """Message of a statement that fails."""
        status = self.statement(sql, **settings).status
        assert status is not None
        assert status.error is not None, f"{sql} succeeded"
        return status.error.message or ""

    def column_comments(self, table: str) -> dict[str, str | None]:
        """Comment by column, read back over the catalog API."""
        return {column.name or "": column.comment for column in self.sdk.tables.get(table).columns or []}

    def wait_for_refresh(self, path: str = MONITOR) -> dict[str, Any]:
        """The newest refresh once it is over."""

        def newest() -> dict[str, Any]:
            answer = self.get(f"{path}/refreshes")
            if answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE:
                return {"state": answer.json()["message"]}
            refresh: dict[str, Any] = answer.json()["refreshes"][0]
            return refresh

        return until(newest, lambda refresh: refresh["state"] in {"SUCCESS", "FAILED", "CANCELED"})


def until(look: Callable[[], Seen], done: Callable[[Seen], bool], seconds: float = 20.0) -> Seen:
    """What `look` gives as soon as it is `done`."""
    deadline = time.monotonic() + seconds
    while True:
        seen = look()
        if done(seen):
            return seen
        assert time.monotonic() < deadline, f"still {seen!r} after {seconds} s"
        time.sleep(0.01)


def sdk_client(url: str, token: str = TOKEN) -> WorkspaceClient:
    """The official client of a workspace at an address."""
    return WorkspaceClient(
        config=Config(host=url, token=token, auth_type="pat", retry_timeout_seconds=5, rate_limit=10_000)
    )


class InProcess(httpx.BaseTransport):
    """Carries requests to an application in this process."""

    def __init__(self, app: Starlette) -> None:
        self._transport = httpx.ASGITransport(app)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Ask the application."""
        return asyncio.run(self._ask(request))

    async def _ask(self, request: httpx.Request) -> httpx.Response:
        sent = httpx.Request(request.method, request.url, headers=request.headers, content=request.read())
        answer = await self._transport.handle_async_request(sent)
        content = b"".join([part async for part in cast("httpx.AsyncByteStream", answer.stream)])
        return httpx.Response(answer.status_code, headers=answer.headers, content=content)


class SdkInProcess(BaseAdapter):
    """Carries the SDK's requests to an application in this process."""

    def __init__(self, client: httpx.Client) -> None:
        super().__init__()
        self._client = client

    def send(self, request: requests.PreparedRequest, *_: object, **__: object) -> requests.Response:
        """Ask the application."""
        answer = self._client.request(
            request.method or "GET",
            request.url or "",
            headers=cast("dict[str, str]", dict(request.headers)),
            content=cast("bytes", request.body),
        )
        response = requests.Response()
        response.status_code = answer.status_code
        response.headers.update(answer.headers)
        response.raw = io.BytesIO(answer.content)
        response.request, response.url = request, request.url or ""
        return response

    def close(self) -> None:
        """Nothing is open."""


@contextmanager
def in_process(workspace: Workspace) -> Iterator[Target]:
    """Serve a workspace in this process."""
    url = "http://127.0.0.1:1"
    workspace.start()
    raw = httpx.Client(
        transport=InProcess(create_app(workspace, TOKEN)),
        base_url=url,
        headers={"Authorization": f"Bearer {TOKEN}"},
    )
    adapter = SdkInProcess(raw)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(requests.Session, "get_adapter", lambda *_, **__: adapter)
        yield Target(raw, sdk_client(url))
    workspace.close()


class Server:
    """A server process on a state folder, which can be killed and started again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = ""
        self.process: subprocess.Popen[str] | None = None

    def start(self, port: int = 0) -> Target:
        """Start it and wait for its line; port 0 takes a free one."""
        self.process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "local_workspace",
                "serve",
                "--port",
                str(port),
                "--state",
                str(self.folder),
            ],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "LOCAL_WORKSPACE_TOKEN": TOKEN},
        )
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().strip().removeprefix("local workspace ready at ")
        raw = httpx.Client(base_url=self.url, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=30)
        return Target(raw, sdk_client(self.url))

    @property
    def port(self) -> int:
        """The port it listens on, or listened on last."""
        return httpx.URL(self.url).port or 0

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        self._end(kill=True)

    def stop(self) -> None:
        """End it in order."""
        self._end(kill=False)

    def _end(self, *, kill: bool) -> None:
        if self.process is None:
            return
        if kill:
            self.process.kill()
        else:
            self.process.terminate()
        self.process.wait(timeout=30)
        assert self.process.stdout is not None
        self.process.stdout.close()
        self.process = None


def make_usage_table(target: Target) -> None:
    """Make the schemas and a small table of usage that tests monitor."""
    for schema in ("gold", "gold_monitoring"):
        assert target.post(f"{CATALOG}/schemas", {"name": schema, "catalog_name": "main"}).status_code == 200
    target.rows(f"CREATE TABLE {USAGE} (happened_at TIMESTAMP, team STRING, cost DOUBLE, quantity BIGINT)")
