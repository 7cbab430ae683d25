"""Grants: exactly the stored list, nothing implied."""

from __future__ import annotations

import pytest
from databricks.sdk.service.catalog import PermissionsChange, Privilege

from tests.local_workspace.target import CATALOG, Target

SCHEMA = f"{CATALOG}/permissions/schema/main.default"


def grant(target: Target, principal: str, *add: str, remove: tuple[str, ...] = ()) -> dict[str, object]:
    change = {"principal": principal, "add": list(add), "remove": list(remove)}
    answer: dict[str, object] = target.patch(SCHEMA, {"changes": [change]}).json()
    return answer


def test_nothing_is_granted_at_first_not_even_to_the_owner(workspace: Target) -> None:
    assert workspace.get(SCHEMA).json() == {}


def test_what_is_granted_is_what_is_read(workspace: Target) -> None:
    granted = grant(workspace, "Readers of Gold", "SELECT", "USE_SCHEMA")
    assert granted == {
        "privilege_assignments": [{"principal": "Readers of Gold", "privileges": ["SELECT", "USE_SCHEMA"]}]
    }
    assert workspace.get(SCHEMA).json() == granted


def test_upper_case_type_and_lower_case_privilege_mean_the_same(workspace: Target) -> None:
    body = {"changes": [{"principal": "g", "add": ["use schema"]}]}
    workspace.patch(f"{CATALOG}/permissions/SCHEMA/MAIN.DEFAULT", body)
    assert workspace.get(SCHEMA).json()["privilege_assignments"] == [
        {"principal": "g", "privileges": ["USE_SCHEMA"]}
    ]


def test_principal_without_privileges_leaves_the_list(workspace: Target) -> None:
    grant(workspace, "a", "SELECT")
    grant(workspace, "b", "SELECT", "MODIFY")
    grant(workspace, "a", remove=("SELECT",))
    assert grant(workspace, "b", remove=("SELECT",)) == {
        "privilege_assignments": [{"principal": "b", "privileges": ["MODIFY"]}]
    }


def test_privilege_in_both_lists_is_refused(workspace: Target) -> None:
    answer = grant(workspace, "a", "SELECT", remove=("SELECT",))
    assert answer["message"] == (
        "Privilege SELECT is both added to and removed from principal 'a'; name it in one of the two lists"
    )


def test_unknown_privilege_is_named_with_the_allowed_ones(workspace: Target) -> None:
    answer = grant(workspace, "a", "FLY")
    assert answer["error_code"] == "INVALID_PARAMETER_VALUE"
    assert str(answer["message"]).startswith(
        "Privilege FLY is not applicable to a schema; expected one of ALL_PRIV"
    )


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("schema/main.nowhere", "Schema 'main.nowhere' does not exist."),
        ("table/main.default.nothing", "Table 'main.default.nothing' does not exist."),
        ("catalog/nothing", "Catalog 'nothing' does not exist."),
        ("external_location/x", "External location 'x' does not exist."),
    ],
)
def test_missing_securable_is_404(workspace: Target, path: str, message: str) -> None:
    answer = workspace.get(f"{CATALOG}/permissions/{path}")
    assert (answer.status_code, answer.json()["message"]) == (404, message)


def test_unknown_type_is_400(workspace: Target) -> None:
    answer = workspace.get(f"{CATALOG}/permissions/planet/mars")
    assert answer.status_code == 400
    assert answer.json()["message"].startswith("Securable type 'planet' is not known; expected one of ")


def test_effective_permissions_say_where_they_come_from(workspace: Target) -> None:
    grant(workspace, "a", "SELECT")
    workspace.rows("CREATE TABLE main.default.t (a INT)")
    answer = workspace.get(f"{CATALOG}/effective-permissions/table/main.default.t").json()
    inherited = {
        "privilege": "SELECT",
        "inherited_from_type": "SCHEMA",
        "inherited_from_name": "main.default",
    }
    assert answer == {"privilege_assignments": [{"principal": "a", "privileges": [inherited]}]}


def test_grants_end_with_their_table(workspace: Target) -> None:
    path = f"{CATALOG}/permissions/table/main.default.t"
    workspace.rows("CREATE TABLE main.default.t (a INT)")
    workspace.patch(path, {"changes": [{"principal": "a", "add": ["SELECT"]}]})
    workspace.rows("DROP TABLE main.default.t")
    workspace.rows("CREATE TABLE main.default.t (a INT)")
    assert workspace.get(path).json() == {}


def test_sdk_grants_and_reads(workspace: Target) -> None:
    change = PermissionsChange(principal="a", add=[Privilege.USE_CATALOG])
    workspace.sdk.grants.update("catalog", "main", changes=[change])
    found = workspace.sdk.grants.get("catalog", "main").privilege_assignments or []
    assert [(row.principal, row.privileges) for row in found] == [("a", [Privilege.USE_CATALOG])]
