"""The dynamic providers behind the real gRPC servicer, in a process of their own as the engine runs them."""

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc  # type: ignore[import-untyped]
import pytest
from google.protobuf.json_format import MessageToDict  # type: ignore[import-untyped]
from google.protobuf.struct_pb2 import Struct  # type: ignore[import-untyped]
from pulumi.dynamic.dynamic import ResourceProvider, serialize_provider
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from monitoring.resources.kept_history import KeptHistoryProvider
from monitoring.resources.table_comments import TableCommentsProvider
from tests.monitoring.workspace_stub import StubTable, WorkspaceStub, serving

PROJECT = Path(__file__).parents[3]
TABLE = "main.out.t"
Properties = dict[str, Any]


@dataclass
class Plugin:
    """The plugin's process, and the provider that travels in each call to it."""

    servicer: Any
    messages: Path
    provider: str = ""

    def use(self, provider: ResourceProvider) -> "Plugin":
        return Plugin(self.servicer, self.messages, serialize_provider(provider))

    def check(self, news: Properties) -> tuple[Properties, list[str]]:
        request = provider_pb2.CheckRequest(olds=self._struct({}), news=self._struct(news))
        answer = self.servicer.Check(request)
        return self._own(answer.inputs), [failure.reason for failure in answer.failures]

    def create(self, inputs: Properties) -> tuple[str, Properties]:
        answer = self.servicer.Create(provider_pb2.CreateRequest(properties=self._struct(inputs)))
        return answer.id, self._own(answer.properties)

    def has_changes(self, olds: Properties, news: Properties) -> bool:
        request = provider_pb2.DiffRequest(id=TABLE, olds=self._struct(olds), news=self._struct(news))
        return bool(self.servicer.Diff(request).changes == provider_pb2.DiffResponse.DIFF_SOME)

    def update(self, olds: Properties, news: Properties) -> Properties:
        request = provider_pb2.UpdateRequest(id=TABLE, olds=self._struct(olds), news=self._struct(news))
        return self._own(self.servicer.Update(request).properties)

    def read(self, outputs: Properties) -> tuple[str, Properties, Properties]:
        request = provider_pb2.ReadRequest(id=TABLE, properties=self._struct(outputs))
        answer = self.servicer.Read(request)
        return answer.id, self._own(answer.properties), self._own(answer.inputs)

    def delete(self, outputs: Properties) -> None:
        self.servicer.Delete(provider_pb2.DeleteRequest(id=TABLE, properties=self._struct(outputs)))

    def _struct(self, properties: Properties) -> Struct:
        struct = Struct()
        struct.update({**properties, "__provider": self.provider})
        return struct

    def _own(self, struct: Struct) -> Properties:
        properties: Properties = MessageToDict(struct)
        assert properties.pop("__provider", self.provider) == self.provider
        return properties


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plugin]:
    messages = tmp_path_factory.mktemp("plugin") / "stderr"
    environment = {**os.environ, "DATABRICKS_TOKEN": "token", "DATABRICKS_CONFIG_FILE": os.devnull}
    with (
        messages.open("w") as stderr,
        subprocess.Popen(
            [sys.executable, "-u", "-m", "pulumi.dynamic"],
            cwd=PROJECT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=stderr,
        ) as plugin,
    ):
        assert plugin.stdout is not None
        port = int(plugin.stdout.readline())
        with closing(grpc.insecure_channel(f"127.0.0.1:{port}")) as channel:
            yield Plugin(provider_pb2_grpc.ResourceProviderStub(channel), messages)
        plugin.terminate()


@pytest.fixture
def plugin(process: Plugin) -> Plugin:
    return process.use(TableCommentsProvider())


@pytest.fixture
def workspace() -> WorkspaceStub:
    return WorkspaceStub()


@pytest.fixture
def inputs(workspace: WorkspaceStub) -> Iterator[Properties]:
    with serving(workspace) as host:
        yield {
            "host": host,
            "full_name": TABLE,
            "table_comment": "Table",
            "column_comments": {"a": "A", "b": "B"},
            "warehouse_id": "",
            "wait_seconds": 0,
        }


def test_create_writes_the_comments_and_gives_all_outputs(
    plugin: Plugin, workspace: WorkspaceStub, inputs: Properties
) -> None:
    workspace.tables[TABLE] = StubTable("", {"a": "", "b": "", "c": "theirs"})
    id_, outputs = plugin.create(inputs)
    assert id_ == TABLE
    assert outputs == {**inputs, "state": "ready", "missing": []}
    assert workspace.tables[TABLE] == StubTable("Table", {"a": "A", "b": "B", "c": "theirs"})


