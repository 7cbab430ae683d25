"""What the load makes of the minutes of machines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.monitoring.gold.loads.engines import Engine
    from tests.monitoring.gold.loads.system_tables import Row


def minute(instance_id: str, start: str = "2026-03-03 10:00:00", **given: Any) -> Row:  # noqa: ANN401 - any column
    """A row of a machine of cluster ``c``."""
    return {
        "workspace_id": "1",
        "cluster_id": "c",
        "instance_id": instance_id,
        "start_time": start,
        "end_time": "2026-03-03 10:01:30",
        **given,
    }


def cluster(name: str, changed: str, workspace_id: str = "1") -> Row:
    return {
        "workspace_id": workspace_id,
        "cluster_id": "c",
        "cluster_name": name,
        "change_time": changed,
        "delete_time": changed,
    }


def test_a_row_counts_by_its_length(engine: Engine) -> None:
    engine.sources(compute__node_timeline=[minute("i")])
    assert engine.loaded("fact_node_timeline", "instance_id", "duration_hours") == [("i", "0.025")]


def test_the_latest_name_of_a_cluster_wins_and_no_row_is_doubled(engine: Engine) -> None:
    engine.sources(
        compute__node_timeline=[minute("i"), minute("j")],
        compute__clusters=[
            cluster("old", "2026-01-01 00:00:00"),
            cluster("new", "2026-02-01 00:00:00"),
            cluster("other", "2026-03-01 00:00:00", workspace_id="2"),
        ],
    )
    assert engine.loaded("fact_node_timeline", "instance_id", "cluster_name") == [("i", "new"), ("j", "new")]


def test_missing_name_machine_type_and_role_are_filled(engine: Engine) -> None:
    engine.sources(compute__node_timeline=[minute("i")])
    columns = ("cluster_name", "node_type", "driver", "cpu_user_percent")
    assert engine.loaded("fact_node_timeline", *columns) == [("unknown", "unknown", "false", None)]


def test_only_the_days_are_loaded(engine: Engine) -> None:
    starts = ["2026-03-01 23:59:00", "2026-03-02 00:00:00", "2026-03-04 23:59:00", "2026-03-05 00:00:00"]
    engine.sources(compute__node_timeline=[minute(start, start) for start in starts])
    assert engine.loaded("fact_node_timeline", "instance_id") == [(start,) for start in starts[1:3]]
