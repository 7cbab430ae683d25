"""What stays on a workspace when its monitors are deleted: named, looked for, removed.

The output tables hold history that nobody can compute again, so they go only when somebody asks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from databricks.sdk.errors import NotFound
from databricks.sdk.errors.base import DatabricksError
from databricks.sdk.service.workspace import ObjectType

from monitoring.api import Api
from monitoring.disposal import Disposal
from monitoring.operations.monitor_apis import monitor_api, monitor_exists
from monitoring.operations.removal import Kind, Outcome, Remover, Step, kept_until

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from databricks.sdk import WorkspaceClient

    from monitoring.operations.watched import Watched


def describe_leftovers(
    client: WorkspaceClient, schema: str, full_names: Sequence[str], assets_dir: str
) -> str:
    """For whoever destroys a stack: what stays and how to remove it."""
    try:
        kept = _existing(client, full_names)
    except DatabricksError as error:
        return f"kept: schema {schema} with its output tables (they could not be counted: {error})"
    lines = [
        (
            f"kept: schema {schema} with its output tables ({len(kept)}) and their history; "
            f"also what the service put into {assets_dir}"
        ),
        *(f"  {name}" for name in kept),
        f"to remove them for good: DROP SCHEMA {schema} CASCADE",
    ]
    return "\n".join(lines)


def describe_dropped(client: WorkspaceClient, full_names: Sequence[str]) -> str:
    """For whoever takes a domain out of a stack: its tables that stay; empty when there are none."""
    try:
        kept = _existing(client, full_names)
    except DatabricksError as error:
        return f"kept, if they are there: {', '.join(full_names)} ({error})"
    if not kept:
        return ""
    lines = ["kept with their history, though no monitor of this stack fills them any more:"]
    lines += [f"  {name}  (to remove it for good: DROP TABLE {name})" for name in kept]
    return "\n".join(lines)


def _existing(client: WorkspaceClient, full_names: Sequence[str]) -> list[str]:
    return [name for name in full_names if client.tables.exists(name).table_exists]


@dataclass(frozen=True)
class Place:
    """Where the monitors of a stack put things.

    Attributes:
        schema: full name of the output schema.
        assets_dir: workspace folder of what the service makes beside the tables.
        is_whole: whether all monitors of the stack are meant; else schema and folder, which they share, stay.
    """

    schema: str
    assets_dir: str
    is_whole: bool


@dataclass(frozen=True)
class Leftovers:
    """What is there."""

    monitors: tuple[str, ...]
    """Monitored tables that still have a monitor."""
    tables: tuple[str, ...]
    """Output tables."""
    expired_copies: tuple[str, ...]
    """Copies of output tables whose time is over."""
    others: tuple[str, ...]
    """What else is in the output schema; it is never touched."""
    dashboards: dict[str, str]
    """Path by id of the dashboards in the folder."""
    folder: str
    """The assets folder; empty when it is not there or stays."""
    objects: tuple[str, ...]
    """Paths of what else is in the folder."""
    schema: str
    """The output schema; empty when it is not there or stays."""


def find_leftovers(
    client: WorkspaceClient, place: Place, watched: Sequence[Watched], today: date
) -> Leftovers:
    """Look for everything that monitors left.

    Args:
        client: the workspace.
        place: where the stack puts things.
        watched: the chosen monitors.
        today: the day on which copies may be over.

    Raises:
        DatabricksError: something cannot be looked at.
    """
    # A table has one monitor, which both APIs show.
    monitors = monitor_api(client, Api.LEGACY)
    wanted = {name for one in watched for name in one.output_tables}
    tables = _tables(client, place.schema)
    names = tables or []
    expired = [name for name in names if (until := kept_until(name)) is not None and until < today]
    objects = _objects(client, place.assets_dir) if place.is_whole else None
    return Leftovers(
        monitors=tuple(one.table for one in watched if monitor_exists(monitors, one.table)),
        tables=tuple(name for name in names if name in wanted),
        expired_copies=tuple(expired),
        others=tuple(name for name in names if name not in wanted and name not in expired),
        dashboards={id_: path for id_, path in objects or [] if id_},
        folder="" if objects is None else place.assets_dir,
        objects=tuple(path for id_, path in objects or [] if not id_),
        schema=place.schema if place.is_whole and tables is not None else "",
    )


def remove_leftovers(remover: Remover, watched: Sequence[Watched], left: Leftovers) -> list[Step]:
    """Remove what is left as the remover's disposal says; a failure stops what depends on it, not the rest."""
    client = remover.client
    steps: list[Step] = []
    for one in watched:
        if one.table in left.monitors:
            steps += remover.delete_monitor_if_exists(one.table, list(one.output_tables))
        else:
            for name in one.output_tables:
                steps += remover.remove_table(name) if name in left.tables else []
    steps += [remover.remove(Kind.COPY, name, client.tables.delete) for name in left.expired_copies]
    trashed = [remover.remove(Kind.DASHBOARD, id_, client.lakeview.trash) for id_ in left.dashboards]
    steps += trashed
    if left.folder and not _failed(trashed):
        steps.append(
            remover.remove(
                Kind.FOLDER, left.folder, lambda path: client.workspace.delete(path, recursive=True)
            )
        )
    if left.schema:
        steps.append(_remove_schema(remover, left.schema))
    return steps


