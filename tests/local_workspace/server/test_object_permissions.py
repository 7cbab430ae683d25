"""Object permissions: rows as put, and a row for who made the object."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from databricks.sdk.service.iam import AccessControlRequest, PermissionLevel

from local_workspace.errors import InvalidParameterError
from local_workspace.object_permissions import ObjectPermissions
from local_workspace.store import Store

if TYPE_CHECKING:
    from pathlib import Path

    from tests.local_workspace.target import Target

OWNER = "local.user@example.com"


def row(level: str, **principal: str) -> dict[str, Any]:
    return {**principal, "all_permissions": [{"permission_level": level, "inherited": False}]}


@pytest.fixture
def path(workspace: Target) -> str:
    return f"/api/2.0/permissions/sql/warehouses/{workspace.warehouse_id}"


def test_at_first_an_object_belongs_to_who_made_it(workspace: Target, path: str) -> None:
    assert workspace.get(path).json() == {
        "object_id": f"/sql/warehouses/{workspace.warehouse_id}",
        "object_type": "warehouses",
        "access_control_list": [row("IS_OWNER", user_name=OWNER)],
    }


def test_what_is_put_is_what_is_read_beside_the_owner(workspace: Target, path: str) -> None:
    rows = [
        {"group_name": "Data Analysts", "permission_level": "CAN_USE"},
        {"service_principal_name": "0a1b", "permission_level": "CAN_MANAGE"},
    ]
    answer = workspace.put(path, {"access_control_list": rows})
    expected = [
        row("CAN_USE", group_name="Data Analysts"),
        row("CAN_MANAGE", service_principal_name="0a1b"),
        row("IS_OWNER", user_name=OWNER),
    ]
    assert answer.json()["access_control_list"] == expected
    assert workspace.get(path).json() == answer.json()


def test_a_second_put_replaces_all_rows(workspace: Target, path: str) -> None:
    for group in ("a", "b"):
        body = {"access_control_list": [{"group_name": group, "permission_level": "CAN_USE"}]}
        workspace.put(path, body)
    listed = workspace.get(path).json()["access_control_list"]
    assert listed == [row("CAN_USE", group_name="b"), row("IS_OWNER", user_name=OWNER)]
    workspace.put(path, {})
    assert workspace.get(path).json()["access_control_list"] == [row("IS_OWNER", user_name=OWNER)]


def test_the_owner_is_listed_once(workspace: Target, path: str) -> None:
    body = {"access_control_list": [{"user_name": OWNER, "permission_level": "CAN_MANAGE"}]}
    assert workspace.put(path, body).json()["access_control_list"] == [row("CAN_MANAGE", user_name=OWNER)]


def test_warehouses_are_found_by_their_short_name_too(workspace: Target, path: str) -> None:
    short = f"/api/2.0/permissions/warehouses/{workspace.warehouse_id}"
    assert workspace.get(short).json() == workspace.get(path).json()


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (
            [{"group_name": "a", "permission_level": "CAN_FLY"}],
            (
                "permission_level: 'CAN_FLY' is not allowed for sql/warehouses; expected one of CAN_USE, "
                "CAN_MONITOR, CAN_VIEW, IS_OWNER, CAN_MANAGE"
            ),
        ),
        (
            [{"permission_level": "CAN_USE"}],
            "a row names 0 principals; give one of user_name, group_name, service_principal_name",
        ),
        (
            [{"group_name": "a", "user_name": "b", "permission_level": "CAN_USE"}],
            "a row names 2 principals; give one of user_name, group_name, service_principal_name",
        ),
        (
            [{"group_name": "a", "permission_level": level} for level in ("CAN_USE", "CAN_MANAGE")],
            "group_name: 'a' has two rows; give one",
        ),
        ([{"group_name": "a"}], "field 'access_control_list.0.permission_level' is missing"),
    ],
)
def test_wrong_rows_are_refused_and_nothing_changes(
    workspace: Target, path: str, rows: list[dict[str, str]], message: str
) -> None:
    before = workspace.get(path).json()
    answer = workspace.put(path, {"access_control_list": rows})
    assert (answer.status_code, answer.json()["message"]) == (400, message)
    assert workspace.get(path).json() == before


def test_what_is_not_there_has_no_permissions(workspace: Target) -> None:
    for call in (workspace.get, lambda path: workspace.put(path, {})):
        answer = call("/api/2.0/permissions/sql/warehouses/none")
        assert (answer.status_code, answer.json()["message"]) == (404, "sql/warehouses/none does not exist.")


def test_an_unknown_kind_is_named(workspace: Target) -> None:
    answer = workspace.get("/api/2.0/permissions/planets/1")
    assert (answer.status_code, answer.json()["message"]) == (
        400,
        (
            "'planets' is no kind of object with permissions here; expected one of jobs, sql/warehouses, "
            "dashboards, alertsv2, genie, directories, notebooks, files, warehouses"
        ),
    )


def test_the_sdk_sets_and_reads(workspace: Target) -> None:
    request = AccessControlRequest(group_name="a", permission_level=PermissionLevel.CAN_USE)
    workspace.sdk.permissions.set("sql/warehouses", workspace.warehouse_id, access_control_list=[request])
    read = workspace.sdk.permissions.get("warehouses", workspace.warehouse_id)
    assert read.object_type == "warehouses"
    rows = [(one.group_name, one.user_name) for one in read.access_control_list or []]
    assert rows == [("a", None), (None, OWNER)]


@pytest.fixture
def job(tmp_path: Path) -> ObjectPermissions:
    store = Store(tmp_path / "state.sqlite")
    store.put("job", "0001", {"job_id": 1})
    return ObjectPermissions(store)


def test_a_job_needs_its_owner_among_the_rows(job: ObjectPermissions) -> None:
    with pytest.raises(InvalidParameterError) as raised:
        job.replace("jobs", "1", [{"group_name": "a", "permission_level": "CAN_VIEW"}])
    assert str(raised.value) == "jobs/1 must have exactly one owner; 0 are given"
    owner = {"service_principal_name": "x", "permission_level": "IS_OWNER"}
    assert job.replace("jobs", "1", [owner]) == {
        "object_id": "/jobs/1",
        "object_type": "job",
        "access_control_list": [row("IS_OWNER", service_principal_name="x")],
    }


@pytest.mark.parametrize(
    ("path", "kind", "document", "type_"),
    [
        ("dashboards", "dashboard", {"dashboard_id": "1"}, "dashboard"),
        ("alertsv2", "alert", {"id": "1"}, "alertv2"),
        ("genie", "genie_space", {"space_id": "1"}, "genie-space"),
        ("directories", "workspace_object", {"object_id": 1, "object_type": "DIRECTORY"}, "directory"),
        ("notebooks", "workspace_object", {"object_id": 1, "object_type": "NOTEBOOK"}, "notebook"),
        ("files", "workspace_object", {"object_id": 1, "object_type": "FILE"}, "file"),
    ],
)
def test_every_kind_has_the_type_that_the_provider_expects(
    tmp_path: Path, path: str, kind: str, document: dict[str, Any], type_: str
) -> None:
    store = Store(tmp_path / "state.sqlite")
    store.put(kind, "key", document)
    read = ObjectPermissions(store).get(path, "1")
    assert (read["object_id"], read["object_type"]) == (f"/{path}/1", type_)
    assert read["access_control_list"] == [row("CAN_MANAGE", user_name=OWNER)]
