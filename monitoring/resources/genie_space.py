"""The Genie space over the output tables as a Pulumi resource; the provider package has none.

A thin adapter over `monitoring.operations.genie_spaces`. A space holds only tables that are there, so a first
deployment leaves it pending. The provider travels as a pickle, under the rules of
`monitoring.resources.table_comments`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pulumi
from pulumi.dynamic import (
    CheckFailure,
    CheckResult,
    CreateResult,
    DiffResult,
    ReadResult,
    Resource,
    ResourceProvider,
    UpdateResult,
)
from pulumi.runtime import rpc

from monitoring.genie import TITLE, canonical, serialized_space
from monitoring.operations.connection import connect
from monitoring.operations.genie_spaces import (
    NO_SPACE,
    GenieSpaces,
    Observed,
    SpaceState,
    SpaceText,
    state_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitoring.settings import Settings

Properties = dict[str, Any]
_WHERE = ("host", "parent_path")
"""Properties that say where the space is: another value is another space."""
_TEXTS = ("title", "description", "warehouse_id")


class GenieSpaceProvider(ResourceProvider):
    """Create, read, update and delete of one space."""

    serialize_as_secret_always = False

    def check(self, _olds: Properties, news: Properties) -> CheckResult:
        """Write the content in the one way in which it is compared; refuse what is none."""
        inputs = {name: value for name, value in news.items() if name != "__provider"}
        if any(value == rpc.UNKNOWN for value in inputs.values()):
            return CheckResult(inputs, [])
        try:
            canonical(inputs["serialized_space"])
        except ValueError as error:
            return CheckResult(inputs, [CheckFailure("serialized_space", f"is no space: {error}")])
        return CheckResult(inputs, [])

    def diff(self, _id: str, olds: Properties, news: Properties) -> DiffResult:
        """Compare what was last seen on the workspace with what is wanted."""
        if any(value == rpc.UNKNOWN for name, value in news.items() if name != "__provider"):
            return DiffResult(changes=True)
        replaces = [name for name in _WHERE if olds.get(name) != news[name]]
        changes = (
            bool(replaces)
            or olds.get("state") != SpaceState.READY
            or any(olds.get(name) != news[name] for name in _TEXTS)
            or canonical(olds["serialized_space"]) != canonical(news["serialized_space"])
        )
        return DiffResult(changes=changes, replaces=replaces, delete_before_replace=True)

    def create(self, props: Properties) -> CreateResult:
        """Make the space; without any of its tables it is recorded as pending."""
        # Not the space's own id, which a pending one does not have and a resource cannot change.
        return CreateResult(f"{props['parent_path']}/{props['title']}", self._reconcile("", props))

    def update(self, _id: str, olds: Properties, news: Properties) -> UpdateResult:
        """Write what differs, or make a pending space."""
        return UpdateResult(self._reconcile(olds["space_id"], news))

    def read(self, id_: str, props: Properties) -> ReadResult:
        """The space as it is now."""
        if not props["space_id"]:
            return ReadResult(id_, {name: value for name, value in props.items() if name != "__provider"})
        found = GenieSpaces(connect(props["host"])).read(props["space_id"])
        if found is None:
            return ReadResult("", {})
        outputs = _outputs(props, found, SpaceState(props["state"]))
        inputs = {name: value for name, value in outputs.items() if name not in {"state", "space_id"}}
        return ReadResult(id_, outputs, inputs)

    def delete(self, _id: str, props: Properties) -> None:
        """Put the space into the trash."""
        if props["space_id"]:
            GenieSpaces(connect(props["host"])).trash(props["space_id"])

    def _reconcile(self, space_id: str, props: Properties) -> Properties:
        desired = SpaceText(
            props["title"], props["description"], props["warehouse_id"], props["serialized_space"]
        )
        found = GenieSpaces(connect(props["host"])).reconcile(space_id, desired, props["parent_path"])
        return _outputs(props, found, state_of(desired, found))


class GenieSpace(Resource, module="lakehouse", name="GenieSpace"):
    """A Genie space."""

    space_id: pulumi.Output[str]
    """Id of the space; empty while it is pending."""
    state: pulumi.Output[str]
    """``ready``, ``partial`` (tables are missing) or ``pending`` (no table is there yet, nor the space)."""

    def __init__(
        self,
        name: str,
        *,
        host: str,
        parent_path: str,
        text: SpaceText,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare a space.

        Args:
            name: name of the resource.
            host: address of the workspace.
            parent_path: workspace folder that holds the space.
            text: what is wanted.
            opts: options of the resource.
        """
        properties: Properties = {
            "host": host,
            "parent_path": parent_path,
            "title": text.title,
            "description": text.description,
            "warehouse_id": text.warehouse_id,
            "serialized_space": text.content,
            # None is not sent; it makes the outputs of these names attributes.
            "space_id": None,
            "state": None,
        }
        super().__init__(GenieSpaceProvider(), name, properties, opts)


def genie_space(settings: Settings, after: Sequence[pulumi.Resource]) -> GenieSpace | None:
    """Declare the space of a stack; None when the stack has none.

    Asking in a space uses the rights of who asks: nobody reads through it what they may not read anyway.
    """
    if not settings.genie_space or settings.warehouse_id is None:
        return None
    text = SpaceText(
        f"{TITLE}: {settings.catalog}.{settings.gold_schema}",
        f"Metrics of the tables of {settings.catalog}.{settings.gold_schema} and how they change.",
        settings.warehouse_id,
        serialized_space(settings.domains, settings.output_schema_name),
    )
    return GenieSpace(
        "genie-space",
        host=settings.host,
        parent_path=settings.assets_dir,
        text=text,
        # A space reads comments when it is made: they come first.
        opts=pulumi.ResourceOptions(depends_on=list(after)),
    )


def _outputs(properties: Properties, found: Observed, state: SpaceState) -> Properties:
    """All outputs, in a new dict: the servicer writes into the one it gets."""
    live = found.live if found.space_id else NO_SPACE.live
    return {
        "host": properties["host"],
        "parent_path": properties["parent_path"],
        "title": live.title,
        "description": live.description,
        "warehouse_id": live.warehouse_id,
        "serialized_space": live.content,
        "space_id": found.space_id,
        "state": state.value,
    }
