"""Which windows and slices the second opinion expects."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from monitoring.domains import job
from tests.local_workspace.real_data.groups import Key, grouped

DOMAIN = replace(job.DOMAIN, slices=("job_name", "is_success"))
COLUMNS = ["start_time", "job_name", "is_success"]


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2024, 3, day, hour, minute)  # noqa: DTZ001 - UTC without a zone, as in the files


def test_rows_belong_to_clock_aligned_windows_of_the_table_and_of_each_slice() -> None:
    rows = [(at(1, 9, 59), "a", True), (at(1, 10), "a", None), (at(2, 0), None, False), (None, "a", True)]
    assert grouped(DOMAIN, COLUMNS, rows, first=at(1, 0)) == {
        Key("1 hour", None, None, at(1, 9)): [0],
        Key("1 hour", None, None, at(1, 10)): [1],
        Key("1 hour", None, None, at(2, 0)): [2],
        Key("1 day", None, None, at(1, 0)): [0, 1],
        Key("1 day", None, None, at(2, 0)): [2],
        Key("1 hour", "job_name", "a", at(1, 9)): [0],
        Key("1 hour", "job_name", "a", at(1, 10)): [1],
        Key("1 day", "job_name", "a", at(1, 0)): [0, 1],
        Key("1 hour", "is_success", "true", at(1, 9)): [0],
        Key("1 day", "is_success", "true", at(1, 0)): [0],
        Key("1 hour", "is_success", "false", at(2, 0)): [2],
        Key("1 day", "is_success", "false", at(2, 0)): [2],
    }


def test_rows_before_the_look_back_are_not_read() -> None:
    rows = [(at(1, 9, 59), "a", True), (at(1, 10), "a", True)]
    groups = grouped(DOMAIN, COLUMNS, rows, first=at(1, 10))
    assert groups[Key("1 day", None, None, at(1, 0))] == [1]


def test_the_hundred_most_frequent_values_are_slices() -> None:
    names = [
        "rare",
        *(f"job {number:03}" for number in range(100)),
        *(f"job {number:03}" for number in range(99)),
    ]
    groups = grouped(DOMAIN, COLUMNS, [(at(1, 10), name, True) for name in names], first=at(1, 0))
    found = {key.slice_value for key in groups if key.slice_key == "job_name"}
    assert found == {f"job {number:03}" for number in range(100)}
