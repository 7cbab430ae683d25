"""SQL statements: sent, waited for, polled, read in chunks, cancelled."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from local_workspace.engine.catalog_types import catalog_name
from local_workspace.engine.dialect import Parameter
from local_workspace.errors import InvalidParameterError, NotFoundError, PermissionDeniedError
from local_workspace.server.bodies import Body
from local_workspace.server.routing import Request, Route
from local_workspace.sql.authorisation import refuse_early
from local_workspace.sql.queries import Limits

if TYPE_CHECKING:
    from local_workspace.sql.cells import Row, Rows
    from local_workspace.warehouse import Statement

_LARGEST_INLINE_BYTES = 25 * 1024 * 1024
_LARGEST_STATEMENT = 16 * 1024 * 1024
_CHUNK_ROWS = 10_000
_SHORTEST_WAIT, _LONGEST_WAIT = 5, 50


class StatementParameter(Body):
    """A value for a `:name` marker; its type is STRING unless it is said."""

    name: str
    value: str | None = None
    type: str | None = None


class NewStatement(Body):
    """Body of a statement."""

    statement: str
    warehouse_id: str
    catalog: str | None = None
    schema_name: str | None = Field(None, alias="schema")
    wait_timeout: str | None = None
    on_wait_timeout: Literal["CONTINUE", "CANCEL"] | None = None
    disposition: Literal["INLINE"] | None = None
    format: Literal["JSON_ARRAY"] | None = None
    row_limit: int | None = None
    byte_limit: int | None = None
    parameters: list[StatementParameter] | None = None
    query_tags: list[Any] | None = None


def execute(request: Request) -> dict[str, Any]:
    """Run a statement and wait for it up to `wait_timeout`.

    A statement that fails is answered with status 200 and the state FAILED; one that the caller may not run,
    with 403. Results are INLINE, in
    JSON_ARRAY, and kept for an hour or until the workspace stops.
    """
    body = request.body(NewStatement)
    wait = _wait_seconds(body.get("wait_timeout") or "10s")
    if len(body["statement"].encode()) > _LARGEST_STATEMENT:
        raise InvalidParameterError("statement: more than 16 MiB of text")
    warehouse = request.workspace.warehouses.get(body["warehouse_id"])
    if warehouse["state"] == "STOPPED":
        request.workspace.warehouses.set_state(warehouse["id"], "RUNNING")
    parameters = tuple(
        Parameter(one["name"], one.get("value"), one.get("type") or "STRING")
        for one in body.get("parameters") or ()
    )
    statements = request.workspace.statements
    session = request.workspace.session(body.get("catalog"), body.get("schema"), request.caller)
    refuse_early(session, body["statement"], parameters)
    statement = statements.submit(session, body["statement"], parameters, _limits(body))
    if not statement.over.wait(wait) and wait and body.get("on_wait_timeout") == "CANCEL":
        statements.cancel(statement.id)
    return _answer(statement)


def get_statement(request: Request) -> dict[str, Any]:
    """State of a statement, and the first chunk of its result."""
    return _answer(_own(request))


def get_chunk(request: Request) -> dict[str, Any]:
    """One chunk of a result."""
    statement = _own(request)
    index = request.number("chunk_index")
    if statement.state != "SUCCEEDED":
        raise InvalidParameterError(
            f"Statement {statement.id} has no result: its state is {statement.state}."
        )
    if index >= max(len(_chunks(statement.rows)), 1):
        raise NotFoundError(f"The result of statement {statement.id} has no chunk {index}.")
    return _chunk(statement, index)


def cancel_statement(request: Request) -> None:
    """Stop a statement; nothing happens to one that is over."""
    request.body(Body)
    request.workspace.statements.cancel(_own(request).id)


def _own(request: Request) -> Statement:
    """The statement that the path names, for who sent it and for the owner of the workspace."""
    statement = request.workspace.statements.get(request.parts["statement_id"])
    sender = statement.session.permissions.caller
    if request.caller != sender and not request.caller.is_owner:
        raise PermissionDeniedError(f"Statement {statement.id} was sent by another user.")
    return statement


def _wait_seconds(text: str) -> int:
    found = re.fullmatch(r"(\d+)s", text)
    seconds = int(found.group(1)) if found else -1
    if seconds != 0 and not _SHORTEST_WAIT <= seconds <= _LONGEST_WAIT:
        raise InvalidParameterError(
            f"wait_timeout: '{text}' is not allowed; expected 0s or a time between 5s and 50s"
        )
    return seconds


def _limits(body: dict[str, Any]) -> Limits:
    for field in ("row_limit", "byte_limit"):
        if body.get(field) is not None and body[field] < 1:
            raise InvalidParameterError(f"{field}: {body[field]} is not allowed; expected at least 1")
    size = min(body.get("byte_limit") or _LARGEST_INLINE_BYTES, _LARGEST_INLINE_BYTES)
    return Limits(body.get("row_limit"), size)


def _answer(statement: Statement) -> dict[str, Any]:
    status: dict[str, Any] = {"state": statement.state}
    if statement.error is not None:
        status["error"] = {"error_code": "BAD_REQUEST", "message": statement.error}
    answer: dict[str, Any] = {"statement_id": statement.id, "status": status}
    if statement.state == "SUCCEEDED":
        answer["manifest"] = _manifest(statement.rows)
        answer["result"] = _chunk(statement, 0)
    return answer


def _manifest(rows: Rows) -> dict[str, Any]:
    columns = [
        {"name": name, "position": place, "type_name": catalog_name(kind.duckdb), "type_text": kind.text}
        for place, (name, kind) in enumerate(rows.columns)
    ]
    return {
        "format": "JSON_ARRAY",
        "schema": {"column_count": len(columns), "columns": columns},
        "total_chunk_count": len(_chunks(rows)),
        "total_row_count": len(rows.cells),
        "chunks": [
            {"chunk_index": index, "row_offset": index * _CHUNK_ROWS, "row_count": len(chunk)}
            for index, chunk in enumerate(_chunks(rows))
        ],
        "truncated": rows.truncated,
    }


def _chunks(rows: Rows) -> list[tuple[Row, ...]]:
    return [rows.cells[start : start + _CHUNK_ROWS] for start in range(0, len(rows.cells), _CHUNK_ROWS)]


def _chunk(statement: Statement, index: int) -> dict[str, Any]:
    chunks = _chunks(statement.rows)
    if not chunks:
        return {}
    chunk = {
        "chunk_index": index,
        "row_offset": index * _CHUNK_ROWS,
        "row_count": len(chunks[index]),
        "data_array": chunks[index],
    }
    if index + 1 < len(chunks):
        link = f"/api/2.0/sql/statements/{statement.id}/result/chunks/{index + 1}"
        chunk |= {"next_chunk_index": index + 1, "next_chunk_internal_link": link}
    return chunk


_BASE = "/api/2.0/sql/statements"

ROUTES = (
    Route("POST", _BASE, execute),
    Route("GET", f"{_BASE}/{{statement_id}}", get_statement),
    Route("GET", f"{_BASE}/{{statement_id}}/result/chunks/{{chunk_index}}", get_chunk, query=("row_offset",)),
    Route("POST", f"{_BASE}/{{statement_id}}/cancel", cancel_statement),
)
