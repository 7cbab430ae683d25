"""Runs a Pulumi program against mocks and keeps every registration: inputs, options, hooks, outputs."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pulumi
from pulumi.runtime import rpc
from pulumi.runtime.mocks import MockMonitor, MockResourceArgs, Mocks
from pulumi.runtime.settings import SETTINGS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from google.protobuf.empty_pb2 import Empty  # type: ignore[import-untyped]
    from pulumi.runtime.mocks import MockCallArgs
    from pulumi.runtime.proto.resource_pb2 import (
        ReadResourceRequest,
        ReadResourceResponse,
        RegisterResourceOutputsRequest,
        RegisterResourceRequest,
        RegisterResourceResponse,
        ResourceInvokeRequest,
        ResourceInvokeResponse,
    )

Inputs = dict[str, Any]
PROJECT = "lakehouse-monitors"


@dataclass
class Recording:
    """What a program registered."""

    requests: list[RegisterResourceRequest] = field(default_factory=list)
    """`RegisterResourceRequest`s in the order of arrival."""
    hooks: dict[str, pulumi.ResourceHook] = field(default_factory=dict)
    outputs: dict[str, Inputs] = field(default_factory=dict)
    """Registered outputs by URN."""
    reads: list[ReadResourceRequest] = field(default_factory=list)
    """`ReadResourceRequest`s in the order of arrival: resources that are looked at, but not managed."""

    @property
    def names(self) -> list[tuple[str, str]]:
        """Type and name of every resource but the stack, sorted."""
        return sorted((request.type, request.name) for request in self.requests)

    def request(self, type_: str, name: str) -> RegisterResourceRequest:
        """The registration of one resource."""
        (found,) = [request for request in self.requests if (request.type, request.name) == (type_, name)]
        return found

    def inputs(self, type_: str, name: str) -> Inputs:
        """The inputs of one resource, in wire names, without the pickled provider."""
        properties: Inputs = rpc.deserialize_properties(self.request(type_, name).object)
        return {key: value for key, value in properties.items() if key != "__provider"}


class _ComputedOutputs(Mocks):
    """Gives back the inputs, and what the service computes."""

    def __init__(self, previous: Mapping[str, Inputs]) -> None:
        self._previous = previous

    def call(self, args: MockCallArgs) -> tuple[Inputs, list[tuple[str, str]]]:
        if args.token == "pulumi:pulumi:readStackResourceOutputs":
            found = {urn: {"outputs": outputs} for urn, outputs in self._previous.items()}
            return {"name": args.args["stackName"], "outputs": found}, []
        if args.token == "databricks:index/getTable:getTable":
            return {"tableInfo": {"tableId": f"id-of-{args.args['name']}"}}, []
        raise NotImplementedError(args.token)

    def new_resource(self, args: MockResourceArgs) -> tuple[str, Inputs]:
        outputs = dict(args.inputs)
        if args.typ == "databricks:index/schema:Schema":
            outputs["schemaId"] = f"uuid-of-{args.inputs['name']}"
        if args.typ == "databricks:index/dataQualityMonitor:DataQualityMonitor" and not args.resource_id:
            table = args.inputs["objectId"].removeprefix("id-of-")
            names = {
                f"{kind}MetricsTableName": f"main.out.{table.rpartition('.')[2]}_{kind}_metrics"
                for kind in ("profile", "drift")
            }
            config = {**args.inputs["dataProfilingConfig"], "monitoredTableName": table, **names}
            outputs["dataProfilingConfig"] = config
        if args.typ == "databricks:index/qualityMonitor:QualityMonitor" and "tableName" in args.inputs:
            bare = args.inputs["tableName"].rpartition(".")[2]
            for kind in ("profile", "drift"):
                name = f"{args.inputs['outputSchemaName']}.{bare}_{kind}_metrics"
                outputs[f"{kind}MetricsTableName"] = name
        if args.typ.startswith("pulumi-python:dynamic/lakehouse:TableComments"):
            outputs |= {"state": "pending", "missing": []}
        return f"id-of-{args.name}", outputs


class _RecordingMonitor(MockMonitor):
    def __init__(self, recording: Recording, stack: str, mocks: Mocks) -> None:
        super().__init__(mocks)
        self._recording = recording
        self._stack = stack

    def make_urn(self, parent: str, type_: str, name: str) -> str:
        # As the engine does it; the original asks for stack and project on a thread that does not know them.
        parents = parent.split("::")[2] if parent else ""
        types = type_ if parents in {"", "pulumi:pulumi:Stack"} else f"{parents}${type_}"
        return f"urn:pulumi:{self._stack}::{PROJECT}::{types}::{name}"

    def Invoke(self, request: ResourceInvokeRequest) -> ResourceInvokeResponse:  # noqa: N802 - name of the protocol
        with _own_loop():
            answer: ResourceInvokeResponse = super().Invoke(request)  # type: ignore[no-untyped-call]
        return answer

    def RegisterResource(  # noqa: N802 - name of the protocol
        self, request: RegisterResourceRequest
    ) -> RegisterResourceResponse:
        if request.type != "pulumi:pulumi:Stack":
            self._recording.requests.append(request)
        with _own_loop():
            answer: RegisterResourceResponse = super().RegisterResource(request)  # type: ignore[no-untyped-call]
        return answer

    def ReadResource(self, request: ReadResourceRequest) -> ReadResourceResponse:  # noqa: N802 - name of the protocol
        self._recording.reads.append(request)
        with _own_loop():
            answer: ReadResourceResponse = super().ReadResource(request)  # type: ignore[no-untyped-call]
        return answer

    def RegisterResourceOutputs(  # noqa: N802 - name of the protocol
        self, request: RegisterResourceOutputsRequest
    ) -> Empty:
        self._recording.outputs[request.urn] = rpc.deserialize_properties(request.outputs)
        return super().RegisterResourceOutputs(request)  # type: ignore[no-untyped-call]


class _RecordedCallbacks:
    """Stands where the server for the engine's calls would be."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording

    def register_resource_hook(self, hook: pulumi.ResourceHook) -> None:
        self._recording.hooks[hook.name] = hook


def record(
    program: Callable[[], object],
    *,
    stack: str = "local",
    preview: bool = False,
    configuration: Mapping[str, str] | None = None,
    previous: Mapping[str, Inputs] | None = None,
) -> Recording:
    """Run ``program`` to its end and give what it registered; its errors are raised here.

    Args:
        program: declares resources.
        stack: name of the stack.
        preview: whether it runs as a preview.
        configuration: keys without the project's name.
        previous: outputs by URN of what the state of the stack holds already.
    """
    recording = Recording()
    mocks = _ComputedOutputs(previous or {})
    values = {f"{PROJECT}:{key}": value for key, value in (configuration or {}).items()}
    with _own_loop():
        pulumi.runtime.set_mocks(
            mocks,
            project=PROJECT,
            stack=stack,
            preview=preview,
            monitor=_RecordingMonitor(recording, stack, mocks),
        )
        SETTINGS.callbacks = _RecordedCallbacks(recording)
        pulumi.runtime.set_all_config(values)
        pulumi.runtime.test(lambda: program() and None)()  # type: ignore[no-untyped-call]
    return recording


@contextmanager
def _own_loop() -> Iterator[None]:
    """An event loop for this thread that is closed at the end; Pulumi's mocks leave theirs open."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        yield
    finally:
        loop.run_until_complete(loop.shutdown_default_executor())
        asyncio.set_event_loop(None)
        loop.close()
