"""A principal's token: what its grants allow is answered, everything else is 403 and says what is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from databricks.sdk.errors import PermissionDenied

from local_workspace.workspace import Workspace
from tests.local_workspace.target import CATALOG, MONITOR, SMALLEST_MONITOR, USAGE, Target, in_process

if TYPE_CHECKING:
    from pathlib import Path

GRANTS = f"{CATALOG}/permissions"
ANALYST = "analyst@example.com"
READING = (
    ("catalog", "main", "USE_CATALOG"),
    ("schema", "main.gold", "USE_SCHEMA"),
    ("table", USAGE, "SELECT"),
)


def grant(owner: Target, *rows: tuple[str, str, str], principal: str = ANALYST) -> None:
    for kind, name, privilege in rows:
        body = {"changes": [{"principal": principal, "add": [privilege]}]}
        assert owner.patch(f"{GRANTS}/{kind}/{name}", body).status_code == 200


def refusal(target: Target, sql: str) -> str:
    """Why a statement is refused with 403."""
    with pytest.raises(PermissionDenied) as raised:
        target.statement(sql)
    # The client adds its configuration to what the workspace says.
    return str(raised.value).partition(" Config: ")[0]


@pytest.fixture
def analyst(usage: Target) -> Target:
    return usage.principal(ANALYST, "analysts")


def lacks(privilege: str, kind: str, name: str) -> str:
    return f"User '{ANALYST}' does not have {privilege} on {kind} '{name}'."


def test_a_new_principal_may_read_nothing(analyst: Target) -> None:
    assert refusal(analyst, f"SELECT * FROM {USAGE}") == lacks("USE CATALOG", "Catalog", "main")
    answer = analyst.get(f"{CATALOG}/tables/{USAGE}")
    assert (answer.status_code, answer.json()) == (
        403,
        {
            "error_code": "PERMISSION_DENIED",
            "message": lacks("USE CATALOG", "Catalog", "main"),
            "details": [],
        },
    )


@pytest.mark.parametrize(
    ("granted", "missing"),
    [
        (READING[:1], ("USE SCHEMA", "Schema", "main.gold")),
        (READING[:2], ("SELECT", "Table", USAGE)),
        (READING[1:], ("USE CATALOG", "Catalog", "main")),
        ((READING[0], READING[2]), ("USE SCHEMA", "Schema", "main.gold")),
    ],
)
def test_the_first_privilege_that_is_missing_is_named(
    usage: Target, analyst: Target, granted: tuple[tuple[str, str, str], ...], missing: tuple[str, str, str]
) -> None:
    grant(usage, *granted)
    assert refusal(analyst, f"SELECT cost FROM {USAGE}") == lacks(*missing)


def test_with_its_three_privileges_a_table_can_be_read(usage: Target, analyst: Target) -> None:
    grant(usage, *READING)
    usage.rows(f"INSERT INTO {USAGE} (team) VALUES ('a')")
    assert analyst.rows(f"SELECT team FROM {USAGE}") == [["a"]]
    assert analyst.sdk.tables.get(USAGE).full_name == USAGE
    assert [row[0] for row in analyst.rows(f"DESCRIBE TABLE {USAGE}")][:2] == ["happened_at", "team"]


@pytest.mark.parametrize(("kind", "name"), [("schema", "main.gold"), ("catalog", "main")])
def test_select_on_what_holds_the_table_is_enough(
    usage: Target, analyst: Target, kind: str, name: str
) -> None:
    grant(usage, *READING[:2], (kind, name, "SELECT"))
    assert analyst.rows(f"SELECT team FROM {USAGE}") == []


@pytest.mark.parametrize("principal", [ANALYST, "analysts", "account users"])
def test_a_grant_reaches_the_principal_by_name_and_by_group(
    usage: Target, analyst: Target, principal: str
) -> None:
    grant(usage, *READING, principal=principal)
    assert analyst.rows(f"SELECT team FROM {USAGE}") == []


def test_a_grant_to_somebody_else_does_not_count(usage: Target, analyst: Target) -> None:
    grant(usage, *READING, principal="others")
    assert refusal(analyst, f"SELECT 1 FROM {USAGE}") == lacks("USE CATALOG", "Catalog", "main")


def test_all_privileges_hold_everything_but_manage(usage: Target, analyst: Target) -> None:
    grant(usage, ("catalog", "main", "ALL_PRIVILEGES"))
    assert analyst.rows(f"SELECT team FROM {USAGE}") == []
    answer = analyst.delete(f"{CATALOG}/tables/{USAGE}")
    assert (answer.status_code, answer.json()["message"]) == (403, lacks("MANAGE", "Table", USAGE))


@pytest.mark.parametrize(
    "sql",
    [
        f"SELECT 1 FROM main.gold.open JOIN {USAGE} ON true",
        f"SELECT (SELECT MAX(cost) FROM {USAGE})",
        f"WITH u AS (SELECT * FROM {USAGE}) SELECT 1 FROM u",
        f"SELECT 1 WHERE EXISTS (SELECT 1 FROM {USAGE})",
        f"INSERT INTO main.gold.open SELECT quantity FROM {USAGE}",
        f"DESCRIBE TABLE EXTENDED {USAGE}",
        f"SHOW COLUMNS IN {USAGE}",
    ],
)
def test_a_table_is_found_wherever_a_statement_reads_it(usage: Target, analyst: Target, sql: str) -> None:
    usage.rows("CREATE TABLE main.gold.open (a BIGINT)")
    grant(usage, *READING[:2], ("table", "main.gold.open", "SELECT"), ("table", "main.gold.open", "MODIFY"))
    assert refusal(analyst, sql) == lacks("SELECT", "Table", USAGE)


@pytest.mark.parametrize(
    "sql",
    [
        f"INSERT INTO {USAGE} (team) VALUES ('a')",
        f"DELETE FROM {USAGE}",
        f"UPDATE {USAGE} SET team = 'a'",
        f"TRUNCATE TABLE {USAGE}",
        f"COMMENT ON TABLE {USAGE} IS 'x'",
        f"COMMENT ON COLUMN {USAGE}.team IS 'x'",
        f"ALTER TABLE {USAGE} ALTER COLUMN team COMMENT 'x'",
    ],
)
def test_a_change_needs_modify(usage: Target, analyst: Target, sql: str) -> None:
    grant(usage, *READING)
    assert refusal(analyst, sql) == lacks("MODIFY", "Table", USAGE)
    grant(usage, ("schema", "main.gold", "MODIFY"))
    analyst.rows(sql)


@pytest.mark.parametrize("sql", [f"DROP TABLE {USAGE}", f"ALTER TABLE {USAGE} OWNER TO `a`"])
def test_an_end_or_another_owner_needs_manage(usage: Target, analyst: Target, sql: str) -> None:
    grant(usage, *READING, ("table", USAGE, "MODIFY"))
    assert refusal(analyst, sql) == lacks("MANAGE", "Table", USAGE)
    grant(usage, ("table", USAGE, "MANAGE"))
    analyst.rows(sql)


@pytest.mark.parametrize(
    "sql",
    ["CREATE SCHEMA main.x", "CREATE TABLE main.gold.x (a INT)", "CREATE VIEW main.gold.x AS SELECT 1 AS a"],
)
def test_only_the_owner_of_the_workspace_creates(usage: Target, analyst: Target, sql: str) -> None:
    grant(usage, ("catalog", "main", "ALL_PRIVILEGES"))
    assert refusal(analyst, sql) == (
        f"User '{ANALYST}' may not create schemas, tables and views: the local workspace does it for its owner only."
    )


def test_a_view_is_read_with_the_rights_of_who_made_it(usage: Target, analyst: Target) -> None:
    usage.rows(f"CREATE VIEW main.gold.totals AS SELECT COUNT(*) AS n FROM {USAGE}")
    grant(usage, *READING[:2], ("table", "main.gold.totals", "SELECT"))
    assert analyst.rows("SELECT n FROM main.gold.totals") == [["0"]]
    assert refusal(analyst, f"SELECT 1 FROM {USAGE}") == lacks("SELECT", "Table", USAGE)


def test_lists_show_only_what_may_be_read(usage: Target, analyst: Target) -> None:
    usage.rows("CREATE TABLE main.gold.other (a INT)")
    grant(usage, *READING)
    listed = analyst.get(f"{CATALOG}/tables", catalog_name="main", schema_name="gold").json()
    assert [table["full_name"] for table in listed["tables"]] == [USAGE]
    assert [row[1] for row in analyst.rows("SHOW TABLES IN main.gold")] == ["usage"]
    names = "SELECT DISTINCT table_name FROM main.information_schema.columns WHERE table_schema = 'gold'"
    assert analyst.rows(names) == [["usage"]]
    assert analyst.rows(names.replace("main.", "system.")) == [["usage"]]


def test_a_statement_that_is_wrong_fails_as_for_everybody(usage: Target, analyst: Target) -> None:
    grant(usage, *READING)
    for sql in ("SELECT 1 FROM main.gold.nothing", f"SELECT nothing FROM {USAGE}", "SELEC 1"):
        assert analyst.failure(sql) == usage.failure(sql)


def test_the_result_of_another_users_statement_stays_closed(usage: Target, analyst: Target) -> None:
    statement_id = usage.statement("SELECT 1").statement_id
    for path in ("", "/result/chunks/0"):
        answer = analyst.get(f"/api/2.0/sql/statements/{statement_id}{path}")
        assert (answer.status_code, answer.json()["message"]) == (
            403,
            f"Statement {statement_id} was sent by another user.",
        )
    own = analyst.statement("SELECT 1").statement_id
    assert analyst.get(f"/api/2.0/sql/statements/{own}").status_code == 200


NOT_OWNED = f"User '{ANALYST}' does not own Table '{USAGE}', its schema or its catalog."


def test_a_monitor_needs_ownership_of_its_table_and_a_place_for_its_output(
    usage: Target, analyst: Target
) -> None:
    grant(usage, *READING, ("table", USAGE, "MANAGE"), ("schema", "main.gold_monitoring", "USE_SCHEMA"))
    assert analyst.post(MONITOR, SMALLEST_MONITOR).json()["message"] == NOT_OWNED
    usage.patch(f"{CATALOG}/tables/{USAGE}", {"owner": ANALYST})
    assert analyst.post(MONITOR, SMALLEST_MONITOR).json()["message"] == lacks(
        "CREATE TABLE", "Schema", "main.gold_monitoring"
    )
    grant(usage, ("schema", "main.gold_monitoring", "CREATE_TABLE"))
    assert analyst.post(MONITOR, SMALLEST_MONITOR).status_code == 200


def test_the_owner_of_a_schema_makes_a_monitor_of_what_it_may_read(usage: Target, analyst: Target) -> None:
    grant(usage, READING[0], ("schema", "main.gold_monitoring", "ALL_PRIVILEGES"))
    usage.patch(f"{CATALOG}/schemas/main.gold", {"owner": ANALYST})
    assert analyst.post(MONITOR, SMALLEST_MONITOR).json()["message"] == lacks("SELECT", "Table", USAGE)
    grant(usage, READING[2])
    assert analyst.post(MONITOR, SMALLEST_MONITOR).status_code == 200
    assert analyst.delete(MONITOR).status_code == 200


def test_a_reader_sees_a_monitor_and_its_refreshes_but_changes_nothing(
    usage: Target, analyst: Target
) -> None:
    grant(usage, *READING)
    usage.post(MONITOR, SMALLEST_MONITOR)
    assert analyst.get(MONITOR).status_code == 200
    assert analyst.get(f"{MONITOR}/refreshes").status_code == 200
    answers = (
        analyst.put(MONITOR, SMALLEST_MONITOR),
        analyst.delete(MONITOR),
        analyst.post(f"{MONITOR}/refreshes"),
    )
    assert {(answer.status_code, answer.json()["message"]) for answer in answers} == {(403, NOT_OWNED)}


def test_the_owner_of_a_table_may_do_everything_with_it(usage: Target, analyst: Target) -> None:
    grant(usage, *READING[:2])
    usage.patch(f"{CATALOG}/tables/{USAGE}", {"owner": "analysts"})
    analyst.rows(f"INSERT INTO {USAGE} (team) VALUES ('a')")
    assert analyst.rows(f"SELECT team FROM {USAGE}") == [["a"]]
    assert analyst.delete(f"{CATALOG}/tables/{USAGE}").status_code == 200


def test_the_owner_of_a_schema_manages_its_tables_without_reading_them(
    usage: Target, analyst: Target
) -> None:
    grant(usage, READING[0])
    usage.patch(f"{CATALOG}/schemas/main.gold", {"owner": ANALYST})
    assert refusal(analyst, f"SELECT 1 FROM {USAGE}") == lacks("SELECT", "Table", USAGE)
    assert analyst.get(f"{CATALOG}/tables/{USAGE}").status_code == 200
    assert analyst.delete(f"{CATALOG}/tables/{USAGE}").status_code == 200


def test_grants_are_for_who_manages_the_securable(usage: Target, analyst: Target) -> None:
    grant(usage, *READING)
    path = f"{GRANTS}/table/{USAGE}"
    change = {"changes": [{"principal": ANALYST, "add": ["MODIFY"]}]}
    assert analyst.get(path).json()["message"] == lacks("MANAGE", "Table", USAGE)
    assert analyst.patch(path, change).json()["message"] == lacks("MANAGE", "Table", USAGE)
    assert analyst.get(f"{GRANTS}/catalog/main").json()["message"] == lacks("MANAGE", "Catalog", "main")


@pytest.mark.parametrize(
    ("method", "path", "route"),
    [
        ("POST", "/__local/token", "/__local/token"),
        ("GET", "/__local/requests", "/__local/requests"),
        ("POST", f"{CATALOG}/catalogs", f"{CATALOG}/catalogs"),
        ("DELETE", f"{CATALOG}/schemas/main.gold", f"{CATALOG}/schemas/{{schema}}"),
    ],
)
def test_every_other_route_is_for_the_owner_of_the_workspace(
    analyst: Target, method: str, path: str, route: str
) -> None:
    answer = analyst.raw.request(method, path)
    assert (answer.status_code, answer.json()["message"]) == (
        403,
        f"User '{ANALYST}' may not use {method} {route}: the local workspace serves it to its owner only.",
    )


def test_me_is_who_holds_the_token(workspace: Target) -> None:
    me = workspace.principal(ANALYST, "analysts").sdk.current_user.me()
    assert me.user_name == ANALYST
    assert [group.display for group in me.groups or []] == ["users", "analysts"]
    assert workspace.sdk.current_user.me().user_name == "local.user@example.com"


def test_nobody_gets_a_token_in_the_name_of_the_owner(workspace: Target) -> None:
    answer = workspace.post("/__local/token", {"principal": "local.user@example.com"})
    assert (answer.status_code, answer.json()["message"]) == (
        400,
        "principal: 'local.user@example.com' owns the workspace; name somebody else",
    )


def test_a_reset_of_everything_ends_the_tokens_of_principals(local: Target) -> None:
    analyst = local.principal(ANALYST)
    local.post("/__local/reset", {"everything": True})
    assert analyst.get("/api/2.0/preview/scim/v2/Me").status_code == 401


def test_a_token_outlives_a_restart(tmp_path: Path) -> None:
    with in_process(Workspace(tmp_path / "state")) as target:
        token = target.post("/__local/token", {"principal": ANALYST}).json()["token"]
    workspace = Workspace(tmp_path / "state")
    caller = workspace.principals.caller(token)
    workspace.close()
    assert caller is not None
    assert (caller.name, caller.is_owner) == (ANALYST, False)
