"""Hand-made monitored tables, and refreshes of them, for the tests of the engine."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import duckdb

from local_workspace.engine.definition import MonitorDefinition, validate
from local_workspace.engine.dialect import RUNTIME_SETTINGS
from local_workspace.engine.progress import create_state
from local_workspace.engine.reading import table_columns
from local_workspace.engine.refresh import RefreshReport, refresh
from local_workspace.engine.switches import Switches

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from monitoring.domain import Domain

TABLE = "main.gold.runs"
BASELINE_TABLE = "main.gold.baseline"
PROFILE = '"main.out"."runs_profile_metrics"'
DRIFT = '"main.out"."runs_drift_metrics"'
NOW = datetime(2026, 3, 20, 12)  # noqa: DTZ001 - UTC without a zone, as DuckDB holds it


def metric(
    kind: str, name: str, definition: str, *columns: str, type_name: str = "double"
) -> dict[str, object]:
    """An entry of `custom_metrics`; without columns it is a metric of the whole table."""
    return {
        "name": name,
        "type": f"CUSTOM_METRIC_TYPE_{kind.upper()}",
        "definition": definition,
        "input_columns": list(columns) or [":table"],
        "output_data_type": json.dumps(
            {"name": "output", "type": type_name, "nullable": True, "metadata": {}}
        ),
    }


@dataclass
class Monitored:
    """A data file in memory with one monitored table and its monitor."""

    connection: duckdb.DuckDBPyConnection
    analysis: dict[str, object]
    slices: list[str]
    metrics: list[dict[str, object]]
    has_baseline: bool

    @property
    def body(self) -> dict[str, object]:
        """The body of the create call."""
        return {
            "output_schema_name": "main.out",
            "assets_dir": "/Shared/monitors",
            "slicing_exprs": self.slices,
            "custom_metrics": self.metrics,
            **self.analysis,
            **({"baseline_table_name": BASELINE_TABLE} if self.has_baseline else {}),
        }

    def columns(self) -> dict[str, str]:
        """Columns of the monitored table with their Databricks types."""
        return table_columns(self.connection, TABLE)

    def refresh(
        self, version: int = 0, switches: Switches | None = None, now: datetime = NOW
    ) -> RefreshReport:
        """Validate the definition and refresh."""
        baseline = table_columns(self.connection, BASELINE_TABLE) if self.has_baseline else None
        assert validate(self.body, self.columns(), baseline) == []
        return self.refresh_unchecked(version, switches, now)

    def refresh_unchecked(
        self,
        version: int = 0,
        switches: Switches | None = None,
        now: datetime = NOW,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> RefreshReport:
        """Refresh whatever the definition says; `cancelled` is asked between steps."""
        return refresh(
            self.connection,
            MonitorDefinition.from_legacy(TABLE, self.body),
            now=now,
            created_at=NOW,
            monitor_version=version,
            commit_version=7,
            switches=switches or Switches(),
            cancelled=cancelled,
        )

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """The rows of a DuckDB query."""
        return self.connection.execute(query).fetchall()

    def row(self, column: str, what: str, where: str = "slice_key IS NULL") -> tuple[Any, ...]:
        """The only profile row of a column."""
        found = self.rows(f"SELECT {what} FROM {PROFILE} WHERE column_name = '{column}' AND {where}")
        assert len(found) == 1, found
        return found[0]


@dataclass
class BeforeStep:
    """Is asked between the steps of a refresh whether to stop: it says no, and does something before one of them.

    Attributes:
        step: which, counted from 1.
        work: what is done.
        steps: how often it was asked.
    """

    step: int
    work: Callable[[], object]
    steps: int = 0

    def __call__(self) -> bool:
        """Not to stop."""
        self.steps += 1
        if self.steps == self.step:
            self.work()
        return False

    @property
    def was_done(self) -> bool:
        """Whether there was such a step."""
        return self.steps >= self.step


def monitored(
    select: str,
    *,
    granularities: Sequence[str] = ("1 day",),
    analysis: dict[str, object] | None = None,
    slices: Sequence[str] = (),
    metrics: Sequence[dict[str, object]] = (),
    baseline: str | None = None,
) -> Monitored:
    """A monitor of a table made of a DuckDB query.

    Args:
        select: the query.
        granularities: of a time series by the column `at`.
        analysis: another kind of analysis, as a part of the body.
        slices: slicing expressions.
        metrics: custom metrics.
        baseline: the query of a baseline table.
    """
    connection = duckdb.connect()
    for setting in RUNTIME_SETTINGS:
        connection.execute(setting)
    create_state(connection)
    connection.execute('CREATE SCHEMA "main.gold"')
    connection.execute('CREATE SCHEMA "main.out"')
    connection.execute(f'CREATE TABLE "main.gold"."runs" AS {select}')
    if baseline is not None:
        connection.execute(f'CREATE TABLE "main.gold"."baseline" AS {baseline}')
    series = {"time_series": {"timestamp_col": "at", "granularities": list(granularities)}}
    return Monitored(connection, analysis or dict(series), list(slices), list(metrics), baseline is not None)


def inference_log(
    problem: str, granularities: Sequence[str] = ("1 day",), **columns: str | None
) -> dict[str, object]:
    """The part of the body that says what the columns of a log of inferences mean; None for a column that it lacks."""
    named = {"prediction_col": "prediction", "model_id_col": "model", "label_col": "label", **columns}
    return {
        "inference_log": {
            "problem_type": f"PROBLEM_TYPE_{problem}",
            "timestamp_col": "at",
            "granularities": list(granularities),
            **{field: column for field, column in named.items() if column is not None},
        }
    }


def contents(monitor: Monitored, digits: int = 12) -> tuple[list[Any], list[Any]]:
    """Both tables; numbers to so many digits, as the last ones of a sum depend on the order of its parts."""
    profile, drift = (monitor.rows(f"FROM {table} ORDER BY ALL") for table in (PROFILE, DRIFT))
    return shortened(profile, digits), shortened(drift, digits)


def shortened(found: Any, digits: int) -> Any:  # noqa: ANN401 - whatever a cell holds
    """Numbers inside of anything to so many digits."""
    if isinstance(found, float):
        return float(f"{found:.{digits}g}")
    if isinstance(found, dict):
        return {name: shortened(value, digits) for name, value in found.items()}
    if isinstance(found, list | tuple):
        return type(found)(shortened(each, digits) for each in found)
    return found


def domain_body(domain: Domain) -> dict[str, object]:
    """The body of the create call for one of the real domains."""
    schedule = domain.schedule
    assert schedule is not None
    return {
        "output_schema_name": "main.out",
        "assets_dir": "/Shared/monitors",
        "time_series": {
            "timestamp_col": domain.timestamp_column,
            "granularities": list(domain.granularities),
        },
        "slicing_exprs": list(domain.slices),
        "custom_metrics": [
            metric(each.kind.value, each.name, each.definition)
            | {"output_data_type": each.output_data_type_json}
            for each in domain.ordered_metrics
        ],
        "schedule": {
            "quartz_cron_expression": schedule.quartz,
            "timezone_id": schedule.timezone,
        },
    }
