"""Granularities and the windows they make."""

from __future__ import annotations

from datetime import datetime

import duckdb
import pytest

from local_workspace.engine.windows import Granularity, UnknownGranularityError


def window(text: str, moment: str) -> tuple[str, str]:
    granularity = Granularity.parse(text)
    start = granularity.start(f"TIMESTAMP '{moment}'")
    with duckdb.connect() as connection:
        row = connection.execute(f"SELECT {start}, {granularity.end(start)}").fetchone()
    assert row is not None
    assert all(isinstance(each, datetime) for each in row)
    return str(row[0]), str(row[1])


@pytest.mark.parametrize(
    ("text", "moment", "start", "end"),
    [
        ("5 minutes", "2026-03-18 08:14:59.999999", "2026-03-18 08:10:00", "2026-03-18 08:15:00"),
        ("30 minutes", "2026-03-18 08:30:00", "2026-03-18 08:30:00", "2026-03-18 09:00:00"),
        ("1 hour", "2026-03-18 08:59:59", "2026-03-18 08:00:00", "2026-03-18 09:00:00"),
        ("1 day", "2026-03-18 23:59:59", "2026-03-18 00:00:00", "2026-03-19 00:00:00"),
        ("1 week", "2026-03-22 12:00:00", "2026-03-16 00:00:00", "2026-03-23 00:00:00"),
        ("1 weeks", "2026-03-16 00:00:00", "2026-03-16 00:00:00", "2026-03-23 00:00:00"),
        ("2 weeks", "1970-01-18 23:00:00", "1970-01-05 00:00:00", "1970-01-19 00:00:00"),
        ("4 weeks", "1970-01-04 23:00:00", "1969-12-08 00:00:00", "1970-01-05 00:00:00"),
        ("1 month", "2024-02-29 12:00:00", "2024-02-01 00:00:00", "2024-03-01 00:00:00"),
        ("1 year", "2026-12-31 12:00:00", "2026-01-01 00:00:00", "2027-01-01 00:00:00"),
    ],
)
def test_a_moment_lies_in_the_clock_window_of_its_granularity(
    text: str, moment: str, start: str, end: str
) -> None:
    assert window(text, moment) == (start, end)


@pytest.mark.parametrize("text", ["1 minute", "5 weeks", "0 weeks", "1 Day", "", "2 weekss"])
def test_another_text_is_refused_with_the_granularities_there_are(text: str) -> None:
    with pytest.raises(UnknownGranularityError) as caught:
        Granularity.parse(text)
    assert str(caught.value) == (
        f"granularity '{text}' is unknown; use one of: 5 minutes, 30 minutes, 1 hour, 1 day, 1 week, "
        "2 weeks, 3 weeks, 4 weeks, 1 month, 1 year"
    )
