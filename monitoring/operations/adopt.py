"""Finds what exists on the workspace but not in a stack's state, and says how the stack takes it over."""

from __future__ import annotations

import shlex
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from databricks.sdk.errors import NotFound
from databricks.sdk.errors.base import DatabricksError

from monitoring.api import Api
from monitoring.operations.definition import monitor_definition
from monitoring.operations.difference import Difference, field_differences
from monitoring.operations.failures import explain
from monitoring.operations.monitor_apis import table_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    from databricks.sdk import WorkspaceClient
    from databricks.sdk.service.catalog import MonitorInfo

    from monitoring.domain import Domain
    from monitoring.operations.stack_state import StackState
    from monitoring.settings import Settings

AT_ONCE = 8
MONITORS = {
    Api.LEGACY: "databricks:index/qualityMonitor:QualityMonitor",
    Api.V1: "databricks:index/dataQualityMonitor:DataQualityMonitor",
}
"""Type of a monitor's resource by the API that keeps it."""
SCHEMA = "databricks:index/schema:Schema"
SCHEMA_NAME = "output-schema"
"""Name of the output schema in the program."""
COMPONENT = "lakehouse:index:DomainMonitor"
"""Type of the component that owns a monitor; part of every URN below it."""
PROVIDER = "pulumi:providers:databricks"
PROVIDER_NAME = "workspace"


@dataclass(frozen=True)
class ImportLine:
    """The command that puts an existing thing into the state of a stack."""

    stack: str
    type: str
    """Type token, such as ``databricks:index/qualityMonitor:QualityMonitor``."""
    name: str
    """Name of the resource in the program."""
    id: str
    provider_urn: str
    parent_urn: str = ""
    """Of the component that owns the resource; empty at the top level."""
    protect: bool = False

    @property
    def words(self) -> list[str]:
        """The command, word by word."""
        # No code is wanted: the program declares the resource already.
        words = ["pulumi", "import", self.type, self.name, self.id, "--stack", self.stack]
        if self.parent_urn:
            words += ["--parent", f"parent={self.parent_urn}"]
        words += ["--provider", f"workspace={self.provider_urn}"]
        return [*words, f"--protect={str(self.protect).lower()}", "--generate-code=false", "--yes"]

    def __str__(self) -> str:
        return shlex.join(self.words)


class NotSeenError(Exception):
    """The workspace does not say whether something exists; the text names it and says why."""


@dataclass(frozen=True)
class Candidate:
    """Something that exists on the workspace and that the stack declares, but does not have in its state."""

    thing: str
    """What it is, in words."""
    line: ImportLine
    differences: tuple[Difference, ...]
    """What the first deployment after the adoption changes."""
    missing: tuple[str, ...]
    """URNs that the command refers to and that the state does not have."""


def urn(stack: str, project: str, type_: str, name: str) -> str:
    """The URN of a resource at the top level of a stack."""
    # An organisation before the name of the stack is no part of its URNs.
    return f"urn:pulumi:{stack.rpartition('/')[2]}::{project}::{type_}::{name}"


def find_candidates(
    client: WorkspaceClient, settings: Settings, domains: Sequence[Domain], project: str, state: StackState
) -> list[Candidate]:
    """What the stack can adopt: the output schema, then monitors in the order of the domains.

    Raises:
        NotSeenError: the workspace does not answer for one of them.
    """

    def look(domain: Domain) -> Candidate | None:
        table = settings.gold_table_name(domain)
        try:
            id_ = table if settings.api is Api.LEGACY else f"table,{table_id(client, table)}"
            if state.has(MONITORS[settings.api], id_):
                return None
            live = live_monitor(client, table)
        except DatabricksError as error:
            raise NotSeenError(explain(error, table)) from error
        if live is None:
            return None
        parent = urn(settings.stack, project, COMPONENT, domain.name)
        line = _line(settings, project, MONITORS[settings.api], domain.name, id_, parent)
        differences = field_differences(monitor_definition(settings, domain), live)
        return _candidate(f"the monitor of {table}", line, differences, state)

    found = []
    schema = settings.output_schema_name
    try:
        adopts_schema = not state.has(SCHEMA, schema) and schema_exists(client, schema)
    except DatabricksError as error:
        raise NotSeenError(f"the schema {schema} cannot be seen ({error})") from error
    if adopts_schema:
        line = _line(settings, project, SCHEMA, SCHEMA_NAME, schema)
        found.append(_candidate(f"the schema {schema}", line, [], state))
    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        found += [candidate for candidate in pool.map(look, domains) if candidate is not None]
    return found


def _line(settings: Settings, project: str, type_: str, name: str, id_: str, parent: str = "") -> ImportLine:
    provider = urn(settings.stack, project, PROVIDER, PROVIDER_NAME)
    return ImportLine(settings.stack, type_, name, id_, provider, parent, protect=settings.protect)


def _candidate(
    thing: str, line: ImportLine, differences: Sequence[Difference], state: StackState
) -> Candidate:
    needed = [one for one in (line.provider_urn, line.parent_urn) if one]
    missing = tuple(one for one in needed if one not in state.urns)
    return Candidate(thing, line, tuple(differences), missing)


def live_monitor(client: WorkspaceClient, table: str) -> MonitorInfo | None:
    """The monitor of ``table``, in whatever state; None when it has none."""
    try:
        return client.quality_monitors.get(table)
    except NotFound:
        return None


def schema_exists(client: WorkspaceClient, full_name: str) -> bool:
    """Whether the schema ``catalog.schema`` is there."""
    try:
        client.schemas.get(full_name)
    except NotFound:
        return False
    return True
