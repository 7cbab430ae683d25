"""What the command line does with a workspace: over HTTP when its server runs, else on the state folder."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import quote

import httpx

from local_workspace.background import running_workspace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from local_workspace.names import TableName
    from local_workspace.seeding import Seeding
    from local_workspace.workspace import Workspace

_SECONDS = 600.0


class AccessError(Exception):
    """The workspace refused; the text is its message."""


@dataclass(frozen=True)
class Answer:
    """Rows of a statement, every cell as text."""

    columns: list[str]
    rows: list[list[str | None]]


class Access(Protocol):
    """What can be asked of a workspace, running or not."""

    def sql(self, statement: str) -> Answer:
        """Run a statement."""

    def load(self, table: TableName, file: Path, *, shift_to_now: bool) -> dict[str, Any]:
        """Bring a file into a table."""

    def seed(self, days: int | None, seed: int | None) -> list[dict[str, Any]]:
        """Fill the gold tables with sample data."""

    def seeding(self) -> Seeding | None:
        """What the gold tables were last seeded with."""

    def alerts(self, at: str | None, *, evaluate: bool) -> list[dict[str, Any]]:
        """What the last evaluation of every alert found, or one now, or one at a moment would find."""

    def explain(self, table: str) -> dict[str, Any]:
        """What the last refresh of a table's monitor did, and what the next one will write."""

    def switches(self, changes: dict[str, Any]) -> dict[str, dict[str, Any]]:
        """Every switch after some were set."""


@contextmanager
def access(folder: Path) -> Iterator[Access]:
    """The workspace of a state folder."""
    running = running_workspace(folder)
    if running is not None:
        with httpx.Client(
            base_url=running.url,
            headers={"Authorization": f"Bearer {running.token}"},
            timeout=_SECONDS,
            trust_env=False,
        ) as client:
            yield _Remote(client)
        return
    from local_workspace.errors import WorkspaceError  # noqa: PLC0415 - loaded when it is needed
    from local_workspace.workspace import Workspace  # noqa: PLC0415 - see above

    try:
        workspace = Workspace(folder)
    except WorkspaceError as error:
        raise AccessError(str(error)) from error
    try:
        yield _Direct(workspace)
    finally:
        workspace.close()


@dataclass(frozen=True)
class _Remote:
    client: httpx.Client

    def sql(self, statement: str) -> Answer:
        warehouse = self._ask("GET", "/api/2.0/sql/warehouses")["warehouses"]
        if not warehouse:
            raise AccessError("the workspace has no SQL warehouse")
        body = {"statement": statement, "warehouse_id": warehouse[0]["id"], "wait_timeout": "50s"}
        answer = self._ask("POST", "/api/2.0/sql/statements", body)
        place = f"/api/2.0/sql/statements/{answer['statement_id']}"
        while answer["status"]["state"] in {"PENDING", "RUNNING"}:
            time.sleep(0.2)
            answer = self._ask("GET", place)
        if answer["status"]["state"] != "SUCCEEDED":
            raise AccessError(answer["status"].get("error", {}).get("message") or answer["status"]["state"])
        manifest = answer["manifest"]
        if manifest["truncated"]:
            raise AccessError(
                "the result is larger than 25 MiB, the most that a statement gives; ask for fewer rows or columns"
            )
        rows: list[list[str | None]] = []
        for index in range(manifest["total_chunk_count"]):
            chunk = answer["result"] if index == 0 else self._ask("GET", f"{place}/result/chunks/{index}")
            rows += chunk["data_array"]
        return Answer([column["name"] for column in manifest["schema"]["columns"]], rows)

    def load(self, table: TableName, file: Path, *, shift_to_now: bool) -> dict[str, Any]:
        body = {"table": str(table), "file": str(file.resolve()), "shift_to_now": shift_to_now}
        return self._ask("POST", "/__local/load", body)

    def seed(self, days: int | None, seed: int | None) -> list[dict[str, Any]]:
        tables: list[dict[str, Any]] = self._ask("POST", "/__local/seed", {"days": days, "seed": seed})[
            "tables"
        ]
        return tables

    def seeding(self) -> Seeding | None:
        from local_workspace.seeding import Seeding  # noqa: PLC0415 - loaded when it is needed

        found = self._ask("GET", "/__local/seed")["seeding"]
        return None if found is None else Seeding(**found)

    def alerts(self, at: str | None, *, evaluate: bool) -> list[dict[str, Any]]:
        if at is None and not evaluate:
            answer = self._ask("GET", "/__local/alerts")
        else:
            answer = self._ask("POST", "/__local/alerts", {} if at is None else {"at": at})
        found: list[dict[str, Any]] = answer["alerts"]
        return found

    def explain(self, table: str) -> dict[str, Any]:
        return self._ask("GET", f"/__local/explain/{quote(table, safe='')}")

    def switches(self, changes: dict[str, Any]) -> dict[str, dict[str, Any]]:
        method = "POST" if changes else "GET"
        found: dict[str, dict[str, Any]] = self._ask(method, "/__local/switches", changes or None)["switches"]
        return found

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        answer = self.client.request(method, path, json=body)
        found: dict[str, Any] = answer.json()
        if answer.is_error:
            raise AccessError(found["message"])
        return found


