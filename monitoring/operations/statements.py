"""SQL statements, run on a SQL warehouse."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

from databricks.sdk.service.sql import ExecuteStatementRequestOnWaitTimeout, State, StatementState

if TYPE_CHECKING:
    from collections.abc import Callable

    from databricks.sdk import WorkspaceClient
    from databricks.sdk.service.sql import StatementResponse

WAIT_IN_REQUEST = "30s"
STATEMENT_SECONDS = 300.0
"""How long a statement may take in all; a warehouse that has to start takes minutes."""
LONGEST_PAUSE = 5.0
_UNFINISHED = (StatementState.PENDING, StatementState.RUNNING)
_CONDITION = re.compile(r"\s*\[([A-Z0-9_]+)[A-Z0-9_.]*\]")


class NoWarehouseError(Exception):
    """There is no running SQL warehouse, and none was named."""


class StatementFailedError(Exception):
    """A statement did not succeed.

    Attributes:
        condition: Spark's name of the error, such as ``PARSE_SYNTAX_ERROR``; empty when it gave none.
    """

    def __init__(self, statement: str, state: str, message: str) -> None:
        named = _CONDITION.match(message)
        self.condition = named.group(1) if named else ""
        shown = statement if len(statement) <= 300 else f"{statement[:300]}…"  # noqa: PLR2004 - a screenful
        super().__init__(f"the statement ended as {state}: {message.strip()}\n  {shown}")


class Warehouse:
    """A SQL warehouse that runs one statement after the other."""

    def __init__(
        self,
        client: WorkspaceClient,
        warehouse_id: str,
        *,
        seconds: float = STATEMENT_SECONDS,
        pause: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._id = warehouse_id
        self._seconds = seconds
        self._pause = pause
        self._clock = clock

    def run(self, statement: str) -> None:
        """Run ``statement`` and wait until it is over.

        Raises:
            StatementFailedError: it failed, was cancelled, or took longer than this warehouse's ``seconds``.
        """
        self._succeeded(statement)

    def query(self, statement: str) -> list[dict[str, str | None]]:
        """The rows of ``statement``, every cell as text under the name of its column.

        Raises:
            StatementFailedError: as for `run`.
        """
        response = self._succeeded(statement)
        schema = response.manifest.schema if response.manifest else None
        names = [column.name or "" for column in (schema.columns if schema else None) or []]
        rows: list[dict[str, str | None]] = []
        part = response.result
        while part is not None:
            rows += [dict(zip(names, row, strict=True)) for row in part.data_array or []]
            if part.next_chunk_index is None:
                break
            part = self._client.statement_execution.get_statement_result_chunk_n(
                response.statement_id or "", part.next_chunk_index
            )
        return rows

    def _succeeded(self, statement: str) -> StatementResponse:
        deadline = self._clock() + self._seconds
        response = self._client.statement_execution.execute_statement(
            statement,
            self._id,
            wait_timeout=WAIT_IN_REQUEST,
            on_wait_timeout=ExecuteStatementRequestOnWaitTimeout.CONTINUE,
        )
        pause = 0.2
        while (state := _state(response)) in _UNFINISHED:
            statement_id = response.statement_id or ""
            if self._clock() >= deadline:
                self._client.statement_execution.cancel_execution(statement_id)
                message = f"not finished after {self._seconds:g} s and therefore cancelled"
                raise StatementFailedError(statement, state.value, message)
            self._pause(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
            response = self._client.statement_execution.get_statement(statement_id)
        if state is not StatementState.SUCCEEDED:
            error = response.status.error if response.status else None
            raise StatementFailedError(
                statement, state.value, (error.message if error else None) or "no reason given"
            )
        return response


def find_warehouse(
    client: WorkspaceClient, warehouse_id: str = "", *, seconds: float = STATEMENT_SECONDS
) -> Warehouse:
    """The named warehouse, or the first running one; a statement on it may take ``seconds``.

    Raises:
        NoWarehouseError: none was named and none is running.
    """
    if warehouse_id:
        return Warehouse(client, warehouse_id, seconds=seconds)
    warehouses = list(client.warehouses.list())
    for warehouse in warehouses:
        if warehouse.state is State.RUNNING and warehouse.id:
            return Warehouse(client, warehouse.id, seconds=seconds)
    known = ", ".join(f"{warehouse.name} ({warehouse.id})" for warehouse in warehouses) or "none"
    raise NoWarehouseError(
        f"no SQL warehouse is running on {client.config.host}; start one, or name one with the configuration "
        f"key warehouse_id; warehouses: {known}"
    )


def _state(response: StatementResponse) -> StatementState:
    if response.status is None or response.status.state is None:
        return StatementState.FAILED
    return response.status.state
