"""Which alerts a stack asks for, and who is told."""

from __future__ import annotations

import pytest

from monitoring.domains import DOMAINS
from monitoring.settings import Settings, SettingsError

NAMES = tuple(domain.name for domain in DOMAINS)
GIVEN: dict[str, object] = {"catalog": "main", "gold_schema": "gold", "host": "https://x.example.com"}


def settings(**values: object) -> Settings:
    return Settings.from_stack("dev", GIVEN | values, {})


def problems(**values: object) -> list[str]:
    with pytest.raises(SettingsError) as raised:
        settings(**values)
    return raised.value.problems


def test_alerts_are_on_where_there_is_a_warehouse_and_off_where_there_is_none() -> None:
    assert settings(warehouse_id="w1").alerts == NAMES
    assert settings().alerts == ()


@pytest.mark.parametrize("off", [False, "false", []])
def test_alerts_can_be_switched_off(off: object) -> None:
    assert settings(warehouse_id="w1", alerts=off).alerts == ()


@pytest.mark.parametrize("on", [True, "true"])
def test_alerts_can_be_switched_on(on: object) -> None:
    assert settings(warehouse_id="w1", alerts=on).alerts == NAMES


def test_alerts_can_be_chosen_per_domain_and_keep_the_usual_order() -> None:
    chosen = settings(warehouse_id="w1", alerts=["security", "cost"])
    assert [domain.name for domain in chosen.alerted_domains] == ["cost", "security"]


def test_only_deployed_domains_have_alerts() -> None:
    assert settings(warehouse_id="w1", domains=["job", "cost"]).alerts == ("cost", "job")
    assert problems(
        warehouse_id="w1", domains=["job", "cost"], alerts=["jobs", "security", "job", "job"]
    ) == [
        "alerts: 'job' is given twice",
        "alerts: domain 'jobs' is not deployed; did you mean 'job'?",
        "alerts: domain 'security' is not deployed; allowed: cost, job",
    ]


@pytest.mark.parametrize("on", [True, ["cost"]])
def test_alerts_need_a_warehouse(on: object) -> None:
    assert problems(alerts=on) == [
        "alerts: no SQL warehouse to run them; give its id as warehouse_id, or alerts: false"
    ]


@pytest.mark.parametrize("value", ["yes", 1, {"cost": True}, [1]])
def test_another_value_is_refused(value: object) -> None:
    assert problems(warehouse_id="w1", alerts=value) == [
        f"alerts: {value!r} is not allowed; give true, false, or a list of the names of domains that are deployed"
    ]


def test_a_mistake_in_the_domains_is_not_reported_twice() -> None:
    assert problems(warehouse_id="w1", domains=["costs"], alerts=["cost"]) == [
        "domains: unknown domain 'costs'; did you mean 'cost'?"
    ]


def test_who_hears_of_failed_refreshes_hears_of_alerts_unless_others_are_named() -> None:
    assert settings(failure_emails=["a@example.com"]).alert_receivers == ("a@example.com",)
    others = settings(failure_emails=["a@example.com"], alert_emails=["b@example.com"])
    assert others.alert_receivers == ("b@example.com",)


def test_an_address_that_is_none_is_refused() -> None:
    assert problems(alert_emails=["nobody"]) == [
        "alert_emails: ['nobody'] is not allowed; give a list of e-mail addresses"
    ]
