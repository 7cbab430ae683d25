"""Stack configuration becomes settings, or one error with a line for every mistake."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from monitoring.api import Api
from monitoring.domains import DOMAINS, cost
from monitoring.settings import ALLOWED, Settings, SettingsError

HOST = "https://adb-1.azuredatabricks.net"
NEEDED = {"catalog": "main", "gold_schema": "gold", "host": HOST}
A_NAME = "a name in lower case of letters, digits and underscores, as Unity Catalog stores it"
A_FOLDER = "an absolute workspace folder without a slash at its end, such as /Workspace/Shared/x"
AN_ADDRESS = "the address of the workspace, https://… without a path (http:// on this machine only)"


def read(stack: str = "dev", /, **values: object) -> Settings:
    """The settings of ``stack`` from what every stack needs and ``values``; nothing from the environment."""
    return Settings.from_stack(stack, NEEDED | values, {})


def problems(**values: object) -> list[str]:
    with pytest.raises(SettingsError) as raised:
        read(**values)
    return raised.value.problems


def test_a_stack_that_says_only_where_gets_defaults_for_the_rest() -> None:
    assert dict(read()) == {
        "stack": "dev",
        "catalog": "main",
        "gold_schema": "gold",
        "output_schema": "gold_monitoring",
        "assets_dir": "/Workspace/Shared/monitoring/main/gold",
        "warehouse_id": None,
        "host": HOST,
        "api": Api.LEGACY,
        "jobs": True,
        "alerts": (),
        "alert_emails": (),
        "domains": DOMAINS,
        "failure_emails": (),
        "readers": (),
        "comment_writers": (),
        "personal_data_in_gold": True,
        "dashboard": False,
        "genie_space": False,
        "protect": False,
        "comment_wait_seconds": 10,
    }


def test_every_key_has_a_description_of_what_it_may_hold() -> None:
    assert set(Settings.model_fields) == {"stack", *ALLOWED}


@pytest.mark.parametrize(
    ("stack", "protected", "wait"), [("prod", True, 10), ("dev", False, 10), ("local", False, 0)]
)
def test_production_is_protected_and_the_local_workspace_not_waited_for(
    stack: str, protected: bool, wait: int
) -> None:
    settings = read(stack)
    assert (settings.protect, settings.comment_wait_seconds) == (protected, wait)


@pytest.mark.parametrize("given", [False, "false"])
def test_production_is_not_protected_when_the_stack_says_so(given: object) -> None:
    assert read("prod", protect=given).protect is False


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("catalog", "_dev_2", "_dev_2"),
        ("gold_schema", "g" * 240, "g" * 240),
        ("output_schema", "metrics", "metrics"),
        ("assets_dir", "/Workspace/Users/a b/x", "/Workspace/Users/a b/x"),
        ("warehouse_id", "1a2b3c4d5e6f7a8b", "1a2b3c4d5e6f7a8b"),
        ("warehouse_id", 1234567890123456, "1234567890123456"),
        ("host", "https://x.cloud.databricks.com/", "https://x.cloud.databricks.com"),
        ("host", "http://127.0.0.1:8443", "http://127.0.0.1:8443"),
        ("host", "http://localhost", "http://localhost"),
        ("host", "http://[::1]:80", "http://[::1]:80"),
        ("failure_emails", ["a@example.org"] * 5, ("a@example.org",) * 5),
        ("failure_emails", [], ()),
        ("readers", ["data analysts", "a@example.org"], ("data analysts", "a@example.org")),
        (
            "comment_writers",
            ["0a1b2c3d-0000-4000-8000-000000000000"],
            ("0a1b2c3d-0000-4000-8000-000000000000",),
        ),
        ("personal_data_in_gold", "false", False),
        ("protect", "true", True),
        ("comment_wait_seconds", 0, 0),
        ("comment_wait_seconds", "120", 120),
    ],
)
def test_allowed_values_are_taken(key: str, value: object, expected: object) -> None:
    assert getattr(read(**{key: value}), key) == expected


@pytest.mark.parametrize(
    "value", ["Main", "my-catalog", "1st", "a.b", "", " main", "main\n", "ä", 5, ["main"]]
)
@pytest.mark.parametrize("key", ["catalog", "gold_schema", "output_schema"])
def test_a_name_that_the_catalog_would_change_is_refused(key: str, value: object) -> None:
    assert problems(**{key: value}) == [f"{key}: {value!r} is not allowed; give {A_NAME}"]


WRONG_VALUES: dict[str, tuple[str, tuple[object, ...]]] = {
    "assets_dir": (A_FOLDER, ("x", "/", "/a/", "/a//b", "/a/../b", "/a\n", 1)),
    "warehouse_id": (
        "the id of a SQL warehouse, such as 1a2b3c4d5e6f7a8b",
        ("my warehouse", "/sql/1.0/warehouses/1a2b", ["1a2b"]),
    ),
    "host": (
        AN_ADDRESS,
        (
            "x.cloud.databricks.com",
            "http://x.cloud.databricks.com",
            "https://x.com/sql",
            "https://x.com?o=1",
            "http://localhost:port",
            "http://127.0.0.1.example.org",
            "ftp://x.com",
            5,
        ),
    ),
    "failure_emails": (
        "a list of at most 5 e-mail addresses",
        (
            "a@example.org",
            ["nobody"],
            ["a@example"],
            ["a@example.org, b@example.org"],
            [f"a{number}@example.org" for number in range(6)],
        ),
    ),
    "protect": ("true or false", ("yes", 1, "True", [])),
    "comment_wait_seconds": ("a whole number of seconds from 0 to 120", (-1, 121, 1.5, "soon", True, [])),
}


@pytest.mark.parametrize(
    ("key", "value", "allowed"),
    [(key, value, allowed) for key, (allowed, values) in WRONG_VALUES.items() for value in values],
)
def test_a_value_that_is_not_allowed_is_named_with_what_is(key: str, value: object, allowed: str) -> None:
    assert problems(**{key: value}) == [f"{key}: {value!r} is not allowed; give {allowed}"]


def test_a_login_in_the_address_is_refused_and_not_repeated() -> None:
    assert problems(host="https://me:s3cret@x.com") == [
        f"host: 'https://…@x.com' is not allowed; give {AN_ADDRESS}"
    ]


def test_an_output_schema_made_from_a_long_gold_schema_is_refused() -> None:
    made = "g" * 250 + "_monitoring"
    assert problems(gold_schema="g" * 250) == [
        f"output_schema: '{made}', made from gold_schema, is not allowed; give {A_NAME}"
    ]


def test_the_gold_schema_cannot_take_the_output_tables() -> None:
    assert problems(output_schema="gold") == [
        "output_schema: 'gold' is the gold schema; give a schema of its own"
    ]


def test_what_every_stack_needs_is_missed() -> None:
    with pytest.raises(SettingsError) as raised:
        Settings.from_stack("dev", {}, {})
    assert str(raised.value) == (
        "configuration of stack 'dev' has 3 mistakes:\n"
        f"  catalog: missing; give {A_NAME}\n"
        f"  gold_schema: missing; give {A_NAME}\n"
        f"  host: missing; give {AN_ADDRESS}, or set DATABRICKS_HOST"
    )


def test_the_host_comes_from_the_environment_when_the_stack_does_not_say() -> None:
    without_host = {key: value for key, value in NEEDED.items() if key != "host"}
    environment = {"DATABRICKS_HOST": "https://x.com/"}
    assert Settings.from_stack("dev", without_host, environment).host == "https://x.com"
    assert Settings.from_stack("dev", NEEDED, environment).host == HOST


def test_a_wrong_host_in_the_environment_is_said_to_be_there() -> None:
    with pytest.raises(SettingsError) as raised:
        Settings.from_stack("dev", {"catalog": "main", "gold_schema": "gold"}, {"DATABRICKS_HOST": "x.com"})
    assert raised.value.problems == [f"host: 'x.com' in DATABRICKS_HOST is not allowed; give {AN_ADDRESS}"]


@pytest.mark.parametrize("key", ["token", "databricks_token", "client_secret", "PASSWORD", "private_key"])
def test_a_credential_is_refused_and_its_value_not_repeated(key: str) -> None:
    assert problems(**{key: "dapi0123"}) == [
        f"{key}: credentials are read from the environment only; remove the key"
    ]


@pytest.mark.parametrize(
    ("key", "hint"),
    [
        ("catlog", "; did you mean 'catalog'?"),
        ("Protect", "; did you mean 'protect'?"),
        ("stack", f"; allowed: {', '.join(ALLOWED)}"),
    ],
)
def test_an_unknown_key_gets_the_nearest_one_or_all(key: str, hint: str) -> None:
    assert problems(**{key: "x"}) == [f"{key}: unknown key{hint}"]


def test_all_mistakes_are_told_at_once() -> None:
    with pytest.raises(SettingsError) as raised:
        Settings.from_stack(
            "dev",
            {
                "catalog": "Main",
                "gold_schema": "gold",
                "output_schema": "gold",
                "protect": "yes",
                "catlog": "x",
                "token": "x",
                "domains": ["cots"],
            },
            {},
        )
    assert str(raised.value) == (
        "configuration of stack 'dev' has 7 mistakes:\n"
        "  catlog: unknown key; did you mean 'catalog'?\n"
        "  token: credentials are read from the environment only; remove the key\n"
        f"  catalog: 'Main' is not allowed; give {A_NAME}\n"
        f"  host: missing; give {AN_ADDRESS}, or set DATABRICKS_HOST\n"
        "  protect: 'yes' is not allowed; give true or false\n"
        "  output_schema: 'gold' is the gold schema; give a schema of its own\n"
        "  domains: unknown domain 'cots'; did you mean 'cost'?"
    )


def test_one_mistake_is_counted_as_one() -> None:
    with pytest.raises(SettingsError, match=r"^configuration of stack 'dev' has 1 mistake:\n"):
        read(zzz=1)


def test_a_key_without_a_value_counts_as_not_given() -> None:
    assert read(**dict.fromkeys(ALLOWED.keys() - NEEDED.keys())) == read()


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        read().catalog = "other"


def test_the_tables_have_full_names() -> None:
    settings = read(output_schema="metrics")
    assert settings.output_schema_name == "main.metrics"
    assert settings.gold_table_name(cost.DOMAIN) == "main.gold.fact_usage"
    assert settings.profile_table_name(cost.DOMAIN) == "main.metrics.fact_usage_profile_metrics"
    assert settings.drift_table_name(cost.DOMAIN) == "main.metrics.fact_usage_drift_metrics"


ANYTHING: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from(sorted(ALLOWED)) | st.text(), ANYTHING, max_size=4))
def test_any_values_give_settings_or_lines_that_name_their_key(values: dict[str, Any]) -> None:
    found: list[str] = []
    try:
        read(**values)
    except SettingsError as error:
        found = error.problems
    assert [problem for problem in found if not problem.startswith((*values, *ALLOWED))] == []


PRINCIPALS = "a list of principals: names of groups, e-mail addresses of users, application ids of services"


@pytest.mark.parametrize("key", ["readers", "comment_writers"])
@pytest.mark.parametrize("value", ["analysts", [""], [" a"], ["a`b"], ["a::b"], ["a\nb"], [1]])
def test_what_is_no_list_of_principals_is_refused(key: str, value: object) -> None:
    assert problems(**{key: value}) == [f"{key}: {value!r} is not allowed; give {PRINCIPALS}"]


@pytest.mark.parametrize("key", ["readers", "comment_writers"])
def test_a_principal_that_is_given_twice_is_named(key: str) -> None:
    assert problems(**{key: ["a", "b", "a"]}) == [f"{key}: 'a' is given twice"]


@pytest.mark.parametrize("key", ["dashboard", "genie_space"])
@pytest.mark.parametrize("value", [True, "true"])
def test_what_queries_needs_a_warehouse(key: str, value: object) -> None:
    assert problems(**{key: value}) == [f"{key}: needs a SQL warehouse; give warehouse_id"]
    assert getattr(read(**{key: value}, warehouse_id="w"), key) is True
