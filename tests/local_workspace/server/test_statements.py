"""The statement API: states, waiting, parameters, cells, chunks, limits."""

from __future__ import annotations

from typing import Any

import pytest
from databricks.sdk.errors import NotFound
from databricks.sdk.service.sql import StatementParameterListItem, StatementState

from tests.local_workspace.target import Target, until

STATEMENTS = "/api/2.0/sql/statements"
DIGITS = "WITH digits AS (SELECT d FROM VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9) AS t(d))"
ENDLESS = f"{DIGITS} SELECT SUM(a0.d) FROM digits a0 " + " ".join(
    f"JOIN digits a{n} ON a{n}.d <> a{n - 1}.d + 20" for n in range(1, 14)
)
COUNTING = "SELECT a.d * 10000 + b.d * 1000 + c.d * 100 + d.d * 10 + e.d AS n FROM digits a " + " ".join(
    f"CROSS JOIN digits {name}" for name in "bcde"
)


def send(target: Target, sql: str, **settings: str | int) -> dict[str, Any]:
    body = {"statement": sql, "warehouse_id": target.warehouse_id, **settings}
    answer: dict[str, Any] = target.post(STATEMENTS, body).json()
    return answer


def test_answer_of_a_query_is_complete(workspace: Target) -> None:
    answer = send(workspace, "SELECT 1 AS one, 'a' AS letter")
    assert answer.pop("statement_id")
    assert answer == {
        "status": {"state": "SUCCEEDED"},
        "manifest": {
            "format": "JSON_ARRAY",
            "schema": {
                "column_count": 2,
                "columns": [
                    {"name": "one", "position": 0, "type_name": "INT", "type_text": "INT"},
                    {"name": "letter", "position": 1, "type_name": "STRING", "type_text": "STRING"},
                ],
            },
            "total_chunk_count": 1,
            "total_row_count": 1,
            "chunks": [{"chunk_index": 0, "row_offset": 0, "row_count": 1}],
            "truncated": False,
        },
        "result": {"chunk_index": 0, "row_offset": 0, "row_count": 1, "data_array": [["1", "a"]]},
    }


CELLS = [
    ("CAST(NULL AS INT)", None),
    ("true", "true"),
    ("CAST(127 AS TINYINT)", "127"),
    ("9223372036854775807", "9223372036854775807"),
    ("CAST(1.50 AS DECIMAL(10,2))", "1.50"),
    ("CAST(0 AS DECIMAL(38,18))", "0.000000000000000000"),
    ("1.5D", "1.5"),
    ("CAST(100 AS DOUBLE)", "100.0"),
    ("1e10D", "1.0E10"),
    ("1.25e-7D", "1.25E-7"),
    ("0.001D", "0.001"),
    ("CAST('NaN' AS DOUBLE)", "NaN"),
    ("CAST('-Infinity' AS DOUBLE)", "-Infinity"),
    ("CAST(0.1 AS FLOAT)", "0.1"),
    ("DATE '2024-01-31'", "2024-01-31"),
    ("TIMESTAMP '2024-01-01 00:00:00'", "2024-01-01T00:00:00.000Z"),
    ("TIMESTAMP '2024-01-01 12:34:56.789'", "2024-01-01T12:34:56.789Z"),
    ("TIMESTAMP '2024-01-01 12:34:56.789012'", "2024-01-01T12:34:56.789012Z"),
    ("array(1, NULL, 3)", "[1, null, 3]"),
    ("map('a', 1.5D)", '{"a": 1.5}'),
    ("named_struct('a', DATE '2024-01-01', 'b', 'é')", '{"a": "2024-01-01", "b": "é"}'),
]


@pytest.mark.parametrize(("expression", "cell"), CELLS, ids=[expression for expression, _ in CELLS])
def test_every_cell_is_text_or_null(local: Target, expression: str, cell: str | None) -> None:
    assert local.rows(f"SELECT {expression}") == [[cell]]


def test_query_that_fails_is_an_answer_with_status_200(workspace: Target) -> None:
    body = {"statement": "SELECT * FROM nothing", "warehouse_id": workspace.warehouse_id}
    answer = workspace.post(STATEMENTS, body)
    assert answer.status_code == 200
    assert answer.json()["status"] == {
        "state": "FAILED",
        "error": {
            "error_code": "BAD_REQUEST",
            "message": (
                "[TABLE_OR_VIEW_NOT_FOUND] The table or view `main`.`default`.`nothing` cannot be found. "
                "Verify the spelling and correctness of the schema and catalog. SQLSTATE: 42P01"
            ),
        },
    }
    assert "result" not in answer.json()


def test_default_catalog_and_schema_complete_names(workspace: Target) -> None:
    workspace.rows("CREATE SCHEMA main.gold")
    workspace.rows("CREATE TABLE t (a INT)", catalog="main", schema="gold")
    assert workspace.rows("SHOW TABLES IN main.gold") == [["gold", "t", "false"]]
    assert workspace.rows("SELECT * FROM gold.t", catalog="main") == []


def test_parameters_are_typed_values(workspace: Target) -> None:
    item = StatementParameterListItem
    parameters = [
        item("n", type="INT", value="41"),
        item("s", value="it's"),
        item("d", type="DATE"),
        item("x"),
    ]
    rows = workspace.rows("SELECT :n + 1, :s, :d IS NULL, :x", parameters=parameters)
    assert rows == [["42", "it's", "true", None]]


def test_parameter_cannot_smuggle_sql(workspace: Target) -> None:
    workspace.rows("CREATE TABLE t (a STRING)")
    evil = StatementParameterListItem("p", value="'); DROP TABLE t; --")
    workspace.rows("INSERT INTO t VALUES (:p)", parameters=[evil])
    assert workspace.rows("SELECT * FROM t WHERE a = :p", parameters=[evil]) == [["'); DROP TABLE t; --"]]


