"""What a deployed monitor has put into its output tables, read back over the API."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from databricks.sdk.service.catalog import MonitorInfo, MonitorMetricType
from databricks.sdk.service.sql import StatementState

from local_workspace.deploy.errors import StatementFailedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from databricks.sdk import WorkspaceClient

CURRENT_FRAME = re.compile(r"\{\{\s*current_df\s*\}\}`?\.`?(\w+)")


@dataclass(frozen=True)
class MonitorContent:
    """Sizes of one monitor and its output tables.

    Attributes:
        domain: name of the domain in the program.
        info: the monitor as the workspace describes it.
        gold_rows: rows of the monitored table.
        profile_rows: rows of the profile table.
        drift_rows: rows of the drift table.
        windows: different windows with data, all granularities together.
        comments: columns with a comment, both tables.
        columns: columns of both tables.
    """

    domain: str
    info: MonitorInfo
    gold_rows: int
    profile_rows: int
    drift_rows: int
    windows: int
    comments: int
    columns: int

    @property
    def metrics(self) -> int:
        """Number of custom metrics."""
        return len(self.info.custom_metrics or [])


@dataclass(frozen=True)
class Warehouse:
    """Runs statements through the SDK."""

    client: WorkspaceClient
    warehouse_id: str

    def query(self, statement: str) -> list[Mapping[str, str | None]]:
        """Rows of a statement by column name, every cell as text."""
        answer = self.client.statement_execution.execute_statement(
            statement=statement, warehouse_id=self.warehouse_id, wait_timeout="50s"
        )
        state, identifier = answer.status.state if answer.status else None, answer.statement_id or ""
        while state in {StatementState.PENDING, StatementState.RUNNING}:
            time.sleep(0.2)
            polled = self.client.statement_execution.get_statement(identifier)
            state, answer.status = (polled.status.state if polled.status else None), polled.status
            answer.manifest, answer.result = polled.manifest, polled.result
        if state is not StatementState.SUCCEEDED:
            error = answer.status.error if answer.status else None
            raise StatementFailedError(f"{error.message if error else state}\n{statement}")
        columns = answer.manifest.schema.columns if answer.manifest and answer.manifest.schema else []
        names = [column.name or "" for column in columns or []]
        rows = list(answer.result.data_array or []) if answer.result else []
        following = answer.result.next_chunk_index if answer.result else None
        while following is not None:
            chunk = self.client.statement_execution.get_statement_result_chunk_n(identifier, following)
            rows += chunk.data_array or []
            following = chunk.next_chunk_index
        return [dict(zip(names, row, strict=True)) for row in rows]


def running_warehouse(client: WorkspaceClient) -> Warehouse:
    """The first warehouse of the workspace."""
    warehouse = next(iter(client.warehouses.list()))
    return Warehouse(client, warehouse.id or "")


def read_monitor(domain: str, table: str, client: WorkspaceClient, warehouse: Warehouse) -> MonitorContent:
    """Read a monitor and measure its output tables."""
    info = client.quality_monitors.get(table)
    profile, drift = info.profile_metrics_table_name or "", info.drift_metrics_table_name or ""
    counts = warehouse.query(
        f"SELECT COUNT(*) AS profile_rows, COUNT(DISTINCT granularity, window.start) AS windows FROM {quoted(profile)}"
    )[0]
    columns = [column for name in (profile, drift) for column in client.tables.get(name).columns or []]
    return MonitorContent(
        domain=domain,
        info=info,
        gold_rows=_count(table, warehouse),
        profile_rows=int(counts["profile_rows"] or 0),
        drift_rows=_count(drift, warehouse),
        windows=int(counts["windows"] or 0),
        comments=sum(bool(column.comment) for column in columns),
        columns=len(columns),
    )


def _count(table: str, warehouse: Warehouse) -> int:
    return int(warehouse.query(f"SELECT COUNT(*) AS rows_there FROM {quoted(table)}")[0]["rows_there"] or 0)


def measured_metric(info: MonitorInfo, drift_metric: str) -> str:
    """Name of the profile metric whose change a drift metric tells."""
    for metric in info.custom_metrics or []:
        if metric.name == drift_metric and metric.type is MonitorMetricType.CUSTOM_METRIC_TYPE_DRIFT:
            found = CURRENT_FRAME.search(metric.definition)
            if found:
                return found[1]
    raise LookupError(f"the monitor of {info.table_name} has no drift metric '{drift_metric}'")


def quoted(table: str) -> str:
    """A full table name with each part in back-ticks."""
    return ".".join(f"`{part}`" for part in table.split("."))
