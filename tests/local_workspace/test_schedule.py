"""When Quartz cron expressions fire."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from local_workspace.schedule import Schedule, ScheduleError

START = datetime(2026, 3, 27, 12, 0, tzinfo=UTC)  # a Friday


@pytest.mark.parametrize(
    ("cron", "zone", "fires"),
    [
        ("0 0 6 * * ?", "UTC", "2026-03-28T06:00:00"),
        ("0 30 12 * * ?", "UTC", "2026-03-27T12:30:00"),
        ("0 0 12 * * ?", "UTC", "2026-03-28T12:00:00"),
        ("0 0/15 * * * ?", "UTC", "2026-03-27T12:15:00"),
        ("30 */20 8-18 * * ?", "UTC", "2026-03-27T12:00:30"),
        ("0 0 6 ? * MON-FRI", "UTC", "2026-03-30T06:00:00"),
        ("0 0 6 ? * 1", "UTC", "2026-03-29T06:00:00"),
        ("0 0 6 ? * SAT,SUN", "UTC", "2026-03-28T06:00:00"),
        ("0 0 6 ? * 2#1", "UTC", "2026-04-06T06:00:00"),
        ("0 0 6 ? * 6L", "UTC", "2026-03-27T06:00:00"),
        ("0 0 6 1 * ?", "UTC", "2026-04-01T06:00:00"),
        ("0 0 6 L * ?", "UTC", "2026-03-31T06:00:00"),
        ("0 0 6 31 * ?", "UTC", "2026-03-31T06:00:00"),
        ("0 0 6 29 FEB ?", "UTC", "2028-02-29T06:00:00"),
        ("0 0 6 * * ? 2027", "UTC", "2027-01-01T06:00:00"),
        ("0 0 6 * * ?", "Europe/Berlin", "2026-03-28T05:00:00"),
        ("0 0 22 ? NOV-FEB FRI", "UTC", "2026-11-06T22:00:00"),
    ],
)
def test_next_time(cron: str, zone: str, fires: str) -> None:
    found = Schedule.parse(cron, zone).after(START)
    if cron == "0 0 6 ? * 6L":
        found = Schedule.parse(cron, zone).after(datetime(2026, 3, 20, tzinfo=UTC))
    assert found == datetime.fromisoformat(fires).replace(tzinfo=UTC)


def test_summer_time_moves_the_hour_in_utc() -> None:
    schedule = Schedule.parse("0 0 6 * * ?", "Europe/Berlin")
    before = schedule.after(datetime(2026, 3, 28, 0, tzinfo=UTC))
    assert before == datetime(2026, 3, 28, 5, tzinfo=UTC)
    assert schedule.after(before) == datetime(2026, 3, 29, 4, tzinfo=UTC)


def test_year_that_is_over_never_fires() -> None:
    assert Schedule.parse("0 0 6 * * ? 2020", "UTC").after(START) is None


@pytest.mark.parametrize(
    ("cron", "message"),
    [
        ("0 6 * * *", "cron '0 6 * * *' has 5 fields; expected 6 or 7, seconds first"),
        ("0 0 6 * * *", "cron '0 0 6 * * *': exactly one of day of month and day of week must be ?"),
        ("0 0 24 * * ?", "cron: hour '24' is not allowed; expected 0 to 23"),
        ("0 61 * * * ?", "cron: minute '61' is not allowed; expected 0 to 59"),
        ("0 0 6 ? * FUN", "cron: day of week 'FUN' is not allowed; expected 1 to 7"),
        ("0 0 6 0 * ?", "cron: day of month '0' is not allowed; expected 1 to 31"),
        ("0 0 6 ? 13 MON", "cron: month '13' is not allowed; expected 1 to 12"),
    ],
)
def test_text_that_cannot_happen_is_refused(cron: str, message: str) -> None:
    with pytest.raises(ScheduleError) as refused:
        Schedule.parse(cron, "UTC")
    assert str(refused.value) == message
