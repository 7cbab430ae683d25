"""The views and tables of one domain that readers may select from, as a Pulumi resource.

Tables are born minutes after their monitor, too late for a `databricks.Grant` of the same deployment: what is
not there yet is pending, and the next deployment finishes it. The provider travels as a pickle, under the rules
of `monitoring.resources.table_comments`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pulumi.dynamic import CreateResult, DiffResult, ReadResult, Resource, ResourceProvider, UpdateResult
from pulumi.runtime import rpc

from monitoring.operations.connection import connect
from monitoring.operations.sharing import Shared, Sharing, WantedView
from monitoring.operations.statements import find_warehouse

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pulumi

    from monitoring import permissions

Properties = dict[str, Any]
_WANTED = ("names", "readers", "views")


class SharedTablesProvider(ResourceProvider):
    """Create, read, update and delete of what is shared of one domain."""

    serialize_as_secret_always = False

    def diff(self, _id: str, olds: Properties, news: Properties) -> DiffResult:
        """Compare what was last seen on the workspace with what is wanted."""
        if any(value == rpc.UNKNOWN for value in news.values()):
            return DiffResult(changes=True)
        replaces = ["host"] if olds.get("host") != news["host"] else []
        changes = (
            bool(replaces)
            or any(olds.get(key) != news[key] for key in _WANTED)
            or olds.get("live_views") != {name: view["fingerprint"] for name, view in news["views"].items()}
            or olds.get("live_readers") != {name: sorted(news["readers"]) for name in news["names"]}
        )
        return DiffResult(changes=changes, replaces=replaces, delete_before_replace=True)

    def create(self, props: Properties) -> CreateResult:
        """Make and grant what is possible now; the rest is pending."""
        return CreateResult(props["domain"], self._reconcile({}, props))

    def update(self, _id: str, olds: Properties, news: Properties) -> UpdateResult:
        """Make and grant what differs, and take back what is no longer wanted."""
        return UpdateResult(self._reconcile(olds["live_readers"], news))

    def read(self, id_: str, props: Properties) -> ReadResult:
        """What the workspace says now."""
        shared = _sharing(props).observe(props["views"], props["names"], props["readers"])
        outputs = _outputs(props, shared)
        inputs = {key: value for key, value in outputs.items() if not key.startswith(("live_", "state"))}
        return ReadResult(id_, outputs, inputs)

    def delete(self, _id: str, props: Properties) -> None:
        """Take back what was granted; the views stay."""
        _sharing(props).revoke(props["live_readers"])

    def _reconcile(self, former: dict[str, list[str]], props: Properties) -> Properties:
        views = {
            name: WantedView(view["source"], view["fingerprint"], view["statement"])
            for name, view in props["views"].items()
        }
        shared = _sharing(props).reconcile(views, props["names"], props["readers"], former)
        return _outputs(props, shared)


class SharedTables(Resource, module="lakehouse", name="SharedTables"):
    """What readers may select from of one domain; other grants on the same tables are left alone."""

    state: pulumi.Output[str]
    """``ready``, or ``pending`` while a table is not there."""

    def __init__(
        self,
        name: str,
        *,
        host: str,
        domain: str,
        shared: permissions.SharedTables,
        readers: Sequence[str],
        warehouse_id: str | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare what is shared.

        Args:
            name: name of the resource.
            host: address of the workspace.
            domain: name of the domain.
            shared: views to make, tables and views to grant.
            readers: principals that get SELECT.
            warehouse_id: where views are made; the first running warehouse when None.
            opts: options of the resource.
        """
        properties: Properties = {
            "host": host,
            "domain": domain,
            "views": {
                view.full_name: {
                    "source": view.source,
                    "fingerprint": view.fingerprint,
                    "statement": view.statement,
                }
                for view in shared.views
            },
            "names": list(shared.names),
            "readers": sorted(readers),
            "warehouse_id": warehouse_id or "",
            # None is not sent; it makes the outputs of these names attributes.
            "state": None,
            "live_views": None,
            "live_readers": None,
        }
        super().__init__(SharedTablesProvider(), name, properties, opts)


def _sharing(properties: Properties) -> Sharing:
    client = connect(properties["host"])
    return Sharing(client, lambda: find_warehouse(client, properties["warehouse_id"]))


def _outputs(properties: Properties, shared: Shared) -> Properties:
    """All outputs, in a new dict: the servicer writes into the one it gets."""
    missing = set(properties["names"]) - shared.readers.keys()
    own = ("domain", "host", "names", "readers", "views", "warehouse_id")
    return {
        **{key: properties[key] for key in own},
        "live_views": dict(shared.views),
        "live_readers": {name: list(readers) for name, readers in shared.readers.items()},
        "state": "pending" if missing else "ready",
    }
