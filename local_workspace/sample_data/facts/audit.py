"""Audit events: `fact_audit_logs`."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from local_workspace.sample_data.organisation import (
    ACCOUNT_ID,
    ANALYSTS,
    CONTRACTOR,
    ENGINEERS,
    SCIENTISTS,
    SERVICE_PRINCIPALS,
    Workspace,
)
from local_workspace.sample_data.period import EVERY_DAY, OFFICE_HOURS, PEOPLE_WEEK, Shares
from local_workspace.sample_data.rows import Rows, Values, identifiers, sometimes, texts

if TYPE_CHECKING:
    from local_workspace.sample_data.period import Period, Times

ACCOUNT = "0"
"""Workspace id of events of the account."""

_SERVICE_HOURS: Shares = np.array([16.0] * 5 + [10.0] * 19)
"""Service principals never sleep, and the nightly loads keep them busiest."""


class _Action(NamedTuple):
    """An action and how often people, service principals and the platform do it (relative numbers)."""

    service: str
    name: str
    people: float
    services: float
    account: bool = False


_ACTIONS = (
    _Action("accounts", "login", 16, 0, account=True),
    _Action("accounts", "tokenLogin", 10, 26, account=True),
    _Action("accounts", "oidcTokenAuthorization", 3, 20, account=True),
    _Action("accounts", "mintOAuthToken", 2, 6, account=True),
    _Action("accounts", "logout", 4, 0, account=True),
    _Action("accounts", "add", 0.1, 0.1, account=True),
    _Action("accounts", "changePassword", 0.06, 0, account=True),
    _Action("accounts", "deactivateUser", 0.03, 0.02, account=True),
    _Action("unityCatalog", "getTable", 40, 60),
    _Action("unityCatalog", "getSchema", 9, 10),
    _Action("unityCatalog", "listTables", 12, 8),
    _Action("unityCatalog", "generateTemporaryTableCredential", 26, 52),
    _Action("unityCatalog", "generateTemporaryPathCredential", 2, 8),
    _Action("unityCatalog", "getPermissions", 3, 1),
    _Action("unityCatalog", "updatePermissions", 0.7, 0.25),
    _Action("unityCatalog", "createTable", 1.4, 4),
    _Action("unityCatalog", "deleteTable", 0.35, 0.6),
    _Action("unityCatalog", "updateTable", 0.8, 1.4),
    _Action("unityCatalog", "createVolume", 0.1, 0.05),
    _Action("databrickssql", "commandSubmit", 18, 22),
    _Action("databrickssql", "commandFinish", 16, 20),
    _Action("databrickssql", "getQuery", 6, 0),
    _Action("databrickssql", "changeWarehouseAcls", 0.08, 0.03),
    _Action("jobs", "runStart", 0.4, 9),
    _Action("jobs", "runSucceeded", 0.3, 8),
    _Action("jobs", "runFailed", 0.1, 0.4),
    _Action("jobs", "runNow", 0.9, 0.3),
    _Action("jobs", "changeJobAcl", 0.08, 0.04),
    _Action("clusters", "create", 0.4, 2.2),
    _Action("clusters", "start", 1.3, 0.4),
    _Action("clusters", "deleteResult", 0.2, 0.8),
    _Action("clusters", "changeClusterAcl", 0.08, 0.02),
    _Action("notebook", "runCommand", 15, 0.4),
    _Action("notebook", "createNotebook", 0.9, 0),
    _Action("notebook", "deleteNotebook", 0.15, 0),
    _Action("secrets", "getSecret", 0.8, 24),
    _Action("secrets", "putSecret", 0.07, 0.05),
    _Action("secrets", "listScopes", 0.3, 0.2),
    _Action("workspace", "permissionAssignment", 0.12, 0.04),
    _Action("workspace", "fileCreate", 0.9, 0.2),
    _Action("modelRegistry", "createModelVersion", 0.15, 0.3),
    _Action("serverlessRealTimeInference", "updateServingEndpoint", 0.08, 0.12),
)
_REFUSALS = {
    401: "Credential was not sent or was of an unsupported type",
    403: "User does not have permission on the object",
    404: "The object does not exist",
    400: "Invalid parameter value",
    429: "Too many requests",
    500: "Internal error",
}
_REFUSAL_SHARES = (0.13, 0.3, 0.33, 0.14, 0.06, 0.04)
_HOME = {
    **dict.fromkeys(ENGINEERS[:10], Workspace.EUROPE),
    **dict.fromkeys(ENGINEERS[10:], Workspace.AMERICA),
    **dict.fromkeys(ANALYSTS, Workspace.ANALYTICS),
    **dict.fromkeys(SCIENTISTS, Workspace.SCIENCE),
    CONTRACTOR: Workspace.DEVELOPMENT,
    **dict.fromkeys(SERVICE_PRINCIPALS, Workspace.PLATFORM),
    "svc-orchestrator": Workspace.EUROPE,
    "svc-dbt": Workspace.ANALYTICS,
    "svc-dashboards": Workspace.ANALYTICS,
    "svc-ingestion": Workspace.AMERICA,
    "svc-ml-platform": Workspace.SCIENCE,
}
_PROGRAMS = ("Mozilla/5.0", "databricks-cli", "databricks-sdk-py", "dbt-databricks", "Terraform")

_LOWER = "LOWER(action_name)"
_FAILED = (
    "COALESCE(response_status_code >= 400, FALSE) OR NULLIF(TRIM(response_error_message), '') IS NOT NULL"
)


def _like_any(patterns: tuple[str, ...]) -> str:
    return "(" + " OR ".join(f"{_LOWER} LIKE '{pattern}'" for pattern in patterns) + ")"


_SENSITIVE = _like_any((
    "%grant%", "%revoke%", "%delete%", "%secret%", "%permission%", "%acl", "%acls", "%token%", "%password%",
    "%credential%",
))  # fmt: skip
_HARMLESS = _like_any(
    ("get%", "list%", "generatetemporary%credential%", "%tokenlogin", "%tokenauthorization", "mintoauth%")
)

GOLD = {
    "account_id": f"'{ACCOUNT_ID}'",
    "audit_level": f"CASE WHEN workspace_id = '{ACCOUNT}' THEN 'ACCOUNT_LEVEL' ELSE 'WORKSPACE_LEVEL' END",
    "event_date": "CAST(event_time AS DATE)",
    "user_identity_subject_name": "user_identity_email",
    "identity_metadata_run_by": "user_identity_email",
    "identity_metadata_run_as": "user_identity_email",
    "is_failed_action": _FAILED,
    "is_sensitive_action": f"{_SENSITIVE} AND NOT {_HARMLESS}",
    "principal_type": "CASE WHEN user_identity_email IS NULL THEN 'UNKNOWN' "
    "WHEN user_identity_email LIKE 'System-%' THEN 'SYSTEM' "
    "WHEN user_identity_email NOT LIKE '%@%' THEN 'SERVICE_PRINCIPAL' ELSE 'HUMAN' END",
}


def generate(period: Period, rng: np.random.Generator) -> Rows:
    """What people do in their hours and what service principals do at all hours."""
    people = (*ENGINEERS, *ANALYSTS, *SCIENTISTS, CONTRACTOR)
    by_people = period.at_random(rng, 250, OFFICE_HOURS, PEOPLE_WEEK)
    by_services = period.at_random(rng, 560, _SERVICE_HOURS, EVERY_DAY)
    rows = _done(by_people, people, [action.people for action in _ACTIONS], rng).followed_by(
        _done(by_services, SERVICE_PRINCIPALS, [action.services for action in _ACTIONS], rng)
    )
    rows = rows.where(sometimes(rng, rows.count, 0.006), user_identity_email=None, source_ip_address=None)
    rows = rows.where(
        sometimes(rng, rows.count, 0.006), user_identity_email="System-User", source_ip_address=None
    )
    rows = rows.where(sometimes(rng, rows.count, 0.001), service_name="unknown")
    return with_ids(rows.take(np.argsort(rows["event_time"], kind="stable")), rng)


def with_ids(rows: Rows, rng: np.random.Generator) -> Rows:
    """The same events with ids of their own."""
    return rows.replace(
        event_id=identifiers(rng, rows.count, "{:016x}-event"),
        request_id=identifiers(rng, rows.count, "{:016x}-request"),
        session_id=identifiers(rng, rows.count, "{:012x}"),
    )


def refused(rows: Rows, mask: Values, status: int) -> Rows:
    """The same events, some of them answered with an error."""
    return rows.where(mask, response_status_code=float(status), response_error_message=_REFUSALS[status])


def _done(times: Times, actors: tuple[str, ...], weights: list[float], rng: np.random.Generator) -> Rows:
    count = len(times)
    action = rng.choice(len(_ACTIONS), count, p=np.array(weights) / sum(weights))
    favourites = 1 / np.arange(1, len(actors) + 1) ** 0.8
    actor = rng.choice(len(actors), count, p=favourites / favourites.sum())
    at_home = texts([_HOME[name].value for name in actors])[actor]
    anywhere = texts([workspace.value for workspace in Workspace])[rng.integers(0, len(Workspace), count)]
    workspace = np.where(sometimes(rng, count, 0.12), anywhere, at_home)
    of_account = np.array([each.account for each in _ACTIONS])[action]
    human = actors is not SERVICE_PRINCIPALS
    program = rng.integers(0, 2, count) if human else rng.integers(2, len(_PROGRAMS), count)
    rows = Rows({
        "event_time": times,
        "workspace_id": np.where(of_account, ACCOUNT, workspace).astype(object),
        "service_name": texts([each.service for each in _ACTIONS])[action],
        "action_name": texts([each.name for each in _ACTIONS])[action],
        "user_identity_email": texts(actors)[actor],
        "source_ip_address": _addresses(len(actors), human=human)[actor, rng.integers(0, 3, count)],
        "user_agent": texts(_PROGRAMS)[program],
        "response_status_code": np.where(sometimes(rng, count, 0.003), np.nan, 200.0),
        "response_error_message": texts([None] * count),
    })  # fmt: skip
    problems = rng.choice(list(_REFUSALS), count, p=_REFUSAL_SHARES)
    failed = sometimes(rng, count, 0.016)
    for status in _REFUSALS:
        rows = refused(rows, failed & (problems == status), status)
    return rows


def _addresses(actors: int, *, human: bool) -> Values:
    """Three addresses for everybody, from ranges reserved for examples and for private networks."""
    network = "198.51.100" if human else "10.4.12"
    return np.array(
        [[f"{network}.{(3 * actor + number) % 250 + 1}" for number in range(3)] for actor in range(actors)]
    ).astype(object)
