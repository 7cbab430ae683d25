"""Dashboards: etags, publishing, the trash, and the content as it is kept."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from databricks.sdk.service.dashboards import Dashboard

from local_workspace.workspace import Workspace

if TYPE_CHECKING:
    from pathlib import Path

    from tests.local_workspace.target import Target

BASE = "/api/2.0/lakeview/dashboards"
CONTENT: dict[str, Any] = {
    "datasets": [{"name": "d", "queryLines": ["SELECT 1 AS a"]}],
    "pages": [
        {
            "name": "p",
            "layout": [{"widget": {"name": "w", "queries": [{"query": {"datasetName": "d"}}]}}],
        }
    ],
}
NEW = {
    "display_name": "Metrics",
    "parent_path": "/Workspace/Shared/x",
    "serialized_dashboard": json.dumps(CONTENT),
    "warehouse_id": "w",
}


@pytest.fixture
def made(workspace: Target) -> dict[str, Any]:
    answer = workspace.post(BASE, NEW)
    assert answer.status_code == 200
    body: dict[str, Any] = answer.json()
    return body


def path(made: dict[str, Any]) -> str:
    return f"{BASE}/{made['dashboard_id']}"


def test_what_is_made_is_what_is_read(workspace: Target, made: dict[str, Any]) -> None:
    assert workspace.get(path(made)).json() == made
    assert len(made["dashboard_id"]) == 32
    assert (made["parent_path"], made["path"]) == ("/Shared/x", "/Shared/x/Metrics.lvdash.json")
    assert (made["lifecycle_state"], made["warehouse_id"]) == ("ACTIVE", "w")


def test_the_content_gets_page_types_and_a_line_feed(made: dict[str, Any]) -> None:
    text = made["serialized_dashboard"]
    page = {**CONTENT["pages"][0], "pageType": "PAGE_TYPE_CANVAS"}
    assert json.loads(text) == {**CONTENT, "pages": [page]}
    assert text.endswith("}\n")


def test_publishing_leaves_the_etag(workspace: Target, made: dict[str, Any]) -> None:
    published = workspace.post(f"{path(made)}/published", {"embed_credentials": False, "warehouse_id": "v"})
    assert published.status_code == 200
    assert workspace.get(path(made)).json()["etag"] == made["etag"]
    read = workspace.get(f"{path(made)}/published").json()
    assert read == published.json()
    assert (read["embed_credentials"], read["warehouse_id"], read["display_name"]) == (False, "v", "Metrics")


def test_what_is_not_published_says_so(workspace: Target, made: dict[str, Any]) -> None:
    workspace.post(f"{path(made)}/published", {"embed_credentials": True})
    assert workspace.delete(f"{path(made)}/published").status_code == 200
    for answer in (workspace.get(f"{path(made)}/published"), workspace.delete(f"{path(made)}/published")):
        assert (answer.status_code, answer.json()["message"]) == (
            404,
            f"Dashboard {made['dashboard_id']} is not published.",
        )


def test_a_change_gives_a_new_etag_that_the_next_read_repeats(
    workspace: Target, made: dict[str, Any]
) -> None:
    changed = workspace.patch(path(made), {**made, "display_name": "Other"}).json()
    assert changed["etag"] != made["etag"]
    assert workspace.get(path(made)).json() == changed
    assert changed["path"] == "/Shared/x/Other.lvdash.json"
    assert changed["serialized_dashboard"] == made["serialized_dashboard"]


def test_a_change_of_an_older_draft_is_refused(workspace: Target, made: dict[str, Any]) -> None:
    changed = workspace.patch(path(made), {"display_name": "Other"}).json()
    answer = workspace.patch(path(made), {"display_name": "Third", "etag": made["etag"]})
    assert (answer.status_code, answer.json()) == (
        409,
        {
            "error_code": "ABORTED",
            "message": (
                f"Dashboard {made['dashboard_id']} has changed: its etag is '{changed['etag']}', not "
                f"'{made['etag']}'; read it again"
            ),
            "details": [],
        },
    )
    assert workspace.get(path(made)).json() == changed


def test_the_trash_can_be_read_but_not_changed(workspace: Target, made: dict[str, Any]) -> None:
    assert workspace.delete(path(made)).status_code == 200
    assert workspace.get(path(made)).json() == {**made, "lifecycle_state": "TRASHED"}
    again = workspace.delete(path(made))
    assert (again.status_code, again.json()["error_code"]) == (403, "PERMISSION_DENIED")
    assert workspace.get(path(made)).json()["lifecycle_state"] == "TRASHED"
    for answer in (
        workspace.patch(path(made), {"display_name": "x"}),
        workspace.post(f"{path(made)}/published", {}),
    ):
        assert (answer.status_code, answer.json()["message"]) == (
            400,
            f"Dashboard {made['dashboard_id']} is in the trash; make a new one",
        )


def test_a_folder_has_a_name_once_until_it_is_trashed(workspace: Target, made: dict[str, Any]) -> None:
    second = workspace.post(BASE, {**NEW, "parent_path": "/Shared/x/"})
    assert (second.status_code, second.json()["message"]) == (
        409,
        "Path (/Shared/x/Metrics.lvdash.json) already exists.",
    )
    workspace.delete(path(made))
    assert workspace.post(BASE, NEW).status_code == 200


def test_lists_leave_out_content_and_trash(workspace: Target, made: dict[str, Any]) -> None:
    other = workspace.post(BASE, {**NEW, "display_name": "A"}).json()
    workspace.delete(path(other))
    listed = workspace.get(BASE).json()["dashboards"]
    assert listed == [{field: value for field, value in made.items() if field != "serialized_dashboard"}]
    everything = workspace.get(BASE, show_trashed="true", page_size="1").json()
    assert [one["display_name"] for one in everything["dashboards"]] == ["A"]
    assert everything["next_page_token"] == "1"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "is not JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
        ("[]", "must be a JSON object"),
        ('{"pages": {}}', "'pages' must be a list of objects"),
        (
            json.dumps({**CONTENT, "datasets": []}),
            "widget 'w' reads the dataset 'd', which is not there",
        ),
    ],
)
def test_what_is_no_dashboard_is_refused(workspace: Target, content: str, message: str) -> None:
    answer = workspace.post(BASE, {**NEW, "serialized_dashboard": content})
    assert (answer.status_code, answer.json()["message"]) == (400, f"serialized_dashboard: {message}")


def test_default_names_of_datasets_are_refused_by_name(workspace: Target) -> None:
    answer = workspace.raw.post(BASE, params={"dataset_catalog": "main"}, json=NEW)
    assert (answer.status_code, answer.json()["message"]) == (
        400,
        "dataset_catalog: default names of datasets are not supported here; write full names in the queries",
    )


def test_what_is_not_there_is_404(workspace: Target) -> None:
    for answer in (
        workspace.get(f"{BASE}/0"),
        workspace.patch(f"{BASE}/0", {}),
        workspace.delete(f"{BASE}/0"),
    ):
        assert (answer.status_code, answer.json()["message"]) == (
            404,
            "Unable to find dashboard [dashboardId=0]",
        )


def test_the_sdk_makes_publishes_and_trashes(workspace: Target) -> None:
    lakeview = workspace.sdk.lakeview
    made = lakeview.create(Dashboard(display_name="x", serialized_dashboard="{}", parent_path="/Shared"))
    assert made.dashboard_id is not None
    lakeview.publish(made.dashboard_id, embed_credentials=True, warehouse_id="w")
    assert lakeview.get_published(made.dashboard_id).embed_credentials is True
    assert lakeview.get(made.dashboard_id).etag == made.etag
    assert [one.display_name for one in lakeview.list()] == ["x"]
    lakeview.trash(made.dashboard_id)
    assert list(lakeview.list()) == []


def test_a_dashboard_outlives_a_restart(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    made = workspace.dashboards.create(NEW)
    workspace.close()
    again = Workspace(tmp_path)
    assert again.dashboards.get(made["dashboard_id"]) == made
    again.close()
