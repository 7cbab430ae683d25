"""Stack configuration -> one frozen ``Settings``, with every mistake reported at once.

Credentials are never configuration: the provider, the SDK and the jobs read them from the environment.
"""

from __future__ import annotations

import os
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from monitoring.api import Api
from monitoring.domain import Domain, Schedule
from monitoring.domains import DOMAINS
from monitoring.nearest import near_or_all
from monitoring.rules.monitor import monitor_reasons

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_EMAILS = 5
LONGEST_COMMENT_WAIT = 120
DEFAULT_COMMENT_WAIT = 10
OVERRIDES = ("granularities", "schedule", "slices")
SCHEDULE_KEYS = ("quartz", "timezone")
_CREDENTIAL = re.compile(r"token|password|secret|credential|private_?key", re.IGNORECASE)
_LOGIN_IN_ADDRESS = re.compile(r"//.*@")


class SettingsError(ValueError):
    """The stack configuration does not fit; ``problems`` has one line per mistake."""

    def __init__(self, stack: str, problems: list[str]) -> None:
        self.stack = stack
        self.problems = problems
        lines = "".join(f"\n  {problem}" for problem in problems)
        count = "1 mistake" if len(problems) == 1 else f"{len(problems)} mistakes"
        super().__init__(f"configuration of stack '{stack}' has {count}:{lines}")


