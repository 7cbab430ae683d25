"""A file loaded into a workspace of its own and monitored as the program would, and what the monitor then wrote."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import pytest
from databricks.sdk.service.catalog import (
    MonitorCronSchedule,
    MonitorDataClassificationConfig,
    MonitorMetric,
    MonitorMetricType,
    MonitorRefreshInfo,
    MonitorRefreshInfoState,
    MonitorTimeSeries,
)

from local_workspace.access import access
from local_workspace.names import TableName
from local_workspace.workspace import TOKEN_VARIABLE
from monitoring.gold import GOLD_TABLES, create_table_sql
from tests.local_workspace.real_data.files import Case, Period
from tests.local_workspace.real_data.groups import LOOK_BACK, Key, grouped
from tests.local_workspace.real_data.output_tables import OutputTable, output_table
from tests.local_workspace.real_data.source_file import SourceFile
from tests.local_workspace.target import TOKEN, Server, Target, until

if TYPE_CHECKING:
    from pathlib import Path

    from monitoring.domain import Domain
    from tests.local_workspace.real_data.expressions import Row

NOW: Final = datetime(2026, 9, 1, 12, 3, 17, 500_000, tzinfo=UTC)
"""The clock where dates are moved to now. No file has rows within the seconds before or after, so that it does not
matter how long it takes to create a monitor."""
_LONGEST_REFRESH: Final = 300.0
_DRIFT_COLUMNS: Final = ("window.end", "window_cmp.start", "window_cmp.end", "drift_type", "count_delta")
_OVER: Final = {
    MonitorRefreshInfoState.SUCCESS,
    MonitorRefreshInfoState.FAILED,
    MonitorRefreshInfoState.CANCELED,
}


@dataclass(frozen=True)
class Monitored:
    """What was loaded and what the monitor wrote.

    Attributes:
        case: the file.
        columns: the columns that the domain's metrics, slices and windows read.
        rows: their values in the file, dates moved as they should be.
        weeks: by how many weeks the product moved the dates.
        groups: what must be there: the rows of every window of the whole table and of each slice.
        refresh: state of the first refresh.
        profile: the profile table.
        drift: the drift table.
        report: what the workspace says of the refresh.
        data_file: the database of the workspace, which is stopped.
    """

    case: Case
    columns: list[str]
    rows: list[Row]
    weeks: int
    groups: dict[Key, list[int]]
    profile: OutputTable
    drift: OutputTable
    report: dict[str, Any]
    data_file: Path

    @property
    def domain(self) -> Domain:
        """The domain of the file."""
        return self.case.domain


def monitored(case: Case, folder: Path) -> Monitored:
    """Load, monitor, wait for the first refresh and read both output tables, all through the API."""
    domain = case.domain
    source = SourceFile(case.file, domain)
    table = f"main.gold.{domain.gold_table}"
    server = Server(folder)
    target = server.start()
    try:
        for schema in ("gold", "gold_monitoring"):
            target.sdk.schemas.create(schema, "main")
        target.rows(create_table_sql(GOLD_TABLES[domain.gold_table], "main", "gold"))
        moved = case.period is Period.LAST_DAYS
        now = NOW if moved else source.first() + LOOK_BACK - timedelta(days=1)
        _set_clock(target, now)
        weeks = _load(folder, table, case.file, shift_to_now=moved)
        _set_clock(target, now)
        create_monitor(target, domain, table)
        refresh = _first_refresh(target, table)
        assert refresh.state is MonitorRefreshInfoState.SUCCESS, refresh.message
        rows = source.rows(source.weeks_to(NOW) if moved else 0)
        columns = source.used_columns()
        output = f"main.gold_monitoring.{domain.gold_table}"
        profile = ["window.end", "count", *(metric.name for metric in domain.profile_metrics)]
        drift = [*_DRIFT_COLUMNS, *(metric.name for metric in domain.drift_metrics)]
        return Monitored(
            case=case,
            columns=columns,
            rows=rows,
            weeks=weeks,
            groups=grouped(domain, columns, rows, (now - LOOK_BACK).replace(tzinfo=None)),
            profile=output_table(target, f"{output}_profile_metrics", profile),
            drift=output_table(target, f"{output}_drift_metrics", drift),
            report=target.get("/__local/refreshes").json()["refreshes"][0],
            data_file=folder / "data.duckdb",
        )
    finally:
        target.raw.close()
        server.stop()


def create_monitor(target: Target, domain: Domain, table: str) -> None:
    """Create a domain's monitor through the official client, field by field as the program declares it."""
    assert domain.schedule is not None
    target.sdk.quality_monitors.create(
        table_name=table,
        output_schema_name="main.gold_monitoring",
        assets_dir="/Shared/lakehouse_monitors",
        time_series=MonitorTimeSeries(domain.timestamp_column, list(domain.granularities)),
        slicing_exprs=list(domain.slices),
        custom_metrics=[
            MonitorMetric(
                metric.name,
                metric.definition,
                list(metric.input_columns),
                metric.output_data_type_json,
                MonitorMetricType(f"CUSTOM_METRIC_TYPE_{metric.kind.name}"),
            )
            for metric in domain.ordered_metrics
        ],
        schedule=MonitorCronSchedule(domain.schedule.quartz, domain.schedule.timezone),
        data_classification_config=MonitorDataClassificationConfig(enabled=False),
        skip_builtin_dashboard=True,
    )


def _first_refresh(target: Target, table: str) -> MonitorRefreshInfo:
    def first() -> MonitorRefreshInfo:
        refreshes = target.sdk.quality_monitors.list_refreshes(table).refreshes or []
        return refreshes[-1]

    return until(first, lambda refresh: refresh.state in _OVER, _LONGEST_REFRESH)


def _load(folder: Path, table: str, file: Path, *, shift_to_now: bool) -> int:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(TOKEN_VARIABLE, TOKEN)
        with access(folder) as workspace:
            loaded = workspace.load(TableName.parse(table), file, shift_to_now=shift_to_now)
    return int(loaded["weeks"])


def _set_clock(target: Target, now: datetime) -> None:
    answer = target.post("/__local/clock", {"now": now.isoformat()})
    assert answer.status_code == 200, answer.text