def test_a_table_that_is_not_there_is_pending_and_no_error(plugin: Plugin, inputs: Properties) -> None:
    _, outputs = plugin.create(inputs)
    assert outputs == {
        **inputs,
        "table_comment": "",
        "column_comments": {},
        "state": "pending",
        "missing": ["a", "b"],
    }
    assert plugin.has_changes(outputs, inputs)


def test_a_pending_table_stays_in_the_state_when_it_is_read(plugin: Plugin, inputs: Properties) -> None:
    _, outputs = plugin.create(inputs)
    assert plugin.read(outputs) == (TABLE, outputs, {})


def test_update_finishes_what_was_pending_and_gives_all_outputs(
    plugin: Plugin, workspace: WorkspaceStub, inputs: Properties
) -> None:
    _, pending = plugin.create(inputs)
    workspace.tables[TABLE] = StubTable("", {"a": "", "b": ""})
    outputs = plugin.update(pending, inputs)
    assert outputs == {**inputs, "state": "ready", "missing": []}
    assert not plugin.has_changes(outputs, inputs)


def test_a_column_that_comes_later_is_partial_until_then(
    plugin: Plugin, workspace: WorkspaceStub, inputs: Properties
) -> None:
    workspace.tables[TABLE] = StubTable("", {"a": ""})
    _, outputs = plugin.create(inputs)
    assert (outputs["state"], outputs["missing"], outputs["column_comments"]) == (
        "partial",
        ["b"],
        {"a": "A"},
    )
    assert plugin.has_changes(outputs, inputs)


def test_a_comment_edited_by_hand_is_read_seen_and_repaired(
    plugin: Plugin, workspace: WorkspaceStub, inputs: Properties
) -> None:
    workspace.tables[TABLE] = StubTable("", {"a": "", "b": ""})
    _, outputs = plugin.create(inputs)
    workspace.tables[TABLE].columns["b"] = "edited"
    id_, live, live_inputs = plugin.read(outputs)
    assert id_ == TABLE
    assert live == {**outputs, "column_comments": {"a": "A", "b": "edited"}}
    assert live_inputs == {**inputs, "column_comments": {"a": "A", "b": "edited"}}
    assert plugin.has_changes(live, inputs)
    workspace.statements.clear()
    assert not plugin.has_changes(plugin.update(live, inputs), inputs)
    assert workspace.statements == ["ALTER TABLE `main`.`out`.`t` ALTER COLUMN `b` COMMENT 'B'"]


def test_a_comment_of_another_column_is_never_seen_nor_touched(
    plugin: Plugin, workspace: WorkspaceStub, inputs: Properties
) -> None:
    workspace.tables[TABLE] = StubTable("", {"a": "", "b": "", "c": "theirs"})
    _, outputs = plugin.create(inputs)
    workspace.tables[TABLE].columns["c"] = "changed by them"
    assert plugin.read(outputs)[1] == outputs


def test_a_table_that_was_dropped_leaves_the_state(
    plugin: Plugin, workspace: WorkspaceStub, inputs: Properties
) -> None:
    workspace.tables[TABLE] = StubTable("", {"a": "", "b": ""})
    _, outputs = plugin.create(inputs)
    del workspace.tables[TABLE]
    assert plugin.read(outputs)[0] == ""


def test_difficult_characters_survive(plugin: Plugin, workspace: WorkspaceStub, inputs: Properties) -> None:
    workspace.tables[TABLE] = StubTable("", {"a": "", "b": ""})
    text = "it's a \\ back\\'slash\nÜber 100 % ≤ 'quoted' \"double\" `tick` -- ; /* */ \\n"
    _, outputs = plugin.create(inputs | {"table_comment": text, "column_comments": {"a": text, "b": text}})
    assert outputs["table_comment"] == text
    assert workspace.tables[TABLE] == StubTable(text, {"a": text, "b": text})


def test_check_normalises_and_refuses(plugin: Plugin, inputs: Properties) -> None:
    checked, reasons = plugin.check(inputs | {"table_comment": " Table ", "column_comments": {"a": "\r\n"}})
    assert checked["table_comment"] == "Table"
    assert reasons == ["the comment is empty; give a text or leave it out"]


