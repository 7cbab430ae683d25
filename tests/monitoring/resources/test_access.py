"""Grants and shared tables under mocks: exact names, inputs and options."""

from __future__ import annotations

import base64
import runpy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pulumi.dynamic.dynamic import serialize_provider
from pulumi.runtime import rpc

from local_workspace.workspace import Workspace
from monitoring.resources import shared_tables
from monitoring.resources.shared_tables import SharedTablesProvider
from tests.local_workspace.target import in_process
from tests.monitoring.resources.recording import Recording, record
from tests.monitoring.workspace_stub import WorkspaceStub, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pulumi.dynamic import CreateResult, ReadResult, UpdateResult

    from tests.local_workspace.target import Target

PROGRAM = Path(__file__).parents[3] / "__main__.py"
GRANT = "databricks:index/grant:Grant"
SHARED = "pulumi-python:dynamic/lakehouse:SharedTables"
PICKLED = (
    "gASVQgAAAAAAAACMIm1vbml0b3JpbmcucmVzb3VyY2VzLnNoYXJlZF90YWJsZXOUjBRTaGFyZWRUYWJsZXNQcm92aWRlcpSTlCmBlC4="
)


@pytest.fixture(scope="module")
def host() -> Iterator[str]:
    with serving(WorkspaceStub()) as url:
        yield url


def run(host: str, stack: str = "local", **configuration: str) -> Recording:
    values = {"catalog": "main", "gold_schema": "gold", "host": host} | configuration
    return record(lambda: runpy.run_path(str(PROGRAM)), stack=stack, configuration=values)


def of(recording: Recording, *types: str) -> list[str]:
    return [name for type_, name in recording.names if type_ in types]


def test_without_names_nobody_gets_anything(host: str) -> None:
    assert of(run(host), GRANT, "databricks:index/grants:Grants", SHARED) == []


def test_readers_get_the_whole_schema_without_personal_data(host: str) -> None:
    recording = run(host, readers='["data analysts", "a@example.org"]', personal_data_in_gold="false")
    assert of(recording, GRANT, SHARED) == ["output-schema-a@example.org", "output-schema-data analysts"]
    assert recording.inputs(GRANT, "output-schema-data analysts") == {
        "schema": "main.gold_monitoring",
        "principal": "data analysts",
        "privileges": ["USE_SCHEMA", "SELECT"],
    }


def test_with_personal_data_readers_may_enter_the_schema_and_read_what_is_shared(host: str) -> None:
    recording = run(host, readers='["analysts"]', domains='["query", "quality"]')
    assert of(recording, GRANT, SHARED) == ["output-schema-analysts", "quality-shared", "query-shared"]
    assert recording.inputs(GRANT, "output-schema-analysts")["privileges"] == ["USE_SCHEMA"]
    quality = recording.inputs(SHARED, "quality-shared")
    assert quality == {
        "host": host,
        "domain": "quality",
        "names": [
            "main.gold_monitoring.fact_table_quality_profile_metrics",
            "main.gold_monitoring.fact_table_quality_drift_metrics",
        ],
        "readers": ["analysts"],
        "views": {},
        "warehouse_id": "",
    }
    query = recording.inputs(SHARED, "query-shared")
    assert query["names"] == list(query["views"]) == ["main.gold_monitoring.fact_query_history_totals"]


def test_the_principal_of_the_document_job_may_write_comments(host: str) -> None:
    recording = run(host, comment_writers='["0a1b-app-id"]')
    assert of(recording, GRANT, SHARED) == ["output-schema-0a1b-app-id"]
    assert recording.inputs(GRANT, "output-schema-0a1b-app-id")["privileges"] == [
        "USE_SCHEMA",
        "SELECT",
        "MODIFY",
    ]


def test_every_principal_and_securable_is_one_that_was_named(host: str) -> None:
    recording = run(host, readers='["r"]', comment_writers='["w"]')
    granted = [recording.inputs(GRANT, name) for name in of(recording, GRANT)]
    assert {grant["principal"] for grant in granted} == {"r", "w"}
    assert {grant["schema"] for grant in granted} == {"main.gold_monitoring"}
    shared = [recording.inputs(SHARED, name) for name in of(recording, SHARED)]
    assert {reader for each in shared for reader in each["readers"]} == {"r"}
    assert not [
        name for each in shared for name in each["names"] if not name.startswith("main.gold_monitoring.")
    ]


def test_what_is_shared_waits_for_its_monitor_and_grants_use_the_explicit_provider(host: str) -> None:
    recording = run(host, readers='["r"]', domains='["query"]')
    dependencies = recording.request(SHARED, "query-shared").dependencies
    assert [urn.split("::")[-1] for urn in dependencies] == ["query"]
    assert "::workspace::" in recording.request(GRANT, "output-schema-r").provider


