"""What every request meets: discovery, token, unknown paths, shapes, headers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.local_workspace.target import CATALOG, MONITOR, Target

if TYPE_CHECKING:
    import httpx


def test_discovery_needs_no_token_and_names_the_workspace(workspace: Target) -> None:
    answer = workspace.raw.get("/.well-known/databricks-config", headers={"Authorization": ""})
    assert answer.status_code == 200
    found = answer.json()
    assert found["host_type"] == "workspace"
    assert found["cloud"] == "AWS"
    assert found["workspace_id"].isdecimal()
    assert found["oidc_endpoint"].endswith("/oidc")


def test_me_names_the_user_and_the_workspace_in_a_header(workspace: Target) -> None:
    answer = workspace.get("/api/2.0/preview/scim/v2/Me", excludedAttributes="entitlements")
    assert answer.json()["userName"] == "local.user@example.com"
    number = workspace.get("/.well-known/databricks-config").json()["workspace_id"]
    assert answer.headers["X-Databricks-Org-Id"] == number


def test_sdk_knows_user_and_workspace(workspace: Target) -> None:
    assert workspace.sdk.current_user.me().user_name == "local.user@example.com"
    assert workspace.sdk.get_workspace_id() > 0


@pytest.mark.parametrize("header", ["", "Bearer wrong", "Basic dXNlcjpwYXNz", "Bearer"])
def test_request_without_the_token_is_refused(workspace: Target, header: str) -> None:
    answer = workspace.raw.get(f"{CATALOG}/catalogs", headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer.json()["error_code"] == "UNAUTHENTICATED"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/2.2/jobs/runs/export"),
        ("POST", "/api/data-quality/v1/refreshes"),
        ("PATCH", MONITOR),
        ("GET", "/"),
        ("GET", f"{CATALOG}/tables//monitor"),
    ],
)
def test_unknown_route_is_501_and_named(workspace: Target, method: str, path: str) -> None:
    answer = workspace.raw.request(method, path)
    assert answer.status_code == 501
    assert answer.json() == {
        "error_code": "NOT_IMPLEMENTED",
        "message": f"The local workspace does not implement {method} {path}",
        "details": [],
    }


def test_bare_question_mark_and_slash_at_the_end_are_accepted(workspace: Target) -> None:
    assert workspace.raw.get(f"{CATALOG}/catalogs?").status_code == 200
    body = {"statement": "SELECT 1", "warehouse_id": workspace.warehouse_id}
    assert workspace.post("/api/2.0/sql/statements/", body).json()["status"] == {"state": "SUCCEEDED"}


def test_names_are_decoded_and_case_does_not_matter(workspace: Target) -> None:
    assert workspace.get(f"{CATALOG}/schemas/MAIN%2EDefault").json()["full_name"] == "main.default"


def test_slash_inside_a_name_stays_in_its_segment(workspace: Target) -> None:
    answer = workspace.get(f"{CATALOG}/tables/main.default.a%2Fb")
    assert answer.status_code == 404
    assert answer.json()["message"] == "Table 'main.default.a/b' does not exist."


def test_unknown_query_parameter_is_named(workspace: Target) -> None:
    answer = workspace.get(f"{CATALOG}/catalogs", colour="red")
    assert answer.status_code == 400
    assert answer.json()["message"].startswith("unknown query parameter 'colour' of GET ")


def test_unknown_fields_are_all_named(workspace: Target) -> None:
    body = {"name": "gold", "catalog_name": "main", "colour": "red", "size": 1}
    answer = workspace.post(f"{CATALOG}/schemas", body)
    assert answer.status_code == 400
    assert answer.json() == {
        "error_code": "MALFORMED_REQUEST",
        "message": "unknown field 'colour'; unknown field 'size'",
        "details": [],
    }


def test_body_that_is_not_json_is_refused(workspace: Target) -> None:
    answer = workspace.raw.post(f"{CATALOG}/schemas", content=b"{")
    assert answer.status_code == 400
    assert answer.json()["error_code"] == "MALFORMED_REQUEST"


def test_body_that_is_not_an_object_is_refused(workspace: Target) -> None:
    answer = workspace.raw.post(f"{CATALOG}/schemas", content=b"[]")
    assert answer.json()["message"] == f"The body of POST {CATALOG}/schemas must be a JSON object"


def test_sdk_repeats_a_throttled_request_until_it_is_answered(workspace: Target) -> None:
    fault = {"pattern": f"GET {CATALOG}/schemas/*", "status": 429}
    workspace.post("/__local/fault", fault)
    assert workspace.sdk.schemas.get("main.default").name == "default"
    logged = workspace.get("/__local/requests").json()["requests"]
    assert [one["status"] for one in logged if one["path"].endswith("main.default")] == [429, 200]


def test_port_watcher_gets_no_answer_that_looks_right(workspace: Target) -> None:
    answer: httpx.Response = workspace.raw.head("/")
    assert answer.status_code == 501
