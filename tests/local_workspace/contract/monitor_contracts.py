"""Monitors through the SDK: both APIs, their refreshes, and what the service refuses."""

from __future__ import annotations

import pytest
from databricks.sdk import errors
from databricks.sdk.service import catalog, dataquality

from tests.local_workspace.contract.lifecycle import contract
from tests.local_workspace.server.data_quality import schema_id, table_id
from tests.local_workspace.target import SMALLEST_MONITOR, USAGE, Target, make_usage_table, until

TABLES = "/api/2.1/unity-catalog/tables/{table}"
MONITOR = f"{TABLES}/monitor"
V1 = "/api/data-quality/v1/monitors"
V1_ONE = f"{V1}/{{object_type}}/{{object_id}}"
V1_REFRESH = f"{V1_ONE}/refreshes/{{refresh_id}}"
SERIES = catalog.MonitorTimeSeries("happened_at", ["1 day"])


def ended(target: Target, refresh_id: int) -> catalog.MonitorRefreshInfoState | None:
    """How a refresh ended."""
    waiting = {catalog.MonitorRefreshInfoState.PENDING, catalog.MonitorRefreshInfoState.RUNNING}
    return until(
        lambda: target.sdk.quality_monitors.get_refresh(USAGE, refresh_id).state,
        lambda state: state not in waiting,
    )


@contract(
    f"POST {MONITOR}",
    f"GET {MONITOR}",
    f"PUT {MONITOR}",
    f"DELETE {MONITOR}",
    "POST /api/2.1/quality-monitoring/tables/{table}/monitor/dashboard",
)
def legacy_monitor(target: Target) -> None:
    """A monitor is made, changed, given a dashboard and removed."""
    make_usage_table(target)
    monitors = target.sdk.quality_monitors
    assets, output = SMALLEST_MONITOR["assets_dir"], SMALLEST_MONITOR["output_schema_name"]
    made = monitors.create(USAGE, output, assets, time_series=SERIES, skip_builtin_dashboard=True)
    assert made.profile_metrics_table_name == "main.gold_monitoring.usage_profile_metrics"
    assert monitors.get(USAGE).status is catalog.MonitorInfoStatus.MONITOR_STATUS_ACTIVE
    changed = monitors.update(USAGE, output, time_series=SERIES, slicing_exprs=["team"])
    assert changed.slicing_exprs == ["team"]
    assert monitors.regenerate_dashboard(USAGE).dashboard_id
    monitors.delete(USAGE)
    with pytest.raises(errors.NotFound):
        monitors.get(USAGE)


@contract(
    f"POST {MONITOR}/refreshes",
    f"GET {MONITOR}/refreshes",
    f"GET {MONITOR}/refreshes/{{refresh_id}}",
    f"POST {MONITOR}/refreshes/{{refresh_id}}/cancel",
)
def legacy_refreshes(target: Target) -> None:
    """A refresh is started, followed, listed; one that waits is cancelled."""
    make_usage_table(target)
    monitors = target.sdk.quality_monitors
    monitors.create(
        USAGE,
        SMALLEST_MONITOR["output_schema_name"],
        SMALLEST_MONITOR["assets_dir"],
        time_series=SERIES,
    )
    started = monitors.run_refresh(USAGE)
    assert ended(target, started.refresh_id) is catalog.MonitorRefreshInfoState.SUCCESS
    listed = monitors.list_refreshes(USAGE).refreshes or []
    assert [refresh.trigger for refresh in listed] == [catalog.MonitorRefreshInfoTrigger.MANUAL] * 2
    assert listed[0].refresh_id == started.refresh_id
    last = monitors.run_refresh(USAGE)
    monitors.cancel_refresh(USAGE, last.refresh_id)
    assert ended(target, last.refresh_id) in {
        catalog.MonitorRefreshInfoState.CANCELED,
        catalog.MonitorRefreshInfoState.SUCCESS,
    }


def v1_monitor(target: Target) -> dataquality.Monitor:
    """The smallest monitor of the table of usage."""
    return dataquality.Monitor(
        "table",
        table_id(target),
        data_profiling_config=dataquality.DataProfilingConfig(
            schema_id(target),
            assets_dir="/Shared/monitors",
            time_series=dataquality.TimeSeriesConfig(
                "happened_at", [dataquality.AggregationGranularity.AGGREGATION_GRANULARITY_1_DAY]
            ),
        ),
    )


@contract(
    f"POST {V1}",
    f"GET {V1_ONE}",
    f"PATCH {V1_ONE}",
    f"DELETE {V1_ONE}",
    refused=(f"GET {V1}",),
)
def data_quality_monitor(target: Target) -> None:
    """A monitor is made, read, changed by a mask and removed; listing is refused."""
    make_usage_table(target)
    quality = target.sdk.data_quality
    made = quality.create_monitor(v1_monitor(target))
    key = (made.object_type, made.object_id)
    assert made.data_profiling_config is not None
    assert made.data_profiling_config.monitored_table_name == USAGE
    sent = v1_monitor(target)
    assert sent.data_profiling_config is not None
    sent.data_profiling_config.slicing_exprs = ["team"]
    quality.update_monitor(*key, sent, "data_profiling_config.slicing_exprs")
    config = quality.get_monitor(*key).data_profiling_config
    assert config is not None
    assert config.slicing_exprs == ["team"]
    with pytest.raises(errors.NotImplemented):
        list(quality.list_monitor())
    quality.delete_monitor(*key)
    with pytest.raises(errors.NotFound):
        quality.get_monitor(*key)


@contract(
    f"POST {V1_ONE}/refreshes",
    f"GET {V1_ONE}/refreshes",
    f"GET {V1_REFRESH}",
    f"POST {V1_REFRESH}/cancel",
    refused=(f"PATCH {V1_REFRESH}", f"DELETE {V1_REFRESH}"),
)
def data_quality_refreshes(target: Target) -> None:
    """A refresh is started, followed, listed, cancelled; changing and deleting one is refused."""
    make_usage_table(target)
    quality = target.sdk.data_quality
    made = quality.create_monitor(v1_monitor(target))
    key = (made.object_type, made.object_id)
    started = quality.create_refresh(*key, dataquality.Refresh(*key))
    refresh_id = started.refresh_id or 0
    state = until(
        lambda: quality.get_refresh(*key, refresh_id).state,
        lambda found: found is dataquality.RefreshState.MONITOR_REFRESH_STATE_SUCCESS,
    )
    assert state is not None
    assert refresh_id in {refresh.refresh_id for refresh in quality.list_refresh(*key)}
    last = quality.create_refresh(*key, dataquality.Refresh(*key)).refresh_id or 0
    quality.cancel_refresh(*key, last)
    with pytest.raises(errors.NotImplemented):
        quality.update_refresh(*key, refresh_id, started, "state")
    with pytest.raises(errors.NotImplemented):
        quality.delete_refresh(*key, refresh_id)
