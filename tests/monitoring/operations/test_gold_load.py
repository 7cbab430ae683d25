from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from monitoring.gold.loads import DayRange, DaysError, LoadSettings, load_statements
from monitoring.operations.gold_load import GoldLoadError, load
from monitoring.operations.statements import NoWarehouseError
from tests.monitoring.workspace_stub import Body, WorkspaceStub

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

SETTINGS = LoadSettings("main", "gold")
TODAY = date(2026, 3, 5)
DAYS = DayRange(date(2026, 3, 2), TODAY)
TABLES = ("fact_usage", "fact_query_history", "fact_audit_logs")


def failing(monkeypatch: pytest.MonkeyPatch, *tables: str) -> None:
    """Let statements succeed, but not those that write ``tables``."""

    def answer(_self: WorkspaceStub, body: Body) -> tuple[int, Body]:
        if any(f"INTO `main`.`gold`.`{table}`" in body["statement"] for table in tables):
            return 200, {"status": {"state": "FAILED", "error": {"message": "[NO_SUCH] not there"}}}
        return 200, {"statement_id": "s", "status": {"state": "SUCCEEDED"}}

    monkeypatch.setattr(WorkspaceStub, "_post_statement", answer)


def sent(workspace: WorkspaceStub) -> list[str]:
    return [
        body["statement"] for method, path, body in workspace.requests if method == "POST" and "sql" in path
    ]


def test_each_table_is_loaded_by_its_statement(
    client: WorkspaceClient, workspace: WorkspaceStub, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing(monkeypatch)
    lines: list[str] = []
    load(client, SETTINGS, DAYS, TODAY, tables=TABLES, say=lines.append)
    assert sent(workspace) == list(load_statements(SETTINGS, DAYS, TABLES, TODAY).values())
    assert lines == [f"{table}: loaded, 2026-03-02 to 2026-03-05" for table in TABLES]


def test_a_load_that_fails_is_named_and_does_not_stop_the_others(
    client: WorkspaceClient, workspace: WorkspaceStub, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing(monkeypatch, "fact_query_history")
    lines: list[str] = []
    with pytest.raises(GoldLoadError) as raised:
        load(client, SETTINGS, DAYS, TODAY, tables=TABLES, say=lines.append)
    assert len(sent(workspace)) == 3
    assert [line.split(",")[0] for line in lines] == [
        "fact_usage: loaded",
        "fact_query_history: failed",
        "fact_audit_logs: loaded",
    ]
    assert str(raised.value).startswith(
        "1 of 3 gold tables could not be loaded:\n"
        "fact_query_history: the statement ended as FAILED: [NO_SUCH] not there\n  MERGE INTO"
    )


def test_nothing_is_loaded_when_one_table_would_lose_days(
    client: WorkspaceClient, workspace: WorkspaceStub
) -> None:
    with pytest.raises(DaysError):
        load(client, SETTINGS, DayRange(date(2020, 1, 1), TODAY), TODAY, tables=TABLES)
    assert sent(workspace) == []


def test_a_load_needs_a_warehouse(client: WorkspaceClient, workspace: WorkspaceStub) -> None:
    workspace.warehouses.clear()
    with pytest.raises(NoWarehouseError):
        load(client, SETTINGS, DAYS, TODAY)
    assert sent(workspace) == []
