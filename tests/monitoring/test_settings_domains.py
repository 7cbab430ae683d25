"""Which domains a stack deploys, and how it may watch them differently."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from monitoring.domain import Domain, Schedule
from monitoring.domains import DOMAINS, cost, job
from monitoring.settings import Settings, SettingsError

NEEDED = {"catalog": "main", "gold_schema": "gold", "host": "https://x.com"}
NAMES = "cost, job, query, cluster, security, quality, governance, inference"
ALLOWED = f"give a list of names, or an object of names and overrides; names: {NAMES}"


def chosen(domains: object) -> tuple[Domain, ...]:
    return Settings.from_stack("dev", NEEDED | {"domains": domains}, {}).domains


def problems(domains: object) -> list[str]:
    with pytest.raises(SettingsError) as raised:
        chosen(domains)
    return raised.value.problems


def test_all_eight_domains_are_deployed_when_the_stack_does_not_say() -> None:
    assert Settings.from_stack("dev", NEEDED, {}).domains == DOMAINS


@pytest.mark.parametrize("domains", [["job", "cost"], ("job", "cost"), {"job": None, "cost": {}}])
def test_chosen_domains_keep_their_usual_order(domains: object) -> None:
    assert chosen(domains) == (cost.DOMAIN, job.DOMAIN)


@pytest.mark.parametrize(
    ("override", "change"),
    [
        ({"granularities": ["1 week"]}, {"granularities": ("1 week",)}),
        ({"slices": []}, {"slices": ()}),
        (
            {"slices": ["job_name", "run_duration_minutes > 60"]},
            {"slices": ("job_name", "run_duration_minutes > 60")},
        ),
        ({"schedule": None}, {"schedule": None}),
        ({"schedule": "0 30 6 * * ?"}, {"schedule": Schedule("0 30 6 * * ?", "UTC")}),
        (
            {"schedule": {"quartz": "0 30 6 * * ?", "timezone": "Europe/Berlin"}},
            {"schedule": Schedule("0 30 6 * * ?", "Europe/Berlin")},
        ),
    ],
)
def test_an_override_changes_its_field_and_nothing_else(
    override: dict[str, object], change: dict[str, Any]
) -> None:
    assert chosen({"cost": None, "job": override}) == (cost.DOMAIN, replace(job.DOMAIN, **change))


@pytest.mark.parametrize("domains", ["cost", 5, ["cost", 5], [["cost"]], True])
def test_a_choice_that_is_no_list_of_names_is_refused(domains: object) -> None:
    assert problems(domains) == [f"domains: {domains!r} is not allowed; {ALLOWED}"]


@pytest.mark.parametrize("domains", [[], {}])
def test_no_domain_at_all_is_refused(domains: object) -> None:
    assert problems(domains) == [f"domains: empty; {ALLOWED}"]


def test_unknown_and_repeated_domains_are_named() -> None:
    assert problems(["cost", "cots", "zzz", "cost"]) == [
        "domains: 'cost' is given twice",
        "domains: unknown domain 'cots'; did you mean 'cost'?",
        f"domains: unknown domain 'zzz'; allowed: {NAMES}",
    ]


@pytest.mark.parametrize(
    ("override", "expected"),
    [
        ([1], "domains.cost: [1] is not allowed; give an object with granularities, schedule, slices"),
        ({"schedul": None}, "domains.cost.schedul: unknown override; did you mean 'schedule'?"),
        (
            {"metrics": []},
            "domains.cost.metrics: unknown override; allowed: granularities, schedule, slices",
        ),
        ({"slices": "cloud"}, "domains.cost.slices: 'cloud' is not allowed; give a list of texts"),
        ({"granularities": [1]}, "domains.cost.granularities: [1] is not allowed; give a list of texts"),
        (
            {"slices": ["clout"]},
            "domains.cost.slices: slice: unknown column 'clout' in fact_usage; did you mean 'cloud'?",
        ),
        (
            {"granularities": ["1 hour"]},
            (
                "domains.cost.granularities: granularity '1 hour' on the DATE column 'usage_date' puts every row "
                "into the first window of its day; use '1 day' or a TIMESTAMP column"
            ),
        ),
        (
            {"granularities": []},
            "domains.cost.granularities: has no granularity; give at least one, such as '1 day'",
        ),
        (
            {"schedule": "0 6 * * *"},
            (
                "domains.cost.schedule: cron '0 6 * * *' has 5 fields; Quartz wants 6 or 7: second, minute, hour, "
                "day of month, month, day of week and perhaps year, such as '0 0 6 * * ?'"
            ),
        ),
        (
            {"schedule": {"quartz": "0 0 6 * * ?", "timezone": "Europe/Berln"}},
            "domains.cost.schedule: unknown time zone 'Europe/Berln'; did you mean 'Europe/Berlin'?",
        ),
        *(
            (
                {"schedule": value},
                (
                    f"domains.cost.schedule: {value!r} is not allowed; give a Quartz text such as '0 0 6 * * ?', "
                    "an object with quartz and timezone, or null for no schedule"
                ),
            )
            for value in (5, {"timezone": "UTC"}, {"quartz": 5}, {"quartz": "0 0 6 * * ?", "zone": "UTC"})
        ),
    ],
)
def test_a_wrong_override_is_named_with_its_place(override: object, expected: str) -> None:
    assert problems({"cost": override}) == [expected]


def test_the_mistakes_of_all_overrides_are_told_at_once() -> None:
    found = problems({"cost": {"slices": ["clout"], "schedule": 5}, "job": {"slices": "x"}, "jbo": {}})
    assert [problem.partition(":")[0] for problem in found] == [
        "domains",
        "domains.cost.schedule",
        "domains.cost.slices",
        "domains.job.slices",
    ]
