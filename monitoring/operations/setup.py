"""Creates or updates the monitors of a stack; each by itself, so that one failure stops no other."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from databricks.sdk.errors import AlreadyExists, NotFound, ResourceAlreadyExists
from databricks.sdk.errors.base import DatabricksError
from databricks.sdk.service.catalog import MonitorInfo, MonitorRefreshInfoState

from monitoring.disposal import Disposal
from monitoring.operations.adopt import schema_exists
from monitoring.operations.definition import differences, monitor_definition
from monitoring.operations.failures import explain
from monitoring.operations.needs import MonitorNotPossibleError, Needs
from monitoring.operations.readiness import Readiness, Stage
from monitoring.operations.removal import Outcome, Remover
from monitoring.operations.statements import find_warehouse

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from databricks.sdk import WorkspaceClient

    from monitoring.domain import Domain
    from monitoring.settings import Settings

AT_ONCE = 8
CREATED, UPDATED, UNCHANGED, RECREATED, FAILED = "created", "updated", "unchanged", "recreated", "failed"
UNFINISHED = (MonitorRefreshInfoState.PENDING, MonitorRefreshInfoState.RUNNING)


@dataclass(frozen=True)
class MonitorResult:
    """What became of the monitor of one domain."""

    domain: str
    table: str
    status: str
    """``created``, ``updated``, ``unchanged``, ``recreated`` or ``failed``."""
    message: str = ""

    @property
    def is_good(self) -> bool:
        """Whether the monitor is as it is defined."""
        return self.status != FAILED


@dataclass(frozen=True)
class MonitorSetup:
    """Brings the monitors of a stack to their definitions.

    Attributes:
        client: the workspace.
        settings: the stack.
        recreate: remove monitor and output tables first. The history in the tables is lost.
        report: called with each result as soon as it is there, from any thread.
    """

    client: WorkspaceClient
    settings: Settings
    recreate: bool = False
    report: Callable[[MonitorResult], None] = lambda _result: None

    def set_up_all(self) -> list[MonitorResult]:
        """Set every monitor up; one that fails does not stop the others."""
        # Definitions are checked here, one after the other: Python's parser is not safe in several threads.
        needs = [Needs.of(domain) for domain in self.settings.domains]
        with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
            return list(pool.map(self._set_up_and_report, self.settings.domains, needs))

    def _set_up_and_report(self, domain: Domain, needs: Needs) -> MonitorResult:
        result = self._set_up(domain, needs)
        self.report(result)
        return result

    def set_up(self, domain: Domain) -> MonitorResult:
        """Set the monitor of one domain up; a failure is a result."""
        return self._set_up(domain, Needs.of(domain))

    def _set_up(self, domain: Domain, needs: Needs) -> MonitorResult:
        table = self.settings.gold_table_name(domain)
        try:
            needs.look_for(self.client, table)
            definition = monitor_definition(self.settings, domain)
            if self.recreate and (left := self._left_after_removal(domain)):
                return MonitorResult(domain.name, table, FAILED, left)
            status = create_time_series_monitor(self.client, table, definition)
        except MonitorNotPossibleError as error:
            return MonitorResult(domain.name, table, FAILED, str(error))
        except DatabricksError as error:
            return MonitorResult(domain.name, table, FAILED, self._explained(error, table))
        return MonitorResult(domain.name, table, RECREATED if self.recreate else status)

    def _left_after_removal(self, domain: Domain) -> str:
        """Remove monitor, output tables and dashboard; gives what could not be removed and why, else nothing."""
        table = self.settings.gold_table_name(domain)
        outputs = (self.settings.profile_table_name(domain), self.settings.drift_table_name(domain))
        remover = Remover(self.client, lambda: find_warehouse(self.client), Disposal.DROP)
        steps = remover.delete_monitor_if_exists(table, outputs)
        return "; ".join(
            f"{step.kind} {step.name}: {step.message}" for step in steps if step.outcome is Outcome.FAILED
        )

    def _explained(self, error: DatabricksError, table: str) -> str:
        if isinstance(error, NotFound):
            return f"{table}: something that the monitor needs is not there ({error})"
        if isinstance(error, (AlreadyExists, ResourceAlreadyExists)):
            when = "although it was removed before" if self.recreate else "since a moment ago"
            return f"{table} has a monitor {when}; somebody else creates monitors there too ({error})"
        return explain(error, table)


def ensure_schema(client: WorkspaceClient, full_name: str, comment: str) -> bool:
    """Create the schema ``catalog.schema`` unless it is there; says whether it was created.

    Raises:
        DatabricksError: it cannot be seen or created.
    """
    if schema_exists(client, full_name):
        return False
    catalog, _, name = full_name.partition(".")
    try:
        client.schemas.create(name=name, catalog_name=catalog, comment=comment)
    except DatabricksError:
        # Somebody else may have been faster.
        if not schema_exists(client, full_name):
            raise
        return False
    return True


def create_time_series_monitor(client: WorkspaceClient, table: str, definition: dict[str, Any]) -> str:
    """Create the monitor of a table, or update the one it has; gives the status.

    An update sends the full definition, because what is left out is removed, and starts a refresh, because
    the service starts none. A monitor that is as defined gets a refresh when its newest one did not succeed.

    Args:
        client: the workspace.
        table: full name of the monitored table.
        definition: as `monitor_definition` gives it.

    Raises:
        DatabricksError: the service refused.
    """
    wanted = MonitorInfo.from_dict({**definition, "table_name": table})
    arguments = {
        "table_name": table,
        "output_schema_name": definition["output_schema_name"],
        "time_series": wanted.time_series,
        "slicing_exprs": wanted.slicing_exprs,
        "custom_metrics": wanted.custom_metrics,
        "schedule": wanted.schedule,
        "notifications": wanted.notifications,
        "data_classification_config": wanted.data_classification_config,
    }
    try:
        live = client.quality_monitors.get(table)
    except NotFound:
        # Every argument by name: the positions of two of them changed between versions of the client.
        client.quality_monitors.create(
            assets_dir=definition["assets_dir"], skip_builtin_dashboard=True, **arguments
        )
        return CREATED
    if differences(definition, live):
        client.quality_monitors.update(dashboard_id=live.dashboard_id, **arguments)
        client.quality_monitors.run_refresh(table)
        return UPDATED
    refreshes = client.quality_monitors.list_refreshes(table).refreshes or []
    if refreshes and refreshes[0].state not in (*UNFINISHED, MonitorRefreshInfoState.SUCCESS):
        client.quality_monitors.run_refresh(table)
    return UNCHANGED


def with_readiness(
    results: Sequence[MonitorResult], states: Sequence[Readiness], seconds: float
) -> list[MonitorResult]:
    """The results after a wait: what failed in it, or was not over at its end, is a failure."""
    by_table = {state.table: state for state in states}
    return [_after_wait(result, by_table.get(result.table), seconds) for result in results]


def _after_wait(result: MonitorResult, state: Readiness | None, seconds: float) -> MonitorResult:
    if state is None or not (state.waits or state.stage is Stage.FAILED):
        return result
    late = f"not over after {seconds / 60:g} minutes: " if state.waits else ""
    return replace(result, status=FAILED, message=f"{result.status}, but {late}{state.stage}: {state.detail}")