def test_grants_are_never_protected(host: str) -> None:
    recording = run(host, stack="prod", readers='["r"]')
    granting = [request for request in recording.requests if request.type in {GRANT, SHARED}]
    assert len(granting) == 9
    assert not any(request.protect for request in granting)


def test_the_provider_is_pickled_by_reference_and_is_no_secret() -> None:
    assert serialize_provider(SharedTablesProvider()) == PICKLED
    assert b"SharedTablesProvider" in base64.b64decode(PICKLED)
    assert SharedTablesProvider.serialize_as_secret_always is False


VIEW = {"source": "main.out.p", "fingerprint": "1", "statement": "CREATE …"}
READY: dict[str, Any] = {
    "host": "http://127.0.0.1:1",
    "domain": "query",
    "views": {"main.out.v": VIEW},
    "names": ["main.out.v"],
    "readers": ["a", "b"],
    "warehouse_id": "",
    "live_views": {"main.out.v": "1"},
    "live_readers": {"main.out.v": ["a", "b"]},
    "state": "ready",
}


def wanted(**changes: object) -> dict[str, Any]:
    inputs = {
        key: value for key, value in READY.items() if key not in {"live_views", "live_readers", "state"}
    }
    return inputs | changes | {"__provider": "pickle"}


def test_what_is_there_as_wanted_is_no_change() -> None:
    result = SharedTablesProvider().diff("query", READY, wanted())
    assert (result.changes, result.replaces) == (False, [])
    assert not SharedTablesProvider().diff("query", READY, wanted(warehouse_id="w")).changes


@pytest.mark.parametrize(
    "changes",
    [
        {"readers": ["a"]},
        {"names": []},
        {"views": {}},
        {"views": {"main.out.v": VIEW | {"fingerprint": "2"}}},
        {"readers": rpc.UNKNOWN},
    ],
    ids=["reader", "name", "view", "another view", "unknown"],
)
def test_what_is_wanted_differently_is_an_update(changes: dict[str, Any]) -> None:
    result = SharedTablesProvider().diff("query", READY, wanted(**changes))
    assert result.changes
    assert not result.replaces


@pytest.mark.parametrize(
    "olds",
    [
        {"live_views": {}},
        {"live_views": {"main.out.v": ""}},
        {"live_readers": {}},
        {"live_readers": {"main.out.v": ["a"]}},
    ],
    ids=["no view", "changed by hand", "not there", "taken back by hand"],
)
def test_what_is_there_differently_is_an_update(olds: dict[str, Any]) -> None:
    assert SharedTablesProvider().diff("query", READY | olds, wanted()).changes


def test_another_workspace_is_another_resource() -> None:
    result = SharedTablesProvider().diff("query", READY, wanted(host="http://127.0.0.1:2"))
    assert (result.changes, result.replaces) == (True, ["host"])


@pytest.fixture
def target(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Target]:
    with in_process(Workspace(tmp_path / "state")) as target:
        monkeypatch.setattr(shared_tables, "connect", lambda _host: target.sdk)
        yield target


def outputs(result: CreateResult | UpdateResult | ReadResult) -> dict[str, Any]:
    assert result.outs is not None
    return result.outs


def test_a_pending_table_is_finished_by_the_next_deployment_and_seen_by_a_refresh(target: Target) -> None:
    provider = SharedTablesProvider()
    inputs = wanted(names=["main.default.t"], views={}, readers=["a"])
    created = outputs(provider.create(inputs))
    assert (created["state"], created["live_readers"]) == ("pending", {})
    assert provider.diff("query", created, inputs).changes
    target.rows("CREATE TABLE main.default.t (a INT)")
    updated = outputs(provider.update("query", created, inputs))
    assert (updated["state"], updated["live_readers"]) == ("ready", {"main.default.t": ["a"]})
    assert not provider.diff("query", updated, inputs).changes
    target.rows("DROP TABLE main.default.t")
    read = provider.read("query", updated)
    seen = outputs(read)
    assert seen["state"] == "pending"
    assert read.inputs == {key: value for key, value in inputs.items() if key != "__provider"}
    assert provider.diff("query", seen, inputs).changes


def test_the_end_of_the_resource_takes_back_what_it_granted(target: Target) -> None:
    provider = SharedTablesProvider()
    target.rows("CREATE TABLE main.default.t (a INT)")
    created = outputs(provider.create(wanted(names=["main.default.t"], views={}, readers=["a"])))
    provider.delete("query", created)
    assert target.get("/api/2.1/unity-catalog/permissions/table/main.default.t").json() == {}
