"""Says, when the stack is destroyed, what stays on the workspace.

`pulumi destroy` does not run the program and shows no outputs, so only a resource can speak then. This one
owns nothing. Its provider travels as a pickle, under the rules of `monitoring.resources.table_comments`.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from pulumi.dynamic import CreateResult, DiffResult, ReadResult, Resource, ResourceProvider, UpdateResult

from monitoring.operations.connection import NoCredentialsError, WorkspaceUnreachableError, connect, probe
from monitoring.operations.leftovers import describe_dropped, describe_leftovers

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pulumi
    from databricks.sdk import WorkspaceClient

Properties = dict[str, Any]


class KeptHistoryProvider(ResourceProvider):
    """Remembers what to look for; looks when it is deleted."""

    serialize_as_secret_always = False

    def diff(self, _id: str, olds: Properties, news: Properties) -> DiffResult:
        """Compare the inputs; never a replacement, because its deletion would speak of a destroy."""
        names = news.keys() - {"__provider"}
        return DiffResult(changes=any(olds.get(name) != news[name] for name in names), replaces=[])

    def create(self, props: Properties) -> CreateResult:
        """Remember."""
        return CreateResult(props["schema"], _own(props))

    def update(self, _id: str, olds: Properties, news: Properties) -> UpdateResult:
        """Remember; say which tables no monitor of the stack fills any more."""
        dropped = [name for name in olds["tables"] if name not in news["tables"]]
        if dropped and olds["host"] == news["host"]:
            _say(news, lambda client: describe_dropped(client, dropped))
        return UpdateResult(_own(news))

    def read(self, id_: str, props: Properties) -> ReadResult:
        """Nothing on the workspace belongs to it."""
        return ReadResult(id_, _own(props))

    def delete(self, _id: str, props: Properties) -> None:
        """Say what stays."""
        _say(
            props,
            lambda client: describe_leftovers(client, props["schema"], props["tables"], props["assets_dir"]),
        )


class KeptHistory(Resource, module="lakehouse", name="KeptHistory"):
    """The output tables, which outlive the stack."""

    def __init__(
        self,
        name: str,
        *,
        host: str,
        schema: str,
        tables: Sequence[str],
        assets_dir: str,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        properties: Properties = {
            "host": host,
            "schema": schema,
            "tables": list(tables),
            "assets_dir": assets_dir,
        }
        super().__init__(KeptHistoryProvider(), name, properties, opts)


def _say(properties: Properties, describe: Callable[[WorkspaceClient], str]) -> None:
    """Tell what stays; a workspace that is gone must not stop the work."""
    try:
        probe(properties["host"])
        text = describe(connect(properties["host"]))
    except (WorkspaceUnreachableError, NoCredentialsError) as error:
        text = f"kept: schema {properties['schema']} with its output tables, if they exist ({error})"
    if text:
        # What a plugin writes to stderr is shown to the user.
        print(text, file=sys.stderr, flush=True)


def _own(properties: Properties) -> Properties:
    """A new dict of the outputs: the servicer writes into the one it gets."""
    return {name: value for name, value in properties.items() if name != "__provider"}
