"""What somebody changed by hand on the workspace is seen by a refresh and repaired by the next deployment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.end_to_end.deployment import Deployment


@pytest.fixture
def settled(deployment: Deployment) -> Deployment:
    """One monitor, deployed and documented."""
    deployment.configure(domains=["governance"])
    deployment.settled(["governance"])
    return deployment


def test_a_slice_removed_by_hand_is_seen_and_repaired(settled: Deployment) -> None:
    path = settled.monitor_path("main.gold.fact_governance_metrics")
    monitor = settled.target.get(path).json()
    slices = monitor["slicing_exprs"]
    computed = {
        "status",
        "monitor_version",
        "table_name",
        "profile_metrics_table_name",
        "drift_metrics_table_name",
    }
    body = {key: value for key, value in monitor.items() if key not in computed} | {
        "slicing_exprs": slices[1:]
    }
    body["schedule"].pop("pause_status")
    assert settled.target.put(path, body).status_code == 200

    assert settled.preview("--refresh") == {"governance": "update"}
    settled.run("refresh", "--yes")
    assert settled.preview() == {"governance": "update"}
    assert settled.up() == {"update": 1}
    assert settled.target.get(path).json()["slicing_exprs"] == slices
    assert settled.preview("--refresh", "--expect-no-changes") == {}


def test_a_comment_edited_by_hand_is_seen_and_repaired(settled: Deployment) -> None:
    table = settled.stack.outputs()["monitors"]["governance"]["profile_table"]
    before = settled.target.column_comments(table)
    settled.target.rows(f"ALTER TABLE {table} ALTER COLUMN total_assets COMMENT 'nonsense'")

    assert settled.preview("--refresh") == {"governance-profile-comments": "update"}
    settled.run("refresh", "--yes")
    assert settled.preview() == {"governance-profile-comments": "update"}
    assert settled.up() == {"update": 1}
    assert settled.target.column_comments(table) == before
    assert settled.preview("--refresh", "--expect-no-changes") == {}


def test_a_monitor_deleted_by_hand_is_made_again(settled: Deployment) -> None:
    path = settled.monitor_path("main.gold.fact_governance_metrics")
    settled.target.delete(path)
    settled.run("refresh", "--yes")
    assert settled.preview()["governance"] == "create"
    settled.settled(["governance"])
    assert settled.preview("--refresh", "--expect-no-changes") == {}
