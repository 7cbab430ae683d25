"""What the load makes of audit events: the verdicts, and who acted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.monitoring.gold.loads.engines import Engine
    from tests.monitoring.gold.loads.system_tables import Row


def event(event_id: str, at: str = "2026-03-03 10:00:00", **given: Any) -> Row:  # noqa: ANN401 - any column
    """An event of workspace 1."""
    return {"event_id": event_id, "workspace_id": "1", "event_time": at, "event_date": at[:10], **given}


def named(column: str, cases: dict[str, str]) -> list[Row]:
    """An event for each value of a column."""
    return [event(value, **{column: value}) for value in cases]


def test_reads_credential_vending_and_token_log_ins_are_not_sensitive(engine: Engine) -> None:
    actions = {
        "changeDbTokenAcl": "true",
        "createSecret": "true",
        "deleteTable": "true",
        "generateTemporaryTableCredential": "false",
        "getPermissions": "false",
        "grantPermission": "true",
        "listSecrets": "false",
        "mintOAuthToken": "false",
        "oidcTokenAuthorization": "false",
        "putAcl": "true",
        "runCommand": "false",
        "tokenLogin": "false",
        "updateCredential": "true",
    }
    engine.sources(access__audit=named("action_name", actions))
    assert engine.loaded("fact_audit_logs", "action_name", "is_sensitive_action") == sorted(actions.items())


@pytest.mark.parametrize(
    ("response", "failed"),
    [
        (None, "false"),
        ({"status_code": "200", "error_message": " "}, "false"),
        ({"status_code": "399"}, "false"),
        ({"status_code": "400"}, "true"),
        ({"status_code": "200", "error_message": "denied"}, "true"),
        ({"error_message": "denied"}, "true"),
    ],
)
def test_an_action_failed_by_its_status_or_its_error(
    engine: Engine, response: dict[str, str] | None, failed: str
) -> None:
    engine.sources(access__audit=[event("e", response=response)])
    assert engine.loaded("fact_audit_logs", "is_failed_action") == [(failed,)]


def test_the_principal_is_told_by_the_form_of_its_identity(engine: Engine) -> None:
    identities = {
        "123e4567-e89b-12d3-a456-426614174000": "SERVICE_PRINCIPAL",
        "DBX_agent": "SYSTEM",
        "System-User": "SYSTEM",
        "ann@example.com": "HUMAN",
        "it's@platform.example": "SYSTEM",
        "job@project.iam.gserviceaccount.com": "SERVICE_PRINCIPAL",
    }
    events = [event(email, user_identity={"email": email}) for email in identities]
    engine.sources(access__audit=[*events, event("nobody")])
    found = engine.loaded(
        "fact_audit_logs",
        "user_identity_email",
        "principal_type",
        platform_identities=("it's@platform.example",),
    )
    assert set(found) == {*identities.items(), (None, "UNKNOWN")}
    assert len(found) == len(events) + 1


def test_missing_names_are_unknown_and_the_verdicts_are_never_null(engine: Engine) -> None:
    engine.sources(access__audit=[event("e")])
    columns = ("audit_level", "service_name", "action_name", "is_failed_action", "is_sensitive_action",
               "user_identity_email")  # fmt: skip
    assert engine.loaded("fact_audit_logs", *columns) == [
        ("unknown", "unknown", "unknown", "false", "false", None)
    ]


def test_the_workspace_of_an_event_of_the_account_is_zero(engine: Engine) -> None:
    engine.sources(access__audit=[event("e", workspace_id="0")])
    assert engine.loaded("fact_audit_logs", "event_id", "workspace_id") == [("e", "0")]


def test_only_the_days_are_loaded(engine: Engine) -> None:
    times = ["2026-03-01 23:59:59.9", "2026-03-02 00:00:00", "2026-03-04 23:59:59.9", "2026-03-05 00:00:00"]
    engine.sources(access__audit=[event(time, time) for time in times])
    assert engine.loaded("fact_audit_logs", "event_id") == [(time,) for time in times[1:3]]
