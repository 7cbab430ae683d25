"""How many rows the next refresh of a monitor will write: its groups are counted, nothing of them is computed."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Final

from local_workspace.engine.baseline import baseline_query, common_columns
from local_workspace.engine.coercion import text_literal
from local_workspace.engine.custom_metric import TABLE_ROW
from local_workspace.engine.failures import failing
from local_workspace.engine.kept_rows import previous_snapshot
from local_workspace.engine.output_tables import matches
from local_workspace.engine.plan import plan_refresh
from local_workspace.engine.reading import Reading, kept_values, table_columns
from local_workspace.engine.source import BASELINE, INPUT, Clock
from local_workspace.engine.temporary import BASELINE_GROUPS, GROUPS, SOURCE, TOUCHED
from local_workspace.names import TableName

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    import duckdb

    from local_workspace.engine.definition import MonitorDefinition
    from local_workspace.engine.plan import Plan
    from local_workspace.engine.reading import SliceValues
    from local_workspace.engine.switches import Switches

_SAME: Final = ("slice", "value", "model")
"""What tells the groups of one window apart."""
_Counts = dict[tuple[int, int | None], int]
"""Number of the granularity and of the slicing expression (None for the whole table) -> rows."""


@dataclass(frozen=True)
class Share:
    """What will be written of one granularity and slicing expression.

    Attributes:
        log_type: INPUT, or BASELINE for the baseline table.
        granularity: as the monitor has it; None for a snapshot and a baseline.
        slice_key: the slicing expression; None for the whole table.
        windows: windows that will be computed.
        groups: windows, times the values of the expression that occur in each, times models.
        profile_rows: rows of the profile table.
        drift_rows: rows of the drift table, those of later windows that are compared anew among them.
    """

    log_type: str
    granularity: str | None
    slice_key: str | None
    windows: int
    groups: int
    profile_rows: int
    drift_rows: int


@dataclass(frozen=True)
class Estimate:
    """What the next refresh will write.

    Attributes:
        computes_everything: whether all windows are computed, not only those that received rows.
        columns: columns that get rows of their own in each group, beside the one of the whole table.
        shares: by granularity and slicing expression, in the monitor's order.
    """

    computes_everything: bool
    columns: int
    shares: tuple[Share, ...]

    @property
    def profile_rows(self) -> int:
        """Rows of the profile table."""
        return sum(share.profile_rows for share in self.shares)

    @property
    def drift_rows(self) -> int:
        """Rows of the drift table."""
        return sum(share.drift_rows for share in self.shares)


def estimate_refresh(
    connection: duckdb.DuckDBPyConnection,
    definition: MonitorDefinition,
    *,
    now: datetime,
    created_at: datetime,
    monitor_version: int,
    switches: Switches,
) -> Estimate:
    """Count the rows that a refresh with the same arguments would write.

    Args:
        connection: of the data file, in no transaction; a cursor of its own gets temporary tables and is closed.
        definition: a validated definition.
        now: the workspace's clock, in UTC without a zone.
        created_at: when the monitor was created, in UTC without a zone.
        monitor_version: the monitor's.
        switches: what to do where nothing is published.

    Raises:
        RefreshFailed: the refresh would fail while it reads.
    """
    with connection.cursor() as cursor, failing(lambda: (), cursor):
        clock = Clock(now, created_at, previous_snapshot(cursor, definition, now))
        plan = plan_refresh(cursor, definition, clock, switches, monitor_version)
        return _Counting(cursor, definition, clock, switches, plan).estimate()


class _Counting:
    """Counts the groups of one refresh."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        definition: MonitorDefinition,
        clock: Clock,
        switches: Switches,
        plan: Plan,
    ) -> None:
        self.connection = connection
        self.definition = definition
        self.clock = clock
        self.switches = switches
        self.plan = plan
        self.columns = plan.columns
        self.reading = Reading(definition, self.columns, clock.now, switches)

    def estimate(self) -> Estimate:
        everything = self._group_input()
        shares = self._input_shares()
        if self.definition.baseline_table is not None and self.plan.reads_baseline:
            shares += self._baseline_shares()
        return Estimate(everything, len(self.columns), tuple(shares))

    def _group_input(self) -> bool:
        """Fill `GROUPS` with the groups of all windows; `is_new` marks those that will be computed, if not all."""
        rows = f"SELECT * FROM {TableName.parse(self.definition.table).relation}"
        timestamp, since = self.definition.timestamp_column, self.plan.extent.since
        first = self.clock.first_moment(self.switches.look_back_days)
        windowed = rows if timestamp is None else self.reading.in_windows(rows, timestamp, first)
        slices = self.reading.slice_values(self.connection, windowed)
        is_new = "TRUE"
        if timestamp is not None and since is not None and self.plan.extent.slices == kept_values(slices):
            added = self.reading.in_windows(f"{rows} WHERE rowid > {since.last}", timestamp, first)
            self.reading.only_touched(self.connection, windowed, added)
            is_new = f"(frame, start) IN (SELECT (frame, start) FROM {TOUCHED})"
        self.reading.fill_keys(self.connection, windowed, slices)
        starts = [self.reading.window(number) for number in range(len(self.reading.granularities))]
        self._group(GROUPS, slices, starts or ["NULL"], is_new)
        return is_new == "TRUE"

    def _group(self, table: str, slices: Sequence[SliceValues], starts: list[str], is_new: str) -> None:
        """Fill a table with the groups of the rows in `SOURCE`; `starts` are the windows of the granularities."""
        models = ["NULL"]
        if self.definition.inference is not None:
            models = ["'*'", self.reading.added("model")]
        parts = []
        for (frame, start), model in product(enumerate(starts), models):
            inside = ["TRUE"] if start == "NULL" else [f"{start} IS NOT NULL"]
            inside += [f"{models[-1]} IS NOT NULL"] if model != "NULL" else []
            for number in (None, *range(len(self.definition.slicing_exprs))):
                value = "NULL" if number is None else self.reading.slice_value(number)
                chosen = "TRUE" if number is None else self.reading.slice_rows(number, slices[number])
                parts.append(
                    f"SELECT DISTINCT {frame} AS frame, CAST({start} AS TIMESTAMP) AS start, "
                    f"CAST({'NULL' if number is None else number} AS INTEGER) AS slice, "
                    f"CAST({value} AS VARCHAR) AS value, CAST({model} AS VARCHAR) AS model "
                    f"FROM {SOURCE} WHERE {' AND '.join([*inside, chosen])}"
                )
        groups = " UNION ALL ".join(parts)
        self.connection.execute(
            f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT *, {is_new} AS is_new FROM ({groups})"
        )

    def _input_shares(self) -> list[Share]:
        in_group = len(self.columns) + 1
        windows = self._counts(f"greatest(count(DISTINCT start), 1) FROM {GROUPS} AS after WHERE is_new")
        groups = self._counts(f"count(*) FROM {GROUPS} AS after WHERE is_new")
        pairs, compared, compared_rows = (
            self._pairs(),
            self._pairs_with_baseline(),
            self._baseline_columns() + 1,
        )
        return [
            Share(
                INPUT,
                granularity,
                text,
                windows.get((frame, number), 0),
                groups.get((frame, number), 0),
                groups.get((frame, number), 0) * in_group,
                pairs.get((frame, number), 0) * in_group + compared.get((frame, number), 0) * compared_rows,
            )
            for frame, granularity in enumerate(self.definition.granularities or (None,))
            for number, text in ((None, None), *enumerate(self.definition.slicing_exprs))
        ]

    def _baseline_shares(self) -> list[Share]:
        groups = self._counts(f"count(*) FROM {BASELINE_GROUPS} AS after")
        return [
            Share(BASELINE, None, text, 0, found, found * (self._baseline_columns() + 1), 0)
            for number, text in ((None, None), *enumerate(self.definition.slicing_exprs))
            for found in [groups.get((0, number), 0)]
        ]

    def _pairs(self) -> _Counts:
        """Groups that are compared with the one of the window before; of the two one at least is new."""
        if self.definition.is_snapshot:
            return self._pairs_with_previous()
        found: _Counts = {}
        for frame, granularity in enumerate(self.reading.granularities):
            found |= self._counts(
                f"count(*) FROM {GROUPS} AS after JOIN {GROUPS} AS before ON {matches(_SAME, 'after', 'before')} "
                f"AND after.start = {granularity.end('before.start')} "
                f"WHERE after.frame = {frame} AND before.frame = {frame} AND (after.is_new OR before.is_new)"
            )
        return found

    def _pairs_with_previous(self) -> _Counts:
        """Groups of a snapshot that the refresh before has too."""
        if self.clock.previous is None:
            return {}
        texts = enumerate(self.definition.slicing_exprs)
        keys = " ".join(f"WHEN {number} THEN {text_literal(text)}" for number, text in texts)
        slice_key = f"CASE after.slice {keys} END" if keys else "NULL"
        return self._counts(
            f"count(*) FROM {GROUPS} AS after JOIN {TableName.parse(self.definition.profile_table).relation} AS old "
            f"ON old.slice_key IS NOT DISTINCT FROM {slice_key} AND old.slice_value IS NOT DISTINCT FROM after.value "
            f"WHERE old.log_type = '{INPUT}' AND old.column_name = '{TABLE_ROW}' AND old.granularity IS NULL "
            f'AND old."window"."end" = TIMESTAMP \'{self.clock.previous}\''
        )

    def _pairs_with_baseline(self) -> _Counts:
        """New groups that the baseline table has too; fills `BASELINE_GROUPS`."""
        table = self.definition.baseline_table
        if table is None:
            return {}
        baseline = table_columns(self.connection, table)
        rows = baseline_query(self.columns, baseline, TableName.parse(table).relation)
        slices = self.reading.slice_values(self.connection, rows)
        self.reading.fill_keys(self.connection, rows, slices, in_windows=False)
        self._group(BASELINE_GROUPS, slices, ["NULL"], "TRUE")
        same = matches(_SAME, "after", "before")
        return self._counts(
            f"count(*) FROM {GROUPS} AS after JOIN {BASELINE_GROUPS} AS before ON {same} WHERE after.is_new"
        )

    def _baseline_columns(self) -> int:
        """How many columns of the monitored table the baseline table has."""
        table = self.definition.baseline_table
        return len(common_columns(self.columns, table_columns(self.connection, table))) if table else 0

    def _counts(self, what: str) -> _Counts:
        """The rows of an aggregate query by granularity and slicing expression of `after`."""
        found = self.connection.execute(
            f"SELECT after.frame, after.slice, {what} GROUP BY after.frame, after.slice"
        ).fetchall()
        return {(frame, number): count for frame, number, count in found}
