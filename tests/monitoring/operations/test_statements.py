import pytest
from databricks.sdk import WorkspaceClient

from monitoring.operations.statements import (
    NoWarehouseError,
    StatementFailedError,
    Warehouse,
    find_warehouse,
)
from tests.monitoring.workspace_stub import Body, StubTable, WorkspaceStub


def answering(workspace: WorkspaceStub, monkeypatch: pytest.MonkeyPatch, states: list[str]) -> None:
    """Let one statement go through ``states``, one per request."""
    left = list(states)

    def answer(*_given: object) -> tuple[int, Body]:
        return 200, {"statement_id": "s1", "status": {"state": left.pop(0)}}

    def cancel(*_given: object) -> tuple[int, Body]:
        return 200, {}

    routes = [
        (r"POST /api/2\.0/sql/statements/?", answer),
        (r"GET /api/2\.0/sql/statements/s1", answer),
        (r"POST /api/2\.0/sql/statements/s1/cancel", cancel),
        (r"GET /\.well-known/databricks-config", workspace._discover),
    ]
    monkeypatch.setattr(WorkspaceStub, "_routes", property(lambda _self: routes))


def test_a_statement_that_takes_long_is_asked_for_until_it_is_over(
    client: WorkspaceClient, workspace: WorkspaceStub, monkeypatch: pytest.MonkeyPatch
) -> None:
    answering(workspace, monkeypatch, ["PENDING", "RUNNING", "RUNNING", "SUCCEEDED"])
    pauses: list[float] = []
    Warehouse(client, "wh1", pause=pauses.append, clock=lambda: 0.0).run("SELECT 1")
    assert pauses == [0.2, 0.4, 0.8]


def test_a_statement_that_never_ends_is_cancelled_and_said_so(
    client: WorkspaceClient, workspace: WorkspaceStub, monkeypatch: pytest.MonkeyPatch
) -> None:
    answering(workspace, monkeypatch, ["RUNNING"] * 9)
    times = iter([0.0, 100.0, 301.0])
    with pytest.raises(StatementFailedError) as raised:
        Warehouse(client, "wh1", pause=lambda _seconds: None, clock=lambda: next(times)).run("SELECT 1")
    assert str(raised.value) == (
        "the statement ended as RUNNING: not finished after 300 s and therefore cancelled\n  SELECT 1"
    )
    assert workspace.requests[-1][:2] == ("POST", "/api/2.0/sql/statements/s1/cancel")


def test_the_request_names_the_warehouse_and_goes_on_after_the_wait(
    client: WorkspaceClient, workspace: WorkspaceStub
) -> None:
    workspace.tables["a.b.c"] = StubTable()
    Warehouse(client, "wh1").run("COMMENT ON TABLE `a`.`b`.`c` IS 'x'")
    assert workspace.requests[-1][2] == {
        "statement": "COMMENT ON TABLE `a`.`b`.`c` IS 'x'",
        "warehouse_id": "wh1",
        "wait_timeout": "30s",
        "on_wait_timeout": "CONTINUE",
    }


def test_a_failed_statement_keeps_the_name_of_the_error(client: WorkspaceClient) -> None:
    with pytest.raises(StatementFailedError) as raised:
        Warehouse(client, "wh1").run("COMMENT ON TABLE `a`.`b`.`c` IS 'x'")
    assert raised.value.condition == "TABLE_OR_VIEW_NOT_FOUND"


def test_a_long_statement_is_shortened_in_the_message() -> None:
    assert len(str(StatementFailedError("x" * 5000, "FAILED", "no"))) < 350


def test_the_first_running_warehouse_is_used(client: WorkspaceClient, workspace: WorkspaceStub) -> None:
    workspace.warehouses.insert(0, {"id": "wh0", "name": "Asleep", "state": "STOPPED"})
    workspace.tables["a.b.c"] = StubTable()
    find_warehouse(client).run("COMMENT ON TABLE `a`.`b`.`c` IS 'x'")
    assert workspace.requests[-1][2]["warehouse_id"] == "wh1"


def test_a_named_warehouse_is_used_without_asking(client: WorkspaceClient, workspace: WorkspaceStub) -> None:
    workspace.requests.clear()
    find_warehouse(client, "wh9")
    assert workspace.requests == []


def test_no_running_warehouse_is_an_error_that_lists_them(
    client: WorkspaceClient, workspace: WorkspaceStub
) -> None:
    workspace.warehouses[0]["state"] = "STOPPED"
    with pytest.raises(NoWarehouseError) as raised:
        find_warehouse(client)
    assert str(raised.value) == (
        f"no SQL warehouse is running on {client.config.host}; start one, or name one with the "
        "configuration key warehouse_id; warehouses: Warehouse (wh1)"
    )


def test_the_rows_of_a_query_come_under_the_names_of_their_columns(
    client: WorkspaceClient, workspace: WorkspaceStub
) -> None:
    workspace.answers["SELECT"] = [{"number": 1, "text": None}, {"number": 2, "text": "a"}]
    rows = Warehouse(client, "wh1").query("SELECT number, text FROM t")
    assert rows == [{"number": "1", "text": None}, {"number": "2", "text": "a"}]


def test_a_query_without_rows_gives_none(client: WorkspaceClient, workspace: WorkspaceStub) -> None:
    workspace.answers["SELECT"] = []
    assert Warehouse(client, "wh1").query("SELECT 1 WHERE false") == []


def test_every_chunk_of_a_result_is_read(
    client: WorkspaceClient, workspace: WorkspaceStub, monkeypatch: pytest.MonkeyPatch
) -> None:
    def first(*_given: object) -> tuple[int, Body]:
        return 200, {
            "statement_id": "s1",
            "status": {"state": "SUCCEEDED"},
            "manifest": {"schema": {"columns": [{"name": "n"}]}},
            "result": {"data_array": [["1"], ["2"]], "next_chunk_index": 1},
        }

    def second(*_given: object) -> tuple[int, Body]:
        return 200, {"data_array": [["3"]]}

    routes = [
        (r"POST /api/2\.0/sql/statements/?", first),
        (r"GET /api/2\.0/sql/statements/s1/result/chunks/1", second),
        (r"GET /\.well-known/databricks-config", workspace._discover),
    ]
    monkeypatch.setattr(WorkspaceStub, "_routes", property(lambda _self: routes))
    assert Warehouse(client, "wh1").query("SELECT n FROM t") == [{"n": "1"}, {"n": "2"}, {"n": "3"}]