def _remove_schema(remover: Remover, schema: str) -> Step:
    """Remove the schema when nothing is in it; never by force."""
    try:
        tables = _tables(remover.client, schema) or []
    except DatabricksError as error:
        step = Step(Kind.SCHEMA, schema, Outcome.FAILED, str(error))
    else:
        if not tables:
            return remover.remove(Kind.SCHEMA, schema, remover.client.schemas.delete)
        step = Step(Kind.SCHEMA, schema, Outcome.KEPT, f"it still holds {', '.join(tables)}")
    remover.report(step)
    return step


@dataclass(frozen=True)
class Intention:
    """What a removal would do with one thing."""

    kind: Kind
    name: str
    fate: str
    """In words."""
    stays: bool = False


def planned(left: Leftovers, disposal: Disposal) -> list[Intention]:
    """What a removal would do with everything that is left."""
    fates = {Disposal.KEEP: "stays", Disposal.DROP: "is dropped", Disposal.COPY: "is copied, then dropped"}
    stay = disposal is Disposal.KEEP
    intentions = [
        *(Intention(Kind.MONITOR, name, "is deleted") for name in left.monitors),
        *(Intention(Kind.TABLE, name, fates[disposal], stay) for name in left.tables),
        *(Intention(Kind.COPY, name, "is dropped: its time is over") for name in left.expired_copies),
        *(Intention(Kind.DASHBOARD, path, "goes to the trash") for path in left.dashboards.values()),
    ]
    if left.folder:
        also = f" with {', '.join(left.objects)}" if left.objects else ""
        intentions.append(Intention(Kind.FOLDER, left.folder, f"is deleted{also}"))
    if left.schema:
        intentions.append(_planned_schema(left, disposal))
    return intentions


def _planned_schema(left: Leftovers, disposal: Disposal) -> Intention:
    if left.others:
        fate = f"stays: it also holds {', '.join(left.others)}"
    elif left.tables and disposal is not Disposal.DROP:
        fate = "stays with what is in it"
    else:
        return Intention(Kind.SCHEMA, left.schema, "is dropped")
    return Intention(Kind.SCHEMA, left.schema, fate, stays=True)


def _failed(steps: Sequence[Step]) -> bool:
    return any(step.outcome is Outcome.FAILED for step in steps)


def _tables(client: WorkspaceClient, schema: str) -> list[str] | None:
    """Full names of the tables and views of a schema; None when the schema is not there."""
    catalog, _, name = schema.partition(".")
    try:
        client.schemas.get(schema)
        return sorted(table.full_name or "" for table in client.tables.list(catalog, name))
    except NotFound:
        return None


def _objects(client: WorkspaceClient, folder: str) -> list[tuple[str, str]] | None:
    """What is in a folder and below: id of a dashboard (else empty) and path; None without the folder."""
    try:
        return [
            (found.resource_id or "" if found.object_type is ObjectType.DASHBOARD else "", found.path or "")
            for found in client.workspace.list(folder, recursive=True)
        ]
    except NotFound:
        return None