def test_missing_parameter_fails_the_statement(workspace: Target) -> None:
    assert workspace.failure("SELECT :nobody").startswith("[UNBOUND_SQL_PARAMETER]")


def test_no_wait_answers_at_once_and_the_result_is_fetched_later(workspace: Target) -> None:
    answer = send(workspace, "SELECT 1", wait_timeout="0s")
    assert answer["status"]["state"] in {"PENDING", "RUNNING", "SUCCEEDED"}
    place = f"{STATEMENTS}/{answer['statement_id']}"
    done = until(lambda: workspace.get(place).json(), lambda seen: seen["status"]["state"] == "SUCCEEDED")
    assert done["result"]["data_array"] == [["1"]]


def test_statement_can_be_cancelled(workspace: Target) -> None:
    statement = send(workspace, ENDLESS, wait_timeout="0s")["statement_id"]
    until(
        lambda: workspace.get(f"{STATEMENTS}/{statement}").json(),
        lambda seen: seen["status"]["state"] == "RUNNING",
    )
    assert workspace.post(f"{STATEMENTS}/{statement}/cancel").json() == {}
    assert workspace.get(f"{STATEMENTS}/{statement}").json()["status"] == {"state": "CANCELED"}


def test_cancel_of_a_finished_statement_changes_nothing(workspace: Target) -> None:
    statement = send(workspace, "SELECT 1")["statement_id"]
    workspace.sdk.statement_execution.cancel_execution(statement)
    status = workspace.sdk.statement_execution.get_statement(statement).status
    assert status is not None
    assert status.state is StatementState.SUCCEEDED


@pytest.mark.parametrize("wait", ["4s", "51s", "10", "-1s", "1m"])
def test_wait_outside_the_limits_is_refused(workspace: Target, wait: str) -> None:
    answer = send(workspace, "SELECT 1", wait_timeout=wait)
    assert answer["error_code"] == "INVALID_PARAMETER_VALUE"
    assert (
        answer["message"]
        == f"wait_timeout: '{wait}' is not allowed; expected 0s or a time between 5s and 50s"
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"warehouse_id": "nothing"}, "SQL warehouse nothing does not exist."),
        (
            {"disposition": "EXTERNAL_LINKS"},
            "disposition: 'EXTERNAL_LINKS' is not allowed; expected 'INLINE'",
        ),
        ({"format": "CSV"}, "format: 'CSV' is not allowed; expected 'JSON_ARRAY'"),
        ({"row_limit": 0}, "row_limit: 0 is not allowed; expected at least 1"),
        ({"colour": "red"}, "unknown field 'colour'"),
    ],
)
def test_setting_that_is_not_allowed_is_named(
    workspace: Target, change: dict[str, Any], message: str
) -> None:
    assert send(workspace, "SELECT 1", **change)["message"] == message


def test_statement_without_warehouse_is_refused(workspace: Target) -> None:
    answer = workspace.post(STATEMENTS, {"statement": "SELECT 1"})
    assert (answer.status_code, answer.json()["message"]) == (400, "field 'warehouse_id' is missing")


def test_row_limit_cuts_and_says_so(workspace: Target) -> None:
    answer = send(workspace, "SELECT * FROM VALUES (1), (2), (3)", row_limit=2)
    assert answer["manifest"]["truncated"] is True
    assert answer["manifest"]["total_row_count"] == 2
    assert (
        send(workspace, "SELECT * FROM VALUES (1), (2), (3)", row_limit=3)["manifest"]["truncated"] is False
    )


def test_byte_limit_cuts_and_says_so(workspace: Target) -> None:
    answer = send(workspace, "SELECT * FROM VALUES ('aaaa'), ('bbbb'), ('cccc')", byte_limit=9)
    assert answer["manifest"]["truncated"] is True
    assert answer["result"]["data_array"] == [["aaaa"], ["bbbb"]]


def test_long_results_come_in_chunks(workspace: Target) -> None:
    answer = send(workspace, f"{DIGITS} SELECT n + 1 FROM ({COUNTING}) WHERE n < 25000 ORDER BY n")
    assert answer["status"] == {"state": "SUCCEEDED"}, answer
    assert [chunk["row_count"] for chunk in answer["manifest"]["chunks"]] == [10_000, 10_000, 5_000]
    link = answer["result"]["next_chunk_internal_link"]
    second = workspace.get(link).json()
    assert (second["row_offset"], second["data_array"][0], second["next_chunk_index"]) == (
        10_000,
        ["10001"],
        2,
    )
    last = workspace.get(second["next_chunk_internal_link"]).json()
    assert last["data_array"][-1] == ["25000"]
    assert "next_chunk_index" not in last
    assert workspace.get(link.replace("/1", "/3")).status_code == 404


def test_query_without_rows_has_columns_and_no_chunks(workspace: Target) -> None:
    answer = send(workspace, "SELECT 1 AS a WHERE false")
    assert answer["manifest"]["total_chunk_count"] == 0
    assert answer["manifest"]["schema"]["columns"][0]["name"] == "a"
    assert answer["result"] == {}


def test_unknown_statement_is_404(workspace: Target) -> None:
    with pytest.raises(NotFound, match="was not found; results are kept for one hour"):
        workspace.sdk.statement_execution.get_statement("nothing")


def test_stopped_warehouse_is_started_by_a_statement(workspace: Target) -> None:
    warehouse = workspace.warehouse_id
    workspace.post(f"/api/2.0/sql/warehouses/{warehouse}/stop")
    send(workspace, "SELECT 1")
    assert workspace.get(f"/api/2.0/sql/warehouses/{warehouse}").json()["state"] == "RUNNING"
