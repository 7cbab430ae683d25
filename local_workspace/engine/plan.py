"""What a refresh has to read: everything, or only windows that received rows since the last one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from local_workspace.engine.kept_rows import has_distributions
from local_workspace.engine.output_tables import OutputTable, output_table
from local_workspace.engine.progress import (
    Mark,
    Progress,
    fingerprint,
    mark_of,
    only_appended,
    read_progress,
)
from local_workspace.engine.reading import table_columns
from local_workspace.engine.source import Extent

if TYPE_CHECKING:
    from collections.abc import Mapping

    import duckdb

    from local_workspace.engine.definition import MonitorDefinition
    from local_workspace.engine.reading import Kept
    from local_workspace.engine.source import Clock
    from local_workspace.engine.switches import Switches


@dataclass(frozen=True)
class Plan:
    """What a refresh reads, and what the next one has to know of it.

    Attributes:
        extent: the rows of the monitored table.
        reads_baseline: whether there is a baseline table that must be read.
        fingerprint: of everything that shapes the output beside rows.
        baseline: how far the baseline table is read.
        columns: column -> Databricks type of the monitored table.
        baseline_columns: the same of the baseline table, empty without one.
        profile: the profile table before the refresh.
        drift: the drift table before the refresh.
        is_noted: whether something is noted of a refresh before this one.
        has_distributions: whether those of the last refresh were kept.
    """

    extent: Extent
    reads_baseline: bool
    fingerprint: str
    baseline: Mark | None
    columns: Mapping[str, str]
    baseline_columns: Mapping[str, str]
    profile: OutputTable
    drift: OutputTable
    is_noted: bool
    has_distributions: bool

    @property
    def values(self) -> int | None:
        """How many values the monitored table holds; None when it cannot be told, as of a view."""
        return None if self.extent.read is None else self.extent.read.rows * len(self.columns)

    @property
    def stored_values(self) -> int:
        """How many values both output tables hold."""
        return self.profile.values + self.drift.values

    def progress(self, kept: Kept) -> Progress:
        """What is noted when the refresh has succeeded, with the slices that were kept."""
        return Progress(self.fingerprint, self.extent.read, self.baseline, kept)


def plan_refresh(
    connection: duckdb.DuckDBPyConnection,
    definition: MonitorDefinition,
    clock: Clock,
    switches: Switches,
    monitor_version: int,
) -> Plan:
    """Compare what is there with what the last refresh noted.

    Everything is computed again when the definition, a switch or a column changed, when rows were changed or removed,
    when the baseline did, when an output table is gone, and for views, whose rows cannot be told apart.

    Raises:
        RefreshFailed: the monitored table or the baseline table is not there.
    """
    columns = table_columns(connection, definition.table)
    baseline_columns = (
        table_columns(connection, definition.baseline_table) if definition.baseline_table else {}
    )
    shape = fingerprint(
        definition,
        clock.created_at,
        monitor_version,
        switches,
        list(columns.items()),
        list(baseline_columns.items()),
    )
    before = noted = read_progress(connection, definition.profile_table)
    profile, drift = (
        output_table(connection, table, monitor_version)
        for table in (definition.profile_table, definition.drift_table)
    )
    held = noted is not None and has_distributions(connection, definition)
    if before is not None and not (
        before.fingerprint == shape and profile.columns and drift.columns and held
    ):
        before = None
    baseline = None
    if definition.baseline_table is not None:
        baseline = mark_of(connection, definition.baseline_table, baseline_columns)
    reads_baseline = definition.baseline_table is not None and (
        before is None or baseline is None or before.baseline != baseline
    )
    read = None if definition.is_snapshot else mark_of(connection, definition.table, columns)
    extent = Extent(read)
    if (
        before is not None
        and not reads_baseline
        and only_appended(connection, definition.table, before.read, read)
    ):
        extent = Extent(read, before.read, before.slices)
    return Plan(
        extent,
        reads_baseline,
        shape,
        baseline,
        columns,
        baseline_columns,
        profile,
        drift,
        is_noted=noted is not None,
        has_distributions=held,
    )