def test_delete_keeps_the_comments(plugin: Plugin, workspace: WorkspaceStub, inputs: Properties) -> None:
    workspace.tables[TABLE] = StubTable("", {"a": "", "b": ""})
    _, outputs = plugin.create(inputs)
    workspace.requests.clear()
    plugin.delete(outputs)
    assert workspace.tables[TABLE].comment == "Table"
    assert workspace.requests == []


def test_without_a_running_warehouse_the_error_says_what_to_do(
    plugin: Plugin, workspace: WorkspaceStub, inputs: Properties
) -> None:
    workspace.tables[TABLE] = StubTable("", {"a": "", "b": ""})
    workspace.warehouses[0]["state"] = "STOPPED"
    with pytest.raises(grpc.RpcError) as raised:
        plugin.create(inputs)
    assert raised.value.details() == (
        "Exception calling application: no SQL warehouse is running on "
        f"{inputs['host']}; start one, or name one with the configuration key warehouse_id; "
        "warehouses: Warehouse (wh1)"
    )


def test_a_comment_that_reads_differently_is_an_error(
    plugin: Plugin, workspace: WorkspaceStub, inputs: Properties
) -> None:
    workspace.tables[TABLE] = StubTable("", {"a": "", "b": ""})
    workspace.change_comment = str.upper
    with pytest.raises(
        grpc.RpcError, match=r"main\.out\.t: the comment of the table was written as 'Table' but"
    ):
        plugin.create(inputs)


def test_many_calls_at_once_keep_their_own_results(
    plugin: Plugin, workspace: WorkspaceStub, inputs: Properties
) -> None:
    names = [f"main.out.t{number}" for number in range(12)]
    workspace.tables |= {name: StubTable("", {"a": "", "b": ""}) for name in names}
    with ThreadPoolExecutor(len(names)) as pool:
        made = list(
            pool.map(lambda name: plugin.create(inputs | {"full_name": name, "table_comment": name}), names)
        )
    assert [(id_, outputs["table_comment"]) for id_, outputs in made] == [(name, name) for name in names]


def test_the_end_of_a_stack_says_what_stays(
    process: Plugin, workspace: WorkspaceStub, inputs: Properties
) -> None:
    history = process.use(KeptHistoryProvider())
    workspace.tables["main.out.t_profile_metrics"] = StubTable()
    properties = {
        "host": inputs["host"],
        "schema": "main.out",
        "tables": ["main.out.t_profile_metrics", "main.out.t_drift_metrics"],
        "assets_dir": "/Workspace/Shared/m",
    }
    _, outputs = history.create(properties)
    assert outputs == properties
    assert not history.has_changes(outputs, properties)
    history.delete(outputs)
    assert process.messages.read_text().endswith(
        "kept: schema main.out with its output tables (1) and their history; "
        "also what the service put into /Workspace/Shared/m\n"
        "  main.out.t_profile_metrics\n"
        "to remove them for good: DROP SCHEMA main.out CASCADE\n"
    )


def test_a_domain_that_is_taken_out_leaves_tables_that_are_named(
    process: Plugin, workspace: WorkspaceStub, inputs: Properties
) -> None:
    history = process.use(KeptHistoryProvider())
    workspace.tables |= {"main.out.a": StubTable(), "main.out.b": StubTable()}
    olds = {
        "host": inputs["host"],
        "schema": "main.out",
        "tables": ["main.out.a", "main.out.b", "main.out.never_made"],
        "assets_dir": "/Workspace/Shared/m",
    }
    news = olds | {"tables": ["main.out.a"]}
    assert history.has_changes(olds, news)
    assert history.update(olds, news) == news
    assert process.messages.read_text().endswith(
        "kept with their history, though no monitor of this stack fills them any more:\n"
        "  main.out.b  (to remove it for good: DROP TABLE main.out.b)\n"
    )


def test_a_workspace_that_is_gone_does_not_stop_the_end_of_a_stack(process: Plugin) -> None:
    history = process.use(KeptHistoryProvider())
    host = "http://127.0.0.1:9"
    history.delete({"host": host, "schema": "main.out", "tables": [], "assets_dir": "/Workspace/Shared/m"})
    assert process.messages.read_text().splitlines()[-1] == (
        f"kept: schema main.out with its output tables, if they exist (the workspace {host} does not answer "
        "([Errno 111] Connection refused); start the local workspace: python -m local_workspace start)"
    )
