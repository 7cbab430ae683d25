"""The stack and the workspace of a command; a mistake in either ends the command with one message."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer

from monitoring.nearest import near_or_all
from monitoring.operations.comments import WorkspaceCatalog
from monitoring.operations.connection import NoCredentialsError, WorkspaceUnreachableError, connect, probe
from monitoring.operations.monitor_apis import monitor_api
from monitoring.operations.statements import find_warehouse
from monitoring.operations.watched import Watched
from monitoring.settings import Settings, SettingsError
from monitoring.stack_file import read_stack_file

if TYPE_CHECKING:
    from collections.abc import Sequence

    from databricks.sdk import WorkspaceClient

    from monitoring.domain import Domain
    from monitoring.operations.monitor_apis import MonitorApi
    from monitoring.operations.statements import Warehouse


@dataclass(frozen=True)
class Target:
    """The workspace and the monitors of a command."""

    client: WorkspaceClient
    catalog: WorkspaceCatalog
    settings: Settings
    domains: tuple[Domain, ...]
    """The chosen domains of the stack."""

    @property
    def watched(self) -> tuple[Watched, ...]:
        """Names and wanted comments of the chosen domains."""
        return Watched.from_settings(self.settings, [one.name for one in self.domains])

    @property
    def monitors(self) -> MonitorApi:
        """The API through which the stack keeps its monitors."""
        return monitor_api(self.client, self.settings.api)

    def warehouse(self) -> Warehouse:
        """The warehouse of the stack, or the first running one.

        Raises:
            NoWarehouseError: none was named and none is running.
        """
        return find_warehouse(self.client, self.settings.warehouse_id or "")


def find_target(stack: str, domains: Sequence[str]) -> Target:
    """The workspace of ``stack``; ends the command with a message when it cannot be reached."""
    try:
        settings = read_stack_file(stack)
    except SettingsError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
    known = [one.name for one in settings.domains]
    for name in domains:
        if name not in known:
            raise typer.BadParameter(
                f"unknown domain '{name}'{near_or_all(name, known)}", param_hint="--domain"
            )
    try:
        probe(settings.host)
        client = connect(settings.host)
    except (WorkspaceUnreachableError, NoCredentialsError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    catalog = WorkspaceCatalog(client, lambda: find_warehouse(client, settings.warehouse_id or ""))
    chosen = tuple(one for one in settings.domains if not domains or one.name in domains)
    return Target(client, catalog, settings, chosen)