def _matching(pattern: str) -> AfterValidator:
    def check(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise ValueError("does not match")
        return text

    return AfterValidator(check)


def _true_or_false(value: object) -> object:
    """Only what the configuration calls true or false: a 1 or a ``yes`` may be meant for another key."""
    words = {"true": True, "false": False}
    chosen = words.get(value) if isinstance(value, str) else value
    if not isinstance(chosen, bool):
        raise ValueError("is neither true nor false")
    return chosen


def _no_truth_value(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError("is no number")
    return value


Identifier = Annotated[str, _matching(r"[a-z_][a-z0-9_]{0,254}")]
Principal = Annotated[str, _matching(r"[^\s:`'\"\\](?:[^\n\r\t:`'\"\\]*[^\s:`'\"\\])?")]
Email = Annotated[str, _matching(r"[^@\s,;<>\"']+@[^@\s,;<>\"']+\.[^@\s.,;<>\"']{2,}")]


class Settings(BaseModel):
    """What one stack deploys, and where."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    stack: str
    api: Api
    catalog: Identifier
    gold_schema: Identifier
    output_schema: Identifier
    assets_dir: Annotated[str, _matching(r"/(?!.*//)(?!.*(^|/)\.\.?(/|$))[^\n\r\t]*[^\s/]")]
    # An id of digits only comes out of a stack file as a number.
    warehouse_id: Annotated[str, Field(coerce_numbers_to_str=True), _matching(r"[A-Za-z0-9_-]+")] | None
    host: Annotated[str, _matching(r"https://[^\s/?#@]+|http://(localhost|127\.0\.0\.1|\[::1\])(:\d+)?")]
    domains: tuple[Domain, ...]
    jobs: Annotated[bool, BeforeValidator(_true_or_false)]
    failure_emails: Annotated[tuple[Email, ...], Field(max_length=MOST_EMAILS)]
    readers: tuple[Principal, ...]
    comment_writers: tuple[Principal, ...]
    personal_data_in_gold: Annotated[bool, BeforeValidator(_true_or_false)]
    dashboard: Annotated[bool, BeforeValidator(_true_or_false)]
    genie_space: Annotated[bool, BeforeValidator(_true_or_false)]
    protect: Annotated[bool, BeforeValidator(_true_or_false)]
    comment_wait_seconds: Annotated[
        int, BeforeValidator(_no_truth_value), Field(ge=0, le=LONGEST_COMMENT_WAIT)
    ]
    alerts: tuple[str, ...]
    alert_emails: tuple[Email, ...]

    @classmethod
    def from_stack(
        cls, stack: str, values: Mapping[str, object], environment: Mapping[str, str] | None = None
    ) -> Self:
        """The settings of ``stack`` from its configuration ``values``.

        Complex values come as Python lists and objects, already read from JSON.

        Raises:
            SettingsError: with every mistake, each naming key, value and what is allowed.
        """
        given = {key: value for key, value in values.items() if value is not None}
        domains, domain_problems = _resolve_domains(given.pop("domains", None))
        alerts, alert_problems = _resolve_alerts(
            given.pop("alerts", None), domains, given.get("warehouse_id")
        )
        known = {key: value for key, value in given.items() if key in ALLOWED}
        candidate = _defaults(stack, known, os.environ if environment is None else environment) | known
        if isinstance(candidate.get("host"), str):
            candidate["host"] = candidate["host"].rstrip("/")
        problems = _unknown_keys(given)
        try:
            settings = cls(stack=stack, domains=domains, alerts=alerts, **candidate)
        except ValidationError as error:
            problems += _value_problems(error, given, candidate)
        if "gold_schema" in given and given.get("output_schema") == given["gold_schema"]:
            problems.append(
                f"output_schema: '{given['output_schema']}' is the gold schema; give a schema of its own"
            )
        problems += _missing_warehouse(candidate) + _listed_twice(given)
        problems += domain_problems + alert_problems
        if problems:
            raise SettingsError(stack, problems)
        return settings

    @property
    def alert_receivers(self) -> tuple[str, ...]:
        """Who is told when an alert fires: who hears of failed refreshes, unless others are named."""
        return self.alert_emails or self.failure_emails

    @property
    def alerted_domains(self) -> tuple[Domain, ...]:
        """The domains whose alerts are deployed."""
        return tuple(domain for domain in self.domains if domain.name in self.alerts)

    @property
    def output_schema_name(self) -> str:
        """``catalog.schema`` of the output tables."""
        return f"{self.catalog}.{self.output_schema}"

    def gold_table_name(self, domain: Domain) -> str:
        """Full name of the table that the domain's monitor reads."""
        return f"{self.catalog}.{self.gold_schema}.{domain.gold_table}"

    def profile_table_name(self, domain: Domain) -> str:
        """Full name of the domain's profile table."""
        return f"{self.output_schema_name}.{domain.profile_table}"

    def drift_table_name(self, domain: Domain) -> str:
        """Full name of the domain's drift table."""
        return f"{self.output_schema_name}.{domain.drift_table}"


_IDENTIFIER = "a name in lower case of letters, digits and underscores, as Unity Catalog stores it"
_PRINCIPALS = "a list of principals: names of groups, e-mail addresses of users, application ids of services"
NEED_A_WAREHOUSE = ("dashboard", "genie_space")
"""What runs its queries on a SQL warehouse and so cannot be deployed without one."""
ALLOWED = {
    "catalog": _IDENTIFIER,
    "gold_schema": _IDENTIFIER,
    "output_schema": _IDENTIFIER,
    "assets_dir": "an absolute workspace folder without a slash at its end, such as /Workspace/Shared/x",
    "warehouse_id": "the id of a SQL warehouse, such as 1a2b3c4d5e6f7a8b",
    "host": "the address of the workspace, https://… without a path (http:// on this machine only)",
    "api": "legacy or v1",
    "domains": (
        "a list of names, or an object of names and overrides; "
        f"names: {', '.join(domain.name for domain in DOMAINS)}"
    ),
    "failure_emails": f"a list of at most {MOST_EMAILS} e-mail addresses",
    "readers": _PRINCIPALS,
    "comment_writers": _PRINCIPALS,
    "personal_data_in_gold": "true or false",
    "dashboard": "true or false",
    "genie_space": "true or false",
    "alerts": "true, false, or a list of the names of domains that are deployed",
    "alert_emails": "a list of e-mail addresses",
    "protect": "true or false",
    "jobs": "true or false",
    "comment_wait_seconds": f"a whole number of seconds from 0 to {LONGEST_COMMENT_WAIT}",
}
"""What each configuration key may hold, as messages and documentation say it."""


def _unknown_keys(given: Mapping[str, object]) -> list[str]:
    problems = []
    for key in given:
        if key in ALLOWED:
            continue
        if _CREDENTIAL.search(key):
            # The value stays out of the message: it may be the credential.
            problems.append(f"{key}: credentials are read from the environment only; remove the key")
        else:
            problems.append(f"{key}: unknown key{near_or_all(key, ALLOWED)}")
    return problems


def _missing_warehouse(candidate: Mapping[str, object]) -> list[str]:
    return [
        f"{key}: needs a SQL warehouse; give warehouse_id"
        for key in NEED_A_WAREHOUSE
        if candidate[key] in (True, "true") and candidate["warehouse_id"] is None
    ]


def _listed_twice(given: Mapping[str, object]) -> list[str]:
    """Principals that a list names twice: each gets one grant, whose name is made from the principal's."""
    problems = []
    for key in ("readers", "comment_writers"):
        listed = given.get(key)
        if isinstance(listed, list | tuple) and all(isinstance(principal, str) for principal in listed):
            problems += [
                f"{key}: '{principal}' is given twice"
                for principal in dict.fromkeys(listed)
                if listed.count(principal) > 1
            ]
    return problems


def _defaults(stack: str, given: Mapping[str, object], environment: Mapping[str, str]) -> dict[str, Any]:
    defaults: dict[str, Any] = {
        "warehouse_id": None,
        "api": Api.LEGACY,
        "failure_emails": (),
        "readers": (),
        "comment_writers": (),
        # The gold tables as shipped hold some, so a stack that says nothing shows none.
        "personal_data_in_gold": True,
        "dashboard": False,
        "genie_space": False,
        "alert_emails": (),
        "protect": stack == "prod",
        # The local workspace makes its tables on request; elsewhere they may follow the monitor closely.
        "comment_wait_seconds": 0 if stack == "local" else DEFAULT_COMMENT_WAIT,
        "jobs": True,
    }
    if "gold_schema" in given:
        defaults["output_schema"] = f"{given['gold_schema']}_monitoring"
    if "gold_schema" in given and "catalog" in given:
        defaults["assets_dir"] = f"/Workspace/Shared/monitoring/{given['catalog']}/{given['gold_schema']}"
    if host := environment.get("DATABRICKS_HOST"):
        defaults["host"] = host
    return defaults


def _value_problems(
    error: ValidationError, given: Mapping[str, object], candidate: Mapping[str, object]
) -> list[str]:
    """One line per wrong or missing value; defaults made from a wrong value are not mistakes of their own."""
    wrong = dict.fromkeys(str(detail["loc"][0]) for detail in error.errors())
    problems = []
    for key in wrong:
        # Messages end in logs, and an address may hold a password.
        shown = _LOGIN_IN_ADDRESS.sub("//…@", repr(candidate.get(key)))
        if key in given:
            problems.append(f"{key}: {shown} is not allowed; give {ALLOWED[key]}")
        elif key == "host" and key in candidate:
            problems.append(f"host: {shown} in DATABRICKS_HOST is not allowed; give {ALLOWED[key]}")
        elif key == "host":
            problems.append(f"host: missing; give {ALLOWED[key]}, or set DATABRICKS_HOST")
        elif key in {"catalog", "gold_schema"}:
            problems.append(f"{key}: missing; give {ALLOWED[key]}")
        elif key in candidate and not wrong.keys() & {"catalog", "gold_schema"}:
            problems.append(f"{key}: {shown}, made from gold_schema, is not allowed; give {ALLOWED[key]}")
    return problems


def _resolve_domains(value: object) -> tuple[tuple[Domain, ...], list[str]]:
    """The chosen domains in their usual order with overrides applied, and what is wrong with the choice."""
    if value is None:
        return DOMAINS, []
    if isinstance(value, list | tuple) and all(isinstance(name, str) for name in value):
        chosen: dict[str, object] = dict.fromkeys(value)
        problems = [f"domains: '{name}' is given twice" for name in chosen if list(value).count(name) > 1]
    elif isinstance(value, dict):
        chosen, problems = value, []
    else:
        return (), [f"domains: {value!r} is not allowed; give {ALLOWED['domains']}"]
    names = [domain.name for domain in DOMAINS]
    problems += [
        f"domains: unknown domain '{name}'{near_or_all(str(name), names)}"
        for name in chosen
        if name not in names
    ]
    if not chosen:
        problems.append(f"domains: empty; give {ALLOWED['domains']}")
    resolved = []
    for domain in DOMAINS:
        if domain.name in chosen:
            changed, found = _override(domain, chosen[domain.name])
            resolved.append(changed)
            problems += found
    return tuple(resolved), problems


def _resolve_alerts(
    value: object, domains: tuple[Domain, ...], warehouse_id: object
) -> tuple[tuple[str, ...], list[str]]:
    """Names of the domains with alerts, and what is wrong with the choice. Left out, a warehouse decides."""
    deployed = tuple(domain.name for domain in domains)
    words: dict[str | None, object] = {"true": True, "false": False, None: warehouse_id is not None}
    chosen = words.get(value, value) if isinstance(value, str | None) else value
    if isinstance(chosen, bool):
        chosen = deployed if chosen else ()
    if not (isinstance(chosen, list | tuple) and all(isinstance(name, str) for name in chosen)):
        return (), [f"alerts: {value!r} is not allowed; give {ALLOWED['alerts']}"]
    names = dict.fromkeys(chosen)
    problems = [f"alerts: '{name}' is given twice" for name in names if list(chosen).count(name) > 1]
    problems += [
        f"alerts: domain '{name}' is not deployed{near_or_all(name, deployed)}"
        for name in names
        if deployed and name not in deployed
    ]
    if names and warehouse_id is None:
        problems.append("alerts: no SQL warehouse to run them; give its id as warehouse_id, or alerts: false")
    return tuple(name for name in deployed if name in names), problems


def _override(domain: Domain, overrides: object) -> tuple[Domain, list[str]]:
    key = f"domains.{domain.name}"
    if overrides is None:
        return domain, []
    if not isinstance(overrides, dict):
        return domain, [f"{key}: {overrides!r} is not allowed; give an object with {', '.join(OVERRIDES)}"]
    problems = [
        f"{key}.{name}: unknown override{near_or_all(str(name), OVERRIDES)}"
        for name in overrides
        if name not in OVERRIDES
    ]
    changes: dict[str, Any] = {}
    for name in ("granularities", "slices"):
        if name not in overrides:
            continue
        texts = overrides[name]
        if isinstance(texts, list | tuple) and all(isinstance(text, str) for text in texts):
            changes[name] = tuple(texts)
        else:
            problems.append(f"{key}.{name}: {texts!r} is not allowed; give a list of texts")
    if "schedule" in overrides:
        try:
            changes["schedule"] = _schedule(overrides["schedule"])
        except ValueError as error:
            problems.append(f"{key}.schedule: {error}")
    changed = replace(domain, **changes)
    problems += [f"{key}.{field}: {reason}" for field, reason in monitor_reasons(changed) if field in changes]
    return changed, problems


def _schedule(value: object) -> Schedule | None:
    if value is None:
        return None
    if isinstance(value, str):
        return Schedule(value)
    if isinstance(value, dict) and "quartz" in value and value.keys() <= set(SCHEDULE_KEYS):
        texts = {name: text for name, text in value.items() if isinstance(text, str)}
        if len(texts) == len(value):
            return Schedule(**texts)
    raise ValueError(
        f"{value!r} is not allowed; give a Quartz text such as '0 0 6 * * ?', "
        "an object with quartz and timezone, or null for no schedule"
    )