@dataclass(frozen=True)
class _Direct:
    workspace: Workspace

    def sql(self, statement: str) -> Answer:
        from local_workspace.sql.runner import StatementError, run  # noqa: PLC0415 - loaded when it is needed

        try:
            found = run(self.workspace.session(), statement)
        except StatementError as error:
            raise AccessError(str(error)) from error
        return Answer([name for name, _ in found.columns], [list(row) for row in found.cells])

    def load(self, table: TableName, file: Path, *, shift_to_now: bool) -> dict[str, Any]:
        from local_workspace.errors import WorkspaceError  # noqa: PLC0415 - loaded when it is needed
        from local_workspace.loader import load  # noqa: PLC0415 - loaded when it is needed

        try:
            return asdict(load(self.workspace, table, file, shift_to_now=shift_to_now))
        except WorkspaceError as error:
            raise AccessError(str(error)) from error

    def seed(self, days: int | None, seed: int | None) -> list[dict[str, Any]]:
        from local_workspace.seeding import seed as fill  # noqa: PLC0415 - loaded when it is needed

        return [asdict(table) for table in fill(self.workspace, days, seed)]

    def seeding(self) -> Seeding | None:
        from local_workspace.seeding import seeding  # noqa: PLC0415 - loaded when it is needed

        return seeding(self.workspace)

    def alerts(self, at: str | None, *, evaluate: bool) -> list[dict[str, Any]]:
        from local_workspace.clock import read_moment  # noqa: PLC0415 - loaded when it is needed
        from local_workspace.errors import WorkspaceError  # noqa: PLC0415 - see above

        alerts = self.workspace.alerts
        if at is not None:
            try:
                return [asdict(found) for found in alerts.would_find(read_moment("at", at))]
            except WorkspaceError as error:
                raise AccessError(str(error)) from error
        if evaluate:
            return [asdict(alerts.evaluate(record["id"])) for record in alerts.all()]
        return [asdict(found) for found in alerts.found()]

    def explain(self, table: str) -> dict[str, Any]:
        from local_workspace.errors import WorkspaceError  # noqa: PLC0415 - loaded when it is needed
        from local_workspace.explanation import explain  # noqa: PLC0415 - see above

        try:
            return explain(self.workspace, table)
        except WorkspaceError as error:
            raise AccessError(str(error)) from error

    def switches(self, changes: dict[str, Any]) -> dict[str, dict[str, Any]]:
        from pydantic import ValidationError  # noqa: PLC0415 - loaded when it is needed

        from local_workspace.errors import WorkspaceError  # noqa: PLC0415 - see above
        from local_workspace.server.bodies import explained  # noqa: PLC0415 - see above
        from local_workspace.switch_list import shown  # noqa: PLC0415 - see above

        try:
            return shown(self.workspace.switches.change(changes))
        except ValidationError as error:
            raise AccessError(str(explained(error.errors(include_url=False)))) from error
        except WorkspaceError as error:
            raise AccessError(str(error)) from error
