"""The monitor of the job domain over the invented runs, refreshed by the engine of the local workspace."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from benchmarks.job_runs import BEGIN, GOLD_TABLE
from local_workspace.engine.definition import MonitorDefinition
from local_workspace.engine.refresh import RefreshReport, refresh
from local_workspace.engine.switches import Switches
from local_workspace.names import TableName
from local_workspace.working_memory import count_values, refresh_within
from monitoring.domains.job import DOMAIN

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from local_workspace.data import Data
    from monitoring.metrics import Metric

TABLE: Final = f"main.gold.{GOLD_TABLE.name}"
RELATION: Final = f'"main.gold"."{GOLD_TABLE.name}"'
LOOK_BACK_DAYS: Final = Switches().look_back_days


def complete(output_schema: str) -> MonitorDefinition:
    """The whole monitor: 50 custom metrics, five slicing expressions, hours and days."""
    return _definition(output_schema, DOMAIN.granularities, DOMAIN.slices, DOMAIN.ordered_metrics)


def daily_profile(output_schema: str) -> MonitorDefinition:
    """Days only, without slices and custom metrics: what tools for profiles and drift compute."""
    return _definition(output_schema, ("1 day",), (), ())


WITHOUT_COLUMNS: Final = "custom"
"""The complete monitor's custom metrics, without rows and statistics of the single columns."""

KINDS: Final[Mapping[str, Callable[[str], MonitorDefinition]]] = {
    "complete": complete,
    WITHOUT_COLUMNS: complete,
    "daily": daily_profile,
}
"""Kind of refresh -> definition of the monitor for an output schema."""


def refresh_monitor(data: Data, definition: MonitorDefinition, now: datetime) -> RefreshReport:
    """Refresh at a moment, in the memory that a workspace would give it.

    The monitor counts as created 30 days after the first run, so that its first refresh, which reads 30 days back,
    reads all of them.
    """

    def compute() -> RefreshReport:
        with data.cursor() as cursor:
            return refresh(
                cursor,
                definition,
                now=now,
                created_at=BEGIN + timedelta(days=LOOK_BACK_DAYS),
                monitor_version=0,
                commit_version=0,
                switches=Switches(),
                cancelled=lambda: False,
            )

    return refresh_within(data, count_values(data, [TableName.parse(TABLE)]), compute)


def _definition(
    output_schema: str,
    granularities: tuple[str, ...],
    slices: tuple[str, ...],
    metrics: tuple[Metric, ...],
) -> MonitorDefinition:
    return MonitorDefinition.from_legacy(
        TABLE,
        {
            "output_schema_name": output_schema,
            "time_series": {
                "timestamp_col": DOMAIN.timestamp_column,
                "granularities": list(granularities),
            },
            "slicing_exprs": list(slices),
            "custom_metrics": [
                {
                    "name": metric.name,
                    "type": f"CUSTOM_METRIC_TYPE_{metric.kind.value.upper()}",
                    "definition": metric.definition,
                    "input_columns": [":table"],
                    "output_data_type": metric.output_data_type_json,
                }
                for metric in metrics
            ],
        },
    )
