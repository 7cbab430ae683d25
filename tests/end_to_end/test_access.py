"""Access, dashboard and Genie space deployed: named principals get what they need, nobody else anything, and nothing repeats."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from databricks.sdk.errors import PermissionDenied

from tests.local_workspace.target import CATALOG

if TYPE_CHECKING:
    from tests.end_to_end.deployment import Deployment

DOMAINS = ["quality", "governance"]
NOTHING: dict[str, str] = {}
OUTPUT = "main.gold_monitoring"
QUALITY = f"{OUTPUT}.fact_table_quality_profile_metrics"
GOVERNANCE = f"{OUTPUT}.fact_governance_metrics_profile_metrics"
TOTALS = f"{OUTPUT}.fact_governance_metrics_totals"


def privileges(deployment: Deployment, kind: str, name: str) -> dict[str, list[str]]:
    rows = deployment.target.get(f"{CATALOG}/permissions/{kind}/{name}").json()
    return {row["principal"]: sorted(row["privileges"]) for row in rows.get("privilege_assignments", [])}


@pytest.fixture
def shared(deployment: Deployment) -> Deployment:
    """Both domains deployed for readers and a writer of comments, with a dashboard and a Genie space."""
    deployment.configure(
        readers=["analysts"],
        comment_writers=["documents"],
        dashboard=True,
        genie_space=True,
        warehouse_id=deployment.target.warehouse_id,
    )
    deployment.settled(DOMAINS)
    return deployment


def test_named_principals_get_what_they_need_until_they_are_no_longer_named(shared: Deployment) -> None:
    assert privileges(shared, "schema", OUTPUT) == {
        "analysts": ["USE_SCHEMA"],
        "documents": ["MODIFY", "SELECT", "USE_SCHEMA"],
    }
    assert privileges(shared, "table", QUALITY) == {"analysts": ["SELECT"]}
    assert privileges(shared, "table", TOTALS) == {"analysts": ["SELECT"]}
    assert privileges(shared, "table", GOVERNANCE) == {}
    change = {"changes": [{"principal": "account users", "add": ["USE_CATALOG"]}]}
    shared.target.patch(f"{CATALOG}/permissions/catalog/main", change)
    reader, other = shared.target.principal("a@example.org", "analysts"), shared.target.principal("b")
    assert reader.rows(f"SELECT COUNT(*) > 0 FROM {TOTALS}") == [["true"]]
    assert reader.rows(f"SELECT COUNT(*) > 0 FROM {QUALITY}") == [["true"]]
    for client, table in ((reader, GOVERNANCE), (other, QUALITY), (other, TOTALS)):
        with pytest.raises(PermissionDenied):
            client.statement(f"SELECT 1 FROM {table}")
    assert shared.preview("--expect-no-changes") == NOTHING
    assert shared.preview("--expect-no-changes", "--refresh") == NOTHING
    assert shared.up() == {}
    shared.configure(readers=[], comment_writers=[])
    shared.up()
    assert privileges(shared, "schema", OUTPUT) == {}
    assert privileges(shared, "table", QUALITY) == {}
    assert privileges(shared, "table", TOTALS) == {}


def test_what_was_taken_back_or_edited_by_hand_is_seen_and_repaired(shared: Deployment) -> None:
    change = {"changes": [{"principal": "analysts", "remove": ["SELECT"]}]}
    shared.target.patch(f"{CATALOG}/permissions/table/{QUALITY}", change)
    shared.target.rows(f"CREATE OR REPLACE VIEW {TOTALS} AS SELECT 1 AS nothing")
    (board,) = shared.target.sdk.lakeview.list()
    shared.target.patch(
        f"/api/2.0/lakeview/dashboards/{board.dashboard_id}", {"serialized_dashboard": '{"pages": []}'}
    )
    (space,) = shared.target.sdk.genie.list_spaces().spaces or []
    shared.target.sdk.genie.update_space(space.space_id, serialized_space='{"version": 2}')
    changes = shared.preview("--refresh")
    assert {"quality-shared", "governance-shared", "dashboard", "genie-space"} <= changes.keys()
    shared.up("--refresh")
    assert privileges(shared, "table", QUALITY) == {"analysts": ["SELECT"]}
    content = shared.target.sdk.genie.get_space(space.space_id, include_serialized_space=True)
    assert f'"{QUALITY}"' in (content.serialized_space or "")
    assert "governance_score" in shared.target.column_comments(TOTALS)
    assert shared.preview("--expect-no-changes", "--refresh") == NOTHING
