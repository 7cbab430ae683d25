"""The comments of one table as a Pulumi resource.

A thin adapter over `monitoring.operations.comments`. Its provider travels inside the resource as a pickle,
which sets its rules: the class stays at this import path (it is written into every state), holds no state of
its own, and importing this module does nothing. Credentials come from the environment of its process.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

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

from monitoring.descriptions import TableText
from monitoring.operations.comments import (
    CommentReconciler,
    Outcome,
    State,
    WorkspaceCatalog,
    normalise,
    observed,
    pending,
    problems,
)
from monitoring.operations.connection import connect
from monitoring.operations.statements import find_warehouse

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pulumi

Properties = dict[str, Any]
_WHERE = ("host", "full_name")
"""Properties that say which table it is: another value is another resource."""


class TableCommentsProvider(ResourceProvider):
    """Create, read, update and delete of the comments of one table."""

    # The default hides every difference and costs an encryption per resource; nothing here is secret.
    serialize_as_secret_always = False

    def check(self, _olds: Properties, news: Properties) -> CheckResult:
        """Normalise the texts and refuse what the service would not keep."""
        inputs = {name: value for name, value in news.items() if name != "__provider"}
        if any(_is_unknown(value) for value in inputs.values()):
            return CheckResult(inputs, [])
        columns: Mapping[str, str] = inputs["column_comments"]
        inputs["table_comment"] = normalise(inputs["table_comment"])
        inputs["column_comments"] = {name: normalise(columns[name]) for name in sorted(columns)}
        failures = [
            CheckFailure(thing, reason) for thing, reason in problems(inputs["full_name"], _desired(inputs))
        ]
        return CheckResult(inputs, failures)

    def diff(self, _id: str, olds: Properties, news: Properties) -> DiffResult:
        """Compare what was last seen in the table with what is wanted; other columns do not count."""
        if any(_is_unknown(value) for name, value in news.items() if name != "__provider"):
            return DiffResult(changes=True)
        replaces = [name for name in _WHERE if olds.get(name) != news[name]]
        changes = (
            bool(replaces)
            or olds.get("state") != State.READY
            or olds.get("table_comment") != news["table_comment"]
            or olds.get("column_comments") != news["column_comments"]
        )
        return DiffResult(changes=changes, replaces=replaces, delete_before_replace=True)

    def create(self, props: Properties) -> CreateResult:
        """Write the comments; a table that is not there within the wait is recorded as pending."""
        return CreateResult(props["full_name"], self._reconcile(props))

    def update(self, _id: str, _olds: Properties, news: Properties) -> UpdateResult:
        """Write what differs; every output is given again, because Pulumi forgets the ones left out."""
        return UpdateResult(self._reconcile(news))

    def read(self, id_: str, props: Properties) -> ReadResult:
        """The comments that are in the table now."""
        names = [*props["column_comments"], *props["missing"]]
        live = WorkspaceCatalog(connect(props["host"]), lambda: find_warehouse(connect(props["host"]))).read(
            id_
        )
        if live is None:
            if props["state"] != State.PENDING:
                return ReadResult("", {})
            return ReadResult(id_, _outputs(props, pending(TableText("", dict.fromkeys(names, "")))))
        outcome = observed(names, live)
        outputs = _outputs(props, outcome)
        inputs = {name: value for name, value in outputs.items() if name not in {"state", "missing"}}
        return ReadResult(id_, outputs, inputs)

    def delete(self, _id: str, _props: Properties) -> None:
        """Nothing: comments that stay do no harm, and the table outlives its monitor."""

    def _reconcile(self, props: Properties) -> Properties:
        client = connect(props["host"])
        catalog = WorkspaceCatalog(client, lambda: find_warehouse(client, props["warehouse_id"]))
        outcome = CommentReconciler(catalog).reconcile(
            props["full_name"], _desired(props), float(props["wait_seconds"])
        )
        return _outputs(props, outcome)


class TableComments(Resource, module="lakehouse", name="TableComments"):
    """Comments of a table and of its columns; columns that are not named are left alone."""

    state: pulumi.Output[str]
    """``ready``, ``partial`` (columns are missing) or ``pending`` (the table is not there yet)."""
    missing: pulumi.Output[list[str]]
    """Columns that are not there yet."""

    def __init__(
        self,
        name: str,
        *,
        host: str,
        full_name: str,
        comments: TableText,
        warehouse_id: str | None = None,
        wait_seconds: int = 0,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare the comments of a table.

        Args:
            name: name of the resource.
            host: address of the workspace.
            full_name: ``catalog.schema.table``.
            comments: the texts.
            warehouse_id: where the statements run; the first running warehouse when None.
            wait_seconds: how long a deployment waits for the table before it records it as pending.
            opts: options of the resource.
        """
        properties: Properties = {
            "host": host,
            "full_name": full_name,
            "table_comment": comments.table,
            "column_comments": dict(comments.columns),
            "warehouse_id": warehouse_id or "",
            "wait_seconds": wait_seconds,
            # None is not sent; it makes the outputs of these names attributes.
            "state": None,
            "missing": None,
        }
        super().__init__(TableCommentsProvider(), name, properties, opts)


def _desired(properties: Properties) -> TableText:
    return TableText(properties["table_comment"], dict(properties["column_comments"]))


def _outputs(properties: Properties, outcome: Outcome) -> Properties:
    """All outputs, in a new dict: the servicer writes into the one it gets."""
    return {
        "column_comments": dict(outcome.live.columns),
        "full_name": properties["full_name"],
        "host": properties["host"],
        "missing": list(outcome.missing),
        "state": outcome.state.value,
        "table_comment": outcome.live.table,
        "wait_seconds": properties["wait_seconds"],
        "warehouse_id": properties["warehouse_id"],
    }


def _is_unknown(value: object) -> bool:
    if isinstance(value, dict):
        return any(_is_unknown(item) for item in value.values())
    return value == rpc.UNKNOWN
