"""The steps that jobs are made of: each calls one operation and notes one status per domain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitoring.operations.comments import WorkspaceCatalog
from monitoring.operations.document import FAILED, NOT_READY, document_all
from monitoring.operations.monitor_apis import MonitorApi, monitor_api
from monitoring.operations.readiness import inspect, wait
from monitoring.operations.refresh import NOT_OVER, Refresher
from monitoring.operations.setup import MonitorSetup, ensure_schema, with_readiness
from monitoring.operations.statements import find_warehouse
from monitoring.operations.watched import Watched

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from databricks.sdk import WorkspaceClient

    from monitoring.jobs.status import JobStatus
    from monitoring.operations.document import TableResult
    from monitoring.operations.readiness import Readiness
    from monitoring.settings import Settings


@dataclass(frozen=True)
class Steps:
    """The steps of one run of a job.

    Attributes:
        client: the workspace.
        settings: what the parameters of the run stand for.
        status: gets the status of each domain.
    """

    client: WorkspaceClient
    settings: Settings
    status: JobStatus

    @property
    def _monitors(self) -> MonitorApi:
        return monitor_api(self.client, self.settings.api)

    @property
    def _catalog(self) -> WorkspaceCatalog:
        return WorkspaceCatalog(
            self.client, lambda: find_warehouse(self.client, self.settings.warehouse_id or "")
        )

    def set_up(self, *, recreate: bool, wait_seconds: float) -> None:
        """Create or update the monitors, then wait until their tables are there.

        Args:
            recreate: remove monitors and output tables first.
            wait_seconds: upper bound of the wait; 0 does not wait.

        Raises:
            DatabricksError: the output schema cannot be seen or created.
        """
        schema = self.settings.output_schema_name
        comment = f"Profile and drift tables of the monitors of {self.settings.catalog}.{self.settings.gold_schema}."
        made = ensure_schema(self.client, schema, comment)
        self.status.step(f"output schema {schema}: {'created' if made else 'is there'}")
        self.status.step(f"setting up {len(self.settings.domains)} monitors")
        results = MonitorSetup(self.client, self.settings, recreate=recreate).set_up_all()
        if wait_seconds:
            good = {result.table for result in results if result.is_good}
            watched = [one for one in Watched.from_settings(self.settings) if one.table in good]
            self.status.step(f"waiting for {len(watched)} monitors, at most {wait_seconds / 60:g} minutes")
            monitors, catalog = self._monitors, self._catalog
            states = wait(
                lambda one: inspect(monitors, catalog, one),
                watched,
                wait_seconds,
                report=self._say_changes(),
            )
            results = with_readiness(results, states, wait_seconds)
        for result in results:
            self.status.domain(result.domain, result.status, result.message, failed=not result.is_good)

    def document(self, *, verbose: bool) -> None:
        """Write the comments of the output tables.

        Args:
            verbose: also say what became of each table.
        """
        watched = Watched.from_settings(self.settings)
        self.status.step(f"documenting {2 * len(watched)} tables")
        results = document_all(self._catalog, watched)
        for one in watched:
            own = [result for result in results if result.domain == one.domain]
            if verbose:
                for result in own:
                    self.status.step(f"  {result.table}: {result.status}, {result.written} comments written")
            self._note_documented(one.domain, own)

    def _note_documented(self, domain: str, results: Sequence[TableResult]) -> None:
        bad = [result for result in results if not result.is_good]
        if not bad:
            self.status.domain(domain, "documented", failed=False)
            return
        worst = FAILED if any(result.status == FAILED for result in bad) else NOT_READY
        self.status.domain(domain, worst, "; ".join(result.message for result in bad), failed=True)

    def refresh(self, *, wait_seconds: float) -> None:
        """Start the refreshes, all at once, and follow them to their end.

        Args:
            wait_seconds: upper bound of the wait; 0 does not wait.
        """
        watched = Watched.from_settings(self.settings)
        self.status.step(f"refreshing {len(watched)} monitors, at most {wait_seconds / 60:g} minutes")
        for result in Refresher(self._monitors, wait_seconds).refresh_all(watched):
            if result.is_good:
                self.status.domain(result.domain, "refreshed", f"in {result.seconds:.0f} s", failed=False)
            elif result.state == NOT_OVER and not wait_seconds:
                self.status.domain(result.domain, "started", failed=False)
            else:
                reason = f"{result.state}: {result.message}"
                self.status.domain(result.domain, "failed", reason, failed=True)

    def _say_changes(self) -> Callable[[Sequence[Readiness]], None]:
        """Says what monitors wait for, each time that changes."""
        said: dict[str, Readiness] = {}

        def say(states: Sequence[Readiness]) -> None:
            for state in states:
                if said.get(state.table) != state:
                    said[state.table] = state
                    detail = f", {state.detail}" if state.waits else ""
                    self.status.step(f"  {state.domain}: {state.stage}{detail}")

        return say
