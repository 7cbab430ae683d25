import pytest
from databricks.sdk import WorkspaceClient

from monitoring.descriptions import TableText
from monitoring.operations.comments import WorkspaceCatalog
from monitoring.operations.document import TableResult, document_all, document_table
from monitoring.operations.statements import find_warehouse
from monitoring.operations.watched import Watched
from tests.monitoring.workspace_stub import StubTable, WorkspaceStub

TABLE = "main.out.t_profile_metrics"
TEXT = TableText("about t", {"a": "about a", "b": "about b"})


@pytest.fixture
def catalog(client: WorkspaceClient, workspace: WorkspaceStub) -> WorkspaceCatalog:
    workspace.tables[TABLE] = StubTable("", {"a": "", "b": ""})
    return WorkspaceCatalog(client, lambda: find_warehouse(client))


def document(catalog: WorkspaceCatalog) -> TableResult:
    return document_table(catalog, "cost", TABLE, TEXT)


def test_comments_are_written_once(catalog: WorkspaceCatalog) -> None:
    assert document(catalog) == TableResult("cost", TABLE, "documented", 3)
    assert document(catalog) == TableResult("cost", TABLE, "documented", 0)


def test_a_table_that_is_not_there_is_not_ready(catalog: WorkspaceCatalog, workspace: WorkspaceStub) -> None:
    workspace.tables.clear()
    result = document(catalog)
    assert (result.status, result.is_good) == ("not ready", False)
    assert result.message == f"{TABLE} is not there yet: the first refresh makes it"


def test_columns_that_are_not_there_are_not_ready_and_the_others_are_written(
    catalog: WorkspaceCatalog, workspace: WorkspaceStub
) -> None:
    del workspace.tables[TABLE].columns["b"]
    result = document(catalog)
    assert result == TableResult("cost", TABLE, "not ready", 2, f"{TABLE}: the next refresh adds b")


def test_a_metric_column_without_description_is_a_failure_that_names_it(
    catalog: WorkspaceCatalog, workspace: WorkspaceStub
) -> None:
    workspace.tables[TABLE].columns |= {"stranger": "", "retired": "what it was"}
    result = document(catalog)
    assert result == TableResult("cost", TABLE, "failed", 3, f"{TABLE}: no description for stranger")


def test_a_comment_that_reads_differently_is_a_failure_that_names_it(
    catalog: WorkspaceCatalog, workspace: WorkspaceStub
) -> None:
    workspace.change_comment = str.upper
    result = document(catalog)
    assert result.status == "failed"
    assert f"{TABLE}: the comment of the table was written as 'about t' but reads 'ABOUT T'" in result.message


def test_one_failing_table_stops_no_other(catalog: WorkspaceCatalog, workspace: WorkspaceStub) -> None:
    refused = {"error_code": "PERMISSION_DENIED", "message": "no", "details": []}
    workspace.refusals["GET .*/tables/main.out.bad"] = (403, refused)
    reported: list[TableResult] = []
    watched = Watched("cost", "main.gold.t", {"main.out.bad": TEXT, TABLE: TEXT})
    results = document_all(catalog, [watched], reported.append)
    assert [result.status for result in results] == ["failed", "documented"]
    assert sorted(reported, key=str) == sorted(results, key=str)
