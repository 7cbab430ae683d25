"""The alerts of a domain: which there are, and when they run."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitoring.alerts import alerts, schedule_after
from monitoring.domain import Domain, Schedule
from monitoring.domains import DOMAINS, cost, governance, job

TABLE = "main.out.profile"


@pytest.mark.parametrize("domain", DOMAINS, ids=lambda domain: domain.name)
def test_a_domain_has_at_most_two_alerts_named_after_it(domain: Domain) -> None:
    names = [alert.name for alert in alerts(domain, TABLE)]
    assert names in ([f"{domain.name}-drift"], [f"{domain.name}-drift", f"{domain.name}-limits"])


def test_without_a_limit_there_is_no_alert_on_limits() -> None:
    assert [alert.name for alert in alerts(governance.DOMAIN, TABLE)] == ["governance-drift"]


def test_windows_longer_than_a_day_are_not_judged() -> None:
    assert alerts(replace(job.DOMAIN, granularities=("1 week", "1 month")), TABLE) == ()
    (drift, _) = alerts(replace(job.DOMAIN, granularities=("1 day", "1 week")), TABLE)
    assert drift.query.granularities == ("1 day",)


def test_the_description_names_what_is_watched_and_the_limits() -> None:
    drift, limits = alerts(cost.DOMAIN, TABLE)
    assert drift.description == (
        "A closed window of fact_usage or of one of its slices is far from the usual value of the same time of "
        "day and kind of day in the last four weeks. Watched: total_daily_cost, total_daily_dbu, "
        "tag_coverage_pct. Each row names the slice, the value and what is usual; rows of one moment have most "
        "likely one cause."
    )
    assert limits.description == (
        "The whole of fact_usage is beyond a limit in a closed window, and it usually is not. Limits: "
        "tag_coverage_pct (> 90 % target; alert < 80 %), untagged_usage_pct (< 10 % target; warning > 15 %, "
        "critical > 20 %), jobs_on_all_purpose_ratio (< 5 %; alert > 30 %)."
    )


def test_the_table_is_quoted_part_by_part() -> None:
    assert "FROM `main`.`out`.`profile`\n" in alerts(cost.DOMAIN, TABLE)[0].query.text


@pytest.mark.parametrize(
    ("monitor", "alert"),
    [
        ("0 0 * * * ?", "0 30 * * * ?"),
        ("0 45 * * * ?", "0 15 * * * ?"),
        ("0 0 6 * * ?", "0 30 6 * * ?"),
        ("0 40 6 * * ?", "0 10 7 * * ?"),
        ("0 40 23 * * ?", "0 30 * * * ?"),
        ("0 0/15 * * * ?", "0 30 * * * ?"),
        ("0 40 6-18 * * ?", "0 30 * * * ?"),
        ("0 15 6 ? * MON", "0 45 6 ? * MON"),
    ],
)
def test_an_alert_runs_half_an_hour_after_the_refresh_of_its_monitor(monitor: str, alert: str) -> None:
    assert schedule_after(Schedule(monitor, "Europe/Berlin")) == Schedule(alert, "Europe/Berlin")


def test_without_a_schedule_of_the_monitor_an_alert_runs_every_hour() -> None:
    assert schedule_after(None) == Schedule("0 30 * * * ?")
