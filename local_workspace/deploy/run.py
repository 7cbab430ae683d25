"""The main job: workspace, data, deployment, refreshes, comments and the values on screen."""

from __future__ import annotations

import fcntl
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from databricks.sdk import WorkspaceClient
from databricks.sdk.core import Config
from databricks.sdk.service.catalog import MonitorRefreshInfoState

import toolchain
from local_workspace.access import access
from local_workspace.background import start
from local_workspace.deploy.errors import DeploymentFailedError
from local_workspace.deploy.evidence import Evidence, evidence_of
from local_workspace.deploy.monitors import measured_metric, quoted, read_monitor, running_warehouse
from local_workspace.deploy.progress import FinishedRefresh, wait_for_refreshes
from local_workspace.deploy.report import incident_table, monitor_table, next_steps
from local_workspace.deploy.stack import Stack
from local_workspace.deploy.timing import Steps
from local_workspace.sample_data import Incident, incidents_before

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from rich.console import Console

    from local_workspace.background import RunningWorkspace
    from local_workspace.deploy.monitors import MonitorContent, Warehouse

STACK = "local"


@dataclass(frozen=True)
class Place:
    """Where a deployment keeps what it makes.

    Attributes:
        project: folder of Pulumi.yaml.
        workspace: state folder of the local workspace; Pulumi's state lies beside it.
    """

    project: Path
    workspace: Path

    @property
    def pulumi(self) -> Path:
        """State of the stack, and the home of Pulumi's plugins."""
        return self.workspace.parent / "pulumi"

    def stack(self, running: RunningWorkspace) -> Stack:
        """The stack that is deployed to a running workspace.

        Raises:
            toolchain.ToolchainError: no toolchain is installed.
        """
        return Stack(
            name=STACK,
            project=self.project,
            backend=self.pulumi / "backend",
            host=running.url,
            token=running.token,
            environment=toolchain.environment(self.pulumi / "home"),
        )


def deploy(place: Place, console: Console) -> None:
    """Bring everything up, from nothing or from where an earlier run stopped.

    Raises:
        DeploymentFailedError: another deployment runs, a Pulumi command or a refresh failed.
        BackgroundError: the workspace does not start.
        toolchain.ToolchainError: no toolchain is installed.
    """
    steps = Steps(console)
    toolchain.environment(place.pulumi / "home")
    with _alone(place):
        with steps.step("Start the local workspace", "python -m local_workspace start"):
            running, _ = start(place.workspace, None)
            console.print(f"   {running.url}, its state in {place.workspace}", highlight=False)
        with steps.step("Fill the gold tables with sample data", "python -m local_workspace seed"):
            incidents = seed_once(place.workspace, console)
        stack, client = place.stack(running), connect(running)
        with steps.step("Deploy the program", f"pulumi up --stack {STACK}"):
            stack.ensure()
            changes = stack.up()
        monitors: dict[str, dict[str, Any]] = stack.outputs()["monitors"]
        with steps.step(
            "Wait for the first refresh of each monitor", f"python -m monitoring wait --stack {STACK}"
        ):
            refreshes = wait_for_refreshes(client, [each["table"] for each in monitors.values()], console)
            _stop_on_failure(refreshes)
        if changes.keys() - {"same"}:
            with steps.step("Comment the tables that exist now", f"pulumi up --stack {STACK}"):
                stack.up()
        with steps.step("Read the values"):
            warehouse = running_warehouse(client)
            contents = [
                read_monitor(domain, each["table"], client, warehouse) for domain, each in monitors.items()
            ]
            found = _evidence(incidents, contents, warehouse)
    console.print()
    console.print(monitor_table(list(zip(contents, refreshes, strict=True))))
    console.print(incident_table(found))
    console.print(steps.table())
    next_steps(console)


def seed_once(workspace: Path, console: Console) -> Sequence[Incident]:
    """Seed the workspace unless that was done before; gives the incidents that lie in its data."""
    with access(workspace) as tables:
        made_from = tables.seeding()
        if made_from is None:
            rows = sum(table["rows"] for table in tables.seed(None, None))
            console.print(f"   {rows:,} rows", highlight=False)
            made_from = tables.seeding()
        else:
            console.print("   they are filled already")
    if made_from is None:
        raise DeploymentFailedError(f"the sample data in {workspace} was taken away while it was read")
    return incidents_before(made_from.end_time, made_from.days)


def connect(running: RunningWorkspace) -> WorkspaceClient:
    """A client of a running workspace; the user's own Databricks settings are left out."""
    return WorkspaceClient(
        config=Config(host=running.url, token=running.token, auth_type="pat", retry_timeout_seconds=30)
    )


@contextmanager
def _alone(place: Place) -> Iterator[None]:
    """Keeps a second deployment of the same place away; the lock ends with the process, however it ends."""
    place.pulumi.mkdir(parents=True, exist_ok=True)
    with (place.pulumi / "deploying").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DeploymentFailedError(
                f"another deployment with the state in {place.pulumi} is running; wait for its end"
            ) from None
        yield


def _stop_on_failure(refreshes: Sequence[FinishedRefresh]) -> None:
    failed = [refresh for refresh in refreshes if refresh.state is not MonitorRefreshInfoState.SUCCESS]
    if failed:
        lines = "\n".join(f"  {each.table}: {each.state.value} {each.message}" for each in failed)
        raise DeploymentFailedError(f"{len(failed)} of {len(refreshes)} refreshes did not succeed:\n{lines}")


def _evidence(
    incidents: Sequence[Incident], contents: Sequence[MonitorContent], warehouse: Warehouse
) -> list[tuple[Incident, Evidence | None]]:
    """What the drift tables say of each incident whose domain is deployed."""
    infos = {content.domain: content.info for content in contents}
    found: list[tuple[Incident, Evidence | None]] = []
    for incident in incidents:
        info = infos.get(incident.domain)
        if info is not None:
            evidence = evidence_of(
                incident,
                measured_metric(info, incident.drift_metric),
                quoted(info.profile_metrics_table_name or ""),
                quoted(info.drift_metrics_table_name or ""),
                warehouse.query,
            )
            found.append((incident, evidence))
    return found
